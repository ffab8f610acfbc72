"""Rows of a facts table → their conclusions, on Polars: each topic decides its rows in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from imr_rules.engines.table.names import ON, ROW
from imr_rules.engines.table.on_polars import PolarsTopic, polars_topic
from imr_rules.engines.table.topic import CONCLUSION, IN_FAVOUR, OVERTURNED, compile_topic
from imr_rules.facts.derive import parent_facts
from imr_rules.facts.model import Basis, ServiceFate
from imr_rules.facts.vocabulary import FactType
from imr_rules.knowledge import Knowledge
from imr_rules.table.schema import BASIS, ITEM, LETTER, PARENT_ITEM, SELECTED_BY
from imr_rules.table.selection import Governor, Selector

PLACE = "place"
"""The place of the governing topic among the selector's governors; null where all are silent."""
HANGS_ON_PARENT = "hangs_on_parent"
"""Whether an item is barred only until documents get the one it accompanies approved."""
_HOPEFUL = "hopeful"
_STRETCH = "stretch"
_POSITION = "position"
_TYPES = {"boolean": pl.Boolean, "int64": pl.Int64}

CONCLUDED: Mapping[str, type[pl.DataType]] = {
    PLACE: pl.Int32,
    **{name: _TYPES[kind] for name, kind in CONCLUSION.items()},
    HANGS_ON_PARENT: pl.Boolean,
}
"""What :func:`conclude` finds for each row; nothing is true where no guideline speaks."""


class TableRules:
    """The guidelines ready for tables: topics are compiled when the first row asks for them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.selector = Selector(knowledge.library)
        self.parent_facts = parent_facts(knowledge.derivations)
        self.numbers = frozenset(
            name for name, fact in knowledge.vocabulary.items() if fact.type is FactType.NUMBER
        )
        self.statements: dict[tuple[str, int, str], str] = {}
        """SQL of topics by table, place and dialect, kept by whoever writes it."""
        self._compiled: dict[int, PolarsTopic] = {}

    @property
    def governors(self) -> tuple[Governor, ...]:
        """Every topic, by its place."""
        return self.selector.governors

    def topic(self, place: int) -> PolarsTopic:
        """Return the topic at *place*, compiled for the days on which it is in force."""
        if place not in self._compiled:
            governor = self.governors[place]
            table = compile_topic(
                governor.topic,
                governor.edition.parameters,
                first=governor.first,
                until=governor.until,
                numbers=self.numbers,
            )
            self._compiled[place] = polars_topic(table)
        return self._compiled[place]


def conclude(items: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return a conclusion for each row of *items*, in their order, with columns `CONCLUDED`.

    *items* holds whole letters: an item that accompanies another is decided after it, and, where
    documents could still get that one approved, once more as if they had.

    Raises:
        InputError: the table was made with a catalogue that has other treatments.
    """
    places = governing_places(items, rules)
    numbered = items.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias(ROW))
    has_parent = items[PARENT_ITEM].is_not_null()
    decided = _decide(numbered, places.set(has_parent, None), rules)
    if has_parent.any():
        children = _told_of_parents(numbered, decided, has_parent, rules)
        governed = places.gather(children[ROW] % items.height)
        decided = pl.concat([decided, _decide(children, governed, rules)])
    hoped = decided.filter(pl.col(ROW) >= items.height).select(
        pl.col(ROW) - items.height, (pl.col(OVERTURNED) | pl.col(IN_FAVOUR)).alias(_HOPEFUL)
    )
    barred = ~pl.col(OVERTURNED) & ~pl.col(IN_FAVOUR)
    return (
        numbered.select(ROW)
        .with_columns(places)
        .join(decided, on=ROW, how="left", maintain_order="left")
        .join(hoped, on=ROW, how="left", maintain_order="left")
        .with_columns((barred & pl.col(_HOPEFUL).fill_null(False)).alias(HANGS_ON_PARENT))
        .select(*CONCLUDED)
    )


RulesConcluder = Callable[[pl.DataFrame, TableRules, Basis], pl.DataFrame]
"""Concludes items of a basis by a set of rules, in their order."""


def conclude_on_polars(items: pl.DataFrame, rules: TableRules, _basis: Basis) -> pl.DataFrame:
    """Return a conclusion for each of *items*, as :func:`conclude`."""
    return conclude(items, rules)


