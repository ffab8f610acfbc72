"""Made-up facts tables for benchmarks: the item mix, base rates and gaps of decided cases.

Every row starts from an item of a decided case, so that its facts belong together, and three in ten
of its facts are drawn anew from items of the same category. Its letter, number and dates are
invented, its reviewer and the guidelines cited are those of other items. Where few facts are known
of an item, a row may still agree with it in all of them. Every case number starts with
``SYNTHETIC``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

import polars as pl

from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.table.names import ON
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.schema import (
    ABOUT,
    BASIS,
    BODY_PARTS,
    CASE_NUMBER,
    CATEGORY,
    DECISION_YEAR,
    ITEM,
    LETTER,
    PARENT_ITEM,
    PHASE,
    TREATMENT,
    table_schema,
)

FIRST_DAY = date(2013, 1, 1)
LAST_DAY = date(2025, 12, 31)
REDRAWN_PERCENT = 30
"""How many facts are drawn anew: enough to make cases differ, few enough to keep them apt."""
_REVIEWER = ("specialties", "licensure")
_DRAWN_TOGETHER = (_REVIEWER, ("claims_administrator_guideline",), ("reviewer_guideline",))
"""What is always another item's: it would tell which item a row started from."""
LETTERS_OF_ONE_TO = 4
"""Letters hold between one and this many items, each number as often."""
ROWS_PER_PART = 500_000

_ACCOMPANIES = "accompanies"


def synthetic_parts(like: pl.DataFrame, items: int, seed: int) -> Iterator[pl.DataFrame]:
    """Yield made-up tables of *items* rows in all, in parts that each hold whole letters."""
    for part, start in enumerate(range(0, items, ROWS_PER_PART)):
        yield synthetic_items(
            like, min(ROWS_PER_PART, items - start), seed * 100_003 + part, prefix=f"{part:04d}"
        )


def synthetic_items(
    like: pl.DataFrame, items: int, seed: int, *, prefix: str = "0000"
) -> pl.DataFrame:
    """Return a made-up table of *items* rows like those of *like*; the same *seed*, the same table.

    *like* is a facts table of one basis. *prefix* goes into the case numbers.
    """
    random = Random(seed)
    facts = [name for name in like.columns if name not in ABOUT]
    by_category = like.with_columns(pl.col(PARENT_ITEM).is_not_null().alias(_ACCOMPANIES))
    drawn = _sample(by_category, items, random).sort(CATEGORY)
    blocks = [
        _redrawn(block, by_category.filter(pl.col(CATEGORY).eq_missing(block[CATEGORY][0])), facts,
                 random)
        for block in drawn.partition_by(CATEGORY, maintain_order=True)
    ]  # fmt: skip
    mixed = pl.concat(blocks).sample(fraction=1.0, shuffle=True, seed=random.getrandbits(32))
    return _in_letters(_dated(mixed, random), prefix, random).select(like.columns)


def rows_of_cases(knowledge: Knowledge) -> pl.DataFrame:
    """Return the items of the cases that ship, as a facts table of the review basis."""
    rows = [
        row
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for row in rows_of_case(entry.case, str(entry.path), knowledge)
        if row[BASIS] == Basis.REVIEW.value
    ]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))


def rows_of_packs(knowledge: Knowledge, rows_per_topic: int, seed: int) -> pl.DataFrame:
    """Return items that ask for what each topic is about, two facts in five known.

    Where decided cases show what reviewers see, these reach every topic that ships.
    """
    random = Random(seed)
    rows = [
        _row_about(topic, knowledge, random)
        for topic in knowledge.library.topics()
        for _ in range(rows_per_topic)
    ]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))


