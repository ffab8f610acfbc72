"""The meaning of the rules, in plain Python: every other engine must conclude the same.

Three values (Kleene's strong logic): a condition is true, false or unknown, written ``True``,
``False`` and ``None`` here. A topic is read three times over its criteria:

- by the *burden of documentation* (the prediction): a required criterion that is unknown is unmet,
  a bar that is unknown does not bar, a presumed criterion holds while the letter is silent;
- *against* the request: every unknown turns out against it;
- in its *favour*: every unknown turns out for it.

If the last two agree the outcome is settled; an upheld item that even the favourable reading
does not save is barred.

A topic is compiled once into closures (the trees are walked when compiling, not when deciding).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from imr_rules.engines.model import (
    Certainty,
    Facts,
    Prediction,
    Status,
    Trace,
    Verdict,
)
from imr_rules.facts.model import UNDOCUMENTED
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
_Holds = Callable[[Mapping[str, bool]], bool]
_Bars = Callable[[Mapping[str, bool], Mapping[str, bool]], bool]
_STATUS: Mapping[Kleene, Status] = {
    True: Status.MET,
    False: Status.UNMET,
    None: Status.UNKNOWN,
}

_COMPARE: Mapping[Comparison, Callable[[float, float], bool]] = {
    Comparison.AT_MOST: float.__le__,
    Comparison.AT_LEAST: float.__ge__,
    Comparison.LESS_THAN: float.__lt__,
    Comparison.MORE_THAN: float.__gt__,
}

_MET = Verdict(Prediction.OVERTURNED, Certainty.MET)
_UNDOCUMENTED = Verdict(Prediction.UPHELD, Certainty.UNDOCUMENTED)
_BARRED = Verdict(Prediction.UPHELD, Certainty.BARRED)


@dataclass(frozen=True, slots=True)
class CompiledTopic:
    """A topic on one day, ready to decide any number of fact sheets."""

    topic: Topic
    tests: Mapping[str, _Test]
    presumed: Mapping[str, tuple[str, ...]]
    """Presumed criteria, with the facts they read."""
    routes: Mapping[str, tuple[_Holds, tuple[_Bars, ...]]]
    """Per route: its requirement (with where it applies), and its bars."""
    bars: tuple[_Bars, ...]

    def decide(self, facts: Facts) -> Verdict:
        """Return the conclusion alone; *facts* maps fact ids to values, silence left out."""
        statuses = {name: test(facts) for name, test in self.tests.items()}
        met = {name: status is True for name, status in statuses.items()}
        if self._recommends(self._count_presumed(met, statuses, facts), met):
            return _MET
        not_unmet = {name: status is not False for name, status in statuses.items()}
        return _UNDOCUMENTED if self._recommends(not_unmet, met) else _BARRED

    def trace(self, facts: Facts) -> Trace:
        """Return the conclusion with the status of every criterion and route."""
        statuses = {name: test(facts) for name, test in self.tests.items()}
        met = {name: status is True for name, status in statuses.items()}
        not_unmet = {name: status is not False for name, status in statuses.items()}
        counted = self._count_presumed(met, statuses, facts)
        predicted = self._recommends(counted, met)
        in_favour = self._recommends(not_unmet, met)
        against = self._recommends(met, not_unmet)
        return Trace(
            verdict=_MET if predicted else _UNDOCUMENTED if in_favour else _BARRED,
            statuses={name: _STATUS[status] for name, status in statuses.items()},
            counted=frozenset(name for name, holds in counted.items() if holds),
            routes={
                name: requires(counted) and not any(bars(counted, met) for bars in route_bars)
                for name, (requires, route_bars) in self.routes.items()
            },
            barred_by=tuple(
                bar.criterion
                for bar in self.topic.all_bars
                if met[bar.criterion] and not any(counted[e] for e in bar.exceptions)
            ),
            settled=in_favour == against,
        )

    def _count_presumed(
        self, met: Mapping[str, bool], statuses: Mapping[str, Kleene], facts: Facts
    ) -> Mapping[str, bool]:
        """Add the presumed criteria that the letter leaves alone to those that are met."""
        if not self.presumed:
            return met
        counted = dict(met)
        for name, read in self.presumed.items():
            if statuses[name] is None:
                counted[name] = all(facts.get(fact) != UNDOCUMENTED for fact in read)
        return counted

    def _recommends(self, holds: Mapping[str, bool], bars_hold: Mapping[str, bool]) -> bool:
        """Whether a route is open, *holds* read for requirements and exceptions."""
        for bars in self.bars:
            if bars(holds, bars_hold):
                return False
        for requires, route_bars in self.routes.values():
            if requires(holds) and not any(bars(holds, bars_hold) for bars in route_bars):
                return True
        return False


class ReferenceEngine:
    """The reference engine; keeps each topic compiled for the day it was last asked about."""

    name = "reference"

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str, date], CompiledTopic] = {}

    def compiled(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date
    ) -> CompiledTopic:
        """Return *topic* compiled for the day *on*."""
        key = (topic.edition, topic.id, on)
        found = self._compiled.get(key)
        if found is None or found.topic is not topic:
            found = self._compiled[key] = compile_topic(topic, parameters, on)
        return found

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic* on the day *on*, with every status."""
        return self.compiled(topic, parameters, on).trace(facts)


