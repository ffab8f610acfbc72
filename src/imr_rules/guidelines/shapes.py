"""The files of an edition as YAML writes them, before any name in them is looked up."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from imr_rules.guidelines.model import Stance

_Date = Annotated[date, Field(strict=False)]
_Texts = Annotated[list[str], Field(default_factory=list)]


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CiteShape(_Raw):
    """Where a rule stands."""

    section: str = ""
    pages: list[int] = []


class CriterionShape(_Raw):
    """A criterion as a topic writes it."""

    statement: str
    question: str
    when: dict[str, Any]
    cite: CiteShape = CiteShape()
    attested_by: _Texts
    seen_in: str = ""
    unverified: bool = False
    presumed: bool = False
    other_reading: str = ""


class AppliesShape(_Raw):
    """What a topic is about."""

    treatment: str | list[str]
    body_part: _Texts
    phase: _Texts


class RouteShape(_Raw):
    """One way to a recommendation."""

    title: str
    applies: _Texts
    requires: Any = None
    bars: list[Any] = []


class InForceShape(_Raw):
    """From when, and until when."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)
    from_: _Date = Field(alias="from")
    until: _Date | None = None


class TopicFile(_Raw):
    """A topic as its YAML file writes it."""

    topic: str
    title: str
    about: str
    applies_to: AppliesShape
    stance: Annotated[Stance, Field(strict=False)] = Stance.RECOMMENDED_IF
    cite: CiteShape
    also_cited_as: _Texts
    in_force: InForceShape | None = None
    criteria: dict[str, CriterionShape] = {}
    routes: dict[str, RouteShape] = {}
    bars: list[Any] = []
    hurts_by_design: dict[str, str] = {}


class ParameterFile(_Raw):
    """One entry of a parameters file."""

    unit: str
    description: str
    source: str
    values: dict[str, float | int]
    by: str = ""
    table: dict[str, dict[str, float | int]] = {}


class EditionFile(_Raw):
    """``edition.yaml``."""

    edition: str
    title: str
    cite_as: str
    legal: str
    rank: int
    in_force: InForceShape
    other_names: _Texts
    sections: dict[str, list[int]] = {}
