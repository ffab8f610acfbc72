"""The meaning of the rules, in plain Python: every other engine must conclude the same.

Three values (Kleene's strong logic): a condition is true, false or unknown, written ``True``,
``False`` and ``None`` here. The prediction is the reading by the *burden of documentation*: a
required criterion that is unknown is unmet, a bar that is unknown does not bar, a presumed
criterion holds while the letter is silent, a threshold that goes by an unknown fact is the general
one.

How firm it is depends on what documents could still say: on that reading of every sheet that
settles some of the open facts. An upheld item that none of these sheets overturns is barred; where
all of them end like the sheet itself, the outcome is settled. In most topics that shows without
trying them, criterion by criterion: *in favour* of the request every unknown criterion turns out
for it, *against* it every one turns out the other way. Where criteria want different answers of
one fact, or a threshold goes by one, that would promise what no answer keeps or miss what one
brings (see ``engines/settling.py``): there the formula of the topic is asked.

A topic is compiled once into closures (the trees are walked when compiling, not when deciding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from imr_rules.engines.kept import MOST_TOPICS, KeptTopics
from imr_rules.engines.model import Facts, Status, Trace, Verdict, verdict_of
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.engines.thresholds import COMPARE, Limit, limits_on, number_of
from imr_rules.facts.model import UNDOCUMENTED, Value
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

Kleene = bool | None
_Test = Callable[[Facts], Kleene]
_Criteria = int
"""A set of criteria, one bit each: what a reading makes of them is asked for very often."""
_Holds = Callable[[_Criteria], bool]
_STATUS: Mapping[Kleene, Status] = {
    True: Status.MET,
    False: Status.UNMET,
    None: Status.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class _CompiledCriterion:
    """A criterion's test; if it is presumed, *presumes_from* are the facts it reads, with what
    asks of each whether it speaks for the criterion."""

    id: str
    bit: _Criteria
    test: _Test
    presumes_from: tuple[tuple[str, _Test], ...]


@dataclass(frozen=True, slots=True)
class _CompiledBar:
    """A bar, and the criteria that are exceptions to it."""

    criterion: str
    bit: _Criteria
    exceptions: _Criteria

    def holds(self, met: _Criteria, barring: _Criteria) -> bool:
        """Whether it rules the treatment out, given what is *met* and what counts as *barring*."""
        return bool(barring & self.bit) and not met & self.exceptions


@dataclass(frozen=True, slots=True)
class _CompiledRoute:
    """A route: its requirement (with where it applies), and its bars."""

    id: str
    requires: _Holds
    bars: tuple[_CompiledBar, ...]

    def is_open(self, met: _Criteria, barring: _Criteria) -> bool:
        return self.requires(met) and not any(bar.holds(met, barring) for bar in self.bars)


class _Outlook:
    """What documents can still make of a topic; worked out when the first item asks.

    *hopeful* and *safe* tell of a fact sheet whether some documents end in a recommendation, and
    whether all do; None where the readings in favour and against tell it.
    """

    def __init__(self, topic: Topic, parameters: Mapping[str, Parameter], on: date) -> None:
        self._asked = (topic, parameters, on, topic.vocabulary)

    @cached_property
    def hopeful(self) -> Callable[[Facts], bool] | None:
        if self._symbolic.reading_tells_in_favour:
            return None
        return self._symbolic.asking(self._symbolic.in_favour)

    @cached_property
    def safe(self) -> Callable[[Facts], bool] | None:
        if self._symbolic.reading_tells_settled_for:
            return None
        return self._symbolic.asking(self._symbolic.settled_for)

    @cached_property
    def _symbolic(self) -> SymbolicTopic:
        return symbolic_topic(*self._asked)


@dataclass(frozen=True, slots=True)
class CompiledTopic:
    """A topic on one day, ready to decide any number of fact sheets."""

    criteria: tuple[_CompiledCriterion, ...]
    routes: tuple[_CompiledRoute, ...]
    bars: tuple[_CompiledBar, ...]
    """The bars that hold for every route."""
    all_bars: tuple[_CompiledBar, ...]
    outlook: _Outlook

    def decide(self, facts: Facts) -> Verdict:
        """Return the conclusion alone; *facts* maps fact ids to values, silence left out."""
        met = counted = possible = 0
        for criterion in self.criteria:
            status = criterion.test(facts)
            if status is True:
                met |= criterion.bit
                counted |= criterion.bit
                possible |= criterion.bit
            elif status is None:
                possible |= criterion.bit
                if criterion.presumes_from and _is_left_alone(criterion, facts):
                    counted |= criterion.bit
        if self._recommends(counted, met):
            return verdict_of(recommended=True, in_favour=True)
        return verdict_of(recommended=False, in_favour=self._is_hopeful(facts, met, possible))

    def trace(self, facts: Facts) -> Trace:
        """Return the conclusion with the status of every criterion and route."""
        statuses = {criterion.id: criterion.test(facts) for criterion in self.criteria}
        met = counted = possible = 0
        for criterion in self.criteria:
            status = statuses[criterion.id]
            if status is True:
                met |= criterion.bit
                counted |= criterion.bit
            elif status is None and _is_left_alone(criterion, facts):
                counted |= criterion.bit
            if status is not False:
                possible |= criterion.bit
        recommended = self._recommends(counted, met)
        in_favour = recommended or self._is_hopeful(facts, met, possible)
        against = recommended and self._is_safe(facts, met, possible)
        return Trace(
            verdict=verdict_of(recommended=recommended, in_favour=in_favour),
            statuses={name: _STATUS[status] for name, status in statuses.items()},
            counted=frozenset([c.id for c in self.criteria if counted & c.bit]),
            routes={route.id: route.is_open(counted, met) for route in self.routes},
            barred_by=tuple([bar.criterion for bar in self.all_bars if bar.holds(counted, met)]),
            settled=in_favour == against,
        )

    def _is_hopeful(self, facts: Facts, met: _Criteria, possible: _Criteria) -> bool:
        """Whether some documents end in a recommendation."""
        ask = self.outlook.hopeful
        return self._recommends(possible, met) if ask is None else ask(facts)

    def _is_safe(self, facts: Facts, met: _Criteria, possible: _Criteria) -> bool:
        """Whether all documents end in a recommendation."""
        ask = self.outlook.safe
        return self._recommends(met, possible) if ask is None else ask(facts)

    def _recommends(self, met: _Criteria, barring: _Criteria) -> bool:
        """Whether a route is open and no bar holds; *met* counts for routes and exceptions."""
        for bar in self.bars:
            if bar.holds(met, barring):
                return False
        return any(route.is_open(met, barring) for route in self.routes)


def _is_left_alone(criterion: _CompiledCriterion, facts: Facts) -> bool:
    """Whether *criterion*, unknown, is presumed: what is said of the facts it reads speaks for it.

    That something is undocumented does not, and a "no" must not count for more than that.
    """
    read = criterion.presumes_from
    return bool(read) and all(facts.get(fact) is None or speaks(facts) for fact, speaks in read)


class ReferenceEngine:
    """The reference engine; keeps each topic compiled for as long as its numbers stand."""

    name = "reference"

    def __init__(self) -> None:
        self._kept: KeptTopics[CompiledTopic] = KeptTopics(most=MOST_TOPICS)

    def compiled(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date
    ) -> CompiledTopic:
        """Return *topic* compiled for the day *on*."""
        kept = self._kept.find(topic, parameters)
        span = kept.span(on)
        found = kept.compiled.get(span)
        if found is None:
            found = kept.compiled[span] = compile_topic(topic, parameters, on)
        return found

    def decide(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Verdict:
        """Decide *facts* under *topic* on the day *on*, without the reasons."""
        return self.compiled(topic, parameters, on).decide(facts)

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic* on the day *on*, with every status."""
        return self.compiled(topic, parameters, on).trace(facts)


