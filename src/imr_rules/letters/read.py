"""A file → a Determination, by what the file holds; its name is only a hint."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from imr_rules.errors import InputError, Location
from imr_rules.letters.from_docx import docx_text
from imr_rules.letters.from_html import html_text
from imr_rules.letters.from_pdf import pdf_text
from imr_rules.letters.model import Determination
from imr_rules.letters.parse import parse_letter
from imr_rules.letters.phrases import LetterPhrases

LARGEST_FILE = 50_000_000
"""In bytes; the longest letter read here has 60 kB."""

_JUNK_SHARE = 0.1
"""With more control characters than this among its first characters, a file is no text."""

_IMAGE = ("is an image.", "Save it as PDF: images in a PDF are read by text recognition.")
_MAGIC = {
    b"\xd0\xcf\x11\xe0": (
        "is an old or password-protected Word document.",
        "Save it as .docx without a password, or as PDF.",
    ),
    b"{\\rtf": ("is an RTF document.", "Save it as .docx, .pdf or .txt."),
    b"\x89PNG": _IMAGE,
    b"\xff\xd8\xff": _IMAGE,
    b"II*\x00": _IMAGE,
    b"MM\x00*": _IMAGE,
}
_HTML = re.compile(
    rb"\s{0,200}(?:<!--.{0,500}?-->\s{0,200})?<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_META_CHARSET = re.compile(
    rb"<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_\-]{3,20})", re.I
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file says: its *text*, how sure that is, and what of the file is not in it."""

    text: str
    confidence: float = 1.0
    unread: tuple[str, ...] = field(default=())


def read_letter(path: Path | str, phrases: LetterPhrases) -> Determination:
    """Read the letter or note at *path*, laid out by *phrases*: text, PDF, Word (.docx) or HTML.

    Raises:
        InputError: the file cannot be opened, is too large, is empty, or is of a kind that
            holds no readable text; the message names the file and the remedy.
    """
    path = Path(path)
    return letter_from_bytes(_bytes_of(path), path, phrases)


def letter_from_bytes(raw: bytes, path: Path, phrases: LetterPhrases) -> Determination:
    """Read the letter that *raw* holds; *path* is what messages and the letter call it.

    Raises:
        InputError: it holds no readable text.
    """
    content = file_text(raw, path)
    return parse_letter(
        content.text,
        phrases,
        source=str(path),
        confidence=content.confidence,
        unread=content.unread,
    )


def file_text(raw: bytes, path: Path) -> FileText:
    """Return what the file says that *raw* holds; *path* is what messages call it.

    Raises:
        InputError: it holds no readable text.
    """
    try:
        return _content(raw, path)
    except InputError as error:
        raise InputError(error.message, at=Location(path), hint=error.hint) from error


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError("is a folder.", at=Location(path), hint="Name a file in it.")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise InputError(
                f"holds {size:,} bytes; a letter has at most {LARGEST_FILE:,}.",
                at=Location(path),
                hint="Split it into letters.",
            )
        raw = path.read_bytes()
    except InputError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot be read ({reason}).", at=Location(path), hint="Check the name and the rights."
        ) from error
    if not raw:
        raise InputError("is empty.", at=Location(path), hint="Fetch the file again.")
    return raw


def _content(raw: bytes, path: Path) -> FileText:
    for magic, (what, remedy) in _MAGIC.items():
        if raw.startswith(magic):
            raise InputError(what, hint=remedy)
    # Some senders put a few bytes in front of a PDF; readers accept that within 1 kB.
    if b"%PDF-" in raw[:1024]:
        pdf = pdf_text(raw)
        return FileText(pdf.text, pdf.confidence, pdf.unread)
    if raw.startswith(b"PK"):
        return FileText(docx_text(raw))
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        raise InputError("has a PDF's name but not its contents.", hint="Fetch the file again.")
    if suffix in (".html", ".htm") or _HTML.match(raw.removeprefix(codecs.BOM_UTF8)):
        return FileText(html_text(_decoded(raw, declared=_declared_charset(raw))))
    return FileText(_decoded(raw))


def _declared_charset(raw: bytes) -> str | None:
    match = _META_CHARSET.search(raw[:4096])
    return match[1].decode("ascii") if match else None


def _decoded(raw: bytes, *, declared: str | None = None) -> str:
    """Decode *raw*: by its byte order mark, as declared, as UTF-8, else as Windows text.

    Raises:
        InputError: it is no text.
    """
    encodings = [name for bom, name in _BOMS if raw.startswith(bom)][:1]
    if not encodings and len(raw) > 3:
        # UTF-16 without a mark: every second byte of English text is zero.
        odd, even = raw[1:2000:2], raw[0:2000:2]
        encodings = ["utf-16-le"] if odd.count(0) > 0.4 * len(odd) > even.count(0) else []
        if even.count(0) > 0.4 * len(even) > odd.count(0):
            encodings = ["utf-16-be"]
    for encoding in [*encodings, *([declared] if declared else []), "utf-8", "cp1252", "latin-1"]:
        try:
            text = raw.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        break
    sample = text[:20_000]
    if len(_CONTROLS.findall(sample)) > _JUNK_SHARE * len(sample):
        raise InputError(
            "is not text.", hint="A letter is a .txt, .pdf, .docx or .html file: fetch it again."
        )
    return text
