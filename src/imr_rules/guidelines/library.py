"""All editions of a rules folder together, and when each part of them is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.treatments.catalogue import Catalogue


@dataclass(frozen=True)
class Library:
    """All editions of a rules folder, with the vocabulary and catalogue they name."""

    editions: Mapping[str, Edition]
    vocabulary: Vocabulary
    catalogue: Catalogue

    def topics(self) -> Iterator[Topic]:
        """Yield every topic of every edition, in search order."""
        for edition in self.in_search_order():
            yield from edition.topics.values()

    @cached_property
    def topics_by_name(self) -> Mapping[str, tuple[tuple[int, Edition, Topic], ...]]:
        """By treatment, class or category: the topics that name it, each with its search place."""
        named: dict[str, list[tuple[int, Edition, Topic]]] = {}
        place = 0
        for edition in self.in_search_order():
            for topic in edition.topics.values():
                for name in topic.applies_to.treatments:
                    named.setdefault(name, []).append((place, edition, topic))
                place += 1
        return {name: tuple(topics) for name, topics in named.items()}

    def in_search_order(self) -> tuple[Edition, ...]:
        """The editions as 8 CCR 9792.21.1 searches them, the newer first within a rank."""
        return tuple(
            sorted(
                self.editions.values(),
                key=lambda e: (e.rank, -e.in_force_from.toordinal(), e.id),
            )
        )


def days_in_force(edition: Edition, topic: Topic) -> tuple[date, date]:
    """Return the first day *topic* is in force and the first day it no longer is."""
    start = max(edition.in_force_from, topic.in_force_from or edition.in_force_from)
    ends = [d for d in (edition.in_force_until, topic.in_force_until) if d is not None]
    return start, min(ends, default=date.max)
