"""``imr-rules preview``: a request before it is sent."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cases.record import load_record
from imr_rules.cli.batch import how_read
from imr_rules.cli.options import as_of_option, out_option, rules_option, warn_if_far_ahead
from imr_rules.cli.output import output_to
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.to_text import make_console
from imr_rules.facts.model import Basis
from imr_rules.knowledge import load_knowledge
from imr_rules.notice import NOTICE
from imr_rules.preview.build import preview_case
from imr_rules.preview.to_json import preview_to_json
from imr_rules.preview.to_text import preview_text


def _titles(
    _ctx: click.Context, _param: click.Parameter, typed: tuple[str, ...]
) -> tuple[str, ...]:
    if not all(title.strip() for title in typed):
        raise click.BadParameter('is empty. Name what is asked for, such as "Norco 10/325 #120".')
    return typed


@click.command("preview")
@click.argument(
    "record", required=False, metavar="[RECORD]", type=click.Path(path_type=Path, dir_okay=False)
)
@click.option(
    "--request",
    "requests",
    multiple=True,
    metavar="TITLE",
    callback=_titles,
    help='What is asked for ("Norco 10/325 #120"): it is not read out of a chart note. Repeatable.',
)
@click.option("--interactive", "-i", is_flag=True, help="Ask what can still matter, and only that.")
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --interactive: keep the answers here after each of them [default: RECORD].",
)
@as_of_option
@click.option(
    "--basis",
    type=click.Choice([basis.value for basis in Basis]),
    default=Basis.RECORD.value,
    show_default=True,
    help="What may be known of a decided letter.",
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
@rules_option
@out_option
def command(
    record: Path | None,
    requests: tuple[str, ...],
    interactive: bool,
    save: Path | None,
    as_of: date | None,
    basis: str,
    form: str,
    rules: Path | None,
    out: Path | None,
) -> None:
    """Say how a request would likely end, and what the record must show to change that.

    RECORD is a request file (YAML), a request for authorization (DWC Form RFA), a letter or chart
    note, a case, or a FHIR QuestionnaireResponse.
    """
    knowledge = load_knowledge(rules)
    if interactive:
        from imr_rules.cli.ask import ask_in_terminal

        case = ask_in_terminal(record, requests, save, as_of, knowledge)
    elif record is None:
        raise click.UsageError("Name a RECORD, or ask with --interactive.")
    else:
        case = load_record(record, knowledge, requests=requests, as_of=as_of)
    for line in how_read(case):
        click.echo(f"{record}: {line}", err=True)
    if as_of is None and case.denial_date is not None:
        warn_if_far_ahead(case.denial_date)
    previews = preview_case(case, knowledge, ReferenceEngine(), basis=Basis(basis), as_of=as_of)
    with output_to(out) as stream:
        if form == "json":
            lines = [preview_to_json(preview) for preview in previews]
            stream.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
            return
        console = make_console(stream)
        for preview in previews:
            console.print(preview_text(preview))
            console.print()
        console.print(NOTICE, style="dim")
