"""The table engine: any pack, any fact sheet, a column for each fact, on every backend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.sample_topics import criterion, threshold, topic
from tests.engines.strategies import AS_OF, cases, fact_sheets, packs
from tests.engines.table_engine import TableEngine, items_frame, trace_of

from imr_rules.engines.model import Trace
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.engines.table import CONCLUSION, compile_topic
from imr_rules.engines.table.names import ROW
from imr_rules.engines.table.on_polars import polars_topic
from imr_rules.engines.table.sql import Dialect, sql_text
from imr_rules.errors import PackError
from imr_rules.facts.model import Value
from imr_rules.guidelines.model import (
    AtLeast,
    Comparison,
    FactCompares,
    FactIs,
    FactKnown,
    Parameter,
    Topic,
)

Asked = tuple[Topic, dict[str, Parameter], date, dict[str, Value]]

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
some = settings(many, max_examples=15)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory."""
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for items that every example overwrites."""
    return tmp_path_factory.mktemp("items")


@many
@given(asked=cases())
def test_polars_agrees_with_reference_on_every_field(
    reference: ReferenceEngine, asked: Asked
) -> None:
    """Expressions over columns give the same trace as plain evaluation."""
    assert TableEngine().trace(*asked) == reference.trace(*asked)


@some
@given(asked=cases(most_criteria=3, widest=30))
def test_polars_agrees_on_wide_criteria(reference: ReferenceEngine, asked: Asked) -> None:
    """Nodes of thirty parts and enums of thirty values keep their meaning."""
    assert TableEngine().trace(*asked) == reference.trace(*asked)


@some
@given(pack=packs(), data=st.data())
def test_many_rows_are_decided_each_on_its_own_day(
    reference: ReferenceEngine, pack: tuple[Topic, dict[str, Parameter]], data: st.DataObject
) -> None:
    """Rows of one table do not touch each other, and each has the numbers of its own day."""
    topic, parameters = pack
    sheets = st.tuples(st.sampled_from(AS_OF), fact_sheets(topic, parameters))
    asked = data.draw(st.lists(sheets, min_size=1, max_size=12))
    expected = [reference.trace(topic, parameters, on, facts) for on, facts in asked]
    assert TableEngine().traces(topic, parameters, asked) == expected


@some
@given(pack=packs(), data=st.data())
def test_duckdb_agrees_with_reference_on_every_field(
    reference: ReferenceEngine,
    warehouse: duckdb.DuckDBPyConnection,
    folder: Path,
    pack: tuple[Topic, dict[str, Parameter]],
    data: st.DataObject,
) -> None:
    """The SQL that is printed for DuckDB gives the same trace as plain evaluation."""
    topic, parameters = pack
    sheets = st.tuples(st.sampled_from(AS_OF), fact_sheets(topic, parameters))
    asked = data.draw(st.lists(sheets, min_size=1, max_size=12))
    expected = [reference.trace(topic, parameters, on, facts) for on, facts in asked]
    assert _traces_by_sql(warehouse, folder, topic, parameters, asked) == expected


def test_duckdb_takes_nan_for_no_number_whatever_the_file_tells_of_its_column(
    reference: ReferenceEngine, warehouse: duckdb.DuckDBPyConnection, folder: Path
) -> None:
    """The bounds that a Parquet file states of a column leave NaN out; the answer does not."""
    sample = topic([criterion("visits", FactCompares("n0", Comparison.AT_LEAST, "p"))])
    numbers = {"p": threshold(6)}
    day = date(2017, 1, 3)
    asked: list[tuple[date, dict[str, Value]]] = [
        (day, {"n0": number}) for number in (24.0, float("nan"), 3.5, 27.0)
    ]
    expected = [reference.trace(sample, numbers, on, facts) for on, facts in asked]
    assert _traces_by_sql(warehouse, folder, sample, numbers, asked) == expected


def _traces_by_sql(
    warehouse: duckdb.DuckDBPyConnection,
    folder: Path,
    topic: Topic,
    parameters: dict[str, Parameter],
    asked: list[tuple[date, dict[str, Value]]],
) -> list[Trace]:
    table = compile_topic(topic, parameters)
    items = folder / "items.parquet"
    items_frame(table.read, asked).write_parquet(items)
    warehouse.sql(f"CREATE OR REPLACE VIEW items AS SELECT * FROM '{items}'")
    found = warehouse.sql(sql_text(table.trace, Dialect.DUCKDB))
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return [trace_of(topic, row) for row in sorted(rows, key=lambda row: row[ROW])]


@some
@given(asked=cases())
def test_numbers_compiled_for_a_stretch_of_days_are_those_of_its_days(
    reference: ReferenceEngine, asked: Asked
) -> None:
    """A topic compiled for one day only decides that day as one compiled for all days does."""
    topic, parameters, on, facts = asked
    table = compile_topic(topic, parameters, first=on, until=on + timedelta(days=1))
    frame = items_frame(table.read, [(on, facts)]).lazy()
    row = polars_topic(table, conclusion=table.trace).conclude(frame).collect().to_dicts()[0]
    assert trace_of(topic, row) == reference.trace(*asked)


def test_a_conclusion_holds_every_status_in_two_sets_of_bits() -> None:
    """Bit by bit, in the order of the topic, a conclusion tells what is met and what unknown."""
    sample = topic(
        [
            criterion("spasm", FactIs("y0", ("yes",))),
            criterion("few", FactCompares("n0", Comparison.AT_MOST, "p")),
            criterion("side", FactKnown("e0")),
        ]
    )
    table = compile_topic(sample, {"p": threshold(6)})
    sheets = [{"y0": "yes", "n0": 9, "e0": "left"}, {"y0": "undocumented"}, {"y0": "no", "n0": 6}]
    frame = items_frame(table.read, [(date(2012, 1, 1), facts) for facts in sheets])
    found = polars_topic(table).conclude(frame.lazy()).collect()
    assert found["met"].to_list() == [0b101, 0b000, 0b010]
    assert found["unknown"].to_list() == [0b000, 0b111, 0b100]
    assert [name for name in found.columns if name != ROW] == list(CONCLUSION)


def test_a_topic_beyond_the_bits_of_a_number_is_refused() -> None:
    """More criteria than a conclusion can hold are an error that names the topic."""
    wide = topic([criterion(f"c-{i}", FactIs("y0", ("yes",))) for i in range(63)])
    with pytest.raises(PackError, match="'sample' has 63 criteria"):
        compile_topic(wide, {})


@pytest.mark.parametrize("dialect", Dialect)
def test_sql_names_its_criteria_and_asks_a_fact_once(dialect: Dialect) -> None:
    """Whoever reads the SQL finds each criterion by its name, in every dialect."""
    sample = topic(
        [
            criterion("pain-relief", FactIs("y0", ("yes",)), presumed=True),
            criterion("two-of", AtLeast(2, tuple(FactIs(f"y{i}", ("yes",)) for i in range(3)))),
        ]
    )
    table = compile_topic(sample, {})
    text = sql_text(table.trace, dialect)
    assert "criterion_pain_relief" in text
    assert "criterion_two_of" in text
    assert text.lower().count("nullif") == 3
