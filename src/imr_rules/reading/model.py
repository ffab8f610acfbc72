"""What there is to read of a letter, and what reading it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from imr_rules.facts.model import Finding, Section


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a letter to be read: the summary, one rationale, or a whole note."""

    section: Section
    start: int
    end: int
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a disputed item is about, as far as sentences can speak of it.

    *facts* are those the item is judged by; a reader that has to be told what to look for looks
    for these.
    """

    number: int
    category: str | None
    names: re.Pattern[str] | None
    """The item's own names: the drug and its ingredients, the procedure."""
    body_parts: frozenset[str] = frozenset()
    title: str = ""
    facts: frozenset[str] = frozenset()
    side: str | None = None
    spoken_of_as: str | None = None
    """The other category by whose words letters speak of it."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The categories whose words speak of it; by the last one its visits are counted."""
        return tuple(kind for kind in (self.category, self.spoken_of_as) if kind is not None)


@dataclass(frozen=True, slots=True)
class Task:
    """What there is to read of one letter; *on* is the day from which "since May" counts."""

    text: str
    passages: Sequence[Passage]
    subjects: Sequence[Subject]
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A sentence that speaks of the vocabulary's concepts but gave no finding."""

    section: Section
    start: int
    end: int
    quote: str
    facts: tuple[str, ...]


class Refusal(StrEnum):
    """Why an answer of a reader, or one finding of it, does not count."""

    NO_CONNECTION = "no connection"
    TIMED_OUT = "no answer in time"
    REFUSED_BY_SERVER = "refused by the server"
    TOO_LARGE = "answer too large"
    NOT_JSON = "answer not in the agreed form"
    NO_FINDING = "finding not in the agreed form"
    UNKNOWN_FACT = "fact not asked for"
    WRONG_VALUE = "value the fact cannot have"
    WRONG_ITEM = "item not in the letter"
    QUOTE_TOO_SHORT = "quotation too short or too long"
    NOT_IN_LETTER = "quotation not in the letter"
    TOO_MANY = "more findings than an answer may hold"

    @property
    def is_of_an_answer(self) -> bool:
        """Whether a question got nothing to use; else one finding of an answer was thrown away."""
        return self in _OF_AN_ANSWER


_OF_AN_ANSWER = frozenset(
    (
        Refusal.NO_CONNECTION,
        Refusal.TIMED_OUT,
        Refusal.REFUSED_BY_SERVER,
        Refusal.TOO_LARGE,
        Refusal.NOT_JSON,
    )
)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The findings of a letter, and what was not understood, not read, or not believed.

    *unread* tells in plain words which parts of the letter nobody read; *refusals* counts the
    questions that had to be asked again, and the findings that were thrown away.
    """

    findings: tuple[Finding, ...]
    misses: tuple[Miss, ...] = ()
    unread: tuple[str, ...] = ()
    refusals: Mapping[Refusal, int] = field(default_factory=dict)
