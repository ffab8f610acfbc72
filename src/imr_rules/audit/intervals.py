"""Intervals and tests: Wilson for a rate, resampling by letter, correction for many comparisons.

Items of one letter share a worker, a record and a reviewer, so they are not independent: whatever
is drawn at random is a letter, with all its items.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
S = TypeVar("S", str, int)

LEVEL = 0.95
_Z = NormalDist().inv_cdf(1 - (1 - LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval."""

    low: float
    high: float


def wilson(successes: float, n: float) -> Interval | None:
    """Return Wilson's score interval for a rate; None without items."""
    if not n:
        return None
    rate = successes / n
    spread = _Z * math.sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2))
    centre = rate + _Z**2 / (2 * n)
    scale = 1 + _Z**2 / n
    return Interval(max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def draws(clusters: Sequence[S], *, resamples: int, seed: int) -> Iterator[Mapping[S, int]]:
    """Yield, for each resample, how often each of the distinct *clusters* was drawn.

    They are drawn in their own order, so that intervals do not hang on the order of the files.
    """
    chance = random.Random(seed)
    population = sorted(set(clusters))
    for _ in range(resamples):
        yield Counter(chance.choices(population, k=len(population)))


def percentile_interval(values: Sequence[float | None]) -> Interval | None:
    """Return the middle 95 % of bootstrapped *values*.

    Resamples in which a measure is undefined (no overturned item was drawn) are left out; None
    if more than one in twenty were, because what is left would then flatter. None, too, where
    every resample gives the same value: drawing again what never varied measures nothing.
    """
    known = sorted(value for value in values if value is not None)
    if not known or len(known) < LEVEL * len(values):
        return None
    if known[0] == known[-1]:
        return None
    tail = (1 - LEVEL) / 2
    return Interval(quantile(known, tail), quantile(known, 1 - tail))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the *share* quantile of *ordered* values, between neighbours in proportion."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values adjusted so that the share of false discoveries is controlled."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index], reverse=True)
    adjusted = [1.0] * len(p_values)
    smallest = 1.0
    for place, index in enumerate(order):
        rank = len(p_values) - place
        smallest = min(smallest, p_values[index] * len(p_values) / rank)
        adjusted[index] = smallest
    return tuple(adjusted)


def permutation_p(
    observed: float,
    labels: Sequence[K],
    statistic: Callable[[Sequence[K], random.Random], float],
    *,
    permutations: int,
    seed: int,
) -> float:
    """Return how often shuffled *labels* give a *statistic* at least as large as *observed*.

    Where labels leave open what the statistic is made of, it draws from the chance that it is
    given. One is added above and below, so that no p-value is zero (Phipson and Smyth 2010).
    """
    chance = random.Random(seed)
    shuffled = list(labels)
    as_large = 0
    for _ in range(permutations):
        chance.shuffle(shuffled)
        # A hair below, or rounding would decide about equal arrangements.
        as_large += statistic(shuffled, chance) >= observed - 1e-12
    return (as_large + 1) / (permutations + 1)
