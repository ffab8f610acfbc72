"""A topic as Ibis expressions: facts, then criteria, then the conclusion, one select each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import ibis
import ibis.expr.types as ir

from imr_rules.engines.formula import Formula
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.engines.table.cells import formula_value
from imr_rules.engines.table.conditions import condition_value, every, some
from imr_rules.engines.table.facts import FactsRead, facts_read, items_schema, settled_facts
from imr_rules.engines.table.names import (
    ON,
    ROW,
    bar_column,
    criterion_column,
    presumed_column,
    route_column,
    undocumented_column,
)
from imr_rules.engines.table.thresholds import DatedLimit, limits_between
from imr_rules.engines.table.verdicts import (
    bar_holds,
    bits_of,
    readings_of,
    recommends,
    route_is_open,
)
from imr_rules.engines.thresholds import change_days
from imr_rules.errors import PackError
from imr_rules.guidelines.model import Parameter, Topic

MOST_CRITERIA = 62
"""Criteria of a topic whose statuses fit a signed 64-bit number."""

OVERTURNED = "overturned"
IN_FAVOUR = "in_favour"
AGAINST = "against"
SETTLED = "settled"
MET = "met"
COUNTED = "counted"
UNKNOWN = "unknown"
CONCLUSION = {
    OVERTURNED: "boolean",
    IN_FAVOUR: "boolean",
    SETTLED: "boolean",
    MET: "int64",
    COUNTED: "int64",
    UNKNOWN: "int64",
}
"""The columns of a conclusion. The last three are sets of criteria, one bit each in the order of
the topic's file: every criterion's status in a form that all topics share."""


@dataclass(frozen=True)
class TopicTable:
    """A topic as expressions over an items table, for a stretch of days.

    *settled*, *criteria* and *conclusion* build on each other, and carry the columns *keys*.
    """

    topic: Topic
    read: FactsRead
    items: ir.Table
    settled: ir.Table
    criteria: ir.Table
    keys: tuple[str, ...]

    @cached_property
    def conclusion(self) -> ir.Table:
        """The conclusion for each row, with the columns of :data:`CONCLUSION`."""
        return self.criteria.select(
            **self._keys(), **_conclusion_columns(self.topic, self.criteria)
        )

    @cached_property
    def trace(self) -> ir.Table:
        """The conclusion with every criterion, route and bar in a column of its own."""
        return self.criteria.select(
            **self._keys(),
            **_conclusion_columns(self.topic, self.criteria),
            **_trace_columns(self.topic, self.criteria),
        )

    def _keys(self) -> dict[str, ir.Value]:
        return {key: self.criteria[key] for key in self.keys}


def compile_topic(
    topic: Topic,
    parameters: Mapping[str, Parameter],
    *,
    first: date = date.min,
    until: date = date.max,
    numbers: frozenset[str] = frozenset(),
) -> TopicTable:
    """Compile *topic* over a table ``items`` of its own, for days from *first* before *until*.

    *numbers* names facts that are numbers although nothing holds them against a threshold.

    Raises:
        PackError: the topic has more criteria than a set of bits holds.
    """
    read = facts_read(topic, parameters, numbers=numbers)
    items = ibis.table(items_schema(read), name="items")
    return topic_over(items, topic, parameters, read, keys=(ROW,), first=first, until=until)


def topic_over(
    items: ir.Table,
    topic: Topic,
    parameters: Mapping[str, Parameter],
    read: FactsRead,
    *,
    keys: tuple[str, ...],
    first: date = date.min,
    until: date = date.max,
) -> TopicTable:
    """Compile *topic* over the table *items*, whose columns *keys* are carried along.

    Raises:
        PackError: the topic has more criteria than a set of bits holds.
    """
    if len(topic.criteria) > MOST_CRITERIA:
        raise PackError(
            f"topic {topic.id!r} has {len(topic.criteria)} criteria; "
            f"the table engine takes {MOST_CRITERIA}.",
            at=topic.at,
            hint="Split the topic.",
        )
    limits = limits_between(topic, parameters, first, until)
    days = (first, *(day for day in change_days(topic, parameters) if first < day < until))
    carried = (*keys, ON) if len(days) > 1 else keys
    settled = settled_facts(items, read, tuple(dict.fromkeys(carried)))
    stretches = [(d, symbolic_topic(topic, parameters, d, topic.vocabulary)) for d in days]
    columns = _criteria(topic, settled, limits, keys) | _outlook(stretches, settled, read)
    criteria = settled.select(**columns)
    return TopicTable(
        topic=topic,
        read=read,
        items=items,
        settled=settled,
        criteria=criteria,
        keys=keys,
    )


def _criteria(
    topic: Topic, settled: ir.Table, limits: Mapping[str, DatedLimit], keys: tuple[str, ...]
) -> dict[str, ir.Value]:
    columns: dict[str, ir.Value] = {key: settled[key] for key in keys}
    for criterion in topic.criteria.values():
        columns[criterion_column(criterion.id)] = condition_value(criterion.when, settled, limits)
        if criterion.presumed:
            columns[presumed_column(criterion.id)] = every(
                settled[fact].isnull() & ~settled[undocumented_column(fact)]
                | some(condition_value(test, settled, limits) for test in tests).fill_null(False)
                for fact, tests in criterion.tests.items()
            )
    return columns


def _outlook(
    stretches: Sequence[tuple[date, SymbolicTopic]], facts: ir.Table, read: FactsRead
) -> dict[str, ir.Value]:
    """Return what documents can still do where the criteria alone do not tell it.

    The columns are :data:`IN_FAVOUR` (some end in a recommendation) and :data:`AGAINST` (all do),
    each only where it is needed on one of the days from which the *stretches* count.
    """
    columns: dict[str, ir.Value] = {}
    if not all(symbolic.reading_tells_in_favour for _, symbolic in stretches):
        hopeful = [(day, symbolic, symbolic.in_favour) for day, symbolic in stretches]
        columns[IN_FAVOUR] = _by_day(hopeful, facts, read)
    if not all(symbolic.reading_tells_settled_for for _, symbolic in stretches):
        safe = [(day, symbolic, symbolic.settled_for) for day, symbolic in stretches]
        columns[AGAINST] = _by_day(safe, facts, read)
    return columns


def _by_day(
    dated: Sequence[tuple[date, SymbolicTopic, Formula]], facts: ir.Table, read: FactsRead
) -> ir.BooleanValue:
    (_, symbolic, formula), *later = dated
    earliest = formula_value(symbolic, formula, facts, read)
    if not later:
        return earliest
    branches = [
        (facts[ON] >= ibis.literal(day), formula_value(symbolic, formula, facts, read))
        for day, symbolic, formula in later[::-1]
    ]
    value: ir.BooleanValue = ibis.cases(*branches, else_=earliest)
    return value


def _conclusion_columns(topic: Topic, criteria: ir.Table) -> dict[str, ir.Value]:
    readings = readings_of(topic, criteria)
    bits = {name: place for place, name in enumerate(topic.criteria)}
    presumed = {name: bits[name] for name, c in topic.criteria.items() if c.presumed}
    met = bits_of(bits, readings.met)

    def presumed_only(name: str) -> ir.BooleanValue:
        return readings.counted(name) & ~readings.met(name)

    in_favour = (
        criteria[IN_FAVOUR]
        if IN_FAVOUR in criteria.columns
        else recommends(topic, readings.possible, readings.met)
    )
    against = (
        criteria[AGAINST]
        if AGAINST in criteria.columns
        else recommends(topic, readings.met, readings.possible)
    )
    return {
        OVERTURNED: recommends(topic, readings.counted, readings.met),
        IN_FAVOUR: in_favour,
        SETTLED: in_favour == against,
        MET: met,
        COUNTED: met + bits_of(presumed, presumed_only) if presumed else met,
        UNKNOWN: bits_of(bits, lambda name: criteria[criterion_column(name)].isnull()),
    }


def _trace_columns(topic: Topic, criteria: ir.Table) -> dict[str, ir.Value]:
    readings = readings_of(topic, criteria)
    columns: dict[str, ir.Value] = {
        criterion_column(name): criteria[criterion_column(name)] for name in topic.criteria
    }
    for route in topic.routes:
        columns[route_column(route.id)] = route_is_open(route, readings.counted, readings.met)
    for place, bar in enumerate(topic.all_bars):
        columns[bar_column(place)] = bar_holds(bar, readings.counted, readings.met)
    return columns
