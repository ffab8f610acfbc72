"""Facts tables on disk: parts written whole or not at all, read in batches of bounded size."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from imr_rules.engines.table.names import ON
from imr_rules.errors import InputError, Location, not_writable
from imr_rules.facts.model import Basis
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.table.schema import (
    BASIS,
    DECISION_YEAR,
    ITEM,
    LETTER,
    PARTITIONED_BY,
    SELECTED_BY,
    table_schema,
)
from imr_rules.whole_files import whole_file

SUFFIX = ".parquet"
ROWS_PER_BATCH = 250_000
"""Rows taken at a time: enough that a topic's fixed cost is spread, few enough for any laptop."""

_NEEDED = (LETTER, ITEM, ON, *SELECTED_BY)


def is_table(path: Path) -> bool:
    """Whether *path* names a facts table: a Parquet file, or a folder of them."""
    return path.suffix.lower() == SUFFIX


def write_parts(rows: pl.DataFrame, folder: Path, name: str) -> list[Path]:
    """Write *rows* under *folder* as one part a year and basis, and return the paths.

    Each file appears whole or not at all.
    """
    written: list[Path] = []
    for (year, basis), part in sorted(
        rows.partition_by(PARTITIONED_BY, as_dict=True, include_key=False).items()
    ):
        path = folder / f"{DECISION_YEAR}={year}" / f"{BASIS}={basis}" / f"{name}{SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(part, path)
        written.append(path)
    return written


def write_whole(rows: pl.DataFrame, path: Path) -> None:
    """Write *rows* to the Parquet file *path*, which appears whole or not at all.

    Raises:
        InputError: it cannot be written, on a full disk for one.
    """
    with whole_file(path) as unfinished:
        try:
            rows.write_parquet(unfinished, compression="zstd")
        except (OSError, PolarsError):
            # Of a full disk Polars says that the file is out of its specification.
            raise InputError(
                "cannot be written whole.",
                at=Location(path),
                hint="Make room on the disk, or write elsewhere.",
            ) from None


PARTITIONED = f"{DECISION_YEAR}=*/{BASIS}=*/part-*{SUFFIX}"
"""Where the parts of a facts table lie in its folder."""
FLAT = f"part-*{SUFFIX}"
"""Where the parts of a table of outcomes lie in its folder."""


@contextmanager
def whole_table(out: Path, parts: str) -> Iterator[Path]:
    """Yield a folder that becomes the table at *out* if all goes well.

    It takes the place of an earlier table of the same kind, all whose files lie as the pattern
    *parts* says, :data:`PARTITIONED` or :data:`FLAT`.

    Raises:
        InputError: *out* holds anything else, or cannot be written.
    """
    if not _holds_only(out, parts):
        raise InputError(
            "holds something else than this command writes.",
            at=Location(out),
            hint="Name a table that does not exist yet.",
        )
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        if out.is_dir():
            shutil.rmtree(out)
        unfinished.rename(out)
    except OSError as error:
        raise not_writable(out, error) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _holds_only(out: Path, parts: str) -> bool:
    """Whether nothing would be lost with *out* but *parts*; an extraction has a journal too."""
    if not out.is_dir():
        return not out.exists()
    return {path for path in out.rglob("*") if not path.is_dir()} == set(out.glob(parts))


def part_files(path: Path, basis: Basis | None = None) -> list[Path]:
    """Return the Parquet files of the facts table at *path*, of one *basis* or of both.

    Raises:
        InputError: there are none, or none of that *basis*.
    """
    if path.is_file():
        return [path]
    every = sorted(path.glob(f"{DECISION_YEAR}=*/{BASIS}=*/[!.]*{SUFFIX}"))
    files = [file for file in every if basis is None or file.parent.name == f"{BASIS}={basis}"]
    if every and not files:
        held = " and ".join(sorted({file.parent.name.removeprefix(f"{BASIS}=") for file in every}))
        raise InputError(
            f"holds facts of the {held} basis alone, none of the {basis} basis.",
            at=Location(path),
            hint=f"Use --basis {held}.",
        )
    if not files:
        raise InputError(
            "holds no facts table.",
            at=Location(path),
            hint="Make one with imr-rules extract LETTERS --out FACTS.parquet.",
        )
    return files


def batches(
    path: Path, vocabulary: Vocabulary, basis: Basis, *, rows: int = ROWS_PER_BATCH
) -> Iterator[pl.DataFrame]:
    """Yield the facts table at *path* in batches of about *rows* rows, whole letters each.

    Raises:
        InputError: a file is no facts table, or holds a value that the vocabulary does not have.
    """
    waiting: list[pl.DataFrame] = []
    for file in part_files(path, basis):
        part = _read(file, vocabulary).filter(pl.col(BASIS) == basis.value)
        waiting.append(part)
        if sum(frame.height for frame in waiting) >= rows:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def _read(file: Path, vocabulary: Vocabulary) -> pl.DataFrame:
    try:
        rows = pl.read_parquet(file, hive_partitioning=False)
    except (PolarsError, OSError) as error:
        raise InputError(f"cannot be read ({error}).", at=Location(file)) from None
    rows = rows.with_columns(
        pl.lit(value).alias(name) for name, value in _partition_of(file) if name not in rows.columns
    )
    absent = [name for name in (*_NEEDED, BASIS) if name not in rows.columns]
    if absent:
        raise InputError(
            f"is no facts table: it lacks {', '.join(absent)}.",
            at=Location(file),
            hint="imr-rules extract writes them.",
        )
    schema = table_schema(vocabulary)
    try:
        return rows.select(
            (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in schema.items()
        )
    except PolarsError as error:
        raise InputError(
            f"holds what the vocabulary does not have ({str(error).splitlines()[0]}).",
            at=Location(file),
            hint="It was extracted with other rules: extract the letters again.",
        ) from None


def _partition_of(file: Path) -> Sequence[tuple[str, object]]:
    named = [folder.name.partition("=") for folder in file.parents[:2]]
    return [
        (name, int(value) if name == DECISION_YEAR else value)
        for name, _, value in named
        if name in PARTITIONED_BY
    ]
