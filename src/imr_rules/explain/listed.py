"""Lists that are cut where a reader has had enough, and that say so."""

from __future__ import annotations

from collections.abc import Sequence


def listed(parts: Sequence[str], *, most: int, between: str) -> str:
    """Join the first *most* of *parts*, and tell how many more there are.

    >>> listed(["rest", "ice", "heat", "time"], most=2, between="; or ")
    'rest; or ice; and 2 more'
    """
    shown = between.join(parts[:most])
    more = len(parts) - most
    return f"{shown}; and {more} more" if more > 0 else shown
