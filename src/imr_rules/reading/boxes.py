"""Check boxes of a form: what stands behind an empty one is printed there, and said of nobody."""

from __future__ import annotations

import re

# "☐ New Request  ☒ Resubmission": up to the next box, or the end of the line.
_UNTICKED = re.compile(
    r"(?:[\u2610\u25a1\u274f]|\[\s{0,3}\])[^\n\[\u2610-\u2612\u25a0\u25a1\u274f]*"
)


def unticked(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the words behind the empty boxes of ``text[start:end]`` stand.

    >>> line = "[ ] New Request   [X] Resubmission"
    >>> [line[slice(*span)] for span in unticked(line, 0, len(line))]
    ['[ ] New Request   ']
    """
    return [match.span() for match in _UNTICKED.finditer(text, start, end)]
