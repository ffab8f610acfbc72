"""A topic as a program of rules: waves of them, each rule setting one variable.

Facts are what the first wave matches on. It sets how each criterion stands; where a criterion is
too large for one step, its parts are concluded first. The last wave matches on the criteria and
concludes routes, bars, and whether the treatment is recommended: by the burden of documentation,
with every unknown in its favour, and with every unknown against it. Where the last two cannot be
told from the criteria (``engines/reference.py`` says when), they are concluded from the facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from imr_rules.engines.durable.alternatives import (
    ALWAYS,
    NEVER,
    Alternatives,
    TooLarge,
    Values,
    all_of,
    any_of,
)
from imr_rules.engines.durable.builder import Builder, Outcome, Rule, every, some
from imr_rules.engines.durable.cells import CellRules
from imr_rules.engines.durable.variables import (
    MET,
    MISSING,
    NUMBER,
    PRESUMED,
    SILENT,
    UNKNOWN,
    UNMET,
    FactVariable,
    NumberVariable,
    RankVariable,
    Variable,
)
from imr_rules.engines.symbolic import SymbolicTopic
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
    Criterion,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Ref,
    Requirement,
    Route,
    Unless,
)


@dataclass(frozen=True, slots=True)
class Program:
    """What the rules of a topic are, and where its conclusions stand when they have run.

    *begin* gives concluded variables their value before any rule ran. Of two rules that set the
    same variable the one in the later wave, or listed later in its wave, stands. Counts are taken
    after the wave of their number.
    """

    variables: tuple[Variable, ...]
    waves: tuple[tuple[Rule, ...], ...]
    begin: Mapping[int, int]
    counts: Mapping[int, tuple[int, ...]]
    criteria: Mapping[str, int]
    routes: Mapping[str, int]
    bars: tuple[tuple[str, int], ...]
    recommended: int
    recommended_in_favour: int
    recommended_against: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """Which ranks of a criterion count for it, and which let it bar."""

    holds: Values
    bars: Values


_BURDEN = _Reading(frozenset({PRESUMED, MET}), frozenset({MET}))
_FAVOUR = _Reading(frozenset({UNKNOWN, PRESUMED, MET}), frozenset({MET}))
_AGAINST = _Reading(frozenset({MET}), frozenset({UNKNOWN, PRESUMED, MET}))


def compile_program(symbolic: SymbolicTopic) -> Program:
    """Return the program of a topic on one day; any topic the loader accepts has one."""
    return _Compiler(symbolic).compile()


class _Compiler:
    def __init__(self, symbolic: SymbolicTopic) -> None:
        self.symbolic = symbolic
        self.topic = symbolic.topic
        self.limits = symbolic.limits
        self.rules = Builder()
        self.facts: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.ranks: dict[str, int] = {}

    def compile(self) -> Program:
        self._declare_facts()
        for criterion in self.topic.criteria.values():
            self.ranks[criterion.id] = self._criterion(criterion)
        routes = {
            route.id: self.rules.conclude(self._route(route, _BURDEN))
            for route in self.topic.routes
        }
        bars = tuple(
            (bar.criterion, self.rules.conclude(self._bar_holds(bar)))
            for bar in self.topic.all_bars
        )
        outcomes = [
            self.rules.conclude(outcome)
            for outcome in (self._recommends(_BURDEN), self._hopeful(), self._safe())
        ]
        return Program(
            variables=tuple(self.rules.variables),
            waves=self.rules.waves(),
            begin=self.rules.begin,
            counts=self.rules.counts(),
            criteria=self.ranks,
            routes=routes,
            bars=bars,
            recommended=outcomes[0],
            recommended_in_favour=outcomes[1],
            recommended_against=outcomes[2],
        )

    def _hopeful(self) -> Outcome:
        """Tell that some documents end in a recommendation."""
        if self.symbolic.reading_tells_in_favour:
            return self._recommends(_FAVOUR)
        return self._cells().outcome(self.symbolic.in_favour)

    def _safe(self) -> Outcome:
        """Tell that all documents end in a recommendation."""
        if self.symbolic.reading_tells_settled_for:
            return self._recommends(_AGAINST)
        return self._cells().outcome(self.symbolic.settled_for)

    def _cells(self) -> CellRules:
        return CellRules(self.rules, self.symbolic, self.facts, self.numbers)

    def _declare_facts(self) -> None:
        asked: dict[str, list[frozenset[str]]] = {}
        numbers: dict[str, set[float]] = {}
        for leaf in self.topic.leaves:
            asked.setdefault(leaf.fact, [])
            if isinstance(leaf, FactIs):
                asked[leaf.fact].append(frozenset(leaf.values))
            elif isinstance(leaf, FactCompares):
                limit = self.limits[leaf.threshold]
                numbers.setdefault(leaf.fact, set()).update(filter(isfinite, limit.numbers))
                if limit.by:
                    keys = asked.setdefault(limit.by, [])
                    keys.extend(frozenset({key}) for key, _ in limit.table)
        for fact, sets in asked.items():
            name = f"f{len(self.facts)}"
            self.facts[fact] = self.rules.add(FactVariable(name, fact, _classes(sets)), 0)
        for fact, thresholds in numbers.items():
            name = f"n{len(self.numbers)}"
            variable = NumberVariable(name, fact, tuple(sorted(thresholds)))
            self.numbers[fact] = self.rules.add(variable, 0)

    def _fact(self, fact: str) -> tuple[int, FactVariable]:
        index = self.facts[fact]
        variable = self.rules.variables[index]
        assert isinstance(variable, FactVariable)
        return index, variable

    # --- criteria over facts -------------------------------------------------------------------

    def _criterion(self, criterion: Criterion) -> int:
        outcome = self._condition(criterion.when)
        rank = self.rules.add(RankVariable(f"r{len(self.ranks)}"), 0)
        self.rules.begin[rank] = UNKNOWN
        is_open = criterion.presumed and ALWAYS not in (outcome.yes, outcome.no)
        alone = self._left_alone(criterion) if is_open else None
        # Default before exception: what is met or unmet overrides it (see Program.waves).
        self.rules.set(rank, PRESUMED, alone or NEVER)
        self.rules.set(rank, MET, outcome.yes)
        self.rules.set(rank, UNMET, outcome.no)
        if is_open and alone is None:
            unknown = Outcome(self.rules.where(rank, frozenset({UNKNOWN})), NEVER)
            said = self.rules.join([unknown, *self._each_left_alone(criterion)], every)
            self.rules.set(rank, PRESUMED, said.yes)
        return rank

    def _left_alone(self, criterion: Criterion) -> Alternatives | None:
        """Return where all that is said of its facts speaks for *criterion*, None if too large."""
        try:
            return every(self._each_left_alone(criterion)).yes
        except TooLarge:
            return None

    def _each_left_alone(self, criterion: Criterion) -> list[Outcome]:
        found: list[Outcome] = []
        for fact, tests in criterion.tests.items():
            index, variable = self._fact(fact)
            speaking = frozenset({SILENT}).union(*(_passing(test, variable) for test in tests))
            found.append(Outcome(self.rules.where(index, speaking), NEVER))
        return found

    def _condition(self, condition: Condition) -> Outcome:
        match condition:
            case FactIs(fact=fact, values=values):
                return self._fact_is(fact, values)
            case FactKnown(fact=fact):
                index, variable = self._fact(fact)
                said = variable.domain - {SILENT, MISSING}
                return Outcome(self.rules.where(index, said), NEVER)
            case FactCompares():
                return self._compares(condition)
            case Not(part=part):
                outcome = self._condition(part)
                return Outcome(outcome.no, outcome.yes)
            case AllOf(parts=parts):
                return self.rules.join([self._condition(part) for part in parts], every)
            case AnyOf(parts=parts):
                return self.rules.join([self._condition(part) for part in parts], some)
            case AtLeast(count=count, parts=parts):
                return self.rules.count([self._condition(part) for part in parts], count)

    def _fact_is(self, fact: str, values: Sequence[str]) -> Outcome:
        index, variable = self._fact(fact)
        accepted = variable.accepting(values)
        refused = variable.domain - accepted - {SILENT, MISSING}
        return Outcome(self.rules.where(index, accepted), self.rules.where(index, refused))

    def _compares(self, condition: FactCompares) -> Outcome:
        limit = self.limits[condition.threshold]
        default = self._against(condition, limit.default)
        if not limit.by:
            return default
        index, variable = self._fact(limit.by)
        cases: list[Outcome] = []
        rest = variable.domain
        for key, number in limit.table:
            group = variable.accepting({key})
            rest -= group
            case = self.rules.where(index, group)
            cases.append(_only_where(case, self._against(condition, number)))
        cases.append(_only_where(self.rules.where(index, rest), default))
        return self.rules.join(cases, _either)

    def _against(self, condition: FactCompares, threshold: float | None) -> Outcome:
        """Hold the number against one *threshold*."""
        if threshold is None:
            return Outcome(NEVER, NEVER)
        fact, _ = self._fact(condition.fact)
        number = self.numbers[condition.fact]
        variable = self.rules.variables[number]
        assert isinstance(variable, NumberVariable)
        is_number = self.rules.where(fact, frozenset({NUMBER}))
        places = _places(variable, condition.comparison, threshold)
        return _only_where(
            is_number,
            Outcome(
                self.rules.where(number, places), self.rules.where(number, variable.domain - places)
            ),
        )

    # --- the topic over criteria ---------------------------------------------------------------

    def _holds(self, criterion: str, accepted: Values) -> Outcome:
        return Outcome(self.rules.where(self.ranks[criterion], accepted), NEVER)

    def _requirement(self, requirement: Requirement, reading: _Reading) -> Outcome:
        match requirement:
            case Ref(criterion=criterion):
                return self._holds(criterion, reading.holds)
            case AllReq(parts=parts):
                return self.rules.join([self._requirement(p, reading) for p in parts], every)
            case AnyReq(parts=parts):
                return self.rules.join([self._requirement(p, reading) for p in parts], some)
            case AtLeastReq(count=count, parts=parts):
                return self.rules.count([self._requirement(p, reading) for p in parts], count)
            case Unless(part=part, exceptions=exceptions):
                spared = [self._holds(e, reading.holds) for e in exceptions]
                return self.rules.join([self._requirement(part, reading), *spared], some)

    def _spares(self, bar: Bar, reading: _Reading) -> Outcome:
        """Tell that *bar* does not hold."""
        absent = self._holds(bar.criterion, RankVariable.domain - reading.bars)
        spared = [self._holds(e, reading.holds) for e in bar.exceptions]
        return self.rules.join([absent, *spared], some)

    def _bar_holds(self, bar: Bar) -> Outcome:
        met = self._holds(bar.criterion, _BURDEN.bars)
        unspared = [self._holds(e, RankVariable.domain - _BURDEN.holds) for e in bar.exceptions]
        return self.rules.join([met, *unspared], every)

    def _route(self, route: Route, reading: _Reading) -> Outcome:
        return self.rules.join(
            [
                *(self._holds(criterion, reading.holds) for criterion in route.applies),
                self._requirement(route.requires, reading),
                *(self._spares(bar, reading) for bar in route.bars),
            ],
            every,
        )

    def _recommends(self, reading: _Reading) -> Outcome:
        routes = [self._route(route, reading) for route in self.topic.routes]
        spared = [self._spares(bar, reading) for bar in self.topic.bars]
        return self.rules.join([*spared, self.rules.join(routes, some)], every)


def _either(parts: Sequence[Outcome]) -> Outcome:
    """Join cases that exclude each other: what one of them says is so."""
    return Outcome(any_of(part.yes for part in parts), any_of(part.no for part in parts))


def _only_where(case: Alternatives, outcome: Outcome) -> Outcome:
    return Outcome(all_of([case, outcome.yes]), all_of([case, outcome.no]))


def _classes(asked: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Sort the values that are *asked* for into groups that no question tells apart."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in sorted(frozenset().union(*asked) - {UNDOCUMENTED}):
        groups.setdefault(tuple(value in values for values in asked), []).append(value)
    return tuple(map(tuple, groups.values()))


def _passing(test: Condition, variable: FactVariable) -> Values:
    """Return what the fact of *test*, one word or its denial, can be where the test is passed."""
    said = variable.domain - {SILENT, MISSING}
    match test:
        case FactIs(values=values):
            return variable.accepting(values)
        case FactKnown():
            return said
        case Not(part=FactIs(values=values)):
            return said - variable.accepting(values)
    return frozenset()


def _places(variable: NumberVariable, comparison: Comparison, threshold: float) -> Values:
    """Return where a number lies that compares well with *threshold*."""
    thresholds = variable.thresholds
    last = 2 * len(thresholds)
    if threshold not in thresholds:
        # Not finite, which no pack file can state: every finite number lies on the same side of it.
        below = threshold > 0
        wants_below = comparison in (Comparison.AT_MOST, Comparison.LESS_THAN)
        return variable.domain if below == wants_below else frozenset()
    at = 2 * thresholds.index(threshold) + 1
    match comparison:
        case Comparison.AT_MOST:
            return frozenset(range(at + 1))
        case Comparison.LESS_THAN:
            return frozenset(range(at))
        case Comparison.AT_LEAST:
            return frozenset(range(at, last + 1))
        case Comparison.MORE_THAN:
            return frozenset(range(at + 1, last + 1))
