"""Two packs on the same facts tables: what flips, in one pass and bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from imr_rules.cases.evaluate import Conclusion
from imr_rules.facts.model import Basis
from imr_rules.table.compare import AFTER, COUNT, compared_batches
from imr_rules.table.evaluate import PLACE, RulesConcluder, TableRules
from imr_rules.table.judged import JUDGED_BY, JudgedKey, Judgements
from imr_rules.table.once import Once
from imr_rules.table.schema import ACTUAL
from imr_rules.treatments.model import Request
from imr_rules.whatif.compare import statement_of, topic_name, topic_of, turned_criteria
from imr_rules.whatif.model import WhatIf, ranked
from imr_rules.whatif.tally import NAMED, AlikeFlips, FlipTally

_ROW = "row"
_NOBODY = Request(title="")
_Half = tuple[int | None, bool, bool, bool, int, int, int, int]


def compare_tables(
    paths: Sequence[Path],
    before: TableRules,
    after: TableRules,
    basis: Basis,
    conclude_by: RulesConcluder,
    once: Once,
) -> WhatIf:
    """Return what the guidelines of *after* decide otherwise than those of *before*.

    A table keeps the facts that were read when it was extracted: only guidelines are compared.
    The first flips of each criterion are named, and all are counted. Letters that *once* met
    before are left out.

    Raises:
        InputError: a table cannot be read, or was made with other rules.
    """
    turned = _Turned(before, after, basis)
    tally, governed = FlipTally(), Counter[str]()
    items = flips = 0
    for path in paths:
        for batch in compared_batches(path, before, after, basis, once, conclude_by):
            for old, new, count in batch.governed.select(PLACE, PLACE + AFTER, COUNT).iter_rows():
                items += count
                names = {_name(old, before), _name(new, after)} - {None}
                governed.update({name: count for name in names if name is not None})
            flips += batch.flipped.height
            tally.add(batch.flipped, turned.flips(batch.flipped))
    topics = {topic_name(g.topic): g.topic for rules in (before, after) for g in rules.governors}
    return WhatIf(
        basis=basis,
        items=items,
        flips=flips,
        flipped=tally.named(),
        criteria=ranked(
            tally.change(name, statement_of(name, topics), governed[topic_of(name)])
            for name in tally.criteria()
        ),
    )


def _name(place: int | None, rules: TableRules) -> str | None:
    return None if place is None else topic_name(rules.governors[place].topic)


class _Turned:
    """The criteria that a change turns, worked out once for all items alike."""

    def __init__(self, before: TableRules, after: TableRules, basis: Basis) -> None:
        self._judged = Judgements(before, basis), Judgements(after, basis)
        self._known: dict[tuple[_Half, _Half], tuple[str, str, tuple[str, ...]]] = {}

    def flips(self, flipped: pl.DataFrame) -> Iterator[AlikeFlips]:
        """Yield *flipped* by the criteria that turned."""
        by = [*JUDGED_BY, *(name + AFTER for name in JUDGED_BY)]
        groups = (
            flipped.select(*by, ACTUAL)
            .with_row_index(_ROW)
            .group_by(*by, ACTUAL, maintain_order=True)
            .agg(pl.len(), pl.col(_ROW).head(NAMED))
        )
        for *key, actual, count, rows in groups.iter_rows():
            old, new = tuple(key[: len(JUDGED_BY)]), tuple(key[len(JUDGED_BY) :])
            if (old, new) not in self._known:
                self._known[old, new] = self._turn(old, new)
            before, after, criteria = self._known[old, new]
            for criterion in criteria:
                yield AlikeFlips(criterion, criteria, before, after, actual, count, rows)

    def _turn(self, old: _Half, new: _Half) -> tuple[str, str, tuple[str, ...]]:
        first, second = (
            _conclusion(judged, half) for judged, half in zip(self._judged, (old, new), strict=True)
        )
        criteria = tuple(dict.fromkeys(turned_criteria(first, second)))
        return first.prediction.value, second.prediction.value, criteria


def _conclusion(judged: Judgements, half: _Half) -> Conclusion:
    place, *rest = half
    if place is None:
        return judged.silent(request=_NOBODY, on=date.min)
    key: JudgedKey = (place, *rest)  # type: ignore[assignment]
    return judged.conclusion(key, request=_NOBODY, on=date.min)
