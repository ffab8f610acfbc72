"""Whether the dates of a case can be: an injury is denied after it happened, then decided on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations


def dates_out_of_order(
    *, injury: date | None, denial: date | None, decision: date | None
) -> Iterator[str]:
    """Tell which of the days cannot both be right; which of the two is wrong nobody knows.

    >>> for told in dates_out_of_order(
    ...     injury=date(2015, 5, 4), denial=date(2014, 6, 18), decision=None
    ... ):
    ...     print(told)
    dates in order (injury 2015-05-04 is after denial 2014-06-18: one of the two is wrong)
    """
    known = [
        (name, day)
        for name, day in (("injury", injury), ("denial", denial), ("decision", decision))
        if day is not None
    ]
    for (first, begun), (then, followed) in combinations(known, 2):
        if begun > followed:
            yield (
                f"dates in order ({first} {begun} is after {then} {followed}:"
                " one of the two is wrong)"
            )
