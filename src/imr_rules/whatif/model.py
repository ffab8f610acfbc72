"""The outcomes that a change flips, item by item, and gathered by criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from imr_rules.facts.model import Basis


@dataclass(frozen=True, slots=True)
class FlippedItem:
    """One item whose prediction a change flips.

    *criteria* are those that the change turned, as ``edition/topic/criterion``; a topic that
    governs only before or only after stands as ``edition/topic``.
    """

    case_number: str
    item: int
    title: str
    actual: str | None
    before: str
    after: str
    criteria: tuple[str, ...]
    letter: str | None = None
    """What tells the letter apart in a facts table."""

    @property
    def name(self) -> str:
        """The item as it is named in a list."""
        return f"{self.case_number or self.letter}.{self.item}"


@dataclass(frozen=True, slots=True)
class FlipCounts:
    """How many items flip, and which way; *gains* are predictions newly right less newly wrong."""

    flips: int = 0
    to_overturned: int = 0
    to_upheld: int = 0
    gains: int = 0

    def __add__(self, other: FlipCounts) -> FlipCounts:
        return FlipCounts(
            self.flips + other.flips,
            self.to_overturned + other.to_overturned,
            self.to_upheld + other.to_upheld,
            self.gains + other.gains,
        )


def counts_of(before: str, after: str, actual: str | None, *, items: int = 1) -> FlipCounts:
    """Return the counts of *items* alike that flip from *before* to *after*."""
    gains = 0 if actual is None else (after == actual) - (before == actual)
    return FlipCounts(
        items, items * (after == "overturned"), items * (after == "upheld"), items * gains
    )


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """The flips that go with one criterion; *governed* items come under its topic.

    *counts* are of all flips; *flipped* names them, those of a facts table only to begin with.
    """

    criterion: str
    statement: str
    governed: int
    counts: FlipCounts
    flipped: tuple[FlippedItem, ...]


def change_of(
    criterion: str, statement: str, governed: int, flipped: tuple[FlippedItem, ...]
) -> CriterionChange:
    """Return the change with *flipped* counted, which are all that flip."""
    each = (counts_of(item.before, item.after, item.actual) for item in flipped)
    return CriterionChange(criterion, statement, governed, sum(each, FlipCounts()), flipped)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Everything a change flips on one basis.

    *flips* counts what flips, and *flipped* names it, of a facts table only what its criteria name.
    *appeared* and *vanished* are items that only one of the packs could read.
    """

    basis: Basis
    items: int
    flips: int
    flipped: tuple[FlippedItem, ...]
    criteria: tuple[CriterionChange, ...]
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


def ranked(changes: Iterable[CriterionChange]) -> tuple[CriterionChange, ...]:
    """Return *changes* with the most flips first, then by name."""
    return tuple(sorted(changes, key=lambda change: (-change.counts.flips, change.criterion)))


def named(change: CriterionChange, most: int) -> str:
    """Name the first *most* items that flip with *change*, and count the rest."""
    shown = change.flipped[:most]
    rest = change.counts.flips - len(shown)
    return ", ".join(item.name for item in shown) + (f" and {rest} more" if rest else "")
