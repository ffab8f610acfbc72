"""The fixed words of checklists, in each language of ``rules/wording``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import UnknownNameError


class _SectionNames(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    header: str
    title: str
    summary: str
    rationale: str
    note: str
    conclusion: str


class _Comparisons(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    at_most: str
    at_least: str
    less_than: str
    more_than: str


class Wording(BaseModel):
    """One language; every one has all the words, so that none is half translated."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    lang: str
    checklist: str
    as_of: str
    governed_by: str
    filled_from: str
    answers_nothing: str
    asks_instead: str
    asks_nothing: str
    worker: str
    claim: str
    requested_by: str
    date: str
    request: str
    injury_date: str
    age: str
    asked_before: str
    how_to: str
    how_to_ways: str
    exception_only: str
    never: str
    no_guideline: str
    no_guideline_help: str
    add: str
    add_closer: str
    also_asked: str
    bars_title: str
    bars_note: str
    needs_title: str
    common_title: str
    ways_title: str
    way: str
    applies: str
    presumed_title: str
    presumed_note: str
    only_in: str
    only_in_several: str
    all_of: str
    one_of: str
    at_least: str
    unless: str
    again: str
    yes: str
    no: str
    not_shown: str
    what_counts: str
    limit: str
    comparisons: _Comparisons
    units: dict[str, str]
    units_of_one: dict[str, str]
    """By the vocabulary's name of a unit; what is not listed keeps that name."""
    unverified_note: str
    seen_note: str
    attested_note: str
    default_cite: str
    characters: str
    sections: _SectionNames
    page: str
    packet: str
    packet_how: str
    packet_none: str
    packet_barred: str
    missing_title: str
    record_had_it: str
    record_says: str
    record_had_it_not: str
    reviewer_said: str
    remains_title: str
    remains_note: str
    remains_correct: str
    remains_nothing: str
    had_all: str
    decided: str
    upheld: str
    overturned: str
    and_: str = Field(alias="and")
    now: str
    notice: str

    def compared(self, comparison: str) -> str:
        """Return how a number is held against a limit, with a place for the number."""
        said: str = getattr(self.comparisons, comparison)
        return said

    def amount(self, number: float, unit: str) -> str:
        """Return *number* with the word for *unit*."""
        words = self.units_of_one if number == 1 else self.units
        return f"{number:g} {words.get(unit, unit)}".strip()

    def section(self, name: str) -> str:
        """Return the word for the section *name* of a letter."""
        word: str = getattr(self.sections, name)
        return word


def languages(rules: Path) -> tuple[str, ...]:
    """Return the languages that the *rules* folder has words for."""
    return tuple(sorted(path.stem for path in (rules / "wording").glob("*.yaml")))


@cache
def load_wording(rules: Path, lang: str) -> Wording:
    """Read the words of *lang* from the *rules* folder.

    Raises:
        UnknownNameError: there are none in that language.
        PackErrors: words are missing or malformed.
    """
    known = languages(rules)
    if lang not in known:
        raise UnknownNameError("language", lang, known, otherwise=f"Known: {', '.join(known)}.")
    return strict_yaml.validate(Wording, strict_yaml.read(rules / "wording" / f"{lang}.yaml"))
