"""Rows of a facts table → their conclusions, by SQL: on DuckDB, or on Spark, local or a cluster.

The statements are those of the same Ibis expressions that run on Polars; this file only puts them
in order, because an item that accompanies another is decided after it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import polars as pl

from imr_rules.engines.table.facts import facts_read
from imr_rules.engines.table.names import ON
from imr_rules.engines.table.sql import Dialect, sql_text
from imr_rules.engines.table.topic import CONCLUSION, IN_FAVOUR, OVERTURNED, topic_over
from imr_rules.facts.model import Basis, ServiceFate
from imr_rules.table.evaluate import HANGS_ON_PARENT, PLACE, TableRules
from imr_rules.table.schema import (
    ACTUAL,
    BASIS,
    CASE_NUMBER,
    CATEGORY,
    ITEM,
    LETTER,
    PARENT_ITEM,
    SELECTED_BY,
    table_schema,
)
from imr_rules.table.warehouse import Warehouse

_IF_APPROVED = "if_approved"
"""Whether a row is decided as if documents had got the item that it accompanies approved."""
_ITEM_KEYS = (LETTER, ITEM, BASIS)
_KEY_TYPES = {LETTER: "string", ITEM: "int32", BASIS: "string", _IF_APPROVED: "boolean"}
_KEYS = tuple(_KEY_TYPES)
_STRETCH = "stretch"
_ABOUT = (*_ITEM_KEYS, CASE_NUMBER, CATEGORY, ACTUAL, ON, PARENT_ITEM)
"""What conclusions carry or need of an item beside its facts."""
TOPICS_PER_STATEMENT = 16
"""Few enough for the planner of Spark to hold, enough that a statement's start does not matter."""
_IBIS_TYPES: Mapping[type[pl.DataType], str] = {
    pl.String: "string", pl.Enum: "string", pl.Int32: "int32", pl.Float64: "float64",
    pl.Date: "date", pl.Boolean: "boolean",
}  # fmt: skip


def conclude_by_sql(
    files: Sequence[Path], rules: TableRules, warehouse: Warehouse, basis: Basis
) -> pl.DataFrame:
    """Return a conclusion for each item of *basis* in the Parquet *files*, in any order.

    Beside the columns of :func:`imr_rules.table.evaluate.conclude` there are those that tell the
    item apart, its category and what was decided.

    Raises:
        InputError: the table was made with a catalogue that has other treatments.
    """
    with tempfile.TemporaryDirectory(prefix="imr-rules-") as name:
        folder = Path(name)
        items = _items(warehouse.read("items_read", files), rules, basis)
        selection, places = _selection(items, rules, warehouse, folder)
        asked = _governed(items, selection, _facts_at(places, rules))
        warehouse.keep("items", sql_text(asked, warehouse.dialect))
        governed = ibis.table(asked.schema(), name="items")
        alone = governed.filter(governed[PARENT_ITEM].isnull()).mutate(
            **{_IF_APPROVED: ibis.literal(False)}
        )
        warehouse.view("independents", sql_text(alone, warehouse.dialect))
        _keep_decided("independents", "independent", rules, warehouse)
        decided = ibis.table(_decided_schema(), name="independent")
        told = _told_of_parents(governed, decided, rules)
        warehouse.keep("children", sql_text(told, warehouse.dialect))
        _keep_decided("children", "accompanying", rules, warehouse)
        every = decided.union(ibis.table(_decided_schema(), name="accompanying"))
        joined = _joined(governed.select(*_ITEM_KEYS, CASE_NUMBER, CATEGORY, ACTUAL, PLACE), every)
        found = warehouse.write(sql_text(joined, warehouse.dialect), folder)
        return pl.concat([pl.read_parquet(file, hive_partitioning=False) for file in found])


