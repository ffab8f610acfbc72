"""A topic as a program of rules: waves of them, each rule setting one variable.

Facts are what the first wave matches on. It sets how each criterion stands; where a criterion is
too large for one step, its parts are concluded first. A wave of its own presumes criteria that a
letter leaves alone. The last wave matches on the criteria and concludes routes, bars, and whether
the treatment is recommended: by the burden of documentation, with every unknown in its favour,
and with every unknown against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from imr_rules.engines.durable.formula import (
    ALWAYS,
    NEVER,
    Formula,
    Term,
    TooLarge,
    Values,
    all_of,
    any_of,
    at_least,
)
from imr_rules.engines.durable.variables import (
    MET,
    MISSING,
    NO,
    NUMBER,
    PRESUMED,
    SILENT,
    UNKNOWN,
    UNMET,
    YES,
    ConclusionVariable,
    CountVariable,
    FactVariable,
    NumberVariable,
    RankVariable,
    Variable,
)
from imr_rules.engines.thresholds import Limit
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
    Topic,
    Unless,
)

_GROUP = 8
"""Parts concluded together where all of them are too many for one step."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where *term* holds, *variable* has the value *to*."""

    term: Term
    variable: int
    to: int


@dataclass(frozen=True, slots=True)
class Program:
    """What the rules of a topic are, and where its conclusions stand when they have run.

    *begin* gives concluded variables their value before any rule ran. Counts are taken after the
    wave of their number.
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


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Where something is concluded to hold, and where it is concluded not to."""

    yes: Formula
    no: Formula

    @property
    def is_single(self) -> bool:
        return len(self.yes) <= 1 and len(self.no) <= 1


_Join = Callable[[Sequence[_Outcome]], _Outcome]


def compile_program(topic: Topic, limits: Mapping[str, Limit]) -> Program:
    """Return the program of *topic* under *limits*; any topic the loader accepts has one."""
    return _Compiler(topic, limits).compile()


