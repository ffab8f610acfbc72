"""Explanation → the line of ``evaluate --format jsonl`` (``imr.trace.v1``)."""

from __future__ import annotations

from typing import Any

from imr_rules import __version__
from imr_rules.cases.to_json import inner_conflict_to_json
from imr_rules.explain.also_asked import AlsoAsked
from imr_rules.explain.model import Explanation, Reason
from imr_rules.facts.model import Conflict, Evidence
from imr_rules.notice import NOTICE

FORMAT = "imr.trace.v1"


def explanation_to_json(explanation: Explanation) -> dict[str, Any]:
    """Return *explanation* as plain data."""
    conclusion = explanation.conclusion
    rate = explanation.base_rate
    governing, item, parent = conclusion.governing, conclusion.item, conclusion.parent
    return {
        "format": FORMAT,
        "engine": conclusion.engine,
        "rules_version": __version__,
        "case_number": conclusion.case.case_number,
        "item": item.number,
        "title": item.title,
        "treatment": item.request.treatment,
        "category": item.request.category,
        "edition": governing.edition.id if governing else None,
        "topic": governing.topic.id if governing else None,
        "as_of": conclusion.on.isoformat(),
        "searched": list(governing.silent) if governing else [],
        "basis": conclusion.sheet.basis.value,
        "prediction": conclusion.prediction.value,
        "certainty": conclusion.certainty.value if conclusion.certainty else None,
        "settled": conclusion.settled,
        "hangs_on_item": parent.item.number if parent and conclusion.hangs_on_parent else None,
        "route": explanation.route,
        "likelihood_overturned": _rounded(explanation.likelihood_overturned),
        "likelihood_n": explanation.likelihood_n,
        "base_rate_overturned": _rounded(rate.overturned) if rate else None,
        "base_rate_of": rate.of if rate else None,
        "distance": explanation.distance,
        "hinges_on": [list(facts) for facts in explanation.hinges_on],
        "on_background_alone": explanation.on_background_alone,
        "also_asked": [_also_asked(other) for other in explanation.also_asked],
        "reasons": [_reason(reason) for reason in explanation.reasons],
        "conflicts": [_conflict(conflict) for conflict in conclusion.sheet.conflicts],
        "inner_conflicts": [inner_conflict_to_json(c) for c in conclusion.sheet.inner_conflicts],
        "facts": dict(conclusion.sheet.values),
        "missing": list(conclusion.case.missing),
        "actual": item.actual,
        "agrees": conclusion.agrees,
        "notice": NOTICE,
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "criterion": reason.criterion,
        "status": reason.status.value,
        "statement": reason.statement,
        "cite": str(reason.cite),
        "standing": reason.standing.value,
        "decisive": reason.decisive,
        "bars": reason.bars,
        "presumed": reason.presumed,
        "evidence": [
            {"fact": shown.fact, "value": shown.value, **_evidence(evidence)}
            for shown in reason.facts
            for evidence in (shown.evidence or (None,))
        ],
    }


def _also_asked(other: AlsoAsked) -> dict[str, Any]:
    return {
        "treatment": other.treatment,
        "body_parts": list(other.body_parts),
        "edition": other.governing.edition.id,
        "topic": other.governing.topic.id,
    }


def _evidence(evidence: Evidence | None) -> dict[str, Any]:
    if evidence is None:
        return {}
    if evidence.start < 0:
        return {"section": evidence.section.value, "note": evidence.note}
    return {
        "section": evidence.section.value,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "fact": conflict.fact,
        "record": conflict.record,
        "rationale": conflict.rationale,
        "record_evidence": [_evidence(e) for e in conflict.record_evidence],
        "rationale_evidence": [_evidence(e) for e in conflict.rationale_evidence],
    }
