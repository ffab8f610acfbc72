"""Formulas over cells of facts → Ibis expressions over the columns of settled facts, never null."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import ibis
import ibis.expr.types as ir

from imr_rules.engines.cells import FIRST_KNOWN, MISSING, SILENT, STRANGE, Edge, FactCells
from imr_rules.engines.formula import ALWAYS, Formula, InCells
from imr_rules.engines.symbolic import SymbolicTopic
from imr_rules.engines.table.conditions import every, number_of_true, some
from imr_rules.engines.table.facts import FactsRead
from imr_rules.engines.table.names import known_column, undocumented_column


def formula_value(
    symbolic: SymbolicTopic, formula: Formula, facts: ir.Table, read: FactsRead
) -> ir.BooleanValue:
    """Return whether *formula* of *symbolic* holds, over the rows of *facts*.

    *facts* is the table of :func:`imr_rules.engines.table.facts.settled_facts` for *read*.
    """
    if formula <= ALWAYS:
        return ibis.literal(formula == ALWAYS)
    node = symbolic.formulas.node(formula)
    if isinstance(node, InCells):
        fact = symbolic.facts[node.fact]
        of = _words if fact in read.words else _numbers
        return of(symbolic.cells[fact], node.cells, facts, read)
    parts = [formula_value(symbolic, part, facts, read) for part in node.parts]
    if node.count == 1:
        return some(parts)
    if node.count == len(parts):
        return every(parts)
    return number_of_true(parts) >= node.count


def _words(cells: FactCells, mask: int, facts: ir.Table, read: FactsRead) -> ir.BooleanValue:
    """Return whether a column of words lies in the cells of *mask*."""
    column = facts[cells.fact]
    accepted = [v for p in cells.known if mask >> p & 1 for v in cells.cells[p].offers]
    refused = [v for p in cells.known if not mask >> p & 1 for v in cells.cells[p].offers]
    # A word that the vocabulary does not have is in no list.
    said = ~_is_one_of(column, refused) if mask >> STRANGE & 1 else _is_one_of(column, accepted)
    silent, missing = bool(mask >> SILENT & 1), bool(mask >> MISSING & 1)
    if silent == missing or cells.fact not in read.presumed_from:
        return ibis.ifelse(column.isnull(), silent, said)
    said_missing = facts[undocumented_column(cells.fact)]
    unsaid = said_missing if missing else ~said_missing
    return ibis.ifelse(column.isnull(), unsaid, said)


def _is_one_of(column: ir.Value, words: list[Any]) -> ir.BooleanValue:
    if not words:
        return ibis.literal(False)
    return column == words[0] if len(words) == 1 else column.isin(words)


def _numbers(cells: FactCells, mask: int, facts: ir.Table, read: FactsRead) -> ir.BooleanValue:
    """Return whether a column of numbers lies in the cells of *mask*.

    Silence and "undocumented" are one here, as they are to every criterion.
    """
    unsaid = bool(mask >> SILENT & 1)
    strange = bool(mask >> STRANGE & 1)
    if cells.fact not in read.compared:
        known = facts[known_column(cells.fact)]
        return ibis.ifelse(known, bool(mask >> FIRST_KNOWN & 1), unsaid)
    column = facts[cells.fact]
    runs = groupby(cells.known, lambda place: bool(mask >> place & 1))
    said = some([_between(cells, list(run), column) for accepted, run in runs if accepted])
    if unsaid == strange or cells.fact not in read.asked_known:
        return ibis.ifelse(column.isnull(), unsaid, said)
    known = facts[known_column(cells.fact)]
    return ibis.ifelse(column.isnull(), known if strange else ~known, said)


def _between(cells: FactCells, run: list[int], column: ir.Value) -> ir.BooleanValue:
    """Return whether *column* lies in the cells of *run*, which follow one another."""
    first, last = run[0] - FIRST_KNOWN, run[-1] - FIRST_KNOWN
    tests: list[ir.BooleanValue] = []
    if first > 0:
        tests.append(~_is_before(cells.edges[first - 1], column))
    if last < len(cells.edges):
        tests.append(_is_before(cells.edges[last], column))
    return every(tests)


def _is_before(edge: Edge, column: ir.Value) -> ir.BooleanValue:
    limit = ibis.literal(edge.limit, "float64")
    return column <= limit if edge.is_before else column < limit
