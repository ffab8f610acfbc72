"""What nothing uses, and what no situation tries."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from imr_rules import strict_yaml
from imr_rules.engines.model import Engine
from imr_rules.engines.thresholds import limit_on, number_of
from imr_rules.errors import Location
from imr_rules.facts.derive import facts_behind
from imr_rules.facts.model import Value
from imr_rules.guidelines.model import Comparison, Edition, FactCompares, Topic, leaves_of
from imr_rules.guidelines.situations import Situation, first_day, situations_path
from imr_rules.knowledge import Knowledge
from imr_rules.lint.model import Example, Kind, Level, LintFinding
from imr_rules.lint.situation_run import SituationRun, unexercised

_REACHES_UP = (Comparison.AT_MOST, Comparison.MORE_THAN)
"""Comparisons whose answer changes just above the threshold; the others change just below."""


_ASKS_FOR_MORE = re.compile(
    r"(?:(?:at|by|for|from|in|of|on|to|with) )?(?:how|what|when|where|which|who|whose|why)\b",
    re.IGNORECASE,
)
"""How a question begins that yes and no do not answer."""


def open_questions(edition: Edition, topic: Topic) -> Iterator[LintFinding]:
    """Yield the criteria of *topic* whose question the boxes of a checklist cannot answer."""
    for criterion in topic.criteria.values():
        if _ASKS_FOR_MORE.match(criterion.question):
            yield LintFinding(
                Kind.OPEN_QUESTION,
                Level.WARNING,
                f"{edition.id}/{topic.id}",
                f"the question of {criterion.id!r} cannot be answered with yes or no, as a "
                f"checklist offers: {criterion.question} Ask whether the statement holds: "
                f"{criterion.statement}",
                _criterion_place(topic, criterion.id),
            )


def unused_facts(knowledge: Knowledge) -> Iterator[LintFinding]:
    """Yield the facts of the vocabulary on which no criterion, threshold or other fact rests."""
    used = {fact for topic in knowledge.library.topics() for fact in topic.facts}
    for edition in knowledge.library.editions.values():
        used.update(parameter.by for parameter in edition.parameters.values() if parameter.by)
    for way in knowledge.derivations.values():
        used.update(facts_behind(way))
    for fact in knowledge.vocabulary:
        if fact not in used:
            yield LintFinding(
                Kind.UNUSED_FACT, Level.INFO, fact, f"no criterion reads the fact {fact!r}."
            )


def unused_parameters(edition: Edition) -> Iterator[LintFinding]:
    """Yield the parameters of *edition* that no criterion names."""
    used = {name for topic in edition.topics.values() for name in topic.thresholds}
    for name in edition.parameters:
        if name not in used:
            yield LintFinding(
                Kind.UNUSED_PARAMETER,
                Level.WARNING,
                f"{edition.id}/{name}",
                f"no criterion names the parameter {name!r}.",
                _parameter_place(edition, name),
            )


def _parameter_place(edition: Edition, name: str) -> Location | None:
    topic = next((t for t in edition.topics.values() if t.at), None)
    if topic is None or topic.at is None:
        return None
    folder = next(p for p in Path(topic.at.path).parents if p.name == edition.id)
    for path in sorted((folder / "parameters").glob("*.yaml")):
        document = strict_yaml.read(path)
        if name in document.data:
            return document.at(name)
    return None


def situation_findings(
    topics: Iterable[tuple[Edition, Topic]], runs: Sequence[SituationRun], engine: Engine
) -> Iterator[LintFinding]:
    """Yield the topics without situations, and the criteria and thresholds they do not try."""
    by_topic: defaultdict[tuple[str, str], list[SituationRun]] = defaultdict(list)
    for run in runs:
        by_topic[run.situation.edition.id, run.situation.topic.id].append(run)
    for edition, topic in topics:
        own = by_topic[edition.id, topic.id]
        name = f"{edition.id}/{topic.id}"
        if not own:
            message = f"has no situations; {situations_path(topic)} is where they belong."
            yield LintFinding(Kind.NO_SITUATIONS, Level.WARNING, name, message, topic.at)
            continue
        for gap in unexercised((topic,), own):
            message = f"no situation has {gap.criterion!r} {gap.never.value}."
            at = _criterion_place(topic, gap.criterion)
            yield LintFinding(Kind.UNTRIED_CRITERION, Level.WARNING, name, message, at)
        yield from _untried_thresholds(edition, topic, [run.situation for run in own], engine)


def _criterion_place(topic: Topic, criterion: str) -> Location | None:
    if topic.at is None:
        return None
    return strict_yaml.read(Path(topic.at.path)).at("criteria", criterion)


def _untried_thresholds(
    edition: Edition, topic: Topic, situations: Sequence[Situation], engine: Engine
) -> Iterator[LintFinding]:
    """Yield the thresholds that no pair of situations tries at the number and just beyond it."""
    for criterion in topic.criteria.values():
        for leaf in dict.fromkeys(leaves_of(criterion.when)):
            if not isinstance(leaf, FactCompares):
                continue
            limits = _limits(edition, leaf, situations, topic)
            tried = [_number(situation, leaf.fact) for situation in situations]
            missing = [_missing_values(leaf.comparison, limit, tried) for limit in limits]
            if not missing or any(not values for values in missing):
                continue
            number, values = limits[0], missing[0]
            value = values[0]
            where = "at the threshold" if value == number else "just beyond the threshold"
            yield LintFinding(
                Kind.UNTRIED_THRESHOLD,
                Level.WARNING,
                f"{edition.id}/{topic.id}",
                f"no situation has {leaf.fact} {where} of {criterion.id!r}, "
                f"{leaf.comparison.value.replace('_', ' ')} {number:g} ({leaf.threshold}).",
                _criterion_place(topic, criterion.id),
                _boundary_example(edition, topic, leaf, value, situations, engine),
            )


def _limits(
    edition: Edition, leaf: FactCompares, situations: Sequence[Situation], topic: Topic
) -> list[float]:
    """Return the numbers the threshold can be on the days that situations speak of."""
    days = {first_day(edition, topic), *(situation.on for situation in situations)}
    parameter = edition.parameters[leaf.threshold]
    numbers = (n for day in sorted(days) for n in limit_on(parameter, day).numbers)
    return list(dict.fromkeys(numbers))


def _number(situation: Situation, fact: str) -> float | None:
    return number_of(situation.facts.get(fact))


def _missing_values(
    comparison: Comparison, limit: float, tried: Sequence[float | None]
) -> list[float]:
    """Return the numbers that still have to be tried: the limit, and one just beyond it."""
    step = 1.0 if comparison in _REACHES_UP else -1.0
    missing = [] if limit in tried else [limit]
    # Numbers below none are no boundary anybody can be at.
    if limit + step >= 0 and not any(
        number is not None and 0 < (number - limit) * step <= 1 for number in tried
    ):
        missing.append(limit + step)
    return missing


def _boundary_example(
    edition: Edition,
    topic: Topic,
    leaf: FactCompares,
    value: float,
    situations: Sequence[Situation],
    engine: Engine,
) -> Example:
    """Return a situation at the boundary, made of the first one that states the number."""
    near = next((s for s in situations if _number(s, leaf.fact) is not None), situations[0])
    number: Value = int(value) if value.is_integer() else value
    facts: Mapping[str, Value] = {**near.facts, leaf.fact: number}
    return example_of(
        f"At {number} the threshold {leaf.threshold} decides.",
        edition, topic, near.on, facts, engine,
    )  # fmt: skip


def example_of(
    name: str,
    edition: Edition,
    topic: Topic,
    on: date,
    facts: Mapping[str, Value],
    engine: Engine,
) -> Example:
    """Return *facts* as a pack test that says what the rules conclude as they stand."""
    verdict = engine.trace(topic, edition.parameters, on, facts).verdict
    return Example(name, facts, on, verdict.prediction.value, verdict.certainty.value)
