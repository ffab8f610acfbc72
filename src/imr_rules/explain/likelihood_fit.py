"""Fits the weights of the likelihood on decided items, and says how well they do on new letters.

Ridge-penalised logistic regression with the published base rate as offset, solved by Newton's
method. Source: Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, 4.4.1.
The cross-validation leaves out whole letters: items of one letter share their reviewer and facts.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from imr_rules.cases.evaluate import Conclusion
from imr_rules.counted import counted
from imr_rules.errors import InputError
from imr_rules.explain.likelihood import Known, LikelihoodModel, Odds, Weights, known_of, odds_of

RIDGE = 1.0
"""Penalty on each squared weight, the shift included: the published rate is its prior."""

_STEPS = 60
_LONGEST_STEP = 0.5
_FOLDS = 10
_REPEATS = 5


@dataclass(frozen=True, slots=True)
class Observation:
    """One decided item: its letter, what was known of it, and the outcome.

    *fitted* are the odds under what became of the parent in fact: the weights are learned from
    them, the likelihood of a new letter never sees them.
    """

    letter: str
    known: Known
    fitted: Odds
    overturned: bool


def observed(conclusion: Conclusion, model: LikelihoodModel) -> Observation:
    """Return the decided item of *conclusion* as an observation, with the base rates of *model*."""
    return Observation(
        letter=conclusion.case.case_number,
        known=known_of(conclusion, model),
        fitted=odds_of(_under_actual_parent(conclusion), model),
        overturned=conclusion.item.actual == "overturned",
    )


def _under_actual_parent(conclusion: Conclusion) -> Conclusion:
    parent, other = conclusion.parent, conclusion.with_other_parent
    if parent is None or other is None or parent.agrees is not False:
        return conclusion
    return other


def check_enough(observations: Sequence[Observation]) -> None:
    """Refuse *observations* that no weights can be fitted on and tried on letters left out.

    Raises:
        InputError: there are fewer letters than folds, or only one of the outcomes.
    """
    letters = len({o.letter for o in observations})
    overturned = sum(o.overturned for o in observations)
    if letters >= _FOLDS and 0 < overturned < len(observations):
        return
    raise InputError(
        f"too few decided items to fit on: {counted(letters, 'letter')} with"
        f" {counted(len(observations), 'decided item')}, {overturned} of them overturned;"
        f" it takes {_FOLDS} letters and both outcomes.",
        hint="Name more decided cases or letters, such as the folder cases/.",
    )


def fit(observations: Sequence[Observation], *, ridge: float = RIDGE) -> Weights:
    """Return the weights that maximise the penalised likelihood of *observations*."""
    size = len(observations[0].fitted.features) + 1
    beta = [0.0] * size
    for _ in range(_STEPS):
        gradient = [0.0] * size
        hessian = [[0.0] * size for _ in range(size)]
        for position in range(size):
            gradient[position] = -ridge * beta[position]
            hessian[position][position] = ridge
        for observation in observations:
            row = (1.0, *observation.fitted.features)
            score = observation.fitted.start + sum(b * x for b, x in zip(beta, row, strict=True))
            p = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            error, weight = observation.overturned - p, p * (1 - p)
            for i, x in enumerate(row):
                if x:
                    gradient[i] += error * x
                    for j, other in enumerate(row):
                        hessian[i][j] += weight * x * other
        step = _solve(hessian, gradient)
        # Full steps can overshoot where an outcome is nearly separated; short ones still arrive.
        longest = max(abs(s) for s in step)
        scale = min(1.0, _LONGEST_STEP / longest) if longest else 1.0
        beta = [b + scale * s for b, s in zip(beta, step, strict=True)]
        if longest < 1e-9:
            break
    return Weights(beta[0], tuple(beta[1:]))


def cross_validated(
    observations: Sequence[Observation], *, seed: int = 0
) -> list[tuple[Observation, float]]:
    """Return each observation with the likelihood that a model without its letter gives it.

    Letters are dealt to ten folds so that each holds a like share of overturned items, several
    times over; the likelihoods are averaged over the repeats.
    """
    letters = sorted({o.letter for o in observations})
    totals = dict.fromkeys(range(len(observations)), 0.0)
    for repeat in range(_REPEATS):
        fold_of = _deal(letters, observations, random.Random(seed + repeat))
        for fold in range(_FOLDS):
            known = [o for o in observations if fold_of[o.letter] != fold]
            model = fit(known)
            for index, observation in enumerate(observations):
                if fold_of[observation.letter] == fold:
                    totals[index] += model.likelihood(observation.known)
    return [(o, totals[i] / _REPEATS) for i, o in enumerate(observations)]


def _deal(
    letters: Sequence[str], observations: Sequence[Observation], dice: random.Random
) -> dict[str, int]:
    """Deal letters to folds, those with most overturned items first, to the emptiest fold."""
    overturned = dict.fromkeys(letters, 0)
    size = dict.fromkeys(letters, 0)
    for observation in observations:
        overturned[observation.letter] += observation.overturned
        size[observation.letter] += 1
    shuffled = list(letters)
    dice.shuffle(shuffled)
    shuffled.sort(key=lambda letter: -overturned[letter])
    loads = [(0, 0)] * _FOLDS
    fold_of: dict[str, int] = {}
    for letter in shuffled:
        fold = min(range(_FOLDS), key=lambda f: (loads[f], dice.random()))
        loads[fold] = (loads[fold][0] + overturned[letter], loads[fold][1] + size[letter])
        fold_of[letter] = fold
    return fold_of


def _solve(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """Solve a small symmetric positive system by Gaussian elimination with pivoting."""
    size = len(vector)
    rows = [[*matrix[i], vector[i]] for i in range(size)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(rows[r][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for r in range(column + 1, size):
            factor = rows[r][column] / rows[column][column]
            for c in range(column, size + 1):
                rows[r][c] -= factor * rows[column][c]
    solution = [0.0] * size
    for r in reversed(range(size)):
        rest = sum(rows[r][c] * solution[c] for c in range(r + 1, size))
        solution[r] = (rows[r][size] - rest) / rows[r][r]
    return solution
