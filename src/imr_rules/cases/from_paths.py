"""Paths as a user gives them → cases: letters, case files, extracted lines, and folders of them.

A bad file never stops the rest: it is yielded as :class:`Rejected`, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from imr_rules.cases.from_json import read_jsonl
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_yaml import read_case
from imr_rules.cases.model import Case
from imr_rules.errors import ImrRulesError, InputError, Location
from imr_rules.knowledge import Knowledge
from imr_rules.letters.model import Determination
from imr_rules.letters.read import read_letter
from imr_rules.reading.model import Miss, Refusal
from imr_rules.reading.reader import Reader

LETTER_SUFFIXES = (".txt", ".pdf", ".docx", ".html", ".htm", ".md")
CASE_SUFFIXES = (".yaml", ".yml")
LINES_SUFFIX = ".jsonl"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be read, and why, in one line."""

    path: Path
    reason: str


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


def files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the readable files of *paths*, folders walked in order of name.

    Raises:
        InputError: a path does not exist, or a folder holds nothing that can be read.
    """
    for path in paths:
        if path.is_dir():
            known = (*LETTER_SUFFIXES, *CASE_SUFFIXES, LINES_SUFFIX)
            found = [
                p
                for p in sorted(path.rglob("*"))
                if p.is_file()
                and p.suffix.lower() in known
                and p.name.lower() != "readme.md"
                and not any(part.startswith(".") for part in p.relative_to(path).parts)
            ]
            if not found:
                raise InputError(
                    "holds no letter or case.",
                    at=Location(path),
                    hint=f"Readable are {', '.join(known)}.",
                )
            yield from found
        elif path.exists():
            yield path
        else:
            raise InputError("does not exist.", at=Location(path), hint="Check the path.")


def load_cases(
    paths: Sequence[Path],
    knowledge: Knowledge,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> Iterator[Loaded | Rejected]:
    """Yield every case of *paths*, and what had to be rejected, in order.

    *reader* reads the letters; by default their cues are read.
    """
    for path in files_of(paths):
        try:
            yield from _load(path, knowledge, as_of, reader)
        except ImrRulesError as error:
            yield Rejected(path, str(error))
        except OSError as error:
            yield Rejected(path, f"{path}: error[input]: {error.strerror or error}.")


def _load(
    path: Path, knowledge: Knowledge, as_of: date | None, reader: Reader | None
) -> Iterator[Loaded]:
    suffix = path.suffix.lower()
    if suffix in CASE_SUFFIXES:
        yield Loaded(path, read_case(path, knowledge.vocabulary, knowledge.catalogue))
    elif suffix == LINES_SUFFIX:
        for case in read_jsonl(path, knowledge.vocabulary, knowledge.catalogue):
            yield Loaded(path, case)
    else:
        letter = read_letter(path)
        case, result = case_from_letter(letter, knowledge, as_of=as_of, reader=reader)
        yield Loaded(path, case, result.misses, letter, result.refusals)
