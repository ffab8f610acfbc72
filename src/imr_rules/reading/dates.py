"""Dates as letters write them: 10-28-16, 10/14/ 2016, 11/2016, May 2016, May 3, 2016."""

from __future__ import annotations

import calendar
import re
from datetime import date

_MONTHS = tuple(name.lower() for name in calendar.month_name if name)
_NUMERIC = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]\s?(\d{4}|\d{2})\Z")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})\Z")
_NAMED = re.compile(r"([a-z]+)(?:\s(\d{1,2}),?)?\s(\d{4})\Z")


def parse_date(text: str) -> date | None:
    """Return the date that *text* writes, the first of the month where no day is given.

    Returns:
        None for what is no date (month 13, 31 June).

    >>> parse_date("10-28-16")
    datetime.date(2016, 10, 28)
    """
    lowered = text.strip().lower()
    if match := _NUMERIC.match(lowered):
        month, day, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
    elif match := _MONTH.match(lowered):
        month, day, year = int(match[1]), 1, int(match[2])
    elif (match := _NAMED.match(lowered)) and match[1] in _MONTHS:
        month, day, year = _MONTHS.index(match[1]) + 1, int(match[2] or 1), int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


_ANYWHERE = re.compile(r"\b\d{1,2}[-/]\d{1,2}[-/]\s?(?:\d{4}|\d{2})\b")


def latest_date_in(text: str) -> date | None:
    """Return the latest date that *text* writes in figures, or None without one."""
    days = [day for found in _ANYWHERE.findall(text) if (day := parse_date(found)) is not None]
    return max(days, default=None)
