"""What a request follows or serves: named in its title, but not what is asked for.

Therapy "s/p rotator cuff repair", an assistant "for L4-5 laminectomy", a brace "after fusion": the
operation is only the occasion of the request, though it outranks the service by its precedence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imr_rules.treatments.model import Link, Surroundings
from imr_rules.treatments.names import Match
from imr_rules.treatments.service import Service

Cue = Match[tuple[str, str]]
"""A phrase of ``titles.yaml`` found in a clause, as (kind, value)."""

_JOINED = re.compile(r"[;:&+]|\b(?:and|plus|with)\b")
# "L4-5, L5-S1 and S1 laminectomy": levels in a row part nothing.
_PARTED = re.compile(r"[;:]|(?:[,&+]|\b(?:and|plus|with)\b)(?! ?[clts]\d)")
_DATED_ASIDE = re.compile(r"\([^()]*(?:\b(?:19|20)\d\d\b|\d/\d)[^()]*\)")
WAYS = ("operations", "injections", "studies")
"""Units of the frames that name a way of doing: "surgery", "injection", "fluoroscopy"."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Services that a request follows or serves; *start* is where the words that say so begin."""

    link: Link
    start: int
    services: tuple[Service, ...]

    @property
    def is_operation(self) -> bool:
        return self.services[0].is_operation

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where it stands in the clause."""
        first, *others = self.services
        return ((self.start, first.end), *((s.start, s.end) for s in others))


def occasions_of(
    services: Sequence[Service], cues: Sequence[Cue], text: str
) -> tuple[Occasion, ...]:
    """Return what some of the *services* of *text* hang on.

    One service is always left as the request: where nothing stands beside the occasion ("for
    right knee arthroscopy"), that is what is asked for.
    """
    if len(services) < 2:
        return ()
    occasions: list[Occasion] = []
    asked = list(services)
    for occasion in _told(services, cues, text):
        rest = [s for s in asked if s not in occasion.services]
        if rest:
            occasions.append(occasion)
            asked = rest
    return tuple(occasions)


def asked_of(services: Sequence[Service], occasions: Sequence[Occasion]) -> list[Service]:
    """Return *services* without those that are only the occasion of the others."""
    hung_on = [s for occasion in occasions for s in occasion.services]
    return [s for s in services if s not in hung_on]


def without(text: str, occasions: Sequence[Occasion]) -> str:
    """Return *text* with its *occasions* blanked: their numbers are not those of the request."""
    for occasion in occasions:
        for start, end in occasion.spans:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _told(services: Sequence[Service], cues: Sequence[Cue], text: str) -> Iterator[Occasion]:
    for cue in cues:
        kind, value = cue.value
        # A link inside a name ("CT post myelogram") has made its sense there.
        if kind == "link" and not any(s.start <= cue.start < s.end for s in services):
            found = _behind(Link(value), cue, services, text)
            if found:
                yield Occasion(Link(value), cue.start, found)
        elif kind == "surroundings" and value != Surroundings.ASSOCIATED:
            found = _beside(Surroundings(value), cue, services, text)
            if found:
                yield Occasion(Link.CAUSE, found[0].start, found)
    if "(" in text:
        for aside in _DATED_ASIDE.finditer(text):
            head = [s for s in services if s.start < aside.start()]
            inside = [s for s in services if aside.start() < s.start < aside.end()]
            if inside and inside[0].is_operation and _is_told(head):
                yield Occasion(Link.CAUSE, aside.start(), tuple(inside))


def _behind(link: Link, cue: Cue, services: Sequence[Service], text: str) -> tuple[Service, ...]:
    """Return the services that *link* leads to, if they and not a part or a disease."""
    head = [s for s in services if s.start < cue.start]
    behind = [s for s in services if s.start >= cue.end]
    if not behind or _PARTED.search(text, cue.end, behind[0].start):
        return ()
    if link is Link.FOR:
        # "Arthroscopy for cuff repair" names the way before the purpose: one operation.
        one = behind[0].is_operation and any(s.is_operation for s in head)
        fits = behind[0].is_procedure and _is_told(head) and not one
    else:
        fits = bool(head) or behind[0].is_operation
    return _row(behind, text) if fits else ()


def _beside(
    surroundings: Surroundings, cue: Cue, services: Sequence[Service], text: str
) -> tuple[Service, ...]:
    """Return the operation in "postoperative therapy, right shoulder arthroscopy"."""
    named = [s for s in services if s.start >= cue.start]
    if len(named) < 2 or named[0].is_operation or not named[1].is_operation:
        return ()
    head, *behind = named
    # In time the services before an operation and it make a list, those after it do not.
    parted = _JOINED if surroundings is Surroundings.POSTOPERATIVE else _PARTED
    fits = _is_told([head]) and not parted.search(text, cue.end, behind[0].start)
    return _row(behind, text) if fits else ()


def _is_told(head: Sequence[Service]) -> bool:
    """Tell whether *head* names a service, and not just the way in which another is done."""
    return any(not s.is_frame or s.treatment.unit not in WAYS for s in head)


def _row(services: Sequence[Service], text: str) -> tuple[Service, ...]:
    """Return the first of *services* and the operations and injections that go on with it."""
    row = [services[0]]
    for service in services[1:]:
        if not service.is_procedure or ";" in text[row[-1].end : service.start]:
            break
        row.append(service)
    return tuple(row)
