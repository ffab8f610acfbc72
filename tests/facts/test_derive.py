"""Facts that follow from dates, titles and tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.facts.derive import (
    CaseContext,
    Formulary,
    MorphineEquivalent,
    YearOf,
    derive,
)
from imr_rules.facts.from_formulary import FormularyQuestion
from imr_rules.facts.load_derivations import load_derivations
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.treatments.catalogue import (
    Catalogue,
    Category,
    FormularyEntry,
    FormularyEvidence,
    FormularyStatus,
    Treatment,
)
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.load import load_catalogue
from imr_rules.treatments.model import Ingredient, Request
from imr_rules.treatments.morphine import load_conversion_factors

SINCE = date(2018, 1, 1)
VOCABULARY = load_vocabulary(rules_folder())
QUESTIONS = {
    "formulary_status": FormularyQuestion.STATUS,
    "compounded": FormularyQuestion.COMPOUNDED,
    "within_special_fill": FormularyQuestion.WITHIN_SPECIAL_FILL,
    "within_perioperative_fill": FormularyQuestion.WITHIN_PERIOPERATIVE_FILL,
    "dispensed_before_review": FormularyQuestion.DISPENSED_BEFORE_REVIEW,
}
DERIVATIONS = {
    fact: Formulary.model_validate({"from": "formulary", "question": question, "since": SINCE})
    for fact, question in QUESTIONS.items()
}


def row(
    *ingredients: str,
    status: str,
    treatments: tuple[str, ...] = (),
    special: int | None = None,
    perioperative: int | None = None,
    since: date | None = None,
) -> FormularyEntry:
    """A row of a drug list of our own."""
    return FormularyEntry(
        drug=" + ".join(ingredients) or status,
        names=(),
        ingredients=ingredients,
        treatments=treatments,
        drug_class="",
        on_skin=False,
        status=FormularyStatus(status),
        special_fill_days=special,
        perioperative_fill_days=perioperative,
        since=since,
        source="",
        evidence=FormularyEvidence.BACKGROUND,
        note="",
        as_of=date(2025, 8, 6),
    )


CATALOGUE = Catalogue(
    categories={"pain_drug": Category("pain_drug", "Pain drugs", ("Pharmaceuticals", "NSAID"))},
    treatments={
        "plain": Treatment("plain", "A plain drug", "pain_drug", names=("plain",)),
        "mixture": Treatment("mixture", "A mixture", "pain_drug", names=("mixture",)),
        "walker": Treatment("walker", "A walker", "pain_drug", names=("walker",)),
    },
    formulary=(
        row("naproxen", status="exempt"),
        row("betamethasone", status="non-exempt", special=4, perioperative=0),
        row("oxycodone", status="non-exempt"),
        row("oxycodone", status="exempt"),
        row("duloxetine", status="exempt", since=date(2020, 11, 1)),
        row(status="compounded", treatments=("mixture",)),
    ),
)


def drug(*ingredients: str, treatment: str = "plain", **said: object) -> Request:
    """A request for a drug with these ingredients."""
    return Request.model_validate(
        {
            "title": "a drug",
            "treatment": treatment,
            "category": "pain_drug",
            "drug_class": treatment,
            "ingredients": tuple(Ingredient(name=name) for name in ingredients),
            **said,
        }
    )


def derived(
    request: Request,
    *,
    on: date | None = None,
    known: Mapping[str, Value] | None = None,
) -> dict[str, Value]:
    """Everything the drug list tells of *request*."""
    context = CaseContext(dates={}, age_years=None, request=request, others=(), on=on)
    vocabulary = load_vocabulary(rules_folder())
    return derive(DERIVATIONS, known or {}, context, CATALOGUE, vocabulary)


def test_the_mark_of_the_list_becomes_the_status() -> None:
    """A drug with one row has the status of that row and is not compounded."""
    assert derived(drug("naproxen")) == {"formulary_status": "exempt", "compounded": "no"}


@pytest.mark.parametrize(
    ("on", "status"),
    [(date(2020, 10, 31), "unknown"), (date(2020, 11, 1), "exempt"), (None, "exempt")],
)
def test_a_row_counts_from_the_version_that_brought_it(on: date | None, status: str) -> None:
    """The version in force when the drug is dispensed counts; before it nothing is known."""
    assert derived(drug("duloxetine"), on=on)["formulary_status"] == status


def test_a_fixed_combination_is_not_its_parts() -> None:
    """A combination without a row is of unknown status though a part of it is exempt."""
    assert derived(drug("naproxen", "esomeprazole")) == {"formulary_status": "unknown"}


def test_rows_that_disagree_leave_the_status_unknown() -> None:
    """Two rows of one drug with different marks settle nothing."""
    assert derived(drug("oxycodone")) == {"formulary_status": "unknown"}


def test_a_compounded_drug_has_no_mark_of_its_own() -> None:
    """A compound is told as such and given no status."""
    assert derived(drug("a", "b", treatment="mixture")) == {"compounded": "yes"}


@pytest.mark.parametrize(("supply", "within"), [(4, "yes"), (5, "no")])
def test_a_special_fill_covers_the_days_of_its_row_and_no_more(supply: int, within: str) -> None:
    """Four days are within a fill of four days, five are not; 0 days mean no such fill."""
    facts = derived(drug("betamethasone", days_supply=supply))
    assert facts["within_special_fill"] == within
    assert facts["within_perioperative_fill"] == "no"


def test_a_fill_of_an_unknown_supply_stays_unknown() -> None:
    """Without a stated supply nothing is said on the special fill."""
    assert "within_special_fill" not in derived(drug("betamethasone"))


def test_a_retrospective_request_was_dispensed_before_review() -> None:
    """The title says that the drug was given already; otherwise nothing is said."""
    assert derived(drug("naproxen", retrospective=True))["dispensed_before_review"] == "yes"


def test_what_is_no_drug_stands_outside_the_list() -> None:
    """Equipment has no standing in the drug list."""
    assert derived(Request(title="walker", treatment="walker", category="pain_drug")) == {}


@pytest.mark.parametrize(
    ("on", "applies"), [(date(2017, 12, 31), False), (SINCE, True), (None, True)]
)
def test_the_list_applies_from_the_day_it_is_in_force(on: date | None, applies: bool) -> None:
    """No earlier case has a standing in the list; a draft without a day is of today."""
    assert ("formulary_status" in derived(drug("naproxen"), on=on)) is applies


def test_what_a_text_says_of_the_list_comes_first() -> None:
    """A stated status is not derived again."""
    known = {"formulary_status": "unlisted"}
    assert "formulary_status" not in derived(drug("naproxen"), known=known)


def opioid(name: str, mg: float, per_day: float | None) -> Request:
    """A request for an opioid tablet of *mg*, taken *per_day* times."""
    return Request(
        title=name,
        drug_class="opioid",
        ingredients=(Ingredient(name=name, strength_mg=mg),),
        units_per_day=per_day,
    )


@pytest.mark.parametrize(
    ("requests", "total"),
    [
        ([opioid("oxycodone", 20, 2)], 60.0),
        ([opioid("oxycodone", 20, 2), opioid("oxycodone", 10, 2)], 90.0),
        ([opioid("oxycodone", 20, 2), opioid("hydrocodone", 10, 4)], 100.0),
        ([opioid("oxycodone", 20, 2), opioid("oxycodone", 20, 2)], 60.0),
        ([opioid("oxycodone", 20, None), opioid("hydrocodone", 10, 4)], 40.0),
        ([opioid("oxycodone", 20, None)], None),
        ([opioid("oxycodone", 20, 2), opioid("tramadol", 50, 4)], 60.0),
    ],
    ids=["one", "two strengths", "two drugs", "again", "own untold", "untold", "not converted"],
)
def test_the_daily_dose_is_that_of_every_opioid_asked_for(
    requests: list[Request], total: float | None
) -> None:
    """Doses of different opioids add up, and each item of the letter has the sum."""
    way = MorphineEquivalent.model_validate({"from": "morphine_equivalent"})
    for own in requests:
        context = CaseContext(
            dates={},
            age_years=None,
            request=own,
            others=[other for other in requests if other is not own],
            on=date(2015, 3, 1),
            conversion=load_conversion_factors(rules_folder()),
        )
        found = derive({"opioid_mme_per_day": way}, {}, context, CATALOGUE, VOCABULARY)
        assert total == found.get("opioid_mme_per_day")


@pytest.mark.parametrize(
    ("injured_on", "year"), [(date(2003, 12, 31), 2003), (date(2004, 1, 1), 2004), (None, None)]
)
def test_the_year_of_injury_is_that_of_its_date(injured_on: date | None, year: int | None) -> None:
    """The cap on visits reaches injuries by their year; without a date nobody knows it."""
    way = YearOf.model_validate({"from": "year_of", "start": "injury_date"})
    context = CaseContext(
        dates={"injury_date": injured_on}, age_years=None, request=Request(title="PT"), others=[]
    )
    found = derive({"injury_year": way}, {}, context, CATALOGUE, VOCABULARY)
    assert year == found.get("injury_year")


@pytest.mark.parametrize(
    ("titles", "operation"),
    [
        (["Right carpal tunnel release", "Post-op therapy 12 visits"], "carpal_tunnel_release"),
        (["Arthroscopic rotator cuff repair", "Post-op therapy 12 visits"], "arthroscopic"),
        (["Open rotator cuff repair", "Post-op therapy 12 visits"], "open"),
        (["Rotator cuff repair", "Post-op therapy 12 visits"], None),
        (["MRI of the knee", "Post-op therapy 12 visits"], None),
        (["Right carpal tunnel release", "Physical therapy 12 visits"], None),
    ],
)
def test_therapy_after_an_operation_knows_the_one_beside_it(
    titles: list[str], operation: str | None
) -> None:
    """The table of visits goes by the operation of the letter that the therapy accompanies."""
    catalogue = load_catalogue(rules_folder())
    way = load_derivations(rules_folder(), VOCABULARY, catalogue)["operation_done"]
    main, own = (parse_request(title, catalogue) for title in titles)
    context = CaseContext(dates={}, age_years=None, request=own, others=[main])
    found = derive({"operation_done": way}, {}, context, catalogue, VOCABULARY)
    assert str(found.get("operation_done")).endswith(str(operation))


@pytest.mark.parametrize(
    ("title", "beside", "asked"),
    [
        ("Post-op therapy 12 visits", ["Left knee arthroscopy"], "yes"),
        ("Post-op therapy 12 visits, left knee", ["Norco #60", "Left knee arthroscopy"], "yes"),
        ("Post-op therapy 12 visits", ["L4-5 discectomy"], "yes"),
        ("Post-op therapy 12 visits, low back", ["L4-5 lumbar fusion"], "yes"),
        ("Post-op therapy 12 visits, left shoulder", ["Bilateral shoulder arthroscopy"], "yes"),
        # another part, another side, one that is done, none at all
        ("Post-op therapy 12 visits, left knee", ["Left shoulder arthroscopy"], "no"),
        ("Post-op therapy 12 visits, left knee", ["Right knee arthroscopy"], "no"),
        ("Post-op therapy 12 visits", ["Retrospective left knee arthroscopy"], "no"),
        ("Post-op therapy 12 visits", ["Left knee MRI"], "no"),
        ("Post-op therapy 12 visits", [], "no"),
        # what follows no operation of the letter, or none at all
        ("Physical therapy s/p left knee meniscectomy", ["Left knee arthroscopy"], "no"),
        ("Physical therapy 12 visits, left knee", ["Left knee arthroscopy"], None),
        ("Norco 10/325 #60", ["Left knee arthroscopy"], None),
    ],
)
def test_an_operation_is_ahead_of_what_is_asked_for_with_it(
    title: str, beside: list[str], asked: str | None
) -> None:
    """Of what accompanies an operation it is always known whether the letter asks for that one."""
    catalogue = load_catalogue(rules_folder())
    way = load_derivations(rules_folder(), VOCABULARY, catalogue)["operation_asked_beside"]
    own, *others = (parse_request(each, catalogue) for each in (title, *beside))
    context = CaseContext(dates={}, age_years=None, request=own, others=others)
    found = derive({"operation_asked_beside": way}, {}, context, catalogue, VOCABULARY)
    assert asked == found.get("operation_asked_beside")
