"""The vocabulary: everything that can be said of a case, each fact with its type and question."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from imr_rules import strict_yaml
from imr_rules.errors import (
    ImpossibleValueError,
    Location,
    OverlapError,
    PackError,
    UnknownNameError,
    WrongTypeError,
)
from imr_rules.facts.model import UNDOCUMENTED, Value


class FactType(StrEnum):
    """How a fact's values look."""

    YES_NO = "yes_no"
    ENUM = "enum"
    NUMBER = "number"


class Scope(StrEnum):
    """What a fact is about: the whole case, one body part, or one disputed item."""

    CASE = "case"
    BODY_PART = "body_part"
    ITEM = "item"


class Origin(StrEnum):
    """Where a fact comes from.

    It is read in a text, derived from dates, titles and tables, or what is concluded of another
    item.
    """

    READ = "read"
    DERIVED = "derived"
    CONCLUDED = "concluded"


class Merge(StrEnum):
    """How several findings of one reading become one value.

    ``said_over_missing``: a statement beats "not documented", the later statement beats the
    earlier. ``last``: the later finding. ``highest``/``lowest``: of the numbers. ``strongest``:
    of enum values the one listed last, of yes and no the yes; a statement beats a gap, and values
    that a value of ``together`` is made up of, said side by side, are that value.
    """

    SAID_OVER_MISSING = "said_over_missing"
    LAST = "last"
    HIGHEST = "highest"
    LOWEST = "lowest"
    STRONGEST = "strongest"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


StrTuple = Annotated[tuple[str, ...], Field(strict=False)]
ValuePair = Annotated[tuple[str, str], Field(strict=False)]


