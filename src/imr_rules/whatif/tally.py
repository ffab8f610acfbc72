"""Flips of a corpus, counted by criterion as they come, the first of each named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from imr_rules.table.schema import ACTUAL, CASE_NUMBER, ITEM, LETTER
from imr_rules.whatif.model import CriterionChange, FlipCounts, FlippedItem, counts_of

NAMED = 20
"""How many flips of a criterion are named; memory is bounded by the criteria."""

_ABOUT = (CASE_NUMBER, ITEM, "title", ACTUAL, LETTER)


@dataclass(frozen=True, slots=True)
class AlikeFlips:
    """*items* of a batch that flip alike with *criterion*; *rows* are the first of them.

    *criteria* are all that the change turned in them.
    """

    criterion: str
    criteria: tuple[str, ...]
    before: str
    after: str
    actual: str | None
    items: int
    rows: Sequence[int]


class FlipTally:
    """Counts flips by criterion; batches are added in the order of the table."""

    def __init__(self) -> None:
        self._counts: dict[str, FlipCounts] = defaultdict(FlipCounts)
        self._named: dict[str, list[FlippedItem]] = defaultdict(list)

    def add(self, items: pl.DataFrame, flips: Iterable[AlikeFlips]) -> None:
        """Add the *flips* among *items*."""
        candidates: dict[str, list[tuple[int, AlikeFlips]]] = defaultdict(list)
        for flip in flips:
            counted = counts_of(flip.before, flip.after, flip.actual, items=flip.items)
            self._counts[flip.criterion] += counted
            if len(self._named[flip.criterion]) < NAMED:
                candidates[flip.criterion].extend((row, flip) for row in flip.rows)
        for criterion, found in candidates.items():
            named = self._named[criterion]
            found.sort(key=lambda one: one[0])
            for row, flip in found[: NAMED - len(named)]:
                named.append(_flipped_item(items, row, flip))

    def criteria(self) -> Iterable[str]:
        """Return the criteria with flips."""
        return self._counts.keys()

    def change(self, criterion: str, statement: str, governed: int) -> CriterionChange:
        """Return what flips with *criterion*."""
        counts = self._counts.get(criterion, FlipCounts())
        named = tuple(self._named.get(criterion, ()))
        return CriterionChange(criterion, statement, governed, counts, named)

    def named(self) -> tuple[FlippedItem, ...]:
        """Return every item that is named, once."""
        items: Mapping[tuple[str | None, int], FlippedItem] = {
            (item.letter, item.item): item for named in self._named.values() for item in named
        }
        return tuple(items.values())


def _flipped_item(items: pl.DataFrame, row: int, flip: AlikeFlips) -> FlippedItem:
    number, item, title, actual, letter = (items[name][row] for name in _ABOUT)
    return FlippedItem(
        number or "", item, title or "", actual, flip.before, flip.after, flip.criteria, letter
    )
