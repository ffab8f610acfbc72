"""Paths as a user gives them → letters to extract: folders, zip archives, lists of paths."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_paths import Rejected, files_of, load_cases
from imr_rules.cases.model import Case
from imr_rules.cases.record_kind import CASE_SUFFIXES, LETTER_SUFFIXES, LINES_SUFFIX
from imr_rules.errors import InputError, Location
from imr_rules.knowledge import Knowledge
from imr_rules.letters.read import LARGEST_FILE, letter_from_bytes

ARCHIVE_SUFFIX = ".zip"
LIST_MARK = "@"
_IN = "!"
"""Between an archive and the name of what is in it."""


def letter_sources(paths: Sequence[Path]) -> Iterator[str]:
    """Yield a name for each file to read, the same in every run, none twice.

    A path that starts with ``@`` names a text file with one path a line. What stands in an
    archive is called ``ARCHIVE.zip!NAME``.

    Raises:
        InputError: a path does not exist, a folder holds nothing readable, a list or an archive
            cannot be opened.
    """
    seen: set[str] = set()
    for source in _sources(paths):
        if source not in seen:
            seen.add(source)
            yield source


def cases_of(
    source: str, knowledge: Knowledge, *, as_of: date | None = None
) -> Iterator[tuple[str, Case]]:
    """Yield what *source* holds: a letter one case, a file of lines one a line, each named.

    Raises:
        InputError: it cannot be read; the message is one line with the reason.
    """
    archive, mark, member = source.partition(ARCHIVE_SUFFIX + _IN)
    if mark:
        raw = _member(Path(archive + ARCHIVE_SUFFIX), member)
        case, _ = case_from_letter(letter_from_bytes(raw, Path(source)), knowledge, as_of=as_of)
        yield source, case
        return
    for number, entry in enumerate(load_cases([Path(source)], knowledge, as_of=as_of), start=1):
        if isinstance(entry, Rejected):
            raise InputError(entry.reason)
        is_one_of_many = source.lower().endswith(LINES_SUFFIX)
        yield f"{source}#{number}" if is_one_of_many else source, entry.case


def _sources(paths: Sequence[Path]) -> Iterator[str]:
    for given in paths:
        if str(given).startswith(LIST_MARK):
            yield from _sources(_listed(Path(str(given)[1:])))
            continue
        # Whole paths: a run from another folder must know what an earlier one has read.
        path = given.absolute()
        if path.is_dir():
            archives = sorted(p for p in path.rglob(f"*{ARCHIVE_SUFFIX}") if p.is_file())
            if not archives or any(_is_readable(p.name) for p in path.rglob("*")):
                yield from map(str, files_of([path]))
            for archive in archives:
                yield from _in_archive(archive)
        elif path.suffix.lower() == ARCHIVE_SUFFIX:
            yield from _in_archive(path)
        else:
            yield from map(str, files_of([path]))


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


def _in_archive(path: Path) -> Iterator[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
    except (OSError, zipfile.BadZipFile) as error:
        raise InputError(
            f"cannot be opened as a zip archive ({error}).",
            at=Location(path),
            hint="Fetch it again.",
        ) from None
    for name in names:
        if _is_readable(name, letters_only=True):
            yield f"{path}{_IN}{name}"


def _is_readable(name: str, *, letters_only: bool = False) -> bool:
    suffixes = LETTER_SUFFIXES if letters_only else (*LETTER_SUFFIXES, *CASE_SUFFIXES, LINES_SUFFIX)
    hidden = any(part.startswith((".", "__MACOSX")) for part in Path(name).parts)
    return Path(name).suffix.lower() in suffixes and not hidden


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
