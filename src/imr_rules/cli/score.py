"""``imr-rules score``: how well letters are read, against the facts of the cases."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rich_click as click

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_yaml import read_case
from imr_rules.cases.model import Case
from imr_rules.cli.batch import Batch, end_batch, read_batch
from imr_rules.cli.options import rules_option
from imr_rules.cli.reader_options import chosen_reader, reader_options, tell_refusals
from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Engine, Prediction
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError, Location
from imr_rules.explain.likelihood import likelihood_of
from imr_rules.facts.model import Basis, Reading
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.score import (
    Key,
    Outcome,
    Tally,
    added,
    fact_table,
    outcome_table,
    read_agreement,
    share_of,
    summary_table,
    tallies,
)

BEGIN, END = "<!-- scores: written by imr-rules score -->", "<!-- end of scores -->"


@click.command("score")
@click.argument("letters", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--cases",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="The cases whose facts are held against the letters' [default: those that ship].",
)
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Write the tables into this document, between its marks.",
)
@reader_options
@rules_option
def command(
    letters: tuple[Path, ...],
    cases: Path | None,
    write: Path | None,
    reader_name: str,
    endpoint: str | None,
    model: str | None,
    rules: Path | None,
) -> None:
    """Compare what is read in LETTERS with the cases of the same numbers, fact by fact."""
    knowledge = load_knowledge(rules)
    reader = chosen_reader(reader_name, endpoint, model, knowledge)
    folder = cases or cases_folder()
    engine = ReferenceEngine()
    counted: list[dict[Key, Tally]] = []
    outcomes: list[Outcome] = []
    refusals = []
    batch = Batch()
    for entry in read_batch(letters, knowledge, batch, reader=reader):
        refusals.append(entry.refusals)
        path = folder / f"{entry.case.case_number}.yaml"
        if not path.exists():
            click.echo(f"{entry.path}: no case {path.name} to hold it against.", err=True)
            continue
        gold = read_case(path, knowledge.vocabulary, knowledge.catalogue)
        read, there = (
            {item.number: item.readings for item in case.items} for case in (entry.case, gold)
        )
        counted += tallies(gold.case_number, read, there, knowledge.vocabulary)
        outcomes += _outcomes(entry.case, gold, knowledge, engine)
    tell_refusals(refusals)
    if not counted:
        raise InputError("no letter has a case of its number.", at=Location(folder))
    text = _report(added(counted), outcomes, folder)
    if write is None:
        click.echo(text)
    else:
        _write_between_marks(write, text)
    end_batch(batch)


def _outcomes(case: Case, gold: Case, knowledge: Knowledge, engine: Engine) -> list[Outcome]:
    decided = {item.number: item.actual for item in gold.items}
    return [
        Outcome(
            share=share_of(gold.case_number),
            basis=basis,
            predicted=conclusion.prediction is Prediction.OVERTURNED,
            likelihood=likelihood_of(conclusion, knowledge).overturned,
            actual=decided[conclusion.item.number] == "overturned",
        )
        for basis in Basis
        for conclusion in evaluate_case(case, basis, knowledge, engine)
        if decided.get(conclusion.item.number) is not None
    ]


def _report(total: dict[Key, Tally], outcomes: Sequence[Outcome], folder: Path) -> str:
    path = folder / "agreement.csv"
    ceiling = read_agreement(path) if path.exists() else {}
    parts = ["### All facts", "", summary_table(total), "### From letter to conclusion", ""]
    parts.append(outcome_table(outcomes))
    for reading in Reading:
        parts += [f"### Facts of the {reading}", "", fact_table(total, reading, ceiling)]
    return "\n".join(parts)


def _write_between_marks(path: Path, text: str) -> None:
    document = path.read_text(encoding="utf-8")
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"lacks the marks {BEGIN} and {END}.", at=Location(path))
    path.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
