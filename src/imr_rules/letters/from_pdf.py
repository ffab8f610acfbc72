"""PDF → text, page by page: pdfium first, pypdf where pdfium gives up, recognition for scans."""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import dataclass
from itertools import islice

import pypdfium2  # type: ignore[import-untyped]

from imr_rules.errors import InputError
from imr_rules.letters.ocr import recognised_page, recognition_is_available

MOST_PAGES = 2_000

_LEAST_LETTERS = 8
"""A page with fewer letters than this holds no text, at most a stamp or a page number."""

# pdfium keeps global state and is not thread-safe; the web pages read letters in threads.
_PDFIUM = threading.Lock()

_PASSWORD_REMEDY = "Save it without a password."
_DAMAGE_REMEDY = "Fetch the file again, or print it to a new PDF."
_SCAN_REMEDY = "Install tesseract (tesseract-ocr) to have it recognised, or give the text."


@dataclass(frozen=True, slots=True)
class PdfText:
    """The pages' text; *confidence* is below 1 where it was recognised from images."""

    text: str
    confidence: float
    unread: tuple[str, ...]


def pdf_text(raw: bytes) -> PdfText:
    """Return the text of the PDF *raw*, its pages joined by a line end.

    Raises:
        InputError: it is encrypted, damaged, too long, or a scan that cannot be recognised here.
    """
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(raw)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise InputError("is an encrypted PDF.", hint=_PASSWORD_REMEDY) from error
            document = None
        if document is not None:
            try:
                return _by_pdfium(document)
            except pypdfium2.PdfiumError:
                # Some page is broken: the other reader may still get at the text.
                pass
            finally:
                document.close()
    return _joined(_pages_by_pypdf(raw), {})


def _by_pdfium(document: pypdfium2.PdfDocument) -> PdfText:
    count = len(document)
    _refuse_too_many(count)
    pages = [_page_text(document, number) for number in range(count)]
    recognised: dict[int, float] = {}
    if recognition_is_available():
        for number, page in enumerate(pages):
            if not _has_text(page):
                words = recognised_page(document[number])
                if _has_text(words.text):
                    pages[number] = words.text
                    recognised[number] = words.confidence
    return _joined(pages, recognised)


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    words = page.get_textpage()
    try:
        text: str = words.get_text_range()
    finally:
        words.close()
        page.close()
    # pdfium joins a word that a hyphen broke at a line end, and marks the place with U+FFFE.
    return text.replace("\ufffe", "-")


def _has_text(page: str) -> bool:
    # No further than it takes: a page has thousands of letters.
    letters = islice(filter(str.isalpha, page), _LEAST_LETTERS)
    return sum(1 for _ in letters) == _LEAST_LETTERS


def _refuse_too_many(count: int) -> None:
    if count > MOST_PAGES:
        raise InputError(
            f"has {count:,} pages; a letter has at most {MOST_PAGES:,}.",
            hint="Split it into letters.",
        )


def _pages_by_pypdf(raw: bytes) -> list[str]:
    # Importing pypdf takes longer than reading ten letters; it is rarely needed.
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted:
            raise InputError("is an encrypted PDF.", hint=_PASSWORD_REMEDY)
        _refuse_too_many(len(reader.pages))
        return [page.extract_text() for page in reader.pages]
    except InputError:
        raise
    except Exception as error:
        # pypdf meets damage with exceptions of many kinds, RecursionError and KeyError among them.
        raise InputError("is a damaged or cut-off PDF.", hint=_DAMAGE_REMEDY) from error


def _joined(pages: list[str], recognised: dict[int, float]) -> PdfText:
    if not pages:
        raise InputError("is a PDF without pages.", hint=_DAMAGE_REMEDY)
    blank = [number for number, page in enumerate(pages, 1) if not _has_text(page)]
    if len(blank) == len(pages):
        raise InputError("is a scanned image without text.", hint=_SCAN_REMEDY)
    unread = (f"text of page {', '.join(map(str, blank[:20]))}",) if blank else ()
    # Weighted by length: one recognised stamp says little of a letter.
    total = sum(len(page) for page in pages)
    sure = sum(len(page) * recognised.get(number, 1.0) for number, page in enumerate(pages))
    return PdfText("\n".join(pages), round(sure / total, 4), unread)
