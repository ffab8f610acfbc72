"""How well cross-validated likelihoods tell overturned from upheld, as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence

from imr_rules.counted import counted
from imr_rules.explain.likelihood_fit import Observation
from imr_rules.statistics import area_under_curve, brier, calibration, recall_at_precision, steps

_BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)


def report(scored: Sequence[tuple[Observation, float]]) -> str:
    """Return base rate, AUC, recall at precision 0.4, Brier score and calibration of *scored*."""
    n = len(scored)
    positives = sum(o.overturned for o, _ in scored)
    rate = positives / n
    ranked = steps([p for _, p in scored], [o.overturned for o, _ in scored], [1.0] * n)
    lines = [
        "",
        f"{counted(n, 'item')}, {positives} overturned (base rate {rate:.3f});"
        " letters left out whole.",
        "",
        "| measure | value | base rate alone |",
        "|---|---|---|",
        f"| AUC | {area_under_curve(ranked):.3f} | 0.500 |",
        f"| recall of overturned at precision 0.4 | {recall_at_precision(ranked, 0.4):.3f} | 0 |",
        f"| Brier score | {brier(ranked):.4f} | {rate * (1 - rate):.4f} |",
        "",
        "| likelihood | items | mean likelihood | overturned |",
        "|---|---|---|---|",
    ]
    for one in calibration(ranked, edges=_BINS):
        share = one.overturned / one.n
        figures = f"{one.n} | {one.mean_likelihood:.3f} | {share:.3f}"
        lines.append(f"| {one.low:.2f}-{one.high:.2f} | {figures} |")
    return "\n".join(lines) + "\n"
