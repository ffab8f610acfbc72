"""Conditions of criteria → three-valued Ibis expressions: true, false, and null for unknown.

SQL's own AND, OR and NOT are Kleene's, in all three backends, so most nodes map to one operator.
Only what SQL cannot say in one (counting, "known") is spelt out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add, and_, or_

import ibis
import ibis.expr.types as ir

from imr_rules.engines.table.names import known_column
from imr_rules.engines.table.thresholds import DatedLimit, limit_value
from imr_rules.engines.thresholds import COMPARE
from imr_rules.guidelines.model import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
)


def condition_value(
    condition: Condition, facts: ir.Table, limits: Mapping[str, DatedLimit]
) -> ir.BooleanValue:
    """Return *condition* as a nullable boolean over the rows of *facts*.

    *facts* is the table of :func:`imr_rules.engines.table.facts.settled_facts`: a column is null
    where its fact is silent or undocumented.
    """
    match condition:
        case FactIs(fact=fact, values=values):
            column = facts[fact]
            # One value is the rule; backends spell a longer list out as comparisons anyway.
            return column == values[0] if len(values) == 1 else column.isin(values)
        case FactKnown(fact=fact):
            return ibis.ifelse(facts[known_column(fact)], True, ibis.null("boolean"))
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            limit = limit_value(limits[threshold], facts)
            compared: ir.BooleanValue = COMPARE[comparison](facts[fact], limit)
            return compared
        case Not(part=part):
            return ~condition_value(part, facts, limits)
        case AllOf(parts=parts):
            return every(condition_value(part, facts, limits) for part in parts)
        case AnyOf(parts=parts):
            return some(condition_value(part, facts, limits) for part in parts)
        case AtLeast(count=count, parts=parts):
            counted = [condition_value(part, facts, limits) for part in parts]
            met = number_of_true(value.fill_null(False) for value in counted)
            possible = number_of_true(value.fill_null(True) for value in counted)
            return ibis.cases(
                (met >= count, True), (possible < count, False), else_=ibis.null("boolean")
            )


def every(parts: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    """Return whether all *parts* hold; true of none."""
    listed = list(parts)
    return reduce(and_, listed) if listed else ibis.literal(True)


def some(parts: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    """Return whether any of *parts* holds; false of none."""
    listed = list(parts)
    return reduce(or_, listed) if listed else ibis.literal(False)


def number_of_true(parts: Iterable[ir.BooleanValue]) -> ir.IntegerValue:
    """Return how many of *parts* hold; none of them may be null."""
    # 16 bits: a small topic's counts fit 8, but sums of 8 bits wrap around in Polars.
    return reduce(add, [part.cast("int16") for part in parts], ibis.literal(0, "int16"))
