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
            LIST_SEPARATOR.join(sorted(deal.sample(catalogue.body_parts, deal.randrange(3)))),
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
