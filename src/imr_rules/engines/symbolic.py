"""A topic on one day as formulas: when each criterion holds, and when each reading recommends.

The meaning is that of the reference engine; the formulas answer for all fact sheets at once what
it answers for one. Flips are searched in them, and proofs about packs are made from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from imr_rules.engines.cells import MISSING, SILENT, STRANGE, FactCells, cells_of
from imr_rules.engines.formula import NEVER, Formula, Formulas, Holds, compiled
from imr_rules.engines.model import Facts
from imr_rules.engines.settling import Reach, Settling, surely_same
from imr_rules.engines.thresholds import COMPARE, Limit, limits_on
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Bar,
    Condition,
    Criterion,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Route,
    Topic,
    Unless,
)

_UNSETTLED = 1 << SILENT | 1 << MISSING


@dataclass(frozen=True, slots=True)
class Standing3:
    """When a condition is surely true, and when it is not surely false."""

    true: Formula
    possible: Formula


@dataclass(frozen=True, slots=True)
class SymbolicCriterion:
    """When a criterion is met, when it is not unmet, and when it counts under the burden."""

    met: Formula
    possible: Formula
    counted: Formula


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reading makes of the criteria: those that count as *met*, and those that *bar*."""

    met: Mapping[str, Formula]
    barring: Mapping[str, Formula]


@dataclass(frozen=True)
class SymbolicTopic:
    """A topic on one day; facts are numbered in the order of *facts*."""

    topic: Topic
    limits: Mapping[str, Limit]
    facts: tuple[str, ...]
    cells: Mapping[str, FactCells]
    formulas: Formulas
    criteria: Mapping[str, SymbolicCriterion]
    burden: Reading
    favour: Reading
    against: Reading
    recommended: Formula
    """By the burden of documentation: the prediction is overturned."""

    @cached_property
    def in_favour(self) -> Formula:
        """Recommended once open facts, or none, are settled in the way best for the request."""
        return self._settling.once_settled(self.recommended)

    @cached_property
    def settled_for(self) -> Formula:
        """Recommended however open facts are settled, and if they are not."""
        refused = self.formulas.negation(self.recommended)
        return self.formulas.negation(self._settling.once_settled(refused))

    @cached_property
    def reading_tells_in_favour(self) -> bool:
        """Whether the reading in favour, each criterion by itself, says what *in_favour* says."""
        reading = _recommends(self.topic, self.favour, self.formulas)
        return surely_same(self.formulas, reading, self.in_favour)

    @cached_property
    def reading_tells_settled_for(self) -> bool:
        """Whether the reading against, each criterion by itself, says what *settled_for* says."""
        reading = _recommends(self.topic, self.against, self.formulas)
        return surely_same(self.formulas, reading, self.settled_for)

    @cached_property
    def _settling(self) -> Settling:
        offered = (sum(1 << place for place in self.cells[f].offered) for f in self.facts)
        reach = [
            Reach(self.cells[fact].unsettled, cells)
            for fact, cells in zip(self.facts, offered, strict=True)
        ]
        return Settling(self.formulas, reach)

    def asking(self, formula: Formula) -> Callable[[Facts], bool]:
        """Return what tells of a fact sheet whether *formula* holds on it."""
        test: Holds = compiled(self.formulas, formula)
        read = self.formulas.facts_of(formula)
        # What the formula does not read need not be looked up: any cell will do.
        look_up = [
            (number, fact, self.cells[fact].cell_of)
            for number, fact in enumerate(self.facts)
            if read >> number & 1
        ]
        count = len(self.facts)

        def holds_on(facts: Facts) -> bool:
            cells = [SILENT] * count
            for number, fact, cell_of in look_up:
                cells[number] = cell_of(facts.get(fact))
            return test(cells)

        return holds_on

    def place(self, facts: Facts) -> tuple[int, ...]:
        """Return the cell of each fact of the topic, by its number."""
        return tuple(self.cells[fact].cell_of(facts.get(fact)) for fact in self.facts)

    def route_open(self, route: Route, reading: Reading) -> Formula:
        """Return when *route* is satisfied under *reading*, topic-wide bars left aside."""
        return _route(route, reading, self.formulas)

    def recommends(self, topic: Topic, reading: Reading) -> Formula:
        """Return when *topic*, this one or one with the same criteria, recommends."""
        return _recommends(topic, reading, self.formulas)


def symbolic_topic(
    topic: Topic, parameters: Mapping[str, Parameter], on: date, vocabulary: Mapping[str, Fact]
) -> SymbolicTopic:
    """Return *topic* with its *parameters* as they stand on the day *on*, as formulas.

    *vocabulary* says what facts can be: all of it, or the part that the topic carries.
    """
    limits = limits_on(topic, parameters, on)
    cells = cells_of(topic, limits, vocabulary)
    facts = tuple(cells)
    formulas = Formulas([(1 << len(cells[fact].cells)) - 1 for fact in facts])
    builder = _Builder(formulas, cells, {fact: i for i, fact in enumerate(facts)}, limits)
    criteria = {c.id: builder.criterion(c) for c in topic.criteria.values()}
    met = {name: criterion.met for name, criterion in criteria.items()}
    possible = {name: criterion.possible for name, criterion in criteria.items()}
    counted = {name: criterion.counted for name, criterion in criteria.items()}
    burden, favour, against = Reading(counted, met), Reading(possible, met), Reading(met, possible)
    return SymbolicTopic(
        topic=topic,
        limits=limits,
        facts=facts,
        cells=cells,
        formulas=formulas,
        criteria=criteria,
        burden=burden,
        favour=favour,
        against=against,
        recommended=_recommends(topic, burden, formulas),
    )


