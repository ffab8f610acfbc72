"""``imr-rules audit``: scores, findings and a report on determinations, or the page of one."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.audit.audit import audit
from imr_rules.audit.case_page import case_html, case_text
from imr_rules.audit.from_cases import corpus_of
from imr_rules.audit.model import AuditCase, Corpus
from imr_rules.audit.to_json import findings_to_json
from imr_rules.audit.to_text import audit_text
from imr_rules.audit.write import write_audit
from imr_rules.cases.from_paths import Loaded, Rejected
from imr_rules.cases.index import compare_with_index, load_index_words, read_index
from imr_rules.cases.model import Case
from imr_rules.cli.batch import Batch, end_batch, read_determinations
from imr_rules.cli.options import (
    as_of_option,
    backend_of_tables,
    backend_option,
    engine_option_of,
    index_option,
    paths_argument,
    rules_option,
)
from imr_rules.counted import counted
from imr_rules.engines.choose import engine_named
from imr_rules.errors import InputError, Location, UnknownNameError
from imr_rules.explain.to_text import make_console
from imr_rules.knowledge import load_knowledge


@click.command("audit")
@paths_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write report.html, findings.json, scores.json, items.parquet and rejected.jsonl here.",
)
@click.option("--case", "number", metavar="CASE", help="Print the audit of this determination.")
@index_option
@as_of_option
@engine_option_of("table for PATH.parquet, which decides letters and cases too")
@backend_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="What to print; html only with --case.",
)
@rules_option
def command(
    paths: tuple[Path, ...],
    out: Path | None,
    number: str | None,
    index: Path | None,
    as_of: date | None,
    engine: str | None,
    backend: str | None,
    form: str,
    rules: Path | None,
) -> None:
    """Hold determinations against their own findings, the guideline in force, and their fellows.

    Prints a summary; --out writes the report and its data, --case one determination's page.
    Facts tables (PATH.parquet) are audited as a stream, without what only a text can show.
    """
    if form == "html" and number is None:
        raise click.UsageError("--format html needs --case; --out writes report.html.")
    knowledge = load_knowledge(rules)
    tables_on = backend_of_tables(engine, backend, paths)
    if tables_on is not None:
        if number is not None or index is not None:
            raise click.UsageError("--case and --index need letters or cases, not a facts table.")
        from imr_rules.cli.audit_table import audit_facts

        audit_facts(paths, knowledge, out=out, backend=tables_on, form=form, as_of=as_of)
        return
    chosen, note = engine_named(engine)
    if note:
        click.echo(note, err=True)
    rows = read_index(index, load_index_words(knowledge.folder)) if index else ()
    batch = Batch()
    cases = list(_reviewed(read_determinations(paths, knowledge, batch, as_of=as_of), batch))
    if not cases:
        raise InputError(
            "holds no determination: there is nothing to audit.",
            at=Location(paths[0]),
            hint="Name letters, or cases with their items, or a folder of them.",
        )
    if number is not None:
        _check_number(number, cases)
    corpus = corpus_of(cases, knowledge, chosen, as_of=as_of)
    # One determination is judged among its fellows: like cases need the whole corpus.
    found = audit(corpus)
    index_lines = compare_with_index(rows, cases).lines() if index else ()
    if out is not None:
        write_audit(found, batch.left_out, out, index_lines=index_lines)
    if number is not None:
        case = _case(corpus, number)
        if form == "html":
            click.echo(case_html(case, found))
        elif form == "json":
            own = [f for f in found.findings if f.case_number == case.case.case_number]
            click.echo(_json(findings_to_json(own, corpus.policy)))
        else:
            make_console(sys.stdout).print(case_text(case, found))
    elif form == "json":
        click.echo(_json(found.scores))
    else:
        make_console(sys.stdout).print(audit_text(found))
        for line in index_lines:
            click.echo(line)
    end_batch(batch)


def _reviewed(entries: Iterable[Loaded], batch: Batch) -> Iterator[Case]:
    """Yield the cases that a reviewer has spoken of; of others there is nothing to audit."""
    for entry in entries:
        if entry.case.is_determination:
            yield entry.case
            continue
        error = InputError(
            "is a request that nobody has reviewed yet: there is nothing to audit.",
            at=Location(entry.path),
            hint="Look at it with imr-rules preview.",
        )
        batch.reject(Rejected(entry.path, str(error)))


def _check_number(number: str, cases: Sequence[Case]) -> None:
    """Refuse a number that none of *cases* has, before all of them are decided in vain.

    Raises:
        UnknownNameError: there is no such case.
    """
    known = [case.case_number for case in cases]
    if number.lower() not in (one.lower() for one in known):
        read = f"{counted(len(known), 'determination')} {'was' if len(known) == 1 else 'were'} read"
        told = f"{read}: name one of theirs, such as {known[0]}."
        raise UnknownNameError("case", number, known, otherwise=told)


def _case(corpus: Corpus, number: str) -> AuditCase:
    return next(case for case in corpus.cases if case.case.case_number.lower() == number.lower())


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)
