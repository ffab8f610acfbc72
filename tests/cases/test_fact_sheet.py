"""What is known of one item: readings kept apart, conflicts kept, silences filled by derivation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from imr_rules.cases.fact_sheet import fact_sheet
from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.model import UNDOCUMENTED, Basis, Evidence, Reading, Section, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.table.from_case import rows_of_case
from imr_rules.treatments.from_title import parse_request


def case_of(
    *titles: str, record: dict[str, Value] | None = None, rationale: dict[str, Value] | None = None
) -> Case:
    catalogue = load_knowledge().catalogue
    items = tuple(
        CaseItem(
            number=number,
            title=title,
            request=parse_request(title, catalogue),
            actual=None,
            readings={Reading.RECORD: record or {}, Reading.RATIONALE: rationale or {}},
        )
        for number, title in enumerate(titles, start=1)
    )
    return Case("TEST", "test", date(2016, 10, 1), date(2016, 11, 10), None, items, age_years=40.0)


def values(case: Case, basis: Basis, index: int = 0) -> dict[str, Value]:
    sheet = fact_sheet(case, case.items[index], basis, load_knowledge(), on=case.denial_date)
    return dict(sheet.values)


def test_the_record_basis_never_sees_the_rationale() -> None:
    """A fact that stands only in the rationale is no fact before the decision."""
    case = case_of("Norco 10/325mg #60", rationale={"first_line_failed": "yes"})
    assert "first_line_failed" not in values(case, Basis.RECORD)
    assert "yes" == values(case, Basis.REVIEW)["first_line_failed"]


def test_readings_that_differ_are_a_conflict_and_the_reviewer_stands() -> None:
    """The review basis follows the reviewer and keeps both values."""
    case = case_of(
        "MRI of the lumbar spine",
        record={"neuro_deficit_objective": "unequivocal"},
        rationale={"neuro_deficit_objective": "none"},
    )
    sheet = fact_sheet(case, case.items[0], Basis.REVIEW, load_knowledge())
    assert "none" == sheet.values["neuro_deficit_objective"]
    assert [("unequivocal", "none")] == [(c.record, c.rationale) for c in sheet.conflicts]
    assert not fact_sheet(case, case.items[0], Basis.RECORD, load_knowledge()).conflicts


def test_soma_beside_norco_is_a_fact_of_both_items() -> None:
    """What one item asks for is known of the other."""
    case = case_of("Soma 350mg #30", "Norco 10/325mg #60")
    assert "yes" == values(case, Basis.RECORD, 0)["concurrent_sedative_or_opioid"]
    assert "yes" == values(case, Basis.RECORD, 1)["concurrent_sedative_or_opioid"]
    assert "concurrent_sedative_or_opioid" not in values(case_of("Soma 350mg #30"), Basis.RECORD)


def test_days_since_injury_run_to_the_denial() -> None:
    """From 1 October to 10 November are forty days."""
    assert 40 == values(case_of("MRI of the lumbar spine"), Basis.RECORD)["days_since_injury"]


def test_days_since_injury_of_a_request_run_to_the_day_that_governs() -> None:
    """A chart tells when the injury was; that nobody has denied the request yet hides nothing."""
    case = replace(case_of("MRI of the lumbar spine"), denial_date=None)
    on = date(2016, 10, 31)
    sheet = fact_sheet(case, case.items[0], Basis.RECORD, load_knowledge(), on=on)
    assert 30 == sheet.values["days_since_injury"]
    (row, _) = rows_of_case(case, "letter", load_knowledge(), as_of=on)
    assert 30 == row["days_since_injury"]


def test_not_documented_does_not_unprove_what_the_header_proves() -> None:
    """A reviewer who missed the date of injury does not undo it; other gaps stay gaps."""
    gaps: dict[str, Value] = {"days_since_injury": UNDOCUMENTED, "red_flag_present": UNDOCUMENTED}
    known = values(case_of("MRI of the lumbar spine", rationale=gaps), Basis.REVIEW)
    assert 40 == known["days_since_injury"]
    assert UNDOCUMENTED == known["red_flag_present"]


def test_not_documented_stands_where_nothing_proves_otherwise() -> None:
    """A title without a number of visits leaves the reviewer's gap."""
    gap: dict[str, Value] = {"requested_units": UNDOCUMENTED}
    assert (
        UNDOCUMENTED
        == values(case_of("Physical therapy", rationale=gap), Basis.REVIEW)["requested_units"]
    )


@pytest.mark.parametrize(
    ("title", "dose"),
    [
        ("Oxycodone ER 20mg #60 day supply: 30", 60.0),  # 40 mg a day, times 1.5
        ("Norco 10/325mg #60", None),  # no days supply: never guessed
        ("Ibuprofen 800mg #90 day supply: 30", None),
    ],
)
def test_the_daily_opioid_dose_is_known_or_silent(title: str, dose: float | None) -> None:
    """Strength, count and days give the dose; without one of them it stays silent."""
    assert dose == values(case_of(title), Basis.RECORD).get("opioid_mme_per_day")


def test_visits_done_and_asked_for_add_up_only_when_both_are_known() -> None:
    """A total of a known and a silent number would be a guess."""
    title = "Physical therapy 2 times a week for 3 weeks"
    assert (
        10
        == values(case_of(title, record={"prior_units_completed": 4}), Basis.RECORD)["total_units"]
    )
    assert "total_units" not in values(case_of(title), Basis.RECORD)


@pytest.mark.parametrize(
    ("title", "record", "first"),
    [
        ("Physical therapy 2 times a week for 3 weeks", {"prior_units_completed": 4}, "no"),
        ("Naproxen 550mg #60", {"drug_use_days": 30}, "no"),
        ("Naproxen 550mg #60", {"drug_use_days": 30, "first_request": UNDOCUMENTED}, "no"),
        ("Naproxen 550mg #60", {"drug_use_days": 30, "first_request": "yes"}, "yes"),
        ("Naproxen 550mg #60", {"drug_use_days": UNDOCUMENTED}, None),
        ("Physical therapy 2 times a week for 3 weeks", {"prior_units_completed": 0}, None),
        ("Physical therapy 2 times a week for 3 weeks", {}, None),
        ("Post-operative physical therapy 12 visits", {"prior_units_completed": 4}, None),
    ],
)
def test_what_was_given_before_is_not_given_for_the_first_time(
    title: str, record: dict[str, Value], first: str | None
) -> None:
    """Visits or days that are counted make it a repeat; after an operation therapy begins anew."""
    assert first == values(case_of(title, record=record), Basis.RECORD).get("first_request")


def test_what_follows_from_other_facts_rests_on_their_words() -> None:
    """A repeat is proved by the visits that were counted, a total by both its parts."""
    case = case_of("Physical therapy 2 times a week for 3 weeks")
    shown = Evidence(Section.SUMMARY, quote="four visits", start=10, end=21)
    item = replace(
        case.items[0],
        readings={Reading.RECORD: {"prior_units_completed": 4}},
        evidence={(Reading.RECORD, "prior_units_completed"): (shown,)},
    )
    sheet = fact_sheet(case, item, Basis.RECORD, load_knowledge())
    assert (shown,) == sheet.evidence["first_request"]
    assert (shown, *sheet.evidence["requested_units"]) == sheet.evidence["total_units"]
