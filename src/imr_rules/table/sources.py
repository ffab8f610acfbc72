"""Paths as a user gives them → letters to extract: folders, zip archives, lists of paths."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_paths import (
    NO_RECORDS,
    Loaded,
    PassedOver,
    Rejected,
    files_of,
    is_hidden,
    load_cases,
)
from imr_rules.cases.model import Case
from imr_rules.cases.record_kind import LETTER_SUFFIXES, LINES_SUFFIX
from imr_rules.errors import ImrRulesError, InputError, Location
from imr_rules.knowledge import Knowledge
from imr_rules.letters.read import LARGEST_FILE, letter_from_bytes

ARCHIVE_SUFFIX = ".zip"
LIST_MARK = "@"
_IN = "!"
"""Between an archive and the name of what is in it."""
_MEMBER = re.compile(rf"(.*?{re.escape(ARCHIVE_SUFFIX)}){_IN}(.*)", re.IGNORECASE | re.DOTALL)


class _RejectedError(ImrRulesError):
    """A file that cannot be read; the words are a whole message already, with its place."""

    def __str__(self) -> str:
        return str(self.args[0])


def letter_sources(paths: Sequence[Path]) -> Iterator[str | Rejected | PassedOver]:
    """Yield a name for each file to read, the same in every run, none twice.

    A path where nothing stands, a folder that holds nothing to read, and a list or an archive that
    cannot be opened are rejected.

    A path that starts with ``@`` names a text file with one path a line. What stands in an
    archive is called ``ARCHIVE.zip!NAME``.
    """
    seen: set[str | Path] = set()
    for source in _sources(paths):
        if isinstance(source, str):
            named: str | Path = source
        else:
            named = source.folder if isinstance(source, PassedOver) else source.path
        if named not in seen:
            seen.add(named)
            yield source


def stamp_of(source: str) -> str:
    """Return what changes with the file behind *source*: its size and time, of an archive whole."""
    member = _MEMBER.fullmatch(source)
    try:
        found = Path(member[1] if member else source).stat()
    except OSError:
        return ""
    return f"{found.st_size}-{found.st_mtime_ns}"


def cases_of(
    source: str, knowledge: Knowledge, *, as_of: date | None = None
) -> Iterator[tuple[str, Case]]:
    """Yield what *source* holds, each case named: of several in a file, each by its number.

    Raises:
        ImrRulesError: it cannot be read; the message is one line with the reason.
    """
    member = _MEMBER.fullmatch(source)
    if member:
        raw = _member(Path(member[1]), member[2])
        letter = letter_from_bytes(raw, Path(source), knowledge.letter_phrases)
        case, _ = case_from_letter(letter, knowledge, as_of=as_of)
        yield source, case
        return
    cases = enumerate(_cases_in(source, knowledge, as_of), start=1)
    first = next(cases, None)
    if first is None:
        return
    second = next(cases, None)
    if second is None and not source.lower().endswith(LINES_SUFFIX):
        yield source, first[1]
        return
    for number, case in chain((first, second) if second else (first,), cases):
        yield f"{source}#{number}", case


def _cases_in(source: str, knowledge: Knowledge, as_of: date | None) -> Iterator[Case]:
    for entry in load_cases([Path(source)], knowledge, as_of=as_of):
        if isinstance(entry, Rejected):
            raise _RejectedError(entry.reason)
        if isinstance(entry, Loaded):
            yield entry.case


def _sources(paths: Sequence[Path]) -> Iterator[str | Rejected | PassedOver]:
    for given in paths:
        # However a path is spelled, a run must know what an earlier one has read.
        path = given.resolve()
        try:
            if str(given).startswith(LIST_MARK):
                path = Path(str(given)[1:]).resolve()
                yield from _sources(_listed(path))
            elif path.is_file() and path.suffix.lower() == ARCHIVE_SUFFIX:
                yield from _in_archive(path)
            else:
                yield from _in_files(path)
        except InputError as error:
            yield Rejected(path, str(error))


def _in_files(path: Path) -> Iterator[str | Rejected | PassedOver]:
    """Yield what stands at *path*; a folder's archives after its files."""
    archives = sorted(p for p in path.rglob("*") if _is_archive(p)) if path.is_dir() else []
    for file in files_of([path]):
        if isinstance(file, PassedOver):
            endings = {e: n for e, n in file.endings.items() if e != ARCHIVE_SUFFIX}
            if endings:
                yield PassedOver(file.folder, endings)
        elif not isinstance(file, Rejected):
            yield str(file.resolve() if file.is_symlink() else file)
        elif not archives:
            yield file
    for archive in archives:
        try:
            yield from _in_archive(archive)
        except InputError as error:
            yield Rejected(archive, str(error))


def _listed(path: Path) -> list[Path]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot be read as a list of paths ({error}).",
            at=Location(path),
            hint="It is a UTF-8 text file with one path a line.",
        ) from None
    # Relative paths are those of the list, which may be read from anywhere.
    return [path.parent / line.strip() for line in lines if line.strip()]


def _in_archive(path: Path) -> Iterator[str | PassedOver]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"cannot be opened as a zip archive ({error}).",
            at=Location(path),
            hint="Fetch it again.",
        ) from None
    others: Counter[str] = Counter()
    for name in names:
        if is_hidden(Path(name)):
            continue
        suffix = Path(name).suffix.lower()
        if suffix in LETTER_SUFFIXES:
            yield f"{path}{_IN}{name}"
        elif suffix not in NO_RECORDS:
            others[suffix] += 1
    if others:
        yield PassedOver(path, dict(others.most_common()), LETTER_SUFFIXES)


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ARCHIVE_SUFFIX and path.is_file()


def _member(archive: Path, name: str) -> bytes:
    at = Location(f"{archive}{_IN}{name}")
    try:
        with zipfile.ZipFile(archive) as opened:
            size = opened.getinfo(name).file_size
            if size > LARGEST_FILE:
                # An archive of a few bytes may unpack to any size.
                raise InputError(
                    f"holds {size:,} bytes; a letter has at most {LARGEST_FILE:,}.", at=at
                )
            raw = opened.read(name)
    except (OSError, KeyError, RuntimeError, zipfile.BadZipFile) as error:
        raise InputError(f"cannot be unpacked ({error}).", at=at, hint="Fetch it again.") from None
    if not raw:
        raise InputError("is empty.", at=at, hint="Fetch the file again.")
    return raw
