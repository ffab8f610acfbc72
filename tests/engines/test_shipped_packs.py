"""Every topic that ships, on fact sheets drawn from its own facts."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from tests.engines.conftest import needs_durable

from imr_rules.engines.durable import DurableEngine
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge, load_knowledge

SHEETS_PER_TOPIC = 12


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@needs_durable
def test_both_engines_give_the_same_trace_on_every_topic_that_ships(knowledge: Knowledge) -> None:
    """Numbers lie on and beside the topic's own thresholds; each edition has its own days."""
    random = Random(11)
    durable, reference = DurableEngine(most_networks=64), ReferenceEngine()
    decided = 0
    for edition in knowledge.library.editions.values():
        for topic in edition.topics.values():
            first_day, last_day = days_in_force(edition, topic)
            numbers = [
                number
                for name in topic.thresholds
                for dated in (
                    edition.parameters[name].values,
                    *edition.parameters[name].table.values(),
                )
                for _, number in dated
            ]
            for _ in range(SHEETS_PER_TOPIC):
                days = min((last_day - first_day).days, 5_000)
                on = first_day + timedelta(days=random.randrange(days))
                sheet = _sheet(topic, knowledge, numbers, random)
                trace = durable.trace(topic, edition.parameters, on, sheet)
                assert trace == reference.trace(topic, edition.parameters, on, sheet)
                decided += 1
    durable.close()
    assert decided >= 100 * SHEETS_PER_TOPIC


def _sheet(
    topic: Topic, knowledge: Knowledge, numbers: list[float], random: Random
) -> dict[str, Value]:
    known = random.random()
    sheet: dict[str, Value] = {}
    for fact in topic.facts:
        if random.random() > known:
            continue
        entry = knowledge.vocabulary[fact]
        values: list[Value] = list(entry.known_values)
        if entry.type is FactType.NUMBER:
            number = random.choice(numbers or [1.0])
            values = [number, number + 1, number - 0.5]
        sheet[fact] = random.choice([*values, *values, UNDOCUMENTED])
    return sheet
