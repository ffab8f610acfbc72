"""Paths → cases for a command; what cannot be read is told, counted and in the exit status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import rich_click as click
from click.exceptions import Exit

from imr_rules.cases.from_paths import Loaded, Rejected, load_cases
from imr_rules.cases.model import Case
from imr_rules.counted import counted
from imr_rules.explain.printable import printable
from imr_rules.knowledge import Knowledge
from imr_rules.reading.reader import Reader

UNREADABLE = 2
"""The exit status where something could not be read, however much else was."""


@dataclass(slots=True)
class Batch:
    """What came of the files of a batch so far."""

    cases: int = 0
    files: set[Path] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)

    def reject(self, entry: Rejected) -> None:
        """Count *entry* as what could not be read or used, and tell it on stderr."""
        click.echo(str(entry), err=True)
        self.files.add(entry.path)
        self.rejected.append(entry)


def read_batch(
    paths: Sequence[Path],
    knowledge: Knowledge,
    batch: Batch,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> Iterator[Loaded]:
    """Yield every case of *paths*, and count it in *batch*.

    What cannot be read, and what folders pass over, is told on stderr as it is met.
    """
    for entry in load_cases(paths, knowledge, as_of=as_of, reader=reader):
        if isinstance(entry, Loaded):
            batch.cases += 1
            batch.files.add(entry.path)
            yield entry
        elif isinstance(entry, Rejected):
            batch.reject(entry)
        else:
            click.echo(str(entry), err=True)


def missing_text(case: Case) -> str:
    """Return in one line what of *case* its letter does not show, or shows as it cannot be."""
    return f"not found or not usable: {printable('; '.join(case.missing))}"


def end_batch(batch: Batch) -> None:
    """Say how many files were rejected, and end the command with :data:`UNREADABLE` if any was.

    To be called when everything else is done: as grep and cat do, a batch goes on past what it
    cannot read, and a script learns of it without looking at messages.
    """
    if batch.rejected:
        # A file of several cases may have been rejected for more than one of them.
        rejected = {entry.path for entry in batch.rejected}
        click.echo(f"{len(rejected)} of {counted(len(batch.files), 'file')} rejected.", err=True)
        raise Exit(UNREADABLE)
