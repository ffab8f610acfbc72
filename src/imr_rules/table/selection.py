"""Which topic governs each row: asked of the guidelines once for each kind of request."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from imr_rules.errors import InputError
from imr_rules.guidelines.library import Library, days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.guidelines.select import governing_topic
from imr_rules.table.schema import LIST_SEPARATOR
from imr_rules.treatments.model import Phase, Request

RequestKey = tuple[str | None, str | None, str | None, str | None]
"""Treatment, category, body parts and phase, as a facts table holds them."""


@dataclass(frozen=True, slots=True)
class Governor:
    """A topic with its edition, and the days on which it is in force."""

    edition: Edition
    topic: Topic
    first: date
    until: date

    @property
    def key(self) -> tuple[str, str]:
        """The ids of edition and topic."""
        return self.edition.id, self.topic.id


class Selector:
    """Finds the topic of a kind of request on a day; what was asked before is kept."""

    def __init__(self, library: Library) -> None:
        self.governors = tuple(
            Governor(edition, topic, *days_in_force(edition, topic))
            for edition, topic in library.pairs()
        )
        self._places = {governor.key: place for place, governor in enumerate(self.governors)}
        self._library = library
        days = {day for g in self.governors for day in (g.first, g.until)}
        days |= {e.in_force_from for e in library.editions.values()}
        days |= {e.in_force_until for e in library.editions.values() if e.in_force_until}
        self.change_days = tuple(sorted(days - {date.min, date.max}))
        """The days on which a text comes into force or goes out of it."""
        self._found: dict[tuple[RequestKey, int], int | None] = {}

    def stretch_of(self, day: date) -> int:
        """Return which stretch between two change days *day* falls in."""
        return bisect_right(self.change_days, day)

    def places(
        self, asked: Iterable[tuple[RequestKey, int]]
    ) -> Mapping[tuple[RequestKey, int], int | None]:
        """Return the place in :attr:`governors` of what governs each kind of request and stretch.

        Raises:
            InputError: a treatment is not in the catalogue.
        """
        return {(key, stretch): self._place(key, stretch) for key, stretch in asked}

    def _place(self, key: RequestKey, stretch: int) -> int | None:
        if (key, stretch) not in self._found:
            self._found[key, stretch] = self._find(key, stretch)
        return self._found[key, stretch]

    def _find(self, key: RequestKey, stretch: int) -> int | None:
        treatment, category, body_parts, phase = key
        if treatment is not None and treatment not in self._library.catalogue.treatments:
            raise InputError(
                f"the table asks for treatment {treatment!r}, which the catalogue does not have.",
                hint="It was extracted with other rules: extract the letters again.",
            )
        request = Request(
            title="",
            treatment=treatment,
            category=category,
            body_parts=tuple(body_parts.split(LIST_SEPARATOR)) if body_parts else (),
            phase=Phase(phase) if phase else None,
        )
        # Before the first change day nothing is in force; within a stretch nothing changes.
        if stretch == 0:
            return None
        on = self.change_days[stretch - 1]
        governing = governing_topic(self._library, request, on)
        return self._places[governing.edition.id, governing.topic.id] if governing else None
