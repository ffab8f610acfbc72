"""The rows of a request for authorization (DWC Form RFA): what is asked for, and for what.

The form's table has a column each for the diagnosis, its ICD code, the service or good, its CPT or
HCPCS code, and frequency, duration and quantity. A table of Word or HTML comes with a tab between
its cells, typed rows with upright strokes; the text of a page has gaps of several blanks between
them, or nothing. What tells the
columns apart then are the codes: the diagnosis stands before the one, the service between the
two, how often and how much behind the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from imr_rules.letters.header import date_behind
from imr_rules.letters.items import MOST_ITEMS
from imr_rules.letters.model import DisputedItem, Span
from imr_rules.letters.phrases import LetterPhrases

_REACH = 10_000
"""The longest table looked for, in characters; the form has five rows, its extra pages more."""

_SIGNATURE_REACH = 300
"""How far behind the words of the signature its day may stand."""

_COLUMNS = 5
_FEWEST_CELLS = 3
"""With fewer on its first line, a row has no columns that a second line could go on with."""
_NEAR = 3
"""A line that goes on with a cell begins within so many characters of it."""

_LINE = re.compile(r"[^\n]+")
_FRAME = re.compile(r"\s*\|(.+)\|\s*\Z")
_CELL = re.compile(r"\S+(?: \S+)*")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
# A row may be counted, "2)", or ticked.
_COUNTED = re.compile(r"\s{0,4}(?:\(?\d{1,2}[.)]|[☐☑☒]|\[[ xX]?\])\s{1,4}")
_ICD = (
    r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}"
    r"|\d{3}\.\d{1,2}|V\d\d\.\d{1,2}|E\d{3}\.\d"
    # Without the point, where no code of a service has that form.
    r"|[FMZ]\d{2}[0-9A-Z]{1,4}|G[4-9]\d[0-9A-Z]{1,3}|[STVWXY]\d{2}[0-9X]{3}[A-Z]"
)
_CPT = r"(?:\d{5}|\d{4}T|[A-HJ-LP-TV]\d{4})(?:-[0-9A-Z]{2})?"
_CODE = re.compile(rf"(?<![\w.#$-])(?:(?P<icd>{_ICD})|(?P<cpt>{_CPT}))(?![\w%-]|\.\w)", re.I)
_BETWEEN = " ,;&/|"
_BARE_NUMBER = re.compile(r"\d{1,4}")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words or a code of a line; *indent* tells where, *in_front* that a cell begins with it."""

    kind: str
    span: Span
    indent: int
    in_front: bool


@dataclass(slots=True)
class _Row:
    """A row while its lines are read.

    The first *own* pieces of *column*, where its words go on, are surely its own; *cells* tell
    where those of a line of cells begin, and which column each belongs to.
    """

    diagnosis: list[Span] = field(default_factory=list)
    service: list[Span] = field(default_factory=list)
    quantity: list[Span] = field(default_factory=list)
    has_icd: bool = False
    has_cpt: bool = False
    own: int = 0
    cells: list[tuple[int, list[Span]]] = field(default_factory=list)

    @property
    def column(self) -> list[Span]:
        if self.has_cpt or self.quantity:
            return self.quantity
        return self.service if self.has_icd else self.diagnosis


def read_requested_items(text: str, phrases: LetterPhrases) -> tuple[DisputedItem, ...]:
    """Read what the request forms in *text* ask for, a row an item; nothing of it was decided."""
    items: list[DisputedItem] = []
    place = 0
    while (head := phrases.form_head_set.first(text, place)) is not None:
        start = _past_head(text, head.end, phrases)
        close = phrases.form_end_set.first(text, start, start + _REACH)
        place = close.start if close else min(len(text), start + _REACH)
        for row in _rows(text, start, place, phrases):
            if row.service and len(items) < MOST_ITEMS:
                items.append(_item(text, len(items) + 1, row))
    return tuple(items)


def read_signed_date(text: str, phrases: LetterPhrases) -> date | None:
    """Read the day the request forms in *text* are signed, of several the latest."""
    days: list[date] = []
    ends = list(phrases.form_end_set.find(text))
    for hit, stop in zip(ends, [*(each.start for each in ends[1:]), len(text)], strict=True):
        if hit.kind != "signature":
            continue
        stop = min(stop, hit.end + _SIGNATURE_REACH)
        label = phrases.signed_on_set.first(text, hit.end, stop)
        _, day = date_behind(text, label.end, stop) if label else ("", None)
        days += [day] if day else []
    return max(days, default=None)


def _past_head(text: str, start: int, phrases: LetterPhrases) -> int:
    """Return where the head of the table is over: behind the words of its last columns."""
    while (word := phrases.form_column.match(text, start)) is not None:
        start = word.end()
    return start


def _rows(text: str, start: int, end: int, phrases: LetterPhrases) -> Iterator[_Row]:
    """Yield the rows of ``text[start:end]``; those under a diagnosis that is written once, too."""
    row = _Row()
    for line in _LINE.finditer(text, start, end):
        before = row
        cells = _cells(line)
        if cells:
            row = _row_of_cells(text, cells)
        else:
            pieces = list(_pieces(text, line.start(), line.end()))
            kinds = [piece.kind for piece in pieces]
            if _is_next(kinds, row):
                above = _left_over(text, before, pieces, phrases) if "icd" in kinds else []
                row = _Row(diagnosis=above)
            _read_line(row, pieces)
        if row is not before:
            yield before
            row.diagnosis = row.diagnosis or list(before.diagnosis)
    yield row