def _row_about(topic: Topic, knowledge: Knowledge, random: Random) -> dict[str, object]:
    about = topic.applies_to
    name = random.choice(about.treatments)
    treatments = knowledge.catalogue.treatments
    if name not in treatments:
        # A class or a category: any treatment of it stands for it.
        inside = [t.id for t in treatments.values() if name in (*t.parents, t.category)]
        name = random.choice(inside) if inside else name
    treatment = treatments.get(name)
    facts = {
        fact: _value(knowledge.vocabulary[fact], random)
        for fact in topic.facts
        if random.random() < 0.4
    }
    return {
        BASIS: "review",
        TREATMENT: treatment.id if treatment else None,
        CATEGORY: treatment.category if treatment else name,
        BODY_PARTS: random.choice(about.body_parts) if about.body_parts else "",
        PHASE: random.choice(about.phases) if about.phases else None,
        "actual": "upheld" if random.random() < 0.9 else "overturned",
        **{fact: value for fact, value in facts.items() if value is not None},
    }


def _value(fact: Fact, random: Random) -> Value | None:
    if fact.known_values:
        return random.choice([*fact.known_values, UNDOCUMENTED])
    return random.choice([None, 0.0, 1.0, 2.0, 5.5, 6.0, 12.0, 30.0, 90.0, 120.0])


def _sample(rows: pl.DataFrame, count: int, random: Random) -> pl.DataFrame:
    return rows.sample(count, with_replacement=True, seed=random.getrandbits(32))


def _redrawn(
    block: pl.DataFrame, like: pl.DataFrame, facts: list[str], random: Random
) -> pl.DataFrame:
    columns: list[pl.Series] = []
    for fact in facts:
        if like[fact].null_count() == like.height:
            continue
        other = like[fact].sample(block.height, with_replacement=True, seed=random.getrandbits(32))
        kept = _numbers(block.height, 100, random) >= REDRAWN_PERCENT
        columns.append(block[fact].zip_with(kept, other).alias(fact))
    for names in _DRAWN_TOGETHER:
        columns.extend(_sample(like.select(names), block.height, random))
    return block.with_columns(columns)


def _numbers(count: int, below: int, random: Random) -> pl.Series:
    choice = pl.Series(range(below), dtype=pl.Int32)
    return choice.sample(count, with_replacement=True, seed=random.getrandbits(32))


def _dated(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    days = (LAST_DAY - FIRST_DAY).days
    decided = pl.lit(FIRST_DAY) + pl.duration(days=pl.lit(_numbers(rows.height, days, random)))
    return rows.with_columns(
        decision_date=decided,
        denial_date=decided - pl.duration(days=60),
        injury_date=decided - pl.duration(days=pl.lit(60 + _numbers(rows.height, 3650, random))),
    ).with_columns(
        pl.col("denial_date").alias(ON),
        pl.col("decision_date").dt.year().cast(pl.Int32).alias(DECISION_YEAR),
    )


def _in_letters(rows: pl.DataFrame, prefix: str, random: Random) -> pl.DataFrame:
    """Deal the rows out to letters; a service that accompanies goes with the letter's first item.

    Rows of one letter share its dates and its reviewer.
    """
    sizes = _numbers(rows.height, LETTERS_OF_ONE_TO, random) + 1
    number = pl.int_range(sizes.len(), dtype=pl.Int32, eager=True)
    letter = pl.select(number.repeat_by(sizes).explode()).to_series().head(rows.height)
    name = pl.lit(f"SYNTHETIC-{prefix}-") + pl.col(LETTER)
    own = pl.when(~pl.col(_ACCOMPANIES)).then(pl.col(ITEM)).first(ignore_nulls=True)
    shared = ["on", "injury_date", "denial_date", "decision_date", DECISION_YEAR, *_REVIEWER]
    return (
        rows.with_columns(letter.cast(pl.String).alias(LETTER))
        .with_columns(
            pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(LETTER).alias(ITEM),
            pl.col(shared).first().over(LETTER),
            name.alias(CASE_NUMBER),
        )
        .with_columns(own.over(LETTER).alias("own"), name.alias(LETTER))
        .with_columns(
            pl.when(pl.col(_ACCOMPANIES)).then(pl.col("own")).alias(PARENT_ITEM),
            pl.lit("Synthetic item").alias("title"),
        )
    )
