"""A row of a table in a Word or HTML file → one line, with a tab between its cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_FEWEST_CELLS = 4
"""With fewer, a row may as well be the frame of a page: whole paragraphs stand in it."""
_LONGEST_CELL = 400
_MOST_PIECES = 1_000


def row_as_line(parts: Sequence[str], cells: Sequence[int]) -> str | None:
    """Return *parts* from the first of *cells* on as one line; *cells* tell where each begins.

    None where it is no row of short cells, or another table stands in one of them.

    >>> row_as_line(["Strain", "S33.5XXA", "Physical ", "therapy", "97110"], [0, 1, 2, 4])
    'Strain\\tS33.5XXA\\tPhysical therapy\\t97110'
    """
    if len(cells) < _FEWEST_CELLS or len(parts) - cells[0] > _MOST_PIECES:
        return None
    told = ["".join(parts[start:end]) for start, end in pairwise([*cells, len(parts)])]
    if any(len(cell) > _LONGEST_CELL or "\t" in cell for cell in told):
        return None
    return "\t".join(" ".join(cell.split()) for cell in told)
