"""YAML of ``rules/treatments/`` → checked catalogue, every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import (
    Location,
    OverlapError,
    PackError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
)
from imr_rules.strict_yaml import Document, Loc
from imr_rules.treatments.catalogue import (
    ALL_SURROUNDINGS,
    Catalogue,
    Category,
    Drug,
    ExcludedIngredient,
    Refinement,
    TopicalTable,
    Treatment,
)
from imr_rules.treatments.formulary import FormularyEntry
from imr_rules.treatments.model import Ingredient, Surroundings
from imr_rules.treatments.names import NameIndex
from imr_rules.treatments.words import TitleWords

_STRENGTH = re.compile(r"(.+?)\s+([0-9.]+)(%| mg|mg)\Z")
M = TypeVar("M", bound=BaseModel)


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Texts = Annotated[list[str], Field(default_factory=list)]
_Place = Annotated[list[str], Field(min_length=2, max_length=2)]
_Around = list[Annotated[Surroundings, Field(strict=False)]]


class _RawCategory(_Raw):
    title: str
    dwc: _Place
    dwc_also: list[_Place] = []
    ancillary_when: _Around | None = None
    ancillary: bool = False


class _RawRefinement(_Raw):
    to: str
    body_part: _Texts
    surroundings: _Around = []
    drug_class: _Texts
    form: _Texts


class _RawTreatment(_Raw):
    title: str
    category: str
    names: _Texts
    parents: _Texts
    unit: str = ""
    accompanies: bool = False
    precedence: int = 50
    administers_drugs: bool = False
    refine: list[_RawRefinement] = []
    dwc: _Place | None = None


class _RawDrug(_Raw):
    products: dict[str, list[str]]
    title: str = ""
    category: str = ""
    parents: _Texts
    refine: list[_RawRefinement] = []
    dwc: _Place | None = None


class _RawExcluded(_Raw):
    ingredient: str
    standing: str
    source: str
    except_form: str | None = None
    above_percent: float | None = None


class _RawTopicals(_Raw):
    forms: list[str]
    alone: dict[str, str]
    mixture: str
    category: str
    excluded: list[_RawExcluded]


class _RawParts(_Raw):
    body_parts: dict[str, list[str]]
    within: dict[str, str]
    vague: list[str]
    sides: dict[str, list[str]]


class _RawFormularyRow(_Raw):
    drug: str
    names: _Texts
    ingredients: _Texts
    class_: str = Field(alias="class")
    status: str
    special_fill_days: int | str
    perioperative_fill_days: int | str
    source: str = ""
    evidence: str
    note: str = ""


class _RawFormulary(_Raw):
    as_of: Annotated[date, Field(strict=False)]
    drugs: list[_RawFormularyRow]


def load_catalogue(rules: Path) -> Catalogue:
    """Load everything under *rules*/treatments.

    Raises:
        PackErrors: every problem found: files that cannot be read, names that two treatments
            share, classes, categories and parts that nothing defines, refinements in a circle.
    """
    return _Loading(rules / "treatments").catalogue()


@dataclass
class _Loading:
    """One loading: what is built so far, and every problem on the way."""

    folder: Path
    problems: list[PackError] = field(default_factory=list)
    categories: dict[str, Category] = field(default_factory=dict)
    treatments: dict[str, Treatment] = field(default_factory=dict)
    places: dict[str, Location] = field(default_factory=dict)
    drugs: list[Drug] = field(default_factory=list)
    drug_places: list[Location] = field(default_factory=list)

    def catalogue(self) -> Catalogue:
        words = self._whole("titles.yaml", TitleWords)
        self._categories()
        for path in sorted(self.folder.glob("*.yaml")):
            self._treatments(path)
        for path in sorted((self.folder / "drugs").glob("*.yaml")):
            self._drugs(path)
        parts = self._whole("body_parts.yaml", _RawParts)
        topicals = self._topicals()
        formulary = self._formulary()
        if words is not None and parts is not None:
            self._check_references(parts)
            self._check_names(words)
        if self.problems or words is None or parts is None:
            raise PackErrors(self.problems)
        return Catalogue(
            categories=self.categories,
            treatments=self.treatments,
            drugs=tuple(self.drugs),
            body_parts=tuple(parts.body_parts),
            body_part_names={k: tuple(v) for k, v in parts.body_parts.items()},
            within=parts.within,
            vague_parts=frozenset(parts.vague),
            sides={k: tuple(v) for k, v in parts.sides.items()},
            topicals=topicals,
            words=words,
            formulary=formulary,
        )

    # --- files ---------------------------------------------------------------------------------

    def _read(self, path: Path) -> Document | None:
        try:
            return strict_yaml.read(path)
        except PackError as error:
            self.problems.append(error)
            return None

    def _build(self, model: type[M], document: Document, data: Any, loc: Loc = ()) -> M | None:
        try:
            return strict_yaml.validate(model, document, data, loc=loc)
        except PackErrors as errors:
            self.problems.extend(errors.problems)
            return None

    def _whole(self, name: str, model: type[M]) -> M | None:
        document = self._read(self.folder / name)
        return self._build(model, document, document.data) if document else None

    def _entries(self, document: Document, *loc: str) -> Iterator[tuple[str, Any]]:
        data = document.data
        for key in loc:
            data = data.get(key) if isinstance(data, dict) else None
        if not isinstance(data, dict):
            self.problems.append(
                WrongTypeError(f"{'.'.join(loc)} must map ids to entries.", at=document.at(*loc))
            )
            return
        yield from data.items()

    def _categories(self) -> None:
        document = self._read(self.folder / "categories.yaml")
        if document is None:
            return
        for key, data in self._entries(document, "categories"):
            raw = self._build(_RawCategory, document, data, ("categories", key))
            if raw is None:
                continue
            around = ALL_SURROUNDINGS if raw.ancillary_when is None else tuple(raw.ancillary_when)
            self.categories[key] = Category(
                key,
                raw.title,
                _pair(raw.dwc),
                tuple(_pair(p) for p in raw.dwc_also),
                around,
                raw.ancillary,
            )

    def _treatments(self, path: Path) -> None:
        document = self._read(path)
        if document is None or not isinstance(document.data, dict):
            return
        if "treatments" not in document.data:
            return
        for key, data in self._entries(document, "treatments"):
            loc = ("treatments", key)
            raw = self._build(_RawTreatment, document, data, loc)
            if raw is None:
                continue
            self._register(
                Treatment(
                    id=key,
                    title=raw.title,
                    category=raw.category,
                    names=tuple(raw.names),
                    parents=tuple(raw.parents),
                    unit=raw.unit,
                    accompanies=raw.accompanies,
                    precedence=raw.precedence,
                    administers_drugs=raw.administers_drugs,
                    refine=_refinements(raw.refine),
                    dwc=_pair(raw.dwc) if raw.dwc else None,
                ),
                document.at(*loc),
            )

    def _register(self, treatment: Treatment, at: Location) -> None:
        if treatment.id in self.treatments:
            self.problems.append(
                OverlapError(
                    f"treatment {treatment.id!r} is defined twice, first at "
                    f"{self.places[treatment.id]}.",
                    at=at,
                )
            )
            return
        self.treatments[treatment.id] = treatment
        self.places[treatment.id] = at

    def _drugs(self, path: Path) -> None:
        document = self._read(path)
        if document is None:
            return
        forms = self._forms(document)
        unused = set(forms)
        for group, _ in self._entries(document, "groups"):
            for key, data in self._entries(document, "groups", group):
                loc = ("groups", group, key)
                raw = self._build(_RawDrug, document, data, loc)
                if raw is None:
                    continue
                category = raw.category or group
                self._register(
                    Treatment(
                        id=key,
                        title=raw.title or key.replace("_", " ").capitalize(),
                        category=category,
                        names=(),
                        parents=tuple(dict.fromkeys((*raw.parents, group))),
                        refine=_refinements(raw.refine),
                        dwc=_pair(raw.dwc) if raw.dwc else None,
                    ),
                    document.at(*loc),
                )
                for written, names in raw.products.items():
                    unused -= set(names)
                    self._products(key, group, written, names, forms)
                    at = document.at(*loc, "products", written)
                    self.drug_places.extend(
                        at for _ in range(len(self.drugs) - len(self.drug_places))
                    )
        for name in sorted(unused):
            at = document.at("forms", forms[name])
            known = [n for drug in self.drugs for n in drug.names]
            self.problems.append(UnknownNameError("product", name, known, at=at))

    def _forms(self, document: Document) -> dict[str, str]:
        raw = document.data.get("forms", {}) if isinstance(document.data, dict) else {}
        return {name: form for form, names in raw.items() for name in names}

    def _products(
        self, treatment: str, group: str, written: str, names: list[str], forms: Mapping[str, str]
    ) -> None:
        ingredients = tuple(_ingredient(part.strip()) for part in written.split(" + "))
        by_form: dict[str | None, list[str]] = {}
        for name in names:
            by_form.setdefault(forms.get(name), []).append(name)
        topical = group == "topical"
        for form, same in by_form.items():
            self.drugs.append(Drug(tuple(same), ingredients, treatment, group, topical, form))

    def _topicals(self) -> TopicalTable:
        path = self.folder / "topical.yaml"
        raw = self._whole("topical.yaml", _RawTopicals)
        if raw is None:
            return TopicalTable()
        for treatment in (*raw.alone.values(), raw.mixture):
            self._expect("treatment", treatment, self.treatments, Location(path))
        self._expect("category", raw.category, self.categories, Location(path))
        excluded = tuple(ExcludedIngredient(**e.model_dump()) for e in raw.excluded)
        return TopicalTable(frozenset(raw.forms), raw.alone, raw.mixture, raw.category, excluded)

    def _formulary(self) -> tuple[FormularyEntry, ...]:
        if not (self.folder / "formulary.yaml").exists():
            return ()
        raw = self._whole("formulary.yaml", _RawFormulary)
        if raw is None:
            return ()
        return tuple(
            FormularyEntry(
                drug=row.drug,
                names=tuple(row.names),
                ingredients=tuple(row.ingredients),
                drug_class=row.class_,
                status=row.status,
                special_fill_days=_days(row.special_fill_days),
                perioperative_fill_days=_days(row.perioperative_fill_days),
                source=row.source,
                evidence=row.evidence,
                note=row.note,
                as_of=raw.as_of,
            )
            for row in raw.drugs
        )

    # --- checks --------------------------------------------------------------------------------

    def _expect(self, what: str, name: str, known: Iterable[str], at: Location) -> None:
        if name not in known:
            self.problems.append(UnknownNameError(what, name, known, at=at))

    def _check_references(self, parts: _RawParts) -> None:
        classes = {*self.treatments, *self.categories}
        for treatment in self.treatments.values():
            at = self.places[treatment.id]
            self._expect("category", treatment.category, self.categories, at)
            for parent in treatment.parents:
                self._expect("parent", parent, classes, at)
            for refinement in treatment.refine:
                self._expect("treatment", refinement.to, self.treatments, at)
                for part in refinement.body_part:
                    self._expect("body part", part, parts.body_parts, at)
                for drug_class in refinement.drug_class:
                    self._expect("drug class", drug_class, self.categories, at)
            self._check_circle(treatment, at)
        where = Location(self.folder / "body_parts.yaml")
        for part in (*parts.within, *parts.within.values(), *parts.vague):
            self._expect("body part", part, parts.body_parts, where)

    def _check_circle(self, treatment: Treatment, at: Location) -> None:
        seen: set[str] = set()
        front = [treatment.id]
        while front:
            entry = self.treatments.get(front.pop())
            for refinement in entry.refine if entry else ():
                if refinement.to == treatment.id:
                    self.problems.append(
                        WrongTypeError(f"treatment {treatment.id!r} refines to itself.", at=at)
                    )
                    return
                if refinement.to not in seen:
                    seen.add(refinement.to)
                    front.append(refinement.to)

    def _check_names(self, words: TitleWords) -> None:
        index: NameIndex[str] = NameIndex(set(words.small_words), words.fold)
        for treatment in self.treatments.values():
            for name in treatment.names:
                self._claim(index.add, name, treatment.id, self.places[treatment.id])
        for number, (drug, at) in enumerate(zip(self.drugs, self.drug_places, strict=True)):
            for name in drug.names:
                self._claim(index.add, name, f"{drug.treatment} (product {number + 1})", at)

    def _claim(
        self, add: Callable[[str, str], str | None], name: str, owner: str, at: Location
    ) -> None:
        other = add(name, owner)
        if other is not None:
            self.problems.append(
                OverlapError(f"name {name!r} stands for {owner} and for {other}.", at=at)
            )


def _pair(values: list[str]) -> tuple[str, str]:
    return values[0], values[1]


def _days(value: int | str) -> int | None:
    return value if isinstance(value, int) else None


def _refinements(raw: list[_RawRefinement]) -> tuple[Refinement, ...]:
    return tuple(
        Refinement(
            r.to, tuple(r.body_part), tuple(r.surroundings), tuple(r.drug_class), tuple(r.form)
        )
        for r in raw
    )


def _ingredient(written: str) -> Ingredient:
    match = _STRENGTH.match(written)
    if match is None:
        return Ingredient(name=written)
    name, amount, unit = match.groups()
    if unit == "%":
        return Ingredient(name=name, strength_percent=float(amount))
    return Ingredient(name=name, strength_mg=float(amount))
