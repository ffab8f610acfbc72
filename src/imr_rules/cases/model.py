"""A case: one determination with the facts of each disputed item, however they were found.

It is what reading a letter gives, what ``cases/*.yaml`` hold, and what an evaluation takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from imr_rules.facts.derive import CaseDate
from imr_rules.facts.model import Evidence, Finding, InnerConflict, Reading, Value
from imr_rules.treatments.model import Request

LIST_SEPARATOR = "; "
"""Joins names where a table holds several of them in one field."""


@dataclass(frozen=True, slots=True)
class CaseItem:
    """One disputed item: what is asked, what was decided, and the facts of the two readings.

    *actual* is ``upheld``, ``overturned`` or None where nothing was decided yet.
    *readings* leaves out what a reading does not speak of.
    """

    number: int
    title: str
    request: Request
    actual: str | None
    readings: Mapping[Reading, Mapping[str, Value]]
    evidence: Mapping[tuple[Reading, str], tuple[Evidence, ...]] = field(default_factory=dict)
    claims_administrator_guideline: str | None = None
    reviewer_guideline: str | None = None
    conflicts: tuple[InnerConflict, ...] = ()
    """Where one reading contradicts itself; between the readings a fact sheet tells."""


@dataclass(frozen=True, slots=True)
class Case:
    """One determination, or one request that has not been decided."""

    case_number: str
    source: str
    injury_date: date | None
    denial_date: date | None
    decision_date: date | None
    items: tuple[CaseItem, ...]
    age_years: float | None = None
    specialties: tuple[str, ...] = ()
    licensure: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    readings: Mapping[Reading, Mapping[str, Value]] = field(default_factory=dict)
    """The facts of a text without items, a chart note for instance; empty where there are items."""
    conflicts: tuple[InnerConflict, ...] = ()
    """Where such a text contradicts itself."""
    latest_date: date | None = None
    """The latest date the text mentions, or the day its request form is signed.

    It stands in where a letter has no header dates.
    """
    text: str = ""
    missing: tuple[str, ...] = ()
    confidence: float = 1.0

    @property
    def is_determination(self) -> bool:
        """Whether a reviewer has spoken of any item: of a request that is still to be sent, no."""
        return any(
            item.actual or item.reviewer_guideline or item.readings.get(Reading.RATIONALE)
            for item in self.items
        )

    @property
    def dates(self) -> Mapping[CaseDate, date | None]:
        """The dates of the case by the names that ``derived.yaml`` uses."""
        return {
            "injury_date": self.injury_date,
            "denial_date": self.denial_date,
            "decision_date": self.decision_date,
        }
