"""A file → which kind of record it is: by its ending where that is known, else by its contents."""

from __future__ import annotations

import codecs
import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

from imr_rules import strict_yaml
from imr_rules.errors import InputError, Location, PackError

LETTER_SUFFIXES = (".txt", ".pdf", ".docx", ".html", ".htm", ".md")
CASE_SUFFIXES = (".yaml", ".yml")
LINES_SUFFIX = ".jsonl"
RESPONSE_SUFFIX = ".json"
MOST_BYTES = 8_000_000
"""What is larger is no request file and no response: those are written by hand or by a form."""
_DATA = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|#[^\n]*\n|---\s)*(?:[{\[]|[\w\"'-]{1,60}[\"']?:(?:\s|$))"
)
"""How data begins: a bracket, or a key of one word. Prose is not parsed to find that out."""
_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*\"format\"\s*:\s*\"imr\.determination\.")
"""How begins what ``extract`` writes as lines or as a list, of any size."""
_SAVE_AS = (
    "Save a note or letter as .txt, .pdf, .docx or .html, a request or case as .yaml,"
    " a FHIR response as .json."
)
_DOCUMENT_MAGIC = (b"PK", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff")


class RecordKind(StrEnum):
    """What a record is read as."""

    RESPONSE = "response"
    REQUEST = "request"
    CASE = "case"
    LINES = "lines"
    LETTER = "letter"


def kind_of_record(path: Path) -> RecordKind:
    """Return what the file at *path* is to be read as.

    A text without a known ending that is neither a FHIR resource, a request file nor a case is a
    chart note only where its name has no ending at all: read as prose, a form that was misnamed
    would give facts that nobody stated.

    Raises:
        InputError: nothing tells what the file is; the hint names the endings.
        PackError: it has the ending of a case and is not YAML.
    """
    suffix = path.suffix.lower()
    if suffix == LINES_SUFFIX:
        return RecordKind.LINES
    if suffix in CASE_SUFFIXES:
        # Of several documents all are cases: a request file holds one request.
        data = strict_yaml.read_all(path)[0].data
        return RecordKind.REQUEST if _is_request(data) else RecordKind.CASE
    if not path.is_file():  # a pipe can be read only once
        return RecordKind.LETTER
    return kind_of_contents(_beginning(path), path)


def kind_of_contents(raw: bytes, path: Path) -> RecordKind:
    """Return what *raw* is to be read as, the contents of a file called *path*.

    Raises:
        InputError: nothing tells what it is; the hint names the endings.
    """
    suffix = path.suffix.lower()
    is_large = len(raw) > MOST_BYTES and suffix != RESPONSE_SUFFIX
    if _LINES.match(raw):
        return RecordKind.LINES
    if raw.startswith(_DOCUMENT_MAGIC) or b"%PDF-" in raw[:1024] or is_large:
        return RecordKind.LETTER
    told = _told_by(raw, path)
    if told is not None:
        return told
    if suffix == RESPONSE_SUFFIX:
        return RecordKind.RESPONSE
    if suffix in LETTER_SUFFIXES or _is_html(raw):
        return RecordKind.LETTER
    if b"\0" in raw and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError("is not text.", at=Location(path), hint=_SAVE_AS)
    if suffix or _is_structured(raw, path):
        ending = f", and its ending {suffix} does not tell what it is" if suffix else ""
        raise InputError(
            f"is neither a request file, a case nor a FHIR response{ending}.",
            at=Location(path),
            hint=f"If it is a text, name it .txt. {_SAVE_AS}",
        )
    return RecordKind.LETTER


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror or error}).",
            at=Location(path),
            hint="Check the name and the rights.",
        ) from None


def _told_by(raw: bytes, path: Path) -> RecordKind | None:
    """Return the kind that the contents leave no doubt of, or None."""
    data = _json(raw)
    if isinstance(data, dict):
        if "resourceType" in data:
            return RecordKind.RESPONSE
        if _is_line(data):
            return RecordKind.LINES
    if isinstance(data, list) and data and all(map(_is_line, data)):
        return RecordKind.LINES
    if data is None:
        first, _, rest = raw.partition(b"\n")
        if rest.strip() and _is_line(_json(first)):
            return RecordKind.LINES
        data = _yaml(raw, path)
    if _is_request(data):
        return RecordKind.REQUEST
    if isinstance(data, dict) and {"case", "items"} <= data.keys():
        return RecordKind.CASE
    return None


def _is_line(data: Any) -> bool:
    return isinstance(data, dict) and str(data.get("format", "")).startswith("imr.determination.")


def _is_request(data: Any) -> bool:
    return isinstance(data, dict) and "request" in data


def _is_html(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _is_structured(raw: bytes, path: Path) -> bool:
    """Whether *raw* is data rather than prose: JSON, or YAML of more than one key."""
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return True
    data = _yaml(raw, path)
    return isinstance(data, dict) and len(data) > 1 and all(" " not in key for key in data)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _yaml(raw: bytes, path: Path) -> Any:
    if _DATA.match(raw) is None:
        return None
    try:
        return strict_yaml.parse_all(raw, path)[0].data
    except PackError:
        return None
