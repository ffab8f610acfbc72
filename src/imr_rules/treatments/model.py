"""What a disputed item asks for, structured."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Phase(StrEnum):
    """The place of a request in the course of care."""

    INITIAL = "initial"
    CONTINUATION = "continuation"
    PREOPERATIVE = "preoperative"
    POSTOPERATIVE = "postoperative"


class Surroundings(StrEnum):
    """What a title says about an operation around the request."""

    ASSOCIATED = "associated"
    PREOPERATIVE = "preoperative"
    POSTOPERATIVE = "postoperative"


class Link(StrEnum):
    """How a title hangs its request on another service: the time, the purpose, or the reason.

    ``after`` and ``done`` both follow; what is ``done`` ("status post") is past for certain.
    """

    AFTER = "after"
    DONE = "done"
    BEFORE = "before"
    FOR = "for"
    CAUSE = "cause"


class Ingredient(BaseModel):
    """One active ingredient.

    ``strength_mg`` is per unit (tablet, patch), ``strength_mcg_per_hour`` what a patch releases;
    None where neither the title nor the fixed product says.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    strength_mg: float | None = None
    strength_percent: float | None = None
    strength_mcg_per_hour: float | None = None


class Request(BaseModel):
    """What one disputed item asks for; None is "the title does not say", never a guess.

    ``treatment`` is an entry of the catalogue, ``category`` the group it belongs to, ``services``
    every treatment the title names, in its order. ``units`` are visits, pieces or studies of the
    *whole* original request (not tablets: that is ``quantity``); ``authorized_units`` what the
    claims administrator already granted of it, and ``disputed_units`` the rest. ``levels`` are
    those of the spine that an injection is asked for at.

    ``quantity`` (tablets, grams) is always that of the *disputed* portion; where part of it was
    granted, ``original_quantity`` and ``authorized_quantity`` hold the whole and the granted part.
    ``duration_days`` and ``body_parts``, too, are those of the disputed portion where told.
    ``remainder`` tells that only the rest of a request is in dispute. ``accompanies`` tells that
    the item only goes with another one. Of ranges ("6 to 8 weeks") the upper bound is kept;
    ``duration_days`` counts 30 days a month. ``hours_per_week`` are hours of care.
    ``units_per_day`` is set only for an exact dose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    treatment: str | None = None
    category: str | None = None
    services: tuple[str, ...] = ()
    drug_class: str | None = None
    ingredients: tuple[Ingredient, ...] = ()
    excluded_ingredients: tuple[str, ...] = Field(
        default=(), description="ingredients not recommended on the skin, in this form and strength"
    )
    form: str | None = None
    quantity: float | None = None
    quantity_unit: str | None = None
    original_quantity: float | None = None
    authorized_quantity: float | None = None
    refills: int | None = None
    units_per_day: float | None = None
    days_supply: float | None = None
    units: int | None = None
    authorized_units: int | None = None
    disputed_units: int | None = None
    levels: int | None = None
    duration_days: int | None = None
    hours_per_week: int | None = None
    body_parts: tuple[str, ...] = ()
    side: str | None = None
    phase: Phase | None = None
    rental_or_purchase: str | None = None
    approach: str | None = None
    contrast: str | None = None
    repeated: bool = False
    retrospective: bool = False
    accompanies: bool = False
    remainder: bool = False
