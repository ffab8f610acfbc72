"""On which visit a statement was made: summaries tell of several, some the latest first."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from imr_rules.facts.model import Finding, Value
from imr_rules.letters.dates import TO_THE_DAY, WRITTEN, parse_date
from imr_rules.reading.same_thing import SameThing

# "On 10/3/2016", "the report dated May 3, 2016". A date of a study, an injury or an operation is
# no visit: what the next sentences tell is not of that day.
_VISIT = re.compile(
    rf"\b(?:on|dated|of|as of|per|date[:]?)\s+(?:the\s+)?({TO_THE_DAY})\b", re.IGNORECASE
)
_DATED = re.compile(rf"\b{WRITTEN}\b", re.IGNORECASE)
_PAUSE = re.compile(r"[,;]|\. |\b(?:and|but|while|then|whereas)\b", re.IGNORECASE)


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


def day_told(
    text: str, at: tuple[int, int], sentence: tuple[int, int], since: int, same_thing: SameThing
) -> date:
    """Return the day that the words *at* a place of *text* tell of, within their *sentence*.

    It is the last one named before them in the sentence, or one that goes on with them; without
    either that of the visit told of last before, from *since* on. The words for the last visit,
    and for earlier days, name a day as well: the latest and the first that there are.
    """
    dated = _visits_in(text, *sentence, same_thing.no_visit)
    named = sorted((*dated, *_told_in_words(text, *sentence, same_thing)))
    before = [one for one in named if one.end <= at[0]]
    behind = [one for one in named if one.start >= at[1]]
    goes_on = behind and not _PAUSE.search(text, at[1], behind[0].start)
    if goes_on and (not before or _PAUSE.search(text, before[-1].end, at[0])):
        return behind[0].day
    if before:
        day = next((one for one in reversed(before) if one.is_dated), None)
        # "On 12-10-2016 the current strength": a day beside such words is what they mean.
        beside = day and not _PAUSE.search(text, day.end, before[-1].start)
        return day.day if day and beside else before[-1].day
    *_, last = (None, *_visits_in(text, since, sentence[0], same_thing.no_visit))
    return last.day if last else date.min


class _Named(NamedTuple):
    """A day and where it is named."""

    start: int
    end: int
    day: date
    is_dated: bool


def _visits_in(text: str, start: int, end: int, no_visit: re.Pattern[str]) -> Iterator[_Named]:
    """Yield the days of visits that ``text[start:end]`` names."""
    begins = start
    for found in _DATED.finditer(text, start, end):
        day = parse_date(" ".join(found.group().split()))
        leads_in = text[begins : found.start()].rpartition(". ")[2]
        begins = found.end()
        if day is not None and not no_visit.search(leads_in.lower()):
            yield _Named(*found.span(), day, is_dated=True)


def _told_in_words(text: str, start: int, end: int, same_thing: SameThing) -> Iterator[_Named]:
    """Yield where ``text[start:end]`` tells of the last visit or of earlier days without a date."""
    said = text[start:end].lower()
    for words, day in ((same_thing.earlier, date.min), (same_thing.latest, date.max)):
        for found in words.finditer(said):
            yield _Named(start + found.start(), start + found.end(), day, is_dated=False)


def _say_more_than_one_thing(findings: Sequence[Finding]) -> bool:
    """Whether some fact has two values, so that their order can matter at all."""
    values: dict[str, Value] = {}
    return any(values.setdefault(f.fact, f.value) != f.value for f in findings)


_BEFORE = 200  # characters in which a visit's date may stand before the first finding