def _cells(line: re.Match[str]) -> list[Span] | None:
    """Return the cells of a line of all the columns, parted by tabs or by upright strokes."""
    framed = _FRAME.match(line.group())
    start, words = (framed.start(1), framed[1]) if framed else (0, line.group())
    for mark in "\t|":
        if words.count(mark) == _COLUMNS - 1:
            bounds = [-1, *(at for at, sign in enumerate(words) if sign == mark), len(words)]
            begin = line.start() + start
            return [Span(begin + left + 1, begin + right) for left, right in pairwise(bounds)]
    return None


def _row_of_cells(text: str, cells: Sequence[Span]) -> _Row:
    row = _Row(has_icd=True, has_cpt=True)
    columns = (row.diagnosis, None, row.service, None, row.quantity)
    for cell, column in zip(cells, columns, strict=True):
        words = cell.of(text)
        if column is not None and _LETTER_OR_DIGIT.search(words):
            left = cell.start + len(words) - len(words.lstrip())
            column.append(Span(left, left + len(words.strip())))
    return row


def _pieces(text: str, start: int, end: int) -> Iterator[_Piece]:
    """Yield what stands in the line ``text[start:end]``: its cells, parted at their codes."""
    counted = _COUNTED.match(text, start, end)
    for cell in _CELL.finditer(text, counted.end() if counted else start, end):
        place, in_front = cell.start(), True
        bounds = [(c.start(), c.end(), str(c.lastgroup)) for c in _CODE.finditer(cell.group())]
        for left, right, kind in [*bounds, (len(cell.group()), len(cell.group()), "")]:
            code = Span(cell.start() + left, cell.start() + right)
            words = text[place : code.start]
            first = place + len(words) - len(words.lstrip(_BETWEEN))
            if _LETTER_OR_DIGIT.search(words) and words.strip(_BETWEEN).casefold() != "and":
                span = Span(first, place + len(words.rstrip(_BETWEEN)))
                yield _Piece("words", span, first - start, in_front)
                in_front = False
            if kind:
                yield _Piece(kind, code, code.start - start, in_front)
                in_front = False
            place = code.end


def _is_next(kinds: Sequence[str], row: _Row) -> bool:
    """Whether a line of such pieces is the row behind *row*: it has a code that *row* has."""
    if not row.service:
        return False
    # The codes of one service may go on for lines; with words before it, it is another's.
    return "icd" in kinds or (row.has_cpt and list(kinds[:2]) == ["words", "cpt"])


def _left_over(
    text: str, row: _Row, pieces: Sequence[_Piece], phrases: LetterPhrases
) -> list[Span]:
    """Take from *row* its last lines: the diagnosis of the next, which goes on with *pieces*.

    Lines of how often and how much are the row's own, and so is what goes on in small letters,
    unless nothing else is the diagnosis.
    """
    column = row.column
    keep = max(row.own, 1 if column is row.service else 0)
    needs_words = pieces[0].kind != "words"
    for place, span in enumerate(column[keep:], keep + 1):
        goes_on = text[span.start].islower() and not needs_words and place == keep + 1
        if goes_on or phrases.form_quantity.match(text, span.start, span.end):
            keep = place
    left = column[keep:]
    del column[keep:]
    return left


def _read_line(row: _Row, pieces: Sequence[_Piece]) -> None:
    """Add a line's *pieces* to the columns of *row*, which it begins or goes on with."""
    goes_on = bool(row.cells) and all(piece.kind == "words" for piece in pieces)
    cells: list[tuple[int, list[Span]]] = []
    for place, piece in enumerate(pieces):
        if piece.kind == "icd":
            row.has_icd = True
            continue
        if piece.kind == "cpt":
            if not row.has_icd and not row.service and row.diagnosis:
                # The diagnosis has no code, or is told by a row above.
                row.service = [row.diagnosis.pop()]
            row.has_cpt = True
            continue
        column = row.column
        if goes_on:
            column = _cell_above(row, piece)
        elif column is row.service and column and piece.in_front and place:
            column = row.quantity
        column.append(piece.span)
        cells.append((piece.indent, column))
    if sum(piece.in_front for piece in pieces) >= _FEWEST_CELLS:
        row.cells = cells
    if goes_on or any(piece.kind != "words" for piece in pieces):
        row.own = len(row.column)


def _cell_above(row: _Row, piece: _Piece) -> list[Span]:
    distance, column = min(
        ((abs(indent - piece.indent), column) for indent, column in row.cells),
        key=lambda cell: cell[0],
    )
    return column if distance <= _NEAR else row.column


def _item(text: str, number: int, row: _Row) -> DisputedItem:
    service, quantity = _words(text, row.service), _words(text, row.quantity)
    if _BARE_NUMBER.fullmatch(quantity):
        quantity = f"#{quantity}"
    asked = [*row.service, *row.quantity]
    return DisputedItem(
        number=number,
        title=f"{service}, {quantity}" if quantity else service,
        title_span=Span(min(span.start for span in asked), max(span.end for span in asked)),
        actual=None,
        decision_span=None,
        claims_administrator_guideline=None,
        reviewer_guideline=None,
        rationale=None,
        diagnosis=tuple(row.diagnosis),
    )


def _words(text: str, spans: Sequence[Span]) -> str:
    return " ".join(" ".join(span.of(text).split()) for span in spans)
