"""The audit itself: corpus → findings, rows, scores and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from imr_rules.audit.kinds import find_all
from imr_rules.audit.model import AuditFinding, Corpus
from imr_rules.audit.noise import noise_of
from imr_rules.audit.rows import Row, rows_of
from imr_rules.audit.scores import scores_of
from imr_rules.audit.to_json import counts_by_kind
from imr_rules.explain.model import NOTICE


@dataclass(frozen=True, slots=True)
class Audit:
    """All that an audit found; *scores* are plain data, the contents of ``scores.json``."""

    corpus: Corpus
    findings: tuple[AuditFinding, ...]
    rows: tuple[Row, ...]
    scores: dict[str, Any]


def audit(corpus: Corpus) -> Audit:
    """Audit *corpus*."""
    findings = find_all(corpus)
    rows = rows_of(corpus)
    return Audit(corpus, findings, rows, _scores(rows, findings, corpus))


def _scores(
    rows: Sequence[Row], findings: Sequence[AuditFinding], corpus: Corpus
) -> dict[str, Any]:
    policy = corpus.policy.noise
    return {
        "format": "imr.audit-scores.v1",
        "notice": NOTICE,
        **scores_of(rows, policy),
        "noise": noise_of(rows, policy),
        "findings": counts_by_kind(findings),
        "intervals": (
            f"95 %; of scores by bootstrap over letters ({policy.resamples} resamples, seed "
            f"{policy.seed}), of rates by Wilson"
        ),
    }
