"""``imr-rules extract``: letters and notes → items, decisions, facts with their quotations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import rich_click as click

from imr_rules.cases.from_paths import Loaded
from imr_rules.cases.to_json import case_to_json
from imr_rules.cases.to_yaml import cases_to_yaml
from imr_rules.cli.batch import Batch, end_batch, how_read, read_batch
from imr_rules.cli.options import as_of_option, out_option, paths_argument, rules_option
from imr_rules.cli.output import output_to
from imr_rules.cli.reader_options import chosen_reader, reader_options, tell_refusals
from imr_rules.counted import counted
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.notice import NOTICE

if TYPE_CHECKING:
    from rich.console import Console


@click.command("extract")
@paths_argument
@as_of_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "yaml", "html"]),
    default="text",
    show_default=True,
    help="text prints each letter as read: the offsets of the findings count in it."
    " html is a page with what was read marked.",
)
@click.option("--explain", is_flag=True, help="Print each letter with what was read marked.")
@click.option(
    "--misses",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the sentences that touch a fact and were not understood to this CSV file."
    " It holds text of records.",
)
@reader_options
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
    explain: bool,
    misses: Path | None,
    reader_name: str,
    endpoint: str | None,
    model: str | None,
    rules: Path | None,
    out: Path | None,
    workers: int | None,
) -> None:
    """Read letters and chart notes: items, decisions, dates, and facts with their quotations.

    With --out FACTS.parquet the facts become a table, read on all cores. PATH may then also be a
    zip archive, or @LIST, a file with one path a line. Run again, it goes on where it was ended.
    """
    if explain and form != "text":
        raise click.UsageError("--explain is for the terminal; --format html is the page of it.")
    if out is not None and out.suffix.lower() == ".parquet":
        if explain or misses or form != "text" or reader_name != "cues" or endpoint or model:
            raise click.UsageError(
                "A table is read by cues alone, with no other output: --out FACTS.parquet goes"
                " without --format, --explain, --misses and --reader llm."
            )
        from imr_rules.cli.extract_table import extract_with_progress

        extract_with_progress(paths, out, rules=rules, as_of=as_of, workers=workers)
        return
    if workers is not None:
        raise click.UsageError("--workers goes with --out FACTS.parquet.")
    knowledge = load_knowledge(rules)
    reader = chosen_reader(reader_name, endpoint, model, knowledge)
    batch = Batch()
    read: list[Loaded] = []
    with output_to(out) as stream:
        for entry in read_batch(paths, knowledge, batch, as_of=as_of, reader=reader):
            read.append(entry)
            for line in how_read(entry.case):
                click.echo(f"{entry.path}: {line}", err=True)
            if form == "text" and entry.letter is None:
                _tell_textless(entry)
            elif explain:
                _print_marked(entry, stream)
            elif form == "text":
                stream.write(entry.case.text)
            elif form == "jsonl":
                stream.write(json.dumps(case_to_json(entry.case), ensure_ascii=False) + "\n")
        if form == "json":
            lines = [case_to_json(entry.case) for entry in read]
            stream.write(json.dumps(lines, ensure_ascii=False, indent=2) + "\n")
        elif form == "yaml":
            stream.writelines(cases_to_yaml(entry.case for entry in read))
        elif form == "html":
            stream.write(_page(read, knowledge))
        elif form == "text" and any(entry.letter for entry in read):
            _tell_notice(explain, stream)
    if misses is not None:
        _write_misses(misses, read)
    tell_refusals(entry.refusals for entry in read)
    end_batch(batch)


def _tell_textless(entry: Loaded) -> None:
    click.echo(
        f"{entry.path}: no letter, so there is no text to show; --format jsonl gives its facts.",
        err=True,
    )


def _tell_notice(explain: bool, stream: IO[str]) -> None:
    if explain:
        _console(stream).print(NOTICE, style="dim")
    else:
        # What is printed is a letter, where the offsets of findings count: not a word joins it.
        click.echo(NOTICE, err=True)


def _console(stream: IO[str]) -> Console:
    # Rich takes a while to load, and lines do without it.
    from imr_rules.explain.to_text import make_console

    return make_console(stream)


def _print_marked(entry: Loaded, stream: IO[str]) -> None:
    from imr_rules.explain.letter.to_text import marked_letter

    if entry.letter is not None:
        _console(stream).print(marked_letter(entry.letter, entry.case))


def _page(read: Iterable[Loaded], knowledge: Knowledge) -> str:
    from imr_rules.explain.letter.to_html import letters_page

    marked = []
    for entry in read:
        if entry.letter is None:
            _tell_textless(entry)
        else:
            marked.append((entry.letter, entry.case))
    return letters_page(marked, knowledge.vocabulary)


def _write_misses(path: Path, read: Iterable[Loaded]) -> None:
    from imr_rules.cli.misses import write_misses

    count = write_misses(path, ((entry.path, miss) for entry in read for miss in entry.misses))
    click.echo(
        f"{counted(count, 'sentence')} not understood: {path} holds text of records.", err=True
    )
