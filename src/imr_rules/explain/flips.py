"""What would flip a prediction: the smallest sets of facts whose documentation or change would.

The search is exact. Facts are tried in sets of growing size; a fact takes every value that the
topic can tell apart (each enum value, and for numbers one value in each stretch between
thresholds), so no set is missed. A set is kept only if no smaller part of it flips.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, product

from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.model import Certainty, Facts, Prediction
from imr_rules.engines.reference import CompiledTopic, compile_topic
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.guidelines.model import Parameter, Topic, thresholds_of
from imr_rules.knowledge import Knowledge

_LARGEST_SET = 4
"""Sets of more facts help nobody who has to gather the documents."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One smallest change: the facts with the values that would flip the prediction."""

    changes: tuple[tuple[str, Value], ...]
    cost: int
    """Documenting an unknown costs 1, changing what is known 10."""

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(fact for fact, _ in self.changes)


@dataclass(frozen=True, slots=True)
class Flips:
    """All smallest flips, cheapest first; *distance* is the size of the smallest, None of none."""

    distance: int | None
    flips: tuple[Flip, ...]

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of facts alone, each once."""
        return tuple(dict.fromkeys(flip.facts for flip in self.flips))


NO_FLIPS = Flips(None, ())


def flips_of(conclusion: Conclusion, knowledge: Knowledge) -> Flips:
    """Return what would flip *conclusion*."""
    if conclusion.governing is None:
        return NO_FLIPS
    return smallest_flips(
        conclusion.governing.topic,
        conclusion.governing.edition.parameters,
        conclusion.on,
        conclusion.sheet.values,
        knowledge.vocabulary,
    )


def smallest_flips(
    topic: Topic,
    parameters: Mapping[str, Parameter],
    on: date,
    facts: Facts,
    vocabulary: Vocabulary,
) -> Flips:
    """Return the smallest sets of changeable facts that flip the prediction on *facts*."""
    compiled = compile_topic(topic, parameters, on)
    verdict = compiled.decide(facts)
    free = {
        fact: values
        for fact in topic.facts
        if vocabulary[fact].changeable
        and (values := distinct_values(fact, topic, parameters, on, vocabulary, facts.get(fact)))
    }
    if verdict.certainty is Certainty.BARRED and not any(f in facts for f in free):
        return NO_FLIPS
    found: list[Flip] = []
    for size in range(1, min(_LARGEST_SET, len(free)) + 1):
        minimal = [set(flip.facts) for flip in found]
        for chosen in combinations(free, size):
            if any(smaller < set(chosen) for smaller in minimal):
                continue
            found.extend(_flips_with(chosen, free, facts, compiled, verdict.prediction))
        if found:
            break
    distance = min((len(flip.changes) for flip in found), default=None)
    return Flips(distance, tuple(sorted(found, key=lambda flip: (flip.cost, flip.changes[0][0]))))


def _flips_with(
    chosen: Sequence[str],
    free: Mapping[str, Sequence[Value]],
    facts: Facts,
    compiled: CompiledTopic,
    predicted: Prediction,
) -> Iterator[Flip]:
    for values in product(*(free[fact] for fact in chosen)):
        changed = {**facts, **dict(zip(chosen, values, strict=True))}
        if compiled.decide(changed).prediction is not predicted:
            cost = sum(1 if _is_open(facts.get(fact)) else 10 for fact in chosen)
            yield Flip(tuple(zip(chosen, values, strict=True)), cost)


def _is_open(value: Value | None) -> bool:
    return value is None or value == UNDOCUMENTED


def distinct_values(
    fact: str,
    topic: Topic,
    parameters: Mapping[str, Parameter],
    on: date,
    vocabulary: Vocabulary,
    present: Value | None,
) -> tuple[Value, ...]:
    """Return the values of *fact* that *topic* can tell apart, without the *present* one."""
    entry = vocabulary[fact]
    if entry.type is not FactType.NUMBER:
        return tuple(value for value in entry.known_values if value != present)
    limits = sorted(
        {
            number
            for criterion in topic.criteria.values()
            if fact in criterion.facts
            for name in thresholds_of(criterion.when)
            for dated in (parameters[name].values, *parameters[name].table.values())
            for start, number in dated
            if start <= on
        }
    )
    values: list[float] = []
    for limit in limits or [0.0]:
        values.extend((limit - 1, limit, limit + 1))
    return tuple(v for v in dict.fromkeys(values) if v >= 0 and v != present)
