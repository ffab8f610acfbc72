"""Conditions → ``enableWhen``: a question that only matters after another's answer waits for it.

FHIR joins its clauses with one word, all or any; what does not fit that stays enabled, because a
question too many does less harm than one that is never asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imr_rules.cases.fhir_links import (
    ABSENT_SYSTEM,
    NO_CODE,
    UNKNOWN_CODE,
    YES_CODE,
    YES_NO_SYSTEM,
    fact_link,
    values_system,
)
from imr_rules.engines.thresholds import Limit
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.guidelines.model import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
)

_OPERATOR = {
    Comparison.AT_MOST: "<=",
    Comparison.AT_LEAST: ">=",
    Comparison.LESS_THAN: "<",
    Comparison.MORE_THAN: ">",
}
_OPPOSITE = {"<=": ">", ">=": "<", "<": ">=", ">": "<="}


@dataclass(frozen=True, slots=True)
class Enabling:
    """Clauses of ``enableWhen``, joined by *behavior*, ``all`` or ``any``."""

    clauses: tuple[Mapping[str, Any], ...]
    behavior: str

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of the item that waits."""
        fields: dict[str, Any] = {"enableWhen": [dict(clause) for clause in self.clauses]}
        if len(self.clauses) > 1:
            fields["enableBehavior"] = self.behavior
        return fields


def coding(fact: Fact, value: str) -> dict[str, str]:
    """Return the coding of *value* of *fact*, which is no number."""
    if fact.type is FactType.YES_NO:
        yes = value == "yes"
        return {
            "system": YES_NO_SYSTEM,
            "code": YES_CODE if yes else NO_CODE,
            "display": "Yes" if yes else "No",
        }
    return {"system": values_system(fact.id), "code": value, "display": value.replace("_", " ")}


def unknown_coding() -> dict[str, str]:
    """Return the coding of "the record was looked at and does not show it"."""
    return {"system": ABSENT_SYSTEM, "code": UNKNOWN_CODE, "display": "Asked But Unknown"}


def when_met(
    condition: Condition, facts: Mapping[str, Fact], limits: Mapping[str, Limit]
) -> Enabling | None:
    """Return the clauses under which *condition* holds, or None where FHIR cannot say it."""
    match condition:
        case FactIs(fact=fact, values=values):
            return Enabling(tuple(_equals(facts[fact], v) for v in values), "any")
        case FactKnown(fact=fact):
            return Enabling((_exists(fact, True),), "any")
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            limit = limits[threshold]
            if limit.by or limit.default is None:
                return None
            return Enabling((_compares(fact, _OPERATOR[comparison], limit.default),), "any")
        case AllOf(parts=parts):
            return _joined([when_met(part, facts, limits) for part in parts], "all")
        case AnyOf(parts=parts):
            return _joined([when_met(part, facts, limits) for part in parts], "any")
        case _:
            return None


def when_not_met(
    condition: Condition, facts: Mapping[str, Fact], limits: Mapping[str, Limit]
) -> Enabling | None:
    """Return the clauses under which *condition* does not hold or is not known to."""
    match condition:
        case FactIs(fact=name, values=values):
            fact = facts[name]
            others = [_equals(fact, v) for v in fact.known_values if v not in values]
            unknown = _clause(name, "=", "answerCoding", unknown_coding())
            return Enabling((*others, unknown), "any")
        case FactKnown(fact=fact):
            return Enabling((_exists(fact, False),), "any")
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            limit = limits[threshold]
            if limit.by or limit.default is None:
                return None
            opposite = _OPPOSITE[_OPERATOR[comparison]]
            compared = _compares(fact, opposite, limit.default)
            return Enabling((compared, _exists(fact, False)), "any")
        case AllOf(parts=parts):
            return _joined([when_not_met(part, facts, limits) for part in parts], "any")
        case _:
            return None


def _joined(parts: list[Enabling | None], behavior: str) -> Enabling | None:
    """Return *parts* joined, where each is a single clause or joined the same way already."""
    clauses: dict[str, Mapping[str, Any]] = {}
    for part in parts:
        if part is None or (len(part.clauses) > 1 and part.behavior != behavior):
            return None
        clauses.update({str(clause): clause for clause in part.clauses})
    return Enabling(tuple(clauses.values()), behavior)


def _equals(fact: Fact, value: str) -> Mapping[str, Any]:
    return _clause(fact.id, "=", "answerCoding", coding(fact, value))


def _compares(fact: str, operator: str, number: float) -> Mapping[str, Any]:
    return _clause(fact, operator, "answerDecimal", number)


def _exists(fact: str, answered: bool) -> Mapping[str, Any]:
    return _clause(fact, "exists", "answerBoolean", answered)


def _clause(fact: str, operator: str, kind: str, answer: Any) -> Mapping[str, Any]:
    return {"question": fact_link(fact), "operator": operator, kind: answer}
