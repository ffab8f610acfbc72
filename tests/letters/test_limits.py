"""No text is slow, however it is made."""

from __future__ import annotations

import time

import pytest

from imr_rules.errors import InputError
from imr_rules.letters import parse_letter

SECONDS = 10
MEGABYTES = 10_000_000

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
def test_ten_megabytes_of_one_thing_are_read_in_time(name: str) -> None:
    """Every search is linear: repetition neither hangs the reader nor overflows it."""
    unit = REPEATED[name]
    text = "IMR ISSUES, DECISIONS AND RATIONALES\nset forth below:\nA thing: Upheld\n" + (
        "Claims Administrator guideline: " + unit * (MEGABYTES // len(unit))
    )
    begin = time.perf_counter()
    try:
        parse_letter(text)
    except InputError as error:
        assert "disputed items" in str(error)
    assert time.perf_counter() - begin < SECONDS
