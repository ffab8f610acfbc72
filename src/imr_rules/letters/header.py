"""The header block of a letter: its case number, dates and priority; and the reviewer's lines."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from imr_rules.letters.dates import day_of
from imr_rules.letters.model import Reviewer
from imr_rules.letters.phrases import Hit, LetterPhrases

_CASE_NUMBER = re.compile(r"[\s:]{0,12}([A-Z]{1,4}\d{2}-\d{4,9})\b")
_WORD = re.compile(r"[\s:]{0,12}([A-Za-z]{2,20})")

_DATE = re.compile(
    r"(?P<m>\d{1,2})\s?[/-]\s?(?P<d>\d{1,2})\s?[/-]\s?(?P<y>\d{4}|\d{2})(?!\d)"
    r"|(?P<iy>\d{4})-(?P<im>\d{1,2})-(?P<id>\d{1,2})(?!\d)"
    r"|(?P<month>[A-Z][a-z]{2,8})\.?\s{1,3}(?P<md>\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(?P<my>\d{4})"
)
_DATE_REACH = 40
"""How far behind its label a date may stand."""

_SCAN = 20_000
"""The header and the reviewer's lines stand in front; a whole chart note need not be searched."""

DATE_FIELDS = ("injury_date", "assigned_date", "received_date", "denial_date", "decision_date")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says; *problems* tells by field what stands in it but cannot be used."""

    case_number: str | None
    priority: str | None
    dates: dict[str, datetime.date]
    problems: dict[str, str]


def read_header(text: str, phrases: LetterPhrases, *, end: int) -> Header:
    """Read the header in ``text[:end]``: labels in any order, in one column or two.

    A label that stands twice counts where it first has a value.
    """
    hits = list(phrases.header_set.find(text, 0, min(end, _SCAN)))
    case_number = priority = None
    dates: dict[str, datetime.date] = {}
    problems: dict[str, str] = {}
    for place, hit in enumerate(hits):
        stop = hits[place + 1].start if place + 1 < len(hits) else end
        if hit.kind == "case_number":
            match = _CASE_NUMBER.match(text, hit.end, stop)
            case_number = case_number or (match[1] if match else None)
        elif hit.kind == "priority":
            match = _WORD.match(text, hit.end, stop)
            priority = priority or (match[1] if match else None)
        elif hit.kind not in dates:
            written, date = date_behind(text, hit.end, stop)
            if date is not None:
                dates[hit.kind] = date
            elif written:
                problems[hit.kind] = f"{hit.kind.replace('_', ' ')} ({written} is no date)"
    return Header(case_number, priority, dates, problems)


def date_behind(text: str, start: int, stop: int) -> tuple[str, datetime.date | None]:
    """Return the words of the date that follows a label ending at *start*, and the day they tell.

    Without a date before *stop* the words are empty; a day that the calendar has not is None.
    """
    match = _DATE.search(text, start, min(stop, start + _DATE_REACH))
    return (match.group(), _as_date(match)) if match else ("", None)


def _as_date(match: re.Match[str]) -> datetime.date | None:
    if match["y"]:
        return day_of(match["y"], match["m"], match["d"])
    if match["iy"]:
        return day_of(match["iy"], match["im"], match["id"])
    return day_of(match["my"], match["month"], match["md"])


def read_reviewer(text: str, phrases: LetterPhrases, *, stops: list[int]) -> Reviewer:
    """Read the reviewer's credentials, from labelled lines or else from the sentence about them.

    *stops* are the places of the headings: no value reaches over one.
    """
    reach = min(len(text), _SCAN)
    hits = list(phrases.reviewer_set.find(text, 0, reach))
    found: dict[str, tuple[str, ...]] = {}
    for place, hit in enumerate(hits):
        following = [stop for stop in stops if stop >= hit.end]
        limit = min([reach, hit.end + 400, *following[:1]])
        if place + 1 < len(hits):
            limit = min(limit, hits[place + 1].start)
        if hit.kind not in found:
            found[hit.kind] = _values(text, hit, limit)
    specialties = found.get("specialty") or (
        found.get("prose_specialty", ()) + found.get("prose_subspecialty", ())
    )
    return Reviewer(specialties, found.get("licensure") or found.get("prose_licensure", ()))


_PARAGRAPH_END = re.compile(r"\n[ \t]*\n[ \t]+\n|\n[ \t]*\n[ \t]*\n")
_PROSE_END = re.compile(r"\.(?=\s|\Z)|,?\s{1,12}(?:and\s{1,12})?(?:is|has)\b|,?\s{1,12}and\Z|;")
_AND = re.compile(r",\s*and\s+|\s+and\s+")


def _values(text: str, hit: Hit, limit: int) -> tuple[str, ...]:
    value = text[hit.end : limit].strip()
    if hit.kind.startswith("prose"):
        value = _PROSE_END.split(value, maxsplit=1)[0]
    else:
        value = _PARAGRAPH_END.split(value, maxsplit=1)[0]
    value = " ".join(value.split())
    if hit.kind == "prose_licensure":
        value = _AND.sub(", ", value)
    return tuple(part.strip(" .") for part in value.split(",") if part.strip(" ."))
