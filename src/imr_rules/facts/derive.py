"""Facts that follow from dates, titles, tables and the other items of the same letter.

The ways are few and named in ``rules/vocabulary/derived.yaml``; this file computes each of them.
What a text says itself always comes first: a derived value only fills a silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from imr_rules.facts.from_formulary import FormularyQuestion, formulary_value
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.model import Ingredient, Phase, Request
from imr_rules.treatments.morphine import (
    ConversionFactors,
    DrugNotInTableError,
    factors_on,
    morphine_equivalent_mg_per_day,
)

CaseDate = Literal["injury_date", "denial_date", "decision_date"]
"""The dates of a case that facts are derived from."""


class _Way(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DaysBetween(_Way):
    """Whole days from one date of the case to another."""

    way: Literal["days_between"] = Field(alias="from")
    start: CaseDate
    end: CaseDate


class YearOf(_Way):
    """The year of a date of the case."""

    way: Literal["year_of"] = Field(alias="from")
    start: CaseDate


class RequestField(_Way):
    """What the title says, by a field of the request."""

    way: Literal["request"] = Field(alias="from")
    field: str


class CaseField(_Way):
    """What the case says of the worker."""

    way: Literal["case"] = Field(alias="from")
    field: Literal["age_years"]


class ExcludedIngredients(_Way):
    """Whether the product holds an ingredient that the tables exclude."""

    way: Literal["excluded_ingredients"] = Field(alias="from")


class SumOf(_Way):
    """The sum of numbers, known only if every one of them is."""

    way: Literal["sum"] = Field(alias="from")
    of: Annotated[list[str], Field(min_length=1)]


class NotTheFirst(_Way):
    """No where any of the numbers in *counted* is more than none; silence otherwise.

    What goes with an operation begins anew after it, whatever was done before.
    """

    way: Literal["not_the_first"] = Field(alias="from")
    counted: Annotated[list[str], Field(min_length=1)]


class Beside(_Way):
    """Yes if another item of the letter asks for one of *treatments*; silence otherwise."""

    way: Literal["beside"] = Field(alias="from")
    treatments: Annotated[list[str], Field(min_length=1)]


class OperationBeside(_Way):
    """Whether the letter asks for the operation that the item accompanies, one of *treatments*.

    An operation on another part or side is not the one, and a retrospective request is for one
    that is done. Silence for what goes with no operation.
    """

    way: Literal["operation_beside"] = Field(alias="from")
    treatments: Annotated[list[str], Field(min_length=1)]


class BesideSameClass(_Way):
    """Yes if another item of the letter asks for a drug of the same class."""

    way: Literal["beside_same_class"] = Field(alias="from")


class Parent(_Way):
    """The conclusion on the operation or drug that the item only accompanies."""

    way: Literal["parent"] = Field(alias="from")


class Operation(BaseModel):
    """A requested operation and the value it has; of several that fit the first counts."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    treatment: str
    approach: str | None = None
    body_part: list[str] = []
    value: str = Field(alias="is")


class OperationAccompanied(_Way):
    """Which operation of the letter the item accompanies, by the first of *operations* it is."""

    way: Literal["operation_accompanied"] = Field(alias="from")
    operations: Annotated[list[Operation], Field(min_length=1)]


class Formulary(_Way):
    """How a drug stands in the Division's drug list, for a case decided *since* that day."""

    way: Literal["formulary"] = Field(alias="from")
    question: FormularyQuestion
    since: date


class MorphineEquivalent(_Way):
    """The daily dose of all opioids that the letter's items ask for, in oral morphine equivalents.

    By the conversion table of the day. An opioid whose dose no title tells adds nothing: the total
    is the least that it can be.
    """

    way: Literal["morphine_equivalent"] = Field(alias="from")


Derivation = Annotated[
    DaysBetween
    | YearOf
    | RequestField
    | CaseField
    | ExcludedIngredients
    | SumOf
    | NotTheFirst
    | Beside
    | OperationBeside
    | BesideSameClass
    | Parent
    | OperationAccompanied
    | Formulary
    | MorphineEquivalent,
    Field(discriminator="way"),
]


@dataclass(frozen=True)
class CaseContext:
    """What of a case the derived facts of one item may look at."""

    dates: Mapping[CaseDate, date | None]
    age_years: float | None
    request: Request
    others: Sequence[Request]
    """The requests of the letter's other items."""
    on: date | None = None
    conversion: Sequence[ConversionFactors] = ()
    """Tables of oral morphine equivalents, of which the one in force *on* the day counts."""
    parent_service: Value | None = None


def facts_behind(way: Derivation) -> Sequence[str]:
    """Return the facts of the same item that *way* derives its own from."""
    match way:
        case SumOf(of=parts):
            return parts
        case NotTheFirst(counted=numbers):
            return numbers
        case _:
            return ()


def parent_facts(derivations: Mapping[str, Derivation]) -> tuple[str, ...]:
    """Return the facts that tell what became of the item that another one accompanies."""
    return tuple(fact for fact, way in derivations.items() if isinstance(way, Parent))


