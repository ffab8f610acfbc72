"""A FHIR QuestionnaireResponse (or a Bundle that holds one) → Draft."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from imr_rules.cases.draft import Draft
from imr_rules.cases.fhir_links import (
    ABSENT_SYSTEM,
    AGE,
    INJURY_DATE,
    NO_CODE,
    REQUEST_DATE,
    TITLE,
    UNKNOWN_CODE,
    YES_CODE,
    YES_NO_SYSTEM,
    linked_fact,
    values_system,
)
from imr_rules.cases.record_kind import MOST_BYTES
from imr_rules.errors import InputError, Location, PackError
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType, Vocabulary

_DEEPEST = 30
_MAKE_ONE = "Make one with: imr-rules checklist TREATMENT --format fhir"


def read_response(path: Path, vocabulary: Vocabulary) -> Draft:
    """Read the questionnaire response at *path*; what is left unanswered stays unknown.

    An answer "not known" says that the record was looked at and does not show it.

    Raises:
        InputError: the file is no response to one of our questionnaires, or an answer does not
            fit its question.
    """
    at = Location(path)
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise InputError("is too large for a questionnaire response.", at=at)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise InputError("is not JSON.", at=at, hint="Name a file of JSON lines .jsonl.") from None
    answers = dict(_answers(_response(data, at).get("item"), at))
    facts: dict[str, Value] = {}
    for link_id, answer in answers.items():
        name = linked_fact(link_id)
        if name is None:
            continue
        try:
            fact = vocabulary.require(name, at)
        except PackError as error:
            hint = error.hint or f"Keep the linkId as the questionnaire has it. {_MAKE_ONE}"
            raise InputError(error.message, at=at, hint=hint) from None
        try:
            facts[name] = fact.check(_value(fact, answer, at), at=at)
        except PackError as error:
            raise InputError(error.message, at=at, hint=error.hint) from None
    title = answers.get(TITLE, {}).get("valueString")
    age = answers.get(AGE, {}).get("valueDecimal")
    requested, injured = _day(answers.get(REQUEST_DATE), at), _day(answers.get(INJURY_DATE), at)
    if requested and injured and injured > requested:
        raise InputError(
            f"gives an injury ({injured}) after the request ({requested}).",
            at=at,
            hint="Correct one of the two days.",
        )
    if isinstance(age, int | float):
        try:
            vocabulary.require("age_years", at).check(age, at=at)
        except PackError as error:
            raise InputError(error.message, at=at, hint=error.hint) from None
    return Draft(
        request=title if isinstance(title, str) else "",
        request_date=requested,
        injury_date=injured,
        age_years=float(age) if isinstance(age, int | float) else None,
        facts=facts,
    )


def _response(data: Any, at: Location) -> Mapping[str, Any]:
    if isinstance(data, dict):
        if data.get("resourceType") == "QuestionnaireResponse":
            return data
        entries = data.get("entry")
        if data.get("resourceType") == "Bundle" and isinstance(entries, list):
            for entry in entries:
                resource = entry.get("resource") if isinstance(entry, dict) else None
                if (
                    isinstance(resource, dict)
                    and resource.get("resourceType") == "QuestionnaireResponse"
                ):
                    return resource
    raise InputError(
        "holds no FHIR QuestionnaireResponse.",
        at=at,
        hint=(
            "Of .json files, what imr-rules extract --format json writes is read, and responses to"
            f" a questionnaire. {_MAKE_ONE}"
        ),
    )


def _answers(items: Any, at: Location, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the link id and first answer of each answered item, however deep it stands."""
    if depth > _DEEPEST:
        raise InputError("is nested too deeply for a questionnaire response.", at=at)
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        answers = item.get("answer")
        if isinstance(answers, list) and answers and isinstance(answers[0], dict):
            yield str(item.get("linkId", "")), answers[0]
            for answer in answers:
                if isinstance(answer, dict):
                    yield from _answers(answer.get("item"), at, depth + 1)
        yield from _answers(item.get("item"), at, depth + 1)


def _value(fact: Fact, answer: Mapping[str, Any], at: Location) -> Value:
    coding = answer.get("valueCoding")
    if isinstance(coding, dict):
        system, code = coding.get("system"), coding.get("code")
        if system == ABSENT_SYSTEM and code == UNKNOWN_CODE:
            return UNDOCUMENTED
        if fact.type is FactType.YES_NO and system == YES_NO_SYSTEM:
            if code in (YES_CODE, NO_CODE):
                return "yes" if code == YES_CODE else "no"
        elif system == values_system(fact.id) and isinstance(code, str):
            return code
    for kind in ("valueDecimal", "valueInteger"):
        number = answer.get(kind)
        if isinstance(number, int | float) and not isinstance(number, bool):
            return number
    raise InputError(
        f"gives {fact.id!r} an answer that its question does not offer.",
        at=at,
        hint=f"Answer with {_offered(fact)}, or the code {UNKNOWN_CODE} of {ABSENT_SYSTEM}.",
    )


def _offered(fact: Fact) -> str:
    """Return in words how the questionnaire has *fact* answered."""
    if fact.type is FactType.NUMBER:
        return f"a valueDecimal ({fact.unit})"
    if fact.type is FactType.YES_NO:
        return f"a valueCoding: {YES_CODE} or {NO_CODE} of {YES_NO_SYSTEM}"
    return f"a valueCoding: {', '.join(fact.values)} of {values_system(fact.id)}"


def _day(answer: Mapping[str, Any] | None, at: Location) -> date | None:
    said = answer.get("valueDate") if answer else None
    if said is None:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        raise InputError(
            f"gives {said!r} as a date; a whole day is needed.",
            at=at,
            hint="Write it as YYYY-MM-DD.",
        ) from None
