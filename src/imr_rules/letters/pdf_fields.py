"""The filled-in fields of a PDF form, set into the text that is printed around them.

A field is no part of its page's text. What it holds is written where it stands: beside the words on
its line, or as a line of its own with a tab between fields, an empty one too, so that a table of
fields keeps its columns.
"""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import raw

_MOST_FIELDS = 1_000
"""Read of one page; the longest forms have some hundreds."""
_SAME_LINE = 6.0
"""Points between the middles of what stands on one line: half a line of small print."""
_LONGEST_VALUE = 20_000
_LINE_END = re.compile(r"[\r\n]")

_WRITTEN = frozenset(
    (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)
)
_TICKED = frozenset((raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON))


@dataclass(frozen=True, slots=True)
class _Field:
    value: str
    left: float
    middle: float


@dataclass(frozen=True, slots=True)
class _Letter:
    place: int
    left: float
    middle: float


def is_form(document: pypdfium2.PdfDocument) -> bool:
    """Whether *document* has fields; they are then ready for :func:`with_fields`."""
    if document.get_formtype() == raw.FORMTYPE_NONE:
        return False
    document.init_forms()
    return True


def with_fields(
    text: str,
    document: pypdfium2.PdfDocument,
    page: pypdfium2.PdfPage,
    words: pypdfium2.PdfTextPage,
) -> str:
    """Return the *text* of *page* with its fields filled in; *words* tell where its letters are."""
    letters = _letters(text, words)
    added: list[tuple[int, str]] = []
    for row in _rows(_fields(document, page)):
        middle = row[0].middle
        beside = _between(letters, middle - _SAME_LINE, middle + _SAME_LINE)
        if beside:
            added += [(_place_beside(f, beside), f" {f.value} ") for f in row if f.value]
        elif any(field.value for field in row):
            told = "\t".join(field.value for field in row)
            added.append((_line_end_above(middle, text, letters), f"\n{told}"))
    parts: list[str] = []
    done = 0
    for place, told in sorted(added, key=itemgetter(0)):
        parts += (text[done:place], told)
        done = place
    return "".join((*parts, text[done:]))


def _letters(text: str, words: pypdfium2.PdfTextPage) -> list[_Letter]:
    """Return where the letters of *text* stand, from below; none where the two do not fit."""
    if words.count_chars() != len(text):
        return []
    letters: list[_Letter] = []
    for place, sign in enumerate(text):
        if not sign.isspace():
            left, bottom, _, top = words.get_charbox(place)
            letters.append(_Letter(place, left, (bottom + top) / 2))
    return sorted(letters, key=attrgetter("middle"))


def _between(letters: Sequence[_Letter], low: float, high: float) -> Sequence[_Letter]:
    start = bisect_left(letters, low, key=attrgetter("middle"))
    return letters[start : bisect_left(letters, high, start, key=attrgetter("middle"))]


def _rows(fields: Iterable[_Field]) -> Iterator[list[_Field]]:
    """Yield the fields line by line, from above, each line from the left."""
    row: list[_Field] = []
    for one in sorted(fields, key=lambda one: -one.middle):
        if row and row[0].middle - one.middle >= _SAME_LINE:
            yield sorted(row, key=attrgetter("left"))
            row = []
        row.append(one)
    if row:
        yield sorted(row, key=attrgetter("left"))


def _place_beside(one: _Field, beside: Sequence[_Letter]) -> int:
    """Return where *one* stands in the words on its line: before those to its right."""
    behind = [letter.place for letter in beside if letter.left >= one.left]
    return min(behind, default=max(letter.place for letter in beside) + 1)


def _line_end_above(middle: float, text: str, letters: Sequence[_Letter]) -> int:
    """Return where the printed line above *middle* ends, or the whole text."""
    place = bisect_right(letters, middle, key=attrgetter("middle"))
    if place == len(letters):
        return len(text)
    lowest = letters[place].middle
    last = max(one.place for one in _between(letters, lowest, lowest + _SAME_LINE))
    end = _LINE_END.search(text, last)
    return end.start() if end else len(text)


def _fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[_Field]:
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        try:
            kind = raw.FPDFAnnot_GetFormFieldType(document.formenv, annotation)
            place = raw.FS_RECTF()
            if kind not in _WRITTEN | _TICKED or not raw.FPDFAnnot_GetRect(annotation, place):
                continue
            if kind in _TICKED:
                is_ticked = raw.FPDFAnnot_IsChecked(document.formenv, annotation)
                value = "[X]" if is_ticked else "[ ]"
            else:
                value = _value(document, annotation)
            yield _Field(value, place.left, (place.top + place.bottom) / 2)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)


def _value(document: pypdfium2.PdfDocument, annotation: raw.FPDF_ANNOTATION) -> str:
    size = raw.FPDFAnnot_GetFormFieldValue(document.formenv, annotation, None, 0)
    wide = (ctypes.c_ushort * (min(size, _LONGEST_VALUE) // 2 + 1))()
    raw.FPDFAnnot_GetFormFieldValue(document.formenv, annotation, wide, ctypes.sizeof(wide))
    return " ".join(bytes(wide).decode("utf-16-le", "replace").split("\0")[0].split())
