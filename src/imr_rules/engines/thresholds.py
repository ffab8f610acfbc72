"""The numbers of a topic as they stand on a day, resolved once for all the days they stand."""

from __future__ import annotations

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite, isnan
from typing import Any

from imr_rules.facts.model import Value
from imr_rules.guidelines.model import Comparison, Parameter, Topic

COMPARE: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.AT_MOST: operator.le,
    Comparison.AT_LEAST: operator.ge,
    Comparison.LESS_THAN: operator.lt,
    Comparison.MORE_THAN: operator.gt,
}
"""How a number is held against a threshold: numbers of Python, and columns of them."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold on a day: *default*, or what *table* holds for the value of the fact *by*.

    None is a number that was not yet in force.
    """

    default: float | None
    by: str = ""
    table: tuple[tuple[str, float | None], ...] = ()

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that it can be, those not yet in force left out."""
        found = (self.default, *(number for _, number in self.table))
        return tuple(dict.fromkeys(number for number in found if number is not None))


def limit_on(parameter: Parameter, on: date) -> Limit:
    """Return *parameter* as it stands on the day *on*."""
    if not parameter.by:
        return Limit(_settling(parameter.on(on)))
    table = tuple((key, _settling(parameter.on(on, key))) for key in parameter.table)
    return Limit(_settling(parameter.on(on)), parameter.by, table)


def limits_on(topic: Topic, parameters: Mapping[str, Parameter], on: date) -> Mapping[str, Limit]:
    """Return the limits that the criteria of *topic* name, as they stand on the day *on*."""
    return {name: limit_on(parameters[name], on) for name in topic.thresholds}


def change_days(topic: Topic, parameters: Mapping[str, Parameter]) -> tuple[date, ...]:
    """Return the days on which a number that *topic* reads takes effect, oldest first."""
    days: set[date] = set()
    for name in topic.thresholds:
        parameter = parameters[name]
        for dated in (parameter.values, *parameter.table.values()):
            days.update(day for day, _ in dated)
    return tuple(sorted(days))


def span_of(days: tuple[date, ...], on: date) -> int:
    """Return which stretch between two *days* the day *on* falls in; numbers differ only there."""
    return bisect_right(days, on)


def number_of(value: Value | None) -> float | None:
    """Return *value* if it is a number that can be held against a threshold, else None.

    What is no finite number (``inf``, ``nan``, an integer beyond every float) settles nothing.
    """
    if value is None or isinstance(value, str):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _settling(number: float | None) -> float | None:
    """Return *number* unless nothing can be held against it (``nan``)."""
    return None if number is None or isnan(number) else number
