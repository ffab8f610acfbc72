"""The smallest flips are exactly those that trying everything finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise, product
from time import process_time

import pytest
from hypothesis import given, settings
from tests.engines import sample_topics, strategies
from tests.engines.strategies import FIRST_DAY

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Facts
from imr_rules.engines.reference import CompiledTopic, ReferenceEngine, compile_topic
from imr_rules.engines.thresholds import limits_on
from imr_rules.explain.flips import (
    CORRECTION_COST,
    Flips,
    Price,
    flips_of,
    reasons_core,
    smallest_flips,
)
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import AllOf, AnyReq, FactIs, Parameter, Ref, Topic
from imr_rules.knowledge import load_knowledge

VOCABULARY = strategies.vocabulary()
LARGEST_TRIED = 3


def values_to_try(
    topic: Topic, parameters: Mapping[str, Parameter], on: date, vocabulary: Vocabulary
) -> dict[str, list[Value]]:
    """By fact that the outcome can depend on: every word, and numbers all around each limit."""
    limits = limits_on(topic, parameters, on)
    numbers = {
        number
        for limit in limits.values()
        for number in (limit.default, *(n for _, n in limit.table))
        if number is not None
    }
    points = sorted({0.0, *(number for number in numbers if number >= 0)})
    between = [(a + b) / 2 for a, b in pairwise(points)]
    around: list[Value] = [*points, *between, points[-1] * 2 + 1]
    read = dict.fromkeys((*topic.facts, *(limit.by for limit in limits.values() if limit.by)))
    return {
        fact: around
        if vocabulary[fact].type is FactType.NUMBER
        else list(vocabulary[fact].known_values)
        for fact in read
        if vocabulary[fact].changeable
    }


def flipping_sets(
    compiled: CompiledTopic, facts: Facts, values: Mapping[str, list[Value]], size: int
) -> Iterator[tuple[str, ...]]:
    """Yield every set of *size* facts of which some values flip the prediction on *facts*."""
    predicted = compiled.decide(facts).prediction
    for chosen in combinations(values, size):
        if any(
            compiled.decide({**facts, **dict(zip(chosen, tried, strict=True))}).prediction
            is not predicted
            for tried in product(*(values[fact] for fact in chosen))
        ):
            yield chosen


def price_of(changed: Iterable[str], facts: Facts) -> Price:
    """Return how many of *changed* are known and would be corrected, and how many are open."""
    known = [facts.get(fact) not in (None, UNDOCUMENTED) for fact in changed]
    return Price(known.count(True), known.count(False))


def beats(price: Price, other: Price) -> bool:
    """Whether *price* asks for no more than *other* of either kind, and for less of one."""
    return price != other and all(a <= b for a, b in zip(price, other, strict=True))


def check_against_trying(
    flips: Flips, compiled: CompiledTopic, facts: Facts, values: Mapping[str, list[Value]]
) -> None:
    predicted = compiled.decide(facts).prediction
    for flip in flips.flips:
        assert compiled.decide({**facts, **dict(flip.changes)}).prediction is not predicted
        assert flip.price == price_of(flip.facts, facts)
        assert flip.cost == flip.price.documents + CORRECTION_COST * flip.price.corrections
    assert list(flips.flips) == sorted(flips.flips, key=lambda flip: flip.cost)
    assert flips.distance == min((len(flip.facts) for flip in flips.flips), default=None)
    tried = {
        frozenset(found): price_of(found, facts)
        for size in range(1, min(LARGEST_TRIED, len(values)) + 1)
        for found in flipping_sets(compiled, facts, values, size)
    }
    unbeaten = {
        found
        for found, price in tried.items()
        if not any(beats(other, price) for other in tried.values())
    }
    # A set that beats another is no larger than it: what was not tried cannot beat what was.
    assert unbeaten == {frozenset(s) for s in flips.sets if len(s) <= LARGEST_TRIED}
    for flip in flips.flips:
        assert len(flip.facts) <= len(values)
        assert not any(beats(other, flip.price) for other in tried.values())


@settings(max_examples=150, deadline=None)
@given(strategies.cases(most_criteria=4, widest=2))
def test_flips_are_those_that_trying_everything_finds(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """On any pack and sheet: the same sets, all that no other beats, and every flip does flip."""
    topic, parameters, on, facts = case
    compiled = compile_topic(topic, parameters, on)
    values = values_to_try(topic, parameters, on, VOCABULARY)
    flips = smallest_flips(topic, parameters, on, facts, VOCABULARY)
    check_against_trying(flips, compiled, facts, values)


@settings(max_examples=150, deadline=None)
@given(strategies.cases(most_criteria=4, widest=2))
def test_the_core_is_the_smallest_sheet_that_ends_alike(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """The core alone gives the prediction, and no smaller part of the sheet does."""
    topic, parameters, on, facts = case
    compiled = compile_topic(topic, parameters, on)
    predicted = compiled.decide(facts).prediction
    core = reasons_core(topic, parameters, on, facts, VOCABULARY)
    assert compiled.decide({fact: facts[fact] for fact in core}).prediction is predicted
    for size in range(len(core)):
        for chosen in combinations(facts, size):
            assert compiled.decide({f: facts[f] for f in chosen}).prediction is not predicted


def shipped_conclusions() -> list[Conclusion]:
    knowledge, engine = load_knowledge(), ReferenceEngine()
    return [
        conclusion
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for basis in Basis
        for conclusion in evaluate_case(entry.case, basis, knowledge, engine)
        if conclusion.governing is not None
    ]


CONCLUSIONS = shipped_conclusions()


def test_conclusions_on_shipped_cases_are_found() -> None:
    """Collecting nothing would pass everything."""
    assert len(CONCLUSIONS) > 300


@pytest.mark.parametrize("conclusion", CONCLUSIONS, ids=lambda c: f"{c.case.case_number}")
def test_flips_of_shipped_cases_are_those_that_trying_everything_finds(
    conclusion: Conclusion,
) -> None:
    """Of every item of the cases that ship, on both bases, its parent as it was decided.

    What follows from other facts is left to follow.
    """
    conclusion = replace(conclusion, parent=None)
    governing = conclusion.governing
    assert governing is not None
    topic, parameters = governing.topic, governing.edition.parameters
    knowledge = load_knowledge()
    compiled = compile_topic(topic, parameters, conclusion.on)
    every = values_to_try(topic, parameters, conclusion.on, knowledge.vocabulary)
    values = {name: tried for name, tried in every.items() if name not in conclusion.sheet.follows}
    check_against_trying(flips_of(conclusion, knowledge), compiled, conclusion.sheet.values, values)


BUDGET_S = 0.020
LOOSELY_S = 5 * BUDGET_S
"""A busy machine fails no test; ``tests/bench/test_flips.py`` holds every call to the budget."""


def seconds(topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts) -> float:
    """Return how long the flips take where nothing is compiled yet, the better of two tries."""
    times: list[float] = []
    for _ in range(2):
        new = replace(topic)
        start = process_time()
        smallest_flips(new, parameters, on, facts, load_knowledge().vocabulary)
        times.append(process_time() - start)
    return min(times)


def test_flips_are_found_at_once() -> None:
    """On every item of the cases, both bases, and on every topic from an empty record."""
    asked: list[tuple[Topic, Mapping[str, Parameter], date, Facts]] = [
        (c.governing.topic, c.governing.edition.parameters, c.on, c.sheet.values)
        for c in CONCLUSIONS
        if c.governing is not None
    ]
    for edition in load_knowledge().library.editions.values():
        for topic in edition.topics.values():
            asked.append((topic, edition.parameters, days_in_force(edition, topic)[0], {}))
    assert len(asked) > 700
    slow = [item[0].id for item in asked if seconds(*item) > LOOSELY_S]
    assert [] == slow


def test_documents_stand_beside_the_fewer_corrections_that_do_as_well() -> None:
    """Of three documents, one correction, and a correction with a document, two are shown.

    A way that asks for more of one kind and no less of the other is left out.
    """
    wanted = {
        "corrected": ["y0"],
        "documented": ["y1", "y2", "e0"],
        "mixed": ["y3", "y4"],
        "beaten": ["y0", "y5"],
    }
    criteria = [
        sample_topics.criterion(name, AllOf(tuple(FactIs(fact, ("left", "yes")) for fact in facts)))
        for name, facts in wanted.items()
    ]
    sample = sample_topics.topic(criteria, requires=AnyReq(tuple(Ref(name) for name in wanted)))
    known: dict[str, Value] = {"y0": "no", "y3": "no"}
    flips = smallest_flips(sample, {}, FIRST_DAY, known, VOCABULARY)
    assert [{"y1", "y2", "e0"}, {"y0"}] == [set(found) for found in flips.sets]
    assert [(0, 3), (1, 0)] == [tuple(flip.price) for flip in flips.flips]
    assert 1 == flips.distance
    without = smallest_flips(sample, {}, FIRST_DAY, known, VOCABULARY, fixed=["y0"])
    assert [(0, 3), (1, 1)] == [tuple(flip.price) for flip in without.flips]
