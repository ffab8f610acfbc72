"""Packs as authors write them: random YAML through the real loader, then through both engines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.engines.strategies import cases
from tests.engines.written_packs import load_written

from imr_rules.engines.durable import DurableEngine
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import Value
from imr_rules.guidelines.model import Parameter, Topic


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rules folder that every example overwrites."""
    return tmp_path_factory.mktemp("rules")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=cases())
def test_engines_agree_on_any_pack_the_loader_accepts(
    durable: DurableEngine,
    reference: ReferenceEngine,
    folder: Path,
    asked: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """A drawn pack survives being written as YAML, and as loaded decides the same in both."""
    topic, parameters, on, facts = asked
    edition = load_written(folder, topic, parameters).editions[topic.edition]
    loaded = edition.topics[topic.id]
    assert (loaded, edition.parameters) == (topic, parameters)
    trace = durable.trace(loaded, edition.parameters, on, facts)
    assert trace == reference.trace(loaded, edition.parameters, on, facts)
    assert trace == reference.trace(topic, parameters, on, facts)