class _Compiler:
    def __init__(self, topic: Topic, limits: Mapping[str, Limit]) -> None:
        self.topic = topic
        self.limits = limits
        self.variables: list[Variable] = []
        self.ready: list[int] = []
        """By variable: the wave after which its value is final."""
        self.rules: list[tuple[int, Rule]] = []
        self.begin: dict[int, int] = {}
        self.facts: dict[str, int] = {}
        self.numbers: dict[str, int] = {}
        self.ranks: dict[str, int] = {}

    def compile(self) -> Program:
        self._declare_facts()
        for criterion in self.topic.criteria.values():
            self.ranks[criterion.id] = self._criterion(criterion)
        routes = {
            route.id: self._conclude(self._route(route, _BURDEN), set_no=False)
            for route in self.topic.routes
        }
        bars = tuple(
            (bar.criterion, self._conclude(self._bar_holds(bar), set_no=False))
            for bar in self.topic.all_bars
        )
        outcomes = [
            self._conclude(self._recommends(reading), set_no=False)
            for reading in (_BURDEN, _FAVOUR, _AGAINST)
        ]
        count_waves: dict[int, list[int]] = {}
        for index, variable in enumerate(self.variables):
            if isinstance(variable, CountVariable):
                count_waves.setdefault(self.ready[index], []).append(index)
        waves: list[list[Rule]] = [[] for _ in range(max((w for w, _ in self.rules), default=0))]
        for wave, rule in self.rules:
            waves[wave - 1].append(rule)
        return Program(
            variables=tuple(self.variables),
            waves=tuple(map(tuple, waves)),
            begin=self.begin,
            counts={wave: tuple(found) for wave, found in count_waves.items()},
            criteria=self.ranks,
            routes=routes,
            bars=bars,
            recommended=outcomes[0],
            recommended_in_favour=outcomes[1],
            recommended_against=outcomes[2],
        )

    # --- variables -----------------------------------------------------------------------------

    def _add(self, variable: Variable, ready: int) -> int:
        self.variables.append(variable)
        self.ready.append(ready)
        return len(self.variables) - 1

    def _declare_facts(self) -> None:
        asked: dict[str, list[frozenset[str]]] = {}
        numbers: dict[str, set[float]] = {}
        for criterion in self.topic.criteria.values():
            for leaf in _leaves(criterion.when):
                asked.setdefault(leaf.fact, [])
                if isinstance(leaf, FactIs):
                    asked[leaf.fact].append(frozenset(leaf.values))
                elif isinstance(leaf, FactCompares):
                    limit = self.limits[leaf.threshold]
                    table = [number for _, number in limit.table]
                    numbers.setdefault(leaf.fact, set()).update(
                        number
                        for number in (limit.default, *table)
                        if number is not None and abs(number) < float("inf")
                    )
                    if limit.by:
                        keys = asked.setdefault(limit.by, [])
                        keys.extend(frozenset({key}) for key, _ in limit.table)
        for fact, sets in asked.items():
            name = f"f{len(self.facts)}"
            self.facts[fact] = self._add(FactVariable(name, fact, _classes(sets)), 0)
        for fact, thresholds in numbers.items():
            name = f"n{len(self.numbers)}"
            variable = NumberVariable(name, fact, tuple(sorted(thresholds)))
            self.numbers[fact] = self._add(variable, 0)

    def _fact(self, fact: str) -> tuple[int, FactVariable]:
        index = self.facts[fact]
        variable = self.variables[index]
        assert isinstance(variable, FactVariable)
        return index, variable

    def _where(self, variable: int, accepted: Values) -> Formula:
        """Return the formula that *variable* has one of the *accepted* values."""
        if not accepted:
            return NEVER
        # A test that accepts everything would leave a rule without tests, which never returns.
        return ALWAYS if accepted == self.variables[variable].domain else ({variable: accepted},)

    # --- rules ---------------------------------------------------------------------------------

    def _set(self, variable: int, to: int, formula: Formula) -> None:
        """Add the rules that give *variable* the value *to* where *formula* holds."""
        if formula == ALWAYS:
            self.begin[variable] = to
            return
        for term in formula:
            wave = 1 + max(self.ready[read] for read in term)
            self.rules.append((wave, Rule(term, variable, to)))
            self.ready[variable] = max(self.ready[variable], wave)

    def _conclude(self, outcome: _Outcome, *, set_no: bool) -> int:
        variable = self._add(ConclusionVariable(f"c{len(self.variables)}"), 0)
        self.begin[variable] = 0
        self._set(variable, YES, outcome.yes)
        if set_no:
            self._set(variable, NO, outcome.no)
        return variable

    def _lift(self, outcome: _Outcome) -> _Outcome:
        """Conclude *outcome* in a wave of its own, and return it as one test."""
        variable = self._conclude(outcome, set_no=True)
        yes = self._where(variable, frozenset({YES}))
        return _Outcome(yes, self._where(variable, frozenset({NO})))

    def _join(self, parts: Sequence[_Outcome], join: _Join) -> _Outcome:
        """Join *parts*, in steps of bounded size; *join* is associative."""
        try:
            return join(parts)
        except TooLarge:
            pass
        single = [part if part.is_single else self._lift(part) for part in parts]
        try:
            return join(single)
        except TooLarge:
            groups = [single[i : i + _GROUP] for i in range(0, len(single), _GROUP)]
            return self._join([self._lift(join(group)) for group in groups], join)

    def _count(self, parts: Sequence[_Outcome], count: int) -> _Outcome:
        """Tell whether *count* of *parts* hold, by counting them where that is shorter."""
        most_no = len(parts) - count + 1
        try:
            return _Outcome(
                at_least(count, [part.yes for part in parts]),
                at_least(most_no, [part.no for part in parts]),
            )
        except TooLarge:
            pass
        counted = tuple(self._conclude(part, set_no=True) for part in parts)
        ready = max(self.ready[variable] for variable in counted)
        yes = self._add(CountVariable(f"y{len(self.variables)}", counted, "yes"), ready)
        no = self._add(CountVariable(f"x{len(self.variables)}", counted, "no"), ready)
        return _Outcome(
            self._where(yes, frozenset(range(count, len(parts) + 1))),
            self._where(no, frozenset(range(most_no, len(parts) + 1))),
        )

    # --- criteria over facts -------------------------------------------------------------------

    def _criterion(self, criterion: Criterion) -> int:
        outcome = self._condition(criterion.when)
        rank = self._add(RankVariable(f"r{len(self.variables)}"), 0)
        self.begin[rank] = UNKNOWN
        self._set(rank, MET, outcome.yes)
        self._set(rank, UNMET, outcome.no)
        if criterion.presumed:
            term: dict[int, Values] = {rank: frozenset({UNKNOWN})}
            for fact in criterion.facts:
                index, variable = self._fact(fact)
                term[index] = variable.domain - {MISSING}
            self._set(rank, PRESUMED, (term,))
        return rank

    def _condition(self, condition: Condition) -> _Outcome:
        match condition:
            case FactIs(fact=fact, values=values):
                return self._fact_is(fact, values)
            case FactKnown(fact=fact):
                index, variable = self._fact(fact)
                said = variable.domain - {SILENT, MISSING}
                return _Outcome(self._where(index, said), NEVER)
            case FactCompares():
                return self._compares(condition)
            case Not(part=part):
                outcome = self._condition(part)
                return _Outcome(outcome.no, outcome.yes)
            case AllOf(parts=parts):
                return self._join([self._condition(part) for part in parts], _every)
            case AnyOf(parts=parts):
                return self._join([self._condition(part) for part in parts], _some)
            case AtLeast(count=count, parts=parts):
                return self._count([self._condition(part) for part in parts], count)

    def _fact_is(self, fact: str, values: Sequence[str]) -> _Outcome:
        index, variable = self._fact(fact)
        accepted = variable.accepting(values)
        refused = variable.domain - accepted - {SILENT, MISSING}
        return _Outcome(self._where(index, accepted), self._where(index, refused))

    def _compares(self, condition: FactCompares) -> _Outcome:
        limit = self.limits[condition.threshold]
        default = self._against(condition, limit.default)
        if not limit.by:
            return default
        index, variable = self._fact(limit.by)
        cases: list[_Outcome] = []
        rest = variable.domain
        for key, number in limit.table:
            group = variable.accepting({key})
            rest -= group
            case = self._where(index, group)
            cases.append(_only_where(case, self._against(condition, number)))
        cases.append(_only_where(self._where(index, rest), default))
        return self._join(cases, _either)

    def _against(self, condition: FactCompares, threshold: float | None) -> _Outcome:
        """Hold the number against one *threshold*."""
        if threshold is None:
            return _Outcome(NEVER, NEVER)
        fact, _ = self._fact(condition.fact)
        number = self.numbers[condition.fact]
        variable = self.variables[number]
        assert isinstance(variable, NumberVariable)
        is_number = self._where(fact, frozenset({NUMBER}))
        places = _places(variable, condition.comparison, threshold)
        return _only_where(
            is_number,
            _Outcome(self._where(number, places), self._where(number, variable.domain - places)),
        )

    # --- the topic over criteria ---------------------------------------------------------------

    def _holds(self, criterion: str, accepted: Values) -> _Outcome:
        return _Outcome(self._where(self.ranks[criterion], accepted), NEVER)

    def _requirement(self, requirement: Requirement, reading: _Reading) -> _Outcome:
        match requirement:
            case Ref(criterion=criterion):
                return self._holds(criterion, reading.holds)
            case AllReq(parts=parts):
                return self._join([self._requirement(p, reading) for p in parts], _every)
            case AnyReq(parts=parts):
                return self._join([self._requirement(p, reading) for p in parts], _some)
            case AtLeastReq(count=count, parts=parts):
                return self._count([self._requirement(p, reading) for p in parts], count)
            case Unless(part=part, exceptions=exceptions):
                spared = [self._holds(e, reading.holds) for e in exceptions]
                return self._join([self._requirement(part, reading), *spared], _some)

    def _spares(self, bar: Bar, reading: _Reading) -> _Outcome:
        """Tell that *bar* does not hold."""
        absent = self._holds(bar.criterion, RankVariable.domain - reading.bars)
        spared = [self._holds(e, reading.holds) for e in bar.exceptions]
        return self._join([absent, *spared], _some)

    def _bar_holds(self, bar: Bar) -> _Outcome:
        met = self._holds(bar.criterion, _BURDEN.bars)
        unspared = [self._holds(e, RankVariable.domain - _BURDEN.holds) for e in bar.exceptions]
        return self._join([met, *unspared], _every)

    def _route(self, route: Route, reading: _Reading) -> _Outcome:
        return self._join(
            [
                *(self._holds(criterion, reading.holds) for criterion in route.applies),
                self._requirement(route.requires, reading),
                *(self._spares(bar, reading) for bar in route.bars),
            ],
            _every,
        )

    def _recommends(self, reading: _Reading) -> _Outcome:
        routes = [self._route(route, reading) for route in self.topic.routes]
        spared = [self._spares(bar, reading) for bar in self.topic.bars]
        return self._join([*spared, self._join(routes, _some)], _every)


