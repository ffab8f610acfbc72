"""The vocabulary checks values and merges what one reading says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import (
    ImpossibleValueError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
)
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import FactType, load_vocabulary

VOCABULARY = load_vocabulary(rules_folder())


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("pain_reduction", "maybe"),
        ("pain_reduction", True),
        ("neuro_deficit_objective", "yes"),
        ("pain_severity", "eight"),
        ("pain_severity", float("nan")),
        ("pain_severity", float("inf")),
        ("pain_severity", 10**15),
        ("pain_severity", 10**400),
        ("pain_severity", True),
    ],
)
def test_a_value_of_another_kind_is_refused(fact: str, value: Any) -> None:
    """Only the fact's own values, plain numbers and "undocumented" pass."""
    with pytest.raises(WrongTypeError):
        VOCABULARY[fact].check(value)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("age_years", -1),
        ("pain_severity", 10.5),
        ("pain_reduction_percent", 101),
        ("conservative_care_weeks", -6),
    ],
)
def test_a_number_that_cannot_be_is_refused(fact: str, value: float) -> None:
    """What lies outside the bounds of the fact is a slip, and the remedy names the bounds."""
    assert not VOCABULARY[fact].can_be(value)
    with pytest.raises(ImpossibleValueError) as caught:
        VOCABULARY[fact].check(value)
    assert "Give a number from 0 to" in caught.value.hint


def test_every_number_is_bounded() -> None:
    """None can be beyond all reason, and only the days since an operation can be negative."""
    numbers = [f for f in VOCABULARY.values() if f.type is FactType.NUMBER]
    assert len(numbers) >= 15
    assert [] == [f.id for f in numbers if f.maximum is None]
    assert ["days_since_surgery"] == [f.id for f in numbers if f.minimum is None]


def test_an_unknown_fact_is_answered_with_the_nearest() -> None:
    """The error is also a LookupError, so that callers may treat it as one."""
    with pytest.raises(UnknownNameError, match="pain_reduction") as caught:
        VOCABULARY["pain_reducton"]
    assert isinstance(caught.value, LookupError)


@pytest.mark.parametrize(
    ("fact", "said", "merged"),
    [
        ("nsaid_risk_factor", ["gi", "cardiorenal"], "both"),
        ("nsaid_risk_factor", ["cardiorenal", "none"], "cardiorenal"),
        ("cures_checked", ["yes", "undocumented"], "yes"),
        ("cures_checked", ["undocumented", "undocumented"], "undocumented"),
        ("cures_checked", ["yes", "no"], "no"),
        ("prior_units_completed", [4, 6, "undocumented"], 6),
        ("neuro_deficit_objective", ["unequivocal", "none", "equivocal"], "unequivocal"),
    ],
)
def test_several_statements_become_one_value(fact: str, said: list[Value], merged: Value) -> None:
    """The rule that the vocabulary declares for the fact decides."""
    assert merged == VOCABULARY[fact].merged(said)


def test_every_fact_asks_a_question_and_says_what_documents_it() -> None:
    """A checklist can be made of any fact."""
    lacking = [f.id for f in VOCABULARY.values() if not f.question or not f.documentation]
    assert [] == lacking


def test_what_is_made_up_of_parts_is_told_by_its_parts() -> None:
    """The statements that prove a joint value are those of its parts and its own."""
    fact = VOCABULARY["nsaid_risk_factor"]
    assert fact.told_by("both") == ("both", "gi", "cardiorenal")
    assert fact.told_by("gi") == ("gi",)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("type: yes_no, merge: highest", "only numbers are merged by the highest of them."),
        ("type: enum, values: [a, b], merge: lowest", "only numbers are merged by the lowest"),
        ("type: number, unit: days, merge: strongest", "of numbers none is the strongest."),
    ],
)
def test_a_merge_that_the_values_have_no_order_for_is_refused(
    tmp_path: Path, entry: str, words: str
) -> None:
    """The largest of yes and no, or the strongest of numbers, ends in a message with its line."""
    path = tmp_path / "vocabulary" / "facts.yaml"
    path.parent.mkdir()
    path.write_text(f"facts:\n  - {{id: a, scope: item, question: A?, {entry}}}\n")
    with pytest.raises(PackErrors) as caught:
        load_vocabulary(tmp_path)
    assert f"{path}:2:5: error[wrong-type]: facts.0: {words}" in str(caught.value)
