"""Measures of agreement between predictions and decisions, exact and small.

Labels are booleans: true is "overturned", the rare outcome. Every measure takes weights, because
the bootstrap draws letters with repetition; the weight of an item is how often its letter was
drawn. A measure that is not defined on the data (no overturned item, say) is None, never a guess.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often prediction and decision met; *tp*: both say overturned."""

    tp: float
    fp: float
    fn: float
    tn: float

    @property
    def n(self) -> float:
        return self.tp + self.fp + self.fn + self.tn


def confusion(
    predicted: Iterable[bool], actual: Iterable[bool], weights: Iterable[float]
) -> Confusion:
    """Count how *predicted* and *actual* meet."""
    tp = fp = fn = tn = 0.0
    for guess, truth, weight in zip(predicted, actual, weights, strict=True):
        if guess and truth:
            tp += weight
        elif guess:
            fp += weight
        elif truth:
            fn += weight
        else:
            tn += weight
    return Confusion(tp, fp, fn, tn)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def agreement(c: Confusion) -> float | None:
    """Share of items predicted as decided."""
    return _ratio(c.tp + c.tn, c.n)


def base_rate(c: Confusion) -> float | None:
    """Share of upheld items: the agreement of always saying upheld."""
    return _ratio(c.fp + c.tn, c.n)


def recall_overturned(c: Confusion) -> float | None:
    """Share of the overturned items that were predicted so (sensitivity)."""
    return _ratio(c.tp, c.tp + c.fn)


def recall_upheld(c: Confusion) -> float | None:
    """Share of the upheld items that were predicted so (specificity)."""
    return _ratio(c.tn, c.tn + c.fp)


def precision_overturned(c: Confusion) -> float | None:
    """Share of the items predicted overturned that were."""
    return _ratio(c.tp, c.tp + c.fp)


def balanced_accuracy(c: Confusion) -> float | None:
    """Mean of the recalls of both outcomes; 0.5 is what a constant answer gets."""
    overturned, upheld = recall_overturned(c), recall_upheld(c)
    return None if overturned is None or upheld is None else (overturned + upheld) / 2


def matthews(c: Confusion) -> float | None:
    """Matthews correlation: 1 perfect, 0 no better than chance, None where a margin is empty."""
    product = (c.tp + c.fp) * (c.tp + c.fn) * (c.tn + c.fp) * (c.tn + c.fn)
    return (c.tp * c.tn - c.fp * c.fn) / math.sqrt(product) if product else None


def cohen_kappa(c: Confusion) -> float | None:
    """Agreement beyond chance, chance by the two margins (Cohen 1960)."""
    observed = agreement(c)
    if observed is None:
        return None
    yes = (c.tp + c.fp) / c.n * ((c.tp + c.fn) / c.n)
    no = (c.fn + c.tn) / c.n * ((c.fp + c.tn) / c.n)
    return _ratio(observed - yes - no, 1 - yes - no)


def gwet_ac1(c: Confusion) -> float | None:
    """Agreement beyond chance that does not collapse where one outcome is rare (Gwet 2008)."""
    observed = agreement(c)
    if observed is None:
        return None
    yes = ((c.tp + c.fp) + (c.tp + c.fn)) / (2 * c.n)
    chance = 2 * yes * (1 - yes)
    return (observed - chance) / (1 - chance)


def krippendorff_alpha(c: Confusion) -> float | None:
    """One minus observed over expected disagreement, nominal, two raters (Krippendorff 2004)."""
    values = 2 * c.n
    yes = 2 * c.tp + c.fp + c.fn
    expected = 2 * yes * (values - yes)
    if not expected or values <= 1:
        return None
    return 1 - (values - 1) * 2 * (c.fp + c.fn) / expected


# --- graded predictions -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """The items of one score: weight of the overturned ones and of the upheld ones."""

    score: float
    overturned: float
    upheld: float


def steps(
    scores: Sequence[float], actual: Sequence[bool], weights: Sequence[float]
) -> tuple[Step, ...]:
    """Gather items of equal score, highest first; items of weight 0 are left out."""
    sums: dict[float, list[float]] = {}
    for score, truth, weight in zip(scores, actual, weights, strict=True):
        if weight:
            sums.setdefault(score, [0.0, 0.0])[0 if truth else 1] += weight
    return tuple(Step(score, *sums[score]) for score in sorted(sums, reverse=True))


def area_under_curve(ranked: Sequence[Step]) -> float | None:
    """Chance that an overturned item scores above an upheld one, ties counting half."""
    overturned = sum(step.overturned for step in ranked)
    upheld = sum(step.upheld for step in ranked)
    if not overturned or not upheld:
        return None
    won = above = 0.0
    for step in ranked:
        won += step.upheld * (above + step.overturned / 2)
        above += step.overturned
    return won / (overturned * upheld)


def average_precision(ranked: Sequence[Step]) -> float | None:
    """Precision averaged over the steps by which recall grows, ties taken together."""
    total = sum(step.overturned for step in ranked)
    if not total:
        return None
    found = seen = average = 0.0
    for step in ranked:
        found += step.overturned
        seen += step.overturned + step.upheld
        average += step.overturned / total * (found / seen)
    return average


def recall_at_precision(ranked: Sequence[Step], precision: float) -> float | None:
    """Largest share of the overturned items that is found at no less than *precision*."""
    total = sum(step.overturned for step in ranked)
    found = seen = enough = 0.0
    for step in ranked:
        found += step.overturned
        seen += step.overturned + step.upheld
        if found / seen >= precision:
            enough = found
    return _ratio(enough, total)


def brier(ranked: Sequence[Step]) -> float | None:
    """Mean squared distance of the likelihood from what was decided."""
    n = sum(step.overturned + step.upheld for step in ranked)
    squared = sum(
        step.overturned * (1 - step.score) ** 2 + step.upheld * step.score**2 for step in ranked
    )
    return _ratio(squared, n)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Items whose likelihood lies in ``[low, high)``: what was expected and what was decided."""

    low: float
    high: float
    n: int
    mean_likelihood: float
    overturned: int


CALIBRATION_EDGES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Narrow where most likelihoods are; the last bin holds 1."""


def calibration(
    ranked: Sequence[Step], *, edges: Sequence[float] = CALIBRATION_EDGES
) -> tuple[CalibrationBin, ...]:
    """Return the non-empty bins between *edges* with what became of their items."""
    bins = []
    for low, high in pairwise(edges):
        inside = [
            step for step in ranked if low <= step.score < high or high == edges[-1] == step.score
        ]
        n = sum(step.overturned + step.upheld for step in inside)
        if n:
            mean = sum(step.score * (step.overturned + step.upheld) for step in inside) / n
            overturned = sum(step.overturned for step in inside)
            bins.append(CalibrationBin(low, high, int(n), mean, int(overturned)))
    return tuple(bins)
