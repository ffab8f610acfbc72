"""Topics without a third value, for engines that have none: when a criterion is met, when unmet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from imr_rules.engines.table.names import ON
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
from imr_rules.table.selection import Governor


@dataclass(frozen=True)
class Is:
    """The word *fact* is one of *values*."""

    fact: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """The fact has a value at all, ``undocumented`` included."""

    fact: str


@dataclass(frozen=True)
class Number:
    """*fact* held against a number by *sign*; it must be said."""

    fact: str
    sign: str
    limit: float


@dataclass(frozen=True)
class Named:
    """What was computed before under this name."""

    name: str


@dataclass(frozen=True)
class Every:
    """All of *parts*; true of none."""

    parts: tuple[Test, ...]


@dataclass(frozen=True)
class Some:
    """Any of *parts*; false of none."""

    parts: tuple[Test, ...]


@dataclass(frozen=True)
class Neither:
    """*part* does not hold."""

    part: Test


@dataclass(frozen=True)
class Enough:
    """At least *count* of *parts*."""

    count: int
    parts: tuple[Test, ...]


Test = Is | Said | Number | Named | Every | Some | Neither | Enough


@dataclass(frozen=True)
class TwoValued:
    """A topic as named tests, in the order in which they can be computed.

    ``met_N`` and ``unmet_N`` tell of the topic's criterion N, ``counted_N`` of a presumed one,
    ``overturned`` of the request.
    """

    facts: tuple[str, ...]
    tests: tuple[tuple[str, Test], ...]
    criteria: int


_SIGNS = {
    Comparison.AT_MOST: ("<=", ">"), Comparison.AT_LEAST: (">=", "<"),
    Comparison.LESS_THAN: ("<", ">="), Comparison.MORE_THAN: (">", "<="),
}  # fmt: skip


def two_valued(governor: Governor, numbers: frozenset[str]) -> TwoValued:
    """Return the topic of *governor* for the days on which it is in force."""
    topic, parameters = governor.topic, governor.edition.parameters
    days = (governor.first, governor.until)
    tests: list[tuple[str, Test]] = []
    place = {name: str(number) for number, name in enumerate(topic.criteria)}
    for name, criterion in topic.criteria.items():
        met, unmet = _pair(criterion.when, parameters, days, numbers)
        tests += [(f"met_{place[name]}", met), (f"unmet_{place[name]}", unmet)]
        if criterion.presumed:
            words = [f for f in criterion.facts if f not in numbers]
            missing = Some(tuple(Is(f, ("undocumented",)) for f in words))
            silent = Neither(Some((Named(f"unmet_{place[name]}"), missing)))
            counted = Some((Named(f"met_{place[name]}"), silent))
            tests.append((f"counted_{place[name]}", counted))
    presumed = {name for name, criterion in topic.criteria.items() if criterion.presumed}
    tests.append((
        "overturned",
        _recommends(
            topic,
            lambda n: Named(f"counted_{place[n]}" if n in presumed else f"met_{place[n]}"),
            lambda n: Named(f"met_{place[n]}"),
        ),
    ))  # fmt: skip
    named = [parameters[t].by for c in topic.criteria.values() for t in _thresholds(c.when)]
    facts = dict.fromkeys([*topic.facts, *filter(None, named)])
    return TwoValued(tuple(facts), tuple(tests), len(topic.criteria))


def _thresholds(condition: Condition) -> Iterator[str]:
    match condition:
        case FactCompares(threshold=threshold):
            yield threshold
        case Not(part=part):
            yield from _thresholds(part)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from _thresholds(part)


def _known(fact: str, numbers: frozenset[str]) -> Test:
    if fact in numbers:
        return Said(fact)
    return Every((Said(fact), Neither(Is(fact, ("undocumented",)))))


def _pair(
    condition: Condition,
    parameters: Mapping[str, Parameter],
    days: tuple[date, date],
    numbers: frozenset[str],
) -> tuple[Test, Test]:
    """Return when *condition* is true, and when it is false."""

    def pairs(parts: Sequence[Condition]) -> tuple[tuple[Test, ...], tuple[Test, ...]]:
        both = [_pair(part, parameters, days, numbers) for part in parts]
        return tuple(t for t, _ in both), tuple(f for _, f in both)

    match condition:
        case FactIs(fact=fact, values=values):
            holds = Is(fact, values)
            return holds, Every((_known(fact, numbers), Neither(holds)))
        case FactKnown(fact=fact):
            return _known(fact, numbers), Some(())
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            limits = list(_limits(parameters[threshold], days))
            sides = [
                Some(tuple(Every((*guards, Number(fact, sign, n))) for guards, n in limits))
                for sign in _SIGNS[comparison]
            ]
            return sides[0], sides[1]
        case Not(part=part):
            true, false = _pair(part, parameters, days, numbers)
            return false, true
        case AllOf(parts=parts):
            true_all, false_any = pairs(parts)
            return Every(true_all), Some(false_any)
        case AnyOf(parts=parts):
            true_any, false_all = pairs(parts)
            return Some(true_any), Every(false_all)
        case AtLeast(count=count, parts=parts):
            true_some, false_some = pairs(parts)
            return Enough(count, true_some), Enough(len(parts) - count + 1, false_some)


def _limits(
    parameter: Parameter, days: tuple[date, date]
) -> Iterator[tuple[tuple[Test, ...], float]]:
    """Yield each number that *parameter* can be, with what must hold for it to be that one."""
    table = parameter.table if parameter.by else {}
    for key, dated in table.items():
        for guards, number in _dated(dated, days):
            yield (Is(parameter.by, (key,)), *guards), number
    other: tuple[Test, ...] = (Neither(Is(parameter.by, tuple(table))),) if table else ()
    for guards, number in _dated(parameter.values, days):
        yield (*other, *guards), number


def _dated(
    values: Sequence[tuple[date, float]], days: tuple[date, date]
) -> Iterator[tuple[tuple[Test, ...], float]]:
    ends = [day for day, _ in values[1:]] + [date.max]
    for (start, number), end in zip(values, ends, strict=True):
        if start >= days[1] or end <= days[0]:
            continue
        guards: list[Test] = []
        if start > days[0]:
            guards.append(Number(ON, ">=", start.toordinal()))
        if end < days[1]:
            guards.append(Number(ON, "<", end.toordinal()))
        yield tuple(guards), number


Name = Callable[[str], Test]


def _recommends(topic: Topic, established: Name, barring: Name) -> Test:
    def free_of(bars: Sequence[Bar]) -> tuple[Test, ...]:
        return tuple(
            Some((Neither(barring(b.criterion)), *(established(e) for e in b.exceptions)))
            for b in bars
        )

    routes = tuple(
        Every((
            *(established(name) for name in route.applies),
            _required(route.requires, established),
            *free_of(route.bars),
        ))
        for route in topic.routes
    )  # fmt: skip
    return Every((Some(routes), *free_of(topic.bars)))


def _required(requirement: Requirement, established: Name) -> Test:
    match requirement:
        case Ref(criterion=criterion):
            return established(criterion)
        case AllReq(parts=parts):
            return Every(tuple(_required(part, established) for part in parts))
        case AnyReq(parts=parts):
            return Some(tuple(_required(part, established) for part in parts))
        case AtLeastReq(count=count, parts=parts):
            return Enough(count, tuple(_required(part, established) for part in parts))
        case Unless(part=part, exceptions=exceptions):
            allowed = tuple(established(e) for e in exceptions)
            return Some((*allowed, _required(part, established)))
