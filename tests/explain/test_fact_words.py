"""A number in words is the stretch of numbers that does the same."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_rules.engines.thresholds import Limit
from imr_rules.explain.fact_words import stated, value_words
from imr_rules.facts.vocabulary import Fact, FactType, Scope
from imr_rules.guidelines.model import (
    Applies,
    Citation,
    Comparison,
    Criterion,
    FactCompares,
    Stance,
    Standing,
    Topic,
)

CITE = Citation("Somewhere")
WEEKS = Fact(id="weeks", type=FactType.NUMBER, scope=Scope.CASE, question="How many?", unit="weeks")
LIMITS = {"six": Limit(6.0), "twelve": Limit(12.0, "by", (("severe", 24.0),))}


def topic(*comparisons: tuple[Comparison, str]) -> Topic:
    """Return a topic that holds the weeks against limits."""
    criteria = {
        f"c{index}": Criterion(
            f"c{index}", "S.", "Q?", FactCompares("weeks", how, limit), CITE, Standing.ATTESTED
        )
        for index, (how, limit) in enumerate(comparisons)
    }
    return Topic(
        "t", "T", "", "e", Applies(("x",)), Stance.RECOMMENDED_IF, CITE, criteria, (),
        in_force_from=date(2009, 7, 18),
    )  # fmt: skip


BOTH = topic((Comparison.AT_LEAST, "six"), (Comparison.AT_MOST, "twelve"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, "less than 6 weeks"),
        (6, "at least 6 and at most 12 weeks"),
        (12, "at least 6 and at most 12 weeks"),
        (13, "more than 12 weeks"),
    ],
)
def test_the_nearest_limits_bound_the_words(value: float, expected: str) -> None:
    """The words name the limits around the value, and on which side each belongs."""
    assert expected == stated(WEEKS, value, BOTH, LIMITS, {}).answer


VISITS = WEEKS.model_copy(update={"unit": "visits", "whole": True})


@pytest.mark.parametrize(
    ("comparison", "limit", "value", "expected"),
    [
        (Comparison.MORE_THAN, 0.0, 1, "at least 1 visit"),
        (Comparison.MORE_THAN, 6.0, 7, "at least 7 visits"),
        (Comparison.AT_MOST, 6.0, 7, "at least 7 visits"),
        (Comparison.LESS_THAN, 6.0, 5, "at most 5 visits"),
        (Comparison.LESS_THAN, 1.0, 0, "0 visits"),
        (Comparison.AT_MOST, 1.0, 1, "at most 1 visit"),
        (Comparison.MORE_THAN, 2.5, 3, "at least 3 visits"),
    ],
)
def test_of_things_that_are_counted_the_next_number_is_named(
    comparison: Comparison, limit: float, value: float, expected: str
) -> None:
    """Nobody makes more than no visits: he makes one."""
    only = topic((comparison, "six"))
    assert expected == stated(VISITS, value, only, {"six": Limit(limit)}, {}).answer


def test_one_number_of_things_between_two_limits_is_named() -> None:
    """More than six and less than eight is seven."""
    both = topic((Comparison.MORE_THAN, "six"), (Comparison.LESS_THAN, "eight"))
    limits = {"six": Limit(6.0), "eight": Limit(8.0)}
    assert "7 visits" == stated(VISITS, 7, both, limits, {}).answer


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("weeks", "1 week"), ("percent", "1 percent"), ("mg/day", "1 mg/day"), ("", "1")],
)
def test_one_is_said_of_one(unit: str, expected: str) -> None:
    """A unit that is a plural is told in the singular of one."""
    fact = Fact.model_construct(id="n", type=FactType.NUMBER, unit=unit)
    assert expected == value_words(fact, 1)


def test_nothing_below_zero_is_offered() -> None:
    """At most zero is zero."""
    limits = {"none": Limit(0.0)}
    only = topic((Comparison.AT_MOST, "none"))
    assert "0 weeks" == stated(WEEKS, 0, only, limits, {}).answer


def test_a_limit_is_looked_up_by_what_is_known() -> None:
    """A diagnosis with a limit of its own moves the bound."""
    assert "more than 24 weeks" == stated(WEEKS, 30, BOTH, LIMITS, {"by": "severe"}).answer


@given(
    st.lists(
        st.tuples(st.sampled_from(Comparison), st.sampled_from(["six", "twelve"])), max_size=4
    ),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_equal_words_mean_that_no_criterion_tells_the_numbers_apart(
    comparisons: list[tuple[Comparison, str]], one: int, other: int
) -> None:
    """What is proposed for one number of the stretch holds for all of it."""
    made = topic(*comparisons)
    said = [stated(WEEKS, number, made, LIMITS, {}).answer for number in (one, other)]
    tests = {
        Comparison.AT_MOST: float.__le__,
        Comparison.AT_LEAST: float.__ge__,
        Comparison.LESS_THAN: float.__lt__,
        Comparison.MORE_THAN: float.__gt__,
    }
    answers = [
        [tests[how](float(number), LIMITS[limit].default) for how, limit in comparisons]
        for number in (one, other)
    ]
    if said[0] == said[1]:
        assert answers[0] == answers[1]
