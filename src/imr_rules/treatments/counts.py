"""The numbers of a title: visits, pieces, tablets, refills, days, directions.

All functions read text as :meth:`TitleWords.fold` leaves it (lower case, number words as digits)
and return None where the text does not say. Of a range the upper bound counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from imr_rules.treatments.words import TitleWords

_N = r"(\d{1,4})(?!\d)(?: ?(?:-|to|or) ?(\d{1,4})(?!\d))?"
_FREQUENCY = re.compile(
    rf"(?<![\d.]){_N} ?(?:(?:x|times?|visits?|sessions?|treatments?|days?) ?"
    r"(?:a |per |each |every |/ ?|x )?|(?:a |per |each |every |/ ?))(?:1 )?(week|wk|month|day)\b"
    rf"|(?<![\d.]){_N} ?(?:x|times?)? ?(weekly|daily|monthly)\b|\b(weekly|daily|monthly)\b"
)
_DURATION = re.compile(
    rf"(?<![\d.#/]){_N}[ -]?(day|week|wk|month|mo|year)s?\b(?!['’]? ?supply)"
    r"(?! ?(?:a|per|each|every|/|x) ?(?:1 )?(?:week|wk|month|year)\b)"
)
_NOT_A_DURATION = re.compile(r"(?:every|q|each|per|a|within|after|in) ?$")
_DAYS_SUPPLY = re.compile(
    r"(?<![\d.#])(?<!# )(\d{1,3})[ -]?days?'? ?supply"
    r"|days?'? ?supply ?(?:of|[:=,])? ?(\d{1,3})(?!\d)"
    r"|supply (?:of|for) (\d{1,3}) days?"
)
_REFILLS = re.compile(
    r"(?<![\d.])(\d{1,2}) ?(?:additional |more )?(?:refills?|rf)\b"
    r"|\brefills? ?(?:x|times|of|[:#=(])? ?(\d{1,2})(?!\d)(?! ?mg)|\b(no|without) refills?\b"
)
_HASH = re.compile(r"# ?(\d{1,9}(?:\.\d+)?)(?![\d.])(?: ?([a-z]+))?")
_QUANTITY = re.compile(
    r"\b(?:quantity|qty|count|disp|dispense|quan)\b\.? ?(?:of)? ?[:=#]? ?"
    r"(\d{1,9}(?:\.\d+)?)(?![\d.])(?: ?([a-z]+))?"
)
_MASS = re.compile(r"(?<![\d./])(\d{1,4}(?:\.\d+)?) ?-?([a-z]+)\b(?! ?/)")
_TIMES_N = re.compile(
    r"\b(?:times|x) ?(\d{1,9})(?![\d.])(?! ?(?:refill|week|wk|month|day|time|year|hour|mg|%|x\b))"
)
_PRODUCT = re.compile(r"(?<![\d./#])(\d{1,2}) ?(?:times|x) ?(\d{1,2})(?![\d.])(?! ?(?:mg|%|ml|cm))")
_TOTAL = re.compile(
    r"\btotal(?: of| ?[:=])? ?(\d{1,3})(?![\d.])|(?<![\d.])(\d{1,3}) (?:in )?total\b"
)
_PAREN = re.compile(r"\( ?(\d{1,3}) ?([a-z]*) ?\)")
_HOURS_A_DAY = re.compile(rf"(?<![\d.]){_N} ?(?:hours?|hrs?) ?(?:a|per|each|/) ?day")
_HOURS_AT_A_TIME = re.compile(
    rf"(?<![\d.]){_N}[ -]?(?:hours?|hrs?) ?(?:a |per |each |every |/ ?)?"
    r"(day|daily|visit|shift|week|wk)(?:ly)?\b"
)
_LEADING = re.compile(r"(?<![\w.#/:-])(\d{1,3}) ?(?:\( ?\d{1,3} ?\) ?)?$")
_FRACTION = re.compile(
    r"(?<![\w./])(?:(\d)(?: ?- ?| and | ))?([123])/([234])(?![\d./])"
    r"|(?<![\w./])(?:(\d) and )?(?:an? |1[ -])?half\b(?: of)?(?: an?\b)?"
    r"|(?<!\d)\.(?=\d)"
)
_DAYS_IN = {"day": 1, "week": 7, "wk": 7, "month": 30, "mo": 30, "year": 365}


@dataclass(frozen=True, slots=True)
class Course:
    """How often and how long: *per_week* visits (None unless told by day or week), *days* long."""

    per_week: int | None
    days: int | None
    visits: int | None


def _upper(match: re.Match[str], low: int) -> int:
    first, second = match.group(low), match.group(low + 1)
    return max(int(first), int(second)) if second else int(first)


def duration_days(text: str) -> int | None:
    """Return the days of the first stretch of time in *text* that is no interval and no supply."""
    match = _stretch(text)
    return _days_of(match) if match else None


def _stretch(text: str) -> re.Match[str] | None:
    for match in _DURATION.finditer(text):
        if not _NOT_A_DURATION.search(text, max(0, match.start() - 8), match.start()):
            return match
    return None


def _days_of(stretch: re.Match[str]) -> int:
    return _upper(stretch, 1) * _DAYS_IN[stretch.group(3)]


def course(text: str) -> Course:
    """Read "2 times a week for 6 weeks": 12 visits.

    A frequency by the week over months is left without a product: months have no whole number
    of weeks.
    """
    match = _FREQUENCY.search(text)
    if match is None:
        return Course(None, duration_days(text), None)
    period = match.group(3) or match.group(6) or match.group(7)
    count = _upper(match, 1) if match.group(1) else _upper(match, 4) if match.group(4) else 1
    rest = text[: match.start()] + ";" + text[match.end() :]
    span = _stretch(rest)
    days = _days_of(span) if span else None
    unit = {"weekly": "week", "wk": "week", "daily": "day", "monthly": "month"}.get(period, period)
    per_week = count if unit == "week" else count * 7 if unit == "day" else None
    visits = None
    if span is not None and days is not None:
        in_months = span.group(3) in ("month", "mo", "year")
        if unit == "month":
            visits = count * (days // 30) if in_months else None
        elif unit == "day":
            visits = count * days if not in_months else None
        elif not in_months and days % 7 == 0:
            visits = count * days // 7
    return Course(per_week, days, visits)


@lru_cache(maxsize=8)
def _counted(words: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    noun = "|".join(f"{re.escape(word)}s?" for word in words)
    before = re.compile(
        r"(?<!times )(?<!x )(?<![\w.#/-])(\d{1,9})(?![\d.])(?: \(\d{1,9}\))?"
        r"(?:[ -](?!(?:times|x|weeks?|wks?|days?|months?|hours?|mg|and)\b)[a-z/'-]+){0,6}?"
        rf" (?:{noun})\b(?! ?(?:a|per|each|every|/|x|times)? ?(?:a |1 )?(?:week|wk|month|day)\b)"
    )
    after = re.compile(
        rf"\b(?:{noun}) ?[,:x=]? ?#? ?(\d{{1,3}})(?![\w.%])"
        r"(?! ?(?:-|to|or)? ?\d)"
        r"(?! ?(?:x|times|weeks?|wks?|days?|months?|per|a\b|/|mg|ml|cc|%|view|level))"
    )
    return before, after


def units_asked(text: str, before: str, words: TitleWords) -> int | None:
    """Return how many visits, pieces or studies *text* asks for.

    *before* is the text in front of the treatment's name. A total that is written out beats
    arithmetic; arithmetic beats a bare number. Counts joined by "and" add up.
    """
    if (total := _TOTAL.search(text)) is not None:
        return int(total.group(1) or total.group(2))
    visit_words = tuple(words.visit_words)
    parens = list(_PAREN.finditer(text))
    for paren in parens:
        if paren.group(2).rstrip("s") in visit_words:
            return int(paren.group(1))
    ahead, behind = _counted(visit_words)
    counts = list(ahead.finditer(text))
    if counts:
        total_count = int(counts[0].group(1))
        for previous, count in pairwise(counts):
            if re.search(r"\b(?:and|plus)\b", text[previous.end() : count.start()]):
                total_count += int(count.group(1))
        return total_count
    read = course(text)
    if read.visits is not None:
        return read.visits
    if read.per_week is None and (product := _PRODUCT.search(text)) is not None:
        return int(product.group(1)) * int(product.group(2))
    if (count_behind := behind.search(text)) is not None:
        return int(count_behind.group(1))
    if (number := _HASH.search(text)) is not None and "." not in number.group(1):
        return int(number.group(1))
    if read.per_week is None and (times := _TIMES_N.search(text)) is not None:
        return int(times.group(1))
    if (leading := _LEADING.search(before)) is not None:
        return int(leading.group(1))
    bare = [int(p.group(1)) for p in parens if not p.group(2)]
    return bare[0] if len(bare) == 1 else None


def hours_a_day(text: str) -> int | None:
    """Return the hours of care a day."""
    match = _HOURS_A_DAY.search(text)
    return _upper(match, 1) if match else None


def hours_per_week(text: str) -> int | None:
    """Return the hours of care a week, where hours and days or visits a week are told.

    >>> hours_per_week("home aide 4 hours a day, 5 days a week for 6 weeks")
    20
    """
    match = _HOURS_AT_A_TIME.search(text)
    if match is None:
        return None
    if match.group(3) in ("week", "wk"):
        return _upper(match, 1)
    often = 7 if match.group(3) == "daily" else None
    often = often or course(text[: match.start()] + ";" + text[match.end() :]).per_week
    return _upper(match, 1) * often if often else None


def days_supply(text: str) -> int | None:
    """Return the stated day supply; "#60 for 30 days" tells a stretch of time and no supply."""
    match = _DAYS_SUPPLY.search(text)
    return int(next(g for g in match.groups() if g)) if match else None


def refills(text: str) -> int | None:
    """Return the refills asked for; "no refills" is 0."""
    match = _REFILLS.search(text)
    if match is None:
        return None
    return 0 if match.group(3) else int(match.group(1) or match.group(2))


@lru_cache(maxsize=8)
def _tablets(words: tuple[str, ...]) -> re.Pattern[str]:
    noun = "|".join(f"{re.escape(word)}(?:e?s)?" for word in sorted(words, key=len, reverse=True))
    return re.compile(
        rf"(?<![\d./-])(\d{{1,4}})(?![\d.]) ?({noun})\b"
        r"(?! ?(?:by|oral|every|q\d|daily|a |per|at |as |\d+ times|weekly|each|to skin))"
    )


def quantity(text: str, words: TitleWords) -> tuple[float | None, str | None]:
    """Return how much of a drug is asked for, and its unit where the text names one."""
    found = _HASH.search(text) or _QUANTITY.search(text)
    if found is not None:
        return float(found.group(1)), _unit(found.group(2), words)
    for match in _MASS.finditer(text):
        if (unit := words.mass_unit.get(match.group(2))) is not None:
            return float(match.group(1)), unit
    for counted in _tablets((*words.tablet_words, *words.count_words)).finditer(text):
        if not text[: counted.start()].rstrip().endswith(tuple(words.dose_verbs)):
            return float(counted.group(1)), _unit(counted.group(2), words)
    return None, None


def _unit(word: str | None, words: TitleWords) -> str | None:
    if word is None:
        return None
    if word in words.mass_unit:
        return words.mass_unit[word]
    for stem in (word, word.removesuffix("s"), word.removesuffix("es")):
        if stem in words.tablet_words:
            return words.short_for.get(stem, stem)
    return None


_INEXACT = re.compile(r"\bas needed\b|\bup to\b|\bmax|\bmay repeat\b|\bor as directed\b")
_PER_DAY = re.compile(
    r"(?<![\d.])(\d)(?: ?(?:-|to|or) ?(\d))? ?(?:times|x) ?(?:a |per |each |/ ?)?(?:day|daily)\b"
    r"|\b(?:every|q) ?(\d{1,2})(?: ?(?:-|to|or) ?(\d{1,2}))? ?(?:hours?|hrs?|h)\b"
    r"|\b(at bedtime|daily)\b"
)


def _decimal(found: re.Match[str]) -> str:
    """Write "1/2", "1-1/2", "1 half" and ".5" as the decimals that doses are read in."""
    if found.group() == ".":
        return "0."
    whole = int(found.group(1) or found.group(4) or 0)
    part = int(found.group(2)) / int(found.group(3)) if found.group(3) else 0.5
    return f"{whole + part:g}"


def units_per_day(text: str, words: TitleWords, *, strength_told: bool) -> float | None:
    """Return the tablets (or patches) a day, only where the directions are exact.

    "as needed", "up to" and ranges are ceilings, not doses: None. Where no number of tablets
    stands before the frequency but a strength does ("20 mg 2 times a day"), the dose is one of
    that strength.
    """
    rhythm = _PER_DAY.search(text)
    if rhythm is None or _INEXACT.search(text) or rhythm.group(2) or rhythm.group(4):
        return None
    hours = int(rhythm.group(3)) if rhythm.group(3) else None
    if hours is not None and (hours == 0 or 24 % hours):
        return None
    times = 24 // hours if hours else int(rhythm.group(1) or 1)
    doses = list(words.dose.finditer(_FRACTION.sub(_decimal, text)))
    if len(doses) > 1:
        return None
    if not doses:
        return float(times) if strength_told else None
    low, high = next(
        (doses[0].group(i), doses[0].group(i + 1)) for i in (1, 3, 5) if doses[0].group(i)
    )
    return None if high else float(low) * times
