"""Whose finding a summary tells: the item's part and side, and the item's kind of care."""

from __future__ import annotations

from datetime import date

import pytest

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.model import Case
from imr_rules.facts.model import Reading, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.letters.model import Determination, DisputedItem, Layout, Span

NECK_MRI = "MRI of the cervical spine"
BACK_MRI = "MRI of the lumbar spine"
ANKLE_MRI = "MRI of the right ankle"
SHOULDER_THERAPY = "Physical therapy 2 times a week for 4 weeks for the right shoulder"
NECK_THERAPY = "Physical therapy 2 times a week for 4 weeks for the cervical spine"
BACK_THERAPY = "Physical therapy 2 times a week for 4 weeks for the lumbar spine"


def _read(title: str, summary: str) -> dict[str, Value]:
    return dict(_case(title, summary).items[0].readings[Reading.RECORD])


def _case(title: str, summary: str) -> Case:
    text = f"{title}\n\n{summary}\n"
    letter = Determination(
        source="letter",
        text=text,
        layout=Layout.SECTIONS,
        denial_date=date(2016, 12, 1),
        summary=Span(len(title) + 2, len(text)),
        items=(DisputedItem(1, title, Span(0, len(title)), None, None, None, None, None),),
    )
    case, _ = case_from_letter(letter, load_knowledge())
    return case


@pytest.mark.parametrize(
    ("title", "summary", "fact", "expected"),
    [
        (
            BACK_MRI,
            "An MRI of the cervical spine dated 3-1-2016 showed stenosis.",
            "prior_study_same_region",
            None,
        ),
        (
            NECK_MRI,
            "An MRI of the cervical spine dated 3-1-2016 showed stenosis.",
            "prior_study_same_region",
            "yes",
        ),
        (
            BACK_THERAPY,
            "There was tenderness of the low back and limited motion of the right shoulder.",
            "objective_deficit_documented",
            None,
        ),
        (
            SHOULDER_THERAPY,
            "There was tenderness of the low back and limited motion of the right shoulder.",
            "objective_deficit_documented",
            "yes",
        ),
        (
            NECK_THERAPY,
            "Neck and left shoulder range of motion was decreased.",
            "objective_deficit_documented",
            "yes",
        ),
        (
            NECK_THERAPY,
            "Exam showed neck tenderness, and the right wrist range of motion was decreased.",
            "objective_deficit_documented",
            None,
        ),
        (
            NECK_MRI,
            "Exam showed neck tenderness and decreased sensation of the right hand.",
            "neuro_deficit_objective",
            "unequivocal",
        ),
        (
            ANKLE_MRI,
            "He has right ankle pain with giving way on stairs and mild low back stiffness.",
            "internal_derangement_signs",
            "yes",
        ),
    ],
)
def test_a_finding_belongs_to_the_part_it_names(
    title: str, summary: str, fact: str, expected: Value | None
) -> None:
    """A study or a measure of another part is none of the item's, but nerves run far."""
    assert expected == _read(title, summary).get(fact)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ("MRI of the left knee dated 3-1-2016 revealed a meniscus tear.", None),
        ("MRI of the right knee dated 3-1-2016 revealed a meniscus tear.", "yes"),
        ("MRI of both knees dated 3-1-2016 revealed degeneration.", "yes"),
        ("MRI of the knee dated 3-1-2016 revealed degeneration.", "yes"),
    ],
)
def test_a_finding_belongs_to_the_side_it_names(summary: str, expected: Value | None) -> None:
    """What is said of the left knee says nothing of the right."""
    assert expected == _read("MRI of the right knee", summary).get("prior_study_same_region")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Acupuncture 6 sessions", 4),
        ("Chiropractic treatment 6 visits", 8),
        (SHOULDER_THERAPY, 12),
    ],
)
def test_visits_belong_to_the_kind_of_care_they_name(title: str, expected: Value) -> None:
    """Of three kinds of care that were had, each item counts its own."""
    summary = (
        "He completed 12 physical therapy visits. He completed 8 chiropractic visits. "
        "He completed 4 acupuncture visits."
    )
    assert expected == _read(title, summary).get("prior_units_completed")


@pytest.mark.parametrize(
    ("fact", "summary"),
    [
        ("conservative_care_weeks", "The request is for therapy 2 times a week for 6 weeks."),
        ("request_rationale_stated", "The plan included an MRI of the lumbar spine and rest."),
        ("plain_xray_result", "X-rays of the lumbar spine were ordered."),
        ("prior_study_same_region", "The physician recommended an MRI of the lumbar spine."),
    ],
)
def test_what_is_asked_for_was_not_had(fact: str, summary: str) -> None:
    """A plan or a request tells of no care, study or reason."""
    assert fact not in _read(BACK_MRI, summary)


def test_a_number_of_a_form_is_no_pain_score() -> None:
    """ "PR-2 on 10-26" rates no pain."""
    summary = "Per the progress report (PR-2) on 10-26-16 there was low back pain."
    assert "pain_severity" not in _read("Trigger point injections of the low back", summary)


