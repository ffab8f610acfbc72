"""What an extraction has finished: so that a run killed at any moment goes on where it was.

A part is written whole, then named in the journal, one line for each. What is on disk but not in
the journal was being written when a run ended; it is removed and read again. So no letter is lost,
and none counted twice.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from imr_rules.errors import InputError, Location, not_writable

NAME = "_journal.jsonl"
"""Spark and DuckDB leave files with a leading underscore alone."""
FORMAT = "imr.extract.v2"


@dataclass(frozen=True, slots=True)
class Settings:
    """What all parts of a table have in common."""

    rules: str
    as_of: str | None
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Commit:
    """One finished part: its *name*, and what was read into it.

    *sources* are the files that were read, each with the stamp it had then; *letters* how many
    letters they hold; *rejected* the files that could not be read, with the reason.
    """

    name: str
    sources: tuple[tuple[str, str], ...]
    letters: int
    items: int
    rejected: tuple[tuple[str, str], ...] = ()


@dataclass
class Journal:
    """The commits of a table, with the open file that takes the next."""

    folder: Path
    stream: IO[str]
    commits: int = 0
    letters: int = 0
    items: int = 0
    sources: dict[str, str] = field(default_factory=dict)
    rejected: dict[str, str] = field(default_factory=dict)

    def take(self, commit: Commit) -> None:
        """Count *commit* in."""
        self.commits += 1
        self.letters += commit.letters
        self.items += commit.items
        self.sources.update(commit.sources)
        for source, _ in commit.sources:
            self.rejected.pop(source, None)
        self.rejected.update(commit.rejected)

    def write(self, commit: Commit) -> None:
        """Write *commit* down for good, and count it in."""
        self.stream.write(json.dumps(asdict(commit), ensure_ascii=False) + "\n")
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.take(commit)


@contextlib.contextmanager
def open_journal(folder: Path, settings: Settings) -> Iterator[Journal]:
    """Open the journal of the table at *folder*, and clear away what it does not name.

    Raises:
        InputError: another run is writing there, *folder* is something else, or its parts were
            extracted otherwise.
    """
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists() and any(folder.iterdir()):
            raise InputError(
                "is not empty and holds no extraction.",
                at=Location(folder),
                hint="Name a folder that does not exist yet.",
            )
        stream = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise not_writable(folder, error) from None
    with stream:
        _lock(stream, folder)
        lines = _whole_lines(stream)
        journal = Journal(folder, stream)
        if not lines:
            stream.write(json.dumps(asdict(settings)) + "\n")
            stream.flush()
        elif lines[0] != asdict(settings):
            raise InputError(
                "was extracted with other rules, another --as-of or another version.",
                at=Location(folder),
                hint="Extract into a new folder; parts of two kinds cannot be mixed.",
            )
        names = {line["name"] for line in lines[1:]}
        for line in lines[1:]:
            journal.take(
                Commit(
                    line["name"],
                    tuple((source, stamp) for source, stamp in line["sources"]),
                    line["letters"],
                    line["items"],
                    tuple((source, reason) for source, reason in line["rejected"]),
                )
            )
        _clear(folder, names)
        yield journal


def _whole_lines(stream: IO[str]) -> list[dict[str, Any]]:
    """Read the lines of *stream*, and cut off one that was being written when a run ended."""
    stream.seek(0)
    lines: list[dict[str, Any]] = []
    whole = 0
    for text in stream:
        try:
            line = json.loads(text) if text.endswith("\n") else None
        except ValueError:
            line = None
        if line is None:
            break
        lines.append(line)
        whole += len(text.encode("utf-8"))
    stream.truncate(whole)
    stream.seek(0, os.SEEK_END)
    return lines


def _clear(folder: Path, names: Sequence[str] | set[str]) -> None:
    for path in folder.glob("*=*/*=*/*"):
        if path.name.removesuffix(".parquet") not in names:
            path.unlink(missing_ok=True)


def _lock(stream: IO[str], folder: Path) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: two runs into one folder are the user's to avoid
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError(
            "is being written by another extraction.",
            at=Location(folder),
            hint="Wait for it, or end it first.",
        ) from None
