"""A Questionnaire and what a record says → a Bundle of it and its QuestionnaireResponse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from imr_rules.cases.fhir_links import (
    AGE,
    BASE,
    INJURY_DATE,
    REQUEST_DATE,
    TITLE,
    fact_link,
)
from imr_rules.checklist.fhir_enable import coding, unknown_coding
from imr_rules.checklist.model import Checklist, FactAnswer
from imr_rules.facts.model import UNDOCUMENTED, Evidence

_ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
_EVIDENCE = f"{BASE}/StructureDefinition/evidence"


def response_to(questionnaire: Mapping[str, Any], checklist: Checklist) -> dict[str, Any]:
    """Return *questionnaire* with the response that *checklist* is filled in with."""
    answers = _answers(checklist)
    canonical = f"{questionnaire['url']}|{questionnaire['version']}"
    response = {
        "resourceType": "QuestionnaireResponse",
        "language": questionnaire["language"],
        "questionnaire": canonical,
        "status": "in-progress",
        "authored": checklist.on.isoformat(),
        "item": _items(questionnaire["item"], answers),
    }
    source = checklist.filled.source if checklist.filled else ""
    name = uuid5(NAMESPACE_URL, f"{canonical} {source}")
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": questionnaire["url"], "resource": questionnaire},
            {"fullUrl": f"urn:uuid:{name}", "resource": response},
        ],
    }


def _answers(checklist: Checklist) -> dict[str, dict[str, Any]]:
    filled = checklist.filled
    answers: dict[str, dict[str, Any]] = {REQUEST_DATE: {"valueDate": checklist.on.isoformat()}}
    if filled is not None:
        answers[TITLE] = {"valueString": filled.title}
        if filled.injury_date is not None:
            answers[INJURY_DATE] = {"valueDate": filled.injury_date.isoformat()}
        if filled.age_years is not None:
            answers[AGE] = {"valueDecimal": filled.age_years}
    for question in checklist.questions():
        for answer in question.facts:
            if answer.value is not None:
                answers[fact_link(answer.fact.id)] = _answer(answer)
    return answers


def _answer(answer: FactAnswer) -> dict[str, Any]:
    made: dict[str, Any] = {
        "extension": [
            {"url": _ORIGIN, "extension": [{"url": "source", "valueCode": "auto"}]},
            *(_evidence(evidence) for evidence in answer.evidence if _says_something(evidence)),
        ]
    }
    if answer.value == UNDOCUMENTED:
        made["valueCoding"] = unknown_coding()
    elif isinstance(answer.value, str):
        made["valueCoding"] = coding(answer.fact, answer.value)
    else:
        made["valueDecimal"] = answer.value
    return made


def _says_something(evidence: Evidence) -> bool:
    return bool(evidence.quote or evidence.note)


def _evidence(evidence: Evidence) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"url": "section", "valueCode": evidence.section.value}]
    if evidence.quote:
        parts.append({"url": "quote", "valueString": evidence.quote})
        parts.append({"url": "start", "valueInteger": evidence.start})
        parts.append({"url": "end", "valueInteger": evidence.end})
    else:
        parts.append({"url": "note", "valueString": evidence.note})
    return {"url": _EVIDENCE, "extension": parts}


def _items(
    items: list[dict[str, Any]], answers: Mapping[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the answered items, in the nesting of the questionnaire."""
    made: list[dict[str, Any]] = []
    for item in items:
        link_id = item["linkId"]
        response: dict[str, Any] = {"linkId": link_id, "text": item["text"]}
        if item["type"] == "group":
            inner = _items(item.get("item", []), answers)
            if inner:
                made.append({**response, "item": inner})
        elif link_id in answers:
            made.append({**response, "answer": [answers[link_id]]})
    return made
