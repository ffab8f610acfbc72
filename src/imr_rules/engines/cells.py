"""The values of a fact that a topic can tell apart, on one day.

Two values lie in the same cell when every test of the topic answers alike for both: enum values
that no criterion separates, numbers of one stretch between thresholds. What is proven for one
value of each cell is proven for all values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from imr_rules.engines.reference import COMPARE
from imr_rules.engines.thresholds import Limit, number_of
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType, Vocabulary
from imr_rules.guidelines.model import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Topic,
)

SILENT = 0
"""The cell of a fact that nobody mentions."""
MISSING = 1
"""The cell of a fact that is said to be undocumented."""
STRANGE = 2
"""The cell of values outside the vocabulary and of numbers that are not finite."""
FIRST_KNOWN = 3

_Test = Callable[[Value], object]


@dataclass(frozen=True, slots=True)
class Cell:
    """Values that a topic cannot tell apart: one as a *sample*, and those a document can state.

    A stretch of numbers offers one of them, its threshold where that belongs to it; a stretch
    below the least number that the fact can be offers none.
    """

    sample: Value | None
    offers: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class FactCells:
    """The cells of one fact: silence, said to be missing, strange values, then the known ones."""

    fact: str
    cells: tuple[Cell, ...]
    _tests: tuple[_Test, ...] = field(repr=False)
    _places: Mapping[tuple[object, ...], int] = field(repr=False)
    _is_number: bool = field(repr=False)

    def cell_of(self, value: Value | None) -> int:
        """Return the place of the cell in which *value* (None: silence) lies."""
        if value is None:
            return SILENT
        if value == UNDOCUMENTED:
            return MISSING
        if self._is_number:
            number = number_of(value)
            if number is None:
                return STRANGE
            value = number
        elif value not in (offer for cell in self.cells for offer in cell.offers):
            return STRANGE
        return self._places[tuple(test(value) for test in self._tests)]

    @property
    def known(self) -> range:
        """The places of the cells that settle the fact."""
        return range(FIRST_KNOWN, len(self.cells))

    @property
    def offered(self) -> tuple[int, ...]:
        """The places of the cells that a document can bring the fact into."""
        return tuple(place for place in self.known if self.cells[place].offers)

    def where(self, holds: Callable[[Value], bool]) -> int:
        """Return the known cells whose values satisfy *holds*, one bit each."""
        bits = 0
        for place in self.known:
            sample = self.cells[place].sample
            if sample is not None and holds(sample):
                bits |= 1 << place
        return bits


def cells_of(
    topic: Topic, limits: Mapping[str, Limit], vocabulary: Vocabulary
) -> Mapping[str, FactCells]:
    """Return the cells of every fact that *topic* reads, itself or to look a threshold up."""
    tests: defaultdict[str, list[_Test]] = defaultdict(list)
    numbers: defaultdict[str, set[float]] = defaultdict(set)
    for criterion in topic.criteria.values():
        for leaf in leaves_of(criterion.when):
            tests.setdefault(leaf.fact, [])
            match leaf:
                case FactIs(fact=fact, values=values):
                    tests[fact].append(frozenset(values).__contains__)
                case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
                    limit = limits[threshold]
                    for number in numbers_of(limit):
                        numbers[fact].add(number)
                        tests[fact].append(_comparison(COMPARE[comparison], number))
                    if limit.by:
                        tests[limit.by].append(_looked_up(limit))
                case FactKnown():
                    pass
    return {
        fact: _number_cells(vocabulary[fact], sorted(numbers[fact]), asked)
        if vocabulary[fact].type is FactType.NUMBER
        else _word_cells(vocabulary[fact], asked)
        for fact, asked in tests.items()
    }


def leaves_of(condition: Condition) -> Iterator[FactIs | FactCompares | FactKnown]:
    """Yield every test of a single fact in *condition*, in order."""
    match condition:
        case FactIs() | FactCompares() | FactKnown():
            yield condition
        case Not(part=part):
            yield from leaves_of(part)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from leaves_of(part)


def numbers_of(limit: Limit) -> tuple[float, ...]:
    """Return the numbers that *limit* can be, those not yet in force left out."""
    found = (limit.default, *(number for _, number in limit.table))
    return tuple(dict.fromkeys(number for number in found if number is not None))


def _comparison(compare: Callable[[float, float], bool], number: float) -> _Test:
    return lambda value: compare(float(value), number)


def _looked_up(limit: Limit) -> _Test:
    table = dict(limit.table)
    return lambda value: table.get(str(value), limit.default)


def _word_cells(fact: Fact, tests: list[_Test]) -> FactCells:
    alike: defaultdict[tuple[object, ...], list[Value]] = defaultdict(list)
    for value in fact.known_values:
        alike[tuple(test(value) for test in tests)].append(value)
    cells = (Cell(values[0], tuple(values)) for values in alike.values())
    return _facts_cells(fact, tuple(cells), tests, tuple(alike))


def _number_cells(fact: Fact, limits: list[float], tests: list[_Test]) -> FactCells:
    least = 0.0 if fact.minimum is None else float(fact.minimum)
    alike: defaultdict[tuple[object, ...], list[float]] = defaultdict(list)
    for point in _points(limits, least):
        alike[tuple(test(point) for test in tests)].append(point)
    cells: list[Cell] = []
    for points in alike.values():
        allowed = [
            p for p in points if p >= least and (fact.maximum is None or p <= fact.maximum)
        ]
        # The threshold itself first: it tells the reader how far a number has to go.
        allowed.sort(key=lambda point: point not in limits)
        cells.append(Cell(points[0], tuple(map(_plain, allowed[:1]))))
    return _facts_cells(fact, tuple(cells), tests, tuple(alike))


def _points(limits: list[float], least: float) -> Iterator[float]:
    """Yield a number of each stretch that *limits* make, the limits included, in order."""
    if not limits:
        yield least
        return
    yield from _between(-inf, limits[0], least)
    for index, limit in enumerate(limits):
        yield limit
        yield from _between(limit, limits[index + 1] if index + 1 < len(limits) else inf, least)
"""
"""
