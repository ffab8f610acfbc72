"""Compiled topics run on Polars frames: Ibis translates a topic once, for any number of frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import polars as pl

# Compiling a whole query binds it to one frame and takes milliseconds for every topic and frame.
# The translation of single values is free of the frame, so it is done once a topic.
from ibis.backends.polars.compiler import translate

from imr_rules.engines.table.topic import TopicTable


@dataclass(frozen=True)
class PolarsTopic:
    """A topic as Polars expressions, stage after stage."""

    columns: tuple[str, ...]
    """The columns of the items table that it reads, keys included."""
    settled: tuple[pl.Expr, ...]
    criteria: tuple[pl.Expr, ...]
    conclusion: tuple[pl.Expr, ...]

    def conclude(self, items: pl.LazyFrame) -> pl.LazyFrame:
        """Return the conclusion for each row of *items*."""
        return items.select(self.settled).select(self.criteria).select(self.conclusion)


def polars_topic(table: TopicTable, *, conclusion: ir.Table | None = None) -> PolarsTopic:
    """Translate *table*, by default with its plain *conclusion*."""
    return PolarsTopic(
        columns=tuple(table.items.columns),
        settled=_expressions(table.settled),
        criteria=_expressions(table.criteria),
        conclusion=_expressions(table.conclusion if conclusion is None else conclusion),
    )


def _expressions(selected: ir.Table) -> tuple[pl.Expr, ...]:
    values: Mapping[str, object] = selected.op().values
    return tuple(translate(value).alias(name) for name, value in values.items())
