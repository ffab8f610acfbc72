"""The pack without one of its criteria, over facts tables: each decided once.

Whether a topic recommends hangs on which criteria are met and which count, and striking a criterion
changes neither for the others. So each row is decided once, and what every struck criterion makes
of it is worked out once for all rows alike: corpora of millions have tens of thousands of kinds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from imr_rules.engines.reference import CompiledTopic, compile_topic
from imr_rules.engines.table.topic import COUNTED, MET, OVERTURNED
from imr_rules.facts.model import Basis, ServiceFate
from imr_rules.table.evaluate import PLACE, RulesConcluder, TableRules
from imr_rules.table.once import Once, new_batches
from imr_rules.table.schema import ACTUAL, ITEM, LETTER, PARENT_ITEM
from imr_rules.whatif.ablate import without_criterion
from imr_rules.whatif.compare import topic_name
from imr_rules.whatif.model import WhatIf, ranked
from imr_rules.whatif.tally import NAMED, AlikeFlips, FlipTally

_ROW = "row"
_PARENT = "parent_"
_OWN = (PLACE, MET, COUNTED, OVERTURNED)
_EITHER = tuple(f"{fate}_{name}" for fate in ServiceFate for name in (MET, COUNTED))
"""What is met and counts where the service that an item accompanies is approved, and where not."""
_KIND = (*_OWN, *(_PARENT + name for name in _OWN), *_EITHER)

_Sets = tuple[int, int]
"""The criteria that are met, and those that count."""


def ablate_tables(
    paths: Sequence[Path],
    rules: TableRules,
    basis: Basis,
    conclude_by: RulesConcluder,
    once: Once,
) -> WhatIf:
    """Leave out each criterion of every topic that governs an item, and tell what flips.

    What follows from a flipped item (the services around an operation) is counted with it. The
    first flips of each criterion are named, and all are counted. Letters that *once* met before
    are left out.

    Raises:
        InputError: a table cannot be read, or was made with other rules.
    """
    struck = _Struck(rules)
    tally, governed = FlipTally(), Counter[int]()
    items = flips = 0
    for path in paths:
        for batch in new_batches(path, rules.knowledge.vocabulary, basis, once):
            items += batch.height
            kinds = _kinds(batch, rules, basis, conclude_by)
            found: list[AlikeFlips] = []
            for place, *key, actual, count, rows in kinds.iter_rows():
                governed[place] += count
                turned = struck.flips((place, *key))
                flips += count if turned else 0
                before, after = _words(overturned=key[2])
                found += [
                    AlikeFlips(name, (name,), before, after, actual, count, rows) for name in turned
                ]
            tally.add(batch, found)
    return WhatIf(
        basis=basis,
        items=items,
        flips=flips,
        flipped=tally.named(),
        criteria=ranked(
            tally.change(_criterion(place, name, rules), criterion.statement, count)
            for place, count in governed.items()
            for name, criterion in rules.governors[place].topic.criteria.items()
        ),
    )


def _words(*, overturned: bool) -> tuple[str, str]:
    return ("overturned", "upheld") if overturned else ("upheld", "overturned")


def _criterion(place: int, name: str, rules: TableRules) -> str:
    return f"{topic_name(rules.governors[place].topic)}/{name}"


def _kinds(
    items: pl.DataFrame, rules: TableRules, basis: Basis, conclude_by: RulesConcluder
) -> pl.DataFrame:
    """Return the governed *items* counted by kind and decision, with the first rows of each."""
    own = conclude_by(items, rules, basis).select(_OWN)
    rows = pl.concat([items.select(LETTER, ITEM, PARENT_ITEM, ACTUAL), own], how="horizontal")
    rows = rows.with_row_index(_ROW)
    above = rows.filter(pl.col(PARENT_ITEM).is_null() & pl.col(PLACE).is_not_null()).select(
        LETTER,
        pl.col(ITEM).alias(PARENT_ITEM),
        *(pl.col(name).alias(_PARENT + name) for name in _OWN),
    )
    rows = rows.join(above, on=[LETTER, PARENT_ITEM], how="left", maintain_order="left")
    following = rows[_PARENT + PLACE].is_not_null()
    either = _either(items.filter(following), rules, basis, conclude_by)
    either = pl.concat([rows.filter(following).select(_ROW), either], how="horizontal")
    return (
        rows.join(either, on=_ROW, how="left", maintain_order="left")
        .drop_nulls(PLACE)
        .group_by(*_KIND, ACTUAL, maintain_order=True)
        .agg(pl.len(), pl.col(_ROW).head(NAMED))
    )


def _either(
    items: pl.DataFrame, rules: TableRules, basis: Basis, conclude_by: RulesConcluder
) -> pl.DataFrame:
    """Return what *items* meet with what they accompany approved, and with it not approved."""
    halves = []
    for fate in ServiceFate:
        told = items.with_columns(
            pl.lit(None, items.schema[PARENT_ITEM]).alias(PARENT_ITEM),
            *(pl.lit(fate.value, items.schema[fact]).alias(fact) for fact in rules.parent_facts),
        )
        found = conclude_by(told, rules, basis)
        halves += [found[name].alias(f"{fate}_{name}") for name in (MET, COUNTED)]
    return pl.DataFrame(halves)


class _Struck:
    """What each struck criterion makes of a kind of item, worked out when it first comes."""

    def __init__(self, rules: TableRules) -> None:
        self._rules = rules
        self._compiled: dict[tuple[int, str | None], CompiledTopic] = {}
        self._known: dict[tuple[object, ...], tuple[str, ...]] = {}

    def flips(self, kind: tuple[int, ...]) -> tuple[str, ...]:
        """Return the criteria without which items of *kind* (`_KIND`) end differently."""
        if kind not in self._known:
            self._known[kind] = tuple(self._flips(kind))
        return self._known[kind]

    def _flips(self, kind: tuple[int, ...]) -> Iterator[str]:
        place, met, counted, overturned, above, *rest = kind
        for name in self._rules.governors[place].topic.criteria:
            if above == place:
                continue  # Struck in both at once, below.
            if self._recommends(place, name, (met, counted)) != overturned:
                yield _criterion(place, name, self._rules)
        if above is None:
            return
        above_met, above_counted, _, *either = rest
        for name in self._rules.governors[above].topic.criteria:
            approved = self._recommends(above, name, (above_met, above_counted))
            sets = (either[0], either[1]) if approved else (either[2], either[3])
            own = name if above == place else None
            if self._recommends(place, own, sets) != overturned:
                yield _criterion(above, name, self._rules)

    def _recommends(self, place: int, name: str | None, sets: _Sets) -> bool:
        """Whether the topic at *place*, without the criterion *name*, recommends."""
        topic = self._rules.governors[place].topic
        if (place, name) not in self._compiled:
            governor = self._rules.governors[place]
            changed = topic if name is None else without_criterion(topic, name)
            self._compiled[place, name] = compile_topic(
                changed, governor.edition.parameters, governor.first
            )
        compiled = self._compiled[place, name]
        if name is not None:
            bit = tuple(topic.criteria).index(name)
            sets = _without_bit(sets[0], bit), _without_bit(sets[1], bit)
        met, counted = sets
        return not any(bar.holds(counted, met) for bar in compiled.bars) and any(
            route.is_open(counted, met) for route in compiled.routes
        )


def _without_bit(bits: int, bit: int) -> int:
    """Return *bits* with the one at *bit* taken out, those above it moved down."""
    return bits & ((1 << bit) - 1) | bits >> (bit + 1) << bit
