"""Dates as letters write them: 10-28-16, 10/14/ 2016, 11/2016, May 2016, May 3, 2016."""

from __future__ import annotations

import calendar
import re
from datetime import date

MONTHS = tuple(name.lower() for name in calendar.month_name if name)
MONTH_NAME = f"(?:{'|'.join(MONTHS)})"
"""The source of an expression for the name of a month, in small letters."""
IN_FIGURES = r"\d{1,2}[-/]\d{1,2}[-/]\s?(?:\d{4}|\d{2})"
"""The source of an expression for a date without words."""
TO_THE_DAY = rf"(?:{IN_FIGURES}|{MONTH_NAME}\s+\d{{1,2}},?\s+\d{{4}})"
"""The source of an expression for a date that names its day."""
WRITTEN = rf"(?:{IN_FIGURES}|\d{{1,2}}/\d{{4}}|{MONTH_NAME}(?:\s+\d{{1,2}},?)?\s+\d{{4}})"
"""The source of an expression for any date, some of the month alone."""

_NUMERIC = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/]\s?(\d{4}|\d{2})\Z")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})\Z")
_NAMED = re.compile(rf"({MONTH_NAME})(?:\s(\d{{1,2}}),?)?\s(\d{{4}})\Z")
_ANYWHERE = re.compile(rf"\b{IN_FIGURES}\b")
_TO_THE_DAY = re.compile(rf"\b{TO_THE_DAY}\b", re.IGNORECASE)

_LAST_CENTURY_FROM = 50
"""Letters begin in 2013 and tell of injuries and births of the last century, of no far future."""


def parse_date(text: str) -> date | None:
    """Return the date that *text* writes, the first of the month where no day is given.

    Returns:
        None for what is no date (month 13, 31 June).

    >>> parse_date("10-28-16"), parse_date("10/23/98")
    (datetime.date(2016, 10, 28), datetime.date(1998, 10, 23))
    """
    lowered = text.strip().lower()
    if match := _NUMERIC.match(lowered):
        return day_of(match[3], match[1], match[2])
    if match := _MONTH.match(lowered):
        return day_of(match[2], match[1])
    if match := _NAMED.match(lowered):
        return day_of(match[3], match[1], match[2] or "1")
    return None


def day_of(year: str, month: str, day: str = "1") -> date | None:
    """Return the date of a *year* in two figures or four, and a *month* in figures or letters.

    Returns:
        None where the calendar has no such day.

    >>> day_of("98", "Oct", "23")
    datetime.date(1998, 10, 23)
    """
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _LAST_CENTURY_FROM else 1900
    try:
        return date(number, int(month) if month.isdigit() else _number_of(month), int(day))
    except ValueError:
        return None


def _number_of(name: str) -> int:
    """Return the number of the month that *name* is or abbreviates, 0 where it is none."""
    return next((i for i, full in enumerate(MONTHS, 1) if full.startswith(name.lower())), 0)


def latest_date_in(text: str, *, until: date) -> date | None:
    """Return the latest date that *text* writes in figures, or None without one.

    Days after *until* are misprints, or appointments.
    """
    days = (parse_date(found) for found in _ANYWHERE.findall(text))
    return max((day for day in days if day is not None and day <= until), default=None)


def days_in(text: str) -> frozenset[date]:
    """Return the days that *text* dates, in figures or with the name of the month.

    >>> sorted(days_in("seen 10-28-16 and on November 2, 2016, in pain since May 2016"))
    [datetime.date(2016, 10, 28), datetime.date(2016, 11, 2)]
    """
    days = (parse_date(" ".join(found.split())) for found in _TO_THE_DAY.findall(text))
    return frozenset(day for day in days if day is not None)
