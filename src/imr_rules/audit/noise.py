"""Noise: decisions that differ where the cases do not.

*Level noise*: some groups of decisions are stricter than others (by the reviewer's specialty and
licensure, the quarter, what the administrator's denial rested on). *Pattern noise*: like cases,
equal in topic and in the status of every criterion, are decided unlike, whoever decides.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from imr_rules.audit.intervals import (
    Interval,
    benjamini_hochberg,
    draws,
    percentile_interval,
    permutation_p,
    wilson,
)
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row
from imr_rules.audit.scores import grouped, groups_of
from imr_rules.facts.model import Basis


@dataclass(frozen=True, slots=True)
class Grouping:
    """A column by which decisions are grouped, and how a report names its groups."""

    column: str
    title: str


GROUPINGS = (
    Grouping("specialty", "Reviewers in"),
    Grouping("licensure", "Reviewers licensed in"),
    Grouping("quarter", "Decisions of"),
    Grouping("administrator_citation", "Denials that cite"),
)


@dataclass(frozen=True, slots=True)
class GroupLevel:
    """One group: how often it overturns, against all items outside it.

    *ranked* is False for groups too small to be compared; they carry no p-value. *interval* is
    Wilson's, *by_letter* the bootstrap's. *rest_rate* is None where nothing is outside.
    *differs*: after correction the group stands apart.
    """

    name: str
    n: int
    letters: int
    overturned: int
    rate: float
    interval: Interval | None
    by_letter: Interval | None
    rest_rate: float | None
    ranked: bool
    p: float | None = None
    adjusted_p: float = 1.0
    differs: bool = False


@dataclass(frozen=True, slots=True)
class LevelNoise:
    """The groups of one grouping; *spread* is the standard deviation of the ranked rates."""

    grouping: Grouping
    groups: tuple[GroupLevel, ...]
    spread: float | None


def level_noise(rows: Sequence[Row], grouping: Grouping, policy: NoisePolicy) -> LevelNoise:
    """Return how the overturn rate differs between the groups of *grouping*.

    Each group is held against all items outside it, whether or not groups overlap. P-values come
    from shuffling membership among letters, not items, and are corrected over the groups of the
    grouping (Benjamini-Hochberg).
    """
    decided = [row for row in rows if row.actual is not None]
    groups = grouped(decided, grouping.column)
    levels = [_level(name, own, decided, policy) for name, own in groups.items()]
    return compared(
        grouping, levels, lambda group: _p_value(group, decided, grouping, policy), policy
    )


def compared(
    grouping: Grouping,
    levels: Sequence[GroupLevel],
    p_value: Callable[[GroupLevel], float],
    policy: NoisePolicy,
) -> LevelNoise:
    """Return *levels*, the groups of *grouping*, held against each other by their *p_value*."""
    ranked = [level for level in levels if level.ranked]
    if len(levels) < 2:
        return LevelNoise(grouping, tuple(levels), None)
    p_values = {level.name: p_value(level) for level in ranked if level.rest_rate is not None}
    adjusted = dict(zip(p_values, benjamini_hochberg(list(p_values.values())), strict=True))
    tested = tuple(
        replace(
            level,
            p=p_values.get(level.name),
            adjusted_p=adjusted.get(level.name, 1.0),
            differs=adjusted.get(level.name, 1.0) < policy.false_discovery_rate,
        )
        for level in levels
    )
    return LevelNoise(grouping, tested, _spread([level.rate for level in ranked]))


def _level(
    name: str, own: Sequence[Row], decided: Sequence[Row], policy: NoisePolicy
) -> GroupLevel:
    overturned = sum(row.actual == "overturned" for row in own)
    rest = len(decided) - len(own)
    rest_overturned = sum(row.actual == "overturned" for row in decided) - overturned
    letters = {row.case_number for row in own}
    return GroupLevel(
        name=name,
        n=len(own),
        letters=len(letters),
        overturned=overturned,
        rate=overturned / len(own),
        interval=wilson(overturned, len(own)),
        by_letter=_bootstrapped_rate(own, policy),
        rest_rate=rest_overturned / rest if rest else None,
        ranked=len(own) >= policy.least_group and len(letters) >= policy.least_letters,
    )


def _by_letter(rows: Sequence[Row]) -> Mapping[str, tuple[int, int]]:
    """Overturned items and items of each letter."""
    counts: dict[str, tuple[int, int]] = {}
    for row in rows:
        overturned, n = counts.get(row.case_number, (0, 0))
        counts[row.case_number] = (overturned + (row.actual == "overturned"), n + 1)
    return counts


def _bootstrapped_rate(rows: Sequence[Row], policy: NoisePolicy) -> Interval | None:
    counts = _by_letter(rows)
    rates: list[float | None] = []
    for times in draws(list(counts), resamples=policy.resamples, seed=policy.seed):
        n = sum(counts[letter][1] * count for letter, count in times.items())
        rates.append(sum(counts[letter][0] * count for letter, count in times.items()) / n)
    return percentile_interval(rates)


def _p_value(
    group: GroupLevel, decided: Sequence[Row], grouping: Grouping, policy: NoisePolicy
) -> float:
    """Two-sided: how often as large a difference arises when letters change groups at random.

    Some columns differ within a letter (what each denial cites). There the share of its items in
    the group travels with the letter, and which items these are is drawn as well: the difference
    within letters is a part of what is tested.
    """
    if group.rest_rate is None:
        return 1.0
    counts = _by_letter(decided)
    members: dict[str, int] = defaultdict(int)
    for row in decided:
        members[row.case_number] += group.name in groups_of(row, grouping.column)
    letters = sorted(counts)
    overturned = sum(count for count, _ in counts.values())

    def difference(order: Sequence[tuple[int, int]], chance: random.Random) -> float:
        own = own_overturned = 0
        for (n, of), letter in zip(order, letters, strict=True):
            if n:
                drawn, hits = _drawn(n, of, *counts[letter], chance)
                own, own_overturned = own + drawn, own_overturned + hits
        rest, rest_overturned = len(decided) - own, overturned - own_overturned
        if not own or not rest:
            return 0.0
        return abs(own_overturned / own - rest_overturned / rest)

    return permutation_p(
        abs(group.rate - group.rest_rate),
        [(members[letter], counts[letter][1]) for letter in letters],
        difference,
        permutations=policy.permutations,
        seed=policy.seed,
    )


def _drawn(n: int, of: int, overturned: int, size: int, chance: random.Random) -> tuple[int, int]:
    """Draw the share *n* of *of* from *size* items: return how many, and of them *overturned*."""
    whole, rest = divmod(n * size, of)
    if rest:
        whole += chance.random() * of < rest
    if whole in (0, size) or overturned in (0, size):
        return whole, whole * overturned // size
    return whole, sum(one < overturned for one in chance.sample(range(size), whole))


def _spread(rates: Sequence[float]) -> float | None:
    if len(rates) < 2:
        return None
    mean = sum(rates) / len(rates)
    return math.sqrt(sum((rate - mean) ** 2 for rate in rates) / (len(rates) - 1))


@dataclass(frozen=True, slots=True)
class PatternNoise:
    """How like cases scatter on one basis.

    A pair is two items of different letters with the same signature. *disagreeing* of *pairs*
    were decided unlike; *expected* is the share among all pairs of items of different letters,
    what one would see if signatures told nothing. *within_variance* is the pooled variance of
    the outcome inside groups of like items, *total_variance* that of all items.
    """

    basis: Basis
    groups: int
    items: int
    pairs: int
    disagreeing: int
    rate: float | None
    by_letter: Interval | None
    expected: float | None
    within_variance: float | None
    total_variance: float | None


def pattern_noise(rows: Sequence[Row], basis: Basis, policy: NoisePolicy) -> PatternNoise:
    """Return how often like items of different letters were decided unlike."""
    cells: dict[str, list[Row]] = defaultdict(list)
    decided = [row for row in rows if row.actual is not None]
    for row in decided:
        signature = row.record_signature if basis is Basis.RECORD else row.review_signature
        if signature is not None:
            cells[signature].append(row)
    like = [cell for cell in cells.values() if len({row.case_number for row in cell}) > 1]
    pairs = [pair for cell in like for pair in _pairs(cell)]
    disagreeing = sum(unlike for _, _, unlike in pairs)
    every = _all_pairs(decided)
    drawn: list[float | None] = []
    letters = sorted({row.case_number for cell in like for row in cell})
    if letters:
        for times in draws(letters, resamples=policy.resamples, seed=policy.seed):
            weighted = [(times.get(a, 0) * times.get(b, 0), unlike) for a, b, unlike in pairs]
            total = sum(weight for weight, _ in weighted)
            part = sum(weight for weight, unlike in weighted if unlike)
            drawn.append(part / total if total else None)
    n = sum(len(cell) for cell in like)
    overturned = sum(row.actual == "overturned" for row in decided)
    share = overturned / len(decided) if decided else 0.0
    return PatternNoise(
        basis=basis,
        groups=len(like),
        items=n,
        pairs=len(pairs),
        disagreeing=disagreeing,
        rate=disagreeing / len(pairs) if pairs else None,
        by_letter=percentile_interval(drawn),
        expected=every,
        within_variance=_within_variance(like),
        total_variance=(
            share * (1 - share) * len(decided) / (len(decided) - 1) if len(decided) > 1 else None
        ),
    )


def _pairs(cell: Sequence[Row]) -> list[tuple[str, str, bool]]:
    return [
        (one.case_number, other.case_number, one.actual != other.actual)
        for one, other in combinations(cell, 2)
        if one.case_number != other.case_number
    ]


def _all_pairs(rows: Sequence[Row]) -> float | None:
    """Share of unlike decisions among all pairs of items of different letters, by counting."""
    counts = _by_letter(rows)
    n, overturned = len(rows), sum(count for count, _ in counts.values())
    pairs = (n * n - sum(size * size for _, size in counts.values())) / 2
    unlike = overturned * (n - overturned) - sum(o * (s - o) for o, s in counts.values())
    return unlike / pairs if pairs else None


def _within_variance(cells: Sequence[Sequence[Row]]) -> float | None:
    squares = degrees = 0.0
    for cell in cells:
        mean = sum(row.actual == "overturned" for row in cell) / len(cell)
        squares += sum(((row.actual == "overturned") - mean) ** 2 for row in cell)
        degrees += len(cell) - 1
    return squares / degrees if degrees else None


def noise_of(rows: Sequence[Row], policy: NoisePolicy) -> dict[str, Any]:
    """Return all noise figures of *rows* as plain data."""
    return noise_figures(
        [level_noise(rows, grouping, policy) for grouping in GROUPINGS],
        [pattern_noise(rows, basis, policy) for basis in Basis],
        policy,
    )


def noise_figures(
    levels: Iterable[LevelNoise], patterns: Iterable[PatternNoise], policy: NoisePolicy
) -> dict[str, Any]:
    """Return *levels* and *patterns* as plain data."""
    return {
        "level": [_level_plain(level) for level in levels],
        "pattern": [_pattern_plain(pattern) for pattern in patterns],
        "least_group": policy.least_group,
    }


def _level_plain(level: LevelNoise) -> dict[str, Any]:
    return {
        "grouping": level.grouping.column,
        "spread": level.spread,
        "groups": [
            {
                "group": group.name,
                "n": group.n,
                "letters": group.letters,
                "overturned": group.overturned,
                "rate": group.rate,
                "interval": _ends(group.interval),
                "interval_by_letter": _ends(group.by_letter),
                "rate_of_the_rest": group.rest_rate,
                "ranked": group.ranked,
                "p": group.p,
                "adjusted_p": group.adjusted_p if group.ranked else None,
                "differs": group.differs,
            }
            for group in level.groups
        ],
    }


def _pattern_plain(noise: PatternNoise) -> dict[str, Any]:
    return {
        "basis": noise.basis.value,
        "groups_of_like_items": noise.groups,
        "items": noise.items,
        "pairs": noise.pairs,
        "decided_unlike": noise.disagreeing,
        "rate": noise.rate,
        "interval_by_letter": _ends(noise.by_letter),
        "rate_of_all_pairs": noise.expected,
        "variance_within": noise.within_variance,
        "variance_of_all": noise.total_variance,
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
