"""Rows → scores: how the predictions agree with the decisions, on both bases side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from imr_rules.audit.intervals import Interval, draws, percentile_interval, wilson
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row
from imr_rules.audit.statistics import (
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
from imr_rules.facts.model import Basis

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


def prediction_of(row: Row, basis: Basis) -> str:
    """Return what *basis* predicts for *row*."""
    return row.record_prediction if basis is Basis.RECORD else row.review_prediction


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
        "bases": {basis.value: _basis_scores(decided, basis, policy) for basis in Basis},
        "breakdowns": {
            name: [_group(key, group) for key, group in grouped(decided, name).items()]
            for name in BREAKDOWNS
        },
    }


def grouped(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    """Return *rows* by the value of *column*, largest group first; empty values are "not told"."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(getattr(row, column) or "not told", []).append(row)
    return dict(sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0])))


def _basis_scores(decided: Sequence[Row], basis: Basis, policy: NoisePolicy) -> dict[str, Any]:
    rows = [row for row in decided if prediction_of(row, basis) != "no_guideline"]
    letters = [row.case_number for row in rows]
    predicted = [prediction_of(row, basis) == "overturned" for row in rows]
    actual = [row.actual == "overturned" for row in rows]
    likely = [likelihood_of(row, basis) for row in rows]
    graded = [index for index, score in enumerate(likely) if score is not None]
    scores = [float(likely[index] or 0.0) for index in graded]
    truths = [actual[index] for index in graded]

    def measure(weights: Sequence[float]) -> tuple[dict[str, float | None], float | None]:
        table = confusion(predicted, actual, weights)
        ranked = steps(scores, truths, [weights[index] for index in graded])
        values = {name: function(table) for name, function in COUNTED.items()}
        values.update({name: function(ranked) for name, function in GRADED.items()})
        return values, base_rate(table)

    values, upheld = measure([1.0] * len(rows))
    drawn = [
        measure([float(times.get(letter, 0)) for letter in letters])[0]
        for times in draws(letters, resamples=policy.resamples, seed=policy.seed)
    ]
    table = confusion(predicted, actual, [1.0] * len(rows))
    return {
        "n": len(rows),
        "letters": len(set(letters)),
        "coverage": _rate(len(rows), len(decided)),
        "base_rate": _rate(sum(not truth for truth in actual), len(rows)),
        "base_rate_brier": _base_rate_brier(upheld),
        "confusion": {
            "overturned_as_predicted": int(table.tp),
            "predicted_overturned_but_upheld": int(table.fp),
            "predicted_upheld_but_overturned": int(table.fn),
            "upheld_as_predicted": int(table.tn),
        },
        "scores": {
            name: _score(name, value, percentile_interval([draw[name] for draw in drawn]), table)
            for name, value in values.items()
        },
        "calibration": [
            {
                "low": part.low,
                "high": part.high,
                "n": part.n,
                "mean_likelihood": part.mean_likelihood,
                **_rate(part.overturned, part.n),
            }
            for part in calibration(scores, truths)
        ],
    }


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
        covered = [row for row in rows if prediction_of(row, basis) != "no_guideline"]
        agreed = sum(prediction_of(row, basis) == row.actual for row in covered)
        agreeing[basis.value] = _rate(agreed, len(covered))
    return {
        "group": name,
        "letters": len({row.case_number for row in rows}),
        "overturned": _rate(sum(row.actual == "overturned" for row in rows), len(rows)),
        "base_rate": _rate(sum(row.actual == "upheld" for row in rows), len(rows)),
        "agreement": agreeing,
    }


def _rate(count: int, n: int) -> dict[str, Any]:
    return {
        "count": count,
        "of": n,
        "rate": count / n if n else None,
        "interval": _plain(wilson(count, n)),
    }


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]
