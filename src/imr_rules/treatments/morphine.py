"""The daily dose of an opioid request in oral morphine equivalents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from imr_rules import strict_yaml
from imr_rules.errors import PackError
from imr_rules.treatments.model import Ingredient, Request
from imr_rules.treatments.shapes import Shape


class DrugNotInTableError(PackError, LookupError):
    """An opioid product holds a drug that the conversion table says nothing of."""

    code = "drug-not-in-table"

    def __init__(self, drug: str) -> None:
        self.drug = drug
        super().__init__(
            f"{drug!r} has no conversion factor.",
            hint="Add it to rules/treatments/opioid_conversion.yaml.",
        )


@dataclass(frozen=True)
class ConversionFactors:
    """One conversion table of a *drug_class*, in force from a day on.

    ``per_mg`` multiplies mg a day, ``per_mcg_per_hour`` the micrograms an hour of a patch;
    ``bands`` hold (up to mg a day, factor). ``adds_nothing`` are no opioids; ``not_converted``
    are opioids the table refuses to convert.
    """

    in_force_from: date
    source: str
    standing: str
    drug_class: str
    per_mg: Mapping[str, float]
    per_mcg_per_hour: Mapping[str, float] = field(default_factory=dict)
    bands: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    adds_nothing: frozenset[str] = frozenset()
    not_converted: frozenset[str] = frozenset()

    def knows(self, drug: str) -> bool:
        """Tell whether the table says anything of *drug*."""
        return (
            drug in self.per_mg
            or drug in self.per_mcg_per_hour
            or drug in self.bands
            or drug in self.adds_nothing
            or drug in self.not_converted
        )


_Band = Annotated[tuple[float, float], Field(strict=False)]


class _TableShape(Shape):
    in_force_from: Annotated[date, Field(strict=False)]
    source: str
    standing: str
    per_mg: dict[str, float]
    per_mcg_per_hour: dict[str, float] = Field(default_factory=dict)
    bands: dict[str, list[_Band]] = Field(default_factory=dict)
    none: list[str] = Field(default_factory=list)


class _ConversionFile(Shape):
    drug_class: str
    adds_nothing: list[str]
    none: list[str]
    tables: list[_TableShape]


def load_conversion_factors(rules: Path) -> tuple[ConversionFactors, ...]:
    """Load the conversion tables of *rules*, the earliest first.

    Raises:
        PackError: the file cannot be read, or a table has another shape.
    """
    document = strict_yaml.read(rules / "treatments" / "opioid_conversion.yaml")
    raw = strict_yaml.validate(_ConversionFile, document)
    tables = (
        ConversionFactors(
            in_force_from=table.in_force_from,
            source=table.source,
            standing=table.standing,
            drug_class=raw.drug_class,
            per_mg=table.per_mg,
            per_mcg_per_hour=table.per_mcg_per_hour,
            bands=table.bands,
            adds_nothing=frozenset(raw.adds_nothing),
            not_converted=frozenset(raw.none).union(table.none),
        )
        for table in raw.tables
    )
    return tuple(sorted(tables, key=lambda t: t.in_force_from))


def factors_on(tables: Sequence[ConversionFactors], on: date) -> ConversionFactors | None:
    """Return the table in force on the day *on*, None before the first."""
    in_force = [t for t in tables if t.in_force_from <= on]
    return in_force[-1] if in_force else None


def morphine_equivalent_mg_per_day(request: Request, factors: ConversionFactors) -> float | None:
    """Return the oral morphine equivalent of *request*, in mg per day.

    The daily number of units must be stated: by exact directions, or by a quantity with its day
    supply (of the whole request, where only a rest of it is in dispute). A patch needs none: its
    strength is a rate, and one is worn at a time.

    Source:
        *factors*: ``rules/treatments/opioid_conversion.yaml``.

    Returns:
        None for what is no opioid, where a strength or the daily number is not stated, and for a
        drug that the table refuses to convert.

    Raises:
        DrugNotInTableError: a drug of the product is neither converted nor said to add nothing.
    """
    if request.drug_class != factors.drug_class:
        return None
    for ingredient in request.ingredients:
        if not factors.knows(ingredient.name):
            raise DrugNotInTableError(ingredient.name)
    counted = [i for i in request.ingredients if i.name not in factors.adds_nothing]
    if not counted:
        return None
    total = 0.0
    for ingredient in counted:
        part = _part(ingredient, _units_per_day(request), factors)
        if part is None:
            return None
        total += part
    return total


def _units_per_day(request: Request) -> float | None:
    if request.units_per_day is not None:
        return request.units_per_day
    whole = request.original_quantity if request.remainder else request.quantity
    # Letters often give only a quantity ("#60"). Assuming a 30-day supply would turn a gap in
    # the letter into a finding about the worker.
    if whole is None or not request.days_supply:
        return None
    return whole / request.days_supply


def _part(
    ingredient: Ingredient, units_per_day: float | None, factors: ConversionFactors
) -> float | None:
    rate = ingredient.strength_mcg_per_hour
    if rate is not None and ingredient.name in factors.per_mcg_per_hour:
        return rate * factors.per_mcg_per_hour[ingredient.name]
    if ingredient.strength_mg is None or units_per_day is None:
        return None
    dose_mg_per_day = ingredient.strength_mg * units_per_day
    factor = factors.per_mg.get(ingredient.name)
    if factor is None:
        bands = factors.bands.get(ingredient.name, ())
        factor = next((f for up_to, f in bands if dose_mg_per_day <= up_to), None)
    return None if factor is None else dose_mg_per_day * factor
