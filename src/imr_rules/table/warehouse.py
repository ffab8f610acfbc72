"""Where SQL runs: DuckDB in this process, or Spark, local or a cluster that sees the same files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from imr_rules.engines.table.sql import Dialect
from imr_rules.errors import InputError, MissingExtraError

LOCAL_MEMORY = "2g"
"""What Spark may take where it runs in one process here; a cluster has its own settings."""
_SPARK_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # Spark infers filters from every way to say a column; of dozens of criteria over the same
    # facts there are more ways than memory.
    "spark.sql.constraintPropagation.enabled": "false",
    # Compiling a class for each topic takes longer than interpreting it over a million rows.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


class Warehouse(Protocol):
    """Where SQL runs."""

    dialect: Dialect

    def read(self, name: str, files: Sequence[Path]) -> frozenset[str]:
        """Make the Parquet *files* the table *name*, partitions as columns; return its columns."""
        ...

    def keep(self, name: str, sql: str) -> None:
        """Compute *sql* once, as the table *name*."""
        ...

    def view(self, name: str, sql: str) -> None:
        """Name *sql*, to be computed where it is asked for."""
        ...

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the rows of *sql*."""
        ...

    def write(self, sql: str, folder: Path) -> list[Path]:
        """Write the rows of *sql* into *folder*, and return the Parquet files."""
        ...


class DuckDbWarehouse:
    """DuckDB in memory."""

    dialect = Dialect.DUCKDB

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def read(self, name: str, files: Sequence[Path]) -> frozenset[str]:
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        self._connection.execute(
            f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM "
            f"read_parquet([{listed}], hive_partitioning = true, union_by_name = true)"
        )
        return frozenset(row[0] for row in self.rows(f"DESCRIBE {name}"))

    def keep(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def view(self, name: str, sql: str) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        return found

    def write(self, sql: str, folder: Path) -> list[Path]:
        file = folder / "conclusions.parquet"
        self._connection.execute(f"COPY ({sql}) TO '{file}' (FORMAT parquet)")
        return [file]


class SparkWarehouse:
    """A Spark session, local or on a cluster that sees the same files and *folder*."""

    dialect = Dialect.SPARK

    def __init__(self, session: Any, folder: Path) -> None:
        self._session = session
        self._folder = folder
        self._kept: dict[str, Path] = {}

    def read(self, name: str, files: Sequence[Path]) -> frozenset[str]:
        reader = self._session.read.option("mergeSchema", "true")
        base = _common_folder(files)
        if base is not None:
            reader = reader.option("basePath", str(base))
        frame = reader.parquet(*map(str, files))
        frame.createOrReplaceTempView(name)
        return frozenset(frame.columns)

    def keep(self, name: str, sql: str) -> None:
        # Not persist(): Spark compares each later plan with every plan that it has cached, and one
        # built on hundreds of topics outgrows its memory. A file has no plan behind it, and a
        # topic reads only its own columns and rows of it.
        before = self._kept.get(name)
        folder = self._folder / f"{name}-{uuid4().hex}"
        self._session.sql(sql).write.parquet(str(folder))
        self._session.read.parquet(str(folder)).createOrReplaceTempView(name)
        self._kept[name] = folder
        if before is not None:
            shutil.rmtree(before, ignore_errors=True)

    def view(self, name: str, sql: str) -> None:
        self._session.sql(sql).createOrReplaceTempView(name)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._session.sql(sql).collect()]

    def write(self, sql: str, folder: Path) -> list[Path]:
        target = folder / "conclusions"
        self._session.sql(sql).write.parquet(str(target))
        return sorted(target.glob("*.parquet"))


@contextmanager
def warehouse_named(backend: str) -> Iterator[Warehouse]:
    """Yield the warehouse *backend*: ``duckdb``, or ``spark://MASTER`` (``spark://local[2]``).

    Raises:
        InputError: there is no such backend.
        MissingExtraError: PySpark is not installed.
    """
    if backend == "duckdb":
        import duckdb

        with duckdb.connect() as connection:
            yield DuckDbWarehouse(connection)
    elif backend.startswith("spark://"):
        with (
            tempfile.TemporaryDirectory(prefix="imr-rules-") as folder,
            spark_session(backend.removeprefix("spark://")) as session,
        ):
            yield SparkWarehouse(session, Path(folder))
    else:
        raise InputError(
            f"there is no backend {backend!r}.", hint="It is polars, duckdb or spark://MASTER."
        )


@contextmanager
def spark_session(master: str) -> Iterator[Any]:
    """Yield a Spark session on *master*: ``local[2]``, or ``HOST:PORT`` of a cluster.

    Raises:
        MissingExtraError: PySpark is not installed.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtraError(
            "the backend 'spark' needs pyspark, which is not installed.",
            hint="pip install 'imr-rules[spark]'; it also needs Java 17.",
        ) from None
    url = master if master.startswith("local") else f"spark://{master}"
    builder = SparkSession.builder.master(url).appName("imr-rules")
    for name, value in _SPARK_SETTINGS.items():
        builder = builder.config(name, value)
    if master.startswith("local"):
        builder = builder.config("spark.driver.memory", LOCAL_MEMORY)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    # Each topic is a step over every partition: more of them than cores only adds tasks.
    session.conf.set("spark.sql.shuffle.partitions", session.sparkContext.defaultParallelism)
    try:
        yield session
    finally:
        session.stop()


def _common_folder(files: Sequence[Path]) -> Path | None:
    """Return the folder that holds the partitions of *files*, or None of files in none."""
    folder = files[0].parent
    while "=" in folder.name:
        folder = folder.parent
    return folder if folder != files[0].parent else None
