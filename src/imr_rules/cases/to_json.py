"""Case → the line of ``extract --format jsonl`` (``imr.determination.v1``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.model import Evidence, Finding, InnerConflict, Reading, Value
from imr_rules.notice import NOTICE

FORMAT: Final = "imr.determination.v1"


def case_to_json(case: Case) -> dict[str, Any]:
    """Return *case* as plain data; ``text[start:end] == quote`` for every finding."""
    return {
        "format": FORMAT,
        "source": case.source,
        "case_number": case.case_number,
        "injury_date": _day(case.injury_date),
        "denial_date": _day(case.denial_date),
        "decision_date": _day(case.decision_date),
        "latest_date": _day(case.latest_date),
        "age_years": case.age_years,
        "reviewer": {
            "specialties": list(case.specialties),
            "licensure": list(case.licensure),
        },
        "items": [_item(item) for item in case.items],
        "facts": _facts(case.readings),
        "conflicts": [inner_conflict_to_json(conflict) for conflict in case.conflicts],
        "findings": [_finding(finding) for finding in case.findings],
        "missing": list(case.missing),
        "confidence": case.confidence,
        "notice": NOTICE,
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def _item(item: CaseItem) -> dict[str, Any]:
    return {
        "item": item.number,
        "title": item.title,
        "actual": item.actual,
        "treatment": item.request.treatment,
        "category": item.request.category,
        "request": item.request.model_dump(mode="json", exclude={"title"}),
        "claims_administrator_guideline": item.claims_administrator_guideline,
        "reviewer_guideline": item.reviewer_guideline,
        "facts": _facts(item.readings),
        "conflicts": [inner_conflict_to_json(conflict) for conflict in item.conflicts],
    }


def _facts(readings: Mapping[Reading, Mapping[str, Value]]) -> dict[str, dict[str, Value]]:
    return {reading.value: dict(readings.get(reading, {})) for reading in Reading}


def inner_conflict_to_json(conflict: InnerConflict) -> dict[str, Any]:
    """Return *conflict* as plain data, both sides with their quotations."""
    return {
        "fact": conflict.fact,
        "reading": conflict.reading.value,
        "value": conflict.value,
        "affirmed": conflict.affirmed,
        "denied": conflict.denied,
        "affirmed_evidence": [_evidence(e) for e in conflict.affirmed_evidence],
        "denied_evidence": [_evidence(e) for e in conflict.denied_evidence],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "section": evidence.section.value,
        "start": evidence.start,
        "end": evidence.end,
        "quote": evidence.quote,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "fact": finding.fact,
        "value": finding.value,
        "assertion": finding.assertion.value,
        "item": finding.item,
        "section": finding.section.value,
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "speaker": finding.speaker.value,
        "confidence": finding.confidence,
    }