def _every(parts: Sequence[_Outcome]) -> _Outcome:
    return _Outcome(all_of([part.yes for part in parts]), any_of(part.no for part in parts))


def _some(parts: Sequence[_Outcome]) -> _Outcome:
    return _Outcome(any_of(part.yes for part in parts), all_of([part.no for part in parts]))


def _either(parts: Sequence[_Outcome]) -> _Outcome:
    """Join cases that exclude each other: what one of them says is so."""
    return _Outcome(any_of(part.yes for part in parts), any_of(part.no for part in parts))


def _only_where(case: Formula, outcome: _Outcome) -> _Outcome:
    return _Outcome(all_of([case, outcome.yes]), all_of([case, outcome.no]))


def _leaves(condition: Condition) -> list[FactIs | FactCompares | FactKnown]:
    match condition:
        case Not(part=part):
            return _leaves(part)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return [leaf for part in parts for leaf in _leaves(part)]
        case _:
            return [condition]


def _classes(asked: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """Sort the values that are *asked* for into groups that no question tells apart."""
    groups: dict[tuple[bool, ...], list[str]] = {}
    for value in sorted(frozenset().union(*asked) - {UNDOCUMENTED}):
        groups.setdefault(tuple(value in values for values in asked), []).append(value)
    return tuple(map(tuple, groups.values()))


def _places(variable: NumberVariable, comparison: Comparison, threshold: float) -> Values:
    """Return where a number lies that compares well with *threshold*."""
    thresholds = variable.thresholds
    last = 2 * len(thresholds)
    if threshold not in thresholds:
        # Not finite (the loader accepts .inf): every finite number lies on the same side of it.
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
