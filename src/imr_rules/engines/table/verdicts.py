"""Criteria → the conclusion: how a topic reads them, as ``engines/reference.py`` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from imr_rules.engines.table.conditions import every, number_of_true, some
from imr_rules.engines.table.names import criterion_column, presumed_column
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Bar,
    Ref,
    Requirement,
    Route,
    Topic,
    Unless,
)

Holds = Callable[[str], ir.BooleanValue]
"""Whether a criterion holds in one reading, never null."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What each criterion counts as: *met*, *counted* with presumptions, or still *possible*."""

    met: Holds
    counted: Holds
    possible: Holds


def readings_of(topic: Topic, criteria: ir.Table) -> Readings:
    """Return the readings over the columns of *criteria*."""
    columns = {name: criteria[criterion_column(name)] for name in topic.criteria}
    met = {name: column.fill_null(False) for name, column in columns.items()}
    counted = dict(met)
    for criterion in topic.criteria.values():
        if criterion.presumed:
            # Where it is unknown it counts as its presumption does; elsewhere its status stands.
            presumed = criteria[presumed_column(criterion.id)]
            counted[criterion.id] = columns[criterion.id].fill_null(presumed)
    possible = {name: column.fill_null(True) for name, column in columns.items()}
    return Readings(met.__getitem__, counted.__getitem__, possible.__getitem__)


def recommends(topic: Topic, established: Holds, barring: Holds) -> ir.BooleanValue:
    """Return whether a route is open and no topic-wide bar holds."""
    is_open = some(route_is_open(route, established, barring) for route in topic.routes)
    return every([is_open, *(~bar_holds(bar, established, barring) for bar in topic.bars)])


def route_is_open(route: Route, established: Holds, barring: Holds) -> ir.BooleanValue:
    """Return whether *route* applies, has what it requires, and is not barred."""
    return every(
        [
            *map(established, route.applies),
            requirement_value(route.requires, established),
            *(~bar_holds(bar, established, barring) for bar in route.bars),
        ]
    )


def bar_holds(bar: Bar, established: Holds, barring: Holds) -> ir.BooleanValue:
    """Return whether *bar* rules the treatment out, no exception to it being established."""
    holds = barring(bar.criterion)
    return holds & ~some(map(established, bar.exceptions)) if bar.exceptions else holds


def requirement_value(requirement: Requirement, established: Holds) -> ir.BooleanValue:
    """Return whether what is *established* satisfies *requirement*."""
    match requirement:
        case Ref(criterion=criterion):
            return established(criterion)
        case AllReq(parts=parts):
            return every(requirement_value(part, established) for part in parts)
        case AnyReq(parts=parts):
            return some(requirement_value(part, established) for part in parts)
        case AtLeastReq(count=count, parts=parts):
            return number_of_true(requirement_value(part, established) for part in parts) >= count
        case Unless(part=part, exceptions=exceptions):
            return some([*map(established, exceptions), requirement_value(part, established)])


def bits_of(bits: Mapping[str, int], holds: Holds) -> ir.IntegerValue:
    """Return the criteria that hold as one number, each at the place that *bits* gives it."""
    total: ir.IntegerValue = ibis.literal(0, "int64")
    for name, place in bits.items():
        total = total + holds(name).cast("int64") * (1 << place)
    return total
