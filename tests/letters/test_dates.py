"""A date means one day, wherever in a letter it stands."""

from __future__ import annotations

from datetime import date

import pytest

from imr_rules.letters import parse_letter
from imr_rules.letters.dates import latest_date_in, parse_date

from .written_letters import PHRASES

TODAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("10/23/98", date(1998, 10, 23)),
        ("5/3/68", date(1968, 5, 3)),
        ("1-2-00", date(2000, 1, 2)),
        ("10-28-16", date(2016, 10, 28)),
        ("10/14/ 2016", date(2016, 10, 14)),
    ],
)
def test_header_and_text_date_a_day_alike(written: str, day: date) -> None:
    """A year of two figures is of the century that letters can speak of."""
    header = parse_letter(f"Date of Injury: {written}\nDate Assigned: 12/07/2016\nA note.", PHRASES)
    assert (day, day) == (header.injury_date, parse_date(written))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("May 2016", date(2016, 5, 1)),
        ("may 3, 2016", date(2016, 5, 3)),
        ("11/2016", date(2016, 11, 1)),
        ("June 31, 2016", None),
        ("13/2016", None),
        ("10/28/201", None),
        ("Maple 3, 2016", None),
    ],
)
def test_a_date_is_a_day_of_the_calendar(written: str, day: date | None) -> None:
    """Without a day it is the first of its month; what the calendar lacks is no date."""
    assert parse_date(written) == day


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("Seen on 10/3/16; the injury was on 10/23/98.", date(2016, 10, 3)),
        ("The injury was on 10/23/98.", date(1998, 10, 23)),
        ("Seen on 10/3/2016, next on 10/3/2061.", date(2016, 10, 3)),
        ("Next on 10/3/2061.", None),
    ],
)
def test_the_latest_date_of_a_text_is_none_to_come(text: str, latest: date | None) -> None:
    """No letter was written after today."""
    assert latest_date_in(text, until=TODAY) == latest
