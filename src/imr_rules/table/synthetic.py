"""Made-up facts tables for benchmarks: the item mix, base rates and gaps of decided cases.

Every item starts from one of a decided case, so that its facts belong together, and three in ten
of its facts are drawn anew from items of the same category, on every basis at once: what only a
rationale told stays out of the record. Letters hold as many items as decided ones do; their
numbers and dates are invented, and what follows from dates, or from other numbers, follows from
those of the row. The reviewer is that of another item. So are the guidelines cited, of an item
judged while the same guidelines were in force; where there is none, no line cites any. Where few
facts are known of an item, a row may still agree with it in all of them. Every case number starts
with ``SYNTHETIC``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from random import Random

import polars as pl

from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.table.names import ON
from imr_rules.facts.derive import DaysBetween, Derivation, NotTheFirst, SumOf, YearOf
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.library import Library
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.schema import (
    ABOUT,
    ACTUAL,
    BASIS,
    BODY_PARTS,
    CASE_NUMBER,
    CATEGORY,
    DECISION_YEAR,
    ITEM,
    LETTER,
    LIST_SEPARATOR,
    PARENT_ITEM,
    PHASE,
    TREATMENT,
    UNDOCUMENTED_NUMBERS,
    table_schema,
)
from imr_rules.treatments.model import Phase

FIRST_DAY = date(2013, 1, 1)
LAST_DAY = date(2025, 12, 31)
REDRAWN_PERCENT = 30
"""How many facts are drawn anew: enough to make cases differ, few enough to keep them apt."""
ITEMS_PER_PART = 250_000

_REVIEWER = ("specialties", "licensure")
_CITED = ("claims_administrator_guideline", "reviewer_guideline")
_PERIOD = "_period"
"""How often an edition had come into force, or gone out of it, by the day that governs."""
_OWN = "_own"
"""The place of the decided item that a row starts from."""
_NUMBER = "_number"
"""The number of the letter that a row stands in."""
_ACCOMPANIES = "_accompanies"


def synthetic_parts(
    like: pl.DataFrame, knowledge: Knowledge, items: int, seed: int
) -> Iterator[pl.DataFrame]:
    """Yield made-up tables of *items* items in all, in parts that each hold whole letters."""
    for part, start in enumerate(range(0, items, ITEMS_PER_PART)):
        wanted = min(ITEMS_PER_PART, items - start)
        yield synthetic_items(like, knowledge, wanted, seed * 100_003 + part, prefix=f"{part:04d}")


def synthetic_items(
    like: pl.DataFrame, knowledge: Knowledge, items: int, seed: int, *, prefix: str = "0000"
) -> pl.DataFrame:
    """Return a table of *items* made-up items like those of *like*; same *seed*, same table.

    *like* is a facts table whose items have a row on every basis that it holds; so have those that
    are made. *prefix* goes into the case numbers.
    """
    random = Random(seed)
    period = _period(knowledge.library)
    # Fellows stand side by side, and an item in the same place on every basis.
    ordered = like.with_columns(period).sort(CATEGORY, _PERIOD, LETTER, ITEM)
    bases = ordered.partition_by(BASIS, maintain_order=True)
    decided = bases[0].with_columns(
        pl.any_horizontal(basis[PARENT_ITEM].is_not_null() for basis in bases).alias(_ACCOMPANIES)
    )
    rows = _dated(_in_letters(decided, items, prefix, random), random).with_columns(period)
    sources = _sources(rows, decided, bases, random)
    return pl.concat(
        _rows_on(basis, rows, sources, knowledge.derivations).select(like.columns)
        for basis in bases
    )


def rows_of_cases(knowledge: Knowledge) -> pl.DataFrame:
    """Return the items of the cases that ship, as a facts table."""
    rows = [
        row
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for row in rows_of_case(entry.case, str(entry.path), knowledge)
    ]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))


def rows_of_packs(knowledge: Knowledge, rows_per_topic: int, seed: int) -> pl.DataFrame:
    """Return items that ask for what each topic is about, two facts in five known.

    Where decided cases show what reviewers see, these reach every topic that ships. Of what is
    known the record tells one half, only the rationale the other.
    """
    random = Random(seed)
    rows = [
        row
        for place, topic in enumerate(knowledge.library.topics())
        for number in range(rows_per_topic)
        for row in _rows_about(topic, f"{place:04d}-{number}", knowledge, random)
    ]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))


def _rows_about(
    topic: Topic, letter: str, knowledge: Knowledge, random: Random
) -> Iterator[dict[str, object]]:
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
    item = {
        LETTER: letter,
        ITEM: 1,
        TREATMENT: treatment.id if treatment else None,
        CATEGORY: treatment.category if treatment else name,
        BODY_PARTS: random.choice(about.body_parts) if about.body_parts else "",
        PHASE: random.choice(about.phases) if about.phases else None,
        ACTUAL: "upheld" if random.random() < 0.9 else "overturned",
    }
    recorded = {fact: value for fact, value in facts.items() if random.random() < 0.5}
    yield item | facts | {BASIS: Basis.REVIEW.value}
    yield item | recorded | {BASIS: Basis.RECORD.value}


def _value(fact: Fact, random: Random) -> Value | None:
    if fact.known_values:
        return random.choice([*fact.known_values, UNDOCUMENTED])
    numbers = (0.0, 1.0, 2.0, 5.5, 6.0, 12.0, 30.0, 90.0, 120.0)
    return random.choice([None, *(number for number in numbers if fact.can_be(number))])


def _period(library: Library) -> pl.Expr:
    days = {
        day
        for edition in library.editions.values()
        for day in (edition.in_force_from, edition.in_force_until)
        if day
    }
    return pl.sum_horizontal(pl.col(ON) >= day for day in sorted(days)).alias(_PERIOD)


def _in_letters(decided: pl.DataFrame, items: int, prefix: str, random: Random) -> pl.DataFrame:
    """Draw *items* of the *decided* items, and deal them out to letters as large as theirs."""
    sizes = decided.group_by(LETTER).len().sort(LETTER)["len"]
    sizes = sizes.sample(items, with_replacement=True, seed=random.getrandbits(32))
    numbers = pl.int_range(items, dtype=pl.Int32, eager=True).to_frame(_NUMBER)
    letters = numbers.select(pl.col(_NUMBER).repeat_by(sizes).explode()).head(items)
    own = _numbers(items, decided.height, random)
    name = pl.lit(f"SYNTHETIC-{prefix}-") + pl.col(_NUMBER).cast(pl.String)
    return letters.with_columns(
        own.alias(_OWN),
        decided[CATEGORY].gather(own),
        decided[_ACCOMPANIES].gather(own),
        name.alias(LETTER),
        name.alias(CASE_NUMBER),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(_NUMBER).alias(ITEM),
        pl.lit("Synthetic item").alias("title"),
    )


def _dated(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Return *rows* with dates, those of a letter the same."""

    def days(below: int) -> pl.Expr:
        drawn = _numbers(rows.height, below, random).gather(rows[_NUMBER])
        return pl.duration(days=pl.lit(drawn))

    decided = pl.lit(FIRST_DAY) + days((LAST_DAY - FIRST_DAY).days)
    dated = rows.with_columns(decided.alias("decision_date")).with_columns(
        (pl.col("decision_date") - pl.duration(days=60)).alias("denial_date"),
        pl.col("decision_date").dt.year().cast(pl.Int32).alias(DECISION_YEAR),
    )
    return dated.with_columns(
        (pl.col("denial_date") - days(3650)).alias("injury_date"), pl.col("denial_date").alias(ON)
    )