def test_a_case_has_one_age() -> None:
    """That of its items, where the letter tells two."""
    case = _case(
        "Preoperative medical clearance", "He was 44 years old then and is 45 years old now."
    )
    assert case.age_years == case.items[0].readings[Reading.RECORD]["age_years"]


@pytest.mark.parametrize(
    ("title", "summary", "fact", "quote"),
    [
        (
            "Norco 10/325 mg #90",
            "No sign of misuse was seen.",
            "aberrant_behavior",
            "No sign of misuse",
        ),
        (NECK_MRI, "She denies any numbness.", "neuro_symptoms", "denies any numbness"),
        (NECK_MRI, "Numbness: none.", "neuro_symptoms", "Numbness: none"),
        (
            "Norco 10/325 mg #90",
            "A pain agreement was not documented.",
            "opioid_agreement_signed",
            "pain agreement was not documented",
        ),
    ],
)
def test_a_quotation_holds_what_turns_it(title: str, summary: str, fact: str, quote: str) -> None:
    """ "Numbness" alone would prove the opposite."""
    assert [quote] == [f.quote for f in _case(title, summary).findings if f.fact == fact]


def test_the_same_words_state_a_fact_once() -> None:
    """What a wide net catches is no finding beside an exact one of the same fact."""
    case = _case("Norco 10/325 mg #90", "No side effects or aberrant behavior were seen.")
    told = [finding.fact for finding in case.findings]
    assert sorted(set(told)) == sorted(told)


def test_age_counts_for_clearance_and_not_for_a_sling() -> None:
    """Before an operation the worker's age decides on tests and clearance alone."""
    summary = "The injured worker is a 58 year old male."
    assert 58 == _read("Preoperative medical clearance", summary).get("age_years")
    assert "age_years" not in _read("Associated surgical service: sling", summary)


@pytest.mark.parametrize(
    ("title", "fact", "expected"),
    [
        ("Post-operative occupational therapy, 12 visits, right hand", "prior_units_completed", 10),
        ("Post-operative cold therapy unit, 7 day rental", "prior_units_completed", None),
    ],
)
def test_therapy_after_an_operation_is_told_of_as_therapy(
    title: str, fact: str, expected: Value | None
) -> None:
    """Visits already had count for therapy that goes with an operation, not for other services."""
    read = _read(title, "She underwent a tendon repair. She completed 10 visits of therapy.")
    assert expected == read.get(fact)


LEG_WEAKNESS = "strength was 4/5 in the right extensor hallucis longus."
NORMAL_LEGS = "strength, reflexes and sensation were normal in both lower extremities."
KNEE_MRI = "MRI of the right knee"


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        (
            BACK_MRI,
            f"Examination of the lumbar spine revealed spasm; motor {LEG_WEAKNESS}",
            "unequivocal",
        ),
        (KNEE_MRI, f"Examination of the lumbar spine revealed spasm; motor {LEG_WEAKNESS}", None),
        (KNEE_MRI, f"Examination of the lumbar spine revealed spasm; {NORMAL_LEGS}", None),
        (BACK_MRI, f"Examination of the lumbar spine revealed spasm; {NORMAL_LEGS}", "none"),
        (KNEE_MRI, f"Low back exam of the lumbar spine and right knee: {NORMAL_LEGS}", "none"),
        (KNEE_MRI, f"Examination of the right knee revealed an effusion; {NORMAL_LEGS}", "none"),
        (KNEE_MRI, f"Neurologic examination: {NORMAL_LEGS}", "none"),
        (NECK_MRI, "Examination of the hand: sensation was decreased at C6.", "unequivocal"),
    ],
)
def test_what_an_examination_of_one_part_finds_in_a_limb_is_of_that_part(
    title: str, summary: str, expected: Value | None
) -> None:
    """The nerves of a limb are examined for the spine: behind its head they are not the knee's."""
    assert _read(title, summary).get("neuro_deficit_objective") == expected


def test_a_finding_of_the_spine_is_stored_for_the_item_of_the_spine() -> None:
    """Of the two items of one letter only the one of the spine has it."""
    text = f"Examination of the lumbar spine revealed spasm; motor {LEG_WEAKNESS}"
    titles = (BACK_MRI, KNEE_MRI)
    whole = "\n".join((*titles, text))
    starts = [whole.index(title) for title in titles]
    letter = Determination(
        source="letter",
        text=whole,
        layout=Layout.SECTIONS,
        denial_date=date(2016, 12, 1),
        summary=Span(whole.index(text), len(whole)),
        items=tuple(
            DisputedItem(n, title, Span(start, start + len(title)), None, None, None, None, None)
            for n, (title, start) in enumerate(zip(titles, starts, strict=True), start=1)
        ),
    )
    case, _ = case_from_letter(letter, load_knowledge())
    found = [f.item for f in case.findings if f.fact == "neuro_deficit_objective"]
    assert found == [1]
