"""What can be wrong in a catalogue whose files are all well-formed: references and names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from imr_rules.errors import (
    InconsistentError,
    Location,
    OverlapError,
    PackError,
    UnknownNameError,
    WrongTypeError,
)
from imr_rules.treatments.catalogue import Catalogue, Treatment
from imr_rules.treatments.names import NameIndex


def problems_of(
    catalogue: Catalogue,
    places: Mapping[str, Location],
    drug_places: Sequence[Location],
    folder: Path,
) -> Iterator[PackError]:
    """Yield every reference to nothing, refinement in a circle, and name claimed twice.

    *places* tells where each treatment stands, *drug_places* where each drug of the catalogue,
    *folder* where the other files are.
    """
    for treatment in catalogue.treatments.values():
        yield from _references(treatment, catalogue, places[treatment.id])
        if _leads_back(treatment, catalogue):
            message = f"treatment {treatment.id!r} refines, in the end, to itself."
            yield InconsistentError(message, at=places[treatment.id])
    yield from _other_references(catalogue, folder)
    yield from _shared_names(catalogue, places, drug_places)


def _unknown(
    what: str, names: Iterable[str], known: Iterable[str], at: Location
) -> Iterator[PackError]:
    for name in names:
        if name not in known:
            yield UnknownNameError(what, name, known, at=at)


def _references(treatment: Treatment, catalogue: Catalogue, at: Location) -> Iterator[PackError]:
    classes = {*catalogue.treatments, *catalogue.categories}
    yield from _unknown("category", [treatment.category], catalogue.categories, at)
    yield from _unknown("parent", treatment.parents, classes, at)
    for refinement in treatment.refine:
        yield from _unknown("treatment", [refinement.to], catalogue.treatments, at)
        yield from _unknown("body part", refinement.body_part, catalogue.body_parts, at)
        yield from _unknown("drug class", refinement.drug_class, catalogue.categories, at)


def _leads_back(treatment: Treatment, catalogue: Catalogue) -> bool:
    seen: set[str] = set()
    front = [treatment]
    while front:
        for refinement in front.pop().refine:
            if refinement.to == treatment.id:
                return True
            following = catalogue.treatments.get(refinement.to)
            if following is not None and refinement.to not in seen:
                seen.add(refinement.to)
                front.append(following)
    return False


def _other_references(catalogue: Catalogue, folder: Path) -> Iterator[PackError]:
    treatments = catalogue.treatments
    at = Location(folder / "body_parts.yaml")
    within = (*catalogue.within, *catalogue.within.values(), *sorted(catalogue.vague_parts))
    yield from _unknown("body part", within, catalogue.body_parts, at)
    for part, names in catalogue.body_part_names.items():
        for name in names:
            if not any(map(str.isalnum, name)):
                yield WrongTypeError(f"name {name!r} of {part!r} holds no word.", at=at)
    at = Location(folder / "topical.yaml")
    table = catalogue.topicals
    yield from _unknown("treatment", (*table.alone.values(), table.mixture), treatments, at)
    yield from _unknown("category", [table.category], catalogue.categories, at)
    ingredients = {i.name for drug in catalogue.drugs for i in drug.ingredients}
    named = (*table.alone, *(e.ingredient for e in table.excluded))
    yield from _unknown("ingredient", named, ingredients, at)
    at = Location(folder / "formulary.yaml")
    for entry in catalogue.formulary:
        yield from _unknown("ingredient", entry.ingredients, ingredients, at)
        yield from _unknown("treatment", entry.treatments, treatments, at)
    places = [place for c in catalogue.categories.values() for place in (c.dwc, *c.dwc_also)]
    places += [t.dwc for t in treatments.values() if t.dwc is not None]
    for place in dict.fromkeys(places):
        if place not in catalogue.taxonomy:
            known = [" / ".join(pair) for pair in catalogue.taxonomy]
            at = Location(folder / "division_taxonomy.yaml")
            yield UnknownNameError("place in the taxonomy", " / ".join(place), known, at=at)
    if sum(c.ancillary for c in catalogue.categories.values()) != 1:
        message = "exactly one category must be marked ancillary: true."
        yield InconsistentError(message, at=Location(folder / "categories.yaml"))


def _shared_names(
    catalogue: Catalogue, places: Mapping[str, Location], drug_places: Sequence[Location]
) -> Iterator[PackError]:
    words = catalogue.words
    if words is None:
        return
    index: NameIndex[str] = NameIndex(set(words.small_words), words.fold)
    claims = [
        *((t.id, t.names, places[t.id]) for t in catalogue.treatments.values()),
        *(
            (f"{drug.treatment} ({' + '.join(i.name for i in drug.ingredients)})", drug.names, at)
            for drug, at in zip(catalogue.drugs, drug_places, strict=True)
        ),
    ]
    for owner, names, at in claims:
        for name in names:
            if "+" not in name and not index.words_of(name):
                yield WrongTypeError(f"name {name!r} holds no word that counts.", at=at)
            elif (other := index.add(name, owner)) is not None:
                yield OverlapError(f"name {name!r} stands for {owner} and for {other}.", at=at)
