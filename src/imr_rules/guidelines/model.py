"""Editions, topics and criteria as typed, frozen values. Meaning only: no engine, no files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from imr_rules.errors import Location
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import Fact, Origin


class Standing(StrEnum):
    """How surely a criterion is known.

    ``attested``: reviewers restate it in real determinations. ``seen``: it stands in a public
    text that is cited. ``background``: general knowledge of the field, unverified.
    """

    ATTESTED = "attested"
    SEEN = "seen"
    BACKGROUND = "background"


# --- conditions over facts (three-valued) -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactIs:
    """The fact has one of *values*; unknown while it is silent or undocumented."""

    fact: str
    values: tuple[str, ...]


class Comparison(StrEnum):
    """How a number is held against a threshold."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"


@dataclass(frozen=True, slots=True)
class FactCompares:
    """The number *fact* against the parameter *threshold*, unknown while the fact is."""

    fact: str
    comparison: Comparison
    threshold: str


@dataclass(frozen=True, slots=True)
class FactKnown:
    """The record settles the fact, whatever its value; never unmet, only met or unknown."""

    fact: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least *count* of the parts hold."""

    count: int
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold; unknown stays unknown."""

    part: Condition


Leaf = FactIs | FactCompares | FactKnown
Condition = Leaf | AllOf | AnyOf | AtLeast | Not


def leaves_of(condition: Condition) -> Iterator[Leaf]:
    """Yield every test of a single fact in *condition*, in order, repeats included."""
    match condition:
        case Not(part=part):
            yield from leaves_of(part)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from leaves_of(part)
        case leaf:
            yield leaf


def _wanted(condition: Condition, *, denied: bool) -> Iterator[tuple[Leaf, bool]]:
    """Yield every test in *condition*, and whether it counts when it fails."""
    match condition:
        case Not(part=part):
            yield from _wanted(part, denied=not denied)
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for part in parts:
                yield from _wanted(part, denied=denied)
        case leaf:
            yield leaf, denied


# --- criteria and how a topic puts them together ----------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a rule stands: section of the edition, and pages where they are known."""

    section: str
    pages: tuple[int, ...] = ()

    def __str__(self) -> str:
        if not self.pages:
            return self.section
        word = "p." if len(self.pages) == 1 else "pp."
        return f"{self.section}, {word} {page_ranges(self.pages)}"


def page_ranges(pages: Iterable[int]) -> str:
    """Return *pages* as a list in which consecutive ones are a range.

    >>> page_ranges([76, 77, 78, 80])
    '76-78, 80'
    """
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A named, cited condition.

    ``presumed``: the burden of showing the contrary lies with the denial. The criterion counts
    as met while the letter is silent, but not once a fact it reads is said to be undocumented, or
    to be what none of the criterion's tests of it asks for.
    """

    id: str
    statement: str
    question: str
    when: Condition
    cite: Citation
    standing: Standing
    source: str = ""
    attested_by: tuple[str, ...] = ()
    presumed: bool = False
    other_reading: str = ""

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leaf.fact for leaf in leaves_of(self.when)))

    @property
    def tests(self) -> Mapping[str, tuple[Condition, ...]]:
        """By fact it reads: the tests of it, each as the criterion wants it to turn out."""
        found: dict[str, tuple[Condition, ...]] = {}
        for leaf, denied in _wanted(self.when, denied=False):
            found[leaf.fact] = (*found.get(leaf.fact, ()), Not(leaf) if denied else leaf)
        return found

    @property
    def thresholds(self) -> tuple[str, ...]:
        compared = (leaf for leaf in leaves_of(self.when) if isinstance(leaf, FactCompares))
        return tuple(dict.fromkeys(leaf.threshold for leaf in compared))


@dataclass(frozen=True, slots=True)
class Ref:
    """A criterion, by id."""

    criterion: str


@dataclass(frozen=True, slots=True)
class AllReq:
    """Every part is required."""

    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class AnyReq:
    """One of the parts is required."""

    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class AtLeastReq:
    """At least *count* of the parts are required."""

    count: int
    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Unless:
    """*part* is required, unless one of the criteria *exceptions* is met."""

    part: Requirement
    exceptions: tuple[str, ...]


Requirement = Ref | AllReq | AnyReq | AtLeastReq | Unless


def criteria_of(requirement: Requirement) -> Iterator[str]:
    """Yield the criterion ids of *requirement*, exceptions included."""
    match requirement:
        case Ref(criterion=criterion):
            yield criterion
        case Unless(part=part, exceptions=exceptions):
            yield from criteria_of(part)
            yield from exceptions
        case AllReq(parts=parts) | AnyReq(parts=parts) | AtLeastReq(parts=parts):
            for part in parts:
                yield from criteria_of(part)


@dataclass(frozen=True, slots=True)
class Bar:
    """A met criterion that rules the treatment out, unless an exception is met."""

    criterion: str
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a recommendation: where it *applies*, what it *requires*, what *bars* it."""

    id: str
    title: str
    applies: tuple[str, ...]
    requires: Requirement
    bars: tuple[Bar, ...] = ()

    @property
    def criteria(self) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                (
                    *self.applies,
                    *criteria_of(self.requires),
                    *(c for bar in self.bars for c in (bar.criterion, *bar.exceptions)),
                )
            )
        )