def _items(present: frozenset[str], rules: TableRules, basis: Basis) -> ir.Table:
    """Return the items as read, with every column that the vocabulary has."""
    schema = {
        name: _IBIS_TYPES[type(kind)]
        for name, kind in table_schema(rules.knowledge.vocabulary).items()
    }
    read = ibis.table(
        {name: kind for name, kind in schema.items() if name in present}, "items_read"
    )
    columns = {
        name: read[name].cast(kind) if name in present else ibis.null(kind)
        for name, kind in schema.items()
    }
    stretch = ibis.literal(0, "int32")
    days = list(enumerate(rules.selector.change_days, start=1))
    branches = [(read[ON] >= ibis.literal(day), ibis.literal(n, "int32")) for n, day in days[::-1]]
    if branches:
        stretch = ibis.cases(*branches, else_=stretch)
    return read.select(**columns, **{_STRETCH: stretch}).filter(lambda t: t[BASIS] == basis.value)


def _selection(
    items: ir.Table, rules: TableRules, warehouse: Warehouse, folder: Path
) -> tuple[ir.Table, frozenset[int]]:
    """Return the table of what governs each kind of item, and the places that it names."""
    by = [*SELECTED_BY, _STRETCH]
    kinds = warehouse.rows(sql_text(items.select(*by).distinct(), warehouse.dialect))
    places = rules.selector.places(((k[0], k[1], k[2], k[3]), k[4]) for k in kinds)
    frame = pl.DataFrame(
        [(*key, stretch, place) for (key, stretch), place in places.items()],
        schema={**dict.fromkeys(SELECTED_BY, pl.String), _STRETCH: pl.Int32, PLACE: pl.Int32},
        orient="row",
    )
    file = folder / "selection.parquet"
    frame.write_parquet(file)
    warehouse.read("selection", [file])
    kinds_schema = dict.fromkeys(SELECTED_BY, "string") | {_STRETCH: "int32", PLACE: "int32"}
    named = frozenset(place for place in places.values() if place is not None)
    return ibis.table(kinds_schema, name="selection"), named


def _facts_at(places: frozenset[int], rules: TableRules) -> frozenset[str]:
    """Return the facts that the topics at *places* read, and those that tell of a parent."""
    governors = (rules.governors[place] for place in places)
    read = (facts_read(g.topic, g.edition.parameters, numbers=rules.numbers) for g in governors)
    return frozenset(rules.parent_facts).union(*(facts.columns for facts in read))


def _governed(items: ir.Table, selection: ir.Table, facts: frozenset[str]) -> ir.Table:
    """Return the items with the place of the topic that governs each, and of their facts *facts*.

    Corpora have hundreds of facts, which no backend should carry along for nothing.
    """
    same = [items[name].identical_to(selection[name]) for name in SELECTED_BY]
    joined = items.left_join(selection, [items[_STRETCH] == selection[_STRETCH], *same])
    columns = [name for name in items.columns if name in facts or name in _ABOUT]
    # Sorted, each topic's rows stand together, and a scan for them can leave out the rest.
    return joined.select(*(items[name] for name in columns), selection[PLACE]).order_by(PLACE)


def _decided_schema() -> dict[str, str]:
    return _KEY_TYPES | CONCLUSION


def _keep_decided(table: str, name: str, rules: TableRules, warehouse: Warehouse) -> None:
    """Keep the conclusions on the rows of *table* as the table *name*."""
    rows = warehouse.rows(f"SELECT DISTINCT {PLACE} FROM {table}")
    places = sorted(row[0] for row in rows if row[0] is not None)
    parts = [f"({_topic_sql(table, place, rules, warehouse.dialect)})" for place in places]
    nothing = ibis.table(_KEY_TYPES, name=table).limit(0)
    empty = nothing.mutate(**{k: ibis.null(kind) for k, kind in CONCLUSION.items()})
    # Joined as text: Ibis takes seconds to build a union of a hundred selects.
    parts = parts or [sql_text(empty, warehouse.dialect)]
    groups = [
        parts[start : start + TOPICS_PER_STATEMENT]
        for start in range(0, len(parts), TOPICS_PER_STATEMENT)
    ]
    for number, group in enumerate(groups):
        warehouse.keep(f"{name}_{number}", "\nUNION ALL\n".join(group))
    every = (f"SELECT * FROM {name}_{number}" for number in range(len(groups)))
    warehouse.view(name, "\nUNION ALL\n".join(every))


