"""``imr-rules evaluate``: decide every disputed item and compare with what was decided."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO

import rich_click as click

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded
from imr_rules.cases.index import compare_with_index, load_index_words, read_index
from imr_rules.cases.model import Case
from imr_rules.cli.batch import Batch, end_batch, how_read, read_batch, without_items
from imr_rules.cli.options import (
    as_of_option,
    backend_of_tables,
    backend_option,
    engine_option,
    index_option,
    out_option,
    paths_argument,
    rules_option,
)
from imr_rules.cli.output import output_to
from imr_rules.cli.reader_options import chosen_reader, reader_options, tell_refusals
from imr_rules.engines.choose import engine_named
from imr_rules.engines.model import Engine
from imr_rules.explain.explain import explain
from imr_rules.explain.model import Explanation
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
from imr_rules.letters.model import Layout
from imr_rules.notice import NOTICE
from imr_rules.reading.model import Refusal

_NOTHING_ASKED = (
    "is a note; what a note asks for is not read out of it, so nothing is decided. Name it with: "
    'imr-rules preview RECORD --request "Norco 10/325 #120"'
)


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
@engine_option
@backend_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    show_default=True,
)
@click.option("--all-criteria", is_flag=True, help="List every criterion, not only what decides.")
@index_option
@reader_options
@rules_option
@out_option
def command(
    paths: tuple[Path, ...],
    basis: str,
    as_of: date | None,
    engine: str | None,
    backend: str | None,
    form: str,
    all_criteria: bool,
    index: Path | None,
    reader_name: str,
    endpoint: str | None,
    model: str | None,
    rules: Path | None,
    out: Path | None,
) -> None:
    """Decide every disputed item of letters, cases or extracted lines, and say why.

    Of facts tables (PATH.parquet) a count is printed; --out OUTCOMES.parquet takes every item.
    """
    knowledge = load_knowledge(rules)
    bases = [Basis.RECORD, Basis.REVIEW] if basis == "both" else [Basis(basis)]
    tables_on = backend_of_tables(engine, backend, paths)
    if tables_on is not None:
        if index or all_criteria or reader_name != "cues" or endpoint or model:
            raise click.UsageError(
                "--index, --all-criteria and --reader llm need letters or cases, not a facts table."
            )
        from imr_rules.cli.evaluate_table import evaluate_tables

        evaluate_tables(paths, bases, knowledge, backend=tables_on, form=form, as_of=as_of, out=out)
        return
    if out is not None and out.suffix.lower() == ".parquet":
        raise click.UsageError(
            "--out OUTCOMES.parquet takes the outcomes of facts tables: make one of the letters "
            "first, with imr-rules extract PATH --out FACTS.parquet."
        )
    reader = chosen_reader(reader_name, endpoint, model, knowledge)
    chosen, note = engine_named(engine)
    if note:
        click.echo(note, err=True)
    rows = read_index(index, load_index_words(knowledge.folder)) if index else ()
    seen: list[Case] = []
    batch = Batch()
    refusals: list[Mapping[Refusal, int]] = []
    with output_to(out) as stream:
        printer = _PRINTERS[form](stream, all_criteria)
        for entry in read_batch(paths, knowledge, batch, as_of=as_of, reader=reader):
            refusals.append(entry.refusals)
            if not entry.case.items:
                if entry.letter is not None and entry.letter.layout is not Layout.NOTE:
                    batch.reject(without_items(entry))
                    continue
                click.echo(f"{entry.path}: {_NOTHING_ASKED}", err=True)
            if index:
                # Numbers, dates and outcomes suffice; a long run need not hold every letter.
                seen.append(replace(entry.case, text="", findings=()))
            printer.case(entry.case, _explained(entry, bases, knowledge, chosen, as_of))
        if batch.cases:
            printer.end()
    tell_refusals(refusals)
    if index:
        for line in compare_with_index(rows, seen).lines():
            click.echo(line, err=True)
    end_batch(batch)


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


class _TextPrinter:
    """Prints each case as it is decided, and at the end how many agree."""

    def __init__(self, stream: IO[str], all_criteria: bool) -> None:
        self.console = make_console(stream)
        self.all_criteria = all_criteria
        self.tally: Counter[tuple[str, str]] = Counter()

    def case(self, case: Case, explanations: list[Explanation]) -> None:
        """Print one case."""
        console = self.console
        console.print(case_heading(case))
        for line in how_read(case):
            console.print(line, style="yellow", markup=False)
        item = None
        for explanation in explanations:
            conclusion = explanation.conclusion
            # What nobody has reviewed yet has no reviewer's findings to tell beside the record's.
            if conclusion.item is item and not case.is_determination:
                continue
            if conclusion.item is not item:
                item = conclusion.item
                console.print()
                console.print(item_heading(explanation))
            console.print(explanation_text(explanation, all_criteria=self.all_criteria))
            basis = conclusion.sheet.basis.value
            if conclusion.agrees is not None:
                self.tally[basis, "agree" if conclusion.agrees else "differ"] += 1
            elif conclusion.governing is None:
                self.tally[basis, "no guideline"] += 1
        console.print()

    def end(self) -> None:
        """Print the count and the notice."""
        self.console.print(summary_line(self.tally))
        self.console.print(NOTICE, style="dim")


class _LinesPrinter:
    """Prints one JSON line an item, as soon as it is decided."""

    def __init__(self, stream: IO[str], _all_criteria: bool) -> None:
        self.stream = stream

    def case(self, _case: Case, explanations: list[Explanation]) -> None:
        """Print the lines of one case."""
        for explanation in explanations:
            line = json.dumps(explanation_to_json(explanation), ensure_ascii=False)
            self.stream.write(line + "\n")

    def end(self) -> None:
        """Nothing is left to print."""


class _JsonPrinter:
    """Prints one JSON list of all items."""

    def __init__(self, stream: IO[str], _all_criteria: bool) -> None:
        self.stream = stream
        self.lines: list[object] = []

    def case(self, _case: Case, explanations: list[Explanation]) -> None:
        """Keep the items of one case."""
        self.lines.extend(explanation_to_json(explanation) for explanation in explanations)

    def end(self) -> None:
        """Print the list."""
        self.stream.write(json.dumps(self.lines, ensure_ascii=False, indent=2) + "\n")


_PRINTERS: dict[str, type[_TextPrinter] | type[_LinesPrinter] | type[_JsonPrinter]] = {
    "text": _TextPrinter,
    "jsonl": _LinesPrinter,
    "json": _JsonPrinter,
}
