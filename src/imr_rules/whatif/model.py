"""The outcomes that a change flips, item by item, and gathered by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    @property
    def gains(self) -> int:
        """1 where only the changed pack decides as was decided, -1 where only the present one."""
        return int(self.after == self.actual) - int(self.before == self.actual)


@dataclass(frozen=True, slots=True)
class CriterionChange:
    """The flips that go with one criterion; *governed* items come under its topic."""

    criterion: str
    statement: str
    governed: int
    flipped: tuple[FlippedItem, ...]

    @property
    def to_overturned(self) -> int:
        return sum(item.after == "overturned" for item in self.flipped)

    @property
    def to_upheld(self) -> int:
        return sum(item.after == "upheld" for item in self.flipped)

    @property
    def gains(self) -> int:
        """Decisions newly predicted right, less those newly wrong."""
        return sum(item.gains for item in self.flipped if item.actual is not None)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Everything a change flips on one basis.

    *appeared* and *vanished* are items that only one of the packs could read.
    """

    basis: Basis
    items: int
    flipped: tuple[FlippedItem, ...]
    criteria: tuple[CriterionChange, ...]
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


def ranked(changes: Iterable[CriterionChange]) -> tuple[CriterionChange, ...]:
    """Return *changes* with the most flips first, then by name."""
    return tuple(sorted(changes, key=lambda change: (-len(change.flipped), change.criterion)))


def named(items: Sequence[FlippedItem], most: int) -> str:
    """Name the first *most* of *items*, and count the rest."""
    shown = ", ".join(f"{item.case_number}.{item.item}" for item in items[:most])
    return f"{shown} and {len(items) - most} more" if len(items) > most else shown
