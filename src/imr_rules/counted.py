"""A number with its noun, as it is said of one and of several."""

from __future__ import annotations


def counted(n: int, noun: str) -> str:
    """Return *n* with *noun*, a noun whose plural takes an s.

    >>> counted(1, "topic"), counted(2, "topic"), counted(0, "item"), counted(1200, "item")
    ('1 topic', '2 topics', '0 items', '1200 items')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
