"""``items.parquet`` of a large corpus → its scores, by sums that a stream can make.

The values are those of `imr_rules.audit.scores`; the intervals come from drawing blocks of letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.scores import (
    BREAKDOWNS,
    COUNTED,
    NOT_TOLD,
    OVERLAPPING,
    BasisCounts,
    basis_scores,
    group_scores,
)
from imr_rules.audit.tables.blocks import Array, block_of, weights
from imr_rules.facts.model import Basis
from imr_rules.statistics import Confusion, Step
from imr_rules.table.schema import LIST_SEPARATOR

GROUP = "group"
_BLOCK, _N = "block", "n"
_CELL = ("predicted", "actual")
_HITS = pl.col("actual") == "overturned"


def streamed_scores(items: Path, policy: NoisePolicy) -> dict[str, Any]:
    """Return every score of the items at *items* as plain data, as ``scores_of`` does of rows."""
    every = pl.scan_parquet(items)
    decided = every.filter(pl.col("actual").is_not_null())
    counts = _collected(
        every.select(
            pl.len().alias("items"),
            pl.col("case_number").n_unique().alias("letters"),
            pl.col("actual").count().alias("decided"),
            _HITS.sum().alias("overturned"),
        )
    ).row(0, named=True)
    return {
        "letters": counts["letters"],
        "items": counts["items"],
        "decided": counts["decided"],
        "overturned": counts["overturned"],
        "bases": {
            basis.value: basis_scores(_counted(decided, basis, counts["decided"], policy))
            for basis in Basis
        },
        "breakdowns": {name: _breakdown(decided, name) for name in BREAKDOWNS},
        "overlapping": list(OVERLAPPING),
    }


def _collected(query: pl.LazyFrame) -> pl.DataFrame:
    return query.collect(engine="streaming")


def covered_on(basis: Basis) -> pl.Expr:
    """Return whether some guideline covers the item on *basis*."""
    prediction = pl.col(f"{basis}_prediction")
    return prediction.is_not_null() & (prediction != "no_guideline")


def _counted(
    decided: pl.LazyFrame, basis: Basis, n_decided: int, policy: NoisePolicy
) -> BasisCounts:
    covered = decided.filter(covered_on(basis))
    letters = _collected(covered.select(pl.col("case_number").n_unique())).item()
    cells = _collected(
        covered.select(
            block_of("case_number").alias(_BLOCK),
            (pl.col(f"{basis}_prediction") == "overturned").alias("predicted"),
            _HITS.alias("actual"),
            pl.col(f"{basis}_likelihood").alias("score"),
        )
        .group_by(_BLOCK, *_CELL, "score")
        .agg(pl.len().alias(_N))
    )
    if cells.is_empty():
        return BasisCounts(n_decided, 0, Confusion(0, 0, 0, 0), (), ())
    # A sum over blocks: drawn blocks count as often as they were drawn.
    blocks = cells[_BLOCK].unique().sort()
    place = cells[_BLOCK].replace_strict(blocks, range(len(blocks)), return_dtype=pl.Int64)
    drawn = weights(len(blocks), policy.resamples, policy.seed)
    table = _by_column(cells, place, _cell_number(cells), 4, len(blocks))
    tables = [Confusion(*row) for row in (drawn @ table)]
    scores = cells["score"].unique().sort(descending=True)
    step = cells["score"].replace_strict(scores, range(len(scores)), return_dtype=pl.Int64)
    truth = cells["actual"].to_numpy()
    hits = _by_column(cells.filter(truth), place.filter(truth), step.filter(truth),
                      len(scores), len(blocks))  # fmt: skip
    rest = _by_column(cells.filter(~truth), place.filter(~truth), step.filter(~truth),
                      len(scores), len(blocks))  # fmt: skip
    graded = graded_scores(scores.to_numpy(), drawn @ hits, drawn @ rest)
    return BasisCounts(
        n_decided,
        letters,
        Confusion(*(float(count) for count in table.sum(axis=0))),
        tuple(
            Step(score, overturned, upheld)
            for score, overturned, upheld in zip(
                scores.to_list(), hits.sum(axis=0).tolist(), rest.sum(axis=0).tolist(), strict=True
            )
        ),
        [
            {
                **{name: function(table) for name, function in COUNTED.items()},
                **{name: _defined(values[row]) for name, values in graded.items()},
            }
            for row, table in enumerate(tables)
        ],
    )


def _cell_number(cells: pl.DataFrame) -> pl.Series:
    """Return the place of each cell in a confusion table: hits, false calls, misses, the rest."""
    guess, truth = pl.col("predicted"), pl.col("actual")
    return cells.select(
        pl.when(guess & truth).then(0).when(guess).then(1).when(truth).then(2).otherwise(3)
    ).to_series()


def _by_column(
    cells: pl.DataFrame, rows: pl.Series, columns: pl.Series, width: int, height: int
) -> Array:
    """Return the counts of *cells* as a table of *height* blocks and *width* columns."""
    sums = np.zeros((height, width))
    np.add.at(sums, (rows.to_numpy(), columns.to_numpy()), cells[_N].to_numpy())
    return sums


def graded_scores(scores: Array, overturned: Array, upheld: Array) -> Mapping[str, Array]:
    """Return the scores of graded predictions for each row of weights.

    The columns of *overturned* and *upheld* are the *scores*, highest first; what is not defined
    is not a number. The formulas are those of `imr_rules.statistics`.
    """
    found = np.cumsum(overturned, axis=1)
    seen = np.cumsum(overturned + upheld, axis=1)
    hits, rest = overturned.sum(axis=1), upheld.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        won = (upheld * (found - overturned / 2)).sum(axis=1)
        precision = np.where(seen > 0, found / np.where(seen > 0, seen, 1), 0.0)
        squared = overturned @ (1 - scores) ** 2 + upheld @ scores**2
        return {
            "auc": won / (hits * rest),
            "average_precision": (overturned * precision).sum(axis=1) / hits,
            "brier": squared / (hits + rest),
        }


def _defined(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _breakdown(decided: pl.LazyFrame, column: str) -> list[dict[str, Any]]:
    agreed = {basis: pl.col(f"{basis}_prediction") == pl.col("actual") for basis in Basis}
    groups = _collected(
        in_groups(decided, column)
        .group_by(GROUP)
        .agg(
            pl.len().alias(_N),
            pl.col("case_number").n_unique().alias("letters"),
            _HITS.sum().alias("overturned"),
            *(covered_on(basis).sum().alias(f"{basis}_covered") for basis in Basis),
            *((covered_on(b) & agreed[b]).sum().alias(f"{b}_agreed") for b in Basis),
        )
        .sort([_N, GROUP], descending=[True, False])
    )
    return [
        group_scores(
            row[GROUP],
            row["letters"],
            row["overturned"],
            row[_N],
            {basis: (row[f"{basis}_agreed"], row[f"{basis}_covered"]) for basis in Basis},
        )
        for row in groups.iter_rows(named=True)
    ]


def in_groups(items: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """Return a row for each of *items* and each of its groups by *column*, named by `GROUP`."""
    value = pl.col(column)
    name = pl.when(value != "").then(value).otherwise(pl.lit(NOT_TOLD)).alias(GROUP)
    if column not in OVERLAPPING:
        return items.with_columns(name)
    each = name.str.split(LIST_SEPARATOR).list.unique()
    return items.with_columns(each).explode(GROUP)
