"""What an audit looks at and what it finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from imr_rules.audit.policy import Policy, RuleId
from imr_rules.cases.model import Case, CaseItem
from imr_rules.explain.model import Explanation
from imr_rules.facts.model import Basis, Evidence
from imr_rules.knowledge import Knowledge
from imr_rules.letters.model import Determination, GuidelineCitation, Span


class Kind(StrEnum):
    """The kinds of finding, in the order in which a report shows them."""

    EVIDENCE_CONFLICT = "evidence_conflict"
    SELF_CONTRADICTION = "self_contradiction"
    DISAGREEMENT = "disagreement"
    LIKE_CASES = "like_cases_unlike_outcomes"
    UNADDRESSED = "unaddressed_criteria"
    CITATION = "citation"
    NOISE = "noise"


class Severity(StrEnum):
    """How much hangs on a finding if it is right: ``high`` may change the outcome."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that a determination, or a group of them, should be asked about.

    *rule* is the sort of finding within its kind (``sides-differ``). *confidence* is how often
    findings of this rule were right on a second look, or a careful estimate of it, 0 to 1.
    *case_number* and *item* are None for findings about groups; *against* names the other items
    that a comparison rests on. *evidence* stands in the determination itself, *evidence_against*
    in that of the first of *against*: offsets count in one letter alone.
    """

    kind: Kind
    rule: RuleId
    case_number: str | None
    item: int | None
    severity: Severity
    confidence: float
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    criterion: str = ""
    cite: str = ""
    against: tuple[str, ...] = ()
    evidence_against: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedGuideline:
    """What the reviewer says that the decision on an item rests on.

    *said* is None where the letter has no such line; *span* where the line stands in the letter.
    """

    said: str | None
    citations: tuple[GuidelineCitation, ...] = ()
    cited_none: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class AuditItem:
    """One disputed item, concluded on both bases, with what its reviewer cited.

    *summary* and *rationale* are where the record and the reviewer's reasoning stand in the
    letter, None without a letter.
    """

    case: Case
    item: CaseItem
    record: Explanation
    review: Explanation
    cited: CitedGuideline
    summary: Span | None = None
    rationale: Span | None = None

    @property
    def actual(self) -> str | None:
        return self.item.actual

    @property
    def on(self) -> date:
        """The day whose guidelines govern."""
        return self.review.conclusion.on

    def on_basis(self, basis: Basis) -> Explanation:
        return self.record if basis is Basis.RECORD else self.review


@dataclass(frozen=True, slots=True)
class AuditCase:
    """One determination; *letter* is None where only its facts are known."""

    case: Case
    items: tuple[AuditItem, ...]
    letter: Determination | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every determination of an audit, with the knowledge it is held against."""

    cases: tuple[AuditCase, ...]
    knowledge: Knowledge
    policy: Policy

    @property
    def items(self) -> Iterator[AuditItem]:
        for case in self.cases:
            yield from case.items
