"""Rows → scores: how the predictions agree with the decisions, on both bases side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imr_rules.audit.intervals import Interval, draws, percentile_interval, wilson
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row
from imr_rules.cases.model import LIST_SEPARATOR
from imr_rules.facts.model import Basis
from imr_rules.statistics import (
    Confusion,
    Step,
    agreement,
    area_under_curve,
    average_precision,
    balanced_accuracy,
    base_rate,
    brier,
    calibration,
    cohen_kappa,
    confusion,
    gwet_ac1,
    krippendorff_alpha,
    matthews,
    precision_overturned,
    recall_overturned,
    recall_upheld,
    steps,
)

COUNTED: Mapping[str, Callable[[Confusion], float | None]] = {
    "agreement": agreement,
    "balanced_accuracy": balanced_accuracy,
    "recall_overturned": recall_overturned,
    "recall_upheld": recall_upheld,
    "precision_overturned": precision_overturned,
    "mcc": matthews,
    "cohen_kappa": cohen_kappa,
    "gwet_ac1": gwet_ac1,
    "krippendorff_alpha": krippendorff_alpha,
}
GRADED: Mapping[str, Callable[[Sequence[Step]], float | None]] = {
    "auc": area_under_curve,
    "average_precision": average_precision,
    "brier": brier,
}
RATES: Mapping[str, Callable[[Confusion], tuple[float, float]]] = {
    "agreement": lambda c: (c.tp + c.tn, c.n),
    "recall_overturned": lambda c: (c.tp, c.tp + c.fn),
    "recall_upheld": lambda c: (c.tn, c.tn + c.fp),
    "precision_overturned": lambda c: (c.tp, c.tp + c.fp),
}
"""The scores that are plain rates: what is counted, and of how many."""
BREAKDOWNS = ("category", "specialty", "quarter", "edition")
OVERLAPPING = ("specialty", "licensure")
"""Columns that hold several names: an item counts in the group of each, so the groups overlap."""
NOT_TOLD = "not told"


def prediction_of(row: Row, basis: Basis) -> str | None:
    """Return what *basis* predicts for *row*."""
    return row.record_prediction if basis is Basis.RECORD else row.review_prediction


def is_covered(row: Row, basis: Basis) -> bool:
    """Whether some guideline covers *row* on *basis*."""
    return prediction_of(row, basis) not in (None, "no_guideline")


def likelihood_of(row: Row, basis: Basis) -> float | None:
    """Return how likely *basis* makes it that *row* is overturned."""
    return row.record_likelihood if basis is Basis.RECORD else row.review_likelihood


def scores_of(rows: Sequence[Row], policy: NoisePolicy) -> dict[str, Any]:
    """Return every score of *rows* as plain data, with 95 % intervals.

    Only items with a decision count; ``coverage`` tells the share of them that some guideline
    covers, and the other scores are of those.
    """
    decided = [row for row in rows if row.actual is not None]
    return {
        "letters": len({row.case_number for row in rows}),
        "items": len(rows),
        "decided": len(decided),
        "overturned": sum(row.actual == "overturned" for row in decided),
        "bases": {basis.value: basis_scores(_counted(decided, basis, policy)) for basis in Basis},
        "breakdowns": {
            name: [_group(key, group) for key, group in grouped(decided, name).items()]
            for name in BREAKDOWNS
        },
        "overlapping": list(OVERLAPPING),
    }


def groups_of(row: Row, column: str) -> tuple[str, ...]:
    """Return the groups of *row* by *column*; an empty value is "not told"."""
    value: str | None = getattr(row, column)
    if not value:
        return (NOT_TOLD,)
    return tuple(dict.fromkeys(value.split(LIST_SEPARATOR))) if column in OVERLAPPING else (value,)


def grouped(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    """Return *rows* by their groups of *column*, largest group first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        for name in groups_of(row, column):
            groups.setdefault(name, []).append(row)
    return dict(sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])))


@dataclass(frozen=True, slots=True)
class BasisCounts:
    """What the scores of a basis are made of.

    *decided* counts all decided items, *letters* those with a covered one; *table* and *ranked*
    hold the covered items, *drawn* the scores of each resample.
    """

    decided: int
    letters: int
    table: Confusion
    ranked: Sequence[Step]
    drawn: Sequence[Mapping[str, float | None]]