def impossible_fields(
    derivations: Mapping[str, Derivation], request: Request, vocabulary: Vocabulary
) -> dict[str, Value]:
    """Return the numbers of *request* that their facts cannot be: a title's slips of the pen."""
    found: dict[str, Value] = {}
    for fact, way in derivations.items():
        if isinstance(way, RequestField):
            value: Value | None = getattr(request, way.field)
            if isinstance(value, int | float) and not vocabulary[fact].can_be(value):
                found[fact] = value
    return found


def derive(
    derivations: Mapping[str, Derivation],
    known: Mapping[str, Value],
    context: CaseContext,
    catalogue: Catalogue,
    vocabulary: Vocabulary,
) -> dict[str, Value]:
    """Return the derived facts that *known* leaves silent, in the order of the file.

    What a title says but the vocabulary has no word for (a tablet's form) is left out.
    """
    values: dict[str, Value] = {}
    for fact, way in derivations.items():
        if fact in known:
            continue
        value = _value(way, {**known, **values}, context, catalogue)
        if value is not None and vocabulary[fact].can_be(value):
            values[fact] = value
    return values


def _value(
    way: Derivation, known: Mapping[str, Value], context: CaseContext, catalogue: Catalogue
) -> Value | None:
    match way:
        case DaysBetween(start=start, end=end):
            first, last = context.dates.get(start), context.dates.get(end)
            # A header whose dates run backwards is a misprint, not an age of minus ten days.
            return None if first is None or last is None or last < first else (last - first).days
        case YearOf(start=start):
            first = context.dates.get(start)
            return None if first is None else first.year
        case RequestField(field=field):
            value: Value | None = getattr(context.request, field)
            return value
        case CaseField():
            return context.age_years
        case ExcludedIngredients():
            return catalogue.excluded(context.request)
        case SumOf(of=parts):
            numbers = [known.get(part) for part in parts]
            if any(n is None or isinstance(n, str) for n in numbers):
                return None
            return sum(float(n) for n in numbers if n is not None and n != UNDOCUMENTED)
        case NotTheFirst(counted=numbers):
            if context.request.accompanies or context.request.phase is Phase.POSTOPERATIVE:
                return None
            told = (known.get(number) for number in numbers)
            return "no" if any(isinstance(n, int | float) and n > 0 for n in told) else None
        case Beside(treatments=treatments):
            wanted = set(treatments)
            beside = any(wanted & set(catalogue.lineage(other)) for other in context.others)
            return "yes" if beside else None
        case OperationBeside(treatments=treatments):
            return _operation_beside(treatments, context, catalogue)
        case BesideSameClass():
            mine = context.request.drug_class
            beside = mine is not None and any(o.drug_class == mine for o in context.others)
            return "yes" if beside else None
        case Parent():
            return context.parent_service
        case OperationAccompanied(operations=operations):
            return _operation_accompanied(operations, context, catalogue)
        case MorphineEquivalent():
            return _morphine_equivalent(context)
        case Formulary(question=question, since=since):
            # Without a day the request is a draft of today, when the list is in force.
            if context.on is not None and context.on < since:
                return None
            return formulary_value(question, context.request, catalogue, context.on)


def _operation_beside(
    treatments: Sequence[str], context: CaseContext, catalogue: Catalogue
) -> str | None:
    request, wanted = context.request, set(treatments)
    around = (Phase.PREOPERATIVE, Phase.POSTOPERATIVE)
    if not request.accompanies and request.phase not in around:
        return None
    is_beside = request.accompanies and any(
        not other.retrospective
        and wanted & set(catalogue.lineage(other))
        and _may_be_one_place(request, other)
        for other in context.others
    )
    return "yes" if is_beside else "no"


def _may_be_one_place(one: Request, other: Request) -> bool:
    """Whether no part of the body and no side that they tell keeps them apart."""
    parts = one.body_parts, other.body_parts
    sides = {one.side, other.side} - {None, "bilateral"}
    return len(sides) < 2 and (not all(parts) or bool(set(parts[0]) & set(parts[1])))


def _operation_accompanied(
    operations: Sequence[Operation], context: CaseContext, catalogue: Catalogue
) -> str | None:
    # Letters list the operation first and what hangs on it after.
    main = next((other for other in context.others if not other.accompanies), None)
    if main is None or not context.request.accompanies:
        return None
    names = catalogue.lineage(main)
    for operation in operations:
        fits = operation.treatment in names and operation.approach in (None, main.approach)
        if fits and (not operation.body_part or {*operation.body_part} & {*main.body_parts}):
            return operation.value
    return None


def _morphine_equivalent(context: CaseContext) -> float | None:
    factors = factors_on(context.conversion, context.on) if context.on else None
    if factors is None or context.request.drug_class != factors.drug_class:
        return None
    doses: dict[tuple[Ingredient, ...], float] = {}
    for request in (context.request, *context.others):
        try:
            dose = morphine_equivalent_mg_per_day(request, factors)
        except DrugNotInTableError:
            # A table that says nothing of the drug leaves the dose unknown, never zero.
            continue
        if dose is not None:
            # The same drug again is another month of it, not a second one taken beside it.
            doses[request.ingredients] = max(dose, doses.get(request.ingredients, 0.0))
    return sum(doses.values()) if doses else None
