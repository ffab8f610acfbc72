"""The shapes of ``findings.json`` and ``scores.json``, for their schemas and their checks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from imr_rules.audit.model import Kind, Severity
from imr_rules.facts.model import Basis, Section

Share = Annotated[float, Field(ge=0, le=1)]
Ends = Annotated[list[float], Field(min_length=2, max_length=2)]
"""Both ends of a 95 % interval, the lower one first."""
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- findings.json ----------------------------------------------------------------------------


class QuotationPart(_Part):
    """The words that a finding rests on: a quotation with its offsets, or a note in own words."""

    section: Section
    start: int | None
    end: int | None
    quote: str | None
    note: str | None


class FindingPart(_Part):
    """One thing that a determination should be asked about; groups have no case and no item."""

    kind: Kind
    rule: str
    title: str
    case_number: str | None
    item: int | None
    severity: Severity
    confidence: Share
    explanation: str
    criterion: str
    cite: str
    against: list[str]
    evidence: list[QuotationPart]
    evidence_against: Annotated[
        list[QuotationPart],
        Field(description="what the first of against rests on; offsets count in its own letter"),
    ]


class FindingsFile(_Part):
    """``findings.json``: all findings, or of a corpus the gravest of each kind."""

    format: Literal["imr.audit.v1"]
    rules_version: str
    notice: str
    counts: dict[Kind, Count]
    left_out: Annotated[int, Field(ge=0, description="findings that only listed_in holds")]
    listed_in: Literal["findings.json", "findings.parquet"]
    findings: list[FindingPart]


# --- scores.json ------------------------------------------------------------------------------


class RatePart(_Part):
    """How many of how many, with Wilson's interval; null without any."""

    count: Count
    of: Count
    rate: Share | None
    interval: Ends | None


class ScorePart(_Part):
    """A score; null where it is not defined."""

    value: float | None
    interval: Ends | None
    method: Literal["bootstrap", "wilson"] | None


class CalibrationPart(RatePart):
    """The items whose likelihood lies from *low* to below *high*, and what became of them."""

    low: Share
    high: Share
    n: Count
    mean_likelihood: Share


class ConfusionPart(_Part):
    """How predictions and decisions met."""

    overturned_as_predicted: Count
    predicted_overturned_but_upheld: Count
    predicted_upheld_but_overturned: Count
    upheld_as_predicted: Count


class ScoresPart(_Part):
    """Every score by its name."""

    agreement: ScorePart
    balanced_accuracy: ScorePart
    recall_overturned: ScorePart
    recall_upheld: ScorePart
    precision_overturned: ScorePart
    mcc: ScorePart
    cohen_kappa: ScorePart
    gwet_ac1: ScorePart
    krippendorff_alpha: ScorePart
    auc: ScorePart
    average_precision: ScorePart
    brier: ScorePart


class BasisPart(_Part):
    """The scores of one basis: *n* covered items of so many letters."""

    n: Count
    letters: Count
    coverage: RatePart
    base_rate: RatePart
    base_rate_brier: Share | None
    confusion: ConfusionPart
    scores: ScoresPart
    calibration: list[CalibrationPart]


class GroupPart(_Part):
    """Agreement within a group of decided items."""

    group: str
    letters: Count
    overturned: RatePart
    base_rate: RatePart
    agreement: dict[Basis, RatePart]


class BreakdownsPart(_Part):
    """Groups by what the report breaks agreement down by, the largest first."""

    category: list[GroupPart]
    specialty: list[GroupPart]
    quarter: list[GroupPart]
    edition: list[GroupPart]


class LevelGroupPart(_Part):
    """How often a group overturns, against all items outside it; small groups have no p-value.

    *rate_of_the_rest* is null where nothing is outside the group.
    """

    group: str
    n: Count
    letters: Count
    overturned: Count
    rate: Share
    interval: Ends | None
    interval_by_letter: Ends | None
    rate_of_the_rest: Share | None
    ranked: bool
    p: Share | None
    adjusted_p: Share | None
    differs: bool


class LevelPart(_Part):
    """The groups of one grouping; *spread* is the standard deviation of the compared rates."""

    grouping: Literal["specialty", "licensure", "quarter", "administrator_citation"]
    spread: float | None
    groups: list[LevelGroupPart]


class PatternPart(_Part):
    """How often like items of different letters were decided unlike, on one basis."""

    basis: Basis
    groups_of_like_items: Count
    items: Count
    pairs: Count
    decided_unlike: Count
    rate: Share | None
    interval_by_letter: Ends | None
    rate_of_all_pairs: Share | None
    variance_within: float | None
    variance_of_all: float | None


class NoisePart(_Part):
    """Level and pattern noise; groups of fewer than *least_group* items are not compared."""

    level: list[LevelPart]
    pattern: list[PatternPart]
    least_group: Count


class ScoresFile(_Part):
    """``scores.json``: every number of the report."""

    format: Literal["imr.audit-scores.v1"]
    notice: str
    letters: Count
    items: Count
    decided: Count
    overturned: Count
    bases: dict[Basis, BasisPart]
    breakdowns: BreakdownsPart
    overlapping: Annotated[
        list[str],
        Field(description="columns of which an item counts in each group that it names"),
    ]
    noise: NoisePart
    findings: dict[Kind, Count]
    intervals: Annotated[str, Field(description="how the intervals were made, in words")]