def measured(table: Confusion, ranked: Sequence[Step]) -> dict[str, float | None]:
    """Return every score by its name."""
    return {
        **{name: function(table) for name, function in COUNTED.items()},
        **{name: function(ranked) for name, function in GRADED.items()},
    }


def basis_scores(counts: BasisCounts) -> dict[str, Any]:
    """Return the scores of one basis as plain data."""
    table = counts.table
    n = int(table.n)
    return {
        "n": n,
        "letters": counts.letters,
        "coverage": rate_of(n, counts.decided),
        "base_rate": rate_of(int(table.fp + table.tn), n),
        "base_rate_brier": _base_rate_brier(base_rate(table)),
        "confusion": {
            "overturned_as_predicted": int(table.tp),
            "predicted_overturned_but_upheld": int(table.fp),
            "predicted_upheld_but_overturned": int(table.fn),
            "upheld_as_predicted": int(table.tn),
        },
        "scores": {
            name: _score(
                name, value, percentile_interval([draw[name] for draw in counts.drawn]), table
            )
            for name, value in measured(table, counts.ranked).items()
        },
        "calibration": [
            {
                "low": part.low,
                "high": part.high,
                "n": part.n,
                "mean_likelihood": part.mean_likelihood,
                **rate_of(part.overturned, part.n),
            }
            for part in calibration(counts.ranked)
        ],
    }


def _counted(decided: Sequence[Row], basis: Basis, policy: NoisePolicy) -> BasisCounts:
    rows = [row for row in decided if is_covered(row, basis)]
    letters = [row.case_number for row in rows]
    predicted = [prediction_of(row, basis) == "overturned" for row in rows]
    actual = [row.actual == "overturned" for row in rows]
    likely = [likelihood_of(row, basis) for row in rows]
    graded = [index for index, score in enumerate(likely) if score is not None]
    scores = [float(likely[index] or 0.0) for index in graded]
    truths = [actual[index] for index in graded]

    def counted(weights: Sequence[float]) -> tuple[Confusion, tuple[Step, ...]]:
        return (
            confusion(predicted, actual, weights),
            steps(scores, truths, [weights[index] for index in graded]),
        )

    drawn = [
        measured(*counted([float(times.get(letter, 0)) for letter in letters]))
        for times in draws(letters, resamples=policy.resamples, seed=policy.seed)
    ]
    return BasisCounts(len(decided), len(set(letters)), *counted([1.0] * len(rows)), drawn)


def _score(
    name: str, value: float | None, bootstrapped: Interval | None, table: Confusion
) -> dict[str, Any]:
    """Return a score with its interval.

    Where the bootstrap has none (a recall of 1 in every resample), a rate takes Wilson's interval
    instead, and any other score stays without.
    """
    method = "bootstrap"
    if bootstrapped is None and name in RATES:
        bootstrapped, method = wilson(*RATES[name](table)), "wilson"
    return {
        "value": value,
        "interval": _plain(bootstrapped),
        "method": None if bootstrapped is None else method,
    }


def _base_rate_brier(upheld: float | None) -> float | None:
    """The Brier score of answering the base rate for every item."""
    return None if upheld is None else upheld * (1 - upheld)


def _group(name: str, rows: Sequence[Row]) -> dict[str, Any]:
    agreeing = {}
    for basis in Basis:
        covered = [row for row in rows if is_covered(row, basis)]
        agreed = sum(prediction_of(row, basis) == row.actual for row in covered)
        agreeing[basis] = (agreed, len(covered))
    overturned = sum(row.actual == "overturned" for row in rows)
    return group_scores(
        name, len({row.case_number for row in rows}), overturned, len(rows), agreeing
    )


def group_scores(
    name: str, letters: int, overturned: int, n: int, agreeing: Mapping[Basis, tuple[int, int]]
) -> dict[str, Any]:
    """Return a group of a breakdown as plain data; *agreeing* counts agreed and covered items."""
    return {
        "group": name,
        "letters": letters,
        "overturned": rate_of(overturned, n),
        "base_rate": rate_of(n - overturned, n),
        "agreement": {basis.value: rate_of(*agreeing[basis]) for basis in Basis},
    }


def rate_of(count: int, n: int) -> dict[str, Any]:
    """Return a rate as plain data, with Wilson's interval."""
    return {
        "count": count,
        "of": n,
        "rate": count / n if n else None,
        "interval": _plain(wilson(count, n)),
    }


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
