"""A third reading of the rules, written the other way round, for the two engines to be held to.

Truth is a number here: 0 no, ½ unknown, 1 yes. "All of" is the smallest of its parts, "any of"
the largest, "at least k of" the k-th largest, "not" the distance from 1. What documents could make
of an outcome is not derived but tried: every way in which open facts can be settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise, product
from math import inf, isfinite, prod

from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import FactType
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


def predicts(topic: Topic, facts: Facts, parameters: Mapping[str, Parameter], on: date) -> bool:
    """Whether *topic* recommends on *facts* by the burden of documentation."""
    truths = {c.id: truth(c.when, facts, parameters, on) for c in topic.criteria.values()}
    met = frozenset(name for name, value in truths.items() if value == 1)
    return recommends(topic, met | presumed(topic, facts, truths), met)


def presumed(topic: Topic, facts: Facts, truths: Mapping[str, float]) -> frozenset[str]:
    """Return the criteria that count although they are unknown."""
    return frozenset(
        c.id
        for c in topic.criteria.values()
        if c.presumed
        and truths[c.id] == UNKNOWN
        and all(fact not in facts or _speaks_for(c.when, fact, facts) for fact in c.facts)
    )


def _speaks_for(condition: Condition, fact: str, facts: Facts, *, wanted: float = 1) -> bool:
    """Whether a test of *fact*, which is a word, turns out as *condition* wants it."""
    match condition:
        case Not(part=part):
            return _speaks_for(part, fact, facts, wanted=1 - wanted)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return any(_speaks_for(part, fact, facts, wanted=wanted) for part in parts)
        case leaf:
            return leaf.fact == fact and truth(leaf, facts, {}, date.min) == wanted


def outcomes(
    topic: Topic, facts: Facts, parameters: Mapping[str, Parameter], on: date, *, most: int = 1500
) -> set[bool] | None:
    """Return whether *topic* recommends, on every sheet that settles some open facts of *facts*.

    Returns:
        None where those are more than *most* sheets.
    """
    choices = {
        fact: values
        for fact, values in _answers(topic, parameters, on)
        if _is_open(facts, fact, topic)
    }
    if prod(len(values) + 1 for values in choices.values()) > most:
        return None
    found: set[bool] = set()
    for chosen in product(*([None, *values] for values in choices.values())):
        said = {f: v for f, v in zip(choices, chosen, strict=True) if v is not None}
        found.add(predicts(topic, {**facts, **said}, parameters, on))
    return found


def _is_open(facts: Facts, fact: str, topic: Topic) -> bool:
    value = facts.get(fact)
    if value is None or value == UNDOCUMENTED:
        return True
    if topic.vocabulary[fact].type is not FactType.NUMBER:
        return False
    return isinstance(value, str) or abs(value) > 10**309 or not isfinite(value)


def _answers(
    topic: Topic, parameters: Mapping[str, Parameter], on: date
) -> Iterator[tuple[str, list[Value]]]:
    """Yield each fact that *topic* reads with an answer of every kind it can tell apart."""
    asked: dict[str, set[str]] = {}
    numbers: dict[str, set[float]] = {}
    for leaf in (leaf for c in topic.criteria.values() for leaf in _leaves(c.when)):
        asked.setdefault(leaf.fact, set())
        if isinstance(leaf, FactIs):
            asked[leaf.fact].update(leaf.values)
        if isinstance(leaf, FactCompares):
            parameter = parameters[leaf.threshold]
            found = [parameter.on(on), *(parameter.on(on, key) for key in parameter.table)]
            numbers.setdefault(leaf.fact, set()).update(n for n in found if n is not None)
            if parameter.by:
                asked.setdefault(parameter.by, set()).update(parameter.table)
    for fact, words in asked.items():
        entry = topic.vocabulary[fact]
        if entry.type is FactType.NUMBER:
            marks = sorted({0.0, *(n for n in numbers.get(fact, ()) if n >= 0)})
            between = [low + (high - low) / 2 for low, high in pairwise(marks)]
            yield fact, [*marks, *between, 2 * marks[-1] + 1]
        else:
            # Words that nothing asks for are all one.
            unasked = [value for value in entry.known_values if value not in words]
            yield fact, [*(v for v in entry.known_values if v in words), *unasked[:1]]


def _leaves(condition: Condition) -> Iterator[FactIs | FactKnown | FactCompares]:
    match condition:
        case Not(part=part):
            yield from _leaves(part)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from _leaves(part)
        case leaf:
            yield leaf
