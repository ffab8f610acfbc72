"""The table form of ``imr-rules audit``: facts tables in, scores and findings out, as a stream."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import polars as pl

from imr_rules.audit.tables.audit import audit_tables
from imr_rules.audit.tables.rows import Concluder
from imr_rules.audit.to_text import audit_text
from imr_rules.audit.write import write_table_audit, writing_into
from imr_rules.cli.batch import Batch, end_batch, read_batch
from imr_rules.cli.facts_tables import refuse_another_day, rules_concluder, tell_repeated
from imr_rules.errors import InputError, Location
from imr_rules.explain.to_text import make_console
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.once import Once
from imr_rules.table.parts import is_table, write_parts
from imr_rules.table.schema import DECISION_YEAR, table_schema


def audit_facts(
    paths: Sequence[Path],
    knowledge: Knowledge,
    *,
    out: Path | None,
    backend: str,
    form: str,
    as_of: date | None,
) -> None:
    """Audit facts tables, or letters and cases as if they were one; print a summary.

    Raises:
        InputError: a table cannot be read, or there is no such *backend*.
    """
    tables = [path for path in paths if is_table(path)]
    others = [path for path in paths if not is_table(path)]
    if tables:
        refuse_another_day(as_of)
    rules = TableRules(knowledge)
    batch = Batch()
    # Corpora go through the disk: where the files end up, so that they need only be moved.
    with _workplace(out) as place:
        if others:
            _tabled(others, place / "facts.parquet", knowledge, as_of, batch)
            tables.append(place / "facts.parquet")
        work = place / "work"
        work.mkdir()
        with concluder(backend, rules, place) as conclude_items:
            once = Once()
            found, written = audit_tables(tables, rules, conclude_items, work, once)
        tell_repeated(once)
        if out is not None:
            write_table_audit(found, written, batch.left_out, out)
    if form == "json":
        click.echo(json.dumps(found.scores, ensure_ascii=False, indent=2))
    else:
        make_console(sys.stdout).print(audit_text(found))
    end_batch(batch)


@contextmanager
def _workplace(out: Path | None) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="imr-rules-") as name:
            yield Path(name)
        return
    with writing_into(out):
        place = tempfile.TemporaryDirectory(prefix=".audit.", dir=out)
    with place as name:
        yield Path(name)


def _tabled(
    paths: Sequence[Path], table: Path, knowledge: Knowledge, as_of: date | None, batch: Batch
) -> None:
    """Write what can be read at *paths* as the facts *table*, and count it in *batch*."""
    rows = [
        row
        for entry in read_batch(paths, knowledge, batch, as_of=as_of)
        for row in rows_of_case(entry.case, str(entry.path), knowledge, as_of=as_of)
    ]
    if not rows:
        raise InputError("nothing could be read: there is nothing to audit.", at=Location(paths[0]))
    frame = pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))
    write_parts(frame.sort(DECISION_YEAR, maintain_order=True), table, "part-000000")


@contextmanager
def concluder(backend: str, rules: TableRules, place: Path) -> Iterator[Concluder]:
    """Yield what concludes batches by *rules* on *backend* (see `rules_concluder`)."""
    with rules_concluder(backend, place) as conclude_by:
        yield lambda items, basis: conclude_by(items, rules, basis)
