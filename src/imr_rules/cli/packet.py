"""``imr-rules packet``: what a reviewer found missing, and where the record had it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cases.record import load_record
from imr_rules.checklist.gap_sheet import gap_sheet
from imr_rules.checklist.gaps import gap_lists
from imr_rules.checklist.packet import PACKET_FORMATS, packet_bytes
from imr_rules.checklist.wording import load_wording
from imr_rules.cli.batch import how_read
from imr_rules.cli.options import as_of_option, lang_option, out_option, rules_option
from imr_rules.cli.output import write_document
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import UnknownNameError
from imr_rules.knowledge import load_knowledge


@click.command("packet")
@click.argument("letter", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--item", type=int, help="Only this item of the letter.")
@as_of_option
@click.option(
    "--format", "form", type=click.Choice(PACKET_FORMATS), default="md", show_default=True
)
@lang_option
@rules_option
@out_option
def command(
    letter: Path,
    item: int | None,
    as_of: date | None,
    form: str,
    lang: str,
    rules: Path | None,
    out: Path | None,
) -> None:
    """List for each upheld item of LETTER what was found missing, and what the record has.

    One page an item: what the reviewer found missing, where the record already had it, what
    remains.
    """
    knowledge = load_knowledge(rules)
    words = load_wording(knowledge.folder, lang)
    case = load_record(letter, knowledge, as_of=as_of)
    for line in how_read(case):
        click.echo(f"{letter}: {line}", err=True)
    numbers = [str(each.number) for each in case.items]
    if item is not None and str(item) not in numbers:
        raise UnknownNameError("item", str(item), (), otherwise=f"Items: {', '.join(numbers)}.")
    lists = [
        found
        for found in gap_lists(case, knowledge, ReferenceEngine(), as_of=as_of)
        if item in (None, found.item.number)
    ]
    if not lists:
        click.echo(f"{letter}: no upheld item to list the gaps of.", err=True)
        sys.exit(0)
    sheets = [gap_sheet(found, words) for found in lists]
    document = packet_bytes(sheets, form, words, title=case.case_number)
    write_document(document, out, is_text=form != "pdf")
