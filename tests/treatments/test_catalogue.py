"""The catalogue that ships: complete against the Division's taxonomy and drug list."""

from __future__ import annotations

import pytest

from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.formulary import formulary_entries
from imr_rules.treatments.from_title import parse_request


def test_every_place_of_the_taxonomy_is_reached(catalogue: Catalogue) -> None:
    """Each of the Division's 71 pairs has a category or treatment of ours that maps onto it."""
    reached = {p for c in catalogue.categories.values() for p in (c.dwc, *c.dwc_also)}
    reached |= {t.dwc for t in catalogue.treatments.values() if t.dwc is not None}
    assert len(catalogue.taxonomy) == 71
    assert set() == catalogue.taxonomy - reached


def test_every_request_has_a_place_in_the_taxonomy(catalogue: Catalogue) -> None:
    """An operation through a scope, an open one and a service around one stand apart."""
    places = [
        catalogue.division_place(parse_request(title, catalogue))
        for title in ("Knee arthroscopy", "Hernia repair", "Pre-op EKG", "Lumbar fusion", "?")
    ]
    assert places == [
        ("Surgery", "Arthroscopic Surgery"),
        ("Surgery", "Non-arthroscopic Surgery"),
        ("Surgery", "Adjunct Surgical Services"),
        ("Surgery", "Spine"),
        None,
    ]


def test_every_name_of_the_drug_list_resolves(catalogue: Catalogue) -> None:
    """A title with a name of the list finds the ingredients of its row, and the row itself."""
    checked = 0
    for row in catalogue.formulary:
        for name in row.names:
            if not row.ingredients:
                continue
            request = parse_request(name, catalogue)
            assert set(row.ingredients) == {i.name for i in request.ingredients}, name
            assert row in formulary_entries(request, catalogue), name
            checked += 1
    assert checked >= 100


def test_every_name_leads_back_to_its_treatment(catalogue: Catalogue) -> None:
    """A title that is just a name finds the treatment, or the closer one it refines to."""
    checked = 0
    for treatment in catalogue.treatments.values():
        closer = {treatment.id}
        front = [treatment]
        while front:
            for refinement in front.pop().refine:
                closer.add(refinement.to)
                front.append(catalogue.treatments[refinement.to])
        for name in treatment.names:
            if "+" in name:
                continue
            assert parse_request(name, catalogue).treatment in closer, name
            checked += 1
    assert checked >= 1200


def test_every_drug_name_leads_to_its_drug(catalogue: Catalogue) -> None:
    """A title that is just a product's name asks for that product, on the skin or by mouth."""
    for drug in catalogue.drugs:
        for name in drug.names:
            request = parse_request(name, catalogue)
            assert drug.treatment == request.treatment or request.category == "topical", name


def test_compounds_without_a_row_of_their_own_fall_under_the_compound_rows(
    catalogue: Catalogue,
) -> None:
    """A mixture that the list does not name is a compounded drug."""
    request = parse_request("Flurbiprofen 20%/baclofen 5% cream", catalogue)
    assert {"compounded"} == {row.status for row in formulary_entries(request, catalogue)}


@pytest.mark.letters
def test_real_titles_agree_with_the_topics_set_by_hand(
    catalogue: Catalogue, real_titles: list[tuple[str, str, str]]
) -> None:
    """Of all items of the real letters, each gets as category the topic a reader gave it."""
    missed = [
        (case, topic, category)
        for case, title, topic in real_titles
        if (category := parse_request(title, catalogue).category) != topic
    ]
    assert len(real_titles) >= 206
    assert missed == []


@pytest.mark.letters
def test_real_remainders_add_up(
    catalogue: Catalogue, real_titles: list[tuple[str, str, str]]
) -> None:
    """What was granted and what is disputed are together the request, tablets and visits alike.

    Two items ask for several parts in one breath ("eight for the wrist and two for the rest"),
    so that their clauses count different things.
    """
    uneven = []
    for case, title, _ in real_titles:
        r = parse_request(title, catalogue)
        if not r.remainder:
            continue
        if r.original_quantity is not None:
            whole = (r.original_quantity, r.authorized_quantity, r.quantity)
        elif r.units is not None:
            whole = (r.units, r.authorized_units, r.disputed_units)
        else:
            continue
        if None in whole or whole[0] != whole[1] + whole[2]:
            uneven.append(case)
    assert uneven == ["CM17-0002198", "CM17-0002198"]
