"""What a topic reads of an items table, and those columns as conditions take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from imr_rules.engines.table.names import ON, ROW, known_column, undocumented_column
from imr_rules.facts.model import UNDOCUMENTED
from imr_rules.guidelines.model import FactCompares, FactIs, FactKnown, Parameter, Topic


@dataclass(frozen=True, slots=True)
class FactsRead:
    """The facts that a topic reads, by the type of their column and by what is asked of them.

    *words* are text columns, ``undocumented`` among their values; *numbers* are double columns.
    An undocumented number is null like a silent one: no criterion can tell them apart, because
    presumed criteria read no numbers.
    """

    words: tuple[str, ...]
    numbers: tuple[str, ...]
    compared: frozenset[str]
    asked_known: frozenset[str]
    presumed_from: frozenset[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.words, *self.numbers)


def facts_read(
    topic: Topic, parameters: Mapping[str, Parameter], *, numbers: frozenset[str] = frozenset()
) -> FactsRead:
    """Return what *topic* reads.

    *numbers* names facts that are numbers although nothing holds them against a threshold.
    """
    leaves = tuple(topic.leaves)
    compared = {leaf.fact for leaf in leaves if isinstance(leaf, FactCompares)}
    by = {parameters[name].by for name in topic.thresholds} - {""}
    facts = sorted({leaf.fact for leaf in leaves} | by)
    are_numbers = compared | (numbers - by - {x.fact for x in leaves if isinstance(x, FactIs)})
    return FactsRead(
        words=tuple(fact for fact in facts if fact not in are_numbers),
        numbers=tuple(fact for fact in facts if fact in are_numbers),
        compared=frozenset(compared),
        asked_known=frozenset(leaf.fact for leaf in leaves if isinstance(leaf, FactKnown)),
        presumed_from=frozenset(
            fact for c in topic.criteria.values() if c.presumed for fact in c.facts
        ),
    )


def items_schema(read: FactsRead) -> ibis.Schema:
    """Return the columns that an items table needs for *read*, with their types."""
    columns: dict[str, str] = {ROW: "int64", ON: "date"}
    columns.update(dict.fromkeys(read.words, "string"))
    columns.update(dict.fromkeys(read.numbers, "float64"))
    return ibis.schema(columns)


def settled_facts(items: ir.Table, read: FactsRead, keys: tuple[str, ...]) -> ir.Table:
    """Return *items* with each fact null unless its value settles something; *keys* stay.

    A number that is not finite settles nothing, but is known to be there.
    """
    columns: dict[str, ir.Value] = {key: items[key] for key in keys}
    for fact in read.words:
        settled = items[fact].nullif(UNDOCUMENTED)
        columns[fact] = settled
        if fact in read.asked_known:
            columns[known_column(fact)] = settled.notnull()
        if fact in read.presumed_from:
            said_missing = items[fact] == UNDOCUMENTED
            columns[undocumented_column(fact)] = said_missing.fill_null(False)
    for fact in read.numbers:
        number = items[fact]
        if fact in read.compared:
            # True of finite numbers alone. A comparison would not do: DuckDB answers `n <= 10` and
            # even `isnan(n)` from the bounds that a file states of a column, which leave NaN out.
            is_finite = number - number == 0
            columns[fact] = ibis.ifelse(is_finite, number, ibis.null("float64"))
        if fact in read.asked_known:
            columns[known_column(fact)] = number.notnull()
        if fact in read.presumed_from:
            columns[undocumented_column(fact)] = ibis.literal(False)
    return items.select(**columns)
