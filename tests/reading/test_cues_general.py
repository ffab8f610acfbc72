"""Phrasings that belong to no one kind of treatment, in sentences written for the test."""

from __future__ import annotations

import pytest

from imr_rules.facts.model import UNDOCUMENTED, Section, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.read import Passage, Subject, merge_values, read_passages

CASE = "In this case, the injured worker has chronic neck pain. "


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def _stated(text: str, category: str, section: Section, knowledge: Knowledge) -> dict[str, Value]:
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [Subject(1, category, None, frozenset(("cervical",)))],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    merged = merge_values(result.findings, knowledge.vocabulary)
    return {fact: value for fact, (value, _) in merged.items()}


RATIONALES: list[tuple[str, str, Value | None, str]] = [
    ("corroborating_test", "esi", UNDOCUMENTED,
     "There is a lack of MRI studies demonstrating nerve root compression."),
    ("conservative_care_failed", "imaging", UNDOCUMENTED,
     "There is no record of failure of all available forms of conservative treatment."),
    ("conservative_care_failed", "imaging", "no",
     "The worker is reportedly improving with therapy."),
    ("conservative_care_failed", "imaging", "no",
     "The claimant has only begun a few sessions of conservative care."),
    ("plain_xray_result", "imaging", UNDOCUMENTED,
     "The file lacks documentation of a negative plain film of the neck."),
    ("requested_units", "pt_ot", 18, "The 18 visits are excessive for this sprain."),
    ("requested_units", "pt_ot", None, "The guidelines recommend 10 visits over 8 weeks."),
    ("prior_units_authorized", "pt_ot", 6,
     "The administrator authorized a trial of initial 6 visits of therapy."),
    ("already_authorized", "consult_visit", "yes",
     "The consultation was previously approved by the carrier."),
    ("already_authorized", "consult_visit", None,
     "The consultation was not previously authorized."),
    ("guideline_not_recommended", "barbiturate", "yes",
     "Use of this drug is not supported by the current guidelines."),
    ("request_rationale_stated", "imaging", "no",
     "The treating doctor gave no clinical rationale for the requested study."),
    ("aberrant_behavior", "opioid", "not_assessed",
     "There is no indication that the applicant is monitored for aberrant drug behavior."),
    ("functional_improvement", "pt_ot", "yes",
     "The worker finished eight visits of therapy with good benefit."),
    ("functional_improvement", "muscle_relaxant", UNDOCUMENTED,
     "The chart does not have objective documentation of functional improvement with this drug."),
    ("pain_reduction", "muscle_relaxant", None,
     "Per MTUS, this class is an option. Muscle relaxants show no benefit beyond NSAIDs for pain."),
    ("functional_improvement", "opioid", None,
     "Per MTUS, opioids call for care. Functional improvement and relief are key components."),
]  # fmt: skip


SUMMARIES: list[tuple[str, str, Value | None, str]] = [
    ("conservative_care_failed", "imaging", "yes",
     "He attended six visits. He reported no significant improvement."),
    ("conservative_care_failed", "edx", "no", "Acupuncture sessions helped to relieve symptoms."),
    ("conservative_care_failed", "imaging", None, "Prior treatment included physical therapy."),
    ("neuro_deficit_objective", "imaging", "none", "No weakness in the upper extremities."),
    ("neuro_deficit_objective", "esi", "none", "Spurling's test was negative."),
    ("plain_xray_result", "imaging", "normal", "Neck x rays showed no fracture."),
    ("plain_xray_result", "imaging", "normal", "Xrays of the neck were read as normal."),
    ("device_trial_completed", "dme_electro", "no", "The doctor recommended a TENS unit trial."),
    ("recent_major_surgery_or_stay", "home_health", "yes", "He had an emergency laparotomy."),
    ("first_request", "consult_visit", None, "The plan was continuation of medications."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "category", "expected", "sentence"), RATIONALES)
def test_a_rationale_states(
    fact: str, category: str, expected: Value | None, sentence: str, knowledge: Knowledge
) -> None:
    """A sentence of a rationale yields the fact as said; one about the guideline yields nothing."""
    assert _stated(CASE + sentence, category, Section.RATIONALE, knowledge).get(fact) == expected


@pytest.mark.parametrize(("fact", "category", "expected", "sentence"), SUMMARIES)
def test_a_summary_states(
    fact: str, category: str, expected: Value | None, sentence: str, knowledge: Knowledge
) -> None:
    """What came of earlier care, of an examination, a film or a plan is read as it is told."""
    assert _stated(sentence, category, Section.SUMMARY, knowledge).get(fact) == expected


def test_a_hyphen_is_spelled_in_any_way(knowledge: Knowledge) -> None:
    """The same word with a hyphen, apart or together is one word to a cue."""
    for spelling in ("x-rays", "x rays", "xrays"):
        text = f"The {spelling} of the neck were normal."
        assert _stated(text, "imaging", Section.SUMMARY, knowledge)["plain_xray_result"] == "normal"
