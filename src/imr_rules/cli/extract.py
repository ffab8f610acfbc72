"""``imr-rules extract``: letters and notes → items, decisions, facts with their quotations."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cases.from_paths import Loaded, Rejected, load_cases
from imr_rules.cases.model import Case
from imr_rules.cases.to_json import case_to_json
from imr_rules.cases.to_yaml import case_to_yaml
from imr_rules.cli.options import as_of_option, out_option, paths_argument, rules_option
from imr_rules.cli.output import output_to
from imr_rules.knowledge import load_knowledge


@click.command("extract")
@paths_argument
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "yaml"]),
    default="text",
    show_default=True,
    help="text prints each letter as read: the offsets of the findings count in it.",
)
@rules_option
@out_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Processes that read letters into a table [default: one a core].",
)
def command(
    paths: tuple[Path, ...],
    as_of: date | None,
    form: str,
    rules: Path | None,
    out: Path | None,
    workers: int | None,
) -> None:
    """Read letters and chart notes: items, decisions, dates, and facts with their quotations.

    With --out FACTS.parquet the facts become a table, read on all cores. PATH may then also be a
    zip archive, or @LIST, a file with one path a line. Run again, it goes on where it was ended.
    """
    if out is not None and out.suffix.lower() == ".parquet":
        from imr_rules.cli.extract_table import extract_with_progress

        extract_with_progress(paths, out, rules=rules, as_of=as_of, workers=workers)
        return
    knowledge = load_knowledge(rules)
    rejected: list[Rejected] = []
    cases: list[Case] = []
    with output_to(out) as stream:
        for entry in load_cases(paths, knowledge, as_of=as_of):
            if isinstance(entry, Rejected):
                rejected.append(entry)
                continue
            cases.append(entry.case)
            _tell_missing(entry)
            if form == "text":
                stream.write(entry.case.text)
            elif form == "jsonl":
                stream.write(json.dumps(case_to_json(entry.case), ensure_ascii=False) + "\n")
        if form == "json":
            lines = [case_to_json(case) for case in cases]
            stream.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
        elif form == "yaml":
            for case in cases:
                stream.write(case_to_yaml(case))
    for problem in rejected:
        click.echo(problem.reason, err=True)
    if rejected:
        click.echo(f"{len(rejected)} of {len(rejected) + len(cases)} files rejected.", err=True)
        if not cases:
            sys.exit(2)


def _tell_missing(entry: Loaded) -> None:
    for missing in entry.case.missing:
        click.echo(f"{entry.path}: {missing}", err=True)
