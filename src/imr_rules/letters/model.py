"""What a letter says before anyone reads medicine in it: blocks, items, decisions, dates.

Every :class:`Span` refers to :attr:`Determination.text`; ``text[span.start:span.end]`` is exact.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a letter's text, end excluded."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the words of *text* that the span covers."""
        return text[self.start : self.end]


class Layout(StrEnum):
    """The form of the letter, which changed with the years."""

    SECTIONS = "sections"
    DECISIONS_2013 = "decisions_2013"
    PROFESSIONAL_REVIEW = "professional_review"
    CURRENT = "current"
    NOTE = "note"


class Outcome(StrEnum):
    """What was decided: the denial stands, or the treatment is medically necessary."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The credentials of the reviewer, as the letter gives them; no name is ever published."""

    specialties: tuple[str, ...] = ()
    licensure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuidelineCitation:
    """One document that a decision is said to rest on.

    *sections* are split only where one name surely ends; a source outside the MTUS stays whole
    in *document*, because its writers follow no pattern. *start* and *end* are offsets in the
    letter.
    """

    document: str
    year: int | None
    sections: tuple[str, ...]
    pages: tuple[int, ...]
    is_mtus: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Guideline:
    """One guideline line: its words (single-spaced), where it stands, and what it cites.

    *cited_none*: the line says that no medical evidence was cited. *outside_mtus*: it says that
    the decision rests on a recommendation outside the MTUS.
    """

    text: str
    span: Span
    citations: tuple[GuidelineCitation, ...]
    cited_none: bool
    outside_mtus: bool = False


@dataclass(frozen=True, slots=True)
class DisputedItem:
    """One treatment in dispute and what became of it; None is "the letter does not say".

    *title* has its lines joined and single spaces; *title_span* covers the words it comes from.
    *diagnosis* is where a request form says what it is asked for.
    """

    number: int
    title: str
    title_span: Span
    actual: Outcome | None
    decision_span: Span | None
    claims_administrator_guideline: Guideline | None
    reviewer_guideline: Guideline | None
    rationale: Span | None
    diagnosis: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Determination:
    """One letter or note, taken apart.

    *missing* names in plain words what a letter of this layout has and this one has not, or what
    stands in it but cannot be used. *signed_date* is that of a request form. *confidence* is 1, or
    less for text recognised from an image.
    """

    source: str
    text: str = field(repr=False)
    layout: Layout
    case_number: str | None = None
    injury_date: datetime.date | None = None
    assigned_date: datetime.date | None = None
    received_date: datetime.date | None = None
    denial_date: datetime.date | None = None
    decision_date: datetime.date | None = None
    signed_date: datetime.date | None = None
    priority: str | None = None
    reviewer: Reviewer = Reviewer()
    summary: Span | None = None
    items: tuple[DisputedItem, ...] = ()
    missing: tuple[str, ...] = ()
    confidence: float = 1.0
