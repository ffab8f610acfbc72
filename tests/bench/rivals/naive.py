"""A loop over items and criteria, as one would write it first: nothing compiled, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Comparison,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Unless,
)
from imr_rules.table.selection import Governor

Facts = Mapping[str, Any]


def naive_answer(governor: Governor, on: date, facts: Facts) -> tuple[list[bool | None], bool]:
    """Return the status of every criterion, and whether the treatment is necessary."""
    topic, parameters = governor.topic, governor.edition.parameters
    found = {n: _holds(c.when, parameters, on, facts) for n, c in topic.criteria.items()}
    counted = {name: status is True for name, status in found.items()}
    for name, criterion in topic.criteria.items():
        if found[name] is None and criterion.presumed:
            counted[name] = all(facts.get(f) != "undocumented" for f in criterion.facts)

    def barred(bars: Any) -> bool:
        return any(
            found[b.criterion] is True and not any(counted[e] for e in b.exceptions) for b in bars
        )

    overturned = not barred(topic.bars) and any(
        all(counted[name] for name in route.applies)
        and _required(route.requires, counted)
        and not barred(route.bars)
        for route in topic.routes
    )
    return list(found.values()), overturned


def _holds(
    condition: Condition, parameters: Mapping[str, Parameter], on: date, facts: Facts
) -> bool | None:
    match condition:
        case FactIs(fact=fact, values=values):
            value = facts.get(fact)
            return None if value in (None, "undocumented") else value in values
        case FactKnown(fact=fact):
            return None if facts.get(fact) in (None, "undocumented") else True
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            parameter = parameters[threshold]
            table = parameter.table if parameter.by else {}
            dated = table.get(facts.get(parameter.by), parameter.values)
            limit = next((number for day, number in dated[::-1] if day <= on), None)
            number = facts.get(fact)
            if number in (None, "undocumented") or limit is None:
                return None
            return {
                Comparison.AT_MOST: number <= limit,
                Comparison.AT_LEAST: number >= limit,
                Comparison.LESS_THAN: number < limit,
                Comparison.MORE_THAN: number > limit,
            }[comparison]
        case Not(part=part):
            held = _holds(part, parameters, on, facts)
            return None if held is None else not held
        case AllOf(parts=parts):
            held_all = [_holds(part, parameters, on, facts) for part in parts]
            return False if False in held_all else None if None in held_all else True
        case AnyOf(parts=parts):
            held_any = [_holds(part, parameters, on, facts) for part in parts]
            return True if True in held_any else None if None in held_any else False
        case AtLeast(count=count, parts=parts):
            counts = [_holds(part, parameters, on, facts) for part in parts]
            if counts.count(True) >= count:
                return True
            return False if len(parts) - counts.count(False) < count else None


def _required(requirement: Requirement, counted: Mapping[str, bool]) -> bool:
    match requirement:
        case Ref(criterion=criterion):
            return counted[criterion]
        case AllReq(parts=parts):
            return all(_required(part, counted) for part in parts)
        case AnyReq(parts=parts):
            return any(_required(part, counted) for part in parts)
        case AtLeastReq(count=count, parts=parts):
            return sum(_required(part, counted) for part in parts) >= count
        case Unless(part=part, exceptions=exceptions):
            return any(counted[e] for e in exceptions) or _required(part, counted)
