"""The rivals over the same items as the table engine: seconds an item, and whether they agree."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from tests.bench.rivals.naive import naive_answer
from tests.bench.rivals.two_valued import TwoValued, two_valued

from imr_rules.engines.model import Prediction, Status, Trace
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.engines.table.names import ON
from imr_rules.engines.table.topic import MET, OVERTURNED, UNKNOWN
from imr_rules.table.evaluate import PLACE, TableRules, conclude
from imr_rules.table.selection import Governor

Outcome = tuple[bool, int, int]
"""Whether the request is overturned, and the criteria that are met and unknown as sets of bits."""
Way = Callable[[], list[Outcome]]
"""Decides every item that was asked about."""


@dataclass(frozen=True)
class Asked:
    """An item, as an engine without tables gets it."""

    place: int
    governor: Governor
    on: date
    facts: Mapping[str, Any]


def rivals_over(items: pl.DataFrame, alone: int, rules: TableRules) -> dict[str, dict[str, float]]:
    """Return by engine the seconds an item takes, its topics ready, and how many items differ.

    Engines that take one item at a time are given the first *alone* of *items*, of which none may
    accompany another: they decide each by itself.
    """
    conclude(items, rules)
    begun = time.perf_counter()
    concluded = conclude(items, rules)
    seconds = time.perf_counter() - begun
    measured = {"table": {"seconds": seconds / items.height, "differing": 0.0}}
    expected: list[Outcome] = []
    asked: list[Asked] = []
    facts = list(rules.knowledge.vocabulary)
    found = concluded.head(alone).to_dicts()
    for row, conclusion in zip(items.head(alone).to_dicts(), found, strict=True):
        if conclusion[PLACE] is None:
            continue
        governor = rules.governors[conclusion[PLACE]]
        sheet = {name: row[name] for name in facts if row[name] is not None}
        asked.append(Asked(conclusion[PLACE], governor, row[ON], sheet))
        expected.append((conclusion[OVERTURNED], conclusion[MET], conclusion[UNKNOWN]))
    for name, way in _WAYS.items():
        try:
            decide = way(asked, rules)
        except ImportError:
            continue
        decide()
        begun = time.perf_counter()
        outcomes = decide()
        seconds = time.perf_counter() - begun
        differing = sum(a != b for a, b in zip(outcomes, expected, strict=True))
        measured[name] = {"seconds": seconds / len(asked), "differing": float(differing)}
    return measured


def _by_reference(asked: Sequence[Asked], rules: TableRules) -> Way:
    return _traced(ReferenceEngine().trace, asked)


def _by_durable(asked: Sequence[Asked], rules: TableRules) -> Way:
    from imr_rules.engines.durable import DurableEngine, durable_available

    if not durable_available():
        raise ImportError
    return _traced(DurableEngine(most_networks=100_000).trace, asked)


def _traced(trace: Callable[..., Trace], asked: Sequence[Asked]) -> Way:
    def decide() -> Iterator[Outcome]:
        for item in asked:
            governor = item.governor
            found = trace(governor.topic, governor.edition.parameters, item.on, item.facts)
            statuses = found.statuses.values()
            met = sum(1 << n for n, status in enumerate(statuses) if status is Status.MET)
            unknown = sum(1 << n for n, status in enumerate(statuses) if status is Status.UNKNOWN)
            yield found.verdict.prediction is Prediction.OVERTURNED, met, unknown

    return lambda: list(decide())


def _naively(asked: Sequence[Asked], rules: TableRules) -> Way:
    def decide() -> Iterator[Outcome]:
        for item in asked:
            statuses, overturned = naive_answer(item.governor, item.on, item.facts)
            met = sum(1 << place for place, status in enumerate(statuses) if status is True)
            unknown = sum(1 << place for place, status in enumerate(statuses) if status is None)
            yield overturned, met, unknown

    return lambda: list(decide())


def _by_zen(asked: Sequence[Asked], rules: TableRules) -> Way:
    from tests.bench.rivals.on_zen import zen_answer, zen_decision

    topics, sheets = _prepared(asked, rules)
    ready = {place: (topic, zen_decision(topic)) for place, topic in topics.items()}

    def decide() -> Iterator[Outcome]:
        for item, sheet in zip(asked, sheets, strict=True):
            topic, decision = ready[item.place]
            yield _outcome(zen_answer(decision, sheet), topic)

    return lambda: list(decide())


def _by_clips(asked: Sequence[Asked], rules: TableRules) -> Way:
    from tests.bench.rivals.on_clips import ClipsTopic

    topics, sheets = _prepared(asked, rules)
    ready = {place: (topic, ClipsTopic(topic)) for place, topic in topics.items()}

    def decide() -> Iterator[Outcome]:
        for item, sheet in zip(asked, sheets, strict=True):
            topic, environment = ready[item.place]
            yield _outcome(environment.answer(sheet), topic)

    return lambda: list(decide())


def _prepared(
    asked: Sequence[Asked], rules: TableRules
) -> tuple[dict[int, TwoValued], list[dict[str, Any]]]:
    """Return the topics that are asked about, and what each item says of what its topic reads."""
    topics = {item.place: two_valued(item.governor, rules.numbers) for item in asked}
    sheets = [
        {fact: item.facts.get(fact) for fact in topics[item.place].facts}
        | {ON: item.on.toordinal()}
        for item in asked
    ]
    return topics, sheets


def _outcome(answer: Mapping[str, bool], topic: TwoValued) -> Outcome:
    met = unknown = 0
    for place in range(topic.criteria):
        if answer[f"met_{place}"]:
            met |= 1 << place
        elif not answer[f"unmet_{place}"]:
            unknown |= 1 << place
    return answer["overturned"], met, unknown


_WAYS: Mapping[str, Callable[[Sequence[Asked], TableRules], Way]] = {
    "reference": _by_reference,
    "durable": _by_durable,
    "naive loop": _naively,
    "zen-engine": _by_zen,
    "clipspy": _by_clips,
}