def governing_places(items: pl.DataFrame, rules: TableRules) -> pl.Series:
    """Return for each row of *items* the place of the topic that governs it."""
    days = pl.Series(rules.selector.change_days, dtype=pl.Date)
    kinds = items.select(*SELECTED_BY).with_columns(
        pl.Series(_STRETCH, days.search_sorted(items[ON], side="right"), dtype=pl.Int32)
    )
    by = [*SELECTED_BY, _STRETCH]
    rows = kinds.unique().rows()
    found = rules.selector.places(((row[0], row[1], row[2], row[3]), row[4]) for row in rows)
    known = pl.DataFrame(
        [(*key, stretch, place) for (key, stretch), place in found.items()],
        schema={**{name: kinds.schema[name] for name in by}, PLACE: pl.Int32},
        orient="row",
    )
    return kinds.join(known, on=by, how="left", nulls_equal=True, maintain_order="left")[PLACE]


def _told_of_parents(
    numbered: pl.DataFrame, decided: pl.DataFrame, has_parent: pl.Series, rules: TableRules
) -> pl.DataFrame:
    """Return the items that accompany another, told what became of it.

    Those told that it is not approved, though documents could get it approved, follow once more,
    told that it is; their rows are numbered on from those of the table.
    """
    children = numbered.filter(has_parent)
    beside = numbered.select(LETTER, BASIS, pl.col(ITEM).alias(PARENT_ITEM), ROW).join(
        children.select(LETTER).unique(), on=LETTER, how="semi"
    )
    outcomes = beside.join(decided, on=ROW, how="left").select(
        LETTER,
        BASIS,
        PARENT_ITEM,
        # Where no guideline speaks to the operation, nothing says that it will be done.
        pl.col(OVERTURNED).fill_null(False),
        (~pl.col(OVERTURNED) & pl.col(IN_FAVOUR)).alias(_HOPEFUL),
    )
    told = children.join(
        outcomes, on=[LETTER, BASIS, PARENT_ITEM], how="left", maintain_order="left"
    )
    hoped = told.filter(_HOPEFUL).with_columns(
        pl.col(ROW) + numbered.height, pl.lit(True).alias(OVERTURNED)
    )
    told = pl.concat([told, hoped])
    fate = fate_of(pl.col(OVERTURNED))
    return told.with_columns(
        fate.cast(children.schema[fact]).alias(fact) for fact in rules.parent_facts
    )


def fate_of(approved: pl.Expr | pl.Series) -> pl.Expr:
    """Return what became of a service, by whether it is *approved*; null where nobody knows."""
    given, refused = (pl.lit(fate.value) for fate in ServiceFate)
    return pl.when(approved).then(given).when(~approved).then(refused)


def _decide(items: pl.DataFrame, places: pl.Series, rules: TableRules) -> pl.DataFrame:
    """Return row and conclusion of every one of *items* that has a place, in any order."""
    positions = pl.int_range(places.len(), dtype=pl.UInt32, eager=True)
    order = pl.DataFrame({PLACE: places, _POSITION: positions}).drop_nulls(PLACE).sort(PLACE)
    items = items.rechunk()
    queries = []
    start = 0
    for length, place in order[PLACE].rle().struct.unnest().iter_rows():
        rows = order[_POSITION].slice(start, length)
        queries.append(_topic_query(items, rows, rules.topic(place)))
        start += length
    if not queries:
        return pl.DataFrame(schema={ROW: pl.Int64} | {n: CONCLUDED[n] for n in CONCLUSION})
    return pl.concat(pl.collect_all(queries))


def _topic_query(items: pl.DataFrame, rows: pl.Series, topic: PolarsTopic) -> pl.LazyFrame:
    """Return the query that decides the *rows* of *items* under *topic*.

    Only the columns that the topic reads are gathered: a table has ten times as many.
    """
    # Series by series: a select of the whole frame costs more than these few columns do.
    present = [items[name] for name in topic.columns if name in items.columns]
    # A table may lack facts that the vocabulary has gained since: nobody speaks of them.
    absent = [pl.lit(None).alias(name) for name in topic.columns if name not in items.columns]
    return topic.conclude(pl.DataFrame(present)[rows].lazy().with_columns(absent))
