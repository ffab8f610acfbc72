"""Facts tables → their audit: one pass over the tables, then a few over the items it wrote."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from imr_rules.audit.audit import Audit, how_intervals_are_made, scores_file
from imr_rules.audit.kinds.noise import differing_groups
from imr_rules.audit.load_policy import load_policy
from imr_rules.audit.model import Corpus, Kind, Severity
from imr_rules.audit.noise import (
    GROUPINGS,
    LevelNoise,
    PatternNoise,
    level_noise,
    noise_figures,
    pattern_noise,
)
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row
from imr_rules.audit.scores import scores_of
from imr_rules.audit.tables.blocks import BLOCKS
from imr_rules.audit.tables.findings import LISTED, Gravest, ItemFindings, listing
from imr_rules.audit.tables.groups import (
    gravest_like_cases,
    gravest_scattered,
    like_cases,
    scattered,
)
from imr_rules.audit.tables.noise import streamed_levels, streamed_patterns
from imr_rules.audit.tables.rows import Batch, Concluder, judged_batches
from imr_rules.audit.tables.scores import streamed_scores
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import TableRules
from imr_rules.table.once import Once

MOST_LETTERS_IN_MEMORY = 2000
"""Up to so many letters are drawn and shuffled one by one, exactly as the audit of letters does."""

SOUGHT = frozenset({Kind.DISAGREEMENT, Kind.LIKE_CASES, Kind.CITATION, Kind.NOISE})
"""What can be found without the words of summary and rationale."""

ITEMS, FINDINGS = "items.parquet", "findings.parquet"


def audit_tables(
    paths: Sequence[Path],
    rules: TableRules,
    conclude: Concluder,
    folder: Path,
    once: Once,
    *,
    most_in_memory: int = MOST_LETTERS_IN_MEMORY,
) -> tuple[Audit, tuple[Path, ...]]:
    """Return the audit of the facts tables *paths*, and the tables it left in *folder*.

    *folder* is an empty one for what goes to disk on the way: corpora do not fit into memory.
    Letters that *once* met before, in any of the tables, are left out.

    Raises:
        InputError: a table cannot be read, or its bases hold different items.
    """
    knowledge = rules.knowledge
    policy = load_policy(knowledge.folder, knowledge.vocabulary, knowledge.catalogue)
    gravest = Gravest()
    finder = ItemFindings(rules, policy)
    items, listed = folder / ITEMS, folder / FINDINGS
    batches = (
        batch
        for path in paths
        for batch in judged_batches(path, rules, policy.noise, conclude, once)
    )
    with _parts(folder, "found") as found:
        with _parts(folder, "items") as parts:
            for number, counted in enumerate(_counted(batches, finder, gravest, found)):
                counted.write_parquet(parts / f"part-{number:06d}.parquet")
            pl.scan_parquet(parts).sink_parquet(items, compression="zstd")
        scores, levels, patterns, intervals = _measured(items, policy.noise, most_in_memory)
        differing = [f for level in levels for f in differing_groups(level, policy)]
        alike = found / "alike.parquet"
        like_cases(items, policy).sink_parquet(alike)
        groups = scattered(items, policy)
        groups.select(list(LISTED)).write_parquet(found / "scattered.parquet")
        pl.DataFrame([listing(f) for f in differing], schema=LISTED).write_parquet(
            found / "differing.parquet"
        )
        pl.concat(
            [pl.scan_parquet(part).select(list(LISTED)) for part in sorted(found.iterdir())]
        ).sink_parquet(listed, compression="zstd")
        shown = [
            *finder.in_full(gravest),
            *gravest_like_cases(alike, items, knowledge, policy),
            *differing,
            *gravest_scattered(groups, items, policy),
        ]
    counts = _counts(listed)
    audit = Audit(
        corpus=Corpus((), knowledge, policy),
        findings=tuple(shown),
        rows=(),
        scores=scores_file(
            scores, noise_figures(levels, patterns, policy.noise), counts, intervals
        ),
        counts=counts,
        listed_in=FINDINGS,
        sought=SOUGHT,
    )
    return audit, (items, listed)


def _counted(
    batches: Iterable[Batch], finder: ItemFindings, gravest: Gravest, found: Path
) -> Iterator[pl.DataFrame]:
    """Yield the items of *batches* as they are counted; their findings go into *found*."""
    for number, batch in enumerate(batches):
        for kind, rows in finder.find(batch):
            gravest.add(kind, rows)
            rows.select(list(LISTED)).write_parquet(found / f"{kind}-{number:06d}.parquet")
        yield batch.counted


def _measured(
    items: Path, policy: NoisePolicy, most_in_memory: int
) -> tuple[dict[str, Any], list[LevelNoise], list[PatternNoise], str]:
    """Return scores, both kinds of noise, and how their intervals were made."""
    letters = (
        pl.scan_parquet(items)
        .select(pl.col("case_number").n_unique())
        .collect(engine="streaming")
        .item()
    )
    if letters > most_in_memory:
        return (
            streamed_scores(items, policy),
            streamed_levels(items, policy),
            streamed_patterns(items, policy),
            _how_streamed(policy),
        )
    rows = [Row(**row) for row in pl.read_parquet(items).iter_rows(named=True)]
    return (
        scores_of(rows, policy),
        [level_noise(rows, grouping, policy) for grouping in GROUPINGS],
        [pattern_noise(rows, basis, policy) for basis in Basis],
        how_intervals_are_made(policy),
    )


def _how_streamed(policy: NoisePolicy) -> str:
    return (
        f"95 %; of scores by bootstrap over {BLOCKS} random blocks of letters ({policy.resamples} "
        f"resamples, seed {policy.seed}), of rates by Wilson; p-values from the normal limit of "
        "shuffling letters"
    )


def _counts(listed: Path) -> Mapping[tuple[Kind, Severity], int]:
    found = pl.scan_parquet(listed).group_by("kind", "severity").len().collect(engine="streaming")
    return {(Kind(kind), Severity(severity)): n for kind, severity, n in found.iter_rows()}


@contextmanager
def _parts(folder: Path, name: str) -> Iterator[Path]:
    """Yield a folder in *folder* that is gone afterwards."""
    parts = folder / name
    parts.mkdir()
    try:
        yield parts
    finally:
        shutil.rmtree(parts, ignore_errors=True)
