"""What the commands that take facts tables share: what they refuse, and where rules are applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import polars as pl

from imr_rules.errors import InputError, Location
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import CONCLUDED, RulesConcluder, TableRules, conclude_on_polars
from imr_rules.table.once import Once
from imr_rules.table.parts import is_table, write_whole
from imr_rules.table.schema import ITEM, LETTER


def refuse_another_day(as_of: date | None) -> None:
    """Refuse to decide a facts table as of another day.

    Raises:
        InputError: *as_of* names one.
    """
    if as_of is not None:
        raise InputError(
            "a facts table belongs to the day it was extracted for.",
            hint="Extract the letters with that --as-of.",
        )


def require_tables(paths: Sequence[Path]) -> None:
    """Refuse what is no facts table, named beside one or with ``--engine table``.

    Raises:
        InputError: one of *paths* is none.
    """
    for path in paths:
        if not is_table(path):
            raise InputError(
                "is no facts table, and --engine table decides nothing else here.",
                at=Location(path),
                hint=f"Make it one: imr-rules extract {path} --out FACTS.parquet. Or name it alone,"
                " without --engine table.",
            )


def tell_repeated(*counted: Once) -> None:
    """Tell on stderr which letters were left out of those *counted*, each line once."""
    for line in dict.fromkeys(line for once in counted for line in once.told()):
        click.echo(line, err=True)


@contextmanager
def rules_concluder(backend: str, place: Path) -> Iterator[RulesConcluder]:
    """Yield what concludes batches on *backend*; a warehouse reads each from the folder *place*.

    Batch by batch, because a warehouse that concludes a whole corpus takes ten gigabytes for it.
    """
    if backend == "polars":
        yield conclude_on_polars
        return
    from imr_rules.table.on_sql import conclude_by_sql
    from imr_rules.table.warehouse import warehouse_named

    file = place / "batch.parquet"
    with warehouse_named(backend) as warehouse:

        def look_up(items: pl.DataFrame, rules: TableRules, basis: Basis) -> pl.DataFrame:
            write_whole(items, file)
            found = conclude_by_sql([file], rules, warehouse, basis)
            return (
                items.select(LETTER, ITEM)
                .join(found, on=[LETTER, ITEM], how="left", maintain_order="left")
                .select(pl.col(name).cast(kind) for name, kind in CONCLUDED.items())
            )

        yield look_up
