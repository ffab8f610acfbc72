"""Paths as a user gives them → cases: records of every kind, and folders of them.

What a file is read as, its contents tell (:mod:`imr_rules.cases.record_kind`), whatever command it
is given to. A bad file or path never stops the rest: it is yielded as :class:`Rejected`, with its
reason. What a folder holds beside records is counted: :class:`PassedOver`.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from shlex import quote

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.draft_yaml import read_draft
from imr_rules.cases.from_json import read_jsonl
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_response import read_response
from imr_rules.cases.from_yaml import read_cases
from imr_rules.cases.model import Case
from imr_rules.cases.record_kind import (
    CASE_SUFFIXES,
    LETTER_SUFFIXES,
    LINES_SUFFIX,
    RecordKind,
    kind_of_record,
)
from imr_rules.cases.repeated import Seen
from imr_rules.errors import ImrRulesError, InputError, Location
from imr_rules.knowledge import Knowledge
from imr_rules.letters.model import Determination
from imr_rules.letters.read import read_letter
from imr_rules.reading.model import Miss, Refusal
from imr_rules.reading.reader import Reader

READABLE = (*LETTER_SUFFIXES, *CASE_SUFFIXES, LINES_SUFFIX)
"""The endings that are looked for in a folder, in any case."""
NO_RECORDS = frozenset((".csv", ".tsv", ".parquet", ".db", ".ini", ".lnk"))
"""Endings of what is plainly no letter: tables, and what systems leave in folders."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read, and why, in one line."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Repeated:
    """A case that was read already, from the file *first*; it is left out."""

    path: Path
    number: str
    first: Path

    @property
    def reason(self) -> str:
        """What is told, in one line."""
        where = "above" if self.first == self.path else f"as {self.first}"
        return f"{self.path}: holds case {self.number}, which was read {where}: it counts once."

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class PassedOver:
    """How many files of each ending a folder holds that might be records and are not read."""

    folder: Path
    endings: Mapping[str, int]
    readable: Sequence[str] = READABLE

    def __str__(self) -> str:
        listed = ", ".join(
            f"{count} {ending or 'without one'}" for ending, count in self.endings.items()
        )
        return f"{self.folder}: passed over for their endings: {listed}. {_only(self.readable)}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case, and of one that was a letter: the letter, what in it was not understood, and what
    of its reader's answers was thrown away.
    """

    path: Path
    case: Case
    misses: tuple[Miss, ...] = ()
    letter: Determination | None = None
    refusals: Mapping[Refusal, int] = field(default_factory=dict)


def files_of(paths: Sequence[Path]) -> Iterator[Path | Rejected | PassedOver]:
    """Yield the files to read of *paths*, folders walked in order of name.

    A path that does not exist and a folder that holds nothing to read are rejected.
    """
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(path.stat().st_mode)
        except FileNotFoundError:
            error = InputError("does not exist.", at=Location(path), hint="Check the path.")
            yield Rejected(path, str(error))
        except (OSError, ValueError) as problem:
            reason = getattr(problem, "strerror", None) or problem
            yield Rejected(path, str(InputError(f"cannot be read ({reason}).", at=Location(path))))
        else:
            if is_folder:
                yield from _files_in(path)
            else:
                yield path


def _files_in(folder: Path) -> Iterator[Path | Rejected | PassedOver]:
    readable = False
    others: Counter[str] = Counter()
    for path in sorted(folder.rglob("*")):
        if _is_told_apart(path, folder):
            continue
        suffix = path.suffix.lower()
        if suffix in READABLE:
            readable = True
            yield path
        elif suffix not in NO_RECORDS:
            others[suffix] += 1
    if others:
        yield PassedOver(folder, dict(others.most_common()))
    if not readable:
        error = InputError("holds no letter or case.", at=Location(folder), hint=_only(READABLE))
        yield Rejected(folder, str(error))


def _only(readable: Sequence[str]) -> str:
    return f"Readable are {', '.join(readable)}."


def _is_told_apart(path: Path, folder: Path) -> bool:
    """Whether *path* is hidden, a folder or a read-me: nobody takes these for records."""
    is_apart = is_hidden(path.relative_to(folder)) or path.name.lower() == "readme.md"
    # A link to a file that is gone may have been a record: reading it tells that.
    is_lost = path.is_symlink() and not path.exists()
    return is_apart or not (path.is_file() or is_lost)


def is_hidden(path: Path) -> bool:
    """Whether *path*, within its folder or archive, is hidden or a system's own."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def load_once(
    paths: Sequence[Path],
    knowledge: Knowledge,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> Iterator[Loaded | Rejected | Repeated | PassedOver]:
    """Yield what :func:`load_cases` does, each determination once.

    Another file with the text of one, or with its number and the day of its decision, is told as
    :class:`Repeated`.
    """
    seen = Seen()
    for entry in load_cases(paths, knowledge, as_of=as_of, reader=reader):
        if isinstance(entry, Loaded):
            first = seen.first_of(entry.case, entry.path)
            if first is not None:
                yield Repeated(entry.path, entry.case.case_number, first)
                continue
        yield entry


