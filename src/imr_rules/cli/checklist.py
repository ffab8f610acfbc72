"""``imr-rules checklist``: what the record must show for a treatment."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.from_record import subject_in_record
from imr_rules.checklist.sheet import record_remarks
from imr_rules.checklist.subject import subject_named
from imr_rules.checklist.wording import load_wording
from imr_rules.checklist.write import FORMATS, TEXT_FORMATS, checklist_bytes
from imr_rules.cli.options import as_of_option_of, lang_option, out_option, rules_option
from imr_rules.cli.output import write_document
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.knowledge import load_knowledge


@click.command("checklist")
@click.argument("treatment")
@as_of_option_of("the record's own day, or today")
@click.option(
    "--from",
    "record",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fill it in from this letter, chart note, request file or FHIR response.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="md", show_default=True)
@lang_option
@rules_option
@out_option
def command(
    treatment: str,
    as_of: date | None,
    record: Path | None,
    form: str,
    lang: str,
    rules: Path | None,
    out: Path | None,
) -> None:
    """List what the record must show for TREATMENT, as questions to tick off.

    TREATMENT is what would be asked for ("Norco 10/325 #120", "lumbar MRI") or a topic's id.
    """
    knowledge = load_knowledge(rules)
    words = load_wording(knowledge.folder, lang)
    today = date.today()
    if record is None:
        subject = subject_named(treatment, knowledge, as_of, today=today)
        checklist = build_checklist(subject, knowledge.vocabulary)
    else:
        found = subject_in_record(record, treatment, knowledge, ReferenceEngine(), as_of, today)
        checklist = build_checklist(
            found.subject,
            knowledge.vocabulary,
            filled_from=found.conclusion,
            instead=found.instead,
        )
        if found.conclusion is None:
            click.echo(f"{record}: asks for nothing under this topic; left blank.", err=True)
        for remark in record_remarks(checklist, words):
            click.echo(remark, err=True)
    document = checklist_bytes(checklist, form, words, load_units(knowledge.folder))
    write_document(document, out, is_text=form in TEXT_FORMATS)
