"""Trace → reasons: which criteria decided, and on what words."""

from __future__ import annotations

from collections.abc import Iterable

from imr_rules.cases.evaluate import Conclusion
from imr_rules.cases.fact_sheet import known_values
from imr_rules.engines.model import Prediction, Status, Trace
from imr_rules.explain.model import FactShown, Reason
from imr_rules.facts.model import FactSheet
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Ref,
    Requirement,
    Route,
    Topic,
    Unless,
)


def reasons_for(conclusion: Conclusion) -> tuple[Reason, ...]:
    """Return every criterion of the governing topic, the decisive ones first."""
    if conclusion.governing is None or conclusion.trace is None:
        return ()
    topic, trace = conclusion.governing.topic, conclusion.trace
    decisive = decisive_criteria(topic, trace, conclusion.sheet)
    barring = {bar.criterion for bar in topic.all_bars}
    reasons = [
        Reason(
            criterion=criterion.id,
            status=trace.statuses[criterion.id],
            statement=criterion.statement,
            question=criterion.question,
            cite=criterion.cite,
            standing=criterion.standing,
            source=criterion.source,
            attested_by=criterion.attested_by,
            decisive=criterion.id in decisive,
            bars=criterion.id in barring,
            presumed=criterion.presumed,
            lacking=criterion.id not in trace.counted,
            facts=tuple(_shown(fact, conclusion.sheet) for fact in criterion.facts),
            other_reading=criterion.other_reading,
        )
        for criterion in topic.criteria.values()
    ]
    return tuple(sorted(reasons, key=lambda reason: not reason.decisive))


def nearest_route(topic: Topic, trace: Trace, sheet: FactSheet) -> Route | None:
    """Return the satisfied route, or the one that the letter speaks of and that lacks least.

    A route that applies comes before one that does not; then the one of which the letter says
    most, so that the reviewer's own line of reasoning is followed; then the one with the fewest
    open requirements.
    """
    for route in topic.routes:
        if trace.routes[route.id]:
            return route

    def rank(route: Route) -> tuple[bool, int, int]:
        foreign = any(name not in trace.counted for name in route.applies)
        spoken = sum(
            any(fact in sheet.values for fact in topic.criteria[name].facts)
            for name in route.criteria
        )
        return (foreign, -spoken, len(open_criteria(route, trace)))

    return min(topic.routes, key=rank, default=None)


def decisive_criteria(topic: Topic, trace: Trace, sheet: FactSheet) -> frozenset[str]:
    """Return the criteria that hold the prediction up.

    For an overturned item these are the counted criteria of the satisfied route. For an upheld
    one: the bars that hold, and what the nearest route still lacks. A topic without routes rests
    on its bars, and without any on every criterion it has.
    """
    route = nearest_route(topic, trace, sheet)
    if trace.verdict.prediction is Prediction.OVERTURNED and route is not None:
        return frozenset(_holding(route.requires, trace)) | frozenset(route.applies)
    topic_bars = {bar.criterion for bar in topic.bars if bar.criterion in trace.barred_by}
    if topic_bars:
        return frozenset(topic_bars)
    return (
        frozenset(open_criteria(route, trace)) if route is not None else frozenset(topic.criteria)
    )


def documented(
    criteria: Iterable[str], topic: Topic, trace: Trace, sheet: FactSheet
) -> frozenset[str]:
    """Return those of *criteria* that are met on something that somebody states.

    What the title or the dates tell is no documentation; what becomes of the operation that the
    item goes with is.
    """
    known = known_values(sheet.values).keys()
    met = (name for name in criteria if trace.statuses[name] is Status.MET)
    return frozenset(name for name in met if known & topic.stated_facts(name))


def open_criteria(route: Route, trace: Trace) -> list[str]:
    """The criteria that keep *route* from being satisfied."""
    lacking = [name for name in route.applies if name not in trace.counted]
    lacking.extend(_lacking(route.requires, trace))
    lacking.extend(bar.criterion for bar in route.bars if bar.criterion in trace.barred_by)
    return list(dict.fromkeys(lacking))


def _lacking(requirement: Requirement, trace: Trace) -> list[str]:
    """The fewest criteria whose lack leaves *requirement* unsatisfied; empty if it is satisfied."""
    match requirement:
        case Ref(criterion=name):
            return [] if name in trace.counted else [name]
        case AllReq(parts=parts):
            return [name for part in parts for name in _lacking(part, trace)]
        case AnyReq(parts=parts):
            return min((_lacking(part, trace) for part in parts), key=len)
        case AtLeastReq(count=count, parts=parts):
            shortest = sorted((_lacking(part, trace) for part in parts), key=len)
            return [name for lacking in shortest[:count] for name in lacking]
        case Unless(part=part, exceptions=exceptions):
            if any(name in trace.counted for name in exceptions):
                return []
            return _lacking(part, trace)


def _holding(requirement: Requirement, trace: Trace) -> list[str]:
    """Counted criteria that satisfy *requirement*."""
    match requirement:
        case Ref(criterion=name):
            return [name] if name in trace.counted else []
        case AllReq(parts=parts) | AnyReq(parts=parts) | AtLeastReq(parts=parts):
            return [name for part in parts for name in _holding(part, trace)]
        case Unless(part=part, exceptions=exceptions):
            excepted = [name for name in exceptions if name in trace.counted]
            return excepted or _holding(part, trace)


def _shown(fact: str, sheet: FactSheet) -> FactShown:
    return FactShown(fact, sheet.values.get(fact), tuple(sheet.evidence.get(fact, ())))
