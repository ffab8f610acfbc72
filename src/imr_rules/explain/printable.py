"""Text of a record as a terminal may show it."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""Return *text* without characters that a terminal would obey instead of showing.

    >>> printable("Norco\x1b[31m 10/325")
    'Norco [31m 10/325'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
