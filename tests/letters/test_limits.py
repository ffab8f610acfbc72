"""No text is slow, however it is made."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from imr_rules.errors import InputError
from imr_rules.letters import parse_letter

from .written_letters import PHRASES

SECONDS = 3
CHARACTERS = 2_000_000

REPEATED = {
    "rationale labels": "Decision rationale:",
    "administrator labels": "Claims Administrator guideline:",
    "administrator label lines": "Claims Administrator guideline:\n",
    "titled labels": "A title\nClaims Administrator guideline:\n",
    "outcomes": "a: Upheld\n",
    "outcome words": "Upheld",
    "headings": "CLINICAL CASE SUMMARY\n",
    "short headings": "RATIONALE:\n",
    "issues": "ISSUE AT DISPUTE:\n1. a\n",
    "numbers": "\n1) a is not medically necessary",
    "rising blanks": "\n1) a",
    "citations": "Decision based on MTUS A 2004, Section(s): B, and ",
    "colons": ":",
    "spaces": " x" + " " * 5_000,
    "line ends": "\n",
    "hyphens": "a-\n",
    "dots": ". A",
    "one word": "x",
    "digits": "1/",
    "dates": "Date of Injury: ",
    "board": "Board Certified in ",
}


@pytest.mark.parametrize("name", sorted(REPEATED))
def test_two_million_characters_of_one_thing_are_read_in_time(name: str) -> None:
    """Every search is linear: repetition neither hangs the reader nor overflows it."""
    assert seconds_to_parse(REPEATED[name], CHARACTERS) < SECONDS


def test_half_a_million_labels_are_read_in_ten_seconds() -> None:
    """The label that a letter repeats most, 500,000 times over, stays within bounds."""
    assert seconds_to_parse("Decision rationale:", 500_000 * 19) < 10


def seconds_to_parse(unit: str, length: int) -> float:
    """Return how long a letter of *length* characters takes whose item repeats *unit*."""
    text = "IMR ISSUES, DECISIONS AND RATIONALES\nset forth below:\nA thing: Upheld\n" + (
        "Claims Administrator guideline: " + unit * (length // len(unit))
    )
    begin = time.process_time()
    with suppress(InputError):
        parse_letter(text, PHRASES)
    return time.process_time() - begin
