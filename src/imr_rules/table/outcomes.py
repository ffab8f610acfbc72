"""Conclusions of a whole table: named, counted, compared; batch by batch, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from imr_rules.engines.model import Certainty, Prediction
from imr_rules.engines.table.topic import (
    COUNTED,
    IN_FAVOUR,
    MET,
    OVERTURNED,
    SETTLED,
    UNKNOWN,
)
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import (
    HANGS_ON_PARENT,
    PLACE,
    RulesConcluder,
    TableRules,
    conclude_on_polars,
)
from imr_rules.table.once import Once, new_batches
from imr_rules.table.schema import ACTUAL, CATEGORY

EDITION = "edition"
TOPIC = "topic"
PREDICTION = "prediction"
CERTAINTY = "certainty"
COUNT = "n"

SIGNATURE = (EDITION, TOPIC, MET, UNKNOWN)
"""Like cases: the same topic with the same status of every criterion."""


def outcomes(
    path: Path,
    rules: TableRules,
    basis: Basis,
    once: Once,
    conclude_by: RulesConcluder = conclude_on_polars,
) -> Iterator[pl.DataFrame]:
    """Yield the items of the facts table at *path* with their conclusions, batch by batch.

    Letters that *once* met before are left out.

    Beside the columns of the table there are ``edition``, ``topic``, ``prediction``,
    ``certainty`` and the conclusion's own (`imr_rules.engines.table.CONCLUSION`).

    Raises:
        InputError: the table cannot be read, or was made with other rules.
    """
    for items in new_batches(path, rules.knowledge.vocabulary, basis, once):
        concluded = conclude_by(items, rules, basis)
        yield pl.concat([items, named(concluded, rules)], how="horizontal")


def named(conclusions: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return *conclusions* with edition, topic, prediction and certainty in words."""
    place = pl.col(PLACE)
    editions = [governor.key[0] for governor in rules.governors]
    topics = [governor.key[1] for governor in rules.governors]
    places = list(range(len(rules.governors)))
    overturned, hangs = pl.col(OVERTURNED), pl.col(HANGS_ON_PARENT)
    return conclusions.select(
        place.replace_strict(places, editions, default=None, return_dtype=pl.String).alias(EDITION),
        place.replace_strict(places, topics, default=None, return_dtype=pl.String).alias(TOPIC),
        pl.when(place.is_null())
        .then(pl.lit(Prediction.NO_GUIDELINE.value))
        .when(overturned)
        .then(pl.lit(Prediction.OVERTURNED.value))
        .otherwise(pl.lit(Prediction.UPHELD.value))
        .alias(PREDICTION),
        pl.when(place.is_null())
        .then(None)
        .when(overturned)
        .then(pl.lit(Certainty.MET.value))
        .when(pl.col(IN_FAVOUR) | hangs)
        .then(pl.lit(Certainty.UNDOCUMENTED.value))
        .otherwise(pl.lit(Certainty.BARRED.value))
        .alias(CERTAINTY),
        pl.col(SETTLED) & ~hangs,
        MET,
        COUNTED,
        UNKNOWN,
    )


def criteria_bits(rules: TableRules) -> pl.DataFrame:
    """Return the key to the sets of bits: edition, topic, bit, criterion, statement."""
    return pl.DataFrame(
        [
            (*governor.key, bit, criterion.id, criterion.statement)
            for governor in rules.governors
            for bit, criterion in enumerate(governor.topic.criteria.values())
        ],
        schema=[EDITION, TOPIC, "bit", "criterion", "statement"],
        orient="row",
    )


def statuses(concluded: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return *concluded* with a row for each criterion and its status: met, unmet or unknown."""
    return (
        concluded.join(criteria_bits(rules), on=[EDITION, TOPIC], how="inner")
        .with_columns((pl.lit(2, pl.Int64) ** pl.col("bit")).cast(pl.Int64).alias("mask"))
        .with_columns(
            pl.when((pl.col(MET) & pl.col("mask")) != 0)
            .then(pl.lit("met"))
            .when((pl.col(UNKNOWN) & pl.col("mask")) != 0)
            .then(pl.lit("unknown"))
            .otherwise(pl.lit("unmet"))
            .alias("status")
        )
        .drop("mask", "bit")
    )


def tally(concluded: Iterable[pl.DataFrame], by: tuple[str, ...]) -> pl.DataFrame:
    """Count the rows of all batches of *concluded* by the columns *by*; ``n`` holds the counts.

    Memory is bounded by the groups, however many the rows.
    """
    total: pl.DataFrame | None = None
    for batch in concluded:
        counts = batch.group_by(by).agg(pl.len().cast(pl.Int64).alias(COUNT))
        # Folded at once: corpora have far more batches than groups that are new in each.
        merged = counts if total is None else pl.concat([total, counts])
        total = merged.group_by(by).agg(pl.col(COUNT).sum())
    if total is None:
        return pl.DataFrame(schema=[*by, COUNT])
    return total.sort(by, nulls_last=True)


BY_OUTCOME = (EDITION, TOPIC, CATEGORY, PREDICTION, CERTAINTY, SETTLED, ACTUAL)
"""What a table of outcomes is counted by, where nothing else is asked for."""
