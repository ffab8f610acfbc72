"""No text breaks the reading of titles, and none is slow."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_rules.data_folders import rules_folder
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.load import load_catalogue

CATALOGUE = load_catalogue(rules_folder())

_PIECES = [
    "Norco",
    "10/325mg",
    "#60",
    "x 3 refills",
    "MRI",
    "of the",
    "left knee",
    "2 times a week",
    "for 6 weeks",
    "(12 sessions)",
    "was the original request.",
    "cream",
    "5%",
    "every 4-6 hours",
    "The remaining IMR eligible portion of the original request,",
    "injection",
    "post-op",
    "day supply:",
    "was authorized by the Claims Administrator.",
    "remaining 3 of 9 (6 authorized)",
    "twenty",
    "one",
    "-",
    "to",
]


# The first title compiles the catalogue, which takes as long as the machine is busy.
@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """A title may hold anything; reading it never raises and keeps the title."""
    assert text == parse_request(text, CATALOGUE).title


@given(st.lists(st.sampled_from(_PIECES), max_size=25))
def test_any_row_of_phrases_is_read_the_same_in_any_case(pieces: list[str]) -> None:
    """Upper and lower case say the same."""
    title = " ".join(pieces)
    read = parse_request(title, CATALOGUE)
    assert read == parse_request(title.upper(), CATALOGUE).model_copy(update={"title": title})


@given(st.integers(1, 9), st.integers(1, 12))
def test_visits_a_week_times_weeks(per_week: int, weeks: int) -> None:
    """The visits of a course are its frequency times its weeks, however it is written."""
    for title in (
        f"Physical therapy {per_week} times a week for {weeks} weeks",
        f"PT {per_week}x/week x {weeks} weeks",
        f"Physical therapy {per_week}x{weeks}",
        f"Physical therapy {per_week} times per week times {weeks} weeks ({per_week * weeks})",
    ):
        assert per_week * weeks == parse_request(title, CATALOGUE).units, title


@given(st.sampled_from(["Norco 10/325mg", "Soma 350 mg", "Zofran"]), st.integers(1, 999))
def test_a_numbered_quantity_is_the_quantity(drug: str, quantity: int) -> None:
    """ "#60", "quantity 60" and "60 tablets" are one."""
    for title in (
        f"{drug} #{quantity}",
        f"{drug} quantity {quantity}",
        f"{drug} {quantity} tablets",
    ):
        assert quantity == parse_request(title, CATALOGUE).quantity, title


@pytest.mark.parametrize(
    "filler",
    ["a", " ", "1 ", "1-", "2 times ", "mg ", "# ", "knee ", "injection ", "(", "one ", "x 1"],
)
def test_ten_megabytes_take_seconds_at_most(filler: str) -> None:
    """However long a title is, only as much is read as a title can have."""
    text = filler * (10_000_000 // len(filler))
    start = time.process_time()
    parse_request(text, CATALOGUE)
    assert time.process_time() - start < 2


def test_a_title_takes_a_fraction_of_a_millisecond(benchmark) -> None:  # type: ignore[no-untyped-def]
    """A usual title costs about 0.1 ms, so that corpora of a million items stay feasible."""
    benchmark(
        parse_request,
        "Additional physical therapy 2 times a week for 6 weeks (12 sessions) to the right knee",
        CATALOGUE,
    )
