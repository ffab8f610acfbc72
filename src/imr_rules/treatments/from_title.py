"""Item title → :class:`Request`: what is asked for, as far as the title says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imr_rules.treatments import counts
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.clause import read_beside, read_clause
from imr_rules.treatments.model import Request
from imr_rules.treatments.words import TitleWords

_READ_AT_MOST = 4000
"""Characters of a title that are read. The longest real title has about 600; what is longer is
no title, and must not cost more than one."""

_OF = re.compile(r"\D{0,20}(\d{1,4}) of (?:the )?#?\d{1,4}\b")
_NUMBER = re.compile(
    r"\W*(?:(?:for|to|only|x|quantity|qty)\W*)*(\d{1,4})(?![\d./%x])"
    r"(?! ?(?:mc?g|x|times|days?|weeks?|wks?|months?|years?|hours?)\b)"
)


def parse_request(title: str, catalogue: Catalogue) -> Request:
    """Read *title* against *catalogue*; what it does not say stays None.

    A request that was granted in part is written in three clauses: the whole, what the claims
    administrator authorized, the rest. The treatment is that of the rest, which is what is in
    dispute; numbers come from all three.
    """
    words = catalogue.words
    if words is None:
        return Request(title=title)
    text = words.fold(title[:_READ_AT_MOST])
    clauses = _clauses(text, words)
    if clauses is not None:
        return _partial(title, clauses, catalogue, words)
    short = words.rest_in_short.search(text)
    if short is not None:
        return _short_remainder(title, text, short, catalogue, words)
    for grant in words.grant.finditer(text):
        told = _short_grant(title, text, grant, catalogue, words)
        if told is not None:
            return told
    return read_clause(title, text, catalogue, words)


def asked_beside(title: str, catalogue: Catalogue) -> tuple[Request, ...]:
    """Return what *title* asks for beside the one thing that :func:`parse_request` reads it as.

    Of a request that was granted in part it is what stands beside it in the rest.
    """
    words = catalogue.words
    if words is None:
        return ()
    text = words.fold(title[:_READ_AT_MOST])
    clauses = _clauses(text, words)
    if clauses is not None:
        text = clauses.original if clauses.rest is None else clauses.rest
    return read_beside(text, catalogue, words)


def asked_for(title: str, catalogue: Catalogue) -> str:
    """Return *title* without what it tells, behind the request, of a part that was granted."""
    asked = _cut(title, catalogue.words.partial.original) if catalogue.words else None
    return (asked[0] if asked else title).strip()


# --- granted in part ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The three clauses; *rest* is None where the whole request stayed in dispute."""

    original: str
    authorized: str
    rest: str | None


def _clauses(text: str, words: TitleWords) -> _Clauses | None:
    cues = words.partial
    first = _cut(text, cues.original)
    if first is None:
        return None
    original, tail = first
    middle_and_rest = _cut(tail, cues.remaining)
    if middle_and_rest is None:
        whole = _cut(tail, cues.whole)
        return _Clauses(original, _without(whole[0] if whole else tail, cues.authorized), None)
    middle, rest = middle_and_rest
    rest = rest.strip(" .,:").removesuffix(" is")
    return _Clauses(original, _without(middle, cues.authorized), rest or None)


def _cut(text: str, phrases: Sequence[str]) -> tuple[str, str] | None:
    """Return what stands before and after the first of *phrases* in *text*."""
    for phrase in phrases:
        before, found, after = text.partition(phrase)
        if found:
            return before, after
    return None


def _without(text: str, phrases: Sequence[str]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, " ")
    return text.strip(" .,")


def _partial(title: str, clauses: _Clauses, catalogue: Catalogue, words: TitleWords) -> Request:
    whole = read_clause(title, clauses.original, catalogue, words)
    granted = read_clause(title, clauses.authorized, catalogue, words)
    # Another service granted instead (occupational for physical therapy) takes nothing off.
    same = granted.treatment is None or granted.treatment == whole.treatment
    rest = whole if clauses.rest is None else read_clause(title, clauses.rest, catalogue, words)
    asked = rest if rest.treatment is not None else whole
    authorized = granted.units if same else None
    disputed = rest.units
    if disputed is None and whole.units is not None and authorized is not None:
        disputed = whole.units - authorized
    mine = rest.treatment is None or rest.treatment == whole.treatment
    quantity = rest.quantity
    if quantity is None and whole.quantity is not None and granted.quantity is not None:
        quantity = whole.quantity - granted.quantity
    return asked.model_copy(
        update={
            "units": whole.units if mine else rest.units,
            "authorized_units": authorized if mine else None,
            "disputed_units": disputed,
            "quantity": quantity,
            "original_quantity": whole.quantity,
            "authorized_quantity": granted.quantity if same else None,
            "body_parts": rest.body_parts or (whole.body_parts if mine else ()),
            "side": rest.side or (whole.side if mine and not rest.body_parts else None),
            "levels": rest.levels or (whole.levels if mine else None),
            "phase": asked.phase or whole.phase,
            "duration_days": rest.duration_days or whole.duration_days,
            "hours_per_week": rest.hours_per_week or whole.hours_per_week,
            "refills": rest.refills if rest.refills is not None else whole.refills,
            "repeated": whole.repeated or rest.repeated,
            "retrospective": whole.retrospective or rest.retrospective,
            "remainder": clauses.rest is not None,
        }
    )


def _short_remainder(
    title: str, text: str, short: re.Match[str], catalogue: Catalogue, words: TitleWords
) -> Request:
    """Read "…, remaining 6 of 12 visits (6 authorized)"."""
    rest, whole, granted = (int(short.group(i)) for i in (1, 2, 4))
    base = read_clause(title, f"{text[: short.start()]} {short.group('behind')}", catalogue, words)
    return _granted(base, whole, granted, rest)


def _short_grant(
    title: str, text: str, grant: re.Match[str], catalogue: Catalogue, words: TitleWords
) -> Request | None:
    """Read "2x6, 6 visits certified" and "#90 (modified to #60)".

    Returns:
        None where the words grant no part of this request: all of it, none, or something else.
    """
    begin, end = grant.span()
    granted = _number_granted(grant.group(1), words)
    if granted is None and (number := words.before_grant.search(text, 0, begin)) is not None:
        granted, begin, end = int(number.group(1)), number.start(), grant.start(1)
    if granted is None or any(words.no_grant.search(text, 0, i) for i in (begin, grant.start())):
        return None
    base = read_clause(title, f"{text[:begin]} {text[end:]}", catalogue, words)
    whole = base.units if base.drug_class is None else base.quantity
    if whole is None or not 0 < granted < whole:
        return None
    return _granted(base, whole, granted, whole - granted)


def _number_granted(behind: str, words: TitleWords) -> float | None:
    """Return the number in *behind*, the words after the one that grants."""
    if (number := _OF.match(behind) or _NUMBER.match(behind)) is not None:
        return int(number.group(1))
    quantity, _ = counts.quantity(behind, words)
    return counts.units_asked(behind, "", words) if quantity is None else quantity


def _granted(base: Request, whole: float, granted: float, rest: float) -> Request:
    told: dict[str, object] = {"remainder": True}
    if base.drug_class is not None:
        told |= {"quantity": rest, "original_quantity": whole, "authorized_quantity": granted}
    else:
        told |= {"units": whole, "disputed_units": rest, "authorized_units": granted}
    return base.model_copy(update=told)
