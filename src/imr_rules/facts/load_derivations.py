"""``rules/vocabulary/derived.yaml`` → how each derived fact is computed, every name looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import get_args

from pydantic import BaseModel, ConfigDict

from imr_rules import strict_yaml
from imr_rules.errors import Location, PackError, PackErrors, UnknownNameError, WrongTypeError
from imr_rules.facts.derive import (
    Beside,
    CaseField,
    DaysBetween,
    Derivation,
    Formulary,
    MorphineEquivalent,
    NotTheFirst,
    OperationAccompanied,
    OperationBeside,
    Parent,
    RequestField,
    SumOf,
    YearOf,
)
from imr_rules.facts.from_formulary import FormularyQuestion
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.model import Phase, Request


class _DerivedFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    derived: dict[str, Derivation]


def load_derivations(
    rules: Path, vocabulary: Vocabulary, catalogue: Catalogue
) -> Mapping[str, Derivation]:
    """Read ``vocabulary/derived.yaml``.

    Raises:
        PackErrors: the file is malformed, names a fact, field or treatment that nothing defines,
            or derives a fact in a way that can give it no value.
    """
    document = strict_yaml.read(rules / "vocabulary" / "derived.yaml")
    derived = strict_yaml.validate(_DerivedFile, document).derived
    problems: list[PackError] = []
    for name, way in derived.items():
        # Of a field that nothing defines no type can be said, so no fact be wrong for it.
        names = list(_wrong_names(name, way, document, catalogue))
        problems.extend(names or _wrong_facts(name, way, document, vocabulary))
    if problems:
        raise PackErrors(problems)
    return derived


def _fields(*kinds: type) -> frozenset[str]:
    """Return the fields of a request that hold one value of these *kinds*, or none."""
    return frozenset(
        name
        for name, field in Request.model_fields.items()
        if (held := {*get_args(field.annotation)} - {NoneType}) and held <= {*kinds}
    )


_NUMBERS = _fields(int, float)
_WORDS = _fields(str, Phase)


def _wrong_names(
    name: str, way: Derivation, document: Document, catalogue: Catalogue
) -> Iterator[PackError]:
    """Yield the fields and treatments that nothing defines."""
    if isinstance(way, RequestField) and way.field not in _NUMBERS | _WORDS:
        at = document.at("derived", name, "field")
        yield UnknownNameError("field of a request", way.field, _NUMBERS | _WORDS, at=at)
    if isinstance(way, OperationAccompanied):
        for index, operation in enumerate(way.operations):
            if operation.treatment not in catalogue.names:
                at = document.at("derived", name, "operations", index, "treatment")
                yield UnknownNameError("treatment", operation.treatment, catalogue.names, at=at)
    if isinstance(way, Beside | OperationBeside):
        for index, treatment in enumerate(way.treatments):
            if treatment not in catalogue.names:
                at = document.at("derived", name, "treatments", index)
                yield UnknownNameError("treatment", treatment, catalogue.names, at=at)


def _wrong_facts(
    name: str, way: Derivation, document: Document, vocabulary: Vocabulary
) -> Iterator[PackError]:
    """Yield the facts that nothing defines, or that are of a type which *way* has no value of."""
    asked: list[tuple[str, FactType, Location]] = [
        (name, _given(way), document.at("derived", name))
    ]
    if isinstance(way, SumOf):
        asked += [
            (part, FactType.NUMBER, document.at("derived", name, "of", index))
            for index, part in enumerate(way.of)
        ]
    if isinstance(way, NotTheFirst):
        asked += [
            (number, FactType.NUMBER, document.at("derived", name, "counted", index))
            for index, number in enumerate(way.counted)
        ]
    if isinstance(way, OperationAccompanied) and name in vocabulary:
        values = vocabulary[name].values
        for index, operation in enumerate(way.operations):
            if operation.value not in values:
                at = document.at("derived", name, "operations", index, "is")
                yield UnknownNameError("value", operation.value, values, at=at)
    for fact, wanted, at in asked:
        if fact not in vocabulary:
            yield UnknownNameError("fact", fact, vocabulary, at=at)
        elif vocabulary[fact].type is not wanted:
            yield WrongTypeError(
                f"fact {fact!r} is of type {vocabulary[fact].type}, where 'from: {way.way}' takes"
                f" one of type {wanted}.",
                at=at,
                hint="Name another fact, or derive it in another way.",
            )


def _given(way: Derivation) -> FactType:
    """Return the type of the facts that *way* can give a value."""
    match way:
        case DaysBetween() | YearOf() | CaseField() | SumOf() | MorphineEquivalent():
            return FactType.NUMBER
        case RequestField(field=field):
            return FactType.NUMBER if field in _NUMBERS else FactType.ENUM
        case Parent() | OperationAccompanied() | Formulary(question=FormularyQuestion.STATUS):
            return FactType.ENUM
        case _:
            return FactType.YES_NO
