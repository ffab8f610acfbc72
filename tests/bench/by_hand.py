"""Topics as a person would write them in Polars, to hold the table engine's pace against.

Nothing here comes from the engine: conditions become Polars expressions directly, with the
shortest form Polars has for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from imr_rules.engines.table.facts import facts_read
from imr_rules.engines.table.names import ON, ROW
from imr_rules.engines.table.on_polars import PolarsTopic
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Bar,
    Comparison,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Topic,
    Unless,
)

Reading = Mapping[str, pl.Expr]


def topic_by_hand(
    topic: Topic, parameters: Mapping[str, Parameter], on: date, numbers: frozenset[str]
) -> PolarsTopic:
    """Return *topic* from the day *on*; *numbers* are the facts that are numbers."""
    read = facts_read(topic, parameters, numbers=numbers)
    columns, words = (ROW, ON, *read.columns), read.words
    settled = [pl.col(ROW), pl.col(ON), *(_settled(fact) for fact in words)]
    settled += [pl.col(fact) for fact in columns[2:] if fact not in words]
    presumed = {f for c in topic.criteria.values() if c.presumed for f in c.facts}
    settled += [(pl.col(f) == "undocumented").fill_null(False).alias(f"{f}?") for f in presumed]
    criteria = [pl.col(ROW)]
    criteria += [_test(c.when, parameters, on).alias(c.id) for c in topic.criteria.values()]
    criteria += [
        (~pl.any_horizontal([pl.col(f"{f}?") for f in c.facts])).alias(f"{c.id}?")
        for c in topic.criteria.values()
        if c.presumed
    ]
    met = {name: pl.col(name).fill_null(False) for name in topic.criteria}
    possible = {name: pl.col(name).fill_null(True) for name in topic.criteria}
    counted = dict(met) | {
        c.id: pl.col(c.id).fill_null(pl.col(f"{c.id}?"))
        for c in topic.criteria.values()
        if c.presumed
    }
    in_favour = _recommends(topic, possible, met)
    conclusion = [
        pl.col(ROW),
        _recommends(topic, counted, met).alias("overturned"),
        in_favour.alias("in_favour"),
        (in_favour == _recommends(topic, met, possible)).alias("settled"),
        _bits(met).alias("met"),
        _bits(counted).alias("counted"),
        _bits({name: pl.col(name).is_null() for name in topic.criteria}).alias("unknown"),
    ]
    return PolarsTopic(columns, tuple(settled), tuple(criteria), tuple(conclusion))


def _settled(fact: str) -> pl.Expr:
    return pl.when(pl.col(fact) != "undocumented").then(pl.col(fact)).alias(fact)


def _bits(holds: Reading) -> pl.Expr:
    bits = [expr.cast(pl.Int64) * (1 << place) for place, expr in enumerate(holds.values())]
    return pl.sum_horizontal([pl.lit(0, pl.Int64), *bits])


def _test(condition: Condition, parameters: Mapping[str, Parameter], on: date) -> pl.Expr:
    match condition:
        case FactIs(fact=fact, values=values):
            return pl.col(fact) == values[0] if len(values) == 1 else pl.col(fact).is_in(values)
        case FactKnown(fact=fact):
            return pl.when(pl.col(fact).is_not_null()).then(True)
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            return _compare(pl.col(fact), comparison, _limit(parameters[threshold], on))
        case Not(part=part):
            return ~_test(part, parameters, on)
        case AllOf(parts=parts):
            return pl.all_horizontal([_test(part, parameters, on) for part in parts])
        case AnyOf(parts=parts):
            return pl.any_horizontal([_test(part, parameters, on) for part in parts])
        case AtLeast(count=count, parts=parts):
            tests = [_test(part, parameters, on) for part in parts]
            enough = pl.sum_horizontal([t.fill_null(False).cast(pl.Int16) for t in tests]) >= count
            too_few = pl.sum_horizontal([t.fill_null(True).cast(pl.Int16) for t in tests]) < count
            return pl.when(enough).then(True).when(too_few).then(False)


def _limit(parameter: Parameter, on: date) -> pl.Expr:
    limit = _dated(parameter.values, on)
    for key, dated in parameter.table.items() if parameter.by else ():
        limit = pl.when(pl.col(parameter.by) == key).then(_dated(dated, on)).otherwise(limit)
    return limit


def _dated(values: tuple[tuple[date, float], ...], on: date) -> pl.Expr:
    number = pl.lit(next((n for day, n in values[::-1] if day <= on), None), pl.Float64)
    for day, later in values:
        if day > on:
            number = pl.when(pl.col(ON) >= day).then(later).otherwise(number)
    return number


def _compare(number: pl.Expr, comparison: Comparison, limit: pl.Expr) -> pl.Expr:
    match comparison:
        case Comparison.AT_MOST:
            return number <= limit
        case Comparison.AT_LEAST:
            return number >= limit
        case Comparison.LESS_THAN:
            return number < limit
        case Comparison.MORE_THAN:
            return number > limit


def _recommends(topic: Topic, established: Reading, barring: Reading) -> pl.Expr:
    def free_of(bars: Sequence[Bar]) -> list[pl.Expr]:
        return [
            ~(barring[bar.criterion] & ~_any([established[e] for e in bar.exceptions]))
            if bar.exceptions
            else ~barring[bar.criterion]
            for bar in bars
        ]

    routes = [
        pl.all_horizontal(
            [
                *(established[name] for name in route.applies),
                _required(route.requires, established),
                *free_of(route.bars),
            ]
        )
        for route in topic.routes
    ]
    return pl.all_horizontal([_any(routes), *free_of(topic.bars)])


def _any(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(parts) if parts else pl.lit(False)


def _required(requirement: Requirement, established: Reading) -> pl.Expr:
    match requirement:
        case Ref(criterion=criterion):
            return established[criterion]
        case AllReq(parts=parts):
            if not parts:
                return pl.lit(True)
            return pl.all_horizontal([_required(part, established) for part in parts])
        case AnyReq(parts=parts):
            return _any([_required(part, established) for part in parts])
        case AtLeastReq(count=count, parts=parts):
            met = [_required(part, established).cast(pl.Int16) for part in parts]
            return pl.sum_horizontal(met) >= count
        case Unless(part=part, exceptions=exceptions):
            return _any([*(established[e] for e in exceptions), _required(part, established)])
