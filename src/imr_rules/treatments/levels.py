"""The levels of the spine that a title names → how many a procedure treats."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise

_LAST = {"c": 7, "t": 12, "l": 5, "s": 5}
_ORDER = [f"{region}{n}" for region, last in _LAST.items() for n in range(1, last + 1)]
_CHAIN = re.compile(r"\b[clts]\d{1,2}(?: ?(?:-|/|to|through|thru) ?[clts]?\d{1,2}\b)*")
_POINT = re.compile(r"([clts]?)(\d{1,2})")


class Levels(StrEnum):
    """What a procedure is done at.

    Of ``roots`` a vertebra named alone ("L4, L5") is one; of ``joints`` it is not, as two nerves
    go to each, and only pairs ("L4-5") tell.
    """

    ROOTS = "roots"
    JOINTS = "joints"


def levels_named(text: str, kind: Levels) -> int | None:
    """Return how many levels *text* names: "L3-4, L4-5" and "L3-L5" are two, both sides one.

    >>> levels_named("l3-l4, l4-l5 and l5-s1", Levels.ROOTS)
    3

    Returns:
        None where it names none, or in no order there is.
    """
    spaces: set[int] = set()
    alone: set[int] = set()
    for chain in _CHAIN.finditer(text):
        points = _points(chain.group())
        if points is None:
            return None
        if len(points) == 1:
            alone.update(points)
        for upper, lower in pairwise(points):
            if lower < upper:
                return None
            spaces.update(range(upper, lower))
    if kind is Levels.JOINTS:
        return len(spaces) or None
    return len(spaces) + sum(p not in spaces and p - 1 not in spaces for p in alone) or None


def _points(chain: str) -> list[int] | None:
    """Return the vertebrae of *chain* by their place in the spine; in "L4-5" the 5 is L5."""
    points: list[int] = []
    region = ""
    for match in _POINT.finditer(chain):
        bare = not match.group(1)
        region = match.group(1) or region
        if bare and match.group(2) == "1":
            points.append(points[-1] + 1)  # "L5-1" is L5-S1
        elif (name := f"{region}{match.group(2)}") in _ORDER:
            points.append(_ORDER.index(name))
        else:
            return None
    return points