def _sources(
    rows: pl.DataFrame, decided: pl.DataFrame, bases: Sequence[pl.DataFrame], random: Random
) -> dict[str, pl.Series]:
    """Return for each column that is not invented the places of the items it is taken from.

    Who reviewed and what was cited is always another item's: it would tell which one a row started
    from.
    """
    fellows = _fellows(rows, decided, [CATEGORY])
    judged_alike = _fellows(rows, decided, [CATEGORY, _PERIOD])
    reviewer = rows.select(_NUMBER, _one_of(fellows, random).alias(_OWN)).select(
        pl.col(_OWN).first().over(_NUMBER)
    )
    sources = {name: rows[_OWN] for name in ABOUT if name not in rows.columns}
    sources |= dict.fromkeys(_REVIEWER, reviewer[_OWN])
    sources |= {name: _one_of(judged_alike, random) for name in _CITED}
    for fact in _facts(bases):
        kept = _numbers(rows.height, 100, random) >= REDRAWN_PERCENT
        sources[fact] = rows[_OWN].zip_with(kept, _one_of(fellows, random))
    return sources


def _facts(bases: Sequence[pl.DataFrame]) -> Iterator[str]:
    """Yield the facts that anything is said of."""
    for name in bases[0].columns:
        if name in ABOUT or name == _PERIOD:
            continue
        if any(basis[name].count() or _is_missing(basis, name).any() for basis in bases):
            yield name


