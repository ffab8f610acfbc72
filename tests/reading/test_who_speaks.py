"""Whose statement a finding is: the worker's, the treating physician's, the reviewer's."""

import pytest

from imr_rules.facts.model import Section, Speaker
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.model import Passage, Subject
from imr_rules.reading.read import read_passages


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def speakers(text: str, section: Section, fact: str, knowledge: Knowledge) -> set[Speaker]:
    """Return who says what *text* states of *fact*."""
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [Subject(1, "opioid", None, frozenset(), "Norco", frozenset(knowledge.vocabulary))],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    return {finding.speaker for finding in result.findings if finding.fact == fact}


@pytest.mark.parametrize(
    ("text", "fact", "speaker"),
    [
        ("He reports numbness in the left foot.", "neuro_symptoms", Speaker.PATIENT),
        ("The applicant denies side effects.", "adverse_effects_assessed", Speaker.PATIENT),
        ("She complains of numbness in both hands.", "neuro_symptoms", Speaker.PATIENT),
        ("Sensation was decreased at L5.", "neuro_deficit_objective", Speaker.RECORD),
        (
            "The treating physician documented decreased sensation at L5.",
            "neuro_deficit_objective",
            Speaker.TREATING,
        ),
        (
            "He reports back pain, but the exam shows decreased sensation at L5.",
            "neuro_deficit_objective",
            Speaker.RECORD,
        ),
        (
            "The patient reported relief; per the treating doctor sensation was decreased at L5.",
            "neuro_deficit_objective",
            Speaker.TREATING,
        ),
    ],
)
def test_a_summary_tells_who_says_it(
    text: str, fact: str, speaker: Speaker, knowledge: Knowledge
) -> None:
    """The last words of saying before a statement name its speaker; if none, the record does."""
    assert speakers(text, Section.SUMMARY, fact, knowledge) == {speaker}


@pytest.mark.parametrize(
    ("text", "fact", "speaker"),
    [
        (
            "There was no documentation of functional improvement with Norco.",
            "functional_improvement",
            Speaker.REVIEWER,
        ),
        (
            "In this case the patient denies side effects.",
            "adverse_effects_assessed",
            Speaker.PATIENT,
        ),
        (
            "The requesting physician did not document a urine drug screen.",
            "drug_test_on_file",
            Speaker.REVIEWER,
        ),
    ],
)
def test_in_a_rationale_the_reviewer_speaks_unless_another_is_named(
    text: str, fact: str, speaker: Speaker, knowledge: Knowledge
) -> None:
    """What the physician did not write the reviewer states; a past tense makes no patient."""
    assert speakers(text, Section.RATIONALE, fact, knowledge) == {speaker}
