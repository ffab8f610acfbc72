"""Parameters → Ibis numbers: by the day of the item, and by the value of an enum fact."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan

import ibis
import ibis.expr.types as ir

from imr_rules.engines.table.names import ON
from imr_rules.guidelines.model import Parameter, Topic

Steps = tuple[tuple[date, float | None], ...]
"""A number by the day from which it holds, the first of them from the first day asked about."""


@dataclass(frozen=True, slots=True)
class DatedLimit:
    """A threshold over a stretch of days: *default*, or what *table* holds for the fact *by*."""

    default: Steps
    by: str = ""
    table: tuple[tuple[str, Steps], ...] = ()


def limits_between(
    topic: Topic, parameters: Mapping[str, Parameter], first: date, until: date
) -> Mapping[str, DatedLimit]:
    """Return the limits that *topic* names, for the days from *first* and before *until*.

    Numbers that never hold in that stretch are left out, so that most limits are one number.
    """
    limits: dict[str, DatedLimit] = {}
    for name in topic.thresholds:
        parameter = parameters[name]
        table = parameter.table if parameter.by else {}
        limits[name] = DatedLimit(
            _steps(parameter.values, first, until),
            parameter.by,
            tuple((key, _steps(dated, first, until)) for key, dated in table.items()),
        )
    return limits


def limit_value(limit: DatedLimit, facts: ir.Table) -> ir.FloatingValue:
    """Return *limit* as a number over the rows of *facts*, null where none is in force."""
    default = _dated_value(limit.default, facts)
    if not limit.table:
        return default
    branches = [(facts[limit.by] == key, _dated_value(at, facts)) for key, at in limit.table]
    value: ir.FloatingValue = ibis.cases(*branches, else_=default)
    return value


def _steps(dated: tuple[tuple[date, float], ...], first: date, until: date) -> Steps:
    # The loader sorts them; a parameter made by hand need not be, and its last entry then wins.
    days = [day for day, _ in dated]
    if days != sorted(days):
        dated = tuple(sorted(dated, key=lambda entry: entry[0]))
        days = [day for day, _ in dated]
    start = bisect_right(days, first)
    before = _settling(dated[start - 1][1]) if start else None
    later = ((day, _settling(number)) for day, number in dated[start:] if day < until)
    return ((first, before), *later)


def _settling(number: float) -> float | None:
    return None if isnan(number) else float(number)


def _dated_value(steps: Steps, facts: ir.Table) -> ir.FloatingValue:
    numbers = [ibis.null("float64") if n is None else ibis.literal(n, "float64") for _, n in steps]
    if len(steps) == 1:
        return numbers[0]
    latest_first = list(zip(steps, numbers, strict=True))[:0:-1]
    branches = [(facts[ON] >= ibis.literal(day), number) for (day, _), number in latest_first]
    value: ir.FloatingValue = ibis.cases(*branches, else_=numbers[0])
    return value