def _topic_sql(table: str, place: int, rules: TableRules, dialect: Dialect) -> str:
    """Return the statement of a topic; writing one takes Ibis some 50 ms."""
    key = (table, place, dialect.value)
    if key not in rules.statements:
        rules.statements[key] = sql_text(_topic_conclusions(table, place, rules), dialect)
    return rules.statements[key]


def _topic_conclusions(table: str, place: int, rules: TableRules) -> ir.Table:
    governor = rules.governors[place]
    parameters = governor.edition.parameters
    read = facts_read(governor.topic, parameters, numbers=rules.numbers)
    # Only what the topic reads: Ibis goes through every column of a table at every step.
    columns: dict[str, str] = {**_KEY_TYPES, ON: "date", PLACE: "int32", PARENT_ITEM: "int32"}
    columns |= dict.fromkeys(read.words, "string") | dict.fromkeys(read.numbers, "float64")
    items = ibis.table(columns, name=table)
    return topic_over(
        items.filter(items[PLACE] == place),
        governor.topic,
        parameters,
        read,
        keys=_KEYS,
        first=governor.first,
        until=governor.until,
    ).conclusion


def _joined(about: ir.Table, decided: ir.Table) -> ir.Table:
    """Return *about* with the conclusions, and whether documents on the parent lift a bar."""
    told = decided.filter(~decided[_IF_APPROVED])
    if_approved = decided.filter(decided[_IF_APPROVED])
    hoped = if_approved.select(
        *_ITEM_KEYS, hopeful=if_approved[OVERTURNED] | if_approved[IN_FAVOUR]
    )
    joined = about.left_join(told, list(_ITEM_KEYS)).select(*about.columns, *CONCLUSION)
    both = joined.left_join(hoped, list(_ITEM_KEYS))
    barred = ~both[OVERTURNED] & ~both[IN_FAVOUR]
    hangs = barred & both["hopeful"].fill_null(False)
    return both.select(*joined.columns, **{HANGS_ON_PARENT: hangs})


def _told_of_parents(governed: ir.Table, decided: ir.Table, rules: TableRules) -> ir.Table:
    """Return the items that accompany another, told what became of it.

    Those told that it is not approved, though documents could get it approved, come once more,
    told that it is.
    """
    outcomes = decided.select(*_ITEM_KEYS, OVERTURNED, IN_FAVOUR)
    others = governed.select(*_ITEM_KEYS).left_join(outcomes, list(_ITEM_KEYS))
    outcome = others.select(
        parent_letter=others[LETTER],
        above=others[ITEM],
        parent_basis=others[BASIS],
        approved=others[OVERTURNED].fill_null(False),
        hopeful=~others[OVERTURNED] & others[IN_FAVOUR],
    )
    children = governed.filter(governed[PARENT_ITEM].notnull())
    joined = children.left_join(
        outcome,
        [
            children[LETTER] == outcome["parent_letter"],
            children[BASIS] == outcome["parent_basis"],
            children[PARENT_ITEM] == outcome["above"],
        ],
    )
    approved = joined["approved"]
    fate = ibis.cases(
        (approved, ServiceFate.APPROVED.value), (~approved, ServiceFate.NOT_APPROVED.value),
        else_=ibis.null("string"),
    )  # fmt: skip

    def told(rows: ir.Table, fate: ir.Value, *, if_approved: bool) -> ir.Table:
        columns = {
            name: fate if name in rules.parent_facts else rows[name] for name in governed.columns
        }
        return rows.select(**columns, **{_IF_APPROVED: ibis.literal(if_approved)})

    hoped = joined.filter(joined["hopeful"])
    approval = ibis.literal(ServiceFate.APPROVED.value)
    return told(joined, fate, if_approved=False).union(told(hoped, approval, if_approved=True))