class Fact(_Frozen):
    """One entry of the vocabulary.

    ``favours`` names what speaks for the treatment: ``yes`` or ``no``, enum values, or ``high``
    and ``low`` for numbers; empty where the outcome does not move with the fact alone.
    ``changeable: false`` marks what no documentation can alter (age, dates). ``minimum`` and
    ``maximum`` bound the numbers that can be at all: what lies outside is a slip of the pen.
    ``whole`` marks a number that counts things: what is more than one visit is at least two.
    ``contradictions`` lists pairs of a denial and an affirmation that cannot both hold of the same
    thing at the same time; said in one reading they are kept as a conflict beside the merged value.
    """

    id: str
    type: Annotated[FactType, Field(strict=False)]
    scope: Annotated[Scope, Field(strict=False)]
    origin: Annotated[Origin, Field(strict=False)] = Origin.READ
    question: str
    unit: str = ""
    values: StrTuple = ()
    favours: StrTuple = ()
    changeable: bool = True
    documentation: str = ""
    synonyms: StrTuple = ()
    merge: Annotated[Merge, Field(strict=False)] = Merge.SAID_OVER_MISSING
    together: dict[str, StrTuple] = {}
    minimum: float | int | None = None
    maximum: float | int | None = None
    whole: bool = False
    contradictions: Annotated[tuple[ValuePair, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _shape(self) -> Fact:
        if self.type is FactType.ENUM and not self.values:
            raise ValueError("an enum names its values")
        if self.type is not FactType.ENUM and self.values:
            raise ValueError("only an enum names its values")
        if self.type is FactType.NUMBER and not self.unit:
            raise ValueError("a number names its unit")
        if self.merge in (Merge.HIGHEST, Merge.LOWEST) and self.type is not FactType.NUMBER:
            raise ValueError(f"only numbers are merged by the {self.merge} of them")
        if self.merge is Merge.STRONGEST and self.type is FactType.NUMBER:
            raise ValueError("of numbers none is the strongest")
        bounds = [bound for bound in (self.minimum, self.maximum) if bound is not None]
        if bounds and self.type is not FactType.NUMBER:
            raise ValueError("only a number has a minimum or maximum")
        if self.whole and self.type is not FactType.NUMBER:
            raise ValueError("only a number is whole")
        if bounds != sorted(bounds):
            raise ValueError("the minimum is above the maximum")
        allowed = {"high", "low"} if self.type is FactType.NUMBER else set(self.known_values)
        for value in self.favours:
            if value not in allowed:
                raise ValueError(f"favours {value!r} is none of {', '.join(sorted(allowed))}")
        for whole, parts in self.together.items():
            if not {whole, *parts} <= set(self.values):
                raise ValueError(f"together {whole!r} or a part of it is none of its values")
        for denial, affirmation in self.contradictions:
            if denial == affirmation or not {denial, affirmation} <= set(self.known_values):
                raise ValueError(f"[{denial}, {affirmation}] is no pair of two of its values")
        return self

    @cached_property
    def known_values(self) -> tuple[str, ...]:
        """The values that settle the fact; a number has none to list."""
        if self.type is FactType.YES_NO:
            return ("yes", "no")
        return self.values

    def merged(self, values: Sequence[Value]) -> Value:
        """Merge what one reading says of the fact, in the order in which it is said."""
        if self.merge is Merge.LAST:
            return values[-1]
        said = [value for value in values if value != UNDOCUMENTED]
        if not said:
            return UNDOCUMENTED
        if self.merge is Merge.SAID_OVER_MISSING:
            return said[-1]
        if self.merge is Merge.STRONGEST:
            ranks = self.values or ("no", "yes")
            said += [whole for whole, parts in self.together.items() if set(parts) <= set(said)]
            return max(said, key=lambda value: ranks.index(str(value)))
        numbers = [value for value in said if not isinstance(value, str)]
        return max(numbers) if self.merge is Merge.HIGHEST else min(numbers)

    def told_by(self, value: Value) -> tuple[Value, ...]:
        """Return the values whose statements tell *value*: itself, and what it is made up of."""
        return (value, *self.together.get(str(value), ()))

    def can_be(self, value: Value) -> bool:
        """Whether this fact can hold *value*."""
        if value == UNDOCUMENTED:
            return True
        if self.type is FactType.NUMBER:
            return not isinstance(value, str) and self._within(value)
        return value in self.known_values

    def _within(self, number: float) -> bool:
        """Whether *number* is one that this fact can be at all."""
        return (self.minimum is None or number >= self.minimum) and (
            self.maximum is None or number <= self.maximum
        )

    def _bounds(self) -> str:
        """Return the numbers that can be, in words."""
        if self.minimum is None:
            return f"at most {self.maximum:,}"
        if self.maximum is None:
            return f"at least {self.minimum:,}"
        return f"from {self.minimum:,} to {self.maximum:,}"

    def check(self, value: Any, *, at: Location | None = None) -> Value:
        """Return *value* if this fact can hold it.

        Raises:
            WrongTypeError: it is of another kind; the message names what it may be.
            ImpossibleValueError: it is a number outside the bounds of the fact.
        """
        if value == UNDOCUMENTED and isinstance(value, str):
            return UNDOCUMENTED
        if self.type is FactType.NUMBER:
            if isinstance(value, int | float) and not isinstance(value, bool) and _is_plain(value):
                if self._within(value):
                    return value
                raise ImpossibleValueError(
                    f"fact {self.id!r} cannot be {value:g} {self.unit}.",
                    at=at,
                    hint=f"Give a number {self._bounds()}, or leave it out if it is not known.",
                )
            raise WrongTypeError(
                f"fact {self.id!r} is a number ({self.unit}), not {value!r}.", at=at
            )
        if isinstance(value, str) and value in self.known_values:
            return value
        raise WrongTypeError(
            f"fact {self.id!r} is one of {', '.join((*self.known_values, UNDOCUMENTED))},"
            f" not {value!r}.",
            at=at,
        )


def _is_plain(number: float) -> bool:
    """Whether *number* is finite and of a size that any engine can hold exactly."""
    # The size first: a whole number beyond float would overflow in isfinite.
    return abs(number) < 1e12 and math.isfinite(number)


class Vocabulary(Mapping[str, Fact]):
    """All facts by id, in the order of the files."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = dict(facts)

    def __getitem__(self, name: str) -> Fact:
        try:
            return self._facts[name]
        except KeyError:
            raise UnknownNameError("fact", name, self._facts) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __contains__(self, name: object) -> bool:
        return name in self._facts

    def require(self, name: str, at: Location) -> Fact:
        """Return the fact *name*; *at* is where it is asked for.

        Raises:
            UnknownNameError: nothing defines it.
        """
        if name in self._facts:
            return self._facts[name]
        raise UnknownNameError("fact", name, self._facts, at=at)


class _FactsFile(_Frozen):
    facts: list[dict[str, Any]]


def load_vocabulary(rules: Path) -> Vocabulary:
    """Read ``vocabulary/*.yaml`` (all but ``derived.yaml``) of the *rules* folder.

    Raises:
        PackError: a file is unreadable, a fact is malformed or defined twice.
    """
    facts: dict[str, Fact] = {}
    paths = [p for p in sorted((rules / "vocabulary").glob("*.yaml")) if p.name != "derived.yaml"]
    if not paths:
        raise PackError("holds no vocabulary/*.yaml.", at=Location(rules))
    for path in paths:
        document = strict_yaml.read(path)
        listed = strict_yaml.validate(_FactsFile, document)
        for index in range(len(listed.facts)):
            loc = ("facts", index)
            fact = strict_yaml.validate(Fact, document, loc=loc)
            if fact.id in facts:
                raise OverlapError(
                    f"fact {fact.id!r} is defined twice.", at=document.at(*loc, "id")
                )
            facts[fact.id] = fact
    return Vocabulary(facts)
