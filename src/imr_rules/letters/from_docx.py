"""Word (.docx) → text: one line a paragraph, or a row of a table, in the order of the document."""

from __future__ import annotations

import io
import zipfile
import zlib
from xml.etree import ElementTree

from imr_rules.errors import InputError
from imr_rules.letters.table_rows import row_as_line

LARGEST_PART = 50_000_000
"""In bytes once unpacked: a small archive may hold a part of any size."""

_PART = "word/document.xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_AFTER_FIRST_HEADER = 30
"""In bytes. The first file of an OpenDocument archive says so, and nothing stands between."""
_OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument."
_REMEDY = "Save it again as .docx, or as PDF."


def docx_text(raw: bytes) -> str:
    """Return the text of the Word document *raw*.

    Raises:
        InputError: it is no Word document, is damaged, or unpacks to more than a letter can be.
    """
    return _text_of(_document_part(raw))


def _document_part(raw: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive, archive.open(_PART) as part:
            # The size an archive states may be false: read one byte more than is allowed.
            xml = part.read(LARGEST_PART + 1)
    except KeyError as error:
        raise _no_word_document(raw) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise InputError("is a damaged Word document.", hint=_REMEDY) from error
    except (RuntimeError, NotImplementedError) as error:
        raise InputError(
            "is an encrypted Word document.", hint="Save it without a password."
        ) from error
    if len(xml) > LARGEST_PART:
        raise InputError(
            f"unpacks to more than {LARGEST_PART:,} bytes.", hint="Split it into letters."
        )
    # UTF-16 spreads the letters of a declaration by zero bytes.
    if b"<!DOCTYPE" in (plain := xml.replace(b"\0", b"")) or b"<!ENTITY" in plain:
        raise InputError("is a Word document with XML entities.", hint=_REMEDY)
    return xml


def _no_word_document(raw: bytes) -> InputError:
    """Return the error of an archive without the text of a Word document."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = archive.namelist()
    if raw.startswith(_OPEN_DOCUMENT, _AFTER_FIRST_HEADER):
        return InputError("is an OpenDocument file.", hint="Save it as .docx or PDF.")
    if "[Content_Types].xml" in names:
        return InputError("is an Office file other than Word.", hint="Save it as .docx or PDF.")
    return InputError(
        "is an archive, not a Word document.", hint="Unpack it and name the letters in it."
    )


def _text_of(xml: bytes) -> str:
    parts: list[str] = []
    # Where the cells of each open row begin; a table may stand in a cell of another.
    rows: list[list[int]] = []
    skipping = 0
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end")):
            if element.tag == _FALLBACK:
                # The same words again, for programs that cannot draw a text box.
                skipping += 1 if event == "start" else -1
            if skipping:
                continue
            if event == "start":
                if element.tag == f"{_W}tr":
                    rows.append([])
                elif element.tag == f"{_W}tc" and rows:
                    rows[-1].append(len(parts))
                continue
            if element.tag == f"{_W}t":
                parts.append(element.text or "")
            elif element.tag == f"{_W}tab":
                parts.append("\t")
            elif element.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif element.tag in (f"{_W}br", f"{_W}cr", f"{_W}p"):
                parts.append("\n")
            elif element.tag == f"{_W}tr":
                cells = rows.pop()
                if (line := row_as_line(parts, cells)) is not None:
                    parts[cells[0] :] = [line, "\n"]
            element.clear()
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise InputError("is a damaged Word document.", hint=_REMEDY) from error
    return "".join(parts)
