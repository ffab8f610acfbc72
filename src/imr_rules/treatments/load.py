"""YAML of ``rules/treatments/`` → checked catalogue, every problem with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from imr_rules import strict_yaml
from imr_rules.errors import (
    InconsistentError,
    Location,
    OverlapError,
    PackError,
    PackErrors,
    gathered,
)
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import (
    ALL_SURROUNDINGS,
    Catalogue,
    Category,
    Drug,
    ExcludedIngredient,
    FormularyEntry,
    Refinement,
    TopicalTable,
    Treatment,
)
from imr_rules.treatments.check import problems_of
from imr_rules.treatments.model import Ingredient
from imr_rules.treatments.shapes import (
    BodyPartsFile,
    CategoriesFile,
    DrugsFile,
    DrugShape,
    FormularyFile,
    RefinementShape,
    ServicesFile,
    TaxonomyFile,
    TopicalFile,
)
from imr_rules.treatments.words import TitleWords

_EACH = "each"
_STRENGTH = re.compile(r"(.+?) ([0-9.]+)(%|mg)\Z")
M = TypeVar("M", bound=BaseModel)


def load_catalogue(rules: Path) -> Catalogue:
    """Load everything under *rules*/treatments.

    Raises:
        PackErrors: every problem found: files that cannot be read, names that two treatments
            share, classes, categories and parts that nothing defines, refinements in a circle.
    """
    return _Loading(rules / "treatments").catalogue()


@dataclass
class _Loading:
    """One loading: what is built so far, where each part stands, and every problem on the way."""

    folder: Path
    problems: list[PackError] = field(default_factory=list)
    treatments: dict[str, Treatment] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    drugs: list[tuple[Drug, Location]] = field(default_factory=list)

    def catalogue(self) -> Catalogue:
        words = self._file("titles.yaml", TitleWords)
        categories = self._file("categories.yaml", CategoriesFile)
        parts = self._file("body_parts.yaml", BodyPartsFile)
        topical = self._file("topical.yaml", TopicalFile)
        formulary = self._file("formulary.yaml", FormularyFile)
        taxonomy = self._file("division_taxonomy.yaml", TaxonomyFile)
        for path in sorted((self.folder / "services").glob("*.yaml")):
            self._services(f"services/{path.name}")
        for path in sorted((self.folder / "drugs").glob("*.yaml")):
            self._drugs(f"drugs/{path.name}")
        if not (words and categories and parts and topical and formulary and taxonomy):
            raise PackErrors(self.problems)
        catalogue = Catalogue(
            categories=_categories(categories[0]),
            treatments=self.treatments,
            drugs=tuple(drug for drug, _ in self.drugs),
            body_parts=tuple(parts[0].body_parts),
            body_part_names={k: tuple(v) for k, v in parts[0].body_parts.items()},
            within=parts[0].within,
            vague_parts=frozenset(parts[0].vague),
            sides={k: tuple(v) for k, v in parts[0].sides.items()},
            topicals=_topicals(topical[0]),
            words=words[0],
            formulary=_formulary(formulary[0]),
            taxonomy=frozenset(
                (name, sub) for name, subs in taxonomy[0].taxonomy.items() for sub in subs
            ),
        )
        self.problems += problems_of(
            catalogue, self.places, [at for _, at in self.drugs], self.folder
        )
        if self.problems:
            raise PackErrors(self.problems)
        return catalogue

    def _file(self, name: str, model: type[M]) -> tuple[M, Document] | None:
        with gathered(self.problems):
            document = strict_yaml.read(self.folder / name)
            return strict_yaml.validate(model, document), document
        return None

    def _register(self, treatment: Treatment, at: Location) -> None:
        if treatment.id in self.treatments:
            first = self.places[treatment.id]
            message = f"treatment {treatment.id!r} is defined twice, first at {first}."
            self.problems.append(OverlapError(message, at=at))
            return
        self.treatments[treatment.id] = treatment
        self.places[treatment.id] = at

    def _services(self, name: str) -> None:
        loaded = self._file(name, ServicesFile)
        if loaded is None:
            return
        raw, document = loaded
        for key, entry in raw.treatments.items():
            treatment = Treatment(
                id=key,
                title=entry.title,
                category=entry.category,
                names=tuple(entry.names),
                parents=tuple(entry.parents),
                unit=entry.unit,
                accompanies=entry.accompanies,
                precedence=entry.precedence,
                administers_drugs=entry.administers_drugs,
                levels=entry.levels,
                refine=_refinements(entry.refine),
                dwc=_pair(entry.dwc) if entry.dwc else None,
            )
            self._register(treatment, document.at("treatments", key))

    def _drugs(self, name: str) -> None:
        loaded = self._file(name, DrugsFile)
        if loaded is None:
            return
        raw, document = loaded
        forms = {product: form for form, names in raw.forms.items() for product in names}
        for group, entries in raw.groups.items():
            for key, entry in entries.items():
                at = document.at("groups", group, key)
                if key != _EACH:
                    self._register(_drug_treatment(key, group, entry), at)
                if entry.names:
                    self.drugs.append((Drug(tuple(entry.names), (), key, group), at))
                for written, names in entry.products.items():
                    place = document.at("groups", group, key, "products", written)
                    self._products(key, group, written, names, forms, place)
                for written, names in entry.members.items():
                    place = document.at("groups", group, key, "members", written)
                    member = _slug(written)
                    above = [] if key == _EACH else [key]
                    shape = DrugShape(
                        parents=[*above, *entry.parents], category=entry.category, names=[]
                    )
                    self._register(_drug_treatment(member, group, shape), place)
                    self._products(member, group, written, names, forms, place)
        for product in forms:
            message = f"product {product!r} has a form but is none of the products above."
            self.problems.append(InconsistentError(message, at=document.at("forms")))

    def _products(
        self,
        treatment: str,
        group: str,
        written: str,
        names: list[str],
        forms: dict[str, str],
        at: Location,
    ) -> None:
        ingredients = tuple(_ingredient(part) for part in written.split(" + "))
        by_form: dict[str | None, list[str]] = {}
        for name in names:
            by_form.setdefault(forms.pop(name, None), []).append(name)
        for form, same in by_form.items():
            self.drugs.append((Drug(tuple(same), ingredients, treatment, group, form), at))


def _drug_treatment(key: str, group: str, entry: DrugShape) -> Treatment:
    return Treatment(
        id=key,
        title=entry.title or key.replace("_", " ").capitalize(),
        category=entry.category or group,
        names=(),
        parents=tuple(dict.fromkeys((*entry.parents, group))),
        refine=_refinements(entry.refine),
        dwc=_pair(entry.dwc) if entry.dwc else None,
    )


def _slug(ingredients: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", ingredients.lower()).strip("_")


def _pair(values: list[str]) -> tuple[str, str]:
    return values[0], values[1]


def _refinements(entries: list[RefinementShape]) -> tuple[Refinement, ...]:
    return tuple(
        Refinement(
            to=r.to,
            body_part=tuple(r.body_part),
            surroundings=tuple(r.surroundings),
            drug_class=tuple(r.drug_class),
            form=tuple(r.form),
        )
        for r in entries
    )


def _ingredient(written: str) -> Ingredient:
    match = _STRENGTH.match(written)
    if match is None:
        return Ingredient(name=written)
    name, amount, unit = match.groups()
    if unit == "%":
        return Ingredient(name=name, strength_percent=float(amount))
    return Ingredient(name=name, strength_mg=float(amount))


def _categories(raw: CategoriesFile) -> dict[str, Category]:
    return {
        key: Category(
            id=key,
            title=entry.title,
            dwc=_pair(entry.dwc),
            dwc_also=tuple(_pair(place) for place in entry.dwc_also),
            ancillary_when=(
                ALL_SURROUNDINGS if entry.ancillary_when is None else tuple(entry.ancillary_when)
            ),
            ancillary=entry.ancillary,
        )
        for key, entry in raw.categories.items()
    }


def _topicals(raw: TopicalFile) -> TopicalTable:
    return TopicalTable(
        forms=frozenset(raw.forms),
        alone=raw.alone,
        mixture=raw.mixture,
        category=raw.category,
        excluded=tuple(ExcludedIngredient(**entry.model_dump()) for entry in raw.excluded),
    )


def _formulary(raw: FormularyFile) -> tuple[FormularyEntry, ...]:
    return tuple(
        FormularyEntry(
            drug=row.drug,
            names=tuple(row.names),
            ingredients=tuple(row.ingredients),
            treatments=tuple(row.treatments),
            drug_class=row.class_,
            on_skin=row.on_skin,
            status=row.status,
            special_fill_days=row.special_fill_days,
            perioperative_fill_days=row.perioperative_fill_days,
            since=row.since,
            source=row.source,
            evidence=row.evidence,
            note=row.note,
            as_of=raw.as_of,
        )
        for row in raw.drugs
    )
