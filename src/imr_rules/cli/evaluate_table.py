"""The table form of ``imr-rules evaluate``: corpora in, outcomes or counts of them out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import rich_click as click

from imr_rules.cli.facts_tables import (
    refuse_another_day,
    require_tables,
    rules_concluder,
    tell_repeated,
)
from imr_rules.cli.output import output_to
from imr_rules.counted import counted
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.notice import NOTICE
from imr_rules.table.evaluate import TableRules
from imr_rules.table.once import Once
from imr_rules.table.outcomes import (
    COUNT,
    PREDICTION,
    criteria_bits,
    outcomes,
    tally,
)
from imr_rules.table.parts import FLAT, is_table, whole_table, write_whole
from imr_rules.table.schema import ACTUAL, BASIS, CATEGORY

_BY = (BASIS, CATEGORY, PREDICTION, ACTUAL)


def evaluate_tables(
    paths: Sequence[Path],
    bases: Sequence[Basis],
    knowledge: Knowledge,
    *,
    backend: str,
    form: str,
    as_of: date | None,
    out: Path | None,
) -> None:
    """Decide the items of the facts tables *paths*; print counts, or write outcomes to *out*.

    Raises:
        UsageError: *out* is a table, and a *form* of the counts is asked for.
        InputError: a path is no facts table, or there is no such *backend*.
    """
    if out is not None and is_table(out) and form != "text":
        raise click.UsageError("--format goes with counts, not with --out OUTCOMES.parquet.")
    refuse_another_day(as_of)
    require_tables(paths)
    rules = TableRules(knowledge)
    once = {basis: Once() for basis in bases}
    with (
        TemporaryDirectory(prefix="imr-rules-") as place,
        rules_concluder(backend, Path(place)) as conclude_by,
    ):
        concluded = (
            batch
            for path in paths
            for basis in bases
            for batch in outcomes(path, rules, basis, once[basis], conclude_by)
        )
        if out is not None and is_table(out):
            _write(concluded, out, rules)
            tell_repeated(*once.values())
            return
        counts = tally(concluded, _BY)
    tell_repeated(*once.values())
    with output_to(out) as stream:
        if form == "text":
            stream.write(_as_text(counts) + "\n" + NOTICE + "\n")
        else:
            rows = counts.to_dicts()
            lines = [rows] if form == "json" else rows
            stream.writelines(json.dumps(line) + "\n" for line in lines)


def _write(concluded: Iterator[pl.DataFrame], out: Path, rules: TableRules) -> None:
    """Write outcomes into the folder *out*, part by part, and the key to their bits beside them."""
    with whole_table(out, FLAT) as unfinished:
        facts = set(rules.knowledge.vocabulary)
        for number, batch in enumerate(concluded):
            # Columns of facts would double the size of what stands in the facts table already.
            kept = [name for name in batch.columns if name not in facts]
            write_whole(batch.select(kept), unfinished / f"part-{number:06d}.parquet")
    write_whole(criteria_bits(rules), out.with_name(f"{out.stem}.criteria.parquet"))
    click.echo(f"{out}: the outcome of every item; bits are named in {out.stem}.criteria.parquet.",
               err=True)  # fmt: skip


def _as_text(counts: pl.DataFrame) -> str:
    """Return how predictions and decisions meet, for each basis."""
    lines: list[str] = []
    for (basis,), part in counts.group_by(BASIS, maintain_order=True):
        decided = part.filter(pl.col(ACTUAL).is_not_null() & (pl.col(PREDICTION) != "no_guideline"))
        agree = decided.filter(pl.col(PREDICTION) == pl.col(ACTUAL))[COUNT].sum()
        total, of = int(part[COUNT].sum()), decided[COUNT].sum()
        lines.append(f"{basis}: {counted(total, 'item')}, {of} decided and covered, {agree} agree.")
        for prediction, rows in part.group_by(PREDICTION, maintain_order=True):
            actual = rows.group_by(ACTUAL).agg(pl.col(COUNT).sum()).sort(ACTUAL, nulls_last=True)
            told = ", ".join(f"{n} {name or 'undecided'}" for name, n in actual.iter_rows())
            lines.append(f"  predicted {prediction[0]}: {told}")
    return "\n".join(lines)
