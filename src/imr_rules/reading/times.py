"""On which visit a statement was made: summaries tell of several, some the latest first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from imr_rules.facts.model import Finding, Value
from imr_rules.letters.dates import IN_FIGURES, MONTH_NAME, parse_date

# "On 10/3/2016", "the report dated May 3, 2016". A date of a study, an injury or an operation is
# no visit: what the next sentences tell is not of that day.
_VISIT = re.compile(
    r"\b(?:on|dated|of|as of|per|date[:]?)\s+(?:the\s+)?"
    rf"({IN_FIGURES}|{MONTH_NAME}\s+\d{{1,2}},?\s+\d{{4}})\b",
    re.IGNORECASE,
)


def in_order_of_visits(
    text: str, findings: Sequence[Finding], no_visit: re.Pattern[str]
) -> list[Finding]:
    """Return *findings* as they were made: by the visit told of last before each, then in order.

    *no_visit* are words before a date that make it another day than a visit's.
    """
    if not _say_more_than_one_thing(findings):
        return list(findings)
    first, last = min(f.start for f in findings), max(f.end for f in findings)
    begin = max(0, first - _BEFORE)
    starts: list[int] = []
    days: list[date] = []
    for found in _VISIT.finditer(text, begin, last):
        day = parse_date(" ".join(found[1].split()))
        sentence = text[max(0, found.start() - _BEFORE) : found.start()].rpartition(". ")[2]
        if day is not None and not no_visit.search(sentence.lower()):
            starts.append(found.start())
            days.append(day)
    if len(set(days)) < 2 or days == sorted(days):
        return list(findings)

    def day_of(finding: Finding) -> date:
        index = bisect_right(starts, finding.start)
        return days[index - 1] if index else date.min

    return sorted(findings, key=day_of)


def _say_more_than_one_thing(findings: Sequence[Finding]) -> bool:
    """Whether some fact has two values, so that their order can matter at all."""
    values: dict[str, Value] = {}
    return any(values.setdefault(f.fact, f.value) != f.value for f in findings)


_BEFORE = 200  # characters in which a visit's date may stand before the first finding
