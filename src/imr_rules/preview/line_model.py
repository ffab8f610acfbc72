"""The shape of an entry of ``preview --format json``, for its schema and its checks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from imr_rules.explain.flips import CORRECTION_COST
from imr_rules.explain.trace_model import ReasonLine, TraceLine

_Value = str | int | float


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerLine(_Line):
    """An answer that does: one value, and in words all values that do the same."""

    value: _Value
    words: str


class HingeFactLine(_Line):
    """One fact of a set: what the record would have to show, and what it says now."""

    fact: str
    question: str
    answers: list[AnswerLine]
    now: _Value | None = Field(description="what is known now; null where nothing is")
    asked_for_by: list[str] = Field(
        description="what the text asks it for, where the question does not say so itself"
    )
    what_counts: str = Field(description="what counts as documentation of it")
    untold: str = Field(description="what has to be told rather than documented; else empty")


class HingeLine(_Line):
    """A smallest set of facts that would turn the prediction, if the record shows them."""

    need: Literal["document", "tell", "correct"] = Field(
        description="document what is open, tell what no document shows, or correct what is known"
    )
    cost: int = Field(
        description=f"1 for each fact to document or tell, {CORRECTION_COST} for each to correct"
    )
    facts: list[HingeFactLine]


class HeldByLine(_Line):
    """A known fact that holds the prediction."""

    fact: str
    value: _Value
    words: str


class PreviewLine(_Line):
    """How a request would likely end, and what would turn that."""

    format: Literal["imr.preview.v1"]
    title: str
    prediction: Literal["upheld", "overturned", "no_guideline"]
    certainty: Literal["met", "undocumented", "barred"] | None
    barred: bool
    likelihood_overturned: float | None
    likelihood_n: int
    base_rate_overturned: float | None
    base_rate_of: str | None = Field(description="what the rate was published for")
    decisive: list[ReasonLine]
    held_by: list[HeldByLine] = Field(
        description="the fewest known facts that alone hold the prediction"
    )
    only_presumed: list[str] = Field(
        description="criteria an overturned outcome rests on while nobody denies them"
    )
    left_open: list[str] = Field(
        description="parts of the body or phases; naming one would find a text, or a closer one"
    )
    turns_to: Literal["upheld", "overturned"] | None
    if_the_record_shows: list[HingeLine] = Field(description="cheapest first")
    trace: TraceLine
    notice: str
