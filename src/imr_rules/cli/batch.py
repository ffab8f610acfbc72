"""Paths → cases for a command; what cannot be read is told, counted and in the exit status."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import rich_click as click
from click.exceptions import Exit

from imr_rules.cases.from_paths import Loaded, Rejected, Repeated, load_once
from imr_rules.cases.model import Case
from imr_rules.counted import counted
from imr_rules.errors import InputError, Location
from imr_rules.explain.printable import printable
from imr_rules.knowledge import Knowledge
from imr_rules.reading.reader import Reader

UNREADABLE = 2
"""The exit status where something could not be read, however much else was."""


@dataclass(slots=True)
class Batch:
    """What came of the files of a batch so far; with those *repeated* nothing is wrong."""

    cases: int = 0
    files: set[Path] = field(default_factory=set)
    rejected: dict[Rejected, None] = field(default_factory=dict)
    """In their order, each once: a path may be named again and again."""
    repeated: list[Repeated] = field(default_factory=list)

    @property
    def left_out(self) -> tuple[Rejected | Repeated, ...]:
        """What was named and is not among the cases."""
        return (*self.rejected, *self.repeated)

    def reject(self, entry: Rejected) -> None:
        """Count *entry* as what could not be read or used, and tell it on stderr, once."""
        if entry in self.rejected:
            return
        click.echo(str(entry), err=True)
        self.files.add(entry.path)
        self.rejected[entry] = None


def read_batch(
    paths: Sequence[Path],
    knowledge: Knowledge,
    batch: Batch,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> Iterator[Loaded]:
    """Yield every case of *paths*, and count it in *batch*.

    What cannot be read, what was read already, and what folders pass over, is told on stderr as it
    is met.
    """
    for entry in load_once(paths, knowledge, as_of=as_of, reader=reader):
        if isinstance(entry, Loaded):
            batch.cases += 1
            batch.files.add(entry.path)
            yield entry
        elif isinstance(entry, Rejected):
            batch.reject(entry)
        else:
            click.echo(str(entry), err=True)
            if isinstance(entry, Repeated):
                batch.files.add(entry.path)
                batch.repeated.append(entry)


def read_determinations(
    paths: Sequence[Path], knowledge: Knowledge, batch: Batch, *, as_of: date | None = None
) -> Iterator[Loaded]:
    """Yield the cases of *paths*, and reject those without items: they determine nothing."""
    for entry in read_batch(paths, knowledge, batch, as_of=as_of):
        if entry.case.items:
            yield entry
        else:
            batch.reject(without_items(entry))


def without_items(entry: Loaded) -> Rejected:
    """Return the rejection of a case that disputes nothing, or of which no item was found."""
    number = entry.case.case_number
    # A file of several cases holds them by number; a text without one goes by its file's name.
    which = "" if number in ("", entry.path.stem) else f" under case {number}"
    error = InputError(
        f"holds no item in dispute{which}: there is nothing to decide.",
        at=Location(entry.path),
        hint="Leave it out, or look at what is read of it with imr-rules extract.",
    )
    return Rejected(entry.path, str(error))


def how_read(case: Case) -> list[str]:
    """Return, a line each, what to know of the reading of *case*.

    That it was recognised from images, and what its record does not show or shows as it cannot be.
    """
    lines: list[str] = []
    if case.confidence != 1:
        how_surely = f"confidence {case.confidence:.2f}; compare it with the pages"
        lines.append(f"recognised from images, {how_surely}")
    if case.missing:
        lines.append(f"not found or not usable: {printable('; '.join(case.missing))}")
    return lines


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
