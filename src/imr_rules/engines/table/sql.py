"""Topics as SQL text, for a warehouse that holds the facts in a table of its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import ibis
import ibis.expr.types as ir


class Dialect(StrEnum):
    """The kinds of SQL that can be written."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SNOWFLAKE = "snowflake"
    BIGQUERY = "bigquery"
    SPARK = "spark"


_IBIS_NAMES: Mapping[Dialect, str] = {
    # Ibis writes for PySpark only with a session at hand; what it writes for Databricks is the
    # same Spark SQL.
    Dialect.SPARK: "databricks",
}


def sql_text(selected: ir.Table, dialect: Dialect) -> str:
    """Return the SQL in *dialect* that computes *selected*."""
    return str(ibis.to_sql(selected, dialect=_IBIS_NAMES.get(dialect, dialect.value)))
