"""A checklist: the criteria of a topic as numbered questions, in the order they are to be read.

It keeps the shape of the guideline: what rules the treatment out, what every way needs, the ways,
"k of n" and exceptions as such, and apart from them what is usually raised only if it is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from imr_rules.explain.also_asked import AlsoAsked
from imr_rules.facts.model import Evidence, Value
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.model import Comparison, Criterion, Edition, Topic


class Answer(StrEnum):
    """How a question is ticked; ``not_shown``: the record was looked at and does not show it."""

    YES = "yes"
    NO = "no"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """A fact that a question rests on, what the record says of it, and where."""

    fact: Fact
    value: Value | None = None
    words: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class NumberLimit:
    """A number that a question holds the record against."""

    comparison: Comparison
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class LimitTable:
    """The numbers by the word they are looked up with, such as a diagnosis, not known yet."""

    rows: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion to tick off.

    *hints* tell what counts as documentation, each fact's once in a checklist. *limits* are the
    numbers it holds the record against. *answer* is None while nothing is known.
    """

    number: int
    criterion: Criterion
    hints: tuple[str, ...]
    limits: tuple[NumberLimit | LimitTable, ...]
    facts: tuple[FactAnswer, ...]
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """A question that was asked before, needed here too."""

    question: Question


class Join(StrEnum):
    """How many parts of a group are needed."""

    ALL = "all"
    ANY = "any"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all, one or *count* are needed."""

    join: Join
    count: int
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Excepted:
    """A part that is needed unless one of the *exceptions* holds."""

    part: Node
    exceptions: tuple[Node, ...]


Node = Question | Again | Group | Excepted


@dataclass(frozen=True, slots=True)
class BarLine:
    """A question whose yes rules the treatment out, unless one of the *exceptions* holds."""

    question: Question | Again
    exceptions: tuple[Question | Again, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a recommendation: whom it is for, what it takes, what rules it out."""

    letter: str
    title: str
    applies: tuple[Node, ...]
    needs: tuple[Node, ...]
    bars: tuple[BarLine, ...]


@dataclass(frozen=True, slots=True)
class Presumed:
    """A question usually raised only if it is missing; *ways* names the ways it belongs to."""

    question: Question | Again
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filled:
    """The record from which a checklist is filled in.

    *title* is the request that its answers are held against. *instead* is what the record asks
    for in its place: None where it asks for just that, empty where it asks for nothing under the
    topic.
    """

    source: str
    title: str
    instead: str | None = None
    injury_date: date | None = None
    age_years: float | None = None


@dataclass(frozen=True)
class Checklist:
    """The checklist of one requested treatment on one day.

    *topic* and *edition* are None where no guideline in force speaks to the request; *add* names
    what the request leaves open that would find one, or one that is closer. *also_asked* is what
    its title asks for too, which has a checklist of its own. *treatment* is the catalogue's name of
    what is asked for, None for a topic; *filled* is None for a blank list.
    """

    title: str
    treatment: str | None
    on: date
    edition: Edition | None = None
    topic: Topic | None = None
    bars: tuple[BarLine, ...] = ()
    common: tuple[Node, ...] = ()
    ways: tuple[Way, ...] = ()
    presumed: tuple[Presumed, ...] = ()
    searched: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    also_asked: tuple[AlsoAsked, ...] = ()
    filled: Filled | None = None

    @property
    def is_blank(self) -> bool:
        """Whether no record answers any of the questions."""
        return all(fact.value is None for q in self.questions() for fact in q.facts)

    def questions(self) -> Iterator[Question]:
        """Yield every question once, in order of its number."""
        found: dict[int, Question] = {}
        for node in self._nodes():
            for question in questions_of(node):
                found.setdefault(question.number, question)
        yield from (found[number] for number in sorted(found))

    def _nodes(self) -> Iterator[Node]:
        for bar in self.bars:
            yield from (bar.question, *bar.exceptions)
        yield from self.common
        for way in self.ways:
            yield from (*way.applies, *way.needs)
            for bar in way.bars:
                yield from (bar.question, *bar.exceptions)
        yield from (presumed.question for presumed in self.presumed)


def questions_of(node: Node) -> Iterator[Question]:
    """Yield every question of *node*, repeats included."""
    match node:
        case Question():
            yield node
        case Again(question=question):
            yield question
        case Group(parts=parts):
            for part in parts:
                yield from questions_of(part)
        case Excepted(part=part, exceptions=exceptions):
            yield from questions_of(part)
            for exception in exceptions:
                yield from questions_of(exception)
