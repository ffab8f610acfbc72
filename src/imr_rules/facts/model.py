"""Findings, fact sheets and conflicts: what is known of one disputed item, and on what words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

UNDOCUMENTED = "undocumented"
"""The text says that the fact is not documented; a fact nobody mentions has no value at all."""

Value = str | int | float
"""``yes``, ``no``, an enum value, a number, or :data:`UNDOCUMENTED`."""


class Section(StrEnum):
    """Where in a letter (or note) a statement stands; a conclusion is that on another item."""

    HEADER = "header"
    TITLE = "title"
    SUMMARY = "summary"
    RATIONALE = "rationale"
    NOTE = "note"
    CONCLUSION = "conclusion"


class Reading(StrEnum):
    """The two readings of a letter, kept apart: before the decision, and the reviewer's own."""

    RECORD = "record"
    RATIONALE = "rationale"


class Basis(StrEnum):
    """What an evaluation may know: ``record`` alone, or ``review`` = record and rationale."""

    RECORD = "record"
    REVIEW = "review"

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The readings of a letter that it may know."""
        return (Reading.RECORD,) if self is Basis.RECORD else tuple(Reading)


class ServiceFate(StrEnum):
    """What became of the service that another one accompanies."""

    APPROVED = "approved"
    NOT_APPROVED = "not_approved"


class Assertion(StrEnum):
    """How a text speaks of a fact."""

    AFFIRMED = "affirmed"
    DENIED = "denied"
    UNDOCUMENTED = "undocumented"


class Speaker(StrEnum):
    """Whose statement it is."""

    PATIENT = "patient"
    TREATING = "treating"
    UTILIZATION_REVIEW = "utilization_review"
    REVIEWER = "reviewer"
    RECORD = "record"


READING_OF_SECTION = MappingProxyType(
    {
        Section.HEADER: Reading.RECORD,
        Section.TITLE: Reading.RECORD,
        Section.SUMMARY: Reading.RECORD,
        Section.NOTE: Reading.RECORD,
        Section.CONCLUSION: Reading.RECORD,
        Section.RATIONALE: Reading.RATIONALE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement of a fact in a text.

    ``text[start:end] == quote`` over the letter as read. *item* is the number of the disputed
    item it speaks of, or None for the whole letter. *confidence* is below 1 for text that was
    recognised from an image.
    """

    fact: str
    value: Value
    assertion: Assertion
    section: Section
    start: int
    end: int
    quote: str
    item: int | None = None
    speaker: Speaker = Speaker.RECORD
    confidence: float = 1.0

    @property
    def reading(self) -> Reading:
        return READING_OF_SECTION[self.section]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a fact has its value: a quotation of a letter, or a note in the case's own words."""

    section: Section
    quote: str = ""
    note: str = ""
    start: int = -1
    end: int = -1


def quoted(findings: Sequence[Finding]) -> tuple[Evidence, ...]:
    """Return the quotations of *findings*, without those that lie within another's words."""
    spans = {(f.start, f.end) for f in findings}
    return tuple(
        Evidence(f.section, quote=f.quote, start=f.start, end=f.end)
        for f in findings
        if len(spans) == 1
        or not any(
            start <= f.start and f.end <= end and (start, end) != (f.start, f.end)
            for start, end in spans
        )
    )


@dataclass(frozen=True, slots=True)
class ParentService:
    """What became of the service that an item accompanies, and on what words."""

    fate: Value
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The two readings of a letter give a fact different values; both are kept."""

    fact: str
    record: Value
    rationale: Value
    record_evidence: tuple[Evidence, ...] = ()
    rationale_evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class InnerConflict:
    """One reading both affirms and denies a fact, of the same thing at the same time.

    *value* is what the vocabulary's merge rule makes of it; both sides keep their quotations.
    """

    fact: str
    reading: Reading
    value: Value
    affirmed: Value
    denied: Value
    affirmed_evidence: tuple[Evidence, ...] = ()
    denied_evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class FactSheet:
    """What is known of one disputed item on one basis.

    *values* leaves out what nobody mentions. *evidence* tells for each value where it stands;
    derived facts say so in their note, or show what the facts that they follow from rest on.
    *follows* names these facts by what follows from them.
    """

    basis: Basis
    values: Mapping[str, Value]
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
    inner_conflicts: tuple[InnerConflict, ...] = ()
    follows: Mapping[str, Sequence[str]] = field(default_factory=dict)
