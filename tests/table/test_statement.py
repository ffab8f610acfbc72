"""A topic's SQL decides the rows that the topic governs, and tells them apart."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import ibis
import polars as pl
import pytest

from imr_rules.engines.table.names import ON
from imr_rules.engines.table.sql import Dialect, sql_text
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules, conclude
from imr_rules.table.governed import SELECTED, governed_rows
from imr_rules.table.schema import LIST_SEPARATOR
from imr_rules.table.selection import RequestKey, Selector
from imr_rules.table.statement import topic_statement
from imr_rules.treatments.model import Phase

_EVERY = 9
"""Of the topics each so many is held against the search; all together take half a minute."""


def requests(knowledge: Knowledge) -> list[RequestKey]:
    """Return each treatment and each category, of several parts of the body and phases."""
    catalogue, deal = knowledge.library.catalogue, random.Random(3)
    kinds = [(t.id, t.category) for t in catalogue.treatments.values()]
    kinds += [(t.id, catalogue.ancillary_category or "") for t in catalogue.treatments.values()
              if catalogue.categories[t.category].ancillary_when]  # fmt: skip
    named = [*kinds, *((None, category) for category in catalogue.categories)]
    return [
        (
            treatment,
            category,
            LIST_SEPARATOR.join(deal.sample(catalogue.body_parts, deal.randrange(3))),
            deal.choice([None, *Phase]),
        )
        for treatment, category in named
        for _ in range(3)
    ]


def test_the_rows_a_statement_takes_are_those_its_topic_governs(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    """On every day, for every treatment, as the search of the guidelines has it."""
    selector = Selector(knowledge.library)
    days = [(n, day) for n, day in enumerate(selector.change_days, start=1)]
    asked = [(key, stretch, day) for key in requests(knowledge) for stretch, day in days]
    found = selector.places((key, stretch) for key, stretch, _ in asked)
    table = tmp_path / "facts.parquet"
    rows = [(n, *key, day) for n, (key, _, day) in enumerate(asked)]
    pl.DataFrame(rows, schema=["row", *SELECTED, ON], orient="row").write_parquet(table)
    facts = ibis.table({"row": "int64", **SELECTED, ON: "date"}, name="facts")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW facts AS FROM '{table}'")
        tried = 0
        for place, governor in enumerate(selector.governors):
            scope = governor.topic.applies_to
            if place % _EVERY and not (scope.phases and scope.body_parts):
                continue
            condition = governed_rows(facts, governor.edition, governor.topic, knowledge.library)
            statement = sql_text(facts.filter(condition).select("row"), Dialect.DUCKDB)
            taken = {row for (row,) in connection.execute(statement).fetchall()}
            governed = {n for n, (key, s, _) in enumerate(asked) if found[key, s] == place}
            assert governed == taken, governor.key
            tried += bool(governed)
    assert tried >= 20


@pytest.mark.parametrize("name", ["mtus-2009/opioids", "acoem-2004/low-back-mri-ct"])
def test_a_statement_decides_its_rows_of_a_facts_table_as_the_engine_does(
    knowledge: Knowledge, rules: TableRules, items: pl.DataFrame, tmp_path: Path, name: str
) -> None:
    """Run on what extract writes, it gives each item of the topic once a basis, and no other."""
    table = tmp_path / "facts.parquet"
    items.write_parquet(table)
    keys = ["letter", "case_number", "item", "basis"]
    each = [items.filter(basis=str(basis)) for basis in Basis]
    decided = pl.concat(
        pl.concat([known.select(keys), conclude(known, rules)], how="horizontal") for known in each
    )
    ((edition, topic),) = knowledge.library.topics_named(name)
    places = [governor.key for governor in rules.selector.governors]
    mine = decided.filter(place=places.index((edition.id, topic.id)))
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW facts AS FROM '{table}'")
        found = connection.execute(topic_statement(edition, topic, knowledge, Dialect.DUCKDB))
        columns = [column for column, *_ in found.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
    assert len(mine) > 2
    assert {"record", "review"} == {row["basis"] for row in rows}
    assert set(mine.select(*keys, "overturned").rows()) == {
        (*(row[key] for key in keys), row["overturned"]) for row in rows
    }
    assert len(mine) == len(rows)


def test_a_statement_leaves_out_what_hangs_on_an_item_that_it_does_not_decide(
    knowledge: Knowledge, rules: TableRules, items: pl.DataFrame, tmp_path: Path
) -> None:
    """Until it is told what became of that item; then it decides as the engine does."""
    own = items.filter(basis="record")
    keys = ["letter", "case_number", "item", "basis"]
    decided = pl.concat([own.select(keys), conclude(own, rules)], how="horizontal")
    approved = decided.select(
        "letter", pl.col("item").alias("parent_item"),
        pl.when("overturned").then(pl.lit("approved")).otherwise(pl.lit("not_approved"))
        .alias("told"),
    )  # fmt: skip
    kind = own.schema["parent_service"]
    filled = own.join(approved, on=["letter", "parent_item"], how="left").with_columns(
        pl.coalesce("parent_service", pl.col("told").cast(kind))
    )
    places = [governor.key for governor in rules.selector.governors]
    hanging = decided.with_columns(own["parent_item"]).filter(pl.col("parent_item").is_not_null())
    topics = {places[place] for place in hanging["place"] if place is not None}
    assert len(topics) > 3
    for key in topics:
        mine = decided.filter(place=places.index(key))
        ((edition, topic),) = knowledge.library.topics_named("/".join(key))
        statement = topic_statement(edition, topic, knowledge, Dialect.DUCKDB)
        open_rows = len(hanging.filter(place=places.index(key))) * ("parent_item" in statement)
        for table, missing in ((own, open_rows), (filled, 0)):
            table.write_parquet(tmp_path / "facts.parquet")
            with duckdb.connect() as connection:
                connection.execute(f"CREATE VIEW facts AS FROM '{tmp_path / 'facts.parquet'}'")
                found = connection.execute(statement)
                at = [[column for column, *_ in found.description or ()].index(k) for k in
                      (*keys, "overturned")]  # fmt: skip
                outcomes = {tuple(row[place] for place in at) for row in found.fetchall()}
            assert outcomes <= set(mine.select(*keys, "overturned").rows()), key
            assert len(mine) - missing == len(outcomes), key
