"""Which engine decides, and what happens where two engines differ or one is missing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from tests.engines.conftest import needs_durable
from tests.engines.sample_topics import criterion, topic
from tests.engines.strategies import FIRST_DAY

from imr_rules.engines.checked import CheckedEngine
from imr_rules.engines.choose import default_engine, engine_named
from imr_rules.engines.durable import durable_available
from imr_rules.engines.model import Facts, Trace
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import EngineDisagreementError, MissingExtraError, UnknownNameError
from imr_rules.guidelines.model import FactIs, Parameter, Topic

ASKED = topic([criterion("flare", FactIs("flare", ("yes",)))])


class _Mistaken:
    """An engine that never finds an outcome settled."""

    name = "mistaken"

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        return replace(ReferenceEngine().trace(topic, parameters, on, facts), settled=False)


def test_two_engines_that_agree_answer_as_one() -> None:
    """A checked engine gives the common trace, under the name of the engine that is checked."""
    engine = CheckedEngine(_Mistaken(), ReferenceEngine())
    expected = ReferenceEngine().trace(ASKED, {}, FIRST_DAY, {})
    assert (engine.name, engine.trace(ASKED, {}, FIRST_DAY, {})) == ("mistaken", expected)


def test_engines_that_differ_are_both_named_and_nothing_is_concluded() -> None:
    """The error tells the engines, the topic, the day and every field that differs."""
    engine = CheckedEngine(_Mistaken(), ReferenceEngine())
    with pytest.raises(EngineDisagreementError) as caught:
        engine.trace(ASKED, {}, FIRST_DAY, {"flare": "yes"})
    assert caught.value.message == (
        "engines 'mistaken' and 'reference' conclude differently on topic 'sample' of 'sample' "
        "as of 2009-07-18: settled False against True."
    )


@needs_durable
def test_the_default_is_forward_chaining_without_a_note() -> None:
    """Where durable-rules is installed nothing needs to be said."""
    engine, note = default_engine()
    assert (engine.name, note) == ("durable", "")


def test_without_durable_rules_the_reference_engine_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An import that fails, as on Python 3.13, costs one line and no conclusion."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    assert not durable_available()
    engine, note = engine_named(None)
    trace = engine.trace(ASKED, {}, FIRST_DAY, {"flare": "yes"})
    assert engine.name == "reference"
    assert "durable-rules is not installed" in note
    assert "\n" not in note
    assert trace == ReferenceEngine().trace(ASKED, {}, FIRST_DAY, {"flare": "yes"})


def test_durable_asked_for_by_name_is_not_silently_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who names an engine gets that engine or an error with the remedy."""
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(MissingExtraError) as caught:
        engine_named("durable")
    assert "--engine reference" in caught.value.hint


def test_the_reference_engine_can_be_asked_for() -> None:
    """By name it comes alone and without a note."""
    engine, note = engine_named("reference")
    assert (engine.name, note) == ("reference", "")


def test_an_unknown_engine_suggests_the_nearest() -> None:
    """A slip of the pen is met with the name that was meant."""
    with pytest.raises(UnknownNameError) as caught:
        engine_named("durabel")
    assert caught.value.suggestions == ["durable"]
