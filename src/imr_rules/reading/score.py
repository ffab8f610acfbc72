"""How well facts were read: what a reader found against the facts of ``cases/``, one by one.

A fact counts as read where its value is the case's. Letters are dealt into two shares by their
number alone: cues are tuned on seven eighths of them, the last eighth tells how they do on letters
that nobody tuned on.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imr_rules.facts.model import Basis, Reading, Value
from imr_rules.facts.vocabulary import Origin, Vocabulary
from imr_rules.statistics import area_under_curve, cohen_kappa, confusion, steps


class Share(StrEnum):
    """Which share of the letters one belongs to."""

    TUNED_ON = "tuned on"
    CLOSED = "closed"


_LOOKED_AT = frozenset(("CM17-0006634",))
"""Letters dealt to the closed share of which what was misread has been looked at since."""


def share_of(case_number: str) -> Share:
    """Return the share of the letter *case_number*; only a letter looked at leaves the closed one.

    >>> share_of("CM16-0224814").value
    'tuned on'
    """
    if case_number in _LOOKED_AT:
        return Share.TUNED_ON
    dealt = hashlib.sha256(case_number.encode()).digest()[:3]
    return Share.CLOSED if all(byte % 2 for byte in dealt) else Share.TUNED_ON


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


Key = tuple[Share, Reading, str]
"""A share, a reading, and a fact."""


Readings = Mapping[Reading, Mapping[str, Value]]
"""The facts of an item, by the reading that told them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was concluded of one item from its letter alone, and what was decided."""

    share: Share
    basis: Basis
    predicted: bool
    likelihood: float
    actual: bool


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
    share = share_of(case_number)
    counted: dict[Key, Tally] = {}
    for fact in {**there, **read}:
        if reading is Reading.RECORD and vocabulary[fact].origin is not Origin.READ:
            continue
        right = fact in read and fact in there and read[fact] == there[fact]
        counted[share, reading, fact] = Tally(int(right), int(fact in read), int(fact in there))
    return counted


def tallies(
    case_number: str,
    read: Mapping[int, Readings],
    there: Mapping[int, Readings],
    vocabulary: Vocabulary,
) -> Iterator[dict[Key, Tally]]:
    """Compare item by item; an item that *read* lacks was not read at all."""
    for number, readings in there.items():
        found = read.get(number, {})
        for reading in Reading:
            of, gold = found.get(reading, {}), readings.get(reading, {})
            yield tally(case_number, reading, of, gold, vocabulary)


def added(tallies: Iterable[Mapping[Key, Tally]]) -> dict[Key, Tally]:
    """Add up *tallies*, key by key."""
    total: dict[Key, Tally] = {}
    for counted in tallies:
        for key, entry in counted.items():
            total[key] = total.get(key, Tally()) + entry
    return total


def read_agreement(path: Path) -> Mapping[tuple[Reading, str], float | None]:
    """Return the kappa of two independent readings by reading and fact (``agreement.csv``)."""
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
        "| fact | right | read | there | precision | recall | F1 | F1 tuned on"
        " | F1 closed | kappa of two readers |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for fact in sorted(facts, key=lambda name: (-of_all[name].there, name)):
        entry = of_all[fact]
        shares = [total.get((share, reading, fact), Tally()).f1 for share in Share]
        figures = (entry.precision, entry.recall, entry.f1, *shares, ceiling.get((reading, fact)))
        counts = f"{entry.right} | {entry.read} | {entry.there}"
        lines.append(f"| {fact} | {counts} | " + " | ".join(map(_figure, figures)) + " |")
    return "\n".join(lines) + "\n"


def summary_table(total: Mapping[Key, Tally]) -> str:
    """Return the Markdown table of all facts together, by reading and share."""
    lines = [
        "| reading | letters | right | read | there | precision | recall | F1 |",
        "|---|---|--:|--:|--:|--:|--:|--:|",
    ]
    for reading in Reading:
        for share in Share:
            entry = _sum(total, reading, share=share)
            counts = f"{entry.right} | {entry.read} | {entry.there}"
            figures = " | ".join(map(_figure, (entry.precision, entry.recall, entry.f1)))
            lines.append(f"| {reading} | {share} | {counts} | {figures} |")
    return "\n".join(lines) + "\n"


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """Return the Markdown table of *outcomes* against what was decided, by basis and share."""
    lines = [
        "| basis | letters | items | overturned | predicted so | kappa | AUC |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for basis in Basis:
        for share in (*Share, None):
            mine = [o for o in outcomes if o.basis is basis and share in (None, o.share)]
            actual = [o.actual for o in mine]
            ones = [1.0] * len(mine)
            table = confusion([o.predicted for o in mine], actual, ones)
            auc = area_under_curve(steps([o.likelihood for o in mine], actual, ones))
            letters = str(share) if share else "all"
            counts = f"{len(mine)} | {sum(actual)} | {sum(o.predicted for o in mine)}"
            figures = f"{_figure(cohen_kappa(table))} | {_figure(auc)}"
            lines.append(f"| {basis} | {letters} | {counts} | {figures} |")
    return "\n".join(lines) + "\n"


def _sum(
    total: Mapping[Key, Tally],
    reading: Reading,
    *,
    share: Share | None = None,
    fact: str | None = None,
) -> Tally:
    chosen = (
        entry
        for (in_share, r, name), entry in total.items()
        if r is reading and share in (None, in_share) and fact in (None, name)
    )
    return sum(chosen, Tally())


def _figure(number: float | None) -> str:
    """Return *number* with two decimals, a dash where there is none."""
    return "–" if number is None else f"{number:.2f}"
