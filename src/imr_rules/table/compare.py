"""Two sets of rules over one table: which items end differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from imr_rules.facts.model import Basis, ServiceFate
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.table.evaluate import (
    PLACE,
    RulesConcluder,
    TableRules,
    conclude_on_polars,
    governing_places,
)
from imr_rules.table.judged import JUDGED_BY, spoken_of
from imr_rules.table.once import Once, new_batches
from imr_rules.table.schema import ITEM, LETTER, PARENT_ITEM
from imr_rules.table.selection import Governor

AFTER = "_after"
"""What the columns of the second set of rules end in."""
COUNT = "n"


@dataclass(frozen=True, slots=True)
class Compared:
    """A batch under two sets of rules.

    *governed* counts the items by the places that govern them, before and after. *flipped* holds
    the items whose prediction changes, with what both conclusions hang on (`JUDGED_BY`); the
    columns of the second end in ``_after``.
    """

    governed: pl.DataFrame
    flipped: pl.DataFrame


def compared_batches(
    path: Path,
    before: TableRules,
    after: TableRules,
    basis: Basis,
    once: Once,
    conclude_by: RulesConcluder = conclude_on_polars,
) -> Iterator[Compared]:
    """Yield the facts table at *path*, decided by both sets of rules, batch by batch.

    Letters that *once* met before are left out.
    Items whose topic reads the same in both sets, and that accompany none, are not decided at all.

    Raises:
        InputError: the table cannot be read, or was made with other rules.
    """
    alike = _alike(before, after)
    # Facts that only one side knows are columns too; the other leaves them alone.
    facts = Vocabulary({**before.knowledge.vocabulary, **after.knowledge.vocabulary})
    for items in new_batches(path, facts, basis, once):
        old, new = governing_places(items, before), governing_places(items, after)
        places = pl.DataFrame({PLACE: old, PLACE + AFTER: new})
        touched = _touched(items, old, new, alike)
        yield Compared(
            places.group_by(pl.all()).agg(pl.len().alias(COUNT)),
            _flipped(touched, before, after, basis, conclude_by),
        )


def _flipped(
    items: pl.DataFrame,
    before: TableRules,
    after: TableRules,
    basis: Basis,
    conclude_by: RulesConcluder,
) -> pl.DataFrame:
    first = conclude_by(items, before, basis)
    second = conclude_by(items, after, basis)
    changed = ~first["overturned"].eq_missing(second["overturned"])
    rows, first, second = items.filter(changed), first.filter(changed), second.filter(changed)
    both = [rows]
    for conclusions, rules, suffix in ((first, before, ""), (second, after, AFTER)):
        told = _told_apart(rows, items, rules)
        spoken = spoken_of(told, conclusions[PLACE], rules)
        judged = conclusions.with_columns(spoken).select(JUDGED_BY)
        both.append(judged.select(pl.all().name.suffix(suffix)))
    return pl.concat(both, how="horizontal")


def _told_apart(rows: pl.DataFrame, items: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return *rows* with something said of what each accompanies, where that is among *items*."""
    above = items.select(LETTER, pl.col(ITEM).alias(PARENT_ITEM), pl.lit(True).alias("told"))
    said = ServiceFate.APPROVED.value
    marked = rows.join(above, on=[LETTER, PARENT_ITEM], how="left", maintain_order="left")
    return marked.with_columns(
        pl.when("told").then(pl.lit(said, rows.schema[fact])).otherwise(fact).alias(fact)
        for fact in rules.parent_facts
    ).drop("told")


def _touched(
    items: pl.DataFrame, old: pl.Series, new: pl.Series, alike: dict[int, int]
) -> pl.DataFrame:
    """Return those of *items* that a text that changed may decide otherwise, and what they need."""
    # Places of unchanged topics are told apart from all others, silence included.
    expected = old.replace_strict(
        list(alike), list(alike.values()), default=-1, return_dtype=pl.Int32
    )
    changed = ~(expected.eq_missing(new) | (old.is_null() & new.is_null()))
    # What accompanies another item may end differently with it, and is decided beside it.
    tied = items.filter(pl.col(PARENT_ITEM).is_not_null()).select(LETTER)
    tied = tied.join(items.filter(changed).select(LETTER), on=LETTER, how="semi").unique()
    return items.filter(changed | items[LETTER].is_in(tied[LETTER]))


def _alike(before: TableRules, after: TableRules) -> dict[int, int]:
    """Return the places of the topics that read the same in both, old place to new."""
    new = {governor.key: place for place, governor in enumerate(after.governors)}
    return {
        place: new[governor.key]
        for place, governor in enumerate(before.governors)
        if governor.key in new and _reads_alike(governor, after.governors[new[governor.key]])
    }


def _reads_alike(one: Governor, other: Governor) -> bool:
    return one.topic == other.topic and all(
        one.edition.parameters[name] == other.edition.parameters.get(name)
        for name in one.topic.thresholds
    )
