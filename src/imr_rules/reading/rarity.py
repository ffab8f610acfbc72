"""How rarely letters use a word: a phrase is found by the rarest of those it cannot do without."""

from __future__ import annotations

from collections.abc import Mapping

WORD_END = "$"
"""Marks an anchor that is a whole word: the "no" of a phrase must not call it up for "notes"."""


class Rarity:
    """Compares sets of words, by how often the *common* ones occur; any other is met once."""

    def __init__(self, common: Mapping[str, int] | None = None) -> None:
        self._common = common or {}
        self._often: dict[str, int] = {}
        self._of_sets: dict[frozenset[str], tuple[int, int]] = {}

    def of(self, beginnings: frozenset[str]) -> tuple[int, int]:
        """Return the rank of a set of word *beginnings*: the less, the rarer one of them is met.

        Of sets met equally often that of the longer words ranks first.
        """
        if beginnings not in self._of_sets:
            often = sum(self._occurrences(one) for one in beginnings)
            shortest = min(len(one) for one in beginnings)
            self._of_sets[beginnings] = (often, -shortest)
        return self._of_sets[beginnings]

    def _occurrences(self, beginning: str) -> int:
        if beginning not in self._often:
            if beginning.endswith(WORD_END):
                often = self._common.get(beginning.removesuffix(WORD_END), 1)
            else:
                often = 1 + sum(n for w, n in self._common.items() if w.startswith(beginning))
            self._often[beginning] = often
        return self._often[beginning]
