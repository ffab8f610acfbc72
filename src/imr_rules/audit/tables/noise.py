"""``items.parquet`` of a large corpus → level and pattern noise, by sums that a stream can make.

The figures are those of `imr_rules.audit.noise`, intervals and p-values apart: intervals come from
drawing blocks of letters, p-values from the normal limit of shuffling letters (Hoeffding 1951).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl

from imr_rules.audit.intervals import Interval, percentile_interval, wilson
from imr_rules.audit.noise import (
    GROUPINGS,
    Grouping,
    GroupLevel,
    LevelNoise,
    PatternNoise,
    compared,
)
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.tables.blocks import block_of, resampled_sums
from imr_rules.audit.tables.scores import GROUP, in_groups
from imr_rules.facts.model import Basis

_HITS = (pl.col("actual") == "overturned").cast(pl.Int64)
_LETTER, _LIKE, _BLOCK = "letter", "like", "block"


def streamed_levels(items: Path, policy: NoisePolicy) -> list[LevelNoise]:
    """Return how the overturn rate differs between the groups of each grouping."""
    decided = pl.scan_parquet(items).filter(pl.col("actual").is_not_null())
    return [_level(decided, grouping, policy) for grouping in GROUPINGS]


def streamed_patterns(items: Path, policy: NoisePolicy) -> list[PatternNoise]:
    """Return how often like items of different letters were decided unlike, on each basis."""
    decided = pl.scan_parquet(items).filter(pl.col("actual").is_not_null())
    return [_pattern(decided, basis, policy) for basis in Basis]


def _level(decided: pl.LazyFrame, grouping: Grouping, policy: NoisePolicy) -> LevelNoise:
    letters = decided.group_by(pl.col("case_number").hash().alias(_LETTER)).agg(
        pl.len().alias("size"), _HITS.sum().alias("size_overturned")
    )
    members = (
        in_groups(decided, grouping.column)
        .group_by(
            GROUP,
            pl.col("case_number").hash().alias(_LETTER),
            block_of("case_number").alias(_BLOCK),
        )
        .agg(pl.len().alias("n"), _HITS.sum().alias("overturned"))
    )
    totals = letters.select(
        pl.len().alias("letters"), pl.col("size").sum(), pl.col("size_overturned").sum()
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    share = totals["size_overturned"] / totals["size"] if totals["size"] else 0.0
    by_block = (
        members.group_by(GROUP, _BLOCK)
        .agg(pl.len().alias("letters"), pl.col("n").sum(), pl.col("overturned").sum())
        .collect(engine="streaming")
    )
    # Kinds of letters are few, however many letters there are; sorted, they sum up to the same
    # last digit in every run.
    shares = (
        members.join(letters, on=_LETTER)
        .group_by(GROUP, "n", "size")
        .agg(pl.len().alias("letters"))
        .sort(GROUP, "n", "size")
        .collect(engine="streaming")
    )
    kinds = (
        letters.group_by("size", "size_overturned")
        .agg(pl.len().alias("letters"))
        .sort("size", "size_overturned")
        .collect(engine="streaming")
    )
    levels, p_values = [], {}
    for (name,), own in by_block.group_by(GROUP):
        sums = own.drop(GROUP, _BLOCK).sum().row(0, named=True)
        level = _group(str(name), sums, own, totals, policy)
        levels.append(level)
        excess = sums["overturned"] - share * sums["n"]
        variance = _variance_of_shuffling(shares.filter(pl.col(GROUP) == name), kinds, share)
        p_values[level.name] = _two_sided(excess, variance)
    levels.sort(key=lambda level: (-level.n, level.name))
    return compared(grouping, levels, lambda level: p_values[level.name], policy)


def _group(
    name: str,
    sums: dict[str, float],
    blocks: pl.DataFrame,
    totals: dict[str, int],
    policy: NoisePolicy,
) -> GroupLevel:
    n, overturned, letters = int(sums["n"]), int(sums["overturned"]), int(sums["letters"])
    rest = totals["size"] - n
    drawn_n, drawn_overturned = resampled_sums(
        blocks, _BLOCK, ["n", "overturned"], resamples=policy.resamples, seed=policy.seed
    )
    return GroupLevel(
        name=name,
        n=n,
        letters=letters,
        overturned=overturned,
        rate=overturned / n,
        interval=wilson(overturned, n),
        by_letter=percentile_interval((drawn_overturned / drawn_n).tolist()),
        rest_rate=(totals["size_overturned"] - overturned) / rest if rest else None,
        ranked=n >= policy.least_group and letters >= policy.least_letters,
    )


def _variance_of_shuffling(shares: pl.DataFrame, kinds: pl.DataFrame, rate: float) -> float:
    """Return the variance of a group's overturned items above *rate*, letters being shuffled.

    *shares* counts the letters of which the group holds *n* items of *size*, *kinds* all letters
    by their items. A letter takes the share of another, and which of its items these are is drawn
    (`imr_rules.audit.noise`): the variance of the shares, and what drawing adds to it.
    """
    letters = int(kinds["letters"].sum())
    if letters < 2:
        return 0.0
    n, size, times = (kinds[name].to_numpy().astype(float) for name in (
        "size_overturned", "size", "letters"))  # fmt: skip
    own, of, shared = (shares[name].to_numpy().astype(float) for name in ("n", "size", "letters"))
    errors = n - rate * size
    spread = shared @ (own / of) ** 2 - (shared @ (own / of)) ** 2 / letters
    between = float((times @ errors**2) * spread / (letters - 1))
    partly = own < of
    if not partly.any():
        return between
    # Rows are shares, columns the letters that take them; what is not whole is rounded by chance.
    whole, rest = np.divmod(np.outer(own[partly], size), of[partly][:, None])
    rest /= of[partly][:, None]
    left = (1 - rest) * whole * (size - whole) + rest * (whole + 1) * (size - whole - 1)
    drawn = left * n * (size - n) / np.maximum(size**2 * (size - 1), 1)
    rounded = rest * (1 - rest) * (errors / size) ** 2
    return between + float(shared[partly] @ (drawn + rounded) @ times) / letters


def _two_sided(excess: float, variance: float) -> float:
    """Return how likely chance alone gives an *excess* as far from nought."""
    return math.erfc(abs(excess) / math.sqrt(2 * variance)) if variance > 0 else 1.0


def _pattern(decided: pl.LazyFrame, basis: Basis, policy: NoisePolicy) -> PatternNoise:
    signature = pl.col(f"{basis}_signature")
    # Signatures and letters as 64-bit numbers: texts of millions of groups would fill the memory.
    own = (
        decided.filter(signature.is_not_null())
        .group_by(
            signature.hash().alias(_LIKE),
            pl.col("case_number").hash().alias(_LETTER),
            block_of("case_number").alias(_BLOCK),
        )
        .agg(pl.len().cast(pl.Float64).alias("n"), _HITS.sum().cast(pl.Float64).alias("o"))
        .with_columns((pl.col("n") - pl.col("o")).alias("u"))
        .collect(engine="streaming")
    )
    cells = (
        own.group_by(_LIKE)
        .agg(
            pl.len().alias("letters"),
            pl.col("n").sum().alias("all_n"),
            pl.col("o").sum().alias("all_o"),
            (pl.col("n") ** 2).sum().alias("same"),
            (pl.col("o") * pl.col("u")).sum().alias("same_unlike"),
        )
        .filter(pl.col("letters") > 1)
        .sort(_LIKE)
        .with_columns((pl.col("all_n") - pl.col("all_o")).alias("all_u"))
    )
    pairs = cells.select(((pl.col("all_n") ** 2 - pl.col("same")) / 2).sum()).item()
    unlike = cells.select((pl.col("all_o") * pl.col("all_u") - pl.col("same_unlike")).sum()).item()
    squares, degrees = cells.select(
        (pl.col("all_o") * pl.col("all_u") / pl.col("all_n")).sum(), (pl.col("all_n") - 1).sum()
    ).row(0)
    n, overturned = decided.select(pl.len(), _HITS.sum()).collect(engine="streaming").row(0)
    share = overturned / n if n else 0.0
    return PatternNoise(
        basis=basis,
        groups=cells.height,
        items=int(cells["all_n"].sum()),
        pairs=int(pairs),
        disagreeing=int(unlike),
        rate=unlike / pairs if pairs else None,
        by_letter=_pattern_interval(own.join(cells, on=_LIKE), pairs, unlike, policy),
        expected=_all_pairs(decided),
        within_variance=squares / degrees if degrees else None,
        total_variance=share * (1 - share) * n / (n - 1) if n > 1 else None,
    )


def _pattern_interval(
    own: pl.DataFrame, pairs: float, unlike: float, policy: NoisePolicy
) -> Interval | None:
    """Return the interval of the share of unlike pairs, to first order in the letters drawn.

    Pairs run through all letters, so each resample would need every pair again. Its first-order
    term needs one sum a block: what each letter adds to the pairs, and to the unlike ones.
    """
    if not pairs:
        return None
    n, o, u = pl.col("n"), pl.col("o"), pl.col("u")
    effects = own.select(
        _BLOCK,
        (n * pl.col("all_n") - n**2).alias("pairs"),
        (o * pl.col("all_u") + u * pl.col("all_o") - 2 * o * u).alias("unlike"),
    )
    sums = effects.select("pairs", "unlike").sum().row(0)
    drawn = resampled_sums(
        effects, _BLOCK, ["pairs", "unlike"], resamples=policy.resamples, seed=policy.seed
    )
    rates = (unlike + drawn[1] - sums[1]) / np.maximum(pairs + drawn[0] - sums[0], 1.0)
    return percentile_interval(np.clip(rates, 0.0, 1.0).tolist())


def _all_pairs(decided: pl.LazyFrame) -> float | None:
    n, o = pl.col("n"), pl.col("o")
    letters = decided.group_by(pl.col("case_number").hash()).agg(
        pl.len().cast(pl.Float64).alias("n"), _HITS.sum().cast(pl.Float64).alias("o")
    )
    total, overturned, same, same_unlike = (
        letters.select(n.sum(), o.sum(), (n**2).sum().alias("same"),
                       (o * (n - o)).sum().alias("same_unlike"))
        .collect(engine="streaming").row(0)
    )  # fmt: skip
    pairs = (total**2 - same) / 2
    return (overturned * (total - overturned) - same_unlike) / pairs if pairs else None
