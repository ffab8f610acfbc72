"""A line of ``extract --format jsonl`` → Case, so that another reader's facts can be evaluated.

Nothing of a line is lost but how its titles were read: the catalogue in force reads them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from imr_rules.cases.dates import dates_out_of_order
from imr_rules.cases.model import Case, CaseItem
from imr_rules.cases.to_json import FORMAT
from imr_rules.errors import InputError, Location, PackError
from imr_rules.facts.model import (
    Assertion,
    Evidence,
    Finding,
    InnerConflict,
    Reading,
    Section,
    Speaker,
    Value,
    quoted,
)
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.misfits import misfits
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.from_title import parse_request


class _Raw(BaseModel):
    # Other programs write these lines, and the contract only grows: unknown keys are left alone.
    model_config = ConfigDict(frozen=True, extra="ignore")


# Strict: true would be taken for 1.
_Value = StrictStr | StrictInt | StrictFloat


class _Facts(_Raw):
    record: dict[str, _Value] = Field(default_factory=dict)
    rationale: dict[str, _Value] = Field(default_factory=dict)


class _Evidence(_Raw):
    section: Section
    start: int
    end: int
    quote: str


class _Conflict(_Raw):
    fact: str
    reading: Reading
    value: _Value
    affirmed: _Value
    denied: _Value
    affirmed_evidence: list[_Evidence] = Field(default_factory=list)
    denied_evidence: list[_Evidence] = Field(default_factory=list)


_FROM_TITLE = "as the title was read; whoever reads the line reads the title again"


class _Item(_Raw):
    item: int
    title: str
    actual: Literal["upheld", "overturned"] | None = None
    treatment: str | None = Field(default=None, description=_FROM_TITLE)
    category: str | None = Field(default=None, description=_FROM_TITLE)
    request: dict[str, Any] = Field(
        default_factory=dict, description=f"ingredients, quantity, parts of the body: {_FROM_TITLE}"
    )
    claims_administrator_guideline: str | None = None
    reviewer_guideline: str | None = None
    facts: _Facts = _Facts()
    conflicts: list[_Conflict] = Field(
        default_factory=list, description="where one reading contradicts itself"
    )


class _Finding(_Raw):
    fact: str
    value: _Value
    assertion: Assertion
    item: int | None = None
    section: Section
    start: int
    end: int
    quote: str
    speaker: Speaker = Speaker.RECORD
    confidence: float = 1.0


class _Reviewer(_Raw):
    specialties: list[str] = Field(default_factory=list)
    licensure: list[str] = Field(default_factory=list)


class DeterminationLine(_Raw):
    """A line of ``extract --format jsonl``."""

    format: Literal["imr.determination.v1"] = FORMAT
    source: str = ""
    case_number: str
    injury_date: date | None = None
    denial_date: date | None = None
    decision_date: date | None = None
    latest_date: date | None = None
    age_years: float | None = None
    reviewer: _Reviewer = _Reviewer()
    items: list[_Item]
    facts: _Facts = Field(default=_Facts(), description="of a text without items: a chart note")
    conflicts: list[_Conflict] = Field(
        default_factory=list, description="where such a text contradicts itself"
    )
    findings: list[_Finding] = Field(default_factory=list)
    missing: list[str] = Field(
        default_factory=list, description="what was not found or not usable, in words"
    )
    confidence: float = Field(
        default=1.0, description="how surely the text was recognised; 1 where it was no scan"
    )
    notice: str = Field(default="", description="what every output says of itself")


def read_jsonl(path: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Iterator[Case]:
    """Yield the case of each line of the file at *path*, or of each entry of the list it holds.

    Raises:
        InputError: one is no determination; the message names the line or entry and the reason.
    """
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.lstrip().startswith("[") or line.strip() == "{":
                at = Location(path, number, 1)
                yield from _listed(line + lines.read(), at, vocabulary, catalogue)
            elif line.strip():
                yield _case(line, Location(path, number, 1), vocabulary, catalogue)


def _listed(
    text: str, at: Location, vocabulary: Vocabulary, catalogue: Catalogue
) -> Iterator[Case]:
    entries = _data(text, at)
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        entry_at = Location(f"{at.path} (entry {number})")
        yield _case(json.dumps(entry), entry_at, vocabulary, catalogue)


def _data(text: str, at: Location) -> Any:
    """Return the data of the JSON *text*, which begins at *at*.

    Raises:
        InputError: it is no JSON.
    """
    try:
        return json.loads(text.rstrip())
    except json.JSONDecodeError as error:
        reason = error.msg
        at = Location(at.path, at.line + error.lineno - 1, error.colno)
    except (ValueError, RecursionError) as error:
        reason = str(error)
    raise InputError(f"is not JSON ({reason}).", at=at, hint="Fetch or write it again.")


def _case(line: str, at: Location, vocabulary: Vocabulary, catalogue: Catalogue) -> Case:
    try:
        raw = DeterminationLine.model_validate_json(line)
    except ValidationError as error:
        raise _misfit(_data(line, at), error, at) from None
    findings = tuple(Finding(**finding.model_dump()) for finding in raw.findings)
    out_of_order = dates_out_of_order(
        injury=raw.injury_date, denial=raw.denial_date, decision=raw.decision_date
    )
    return Case(
        case_number=raw.case_number,
        source=raw.source or str(at.path),
        injury_date=raw.injury_date,
        denial_date=raw.denial_date,
        decision_date=raw.decision_date,
        latest_date=raw.latest_date,
        items=tuple(_item(item, findings, at, vocabulary, catalogue) for item in raw.items),
        age_years=raw.age_years,
        specialties=tuple(raw.reviewer.specialties),
        licensure=tuple(raw.reviewer.licensure),
        findings=findings,
        readings=_readings(raw.facts, at, vocabulary),
        conflicts=_conflicts(raw.conflicts, at, vocabulary),
        # What extract writes tells of such dates itself.
        missing=tuple(dict.fromkeys((*raw.missing, *out_of_order))),
        confidence=raw.confidence,
    )


def _misfit(data: Any, error: ValidationError, at: Location) -> InputError:
    """Return the first reason why *data* are no line."""
    first, *_ = misfits(DeterminationLine, data, error, at=lambda _: at, whole="all of it")
    remedy = first.hint or "Write such lines with: imr-rules extract --format jsonl"
    return InputError(f"is no {FORMAT} line: {first.message}", at=at, hint=remedy)


def _conflicts(
    stated: list[_Conflict], at: Location, vocabulary: Vocabulary
) -> tuple[InnerConflict, ...]:
    return tuple(
        InnerConflict(
            fact=raw.fact,
            reading=raw.reading,
            value=_checked(raw.fact, raw.value, at, vocabulary),
            affirmed=_checked(raw.fact, raw.affirmed, at, vocabulary),
            denied=_checked(raw.fact, raw.denied, at, vocabulary),
            affirmed_evidence=tuple(Evidence(**e.model_dump()) for e in raw.affirmed_evidence),
            denied_evidence=tuple(Evidence(**e.model_dump()) for e in raw.denied_evidence),
        )
        for raw in stated
    )


def _readings(
    facts: _Facts, at: Location, vocabulary: Vocabulary
) -> dict[Reading, dict[str, Value]]:
    stated = {Reading.RECORD: facts.record, Reading.RATIONALE: facts.rationale}
    return {
        reading: {fact: _checked(fact, value, at, vocabulary) for fact, value in values.items()}
        for reading, values in stated.items()
    }


def _checked(fact: str, value: Any, at: Location, vocabulary: Vocabulary) -> Value:
    try:
        return vocabulary.require(fact, at).check(value, at=at)
    except PackError as error:
        raise InputError(error.message, at=at, hint=error.hint) from None


def evidence_among(
    findings: Sequence[Finding],
    readings: Mapping[Reading, Mapping[str, Value]],
    item: int,
    vocabulary: Vocabulary,
) -> dict[tuple[Reading, str], tuple[Evidence, ...]]:
    """Return which *findings* prove each fact of the *readings* of the item numbered *item*."""
    return {
        (reading, fact): quoted(
            [
                f
                for f in findings
                if f.fact == fact
                and f.reading is reading
                and f.item in (None, item)
                and f.value in vocabulary[fact].told_by(value)
            ]
        )
        for reading, values in readings.items()
        for fact, value in values.items()
    }


def _item(
    raw: _Item,
    findings: tuple[Finding, ...],
    at: Location,
    vocabulary: Vocabulary,
    catalogue: Catalogue,
) -> CaseItem:
    readings = _readings(raw.facts, at, vocabulary)
    evidence = evidence_among(findings, readings, raw.item, vocabulary)
    return CaseItem(
        number=raw.item,
        title=raw.title,
        request=parse_request(raw.title, catalogue),
        actual=raw.actual,
        readings=readings,
        evidence=evidence,
        claims_administrator_guideline=raw.claims_administrator_guideline,
        reviewer_guideline=raw.reviewer_guideline,
        conflicts=_conflicts(raw.conflicts, at, vocabulary),
    )
