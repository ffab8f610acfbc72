"""What a letter says of an operation with one item holds for all that go with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pytest

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import UNDOCUMENTED, Basis, Evidence, Reading, Section, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.table.from_case import rows_of_case
from imr_rules.treatments.from_title import parse_request

TITLES = (
    "Right shoulder arthroscopic rotator cuff repair",
    "Associated surgical service: Pre-operative medical clearance",
    "Associated surgical service: Cold therapy unit, 7 day rental",
    "Post-operative physical therapy 3 times a week for 4 weeks",
)
SAID = Evidence(Section.RATIONALE, quote="the procedure is medically necessary", start=5, end=41)


def letter(said: Mapping[int, Value], reading: Reading = Reading.RATIONALE) -> Case:
    """A letter that speaks of the operation with the items numbered in *said* alone."""
    catalogue = load_knowledge().catalogue
    items = tuple(
        CaseItem(
            number=number,
            title=title,
            request=parse_request(title, catalogue),
            actual=None,
            readings={reading: {"parent_service": said[number]}} if number in said else {},
            evidence={(reading, "parent_service"): (SAID,)} if number in said else {},
        )
        for number, title in enumerate(TITLES, start=1)
    )
    return Case("TEST", "test", date(2016, 10, 20), date(2016, 12, 1), None, items, age_years=45.0)


def conclusions(case: Case, basis: Basis) -> Sequence[Conclusion]:
    """Return what follows for each item of *case*."""
    return evaluate_case(case, basis, load_knowledge(), ReferenceEngine())


@pytest.mark.parametrize("fate", ["approved", "not_approved"])
def test_what_is_said_with_one_item_holds_for_its_siblings(fate: str) -> None:
    """Its words are theirs, tables say the same, and nobody's conclusion stands in for it."""
    case = letter({2: fate})
    _, *siblings = conclusions(case, Basis.REVIEW)
    rows = [r for r in rows_of_case(case, "x", load_knowledge()) if r["basis"] == "review"]
    for conclusion, row in zip(siblings, rows[1:], strict=True):
        assert fate == conclusion.sheet.values["parent_service"] == row["parent_service"]
        assert (SAID,) == conclusion.sheet.evidence["parent_service"]
        assert conclusion.parent is row["parent_item"] is None


@pytest.mark.parametrize(
    ("said", "basis"),
    [
        ({}, Basis.REVIEW),
        ({2: "approved"}, Basis.RECORD),
        ({2: "approved", 3: "not_approved"}, Basis.REVIEW),
        ({2: UNDOCUMENTED}, Basis.REVIEW),
    ],
    ids=["nothing", "the rationale alone", "both", "not documented"],
)
def test_where_nothing_is_told_the_conclusion_on_the_operation_counts_and_says_so(
    said: Mapping[int, Value], basis: Basis
) -> None:
    """The therapy goes with item 1 as it is concluded, which is no header."""
    operation, *_, therapy = conclusions(letter(said), basis)
    assert operation is therapy.parent
    assert "not_approved" == therapy.sheet.values["parent_service"]
    note = "item 1 is not approved on what is documented"
    assert (Evidence(Section.CONCLUSION, note=note),) == therapy.sheet.evidence["parent_service"]


def test_what_is_said_with_the_item_itself_comes_first() -> None:
    """Another item's words do not replace its own."""
    _, clearance, unit, _ = conclusions(letter({2: "approved", 3: "not_approved"}), Basis.REVIEW)
    assert "approved" == clearance.sheet.values["parent_service"]
    assert "not_approved" == unit.sheet.values["parent_service"]
