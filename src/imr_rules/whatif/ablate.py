"""The pack without one of its criteria: how many decisions each holds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.model import Engine, Facts, Trace
from imr_rules.facts.model import Basis
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Bar,
    Parameter,
    Ref,
    Requirement,
    Route,
    Topic,
    Unless,
)
from imr_rules.knowledge import Knowledge
from imr_rules.whatif.compare import flipped_item, topic_name
from imr_rules.whatif.model import FlippedItem, WhatIf, change_of, ranked

_NOTHING = AllReq(())
"""A requirement that asks nothing."""


@dataclass
class _WithoutCriterion:
    """An engine that decides one topic in another form, and every other as it stands."""

    engine: Engine
    topic: Topic
    changed: Topic
    name: str = "ablated"

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        same = topic is self.topic
        return self.engine.trace(self.changed if same else topic, parameters, on, facts)


def ablate(
    knowledge: Knowledge,
    cases: Iterable[Case],
    basis: Basis,
    engine: Engine,
    *,
    as_of: date | None = None,
) -> WhatIf:
    """Leave out each criterion of every topic that governs an item, and tell what flips.

    What follows from a flipped item (the services around an operation) is counted with it.
    """
    # By place: a number may stand for several cases, as that of every unfinished request does.
    plain = [(case, evaluate_case(case, basis, knowledge, engine, as_of=as_of)) for case in cases]
    governs: dict[str, Counter[int]] = defaultdict(Counter)
    topics: dict[str, Topic] = {}
    for place, (_, conclusions) in enumerate(plain):
        for conclusion in conclusions:
            if conclusion.governing is None:
                continue
            topic = conclusion.governing.topic
            topics[topic_name(topic)] = topic
            governs[topic_name(topic)][place] += 1
    changes = []
    every: dict[tuple[int, int], FlippedItem] = {}
    for name, topic in topics.items():
        for criterion in topic.criteria.values():
            without = _WithoutCriterion(engine, topic, without_criterion(topic, criterion.id))
            flipped: dict[tuple[int, int], FlippedItem] = {}
            for place in governs[name]:
                case, conclusions = plain[place]
                changed = evaluate_case(case, basis, knowledge, without, as_of=as_of)
                for index, (before, after) in enumerate(zip(conclusions, changed, strict=True)):
                    if before.prediction is not after.prediction:
                        flipped[place, index] = flipped_item(
                            before, after, (f"{name}/{criterion.id}",)
                        )
            every.update(flipped)
            changes.append(
                change_of(
                    f"{name}/{criterion.id}",
                    criterion.statement,
                    governs[name].total(),
                    tuple(flipped.values()),
                )
            )
    return WhatIf(
        basis=basis,
        items=sum(len(conclusions) for _, conclusions in plain),
        flips=len(every),
        flipped=tuple(every.values()),
        criteria=ranked(changes),
    )


def without_criterion(topic: Topic, name: str) -> Topic:
    """Return *topic* as it reads with the criterion *name* struck out.

    Where it was required beside others it is no longer asked; as one of several alternatives, or
    as a route of its own, it is no longer a way; as a bar or an exception it is gone.
    """
    return replace(
        topic,
        criteria={key: value for key, value in topic.criteria.items() if key != name},
        bars=_bars(topic.bars, name),
        routes=_routes(topic.routes, name),
    )


def _routes(routes: tuple[Route, ...], name: str) -> tuple[Route, ...]:
    """The routes without *name*; one that asked nothing else goes, unless it is the only one."""
    requirements = [_requirement(route.requires, name) for route in routes]
    emptied = all(requirement is None for requirement in requirements)
    return tuple(
        replace(
            route,
            applies=tuple(other for other in route.applies if other != name),
            requires=requirement or _NOTHING,
            bars=_bars(route.bars, name),
        )
        for route, requirement in zip(routes, requirements, strict=True)
        if requirement is not None or emptied
    )


def _bars(bars: Iterable[Bar], name: str) -> tuple[Bar, ...]:
    return tuple(
        replace(bar, exceptions=tuple(other for other in bar.exceptions if other != name))
        for bar in bars
        if bar.criterion != name
    )


def _requirement(requirement: Requirement, name: str) -> Requirement | None:
    """The requirement without *name*; None where nothing of it is left."""
    match requirement:
        case Ref(criterion=criterion):
            return None if criterion == name else requirement
        case AllReq(parts=parts):
            left = _left(parts, name)
            return AllReq(left) if left else None
        case AnyReq(parts=parts):
            left = _left(parts, name)
            return AnyReq(left) if left else None
        case AtLeastReq(count=count, parts=parts):
            left = _left(parts, name)
            return AtLeastReq(min(count, len(left)), left) if left else None
        case Unless(part=part, exceptions=exceptions):
            rest = _requirement(part, name)
            spared = tuple(other for other in exceptions if other != name)
            return Unless(rest, spared) if rest is not None else None


def _left(parts: Iterable[Requirement], name: str) -> tuple[Requirement, ...]:
    kept = (_requirement(part, name) for part in parts)
    return tuple(part for part in kept if part is not None)
