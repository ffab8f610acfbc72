"""The table form of ``imr-rules extract``: progress while it runs, a count when it is done."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import rich_click as click
from click.exceptions import Exit
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar
from rich.text import Text

from imr_rules.cli.batch import UNREADABLE
from imr_rules.counted import counted
from imr_rules.table.extract import REJECTED, Progress, extract_table

INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended."""


def extract_with_progress(
    paths: Sequence[Path],
    out: Path,
    *,
    rules: Path | None,
    as_of: date | None,
    workers: int | None,
) -> None:
    """Extract *paths* into the table *out*; end with status 2 if anything could not be read.

    Raises:
        InputError: *out* cannot be written.
    """
    try:
        with _shown() as tell:
            made = extract_table(paths, out, rules=rules, as_of=as_of, workers=workers, tell=tell)
    except KeyboardInterrupt:
        click.echo(f"Stopped. What was read is in {out}; run it again to go on.", err=True)
        sys.exit(INTERRUPTED)
    for told in (*made.passed_over, *made.unfound):
        click.echo(str(told), err=True)
    if made.letters or made.rejected > len(made.unfound):
        earlier = made.letters - made.read_now
        resumed = f", {earlier} of them by an earlier run" if earlier else ""
        click.echo(
            f"{out}: {counted(made.items, 'item')} of {counted(made.letters, 'letter')}{resumed}.",
            err=True,
        )
        if made.rejected:
            listed = out.with_name(REJECTED)
            click.echo(f"{counted(made.rejected, 'file')} rejected: {listed} tells why.", err=True)
    if made.repeated:
        letters = counted(made.repeated, "letter")
        click.echo(
            f"{out}: {letters} of a case and day of decision that the table holds already:"
            " evaluate, audit and whatif count each case once.",
            err=True,
        )
    if made.changed:
        changed = counted(len(made.changed), "file")
        click.echo(
            f"{changed} changed since an earlier run, {made.changed[0]} for one: the table holds"
            " what stood there. Extract into a new table.",
            err=True,
        )
    if made.rejected or made.changed:
        raise Exit(UNREADABLE)


class _Rate(ProgressColumn):
    """Letters read in a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f}/s" if task.speed else "")


@contextmanager
def _shown() -> Iterator[Callable[[Progress], None]]:
    """Yield what shows progress: a bar on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Bar(
        TextColumn("letters"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[rejected]} rejected"),
        console=console,
    ) as bar:
        task = bar.add_task("letters", total=None, rejected=0)

        def tell(progress: Progress) -> None:
            bar.update(
                task,
                # What an earlier run finished says nothing of this one's pace.
                total=progress.total - progress.before,
                completed=progress.done - progress.before,
                rejected=progress.rejected,
            )

        yield tell
