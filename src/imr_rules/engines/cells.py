"""The values of a fact that a topic can tell apart, on one day.

Two values lie in the same cell when every test of the topic answers alike for both: enum values
that no criterion separates, numbers of one stretch between thresholds. What is proven for one
value of each cell is proven for all values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, isfinite, nextafter
from typing import Any

from imr_rules.engines.thresholds import COMPARE, Limit, number_of
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType, Scope
from imr_rules.guidelines.model import FactCompares, FactIs, FactKnown, Topic

SILENT = 0
"""The cell of a fact that nobody mentions."""
MISSING = 1
"""The cell of a fact that is said to be undocumented."""
STRANGE = 2
"""The cell of words outside the vocabulary, or of what is no finite number."""
FIRST_KNOWN = 3

_Test = Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Cell:
    """Values that a topic cannot tell apart: one as a *sample*, and those a document can state.

    A stretch of numbers offers one of them, its threshold where that belongs to it; a stretch
    below the least number that the fact can be offers none.
    """

    sample: Value | None
    offers: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """Where one stretch of numbers ends and the next begins; *limit* is in one of the two."""

    limit: float
    is_before: bool
    """Whether the limit belongs to the stretch before."""


@dataclass(frozen=True, slots=True)
class FactCells:
    """The cells of one fact: silence, said to be missing, strange values, then the known ones."""

    fact: str
    cells: tuple[Cell, ...]
    unsettled: int
    """The cells in which the fact is still open, one bit each: a number that is not finite settles
    nothing, a word that the vocabulary does not have is an answer like any other."""
    edges: tuple[Edge, ...]
    """What parts the known cells of a number, which stand in their order; none of a word."""
    _place: Callable[[Value], int] = field(repr=False)

    def cell_of(self, value: Value | None) -> int:
        """Return the place of the cell in which *value* (None: silence) lies."""
        if value is None:
            return SILENT
        if value == UNDOCUMENTED:
            return MISSING
        return self._place(value)

    @property
    def known(self) -> range:
        """The places of the cells that settle the fact."""
        return range(FIRST_KNOWN, len(self.cells))

    @property
    def offered(self) -> tuple[int, ...]:
        """The places of the cells that a document can bring the fact into."""
        return tuple(place for place in self.known if self.cells[place].offers)

    @property
    def words(self) -> tuple[str, ...]:
        """Every value of the fact that is a word."""
        offers = (offer for place in self.known for offer in self.cells[place].offers)
        return tuple(offer for offer in offers if isinstance(offer, str))

    def where(self, holds: Callable[[Any], bool]) -> int:
        """Return the known cells whose values satisfy *holds*, one bit each."""
        samples = ((place, self.cells[place].sample) for place in self.known)
        return sum(1 << place for place, sample in samples if sample is not None and holds(sample))


def cells_of(
    topic: Topic, limits: Mapping[str, Limit], vocabulary: Mapping[str, Fact]
) -> Mapping[str, FactCells]:
    """Return the cells of every fact that *topic* reads, itself or to look a threshold up.

    A fact that *vocabulary* lacks can be what the topic asks for, and something else.
    """
    tests: defaultdict[str, list[_Test]] = defaultdict(list)
    numbers: defaultdict[str, set[float]] = defaultdict(set)
    for leaf in topic.leaves:
        tests.setdefault(leaf.fact, [])
        match leaf:
            case FactIs(fact=fact, values=values):
                tests[fact].append(frozenset(values).__contains__)
            case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
                limit = limits[threshold]
                for number in limit.numbers:
                    numbers[fact].add(number)
                    tests[fact].append(_comparison(COMPARE[comparison], number))
                if limit.by:
                    tests[limit.by].append(_looked_up(limit))
            case FactKnown():
                pass
    found: dict[str, FactCells] = {}
    for name, asked in tests.items():
        entry = vocabulary[name] if name in vocabulary else _undefined(name, topic, limits)
        found[name] = (
            _number_cells(entry, sorted(numbers[name]), asked)
            if entry.type is FactType.NUMBER
            else _word_cells(entry, asked)
        )
    return found


def _undefined(name: str, topic: Topic, limits: Mapping[str, Limit]) -> Fact:
    """Return the fact *name*, of which only what *topic* asks of it is known."""
    words: dict[str, None] = {}
    is_number = False
    for leaf in topic.leaves:
        if isinstance(leaf, FactIs) and leaf.fact == name:
            words.update(dict.fromkeys(leaf.values))
        elif isinstance(leaf, FactCompares):
            is_number = is_number or leaf.fact == name
            limit = limits[leaf.threshold]
            words.update(dict.fromkeys(key for key, _ in limit.table if limit.by == name))
    about = {"id": name, "scope": Scope.ITEM, "question": name}
    if is_number:
        return Fact.model_validate(
            {**about, "type": FactType.NUMBER, "unit": "1", "minimum": -_LARGEST_NUMBER}
        )
    other = "another" if "another" not in words else " ".join(("another", *words))
    return Fact.model_validate({**about, "type": FactType.ENUM, "values": (*words, other)})


def _comparison(compare: Callable[[float, float], bool], number: float) -> _Test:
    return lambda value: compare(value, number)


def _looked_up(limit: Limit) -> _Test:
    table = dict(limit.table)
    return lambda value: table.get(value, limit.default)


def _word_cells(fact: Fact, tests: Sequence[_Test]) -> FactCells:
    alike: defaultdict[tuple[object, ...], list[Value]] = defaultdict(list)
    for value in fact.known_values:
        alike[tuple(test(value) for test in tests)].append(value)
    places = {answers: FIRST_KNOWN + index for index, answers in enumerate(alike)}
    known = (Cell(values[0], tuple(values)) for values in alike.values())
    by_value = {value: places[answers] for answers, values in alike.items() for value in values}
    return FactCells(
        fact.id,
        (*_UNSETTLED, *known),
        1 << SILENT | 1 << MISSING,
        (),
        lambda value: by_value.get(value, STRANGE),
    )


def _number_cells(fact: Fact, limits: Sequence[float], tests: Sequence[_Test]) -> FactCells:
    least = 0.0 if fact.minimum is None else float(fact.minimum)
    most = inf if fact.maximum is None else float(fact.maximum)
    alike: defaultdict[tuple[object, ...], list[float]] = defaultdict(list)
    for point in _points(limits, least, most):
        alike[tuple(test(point) for test in tests)].append(point)
    places = {answers: FIRST_KNOWN + index for index, answers in enumerate(alike)}

    def place(value: Value) -> int:
        number = number_of(value)
        return STRANGE if number is None else places[tuple(test(number) for test in tests)]

    known: list[Cell] = []
    for points in alike.values():
        # The nearest to a threshold tells the reader how far a number has to go; half a visit
        # is proposed only where the threshold is one.
        allowed = sorted(
            (point for point in points if least <= point <= most and isfinite(point)),
            key=lambda point: (
                not float(point).is_integer() and point not in limits,
                min((abs(point - limit) for limit in limits), default=0.0),
            ),
        )
        known.append(Cell(points[0], tuple(map(_plain, allowed[:1]))))
    unsettled = 1 << SILENT | 1 << MISSING | 1 << STRANGE
    return FactCells(fact.id, (*_UNSETTLED, *known), unsettled, _edges(limits, tests), place)


def _edges(limits: Sequence[float], tests: Sequence[_Test]) -> tuple[Edge, ...]:
    """Return what parts the stretches of numbers for which all *tests* answer alike."""

    def answers(number: float) -> tuple[object, ...]:
        return tuple(test(number) for test in tests)

    edges: list[Edge] = []
    last = answers(nextafter(limits[0], -inf)) if limits else ()
    for limit in limits:
        for edge, number in (
            (Edge(limit, is_before=False), limit),
            (Edge(limit, is_before=True), nextafter(limit, inf)),
        ):
            if answers(number) != last:
                edges.append(edge)
            last = answers(number)
    return tuple(edges)


def _points(limits: Sequence[float], least: float, most: float) -> Iterator[float]:
    """Yield a number of each stretch that *limits* make, in order.

    The ends of what the fact can be count as limits, so that a stretch that reaches over an end is
    seen from both sides; what lies beyond is sampled too, for a sheet may hold it all the same.
    """
    marks = sorted({*limits, *(end for end in (least, most) if isfinite(end))})
    yield _below(marks[0])
    for mark, following in pairwise(marks):
        yield mark
        yield from (n for n in (_above(mark), _below(following)) if mark < n < following)
        if mark < (middle := mark + (following - mark) / 2) < following:
            yield middle
    yield marks[-1]
    yield _above(marks[-1])


def _below(limit: float) -> float:
    return limit - 1 if limit - 1 < limit else nextafter(limit, -inf)


def _above(limit: float) -> float:
    return limit + 1 if limit + 1 > limit else nextafter(limit, inf)


def _plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() and abs(number) < _LARGEST_WHOLE else number


_LARGEST_WHOLE = 2.0**53
"""Beyond it not every whole number is a float."""
_LARGEST_NUMBER = 1e300
_UNSETTLED = (Cell(None), Cell(UNDOCUMENTED), Cell(None))