def compile_topic(topic: Topic, parameters: Mapping[str, Parameter], on: date) -> CompiledTopic:
    """Compile *topic* with the *parameters* of its edition as they stand on the day *on*."""
    limits = limits_on(topic, parameters, on)
    bits = {name: 1 << index for index, name in enumerate(topic.criteria)}
    return CompiledTopic(
        criteria=tuple(
            _CompiledCriterion(
                criterion.id,
                bits[criterion.id],
                _test(criterion.when, limits),
                tuple(
                    (fact, _any(tuple(_test(test, limits) for test in tests)))
                    for fact, tests in criterion.tests.items()
                )
                if criterion.presumed
                else (),
            )
            for criterion in topic.criteria.values()
        ),
        routes=tuple(
            _CompiledRoute(
                route.id,
                _requirement(AllReq((*map(Ref, route.applies), route.requires)), bits),
                tuple(_bar(bar, bits) for bar in route.bars),
            )
            for route in topic.routes
        ),
        bars=tuple(_bar(bar, bits) for bar in topic.bars),
        all_bars=tuple(_bar(bar, bits) for bar in topic.all_bars),
        outlook=_Outlook(topic, parameters, on),
    )


def _bar(bar: Bar, bits: Mapping[str, _Criteria]) -> _CompiledBar:
    return _CompiledBar(bar.criterion, bits[bar.criterion], _union(bar.exceptions, bits))


