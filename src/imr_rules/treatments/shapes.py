"""How the files of ``rules/treatments/`` look, entry by entry; nothing but their shape."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules.treatments.catalogue import FormularyEvidence, FormularyStatus
from imr_rules.treatments.levels import Levels
from imr_rules.treatments.model import Surroundings


class Shape(BaseModel):
    """Strict and frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Texts = Annotated[list[str], Field(default_factory=list)]
Place = Annotated[list[str], Field(min_length=2, max_length=2)]
Around = list[Annotated[Surroundings, Field(strict=False)]]


class CategoryShape(Shape):
    """A category; without ``ancillary_when`` it moves in any surroundings."""

    title: str
    dwc: Place
    dwc_also: list[Place] = []
    ancillary_when: Around | None = None
    ancillary: bool = False


class CategoriesFile(Shape):
    """``categories.yaml``."""

    categories: dict[str, CategoryShape]


class TaxonomyFile(Shape):
    """``division_taxonomy.yaml``: sub-categories by category."""

    taxonomy: dict[str, list[str]]


class RefinementShape(Shape):
    """One entry of ``refine``."""

    to: str
    body_part: Texts
    surroundings: Around = []
    drug_class: Texts
    form: Texts


class TreatmentShape(Shape):
    """One treatment."""

    title: str
    category: str
    names: Texts
    parents: Texts
    unit: str = ""
    accompanies: bool = False
    precedence: int = 50
    administers_drugs: bool = False
    levels: Annotated[Levels, Field(strict=False)] | None = None
    refine: list[RefinementShape] = []
    dwc: Place | None = None


class ServicesFile(Shape):
    """A file of ``services/``."""

    treatments: dict[str, TreatmentShape]


class DrugShape(Shape):
    """One drug with its products, or one class with its members.

    ``names`` are names of the kind that do not tell the ingredients ("compounded cream").
    """

    names: Texts
    products: dict[str, list[str]] = {}
    members: dict[str, list[str]] = {}
    title: str = ""
    category: str = ""
    parents: Texts
    refine: list[RefinementShape] = []
    dwc: Place | None = None


class DrugsFile(Shape):
    """A file of ``drugs/``: by group, then by drug."""

    groups: dict[str, dict[str, DrugShape]]
    forms: dict[str, list[str]] = {}


class ExcludedShape(Shape):
    """An ingredient not recommended on the skin."""

    ingredient: str
    standing: str
    source: str
    except_form: str | None = None
    above_percent: float | None = None


class TopicalFile(Shape):
    """``topical.yaml``."""

    forms: list[str]
    alone: dict[str, str]
    mixture: str
    category: str
    excluded: list[ExcludedShape]


class BodyPartsFile(Shape):
    """``body_parts.yaml``."""

    body_parts: dict[str, list[str]]
    within: dict[str, str]
    vague: list[str]
    sides: dict[str, list[str]]


class FormularyRowShape(Shape):
    """One row of the drug list; a figure that was not found is left out."""

    drug: str
    names: Texts
    ingredients: Texts
    treatments: Texts
    class_: str = Field(alias="class")
    on_skin: bool = False
    status: Annotated[FormularyStatus, Field(strict=False)]
    special_fill_days: int | None = None
    perioperative_fill_days: int | None = None
    since: Annotated[date | None, Field(strict=False)] = None
    source: str = ""
    evidence: Annotated[FormularyEvidence, Field(strict=False)]
    note: str = ""


class FormularyFile(Shape):
    """``formulary.yaml``."""

    as_of: Annotated[date, Field(strict=False)]
    drugs: list[FormularyRowShape]
