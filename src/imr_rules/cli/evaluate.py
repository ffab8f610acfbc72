"""``imr-rules evaluate``: decide every disputed item and compare with what was decided."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import IO

import rich_click as click

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded, Rejected, load_cases
from imr_rules.cli.options import as_of_option, out_option, paths_argument, rules_option
from imr_rules.cli.output import output_to
from imr_rules.engines.choose import engine_named
from imr_rules.engines.model import Engine
from imr_rules.explain.explain import explain
from imr_rules.explain.model import NOTICE, Explanation
from imr_rules.explain.to_json import explanation_to_json
from imr_rules.explain.to_text import (
    case_heading,
    explanation_text,
    item_heading,
    make_console,
    summary_line,
)
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge, load_knowledge


@click.command("evaluate")
@paths_argument
@click.option(
    "--basis",
    type=click.Choice(["record", "review", "both"]),
    default="both",
    show_default=True,
    help="What may be known: the record before the decision, the reviewer's findings too, or both.",
)
@as_of_option
@click.option(
    "--engine",
    type=click.Choice(["durable", "reference"]),
    default=None,
    help="[default: durable, checked against reference]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
)
@click.option("--all-criteria", is_flag=True, help="List every criterion, not only what decides.")
@rules_option
@out_option
def command(
    paths: tuple[Path, ...],
    basis: str,
    as_of: date | None,
    engine: str | None,
    form: str,
    all_criteria: bool,
    rules: Path | None,
    out: Path | None,
) -> None:
    """Decide every disputed item of letters, cases or extracted lines, and say why."""
    knowledge = load_knowledge(rules)
    chosen, note = engine_named(engine)
    if note:
        click.echo(note, err=True)
    bases = [Basis.RECORD, Basis.REVIEW] if basis == "both" else [Basis(basis)]
    loaded: list[Loaded] = []
    rejected: list[Rejected] = []
    for entry in load_cases(paths, knowledge, as_of=as_of):
        (loaded if isinstance(entry, Loaded) else rejected).append(entry)  # type: ignore[arg-type]
    with output_to(out) as stream:
        explained = [
            (entry, _explained(entry, bases, knowledge, chosen, as_of)) for entry in loaded
        ]
        if form == "text":
            _print_text(explained, all_criteria, stream)
        else:
            lines = [explanation_to_json(x) for _, found in explained for x in found]
            if form == "json":
                stream.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
            else:
                for line in lines:
                    stream.write(json.dumps(line, ensure_ascii=False) + "\n")
    for problem in rejected:
        click.echo(problem.reason, err=True)
    if rejected:
        click.echo(f"{len(rejected)} of {len(rejected) + len(loaded)} files rejected.", err=True)
        if not loaded:
            sys.exit(2)


def _explained(
    entry: Loaded,
    bases: list[Basis],
    knowledge: Knowledge,
    engine: Engine,
    as_of: date | None,
) -> list[Explanation]:
    """Explain every item of a case on every basis, item by item."""
    by_basis = [
        [
            explain(conclusion, knowledge)
            for conclusion in evaluate_case(entry.case, basis, knowledge, engine, as_of=as_of)
        ]
        for basis in bases
    ]
    return [explanation for item in zip(*by_basis, strict=True) for explanation in item]


def _print_text(
    explained: list[tuple[Loaded, list[Explanation]]], all_criteria: bool, stream: IO[str]
) -> None:
    console = make_console(stream)
    tally: Counter[tuple[str, str]] = Counter()
    for entry, explanations in explained:
        case = entry.case
        console.print(case_heading(case))
        for missing in case.missing:
            console.print(f"missing: {missing}", style="yellow", markup=False)
        item = None
        for explanation in explanations:
            if explanation.conclusion.item is not item:
                item = explanation.conclusion.item
                console.print()
                console.print(item_heading(explanation))
            console.print(explanation_text(explanation, all_criteria=all_criteria))
            conclusion = explanation.conclusion
            if conclusion.agrees is not None:
                outcome = "agree" if conclusion.agrees else "differ"
                tally[conclusion.sheet.basis.value, outcome] += 1
            elif conclusion.governing is None:
                tally[conclusion.sheet.basis.value, "no guideline"] += 1
        console.print()
    console.print(summary_line(tally))
    console.print(NOTICE, style="dim")
