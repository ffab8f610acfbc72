"""How many disputed items an engine decides in a second, on the packs that ship.

The floors are the targets of the design; ``make bench`` prints what is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import Any

import pytest

from imr_rules.engines.checked import CheckedEngine
from imr_rules.engines.durable import DurableEngine, durable_available
from imr_rules.engines.model import Facts
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.knowledge import Knowledge, load_knowledge

Asked = tuple[Topic, Mapping[str, Parameter], date, Facts]
SHEETS_PER_TOPIC = 10


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Fact sheets for every topic that ships, two facts in five known, always the same."""
    knowledge = load_knowledge()
    random = Random(8)
    found: list[Asked] = []
    for edition in knowledge.library.editions.values():
        for topic in edition.topics.values():
            first_day, _ = days_in_force(edition, topic)
            for _ in range(SHEETS_PER_TOPIC):
                sheet = _sheet(topic, knowledge, random)
                found.append((topic, edition.parameters, first_day, sheet))
    return found


def _sheet(topic: Topic, knowledge: Knowledge, random: Random) -> dict[str, Value]:
    sheet: dict[str, Value] = {}
    for fact in topic.facts:
        if random.random() < 0.6:
            continue
        values: list[Value] = list(knowledge.vocabulary[fact].known_values) or [1, 3, 5.5, 12, 90]
        sheet[fact] = random.choice([*values, UNDOCUMENTED])
    return sheet


def _durable() -> DurableEngine:
    if not durable_available():
        pytest.skip("durable-rules is not installed (Python 3.13 and later)")
    return DurableEngine(most_networks=100_000)


@pytest.mark.parametrize(
    ("floor", "make"),
    [
        pytest.param(20_000, lambda: ReferenceEngine().trace, id="reference-trace"),
        pytest.param(100_000, lambda: ReferenceEngine().decide, id="reference-decide"),
        pytest.param(5_000, lambda: _durable().trace, id="durable-trace"),
        pytest.param(5_000, lambda: _durable().decide, id="durable-decide"),
        pytest.param(
            5_000, lambda: CheckedEngine(_durable(), ReferenceEngine()).trace, id="checked-trace"
        ),
    ],
)
def test_items_decided_in_a_second(
    benchmark: Any, asked: list[Asked], floor: int, make: Callable[[], Callable[..., Any]]
) -> None:
    """Each engine keeps the pace the design sets for it, once its topics are compiled."""
    decide = make()

    def every_item() -> None:
        for item in asked:
            decide(*item)

    every_item()
    benchmark.pedantic(every_item, rounds=5)
    per_second = len(asked) / benchmark.stats.stats.min
    benchmark.extra_info["items"] = len(asked)
    benchmark.extra_info["items_per_second"] = round(per_second)
    print(f"\n{len(asked)} items, {per_second:,.0f} a second (target {floor:,})")
    assert per_second >= floor


def test_compiling_every_topic(benchmark: Any, asked: list[Asked]) -> None:
    """The first item of a topic pays for its rules; ten milliseconds a topic is the most."""
    first = asked[::SHEETS_PER_TOPIC]

    def compile_all() -> None:
        engine = _durable()
        for item in first:
            engine.decide(*item)
        engine.close()

    benchmark.pedantic(compile_all, rounds=2)
    per_topic_ms = 1000 * benchmark.stats.stats.min / len(first)
    print(f"\n{len(first)} topics, {per_topic_ms:.1f} ms each")
    assert per_topic_ms < 10
