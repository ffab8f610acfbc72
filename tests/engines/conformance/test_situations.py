"""Written situations with their whole trace, which every engine must give.

A new engine joins by a fixture of its name, named in ``tests/engines/conftest.py``.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imr_rules import strict_yaml
from imr_rules.engines.model import Certainty, Engine, Prediction, Status, Trace, Verdict
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.guidelines.load import load_library
from imr_rules.guidelines.model import Edition

_HERE = Path(__file__).parent
_SITUATIONS: list[dict[str, Any]] = strict_yaml.read(_HERE / "situations.yaml").data["situations"]
_VOCABULARY = load_vocabulary(_HERE / "rules")
_CATALOGUE: Any = SimpleNamespace(names={"massage"}, body_parts=(), phases=("initial",))


@pytest.fixture(scope="module")
def sample() -> Edition:
    """The sample edition."""
    return load_library(_HERE / "rules", _VOCABULARY, _CATALOGUE).editions["sample"]


def test_situations_were_collected() -> None:
    """The file holds situations, each with a name of its own."""
    names = [situation["name"] for situation in _SITUATIONS]
    assert len(names) >= 18
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("situation", _SITUATIONS, ids=lambda s: s["name"])
def test_every_engine_gives_the_written_trace(
    engine: Engine, sample: Edition, situation: dict[str, Any]
) -> None:
    """Verdict, statuses, what counts, open routes, bars and settledness are as written."""
    topic = sample.topics[situation["topic"]]
    facts = {fact: _VOCABULARY[fact].check(value) for fact, value in situation["facts"].items()}
    on = date.fromisoformat(situation.get("on", "2010-01-01"))
    expect = situation["expect"]
    assert engine.trace(topic, sample.parameters, on, facts) == Trace(
        verdict=_verdict(Certainty(expect["verdict"])),
        statuses={name: Status(expect["statuses"].get(name, "unknown")) for name in topic.criteria},
        counted=frozenset(expect["counted"]),
        routes={route.id: route.id in expect["open"] for route in topic.routes},
        barred_by=tuple(expect["barred_by"]),
        settled=expect["settled"] == "yes",
    )


def _verdict(certainty: Certainty) -> Verdict:
    overturned = certainty is Certainty.MET
    return Verdict(Prediction.OVERTURNED if overturned else Prediction.UPHELD, certainty)
