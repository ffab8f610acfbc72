"""Letters that another table, or another file of the same, holds already: they count once.

Of each letter eight bytes are kept, and nothing is read twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from imr_rules.counted import counted
from imr_rules.facts.model import Basis
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.table.parts import batches
from imr_rules.table.schema import CASE_NUMBER, LETTER

_KEY = "determination"
_NAMED = 3
"""Letters left out that are told by name."""


class Once:
    """The letters of some tables on one basis, each determination when it is first met."""

    def __init__(self) -> None:
        self._seen = pl.Series(_KEY, [], dtype=pl.UInt64)
        self._left_out = 0
        self._named: list[str] = []

    def first_met(self, items: pl.DataFrame) -> pl.Series:
        """Return which of *items*, whole letters, are of a determination not met before."""
        letters = items.select(LETTER, _determination()).unique(
            subset=LETTER, keep="first", maintain_order=True
        )
        new = letters.filter(~pl.col(_KEY).is_in(self._seen.implode())).unique(
            subset=_KEY, keep="first", maintain_order=True
        )
        self._seen = pl.concat([self._seen, new[_KEY]])
        if new.height < letters.height:
            self._left_out += letters.height - new.height
            again = letters.join(new, on=LETTER, how="anti", maintain_order="left")[LETTER]
            self._named += again.head(_NAMED - len(self._named)).to_list()
        return items[LETTER].is_in(new[LETTER].implode())

    def told(self) -> Sequence[str]:
        """Return what was left out, in one line; nothing if nothing was."""
        if not self._left_out:
            return ()
        letters = counted(self._left_out, "letter")
        named = ", ".join(self._named) + (", …" if self._left_out > len(self._named) else "")
        return (f"{letters} of cases that were read already count once: {named}",)


def new_batches(
    path: Path, vocabulary: Vocabulary, basis: Basis, once: Once
) -> Iterator[pl.DataFrame]:
    """Yield the facts table at *path* in batches, without letters that *once* met before.

    Raises:
        InputError: a file is no facts table, or holds a value that the vocabulary does not have.
    """
    for items in batches(path, vocabulary, basis):
        is_new = once.first_met(items)
        if is_new.all():
            yield items
        elif is_new.any():
            yield items.filter(is_new)


def _determination() -> pl.Expr:
    """Return what no other determination has: its number and day, without them all that is told.

    A letter that tells no day of decision is the same only where it is the same file.
    """
    number, day = pl.col(CASE_NUMBER).str.to_lowercase(), pl.col("decision_date")
    dated = number.is_not_null() & (number != "") & day.is_not_null()
    file = pl.struct(LETTER, CASE_NUMBER, "injury_date", "denial_date").hash(1)
    return pl.when(dated).then(pl.struct(number, day).hash(2)).otherwise(file).alias(_KEY)
