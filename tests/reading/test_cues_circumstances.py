"""What stands around a request: its reason, what went before it, and how the worker works."""

from __future__ import annotations

import pytest

from imr_rules.facts.model import Section, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.reading.model import Passage, Subject
from imr_rules.reading.read import merge_values, read_passages

KNOWLEDGE = load_knowledge()
CASE = "In this case, the patient was seen on 12/1/2016. "


def _stated(category: str, fact: str, section: Section, said: str) -> Value | None:
    text = CASE + said
    item = 1 if section is Section.RATIONALE else None
    subject = Subject(1, category, None, facts=frozenset(KNOWLEDGE.vocabulary))
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [subject],
        lexicon=KNOWLEDGE.lexicon,
        vocabulary=KNOWLEDGE.vocabulary,
    )
    merged = merge_values(result.findings, KNOWLEDGE.vocabulary)
    return merged[fact][0] if fact in merged else None


@pytest.mark.parametrize(
    ("category", "fact", "expected", "said"),
    [
        ("pt_ot", "prior_units_completed", 6,
         "No functional gain from the first six visits has been shown."),
        ("acupuncture", "prior_units_completed", "undocumented",
         "There is no record of prior acupuncture treatment."),
        ("chiro_manual", "prior_units_completed", None,
         "There is no evidence of benefit from prior chiropractic treatment."),
        ("pt_ot", "prior_units_completed", 0, "This is the first course of therapy."),
        ("pt_ot", "prior_units_completed", None,
         "The number of sessions was not given in the request."),
        ("imaging", "request_rationale_stated", "yes",
         "The result of the scan will change the treatment plan."),
        ("consult_visit", "request_rationale_stated", "yes",
         "The problem is outside the scope of the family physician."),
        ("consult_visit", "request_rationale_stated", "no",
         "No specific question for the consultant was put."),
        ("imaging", "request_rationale_stated", None,
         "The guideline asks whether the result will change the plan."),
        ("topical", "indicated_condition", "no",
         "A contusion is not among the listed conditions."),
        ("trigger_point_injection", "indicated_condition", "undocumented",
         "The records do not describe circumscribed trigger points."),
        ("periop_ancillary", "surgery_extent", "minor", "It is a minor procedure."),
        ("periop_ancillary", "surgery_extent", "minor", "This is not a complex procedure."),
        ("transport", "disability_prevents_self_transport", "no",
         "The worker drives to appointments."),
        ("transport", "parent_service", "not_approved",
         "The associated injection is not medically necessary."),
        ("fce", "fce_reason", "none", "There is no report of trouble performing his job."),
        ("home_health", "homebound", None,
         "The individual is normally unable to leave home and doing so takes a major effort."),
    ],
)  # fmt: skip
def test_a_rationale_states(category: str, fact: str, expected: Value | None, said: str) -> None:
    """A sentence of a rationale yields the fact as said; one on the rules or on gain does not."""
    assert expected == _stated(category, fact, Section.RATIONALE, said)


@pytest.mark.parametrize(
    ("category", "fact", "expected", "said"),
    [
        ("fce", "work_status", "modified", "She works within the same limitations."),
        ("opioid", "work_status", "off", "He was kept off duty."),
        ("opioid", "work_status", None, "He may return to full duty in two weeks."),
        ("chiro_manual", "work_status", "off",
         "He had not returned to work because modified duty was not available."),
        ("dme_electro", "active_program_adjunct", "yes",
         "Treatment to date has included ice and home exercises."),
        ("dme_electro", "device_trial_completed", None, "She used a TENS unit in therapy."),
        ("pt_ot", "objective_deficit_documented", "yes",
         "Grip strength was 40 pounds on the right and 80 on the left."),
    ],
)  # fmt: skip
def test_a_summary_states(category: str, fact: str, expected: Value | None, said: str) -> None:
    """A sentence of a summary yields the fact as said; a plan for later yields nothing."""
    assert expected == _stated(category, fact, Section.SUMMARY, said)
