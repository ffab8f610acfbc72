"""Intervals, corrections and shuffles against scipy and against what they must do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imr_rules.audit.intervals import (
    Interval,
    benjamini_hochberg,
    draws,
    percentile_interval,
    permutation_p,
    quantile,
    wilson,
)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(counts: tuple[int, int]) -> None:
    """Wilson's interval equals scipy's, ends included."""
    successes, n = counts
    expected = stats.binomtest(successes, n).proportion_ci(0.95, method="wilson")
    found = wilson(successes, n)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_correction_is_scipys(p_values: list[float]) -> None:
    """Benjamini and Hochberg's adjusted p-values equal scipy's."""
    expected = stats.false_discovery_control(p_values)
    assert list(benjamini_hochberg(p_values)) == pytest.approx(list(expected), abs=1e-9)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_are_numpys(values: list[float], share: float) -> None:
    """Quantiles between two values are taken in proportion, as numpy does by default."""
    assert quantile(sorted(values), share) == pytest.approx(
        float(numpy.quantile(values, share)), abs=1e-9
    )


def test_a_draw_takes_as_many_letters_as_there_are() -> None:
    """Letters are drawn, each once however many items it has, and the seed fixes the draws."""
    letters = ["a", "a", "a", "b", "c"]
    first = [dict(draw) for draw in draws(letters, resamples=20, seed=7)]
    assert first == [dict(draw) for draw in draws(letters, resamples=20, seed=7)]
    assert first != [dict(draw) for draw in draws(letters, resamples=20, seed=8)]
    assert {3} == {sum(draw.values()) for draw in first}
    assert {"a", "b", "c"} == {letter for draw in first for letter in draw}


def test_an_interval_is_refused_where_it_would_flatter() -> None:
    """Many undefined resamples, or no spread at all, give no interval."""
    assert percentile_interval([0.5, 0.7, 0.9] * 10) == Interval(0.5, 0.9)
    assert percentile_interval([0.5, 0.7, None] * 10) is None
    assert percentile_interval([1.0] * 30) is None
    assert percentile_interval([]) is None


def test_a_shuffle_finds_a_clear_difference_and_no_other() -> None:
    """Labels that sort the values get a small p-value, labels that do not a large one."""
    values = [1.0] * 20 + [0.0] * 20

    def gap(labels: Sequence[str]) -> float:
        own = [v for v, label in zip(values, labels, strict=True) if label == "x"]
        rest = [v for v, label in zip(values, labels, strict=True) if label != "x"]
        return abs(sum(own) / len(own) - sum(rest) / len(rest))

    sorted_labels = ["x"] * 20 + ["y"] * 20
    for labels, expected in ((sorted_labels, 1 / 201), (["x", "y"] * 20, 1.0)):
        found = permutation_p(
            gap(labels), labels, lambda order, _: gap(order), permutations=200, seed=1
        )
        assert found == pytest.approx(expected)
