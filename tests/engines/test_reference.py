"""The reference engine point by point: each test is one sentence of what the rules mean."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.engines.sample_topics import criterion, threshold, topic
from tests.engines.strategies import FIRST_DAY

from imr_rules.engines.model import Certainty, Status
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.guidelines.model import (
    AllOf,
    AnyOf,
    AtLeast,
    Bar,
    Comparison,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Unless,
)

A, B, C = (FactIs(fact, ("yes",)) for fact in "abc")
MET, UNMET, UNKNOWN = Status.MET, Status.UNMET, Status.UNKNOWN


def _status(when: Condition, facts: dict[str, Value], **parameters: Parameter) -> Status:
    asked = topic([criterion("it", when)])
    return ReferenceEngine().trace(asked, parameters, FIRST_DAY, facts).statuses["it"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [({}, UNKNOWN), ({"a": UNDOCUMENTED}, UNKNOWN), ({"a": "no"}, UNMET), ({"a": "yes"}, MET)],
)
def test_silence_and_undocumented_are_both_unknown(
    said: dict[str, Value], expected: Status
) -> None:
    """Only a statement settles a fact, either way."""
    assert _status(A, said) is expected


def test_known_is_met_by_any_value_and_never_unmet() -> None:
    """Whether a fact is known cannot be denied, only left open."""
    found = [_status(FactKnown("a"), said) for said in ({"a": "no"}, {"a": UNDOCUMENTED}, {})]
    assert found == [MET, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("when", "said", "expected"),
    [
        (AllOf((A, B)), {"a": "yes"}, UNKNOWN),
        (AllOf((A, B)), {"a": "no"}, UNMET),
        (AnyOf((A, B)), {"a": "yes"}, MET),
        (AnyOf((A, B)), {"a": "no"}, UNKNOWN),
        (Not(A), {}, UNKNOWN),
        (AtLeast(2, (A, B, C)), {"a": "yes", "b": "yes"}, MET),
        (AtLeast(2, (A, B, C)), {"a": "no", "b": "no"}, UNMET),
        (AtLeast(2, (A, B, C)), {"a": "yes", "b": "no"}, UNKNOWN),
        # Kleene's logic does not see that one of the two must hold: unknown stays unknown.
        (AnyOf((A, Not(A))), {}, UNKNOWN),
    ],
)
def test_a_condition_is_as_known_as_its_parts_make_it(
    when: Condition, said: dict[str, Value], expected: Status
) -> None:
    """A part that decides decides, whatever the others are; else the whole is unknown."""
    assert _status(when, said) is expected


@pytest.mark.parametrize(
    ("comparison", "at", "above"),
    [
        (Comparison.AT_MOST, MET, UNMET),
        (Comparison.AT_LEAST, MET, MET),
        (Comparison.LESS_THAN, UNMET, UNMET),
        (Comparison.MORE_THAN, UNMET, MET),
    ],
)
def test_a_threshold_belongs_to_at_most_and_at_least(
    comparison: Comparison, at: Status, above: Status
) -> None:
    """The number itself is within "at most" and "at least", and neither less nor more."""
    when = FactCompares("visits", comparison, "p")
    found = [_status(when, {"visits": visits}, p=threshold(6)) for visits in (6, 6.5)]
    assert found == [at, above]


@pytest.mark.parametrize(
    "value", ["six", UNDOCUMENTED, float("nan"), float("inf"), 10**400], ids=str
)
def test_what_is_no_finite_number_settles_no_comparison(value: Value) -> None:
    """A word, nan, infinity and a number beyond all floats leave the criterion unknown."""
    when = FactCompares("visits", Comparison.AT_MOST, "p")
    assert _status(when, {"visits": value}, p=threshold(6)) is UNKNOWN


def test_a_table_names_its_own_number_and_the_rest_go_by_the_general_one() -> None:
    """The value of the enum picks the number; an unknown value takes the general one."""
    when = FactCompares("visits", Comparison.AT_MOST, "p")
    by_region = threshold(6, table={"knee": 12}, by="region")
    regions: list[Value | None] = ["knee", "hip", UNDOCUMENTED, None]
    found = [
        _status(when, {"visits": 9} | ({"region": r} if r else {}), p=by_region) for r in regions
    ]
    assert found == [MET, UNMET, UNMET, UNMET]


def test_a_number_that_is_not_in_force_yet_leaves_the_criterion_unknown() -> None:
    """Before its first date a threshold cannot be kept or exceeded."""
    asked = topic([criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))])
    engine = ReferenceEngine()
    found = [
        engine.trace(asked, {"p": threshold(6)}, day, {"visits": 1}).statuses["within"]
        for day in (FIRST_DAY - timedelta(days=1), FIRST_DAY)
    ]
    assert found == [UNKNOWN, MET]


def test_a_requirement_that_is_unknown_is_unmet_but_can_be_mended() -> None:
    """The burden of documentation lies with the request."""
    verdict = ReferenceEngine().decide(topic([criterion("a", A)]), {}, FIRST_DAY, {})
    assert verdict.certainty is Certainty.UNDOCUMENTED


def test_a_bar_that_is_unknown_does_not_bar_yet_leaves_the_outcome_open() -> None:
    """What would rule the treatment out must be shown; until it is denied nothing is settled."""
    asked = topic([criterion("a", A), criterion("bar", B)], bars=[Bar("bar")])
    trace = ReferenceEngine().trace(asked, {}, FIRST_DAY, {"a": "yes"})
    assert (trace.verdict.certainty, trace.barred_by, trace.settled) == (Certainty.MET, (), False)


def test_an_exception_that_is_unknown_does_not_help() -> None:
    """Default before exception: only a documented exception lifts a requirement."""
    criteria = [criterion("a", A), criterion("b", B)]
    asked = topic(criteria, requires=Unless(Ref("a"), ("b",)))
    found = [
        ReferenceEngine().decide(asked, {}, FIRST_DAY, {"a": "no"} | more).certainty
        for more in ({}, {"b": "yes"}, {"b": "no"})
    ]
    assert found == [Certainty.UNDOCUMENTED, Certainty.MET, Certainty.BARRED]


def test_a_presumed_criterion_holds_in_silence_only() -> None:
    """Silence leaves it standing; "not documented" and denial do not."""
    asked = topic([criterion("a", A, presumed=True)])
    found = [
        ReferenceEngine().decide(asked, {}, FIRST_DAY, said).certainty
        for said in ({}, {"a": UNDOCUMENTED}, {"a": "no"})
    ]
    assert found == [Certainty.MET, Certainty.UNDOCUMENTED, Certainty.BARRED]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, Certainty.MET),
        ({"a": "yes"}, Certainty.MET),
        ({"a": "no"}, Certainty.UNDOCUMENTED),
        ({"a": UNDOCUMENTED}, Certainty.UNDOCUMENTED),
        ({"a": "no", "b": "yes"}, Certainty.MET),
        ({"a": "no", "b": "no"}, Certainty.BARRED),
    ],
)
def test_a_no_counts_for_no_more_than_what_is_undocumented(
    said: dict[str, str], expected: Certainty
) -> None:
    """One way of a presumed criterion denied, nobody presumes the other."""
    asked = topic([criterion("either", AnyOf((A, B)), presumed=True)])
    assert ReferenceEngine().decide(asked, {}, FIRST_DAY, said).certainty is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("one", Certainty.MET), ("two", Certainty.MET), ("three", Certainty.BARRED)],
)
def test_what_one_of_several_tests_asks_for_speaks_for_a_presumption(
    kind: str, expected: Certainty
) -> None:
    """Of a fact that several tests read, a value that any of them accepts is no denial."""
    kinds = AnyOf((FactIs("kind", ("one",)), FactIs("kind", ("two",))))
    asked = topic([criterion("both", AllOf((kinds, B)), presumed=True)])
    assert ReferenceEngine().decide(asked, {}, FIRST_DAY, {"kind": kind}).certainty is expected


def test_a_topic_reloaded_with_other_numbers_is_not_decided_by_the_old_ones() -> None:
    """The same topic asked with two sets of parameters keeps them apart."""
    asked = topic([criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))])
    engine = ReferenceEngine()
    found = [
        engine.trace(asked, {"p": threshold(number)}, FIRST_DAY, {"visits": 8}).statuses["within"]
        for number in (6, 12, 6)
    ]
    assert found == [UNMET, MET, UNMET]


def test_days_without_end_keep_little() -> None:
    """Ten thousand days, three stretches of numbers: three topics compiled."""
    values = ((date(2010, 1, 1), 6.0), (date(2015, 1, 1), 8.0))
    dated = Parameter("p", "visits", "p", "p", values)
    asked = topic([criterion("within", FactCompares("visits", Comparison.AT_MOST, "p"))])
    engine = ReferenceEngine()
    start = date(2000, 1, 1)
    parameters = {"p": dated}
    compiled = {
        id(engine.compiled(asked, parameters, start + timedelta(days=offset)))
        for offset in range(10_000)
    }
    assert len(compiled) == 3
