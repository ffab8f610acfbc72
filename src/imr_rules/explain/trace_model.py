"""The shape of a line of ``evaluate --format jsonl``, for its schema and its checks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EvidenceLine(_Line):
    """Why a fact has its value; a quotation with its offsets, or a note in own words."""

    fact: str | None = None
    value: str | int | float | None = None
    section: Literal["header", "title", "summary", "rationale", "note", "conclusion"] | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    note: str | None = None


class ReasonLine(_Line):
    """One criterion with what the facts make of it."""

    criterion: str
    status: Literal["met", "unmet", "unknown"]
    statement: str
    cite: str
    standing: Literal["attested", "seen", "background"]
    decisive: bool
    bars: bool
    presumed: bool
    evidence: list[EvidenceLine]


class ConflictLine(_Line):
    """A fact to which the two readings of a letter give different values."""

    fact: str
    record: str | int | float
    rationale: str | int | float
    record_evidence: list[EvidenceLine]
    rationale_evidence: list[EvidenceLine]


class InnerConflictLine(_Line):
    """A fact that one reading both affirms and denies; ``value`` is the merged one."""

    fact: str
    reading: Literal["record", "rationale"]
    value: str | int | float
    affirmed: str | int | float
    denied: str | int | float
    affirmed_evidence: list[EvidenceLine]
    denied_evidence: list[EvidenceLine]


class AlsoAskedLine(_Line):
    """What the title asks for too, with the text it would be judged by; nothing here judges it."""

    treatment: str | None
    body_parts: list[str]
    edition: str
    topic: str


class TraceLine(_Line):
    """The conclusion on one disputed item with its reasons."""

    format: Literal["imr.trace.v1"]
    engine: str
    rules_version: str
    case_number: str
    item: int
    title: str
    treatment: str | None
    category: str | None
    edition: str | None
    topic: str | None
    as_of: str
    searched: list[str]
    basis: Literal["record", "review"]
    prediction: Literal["upheld", "overturned", "no_guideline"]
    certainty: Literal["met", "undocumented", "barred"] | None
    settled: bool | None
    hangs_on_item: int | None = Field(
        default=None,
        description="the item it goes with, where it is barred only until that one is approved",
    )
    route: str | None
    likelihood_overturned: float | None
    likelihood_n: int
    base_rate_overturned: float | None
    base_rate_of: str | None = Field(default=None, description="what the rate was published for")
    distance: int | None
    hinges_on: list[list[str]]
    on_background_alone: bool
    also_asked: list[AlsoAskedLine] = Field(
        default=[], description="other services and parts of the title with a text of their own"
    )
    reasons: list[ReasonLine]
    conflicts: list[ConflictLine]
    inner_conflicts: list[InnerConflictLine]
    facts: dict[str, str | int | float]
    missing: list[str] = []
    actual: Literal["upheld", "overturned"] | None
    agrees: bool | None
    notice: str