def _is_missing(rows: pl.DataFrame, fact: str) -> pl.Series:
    """Return which of *rows* say that the number *fact* is undocumented."""
    return rows.select(
        pl.col(UNDOCUMENTED_NUMBERS).str.split(LIST_SEPARATOR).list.contains(fact).fill_null(False)
    ).to_series()


def _rows_on(
    basis: pl.DataFrame,
    rows: pl.DataFrame,
    sources: Mapping[str, pl.Series],
    derivations: Mapping[str, Derivation],
) -> pl.DataFrame:
    """Return the made-up *rows*, what is not invented taken from *basis* as *sources* tell."""
    taken = rows.with_columns(basis[name].gather(places) for name, places in sources.items())
    silent = [pl.lit(None, kind).alias(name) for name, kind in basis.schema.items()
              if name not in taken.columns]  # fmt: skip
    missing = [
        pl.when(_is_missing(basis, fact).gather(places)).then(pl.lit(fact))
        for fact, places in sorted(sources.items())
        if basis.schema[fact].is_float() and _is_missing(basis, fact).any()
    ]
    listed = pl.concat_str(missing, separator=LIST_SEPARATOR, ignore_nulls=True).replace("", None)
    # A service that accompanies goes with the first item of the letter that does not.
    leading = pl.when(~pl.col(_ACCOMPANIES)).then(pl.col(ITEM)).first(ignore_nulls=True)
    parent = pl.when(pl.col(PARENT_ITEM).is_not_null()).then(leading.over(_NUMBER))
    return taken.with_columns(
        *silent,
        parent.alias(PARENT_ITEM),
        (listed if missing else pl.lit(None, pl.String)).alias(UNDOCUMENTED_NUMBERS),
    ).with_columns(_following(derivations, basis.schema))


def _following(
    derivations: Mapping[str, Derivation], kinds: Mapping[str, pl.DataType]
) -> Iterator[pl.Expr]:
    """Yield the facts that follow from the dates of a row, or from others of its numbers."""
    for fact, way in derivations.items():
        match way:
            case DaysBetween(start=start, end=end):
                found = (pl.col(end) - pl.col(start)).dt.total_days()
            case YearOf(start=start):
                found = pl.col(start).dt.year()
            case SumOf(of=parts):
                # Where a part is unknown the text may tell the sum, which is no less than another.
                told = pl.when(pl.max_horizontal(parts) > pl.col(fact)).then(None)
                found = pl.coalesce(pl.sum_horizontal(parts, ignore_nulls=False),
                                    told.otherwise(pl.col(fact)))  # fmt: skip
            case NotTheFirst(counted=numbers):
                silent = pl.col(fact).is_null() | (pl.col(fact) == UNDOCUMENTED)
                anew = pl.col(_ACCOMPANIES) | pl.col(PHASE).eq_missing(Phase.POSTOPERATIVE.value)
                counts = pl.any_horizontal(pl.col(number) > 0 for number in numbers)
                found = pl.when(silent & ~anew & counts).then(pl.lit("no")).otherwise(pl.col(fact))
            case _:
                continue
        yield found.cast(kinds[fact]).alias(fact)


def _fellows(rows: pl.DataFrame, decided: pl.DataFrame, by: Iterable[str]) -> pl.DataFrame:
    """Return for each of *rows* where the decided items with the same *by* begin, and how many."""
    columns = list(by)
    spans = decided.with_row_index("first").group_by(columns)
    return rows.select(columns).join(
        spans.agg(pl.col("first").min(), pl.len().alias("count")),
        on=columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )


def _one_of(fellows: pl.DataFrame, random: Random) -> pl.Series:
    """Return the place of any one of its *fellows* for each row, null where it has none."""
    any_number = _numbers(fellows.height, 1 << 16, random).cast(pl.UInt32)
    return fellows["first"] + any_number % fellows["count"]


def _numbers(count: int, below: int, random: Random) -> pl.Series:
    choice = pl.int_range(below, dtype=pl.UInt32, eager=True)
    return choice.sample(count, with_replacement=True, seed=random.getrandbits(32))