def _union(criteria: Iterable[str], bits: Mapping[str, _Criteria]) -> _Criteria:
    union = 0
    for name in criteria:
        union |= bits[name]
    return union


def _requirement(requirement: Requirement, bits: Mapping[str, _Criteria]) -> _Holds:
    match requirement:
        case Ref(criterion=name):
            bit = bits[name]
            return lambda met: bool(met & bit)
        case AllReq(parts=parts):
            named = _union((part.criterion for part in parts if isinstance(part, Ref)), bits)
            rest = tuple(_requirement(part, bits) for part in parts if not isinstance(part, Ref))
            if not rest:
                return lambda met: met & named == named
            return lambda met: met & named == named and all(test(met) for test in rest)
        case AnyReq(parts=parts):
            tests = tuple(_requirement(part, bits) for part in parts)
            return lambda met: any(test(met) for test in tests)
        case AtLeastReq(count=count, parts=parts):
            tests = tuple(_requirement(part, bits) for part in parts)
            return lambda met: sum(test(met) for test in tests) >= count
        case Unless(part=part, exceptions=exceptions):
            test = _requirement(part, bits)
            spared = _union(exceptions, bits)
            return lambda met: bool(met & spared) or test(met)


def _test(condition: Condition, limits: Mapping[str, Limit]) -> _Test:
    match condition:
        case FactIs(fact=fact, values=values):
            return _fact_is(fact, frozenset(values))
        case FactKnown(fact=fact):
            return lambda facts: True if facts.get(fact) not in (None, UNDOCUMENTED) else None
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            return _fact_compares(fact, comparison, limits[threshold])
        case Not(part=part):
            return _not(_test(part, limits))
        case AllOf(parts=parts):
            return _all(tuple(_test(part, limits) for part in parts))
        case AnyOf(parts=parts):
            return _any(tuple(_test(part, limits) for part in parts))
        case AtLeast(count=count, parts=parts):
            return _at_least(count, tuple(_test(part, limits) for part in parts))


def _fact_is(fact: str, values: frozenset[str]) -> _Test:
    def test(facts: Facts) -> Kleene:
        value = facts.get(fact)
        if value is None or value == UNDOCUMENTED:
            return None
        return value in values

    return test


def _fact_compares(fact: str, comparison: Comparison, limit: Limit) -> _Test:
    compare: Callable[[float, float], bool] = COMPARE[comparison]
    default, by = limit.default, limit.by
    table: Mapping[Value, float | None] = dict(limit.table)

    def test(facts: Facts) -> Kleene:
        value = number_of(facts.get(fact))
        threshold = default
        if by and (key := facts.get(by)) is not None and key != UNDOCUMENTED:
            threshold = table.get(key, default)
        if value is None or threshold is None:
            return None
        return compare(value, threshold)

    return test


def _not(test: _Test) -> _Test:
    def negated(facts: Facts) -> Kleene:
        value = test(facts)
        return None if value is None else not value

    return negated


def _all(tests: tuple[_Test, ...]) -> _Test:
    def every(facts: Facts) -> Kleene:
        result: Kleene = True
        for test in tests:
            value = test(facts)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return every


def _any(tests: tuple[_Test, ...]) -> _Test:
    def some(facts: Facts) -> Kleene:
        result: Kleene = False
        for test in tests:
            value = test(facts)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return some


def _at_least(count: int, tests: tuple[_Test, ...]) -> _Test:
    def enough(facts: Facts) -> Kleene:
        values = [test(facts) for test in tests]
        if values.count(True) >= count:
            return True
        if len(values) - values.count(False) < count:
            return False
        return None

    return enough
