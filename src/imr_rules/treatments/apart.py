"""Which of several services one clause of a title asks for first, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from imr_rules.treatments.service import Service

# What a service is done under or by, or a ride "to and from" it, is no other that is asked for.
_JOINT = re.compile(r"(?:[;,&+/]|\b(?:and|plus|with)\b)(?!.*\b(?:under|using|via|by|from)\b)")
# "Arthroscopy with a cold unit, under anesthesia"; a visit "with hand surgery" is to a department.
_WITH_IT = re.compile(r"[;,&+/]|\b(?:and|plus|with|under)\b")
_AND_IT = re.compile(r"[;,&+/]|\b(?:and|plus)\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked for, from *start* to *end* of the clause: all that is named with it."""

    services: tuple[Service, ...]
    start: int
    end: int

    def is_apart_from(self, other: Asked) -> bool:
        """Whether no word is both its own and that of *other*."""
        return self.end <= other.start or other.end <= self.start


def main_of(services: Sequence[Service], text: str) -> Service:
    """Return what *services*, in their order in *text*, ask for first of all.

    An operation, where one is asked for: what is named along with it goes with it. Otherwise the
    service of the highest precedence, of equals the first.
    """
    main = max(services, key=lambda s: s.treatment.precedence)
    if main.is_operation:
        return main
    operations = [
        s for s in services if s.is_operation and not s.is_frame and _are_listed(s, main, text)
    ]
    return max(operations, key=lambda s: s.treatment.precedence, default=main)


def _are_listed(operation: Service, other: Service, text: str) -> bool:
    if operation.start < other.start:
        return _WITH_IT.search(text, operation.end, other.start) is not None
    return _AND_IT.search(text, other.end, operation.start) is not None


def asked_apart(services: Sequence[Service], text: str) -> list[Asked]:
    """Return what *services*, in their order in *text*, ask for; one named twice in a row is one.

    Two between which nothing parts the title share their words.
    """
    named = [s for s in services if not s.is_frame] or services
    rows = [tuple(row) for _, row in groupby(named, key=lambda s: s.treatment.id)]
    cuts = list(_cuts(rows, text))
    return [
        Asked(
            row,
            max((cut for cut in cuts if cut <= row[0].start), default=0),
            min((cut for cut in cuts if cut > row[0].start), default=len(text)),
        )
        for row in rows
    ]


def _cuts(rows: Sequence[tuple[Service, ...]], text: str) -> Iterator[int]:
    for row, following in pairwise(rows):
        # The last joint: "MRI of the neck and back, and EMG", "neck and back MRI; left arm EMG".
        *_, joint = (None, *_JOINT.finditer(text, row[-1].end, following[0].start))
        if joint is not None:
            yield joint.end()
