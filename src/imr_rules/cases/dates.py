"""The dates of a case: which of them governs, and whether all of them can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations

from imr_rules.cases.model import Case

_SURELY_KNOWN = timedelta(days=366)


def deciding_date(case: Case, as_of: date | None = None, *, today: date | None = None) -> date:
    """Return the day whose guidelines govern *case*.

    The utilization review decision decides (8 CCR 9792.21); *as_of* overrides it. A letter that
    does not date it is taken at the latest date it mentions, else at its own; a request form at the
    day it is signed, and a request without a day at *today*.
    """
    return (
        as_of or case.denial_date or case.latest_date or case.decision_date or today or date.today()
    )


def far_ahead(day: date, *, today: date) -> str:
    """Return a warning where what will be in force on *day* is not known *today*, else ""."""
    if day <= today + _SURELY_KNOWN:
        return ""
    return (
        f"{day.isoformat()} is more than a year ahead; guidelines may have changed by then, and"
        " what is written down here is what is in force today."
    )


def dates_out_of_order(
    *,
    injury: date | None,
    denial: date | None,
    decision: date | None,
    request_form: date | None = None,
) -> Iterator[str]:
    """Tell which of the days cannot both be right; which of the two is wrong nobody knows.

    What is treated is asked for after the injury happened, then denied, then decided on. A
    *request_form* is of the day it is signed.

    >>> for told in dates_out_of_order(
    ...     injury=date(2015, 5, 4), denial=date(2014, 6, 18), decision=None
    ... ):
    ...     print(told)
    dates in order (injury 2015-05-04 is after denial 2014-06-18: one of the two is wrong)
    """
    known = [
        (name, day)
        for name, day in (
            ("injury", injury),
            ("request form", request_form),
            ("denial", denial),
            ("decision", decision),
        )
        if day is not None
    ]
    for (first, begun), (then, followed) in combinations(known, 2):
        if begun > followed:
            yield (
                f"dates in order ({first} {begun} is after {then} {followed}:"
                " one of the two is wrong)"
            )
