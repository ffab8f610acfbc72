"""The ways of ``ways.yaml`` of calling a thing missing or there, over what facts are about."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from test_phrases import Phrase, stated

from imr_rules.facts.model import Section
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.strict_yaml import read

GRID = read(Path(__file__).parent / "ways.yaml").data
MEANS = {"missing": "undocumented", "affirmed": "yes", "denied": "no"}
THINGS = {"": "things", "that": "clauses", "finding": "findings", "outcome": "outcomes"}
EVERY = 11
"""Every how many of the combinations are read; no divisor of the number of things."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def test_ways_of_calling_things_missing_or_there(knowledge: Knowledge) -> None:
    """The share that is read right is the one required, whatever the wording and the thing."""
    wrong = [phrase for phrase in _phrases() if stated(phrase, knowledge) != phrase.expect]
    total = sum(1 for _ in _phrases())
    assert 1 - len(wrong) / total >= float(GRID["required"]), [(p.say, p.fact) for p in wrong]


def _phrases() -> Iterator[Phrase]:
    """Pair ways with things; each way meets things of many facts."""
    pairs = chain.from_iterable(
        _pairs(kind, way) for kind, ways in GRID["ways"].items() for way in ways
    )
    for number, phrase in enumerate(pairs):
        if number % EVERY == 0:
            yield phrase


def _pairs(kind: str, way: str) -> Iterator[Phrase]:
    means, _, of = kind.partition("_")
    for concept in GRID["concepts"]:
        if concept.get("only_missing") and means != "missing":
            continue
        for thing in concept.get(THINGS[of], ()):
            say = way.replace("X", thing)
            say = say[0].upper() + say[1:]
            expect = concept.get(means, MEANS[means])
            fact, title = concept["fact"], concept["title"]
            yield Phrase(fact, Section.RATIONALE, title, say, expect, held=False)
