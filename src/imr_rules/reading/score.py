"""How well facts were read: what a reader found against what experts wrote down, fact by fact.

A fact counts as read where its value is the experts'. Letters are dealt into two halves by their
number alone: cues are tuned on the one, the other tells how they do on letters nobody looked at.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imr_rules.facts.model import Reading, Value
from imr_rules.facts.vocabulary import Origin, Vocabulary


class Half(StrEnum):
    """Which half of the letters one belongs to."""

    TUNING = "tuning"
    OTHER = "other"


def half_of(case_number: str) -> Half:
    """Return the half of the letter *case_number*; it never changes.

    >>> half_of("CM16-0224814").value
    'tuning'
    """
    even = hashlib.sha256(case_number.encode()).digest()[0] % 2 == 0
    return Half.TUNING if even else Half.OTHER


@dataclass(frozen=True, slots=True)
class Tally:
    """How many facts were read rightly, how many were read, and how many there were to read."""

    right: int = 0
    read: int = 0
    there: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.read + other.read, self.there + other.there)

    @property
    def precision(self) -> float | None:
        """The share of what was read that is right."""
        return self.right / self.read if self.read else None

    @property
    def recall(self) -> float | None:
        """The share of what was there that was read rightly."""
        return self.right / self.there if self.there else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        both = self.read + self.there
        return 2 * self.right / both if both else None


Key = tuple[Half, Reading, str]
"""A half, a reading, and a fact."""


def tally(
    case_number: str,
    reading: Reading,
    read: Mapping[str, Value],
    there: Mapping[str, Value],
    vocabulary: Vocabulary,
) -> dict[Key, Tally]:
    """Compare the facts *read* for one item with those that are *there*.

    On the record, facts that follow from dates and titles are left out: *there* has them from the
    header, not from a sentence.
    """
    half = half_of(case_number)
    counted: dict[Key, Tally] = {}
    for fact in {**there, **read}:
        derived = vocabulary[fact].origin is Origin.DERIVED
        if reading is Reading.RECORD and derived:
            continue
        right = fact in read and fact in there and read[fact] == there[fact]
        counted[half, reading, fact] = Tally(int(right), int(fact in read), int(fact in there))
    return counted


def added(tallies: Iterable[Mapping[Key, Tally]]) -> dict[Key, Tally]:
    """Add up *tallies*, key by key."""
    total: dict[Key, Tally] = {}
    for counted in tallies:
        for key, entry in counted.items():
            total[key] = total.get(key, Tally()) + entry
    return total


def read_agreement(path: Path) -> Mapping[tuple[Reading, str], float | None]:
    """Return the kappa of two expert readers by reading and fact (``agreement.csv``)."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {
            (Reading(row["reading"]), row["fact"]): float(row["kappa"]) if row["kappa"] else None
            for row in csv.DictReader(lines)
        }


def fact_table(
    total: Mapping[Key, Tally],
    reading: Reading,
    ceiling: Mapping[tuple[Reading, str], float | None],
) -> str:
    """Return the Markdown table of one *reading*: a line a fact, most frequent first."""
    facts = {fact for _, r, fact in total if r is reading}
    of_all = {fact: _sum(total, reading, fact=fact) for fact in facts}
    lines = [
        "| fact | right | read | there | precision | recall | F1 | F1 tuning half"
        " | F1 other half | kappa of two readers |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for fact in sorted(facts, key=lambda name: (-of_all[name].there, name)):
        entry = of_all[fact]
        halves = [total.get((half, reading, fact), Tally()).f1 for half in Half]
        figures = (entry.precision, entry.recall, entry.f1, *halves, ceiling.get((reading, fact)))
        counts = f"{entry.right} | {entry.read} | {entry.there}"
        lines.append(f"| {fact} | {counts} | " + " | ".join(map(figure, figures)) + " |")
    return "\n".join(lines) + "\n"


def summary_table(total: Mapping[Key, Tally]) -> str:
    """Return the Markdown table of all facts together, by reading and half."""
    lines = [
        "| reading | letters | right | read | there | precision | recall | F1 |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for reading in Reading:
        for half in Half:
            entry = _sum(total, reading, half=half)
            counts = f"{entry.right} | {entry.read} | {entry.there}"
            figures = " | ".join(map(figure, (entry.precision, entry.recall, entry.f1)))
            lines.append(f"| {reading} | {half} half | {counts} | {figures} |")
    return "\n".join(lines) + "\n"


def _sum(
    total: Mapping[Key, Tally],
    reading: Reading,
    *,
    half: Half | None = None,
    fact: str | None = None,
) -> Tally:
    chosen = (
        entry
        for (in_half, r, name), entry in total.items()
        if r is reading and half in (None, in_half) and fact in (None, name)
    )
    return sum(chosen, Tally())


def figure(number: float | None) -> str:
    """Return *number* with two decimals, a dash where there is none."""
    return "–" if number is None else f"{number:.2f}"