def compile_topic(topic: Topic, parameters: Mapping[str, Parameter], on: date) -> CompiledTopic:
    """Compile *topic* with the *parameters* of its edition as they stand on the day *on*."""
    routes: dict[str, tuple[_Holds, tuple[_Bars, ...]]] = {}
    for route in topic.routes:
        applies: tuple[Requirement, ...] = tuple(Ref(name) for name in route.applies)
        whole = AllReq((*applies, route.requires)) if applies else route.requires
        routes[route.id] = (_requirement(whole), tuple(map(_bar, route.bars)))
    return CompiledTopic(
        topic=topic,
        tests={c.id: _test(c.when, parameters, on) for c in topic.criteria.values()},
        presumed={c.id: c.facts for c in topic.criteria.values() if c.presumed},
        routes=routes,
        bars=tuple(map(_bar, topic.bars)),
    )


def _bar(bar: Bar) -> _Bars:
    name, exceptions = bar.criterion, bar.exceptions
    if not exceptions:
        return lambda _, bars_hold: bars_hold[name]
    return lambda holds, bars_hold: bars_hold[name] and not any(holds[e] for e in exceptions)


def _requirement(requirement: Requirement) -> _Holds:
    match requirement:
        case Ref(criterion=name):
            return lambda holds: holds[name]
        case AllReq(parts=parts):
            tests = tuple(map(_requirement, parts))
            return lambda holds: all(test(holds) for test in tests)
        case AnyReq(parts=parts):
            tests = tuple(map(_requirement, parts))
            return lambda holds: any(test(holds) for test in tests)
        case AtLeastReq(count=count, parts=parts):
            tests = tuple(map(_requirement, parts))
            return lambda holds: sum(test(holds) for test in tests) >= count
        case Unless(part=part, exceptions=exceptions):
            test = _requirement(part)
            return lambda holds: test(holds) or any(holds[e] for e in exceptions)


def _test(condition: Condition, parameters: Mapping[str, Parameter], on: date) -> _Test:
    match condition:
        case FactIs(fact=fact, values=values):
            return _fact_is(fact, frozenset(values))
        case FactKnown(fact=fact):
            return lambda facts: None if facts.get(fact, UNDOCUMENTED) == UNDOCUMENTED else True
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            return _fact_compares(fact, comparison, parameters[threshold], on)
        case Not(part=part):
            return _not(_test(part, parameters, on))
        case AllOf(parts=parts):
            return _all(tuple(_test(part, parameters, on) for part in parts))
        case AnyOf(parts=parts):
            return _any(tuple(_test(part, parameters, on) for part in parts))
        case AtLeast(count=count, parts=parts):
            return _at_least(count, tuple(_test(part, parameters, on) for part in parts))


def _fact_is(fact: str, values: frozenset[str]) -> _Test:
    def test(facts: Facts) -> Kleene:
        value = facts.get(fact)
        if value is None or value == UNDOCUMENTED:
            return None
        return value in values

    return test


def _fact_compares(fact: str, comparison: Comparison, parameter: Parameter, on: date) -> _Test:
    compare = _COMPARE[comparison]
    default = parameter.on(on)
    if not parameter.by:

        def test(facts: Facts) -> Kleene:
            value = facts.get(fact)
            if value is None or isinstance(value, str) or default is None:
                return None
            return compare(float(value), default)

        return test
    by = parameter.by
    table = {key: parameter.on(on, key) for key in parameter.table}

    def test_by(facts: Facts) -> Kleene:
        value = facts.get(fact)
        limit = table.get(str(facts.get(by)), default)
        if value is None or isinstance(value, str) or limit is None:
            return None
        return compare(float(value), limit)

    return test_by


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
