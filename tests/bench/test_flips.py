"""How long it takes to find what would flip a prediction, its topic not compiled yet.

``make bench`` prints it and holds every single call to the budget; ``tests/explain`` holds the same
calls to a loose multiple of it, so that a busy machine fails no test. What other programs on the
machine take is not counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import process_time
from typing import Any, TypeVar

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.flips import flips_of, reasons_core, smallest_flips
from imr_rules.explain.hinges import hinges_of
from imr_rules.facts.model import Basis
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.knowledge import load_knowledge

BUDGET_MS = 20
ROUNDS = 3

T = TypeVar("T")


def as_new(conclusion: Conclusion) -> Conclusion:
    """Return *conclusion* under a copy of its topic, which nothing has been compiled for yet."""
    assert conclusion.governing is not None
    topic = replace(conclusion.governing.topic)
    return replace(conclusion, governing=replace(conclusion.governing, topic=topic))


def held_to_budget(
    benchmark: Any,
    what: str,
    asked: Sequence[T],
    prepare: Callable[[T], T],
    find: Callable[[T], Any],
) -> None:
    """Time *find* on each of *asked*, as *prepare* makes it new; the best round of each counts."""
    best = [float("inf")] * len(asked)

    def every_one() -> None:
        for index, one in enumerate(asked):
            new = prepare(one)
            start = process_time()
            find(new)
            best[index] = min(best[index], 1000 * (process_time() - start))

    benchmark.pedantic(every_one, rounds=ROUNDS)
    times = sorted(best)
    p50, p99, most = times[len(times) // 2], times[len(times) * 99 // 100], times[-1]
    benchmark.extra_info.update(calls=len(times), p50_ms=p50, p99_ms=p99, max_ms=most)
    print(f"\n{what}: {len(times)} calls, p50 {p50:.2f}, p99 {p99:.2f}, max {most:.2f} ms")
    assert most <= BUDGET_MS


def shipped_conclusions() -> list[Conclusion]:
    """Return the conclusion on every item of ``cases/`` on both bases, if a topic governs it."""
    knowledge, engine = load_knowledge(), ReferenceEngine()
    return [
        conclusion
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for basis in Basis
        for conclusion in evaluate_case(entry.case, basis, knowledge, engine)
        if conclusion.governing is not None
    ]


def test_flips_of_every_item_of_the_cases(benchmark: Any) -> None:
    """Both bases, compiling the topic included."""
    knowledge = load_knowledge()
    asked = shipped_conclusions()
    held_to_budget(benchmark, "flips of cases", asked, as_new, lambda c: flips_of(c, knowledge))


def test_hinges_of_every_item_of_the_cases(benchmark: Any) -> None:
    """What a preview shows: every flip held against the whole case and put into words."""
    knowledge, engine = load_knowledge(), ReferenceEngine()
    asked = shipped_conclusions()
    held_to_budget(
        benchmark, "hinges of cases", asked, as_new, lambda c: hinges_of(c, knowledge, engine)
    )


def test_what_holds_every_item_of_the_cases(benchmark: Any) -> None:
    """The fewest facts that alone hold the prediction."""
    knowledge = load_knowledge()

    def core(conclusion: Conclusion) -> None:
        assert conclusion.governing is not None
        reasons_core(
            conclusion.governing.topic,
            conclusion.governing.edition.parameters,
            conclusion.on,
            conclusion.sheet.values,
            knowledge.vocabulary,
        )

    held_to_budget(benchmark, "reasons of cases", shipped_conclusions(), as_new, core)


def test_flips_of_every_topic_from_an_empty_record(benchmark: Any) -> None:
    """Every topic that ships, on the first day it is in force, nothing known."""
    knowledge = load_knowledge()
    asked = [
        (edition, topic)
        for edition in knowledge.library.editions.values()
        for topic in edition.topics.values()
    ]

    def find(pair: tuple[Edition, Topic]) -> None:
        edition, topic = pair
        day, _ = days_in_force(edition, topic)
        smallest_flips(topic, edition.parameters, day, {}, knowledge.vocabulary)

    held_to_budget(
        benchmark, "flips of topics", asked, lambda pair: (pair[0], replace(pair[1])), find
    )
