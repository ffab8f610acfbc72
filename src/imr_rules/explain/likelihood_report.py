"""How well cross-validated likelihoods tell overturned from upheld, as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from imr_rules.counted import counted
from imr_rules.explain.likelihood_fit import Observation

_BINS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)


def report(scored: Sequence[tuple[Observation, float]]) -> str:
    """Return base rate, AUC, recall at precision 0.4, Brier score and calibration of *scored*."""
    n = len(scored)
    positives = sum(o.overturned for o, _ in scored)
    rate = positives / n
    brier = sum((p - o.overturned) ** 2 for o, p in scored) / n
    lines = [
        "",
        f"{counted(n, 'item')}, {positives} overturned (base rate {rate:.3f});"
        " letters left out whole.",
        "",
        "| measure | value | base rate alone |",
        "|---|---|---|",
        f"| AUC | {area_under_curve(scored):.3f} | 0.500 |",
        f"| recall of overturned at precision 0.4 | {recall_at_precision(scored, 0.4):.3f} | 0 |",
        f"| Brier score | {brier:.4f} | {rate * (1 - rate):.4f} |",
        "",
        "| likelihood | items | mean likelihood | overturned |",
        "|---|---|---|---|",
    ]
    for low, high in pairwise(_BINS):
        inside = [(o, p) for o, p in scored if low <= p < high or (high == 1.0 and p == 1.0)]
        if inside:
            mean = sum(p for _, p in inside) / len(inside)
            share = sum(o.overturned for o, _ in inside) / len(inside)
            lines.append(f"| {low:.2f}-{high:.2f} | {len(inside)} | {mean:.3f} | {share:.3f} |")
    return "\n".join(lines) + "\n"


def area_under_curve(scored: Sequence[tuple[Observation, float]]) -> float:
    """Return the probability that an overturned item scores above an upheld one, ties half."""
    overturned = [p for o, p in scored if o.overturned]
    upheld = [p for o, p in scored if not o.overturned]
    wins = sum((a > b) + 0.5 * (a == b) for a in overturned for b in upheld)
    return wins / (len(overturned) * len(upheld))


def recall_at_precision(scored: Sequence[tuple[Observation, float]], precision: float) -> float:
    """Return the largest share of overturned items found at no less than *precision*."""
    ordered = sorted(scored, key=lambda pair: -pair[1])
    total = sum(o.overturned for o, _ in scored)
    found, best = 0, 0.0
    for count, (observation, p) in enumerate(ordered, start=1):
        found += observation.overturned
        # Items of equal likelihood stand or fall together.
        last_of_tie = count == len(ordered) or ordered[count][1] < p
        if last_of_tie and found / count >= precision:
            best = max(best, found / total)
    return best