def load_cases(
    paths: Sequence[Path],
    knowledge: Knowledge,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> Iterator[Loaded | Rejected | PassedOver]:
    """Yield every case of *paths*, and what had to be rejected or was passed over, in order.

    *reader* reads the letters; by default their cues are read.

    Raises:
        PackErrors: a letter is to be read, and the rules of reading cannot be loaded.
    """
    for path in files_of(paths):
        if not isinstance(path, Path):
            yield path
            continue
        try:
            kind = kind_of_record(path)
        except (ImrRulesError, OSError) as error:
            yield _rejected(path, error)
            continue
        if kind is RecordKind.LETTER:
            knowledge.load_reading()
        try:
            yield from _load(path, kind, knowledge, as_of, reader)
        except (ImrRulesError, OSError) as error:
            yield _rejected(path, error)


def _rejected(path: Path, error: ImrRulesError | OSError) -> Rejected:
    if isinstance(error, ImrRulesError):
        # What reads a letter knows its text and not its file.
        error.at = error.at or Location(path)
        return Rejected(path, str(error))
    return Rejected(path, f"{path}: error[input]: {error.strerror or error}.")


def _load(
    path: Path, kind: RecordKind, knowledge: Knowledge, as_of: date | None, reader: Reader | None
) -> Iterator[Loaded]:
    if kind is RecordKind.LETTER:
        letter = read_letter(path, knowledge.letter_phrases)
        case, result = case_from_letter(letter, knowledge, as_of=as_of, reader=reader)
        yield Loaded(path, case, result.misses, letter, result.refusals)
        return
    for case in cases_of_data(path, kind, knowledge):
        yield Loaded(path, case)


def cases_of_data(path: Path, kind: RecordKind, knowledge: Knowledge) -> Iterator[Case]:
    """Yield the cases of a file of any *kind* but a letter.

    Raises:
        InputError: the file cannot be read, or does not say what is asked for.
    """
    if kind is RecordKind.CASE:
        yield from read_cases(path, knowledge.vocabulary, knowledge.catalogue)
    elif kind is RecordKind.LINES:
        yield from read_jsonl(path, knowledge.vocabulary, knowledge.catalogue)
    else:
        draft = draft_of(path, kind, knowledge)
        if not draft.request:
            raise nothing_asked(path)
        yield case_from_draft(draft, knowledge.catalogue, source=str(path))


def draft_of(path: Path, kind: RecordKind, knowledge: Knowledge) -> Draft:
    """Return the draft that a request file or a FHIR response holds."""
    if kind is RecordKind.RESPONSE:
        return read_response(path, knowledge.vocabulary)
    return read_draft(path, knowledge.vocabulary)


def nothing_asked(path: Path) -> InputError:
    """Return the error of a record that leaves open what is asked for."""
    return InputError("does not say what is asked for.", at=Location(path), hint=_name_it(path))


def not_read_from_a_note(path: Path) -> InputError:
    """Return the error of a text without items: a note asks in words that nobody read as titles."""
    return InputError(
        "is read as a note; what a note asks for is not read out of it.",
        at=Location(path),
        hint=_name_it(path),
    )


def _name_it(path: Path) -> str:
    return f'Name it: imr-rules preview {quote(str(path))} --request "Norco 10/325 #120".'
