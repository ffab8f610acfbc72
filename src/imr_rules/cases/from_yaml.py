"""``cases/*.yaml`` → Case: facts in own words, each with where it was found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.cases.dates import dates_out_of_order
from imr_rules.cases.model import Case, CaseItem
from imr_rules.errors import InconsistentError, PackError, PackErrors, gathered
from imr_rules.facts.model import Evidence, Reading, Section, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.misfits import Loc
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.from_title import parse_request


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Date = Annotated[date | None, Field(strict=False)]


class _RawStatement(_Raw):
    value: str | int | float
    note: str = ""


class _RawItem(_Raw):
    item: int
    title: str
    category: str | None = None
    actual: Literal["upheld", "overturned"] | None = None
    claims_administrator_guideline: str | None = None
    reviewer_guideline: str | None = None
    record: dict[str, _RawStatement] = {}
    rationale: dict[str, _RawStatement] = {}


class CaseFile(_Raw):
    """A file of ``cases/``."""

    case: str
    source: str = ""
    injury_date: _Date = None
    denial_date: _Date = None
    decision_date: _Date = None
    latest_date: _Date = None
    age_years: int | float | None = None
    specialties: list[str] = []
    licensure: list[str] = []
    items: list[_RawItem]
    record: dict[str, _RawStatement] = Field(
        default={}, description="facts of a text without items: a chart note"
    )
    rationale: dict[str, _RawStatement] = {}


def read_case(path: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Case:
    """Read the case file at *path*, which holds one case.

    Raises:
        PackErrors: every problem of the file, each with its line and column.
    """
    return _case(strict_yaml.read(path), vocabulary, catalogue)


def read_cases(path: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> tuple[Case, ...]:
    """Read the file of one or more cases at *path*, ``---`` between them.

    Raises:
        PackErrors: every problem of a case, each with its line and column.
    """
    documents = strict_yaml.read_all(path)
    return tuple(_case(document, vocabulary, catalogue) for document in documents)


def _case(document: Document, vocabulary: Vocabulary, catalogue: Catalogue) -> Case:
    raw = strict_yaml.validate(CaseFile, document)
    problems: list[PackError] = []
    items: list[CaseItem] = []
    for index, entry in enumerate(raw.items):
        readings, evidence = _stated(entry, document, ("items", index), vocabulary, problems)
        items.append(
            CaseItem(
                number=entry.item,
                title=entry.title,
                request=parse_request(entry.title, catalogue),
                actual=entry.actual,
                readings=readings,
                evidence=evidence,
                claims_administrator_guideline=entry.claims_administrator_guideline,
                reviewer_guideline=entry.reviewer_guideline,
            )
        )
    if raw.age_years is not None:
        at = document.at("age_years")
        with gathered(problems):
            vocabulary.require("age_years", at).check(raw.age_years, at=at)
    whole, _ = _stated(raw, document, (), vocabulary, problems)
    if items and (raw.record or raw.rationale):
        name = "record" if raw.record else "rationale"
        problems.append(
            InconsistentError(
                f"{name}: the facts of a case with items stand under each item.",
                at=document.at(name),
                hint=f"Move {name} there, indented below the item's title.",
            )
        )
    if problems:
        raise PackErrors(problems)
    return Case(
        case_number=raw.case,
        source=raw.source or document.path.name,
        injury_date=raw.injury_date,
        denial_date=raw.denial_date,
        decision_date=raw.decision_date,
        latest_date=raw.latest_date,
        age_years=raw.age_years,
        specialties=tuple(raw.specialties),
        licensure=tuple(raw.licensure),
        items=tuple(items),
        readings={} if items else whole,
        missing=tuple(
            dates_out_of_order(
                injury=raw.injury_date, denial=raw.denial_date, decision=raw.decision_date
            )
        ),
    )


def _stated(
    stated: _RawItem | CaseFile,
    document: Document,
    loc: Loc,
    vocabulary: Vocabulary,
    problems: list[PackError],
) -> tuple[dict[Reading, dict[str, Value]], dict[tuple[Reading, str], tuple[Evidence, ...]]]:
    """Return the facts of both readings that are *stated* at *loc*; add to *problems*."""
    readings: dict[Reading, dict[str, Value]] = {}
    evidence: dict[tuple[Reading, str], tuple[Evidence, ...]] = {}
    for reading, statements in (
        (Reading.RECORD, stated.record),
        (Reading.RATIONALE, stated.rationale),
    ):
        section = Section.SUMMARY if reading is Reading.RECORD else Section.RATIONALE
        values = readings.setdefault(reading, {})
        for fact, statement in statements.items():
            at: Loc = (*loc, reading.value)
            with gathered(problems):
                values[fact] = _checked(vocabulary, fact, statement.value, document, at)
                evidence[reading, fact] = (Evidence(section, note=statement.note),)
    return readings, evidence


def _checked(vocabulary: Vocabulary, fact: str, value: Any, document: Document, loc: Loc) -> Value:
    at = document.at(*loc, fact)
    return vocabulary.require(fact, at).check(value, at=document.at(*loc, fact, "value"))