@dataclass(frozen=True, slots=True)
class _Builder:
    """Turns the conditions of one topic into formulas."""

    formulas: Formulas
    cells: Mapping[str, FactCells]
    number: Mapping[str, int]
    limits: Mapping[str, Limit]

    def criterion(self, criterion: Criterion) -> SymbolicCriterion:
        standing = self.condition(criterion.when)
        if not criterion.presumed:
            return SymbolicCriterion(standing.true, standing.possible, standing.true)
        left_alone = self.formulas.all_of(
            [
                self.formulas.any_of(
                    [self._in(fact, 1 << SILENT), *(self.condition(test).true for test in tests)]
                )
                for fact, tests in criterion.tests.items()
            ]
        )
        # Not "true, or possible and left alone", which is the same: denied, that would want of one
        # fact at once that it is answered and that it is said to be missing.
        holds = self.formulas.any_of([standing.true, left_alone])
        counted = self.formulas.all_of([standing.possible, holds])
        return SymbolicCriterion(standing.true, standing.possible, counted)

    def condition(self, condition: Condition) -> Standing3:
        formulas = self.formulas
        match condition:
            case FactIs(fact=fact, values=values):
                where = self.cells[fact].where(frozenset(values).__contains__)
                return self._standing(fact, where, _UNSETTLED)
            case FactKnown(fact=fact):
                where = ~_UNSETTLED
                return self._standing(fact, where, _UNSETTLED)
            case FactCompares():
                return self._comparison(condition)
            case Not(part=part):
                inner = self.condition(part)
                return Standing3(formulas.negation(inner.possible), formulas.negation(inner.true))
            case AllOf(parts=parts):
                count, standings = len(parts), [self.condition(part) for part in parts]
            case AnyOf(parts=parts):
                count, standings = 1, [self.condition(part) for part in parts]
            case AtLeast(count=count, parts=parts):
                standings = [self.condition(part) for part in parts]
        return Standing3(
            formulas.enough(count, [standing.true for standing in standings]),
            formulas.enough(count, [standing.possible for standing in standings]),
        )

    def _comparison(self, condition: FactCompares) -> Standing3:
        """Hold the number against each number that the threshold can be."""
        limit = self.limits[condition.threshold]
        if not limit.by:
            return self._compared(condition, limit.default)
        table = dict(limit.table)
        by = self.cells[limit.by]
        true: list[Formula] = []
        possible: list[Formula] = []
        for number in dict.fromkeys((limit.default, *table.values())):
            keys = {key for key in by.words if table.get(key, limit.default) == number}
            looked_up = by.where(keys.__contains__)
            if number == limit.default:
                looked_up |= _UNSETTLED | 1 << STRANGE
            applies = self._in(limit.by, looked_up)
            standing = self._compared(condition, number)
            true.append(self.formulas.all_of([applies, standing.true]))
            possible.append(self.formulas.all_of([applies, standing.possible]))
        return Standing3(self.formulas.any_of(true), self.formulas.any_of(possible))

    def _compared(self, condition: FactCompares, number: float | None) -> Standing3:
        unknown = _UNSETTLED | 1 << STRANGE
        if number is None:
            return Standing3(NEVER, self._in(condition.fact, -1))
        compare = COMPARE[condition.comparison]
        where = self.cells[condition.fact].where(lambda value: compare(value, number))
        return self._standing(condition.fact, where, unknown)

    def _standing(self, fact: str, true: int, unknown: int) -> Standing3:
        return Standing3(self._in(fact, true), self._in(fact, true | unknown))

    def _in(self, fact: str, cells: int) -> Formula:
        number = self.number[fact]
        return self.formulas.in_cells(number, cells & self.formulas.all_cells[number])


def _recommends(topic: Topic, reading: Reading, formulas: Formulas) -> Formula:
    opened = formulas.any_of([_route(route, reading, formulas) for route in topic.routes])
    return formulas.all_of([opened, *(_spared(bar, reading, formulas) for bar in topic.bars)])


def _route(route: Route, reading: Reading, formulas: Formulas) -> Formula:
    return formulas.all_of(
        [
            *(reading.met[name] for name in route.applies),
            _requirement(route.requires, reading.met, formulas),
            *(_spared(bar, reading, formulas) for bar in route.bars),
        ]
    )


def _spared(bar: Bar, reading: Reading, formulas: Formulas) -> Formula:
    """Return when *bar* does not hold."""
    return formulas.any_of(
        [
            formulas.negation(reading.barring[bar.criterion]),
            *(reading.met[name] for name in bar.exceptions),
        ]
    )


def _requirement(
    requirement: Requirement, met: Mapping[str, Formula], formulas: Formulas
) -> Formula:
    match requirement:
        case Ref(criterion=name):
            return met[name]
        case AllReq(parts=parts):
            return formulas.all_of([_requirement(part, met, formulas) for part in parts])
        case AnyReq(parts=parts):
            return formulas.any_of([_requirement(part, met, formulas) for part in parts])
        case AtLeastReq(count=count, parts=parts):
            return formulas.enough(count, [_requirement(part, met, formulas) for part in parts])
        case Unless(part=part, exceptions=exceptions):
            spared = [met[name] for name in exceptions]
            return formulas.any_of([*spared, _requirement(part, met, formulas)])
