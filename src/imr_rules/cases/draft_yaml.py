"""A request file (YAML) → Draft, and back: what ``preview`` takes, saves and resumes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.cases.draft import Draft
from imr_rules.errors import ImpossibleValueError, PackError, PackErrors, gathered
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.strict_yaml import quoted, written


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NotedFact(_Raw):
    """A fact with a word on where the record shows it."""

    value: str | int | float
    note: str = ""


_Date = Annotated[date | None, Field(strict=False)]


class RequestFile(_Raw):
    """A request that is still being written, with the facts its record shows."""

    request: str = Field(min_length=1, description='what is asked for: "Norco 10/325 #120"')
    request_date: _Date = Field(default=None, description="the day whose guidelines govern")
    injury_date: _Date = None
    age_years: int | float | None = None
    beside: list[str] = Field(default=[], description="other treatments of the same request")
    facts: dict[str, str | int | float | NotedFact] = Field(
        default={}, description="by fact: yes, no, a value, a number, or undocumented"
    )
    skipped: list[str] = Field(default=[], description="questions put off in a saved session")


def read_draft(path: Path, vocabulary: Vocabulary) -> Draft:
    """Read the request file at *path*.

    Raises:
        PackErrors: every problem of the file, each with its line and column.
    """
    return draft_of(strict_yaml.read(path), vocabulary)


def draft_of(document: strict_yaml.Document, vocabulary: Vocabulary) -> Draft:
    """Return the request file *document* as a draft (see :func:`read_draft`)."""
    raw = strict_yaml.validate(RequestFile, document)
    problems: list[PackError] = []
    facts: dict[str, Value] = {}
    notes: dict[str, str] = {}
    for fact, entry in raw.facts.items():
        value = entry.value if isinstance(entry, NotedFact) else entry
        at = document.at("facts", fact)
        with gathered(problems):
            facts[fact] = vocabulary.require(fact, at).check(value, at=at)
            if isinstance(entry, NotedFact) and entry.note:
                notes[fact] = entry.note
    for index, fact in enumerate(raw.skipped):
        with gathered(problems):
            vocabulary.require(fact, document.at("skipped", index))
    if raw.age_years is not None:
        at = document.at("age_years")
        with gathered(problems):
            vocabulary.require("age_years", at).check(raw.age_years, at=at)
    if raw.injury_date and raw.request_date and raw.injury_date > raw.request_date:
        problems.append(
            ImpossibleValueError(
                f"the injury ({raw.injury_date}) comes after the request ({raw.request_date}).",
                at=document.at("injury_date"),
                hint="Correct one of the two days, or leave injury_date out.",
            )
        )
    if problems:
        raise PackErrors(problems)
    return Draft(
        request=raw.request,
        request_date=raw.request_date,
        injury_date=raw.injury_date,
        age_years=raw.age_years,
        beside=tuple(raw.beside),
        facts=facts,
        notes=notes,
        skipped=tuple(raw.skipped),
    )


def draft_to_yaml(draft: Draft) -> str:
    """Return *draft* as a document that :func:`read_draft` reads."""
    lines = [f"request: {quoted(draft.request)}"]
    for name, day in (("request_date", draft.request_date), ("injury_date", draft.injury_date)):
        if day is not None:
            lines.append(f"{name}: {day.isoformat()}")
    if draft.age_years is not None:
        lines.append(f"age_years: {written(draft.age_years)}")
    if draft.beside:
        lines.append("beside:")
        lines.extend(f"  - {quoted(title)}" for title in draft.beside)
    if draft.facts:
        lines.append("facts:")
        for fact, value in draft.facts.items():
            said = written(value)
            if note := draft.notes.get(fact):
                said = f"{{value: {said}, note: {quoted(note)}}}"
            lines.append(f"  {fact}: {said}")
    if draft.skipped:
        lines.append(f"skipped: [{', '.join(draft.skipped)}]")
    return "\n".join(lines) + "\n"
