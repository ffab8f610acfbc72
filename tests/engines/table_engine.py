"""The table engine asked for one item: what corpora get, as a trace to hold against the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from imr_rules.engines.model import Facts, Status, Trace, verdict_of
from imr_rules.engines.table.facts import FactsRead
from imr_rules.engines.table.names import ON, ROW, bar_column, criterion_column, route_column
from imr_rules.engines.table.on_polars import polars_topic
from imr_rules.engines.table.topic import (
    COUNTED,
    IN_FAVOUR,
    OVERTURNED,
    SETTLED,
    compile_topic,
)
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.guidelines.model import Parameter, Topic

_STATUS = {True: Status.MET, False: Status.UNMET, None: Status.UNKNOWN}


class TableEngine:
    """The table engine on Polars, a row an item; made for corpora, slow for one item."""

    name = "table"

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic* on the day *on*."""
        return self.traces(topic, parameters, [(on, facts)])[0]

    def traces(
        self,
        topic: Topic,
        parameters: Mapping[str, Parameter],
        asked: Sequence[tuple[date, Facts]],
    ) -> list[Trace]:
        """Decide fact sheets of one *topic*, each on its day, in one go."""
        table = compile_topic(topic, parameters)
        frame = items_frame(table.read, asked).lazy()
        rows = polars_topic(table, conclusion=table.trace).conclude(frame).collect().sort(ROW)
        return [trace_of(topic, row) for row in rows.to_dicts()]


def items_frame(read: FactsRead, asked: Sequence[tuple[date, Facts]]) -> pl.DataFrame:
    """Return an items table with a row for each day and fact sheet of *asked*."""
    columns: dict[str, pl.Series] = {
        ROW: pl.Series(ROW, range(len(asked)), pl.Int64),
        ON: pl.Series(ON, [on for on, _ in asked], pl.Date),
    }
    for fact in read.words:
        words = [_word(facts.get(fact)) for _, facts in asked]
        columns[fact] = pl.Series(fact, words, pl.String)
    for fact in read.numbers:
        numbers = [_number(facts.get(fact)) for _, facts in asked]
        columns[fact] = pl.Series(fact, numbers, pl.Float64)
    return pl.DataFrame(columns)


def _word(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _number(value: Value | None) -> float | None:
    if value is None or value == UNDOCUMENTED:
        return None
    try:
        return float(value)
    except (OverflowError, ValueError):
        # Beyond every float, or no number at all: it is known to be there and settles nothing.
        return float("inf")


def trace_of(topic: Topic, row: Mapping[str, Any]) -> Trace:
    """Return the trace that *row* of :attr:`TopicTable.trace` stands for."""
    return Trace(
        verdict=verdict_of(recommended=row[OVERTURNED], in_favour=row[IN_FAVOUR]),
        statuses={name: _STATUS[row[criterion_column(name)]] for name in topic.criteria},
        counted=frozenset(
            name for place, name in enumerate(topic.criteria) if row[COUNTED] >> place & 1
        ),
        routes={route.id: row[route_column(route.id)] for route in topic.routes},
        barred_by=tuple(
            bar.criterion for place, bar in enumerate(topic.all_bars) if row[bar_column(place)]
        ),
        settled=row[SETTLED],
    )
