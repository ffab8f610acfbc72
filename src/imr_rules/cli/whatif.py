"""``imr-rules whatif``: what a changed pack flips, or what each criterion holds up."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cases.from_paths import Loaded, load_once
from imr_rules.cli.batch import Batch, end_batch, read_determinations
from imr_rules.cli.options import (
    as_of_option,
    backend_of_tables,
    backend_option,
    paths_argument,
    rules_option,
)
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError, Location
from imr_rules.explain.to_text import make_console
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.whatif.ablate import ablate
from imr_rules.whatif.compare import compare_packs
from imr_rules.whatif.model import WhatIf
from imr_rules.whatif.to_json import whatif_to_json
from imr_rules.whatif.to_text import ablation_text, comparison_text


@click.command("whatif")
@paths_argument
@rules_option
@click.option("--ablate", "leave_out", is_flag=True, help="Leave out each criterion in turn.")
@click.option(
    "--basis", type=click.Choice(["record", "review"]), default="review", show_default=True
)
@as_of_option
@click.option(
    "--engine",
    type=click.Choice(["reference", "table"]),
    default=None,
    help="[default: reference; table for PATH.parquet, which decides nothing else]",
)
@backend_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def command(
    paths: tuple[Path, ...],
    rules: Path | None,
    leave_out: bool,
    basis: str,
    as_of: date | None,
    engine: str | None,
    backend: str | None,
    form: str,
) -> None:
    """Tell which outcomes the rules in --rules flip against those that ship, by criterion.

    With --ablate: which decisions each criterion holds up, the criterion left out in turn.
    Of facts tables (PATH.parquet) every flip is counted, and the first of each criterion named.
    """
    if rules is None and not leave_out:
        raise click.UsageError("Name the changed rules with --rules DIR, or ask for --ablate.")
    changed = load_knowledge(rules)
    present = None if leave_out else load_knowledge()
    batch = Batch()
    tables_on = backend_of_tables(engine, backend, paths)
    if tables_on is not None:
        from imr_rules.cli.whatif_table import whatif_of_tables

        found = whatif_of_tables(
            paths, present, changed, Basis(basis), backend=tables_on, as_of=as_of
        )
    else:
        found = _whatif_of_cases(paths, present, changed, Basis(basis), as_of, batch)
    if form == "json":
        click.echo(json.dumps(whatif_to_json(found), ensure_ascii=False, indent=2))
    else:
        text = ablation_text(found) if leave_out else comparison_text(found)
        make_console(sys.stdout).print(text)
    end_batch(batch)


def _whatif_of_cases(
    paths: tuple[Path, ...],
    before: Knowledge | None,
    after: Knowledge,
    basis: Basis,
    as_of: date | None,
    batch: Batch,
) -> WhatIf:
    engine = ReferenceEngine()
    cases = [entry.case for entry in read_determinations(paths, after, batch, as_of=as_of)]
    if not cases:
        raise InputError(
            "holds no determination: there is nothing to decide.",
            at=Location(paths[0]),
            hint="Name letters, requests, or cases with their items, or a folder of them.",
        )
    if before is None:
        return ablate(after, cases, basis, engine, as_of=as_of)
    again = load_once(paths, before, as_of=as_of)
    old = (before, [entry.case for entry in again if isinstance(entry, Loaded)])
    return compare_packs(old, (after, cases), basis, engine, as_of=as_of)
