"""The audit itself: corpus → findings, rows, scores and noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imr_rules.audit.kinds import find_all
from imr_rules.audit.model import AuditFinding, Corpus, Kind, Severity
from imr_rules.audit.noise import noise_of
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row, rows_of
from imr_rules.audit.scores import scores_of
from imr_rules.audit.to_json import counts_by_kind
from imr_rules.notice import NOTICE


@dataclass(frozen=True, slots=True)
class Audit:
    """All that an audit found; *scores* are plain data, the contents of ``scores.json``.

    *counts* counts all findings. Of corpora *findings* holds only the gravest of each kind, and
    the file *listed_in* all of them, without their words; only the kinds *sought* were looked for.
    """

    corpus: Corpus
    findings: tuple[AuditFinding, ...]
    rows: tuple[Row, ...]
    scores: dict[str, Any]
    counts: Mapping[tuple[Kind, Severity], int]
    listed_in: str = "findings.json"
    sought: frozenset[Kind] = frozenset(Kind)


def audit(corpus: Corpus) -> Audit:
    """Audit *corpus*."""
    findings = find_all(corpus)
    rows = rows_of(corpus)
    policy = corpus.policy.noise
    counts = Counter((finding.kind, finding.severity) for finding in findings)
    scores = scores_file(
        scores_of(rows, policy), noise_of(rows, policy), counts, how_intervals_are_made(policy)
    )
    return Audit(corpus, findings, rows, scores, counts)


def how_intervals_are_made(policy: NoisePolicy) -> str:
    """Return in words where the intervals of an audit in memory come from."""
    return (
        f"95 %; of scores by bootstrap over letters ({policy.resamples} resamples, seed "
        f"{policy.seed}), of rates by Wilson"
    )


def scores_file(
    scores: Mapping[str, Any],
    noise: Mapping[str, Any],
    counts: Mapping[tuple[Kind, Severity], int],
    intervals: str,
) -> dict[str, Any]:
    """Return the contents of ``scores.json``."""
    return {
        "format": "imr.audit-scores.v1",
        "notice": NOTICE,
        **scores,
        "noise": noise,
        "findings": counts_by_kind(counts),
        "intervals": intervals,
    }
