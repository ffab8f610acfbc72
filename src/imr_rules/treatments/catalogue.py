"""The catalogue of treatments: what can be asked for, how titles name it, and where it belongs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from imr_rules.treatments.levels import Levels
from imr_rules.treatments.model import Ingredient, Phase, Request, Surroundings
from imr_rules.treatments.names import NameIndex, index_of
from imr_rules.treatments.words import TitleWords

ALL_SURROUNDINGS = tuple(Surroundings)


@dataclass(frozen=True, slots=True)
class Category:
    """A group of treatments, with its place in the Division's own taxonomy of requests.

    ``ancillary_when`` names the surroundings in which a request of the group only accompanies an
    operation; it then counts under the group whose ``ancillary`` is true.
    """

    id: str
    title: str
    dwc: tuple[str, str]
    dwc_also: tuple[tuple[str, str], ...] = ()
    ancillary_when: tuple[Surroundings, ...] = ALL_SURROUNDINGS
    ancillary: bool = False


@dataclass(frozen=True, slots=True)
class Refinement:
    """When all told conditions hold, the treatment *to* takes over; an empty one always holds."""

    to: str
    body_part: tuple[str, ...] = ()
    surroundings: tuple[Surroundings, ...] = ()
    drug_class: tuple[str, ...] = ()
    form: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Treatment:
    """One thing that can be asked for.

    ``names`` are the words titles use; ``parents`` the classes it belongs to, nearest first
    (a drug's class, ``opioid``; a study's kind, ``imaging``). Of several treatments in a title
    the one with the highest ``precedence`` is the main one. ``administers_drugs``: a drug named
    beside it is what it injects. ``levels`` are those of the spine that its title counts.
    """

    id: str
    title: str
    category: str
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()
    unit: str = ""
    accompanies: bool = False
    precedence: int = 50
    administers_drugs: bool = False
    levels: Levels | None = None
    refine: tuple[Refinement, ...] = ()
    dwc: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Drug:
    """Product names with what is in them, the strengths a fixed product has, and the treatment."""

    names: tuple[str, ...]
    ingredients: tuple[Ingredient, ...]
    treatment: str
    drug_class: str
    form: str | None = None


@dataclass(frozen=True, slots=True)
class ExcludedIngredient:
    """An ingredient that the guideline does not recommend on the skin.

    ``except_form`` is the one form that is recommended, ``above_percent`` the strength beyond
    which the exclusion starts.
    """

    ingredient: str
    standing: str
    source: str
    except_form: str | None = None
    above_percent: float | None = None

    def covers(self, ingredient: Ingredient, form: str | None) -> bool | None:
        """Tell whether *ingredient*, in *form*, falls under this exclusion.

        Returns:
            None where it hangs on a form or strength that is not known.
        """
        if ingredient.name != self.ingredient:
            return False
        if self.except_form is not None:
            return None if form is None else form != self.except_form
        if self.above_percent is None:
            return True
        if ingredient.strength_percent is None:
            return None
        return ingredient.strength_percent > self.above_percent


@dataclass(frozen=True, slots=True)
class TopicalTable:
    """What a drug becomes on the skin, by ingredient, and what is not recommended there."""

    forms: frozenset[str] = frozenset()
    alone: Mapping[str, str] = field(default_factory=dict)
    mixture: str = ""
    category: str = ""
    excluded: tuple[ExcludedIngredient, ...] = ()

    def excluded_of(self, ingredients: Iterable[Ingredient], form: str | None) -> tuple[str, ...]:
        """Return those of *ingredients* that are not recommended on the skin in *form*."""
        return tuple(i.name for i in ingredients if any(e.covers(i, form) for e in self.excluded))


class FormularyStatus(StrEnum):
    """How a drug stands in the Division's list.

    ``outside``: it is no drug of the list; ``unknown``: to be treated as needing review.
    """

    EXEMPT = "exempt"
    NON_EXEMPT = "non-exempt"
    UNLISTED = "unlisted"
    COMPOUNDED = "compounded"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class FormularyEvidence(StrEnum):
    """How surely a row is known: a public page states it, or it is unverified knowledge."""

    SEEN = "seen"
    BACKGROUND = "background"


@dataclass(frozen=True, slots=True)
class FormularyEntry:
    """One row of the Division's drug list, as far as it is known.

    It stands for the drugs that hold exactly ``ingredients`` (``on_skin`` or not), or for the
    ``treatments``. Days are None where they were not found; ``since`` is the day of the version
    that brought the row, None where it was there from the first.
    """

    drug: str
    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    treatments: tuple[str, ...]
    drug_class: str
    on_skin: bool
    status: FormularyStatus
    special_fill_days: int | None
    perioperative_fill_days: int | None
    since: date | None
    source: str
    evidence: FormularyEvidence
    note: str
    as_of: date


Named = Treatment | Drug
"""What a name in a title can stand for."""


@dataclass(frozen=True)
class Catalogue:
    """Everything under ``rules/treatments/``, looked up by name."""

    categories: Mapping[str, Category]
    treatments: Mapping[str, Treatment]
    drugs: tuple[Drug, ...] = ()
    body_parts: tuple[str, ...] = ()
    body_part_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: Mapping[str, str] = field(default_factory=dict)
    vague_parts: frozenset[str] = frozenset()
    sides: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topicals: TopicalTable = field(default_factory=TopicalTable)
    words: TitleWords | None = None
    formulary: tuple[FormularyEntry, ...] = ()
    taxonomy: frozenset[tuple[str, str]] = frozenset()

    @property
    def phases(self) -> tuple[str, ...]:
        return tuple(Phase)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id that a topic may name: treatments, their parents, and categories."""
        parents = (p for t in self.treatments.values() for p in t.parents)
        return frozenset((*self.treatments, *parents, *self.categories))

    @cached_property
    def ancillary_category(self) -> str | None:
        """The category of services that only accompany an operation."""
        return next((c.id for c in self.categories.values() if c.ancillary), None)

    def lineage(self, request: Request) -> tuple[str, ...]:
        """Return the ids *request* can be called by, the closest first.

        The last is the request's own category: beside an operation a brace is a service around
        that operation, not equipment.
        """
        if request.treatment is None:
            return (request.category,) if request.category else ()
        treatment = self.treatments[request.treatment]
        category = request.category or treatment.category
        return tuple(dict.fromkeys((treatment.id, *treatment.parents, category)))

    def excluded(self, request: Request) -> str | None:
        """Say ``yes`` where a drug for the skin holds an ingredient not recommended there.

        Returns:
            ``no`` where every ingredient is known and none is; None where it hangs on something
            the title does not say, and for everything that is no drug for the skin.
        """
        if request.category != self.topicals.category or not request.ingredients:
            return None
        verdicts = [
            e.covers(i, request.form) for i in request.ingredients for e in self.topicals.excluded
        ]
        if any(verdicts):
            return "yes"
        return None if None in verdicts else "no"

    def division_place(self, request: Request) -> tuple[str, str] | None:
        """Return (category, sub-category) of *request* in the Division's taxonomy."""
        if request.category is None:
            return None
        category = self.categories[request.category]
        treatment = self.treatments.get(request.treatment or "")
        if category.ancillary or treatment is None or treatment.dwc is None:
            return category.dwc
        return treatment.dwc

    @cached_property
    def service_index(self) -> NameIndex[Named]:
        """Treatments and drugs by the words of their names."""
        if self.words is None:
            return NameIndex()
        groups: list[tuple[Named, tuple[str, ...]]] = [
            *((t, t.names) for t in self.treatments.values()),
            *((d, d.names) for d in self.drugs),
        ]
        return index_of(groups, small_words=set(self.words.small_words), prepare=self.words.fold)

    @cached_property
    def body_part_index(self) -> NameIndex[str]:
        """Parts of the body by their names."""
        return index_of(self.body_part_names.items(), prepare=self._fold)

    @cached_property
    def side_index(self) -> NameIndex[str]:
        """Sides by their names."""
        return index_of(self.sides.items(), prepare=self._fold)

    def _fold(self, name: str) -> str:
        return self.words.fold(name) if self.words else name.lower()
