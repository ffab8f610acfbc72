"""Topics that an engine keeps compiled, found again by what they are asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf
from typing import Generic, TypeVar

from imr_rules.engines.thresholds import change_days, span_of
from imr_rules.guidelines.model import Parameter, Topic

T = TypeVar("T")

MOST_TOPICS = 4096
"""Far more than a library holds: a bound for programs that reload the rules."""


@dataclass(eq=False, slots=True)
class Kept(Generic[T]):
    """A topic with its parameters, and what it was *compiled* to.

    That is kept by stretch of days between which none of its numbers changes.
    """

    topic: Topic
    parameters: Mapping[str, Parameter]
    days: tuple[date, ...]
    compiled: dict[int, T] = field(default_factory=dict)

    def span(self, on: date) -> int:
        """Return the stretch of days that *on* falls in."""
        return span_of(self.days, on)


class KeptTopics(Generic[T]):
    """Every topic asked about, with each set of parameters it was asked about with.

    A topic is known by identity: comparing it whole would take longer than deciding.
    """

    def __init__(self, *, most: float = inf) -> None:
        """Keep *most* topics: at one more, all are let go of."""
        self._most = most
        self._by_topic: dict[int, list[Kept[T]]] = {}

    def find(self, topic: Topic, parameters: Mapping[str, Parameter]) -> Kept[T]:
        """Return what is kept of *topic* with *parameters*, at first nothing compiled."""
        variants = self._by_topic.get(id(topic))
        if variants is None:
            if len(self._by_topic) >= self._most:
                self._by_topic.clear()
            variants = self._by_topic[id(topic)] = []
        for kept in variants:
            if kept.parameters is parameters or kept.parameters == parameters:
                return kept
        # Holding the topic keeps its id from being given to another.
        kept = Kept(topic, parameters, change_days(topic, parameters))
        variants.append(kept)
        return kept

    def forget(self, kept: Kept[T]) -> None:
        """Let go of *kept*."""
        variants = self._by_topic[id(kept.topic)]
        variants.remove(kept)
        if not variants:
            del self._by_topic[id(kept.topic)]
