"""The banks of ``phrases/``: sentences of every habit of writing, and what each states."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.facts.model import Section, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters.model import Determination, DisputedItem, Layout, Span
from imr_rules.reading.read import merge_values
from imr_rules.strict_yaml import read

BANKS = sorted((Path(__file__).parent / "phrases").glob("*.yaml"))
SILENT = "silent"
OPENING = "The injured worker has been treated for some time. "
"""A rationale has spoken of the case before it comes to the sentence."""
DENIED_ON = date(2016, 6, 1)
"""The day from which "since March" counts."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence, the part of a letter and the item it stands for, and what it states of a fact.

    The value ``silent`` says that it states nothing. *held* sentences were kept back when the cues
    were written: they tell how well the reader does with words it has not met.
    """

    fact: str
    section: Section
    title: str
    say: str
    expect: Value
    held: bool


@dataclass(frozen=True, slots=True)
class Bank:
    """The phrases of one file, and the least share of each kind that must be read right."""

    phrases: tuple[Phrase, ...]
    fitted: float
    held: float


def load_bank(path: Path) -> Bank:
    """Read the bank at *path*."""
    data = read(path).data
    phrases = tuple(
        Phrase(
            fact=entry["fact"],
            section=Section(entry["in"]),
            title=entry["title"],
            say=entry["say"],
            expect=entry["expect"],
            held=bool(entry.get("held")),
        )
        for entry in data["phrases"]
    )
    return Bank(phrases, float(data["required"]["fitted"]), float(data["required"]["held"]))


def stated(phrase: Phrase, knowledge: Knowledge) -> Value:
    """Return what a letter of one item says of the phrase's fact where it says just this."""
    opening = OPENING if phrase.section is Section.RATIONALE else ""
    text = f"{phrase.title}\n\n{opening}{phrase.say}\n"
    words = Span(len(phrase.title) + 2, len(text))
    title = Span(0, len(phrase.title))
    in_summary = phrase.section is Section.SUMMARY
    letter = Determination(
        source="phrase",
        text=text,
        layout=Layout.SECTIONS,
        denial_date=DENIED_ON,
        summary=words if in_summary else None,
        items=(
            DisputedItem(
                1, phrase.title, title, None, None, None, None, None if in_summary else words
            ),
        ),
    )
    case, _ = case_from_letter(letter, knowledge)
    of_fact = [f for f in case.findings if f.fact == phrase.fact and f.item in (None, 1)]
    merged = merge_values(of_fact, knowledge.vocabulary)
    return merged[phrase.fact][0] if phrase.fact in merged else SILENT


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.stem)
def test_each_bank_is_read_as_well_as_required(path: Path, knowledge: Knowledge) -> None:
    """Both the phrases the cues were written for and those kept back reach their shares."""
    bank = load_bank(path)
    by_fact: dict[str, list[bool]] = defaultdict(list)
    by_kind: dict[bool, list[bool]] = {False: [], True: []}
    for phrase in bank.phrases:
        is_right = stated(phrase, knowledge) == phrase.expect
        by_fact[phrase.fact].append(is_right)
        by_kind[phrase.held].append(is_right)
    report = ", ".join(f"{fact} {_share(right):.0%}" for fact, right in sorted(by_fact.items()))
    fitted, held = _share(by_kind[False]), _share(by_kind[True])
    assert fitted >= bank.fitted, f"fitted {fitted:.3f}: {report}"
    assert held >= bank.held, f"held {held:.3f}: {report}"


def test_banks_are_collected() -> None:
    """There are banks, and none of them is empty."""
    assert BANKS
    assert all(load_bank(path).phrases for path in BANKS)


def test_no_phrase_stands_twice_in_a_bank() -> None:
    """A phrase counts once for a fact, an item and a section."""
    for path in BANKS:
        phrases = load_bank(path).phrases
        assert len({(p.fact, p.section, p.title, p.say) for p in phrases}) == len(phrases)


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 1.0
