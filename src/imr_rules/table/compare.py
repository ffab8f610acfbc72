"""Two sets of rules over one table: which items end differently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from imr_rules.facts.model import Basis
from imr_rules.guidelines.model import thresholds_of
from imr_rules.table.evaluate import TableRules, governing_places
from imr_rules.table.outcomes import PREDICTION, with_conclusions
from imr_rules.table.parts import batches
from imr_rules.table.schema import LETTER
from imr_rules.table.selection import Governor

AFTER = "_after"
"""What the columns of the second set of rules end in."""


def flips(
    path: Path, before: TableRules, after: TableRules, basis: Basis
) -> Iterator[pl.DataFrame]:
    """Yield the items whose prediction changes, with both conclusions, batch by batch.

    The columns of the second conclusion end in ``_after``. Letters in which no item's topic
    differs between the two sets are not decided at all.

    Raises:
        InputError: the table cannot be read, or was made with other rules.
    """
    alike = _alike(before, after)
    for items in batches(path, before.knowledge.vocabulary, basis):
        touched = _touched(items, before, after, alike)
        if touched.is_empty():
            continue
        first = with_conclusions(touched, before)
        second = with_conclusions(touched, after).select(pl.exclude(touched.columns))
        both = pl.concat([first, second.rename(lambda name: name + AFTER)], how="horizontal")
        yield both.filter(pl.col(PREDICTION) != pl.col(PREDICTION + AFTER))


def _touched(
    items: pl.DataFrame,
    before: TableRules,
    after: TableRules,
    alike: dict[int, int],
) -> pl.DataFrame:
    """Return the letters of *items* in which some item is judged by a text that changed."""
    old = governing_places(items, before)
    new = governing_places(items, after)
    # Places of unchanged topics are told apart from all others, silence included.
    expected = old.replace_strict(
        list(alike), list(alike.values()), default=-1, return_dtype=pl.Int32
    )
    changed = ~(expected.eq_missing(new) | (old.is_null() & new.is_null()))
    letters = items.filter(changed).select(LETTER).unique()
    return items.join(letters, on=LETTER, how="semi", maintain_order="left")


def _alike(before: TableRules, after: TableRules) -> dict[int, int]:
    """Return the places of the topics that read the same in both, old place to new."""
    new = {governor.key: place for place, governor in enumerate(after.governors)}
    return {
        place: new[governor.key]
        for place, governor in enumerate(before.governors)
        if governor.key in new and _reads_alike(governor, after.governors[new[governor.key]])
    }


def _reads_alike(one: Governor, other: Governor) -> bool:
    named = {name for c in one.topic.criteria.values() for name in thresholds_of(c.when)}
    return one.topic == other.topic and all(
        one.edition.parameters[name] == other.edition.parameters.get(name) for name in named
    )
