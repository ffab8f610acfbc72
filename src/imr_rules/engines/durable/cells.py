"""Formulas over cells of facts → outcomes over the variables that rules match on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import inf, nextafter

from imr_rules.engines.cells import MISSING as MISSING_CELL
from imr_rules.engines.cells import SILENT as SILENT_CELL
from imr_rules.engines.cells import STRANGE, FactCells
from imr_rules.engines.durable.alternatives import ALWAYS, NEVER, Values, all_of
from imr_rules.engines.durable.builder import Builder, Outcome, every, some
from imr_rules.engines.durable.variables import (
    FIRST_VALUE,
    MISSING,
    NUMBER,
    OTHER,
    SILENT,
    FactVariable,
    NumberVariable,
)
from imr_rules.engines.formula import ALWAYS as ALWAYS_HOLDS
from imr_rules.engines.formula import Formula, InCells
from imr_rules.engines.symbolic import SymbolicTopic


@dataclass(slots=True)
class CellRules:
    """The formulas of *symbolic* as outcomes; *facts* and *numbers* name the variables of facts."""

    rules: Builder
    symbolic: SymbolicTopic
    facts: Mapping[str, int]
    numbers: Mapping[str, int]
    _found: dict[Formula, Outcome] = field(default_factory=dict)

    def outcome(self, formula: Formula) -> Outcome:
        """Return where *formula* holds; where it does not, nothing is concluded."""
        if formula <= ALWAYS_HOLDS:
            return Outcome(ALWAYS if formula == ALWAYS_HOLDS else NEVER, NEVER)
        found = self._found.get(formula)
        if found is None:
            node = self.symbolic.formulas.node(formula)
            if isinstance(node, InCells):
                found = self._in_cells(self.symbolic.facts[node.fact], node.cells)
            else:
                parts = [self.outcome(part) for part in node.parts]
                if node.count == 1:
                    found = self.rules.join(parts, some)
                elif node.count == len(parts):
                    found = self.rules.join(parts, every)
                else:
                    found = self.rules.count(parts, node.count)
            self._found[formula] = found
        return found

    def _in_cells(self, fact: str, cells: int) -> Outcome:
        index = self.facts[fact]
        variable = self.rules.variables[index]
        assert isinstance(variable, FactVariable)
        cell_by_value = _cell_by_value(variable, self.symbolic.cells[fact])
        said = frozenset(v for v, cell in cell_by_value.items() if cells >> cell & 1)
        if fact not in self.numbers:
            return Outcome(self.rules.where(index, said), NEVER)
        number = self.numbers[fact]
        places = self.rules.variables[number]
        assert isinstance(places, NumberVariable)
        is_number = self.rules.where(index, frozenset({NUMBER}))
        runs = _runs(places, lambda value: cells >> self.symbolic.cells[fact].cell_of(value) & 1)
        answers = [
            self.rules.where(index, said - {NUMBER}),
            *(all_of([is_number, self.rules.where(number, run)]) for run in runs),
        ]
        return self.rules.join([Outcome(answer, NEVER) for answer in answers], some)


def _cell_by_value(variable: FactVariable, cells: FactCells) -> Mapping[int, int]:
    """Return the cell that each value of *variable* stands for.

    Which words are left over for OTHER the topic does not say: all of them are in the cell of an
    answer that it does not ask for, and no formula tells that from a word nobody knows.
    """
    named = {value for group in variable.classes for value in group}
    unnamed = (p for p in cells.known if named.isdisjoint(map(str, cells.cells[p].offers)))
    is_word = not any(isinstance(v, int | float) for c in cells.cells for v in c.offers)
    return {
        SILENT: SILENT_CELL,
        MISSING: MISSING_CELL,
        OTHER: next(unnamed, STRANGE) if is_word else STRANGE,
        NUMBER: STRANGE if is_word else cells.cell_of(0.0),
        **{FIRST_VALUE + i: cells.cell_of(group[0]) for i, group in enumerate(variable.classes)},
    }


def _runs(variable: NumberVariable, holds: Callable[[float], object]) -> Iterator[Values]:
    """Yield the places without gaps whose numbers satisfy *holds*."""
    samples = _samples(variable.thresholds)
    for found, run in groupby(range(len(samples)), lambda place: bool(holds(samples[place]))):
        if found:
            yield frozenset(run)


def _samples(thresholds: tuple[float, ...]) -> list[float]:
    """Return a number of each place: below, at and between *thresholds*."""
    if not thresholds:
        return [0.0]
    samples = [nextafter(thresholds[0], -inf)]
    for threshold, following in pairwise(thresholds):
        # Without a number between them the middle is one of the two: no number is there to miss.
        samples += [threshold, threshold + (following - threshold) / 2]
    return [*samples, thresholds[-1], nextafter(thresholds[-1], inf)]
