"""A third reading of the rules, written the other way round, for the two engines to be held to.

Truth is a number here: 0 no, ½ unknown, 1 yes. "All of" is the smallest of its parts, "any of"
the largest, "at least k of" the k-th largest, "not" the distance from 1. Outcomes under unknowns
are not derived but tried: every way in which the unknown criteria can turn out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from math import inf

from imr_rules.facts.model import Value
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Bar,
    Comparison,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Topic,
    Unless,
)

UNKNOWN = 0.5
Facts = Mapping[str, Value]


def truth(
    condition: Condition, facts: Facts, parameters: Mapping[str, Parameter], on: date
) -> float:
    """Return how true *condition* is."""
    said = {fact: value for fact, value in facts.items() if value != "undocumented"}
    match condition:
        case FactIs(fact=fact, values=values):
            return float(said[fact] in values) if fact in said else UNKNOWN
        case FactKnown(fact=fact):
            return 1.0 if fact in said else UNKNOWN
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            parameter = parameters[threshold]
            number = said.get(fact)
            limit = parameter.on(on, said.get(parameter.by))
            if number is None or limit is None or isinstance(number, str):
                return UNKNOWN
            # Python compares whole numbers and fractions exactly, however large they are.
            if number != number or number in (inf, -inf) or abs(number) > 10**309:
                return UNKNOWN
            return {
                Comparison.AT_MOST: float(float(number) <= limit),
                Comparison.AT_LEAST: float(float(number) >= limit),
                Comparison.LESS_THAN: float(float(number) < limit),
                Comparison.MORE_THAN: float(float(number) > limit),
            }[comparison]
        case Not(part=part):
            return 1 - truth(part, facts, parameters, on)
        case AllOf(parts=parts):
            return min(truth(part, facts, parameters, on) for part in parts)
        case AnyOf(parts=parts):
            return max(truth(part, facts, parameters, on) for part in parts)
        case AtLeast(count=count, parts=parts):
            return sorted((truth(p, facts, parameters, on) for p in parts), reverse=True)[count - 1]


def recommends(topic: Topic, established: frozenset[str], barring: frozenset[str]) -> bool:
    """Whether *topic* recommends when these criteria are established, and these speak against."""

    def bars(bar: Bar) -> bool:
        return bar.criterion in barring and established.isdisjoint(bar.exceptions)

    def requires(requirement: Requirement) -> bool:
        match requirement:
            case Ref(criterion=criterion):
                return criterion in established
            case AllReq(parts=parts):
                return set(map(requires, parts)) == {True}
            case AnyReq(parts=parts):
                return True in set(map(requires, parts))
            case AtLeastReq(count=count, parts=parts):
                return list(map(requires, parts)).count(True) >= count
            case Unless(part=part, exceptions=exceptions):
                return not established.isdisjoint(exceptions) or requires(part)

    open_routes = [
        route
        for route in topic.routes
        if established.issuperset(route.applies)
        and requires(route.requires)
        and not any(map(bars, route.bars))
    ]
    return bool(open_routes) and not any(map(bars, topic.bars))


def outcomes(topic: Topic, truths: Mapping[str, float]) -> Iterator[bool]:
    """Yield whether *topic* recommends, for every way its unknown criteria can turn out."""
    unknown = [name for name, value in truths.items() if value == UNKNOWN]
    known = {name for name, value in truths.items() if value == 1}
    for turns in product((True, False), repeat=len(unknown)):
        established = frozenset(known | {n for n, yes in zip(unknown, turns, strict=True) if yes})
        yield recommends(topic, established, established)
