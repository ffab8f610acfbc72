"""Our measures against scipy, scikit-learn, and formulas written another way."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics

from imr_rules import statistics as ours

pairs = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=60)
graded = st.lists(
    st.tuples(st.sampled_from([0.0, 0.05, 0.2, 0.3, 0.5, 0.77, 1.0]), st.booleans()),
    min_size=2,
    max_size=60,
)
EXACT = 1e-9


def table_of(data: list[tuple[bool, bool]]) -> ours.Confusion:
    return ours.confusion([p for p, _ in data], [a for _, a in data], [1.0] * len(data))


def steps_of(data: list[tuple[float, bool]]) -> tuple[ours.Step, ...]:
    return ours.steps([s for s, _ in data], [a for _, a in data], [1.0] * len(data))


@given(pairs)
def test_counted_scores_are_those_of_scikit_learn(data: list[tuple[bool, bool]]) -> None:
    """Agreement, balanced accuracy, recall, precision, MCC and kappa equal scikit-learn's."""
    predicted, actual = [p for p, _ in data], [a for _, a in data]
    assume(len(set(predicted)) == 2)
    assume(len(set(actual)) == 2)
    table = table_of(data)
    expected = {
        ours.agreement: metrics.accuracy_score(actual, predicted),
        ours.balanced_accuracy: metrics.balanced_accuracy_score(actual, predicted),
        ours.recall_overturned: metrics.recall_score(actual, predicted),
        ours.recall_upheld: metrics.recall_score(actual, predicted, pos_label=False),
        ours.precision_overturned: metrics.precision_score(actual, predicted),
        ours.matthews: metrics.matthews_corrcoef(actual, predicted),
        ours.cohen_kappa: metrics.cohen_kappa_score(actual, predicted),
    }
    for measure, value in expected.items():
        assert measure(table) == pytest.approx(float(value), abs=EXACT)


@given(pairs)
def test_ac1_is_gwets_formula_over_raters(data: list[tuple[bool, bool]]) -> None:
    """AC1 from the share of raters per category and item, as Gwet writes it for any raters."""
    observed = sum(p == a for p, a in data) / len(data)
    shares = [
        sum((p is value) + (a is value) for p, a in data) / (2 * len(data))
        for value in (True, False)
    ]
    chance = sum(share * (1 - share) for share in shares) / (len(shares) - 1)
    assert ours.gwet_ac1(table_of(data)) == pytest.approx(
        (observed - chance) / (1 - chance), abs=EXACT
    )


@given(pairs)
def test_alpha_is_krippendorffs_coincidence_matrix(data: list[tuple[bool, bool]]) -> None:
    """Alpha from the matrix of coincidences, value by value."""
    coincidences: Counter[tuple[bool, bool]] = Counter()
    for first, second in data:
        coincidences[first, second] += 1
        coincidences[second, first] += 1
    totals = {v: sum(n for (row, _), n in coincidences.items() if row == v) for v in (True, False)}
    n = sum(totals.values())
    assume(all(totals.values()))
    observed = sum(count for (a, b), count in coincidences.items() if a != b) / n
    expected = sum(totals[a] * totals[b] for a in totals for b in totals if a != b) / (n * (n - 1))
    assert ours.krippendorff_alpha(table_of(data)) == pytest.approx(
        1 - observed / expected, abs=EXACT
    )


@given(graded)
def test_graded_scores_are_those_of_scikit_learn(data: list[tuple[float, bool]]) -> None:
    """Area, average precision, Brier score and recall equal scikit-learn's, ties too."""
    scores, actual = [s for s, _ in data], [a for _, a in data]
    assume(len(set(actual)) == 2)
    ranked = steps_of(data)
    assert ours.area_under_curve(ranked) == pytest.approx(
        metrics.roc_auc_score(actual, scores), abs=EXACT
    )
    assert ours.average_precision(ranked) == pytest.approx(
        metrics.average_precision_score(actual, scores), abs=EXACT
    )
    precision, recall, _ = metrics.precision_recall_curve(actual, scores)
    for wanted in (0.4, 0.8):
        assert ours.recall_at_precision(ranked, wanted) == pytest.approx(
            max(recall[precision >= wanted]), abs=EXACT
        )
    assert ours.brier(ranked) == pytest.approx(metrics.brier_score_loss(actual, scores), abs=EXACT)


@given(pairs, st.data())
def test_a_weight_counts_as_so_many_copies(
    data: list[tuple[bool, bool]], draw: st.DataObject
) -> None:
    """An item of weight three is the item three times: the bootstrap rests on it."""
    weights = [draw.draw(st.integers(0, 3)) for _ in data]
    copies = [pair for pair, weight in zip(data, weights, strict=True) for _ in range(weight)]
    weighted = ours.confusion([p for p, _ in data], [a for _, a in data], map(float, weights))
    assert weighted == table_of(copies)


@given(graded)
def test_calibration_bins_hold_every_item_once(data: list[tuple[float, bool]]) -> None:
    """No likelihood falls between two bins, and none into two."""
    bins = ours.calibration(steps_of(data))
    assert len(data) == sum(one.n for one in bins)
    assert sum(a for _, a in data) == sum(one.overturned for one in bins)
    assert math.fsum(s for s, _ in data) == pytest.approx(
        math.fsum(one.mean_likelihood * one.n for one in bins)
    )


def test_what_is_not_defined_is_none() -> None:
    """Without an overturned item there is no recall, no correlation and no area."""
    table = table_of([(False, False), (False, False)])
    assert ours.recall_overturned(table) is None
    assert ours.precision_overturned(table) is None
    assert ours.balanced_accuracy(table) is None
    assert ours.matthews(table) is None
    assert ours.krippendorff_alpha(table) is None
    assert ours.area_under_curve(steps_of([(0.2, False), (0.4, False)])) is None
    assert ours.gwet_ac1(table) == 1.0
