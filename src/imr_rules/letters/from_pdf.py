"""PDF → text, page by page: pdfium first, pypdf where pdfium gives up, recognition for scans."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE  # type: ignore[import-untyped]

from imr_rules.errors import InputError
from imr_rules.letters import pdf_fields
from imr_rules.letters.ocr import recognised_page, recognition_is_available

MOST_PAGES = 2_000

_LEAST_LETTERS = 8
"""A page with fewer letters than this holds no text, at most a stamp or a page number."""
_MOST_LETTERS_OF_A_STAMP = 300
"""What a fax, a browser and a numbering stamp put on a scanned page: some three lines."""
_LEAST_PICTURE_OF_A_SCAN = 0.4
"""The share of a page that pictures cover; browsers print a scan within wide margins."""
_MOST_OBJECTS = 5_000
"""Looked at for pictures; a scan in strips has some hundreds."""

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
    is_form = pdf_fields.is_form(document)
    pages: list[str] = []
    scans: list[int] = []
    for number in range(count):
        page = document[number]
        pages.append(_page_text(page, document if is_form else None))
        if _is_scan(page, _letters(pages[-1])):
            scans.append(number)
        page.close()
    if not recognition_is_available():
        return _joined(pages, {}, unread=scans)
    recognised: dict[int, float] = {}
    for number in scans:
        words = recognised_page(document[number])
        # Where the picture adds no words, what is written as text is surer.
        if _letters(words.text) >= _letters(pages[number]) + _LEAST_LETTERS:
            pages[number] = words.text
            recognised[number] = words.confidence
    return _joined(pages, recognised)


def _is_scan(page: pypdfium2.PdfPage, letters: int) -> bool:
    """Whether a page with so many *letters* is a picture of its words, with a stamp or without."""
    if letters < _LEAST_LETTERS:
        return True
    if letters > _MOST_LETTERS_OF_A_STAMP:
        return False
    width, height = page.get_size()
    pictures = (
        thing
        for thing in islice(page.get_objects(), _MOST_OBJECTS)
        if thing.type == FPDF_PAGEOBJ_IMAGE
    )
    covered = sum(map(_area, pictures)) / max(float(width * height), 1.0)
    return covered >= _LEAST_PICTURE_OF_A_SCAN


def _area(picture: pypdfium2.PdfObject) -> float:
    """Return how much of its page *picture* covers, in points."""
    left, bottom, right, top = picture.get_bounds()
    area: float = abs((right - left) * (top - bottom))
    form = picture.container
    # The bounds of a picture within a form are in the form's own measure.
    while form is not None:
        scaled = form.get_matrix()
        area *= abs(scaled.a * scaled.d - scaled.b * scaled.c)
        form = form.container
    return area


def _page_text(page: pypdfium2.PdfPage, form: pypdfium2.PdfDocument | None) -> str:
    """Return what is printed on *page*, and what its fields hold where it is one of a *form*."""
    words = page.get_textpage()
    try:
        text: str = words.get_text_range()
        if form is not None:
            text = pdf_fields.with_fields(text, form, page, words)
    finally:
        words.close()
    # pdfium joins a word that a hyphen broke at a line end, and marks the place with U+FFFE.
    return text.replace("\ufffe", "-")


def _letters(page: str) -> int:
    return sum(map(str.isalpha, page))


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


def _joined(
    pages: list[str], recognised: dict[int, float], *, unread: Sequence[int] = ()
) -> PdfText:
    if not pages:
        raise InputError("is a PDF without pages.", hint=_DAMAGE_REMEDY)
    blank = [
        n + 1 for n, page in enumerate(pages) if n in unread or _letters(page) < _LEAST_LETTERS
    ]
    if len(blank) == len(pages):
        raise InputError("is a scanned image without text.", hint=_SCAN_REMEDY)
    missing = (f"text of page {', '.join(map(str, blank[:20]))}",) if blank else ()
    # Weighted by length: one recognised stamp says little of a letter.
    total = sum(len(page) for page in pages)
    sure = sum(len(page) * recognised.get(number, 1.0) for number, page in enumerate(pages))
    return PdfText("\n".join(pages), round(sure / total, 4), missing)
