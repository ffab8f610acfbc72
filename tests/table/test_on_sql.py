"""The same conclusions by SQL as on Polars."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from imr_rules.engines.table.sql import Dialect
from imr_rules.errors import InputError
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import CONCLUDED, TableRules, conclude
from imr_rules.table.on_sql import conclude_by_sql
from imr_rules.table.parts import batches, part_files, write_parts
from imr_rules.table.statement import topic_statement
from imr_rules.table.warehouse import Warehouse, warehouse_named

needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None or shutil.which("java") is None,
    reason="needs the extra spark and Java 17",
)


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("spark://local[2]", marks=[needs_spark, pytest.mark.spark]),
    ]
)
def warehouse(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """Each backend of SQL in turn."""
    with warehouse_named(request.param) as found:
        yield found


@pytest.mark.filterwarnings("ignore:.*:ResourceWarning")
def test_every_backend_concludes_as_polars_does(
    warehouse: Warehouse,
    items: pl.DataFrame,
    rules: TableRules,
    knowledge: Knowledge,
    tmp_path: Path,
) -> None:
    """Cases, some of them with operations and what goes with them, end alike bit by bit."""
    with_services = items.filter(pl.col("parent_item").is_not_null())["letter"].unique().sort()
    others = items["letter"].unique().sort().head(12)
    few = items.filter(pl.col("letter").is_in([*with_services, *others]))
    folder = tmp_path / "facts.parquet"
    write_parts(few, folder, "part")
    read = pl.concat(list(batches(folder, knowledge.vocabulary, Basis.REVIEW)))
    expected = pl.concat([read.select("letter", "item"), conclude(read, rules)], how="horizontal")
    found = conclude_by_sql(part_files(folder, Basis.REVIEW), rules, warehouse, Basis.REVIEW)
    alike = found.select("letter", "item", *CONCLUDED).cast(dict(expected.schema))
    assert alike.sort("letter", "item").equals(expected.sort("letter", "item"))
    assert with_services.len() > 0


def test_an_unknown_backend_is_refused() -> None:
    """The message names the backends that there are."""
    with pytest.raises(InputError, match="polars, duckdb or spark"), warehouse_named("oracle"):
        pass


@pytest.mark.parametrize("dialect", Dialect)
def test_a_statement_explains_every_column_it_reads_and_makes(
    knowledge: Knowledge, dialect: Dialect
) -> None:
    """Whoever gets the SQL needs nothing else to fill its table and to read its answer."""
    edition = knowledge.library.editions["mtus-2009"]
    topic = edition.topics["carisoprodol"]
    text = topic_statement(edition, topic, knowledge, dialect)
    for fact in topic.facts:
        assert f"--   {fact}: " in text
    for criterion in topic.criteria.values():
        assert criterion.statement in text
    assert str(date(2009, 7, 18)) in text
