"""What the guideline itself makes of the treatment is read where it names the treatment."""

from __future__ import annotations

import pytest
from tests.reading.test_phrases import SILENT, Phrase, stated

from imr_rules.facts.model import Section
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.pattern import compile_phrase

ULTRASOUND = "Pulsed ultrasound 2 times a week for 4 weeks"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.mark.parametrize(
    ("say", "expect"),
    [
        ("According to the guideline, pulsed ultrasound is not recommended.", "yes"),
        ("The MTUS does not recommend the use of therapeutic ultrasound.", "yes"),
        ("Per ODG, ultrasound is not supported by the literature.", "yes"),
        ("ACOEM recommends against ultrasound for low back pain.", "yes"),
        ("The MTUS makes no recommendation for ultrasound.", "yes"),
        ("According to the guideline, infrared therapy is not recommended.", SILENT),
        ("Ultrasound is not recommended as a sole treatment.", SILENT),
        ("Ultrasound is not recommended unless exercise goes with it.", SILENT),
        ("ODG recommends ultrasound for calcific tendinitis.", SILENT),
        ("The records do not support the use of ultrasound.", SILENT),
        ("The request for ultrasound is not medically necessary.", SILENT),
    ],
)
def test_the_stance_is_the_guidelines_on_this_treatment_alone(
    say: str, expect: str, knowledge: Knowledge
) -> None:
    """A flat no to the item's treatment counts; conditions, other treatments, verdicts do not."""
    phrase = Phrase(
        "guideline_not_recommended", Section.RATIONALE, ULTRASOUND, say, expect, held=False
    )
    assert expect == stated(phrase, knowledge)


def test_a_summary_has_no_stance(knowledge: Knowledge) -> None:
    """Only a rationale applies the guideline."""
    say = "According to the guideline, pulsed ultrasound is not recommended."
    phrase = Phrase(
        "guideline_not_recommended", Section.SUMMARY, ULTRASOUND, say, SILENT, held=False
    )
    assert SILENT == stated(phrase, knowledge)


def test_other_facts_stay_silent_in_talk_of_the_guideline(knowledge: Knowledge) -> None:
    """Reading the stance opens the sentence to no other cue."""
    say = "ODG states that ultrasound is not recommended and brings no functional improvement."
    phrase = Phrase("functional_improvement", Section.RATIONALE, ULTRASOUND, say, SILENT, False)
    assert SILENT == stated(phrase, knowledge)


def test_item_captures_the_words_that_must_name_it() -> None:
    """Up to seven words, across brackets and slashes, not across a sentence."""
    regex = compile_phrase("@item is not recommended").regex
    found = regex.search("per odg, the use of ultrasound (pulsed) is not recommended")
    assert found is not None
    assert "the use of ultrasound (pulsed" in found["item"]
