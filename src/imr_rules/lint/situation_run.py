"""Situations → what differs from what their author expects, and what they exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from imr_rules.engines.model import Engine, Status, Trace
from imr_rules.guidelines.model import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Topic,
)
from imr_rules.guidelines.situations import Situation


@dataclass(frozen=True, slots=True)
class Difference:
    """One expectation that does not hold, of the prediction, the certainty or a criterion."""

    about: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class SituationRun:
    """A situation as an engine decides it; without *differences* it passed."""

    situation: Situation
    trace: Trace
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Unexercised:
    """A criterion that no situation of its topic brings into the state *never*."""

    topic: Topic
    criterion: str
    never: Status


def run_situation(situation: Situation, engine: Engine) -> SituationRun:
    """Decide *situation* with *engine* and compare with what its author expects."""
    trace = engine.trace(
        situation.topic, situation.edition.parameters, situation.on, situation.facts
    )
    return SituationRun(situation, trace, tuple(_differences(situation, trace)))


def _differences(situation: Situation, trace: Trace) -> Iterator[Difference]:
    prediction, certainty = trace.verdict.prediction.value, trace.verdict.certainty.value
    if prediction != situation.prediction:
        yield Difference("prediction", situation.prediction, prediction)
    if situation.certainty is not None and certainty != situation.certainty:
        yield Difference("certainty", situation.certainty, certainty)
    for criterion, expected in situation.criteria.items():
        actual = trace.statuses[criterion].value
        if actual != expected:
            yield Difference(criterion, expected, actual)


def unexercised(topics: Iterable[Topic], runs: Iterable[SituationRun]) -> Iterator[Unexercised]:
    """Yield the criteria of *topics* that the *runs* leave untried met or unmet.

    A condition that only asks whether a fact is known is never unmet; it is tried met and unknown.
    """
    seen = statuses_seen(runs)
    for topic in topics:
        for criterion in topic.criteria.values():
            for status in (Status.MET, Status.UNMET):
                tried = seen.get((topic.edition, topic.id, criterion.id), frozenset())
                if status not in tried and status in criterion_states(topic, criterion.id):
                    yield Unexercised(topic, criterion.id, status)


def criterion_states(topic: Topic, criterion: str) -> frozenset[Status]:
    """Return the states that *criterion* can be in at all, by the shape of its condition."""
    can_hold, can_fail = _possible(topic.criteria[criterion].when)
    states = {Status.UNKNOWN}
    if can_hold:
        states.add(Status.MET)
    if can_fail:
        states.add(Status.UNMET)
    return frozenset(states)


def statuses_seen(
    runs: Iterable[SituationRun],
) -> Mapping[tuple[str, str, str], frozenset[Status]]:
    """Return by edition, topic and criterion the states in which the *runs* show it."""
    seen: defaultdict[tuple[str, str, str], set[Status]] = defaultdict(set)
    for run in runs:
        topic = run.situation.topic
        for criterion, status in run.trace.statuses.items():
            seen[topic.edition, topic.id, criterion].add(status)
    return {key: frozenset(states) for key, states in seen.items()}


def _possible(condition: Condition) -> tuple[bool, bool]:
    """Return whether *condition* can hold, and whether it can fail, by its shape alone."""
    match condition:
        case FactKnown():
            return True, False
        case FactIs() | FactCompares():
            return True, True
        case Not(part=part):
            can_hold, can_fail = _possible(part)
            return can_fail, can_hold
        case AllOf(parts=parts):
            count, shapes = len(parts), [_possible(part) for part in parts]
        case AnyOf(parts=parts):
            count, shapes = 1, [_possible(part) for part in parts]
        case AtLeast(count=count, parts=parts):
            shapes = [_possible(part) for part in parts]
    return (
        sum(can_hold for can_hold, _ in shapes) >= count,
        sum(can_fail for _, can_fail in shapes) > len(shapes) - count,
    )
