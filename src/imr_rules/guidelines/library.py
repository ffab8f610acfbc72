"""All editions of a rules folder together, and when each part of them is in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from imr_rules.errors import InputError, nearest
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.treatments.catalogue import Catalogue


@dataclass(frozen=True)
class Library:
    """All editions of a rules folder, with the vocabulary and catalogue they name."""

    editions: Mapping[str, Edition]
    vocabulary: Vocabulary
    catalogue: Catalogue

    def pairs(self, on: date | None = None) -> Iterator[tuple[Edition, Topic]]:
        """Yield every topic with its edition, in search order; with a day those in force then."""
        for edition in self.in_search_order():
            for topic in edition.topics.values():
                if is_in_force(edition, topic, on):
                    yield edition, topic

    def topics(self) -> Iterator[Topic]:
        """Yield every topic of every edition, in search order."""
        return (topic for _, topic in self.pairs())

    @cached_property
    def topics_by_name(self) -> Mapping[str, tuple[tuple[int, Edition, Topic], ...]]:
        """By treatment, class or category: the topics that name it, each with its search place."""
        named: dict[str, list[tuple[int, Edition, Topic]]] = {}
        for place, (edition, topic) in enumerate(self.pairs()):
            for name in topic.applies_to.treatments:
                named.setdefault(name, []).append((place, edition, topic))
        return {name: tuple(topics) for name, topics in named.items()}

    def topics_named(self, name: str) -> tuple[tuple[Edition, Topic], ...]:
        """The topics that go by *name*, an id or EDITION/ID, in search order.

        Case is ignored in EDITION/ID alone: "Acupuncture" may be what a request form says.
        """
        full = name.lower()
        return tuple(
            (edition, topic)
            for edition, topic in self.pairs()
            if name == topic.id or full == f"{edition.id}/{topic.id}"
        )

    def edition_named(self, name: str) -> Edition | None:
        """The edition that goes by *name*, in whatever case."""
        return self.editions.get(name.lower())

    def topic_names(self) -> tuple[str, ...]:
        """Every name by which a topic goes, each once: ids, then EDITION/ID."""
        topics = list(self.topics())
        full = (f"{topic.edition}/{topic.id}" for topic in topics)
        return (*dict.fromkeys(topic.id for topic in topics), *full)

    def is_meant_as_topic(self, name: str) -> bool:
        """Whether *name* is written as EDITION/ID, be there such a topic or not.

        Requests have slashes too ("Norco 10/325", "PT/OT"): what stands before it must be near the
        name of an edition.
        """
        edition, slash, topic = name.partition("/")
        return bool(slash and topic) and bool(nearest(edition, self.editions))

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


def is_in_force(edition: Edition, topic: Topic, on: date | None) -> bool:
    """Whether *topic* is in force *on* the day; without a day any will do."""
    start, end = days_in_force(edition, topic)
    return on is None or start <= on < end


def not_in_force(
    name: str, topics: Sequence[tuple[Edition, Topic]], on: date, *, hint: str
) -> InputError:
    """Return the error of a *name* by which *topics* go, or an edition, none of the day *on*."""
    found = {f"{edition.id}/{topic.id}": days_in_force(edition, topic) for edition, topic in topics}
    edition = topics[0][0]
    if name == edition.id:
        found = {name: (edition.in_force_from, edition.in_force_until or date.max)}
    if len(found) > 1:
        days = ", ".join(f"{each} is {_from_until(*span)}" for each, span in found.items())
    else:
        ((name, span),) = found.items()
        days = f"it is {_from_until(*span)}"
    return InputError(f"{name} is not in force on {on}: {days}.", hint=hint)


def _from_until(start: date, end: date) -> str:
    return f"from {start}" + ("" if end == date.max else f" until {end - timedelta(days=1)}")