@dataclass(frozen=True, slots=True)
class Applies:
    """What a topic is about; each part lists what it accepts, and an empty part accepts all."""

    treatments: tuple[str, ...]
    body_parts: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()

    def place_in(self, lineage: Sequence[str]) -> int:
        """Return the place of the first of *lineage* that it names, its length if it names none."""
        places = (place for place, name in enumerate(lineage) if name in self.treatments)
        return next(places, len(lineage))


class Stance(StrEnum):
    """The guideline's attitude before any fact is known."""

    RECOMMENDED_IF = "recommended_if"
    NOT_RECOMMENDED = "not_recommended"


@dataclass(frozen=True)
class Topic:
    """The part of an edition about a treatment.

    The treatment is recommended if no topic-wide bar holds and one of the routes is satisfied;
    a topic without routes never recommends.
    """

    id: str
    title: str
    about: str
    edition: str
    applies_to: Applies
    stance: Stance
    cite: Citation
    criteria: Mapping[str, Criterion]
    routes: tuple[Route, ...]
    bars: tuple[Bar, ...] = ()
    in_force_from: date | None = None
    in_force_until: date | None = None
    also_cited_as: tuple[str, ...] = ()
    hurts_by_design: Mapping[str, str] = field(default_factory=dict)
    """Facts whose favourable value may defeat the request here, each with the reason."""
    vocabulary: Mapping[str, Fact] = field(default_factory=dict, compare=False, repr=False)
    """What each fact can be that it reads, or that a threshold of it goes by: what documents could
    still say. A fact that is left out can be whatever the topic asks for, and something else."""
    at: Location | None = field(default=None, compare=False)

    @property
    def all_bars(self) -> tuple[Bar, ...]:
        """The topic-wide bars, then those of the routes."""
        return tuple(dict.fromkeys((*self.bars, *(b for r in self.routes for b in r.bars))))

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that a criterion of the topic reads."""
        return tuple(dict.fromkeys(f for c in self.criteria.values() for f in c.facts))

    def stated_facts(self, criterion: str) -> tuple[str, ...]:
        """The facts that *criterion* reads and that do not follow from dates, title and tables."""
        return tuple(
            fact
            for fact in self.criteria[criterion].facts
            if fact not in self.vocabulary or self.vocabulary[fact].origin is not Origin.DERIVED
        )

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Every parameter that a criterion of the topic names."""
        return tuple(dict.fromkeys(t for c in self.criteria.values() for t in c.thresholds))

    @property
    def leaves(self) -> Iterator[Leaf]:
        """Every test of a single fact, in the order of the criteria."""
        return (leaf for c in self.criteria.values() for leaf in leaves_of(c.when))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold: a number by date, or by date and value of the enum fact *by*.

    *values* are ``(effective from, number)`` pairs, oldest first; *table* holds such pairs for
    each value of the fact *by*, and *values* is then what holds for any other or no value.
    """

    id: str
    unit: str
    description: str
    source: str
    values: tuple[tuple[date, float], ...]
    by: str = ""
    table: Mapping[str, tuple[tuple[date, float], ...]] = field(default_factory=dict)

    def on(self, day: date, key: Value | None = None) -> float | None:
        """Return the number in force on *day* (for the enum value *key*); None before the first."""
        dated = self.table.get(str(key), self.values) if key is not None else self.values
        number: float | None = None
        for start, value in dated:
            if start <= day:
                number = value
        return number


@dataclass(frozen=True)
class Edition:
    """A guideline text in force between two dates (the end is the first day it no longer is).

    *rank* is its place in the search sequence of 8 CCR 9792.21.1: 1 MTUS, 2 ACOEM or ODG,
    3 other literature. *sections* maps a section's name to its pages, where known.
    """

    id: str
    title: str
    cite_as: str
    legal: str
    rank: int
    in_force_from: date
    in_force_until: date | None
    topics: Mapping[str, Topic]
    parameters: Mapping[str, Parameter]
    sections: Mapping[str, tuple[int, ...]]
    other_names: tuple[str, ...] = ()

    def is_in_force(self, day: date) -> bool:
        return self.in_force_from <= day and (
            self.in_force_until is None or day < self.in_force_until
        )
