"""``rules/audit/*.yaml``: the phrases, limits, severities and confidences of the audit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.reading.pattern import compile_phrase

M = TypeVar("M", bound=BaseModel)
_Words = Annotated[tuple[str, ...], Field(strict=False)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RulePolicy(_Frozen):
    """How a rule's findings are shown: what hangs on them, and how often they are right.

    ``from_letter`` is the confidence where the facts were read in a letter by this program,
    ``from_facts`` where a person wrote them down.
    """

    title: str
    severity: Literal["high", "medium", "low"]
    from_letter: Annotated[float, Field(ge=0, le=1)]
    from_facts: Annotated[float, Field(ge=0, le=1)]


class ConflictPolicy(_Frozen):
    """Which conflicts between summary and rationale count, by fact.

    ``affirms`` lists the record values that document the fact firmly enough; without them any
    value that speaks for the treatment does. ``denies`` likewise for the rationale.
    ``counts_for`` names facts of a topic that a conflict on this one speaks to as well.
    ``denied_in_words``: the rationale must deny the fact itself; to tell of another course of
    things ("is improving") denies nothing.
    """

    from_letter: Annotated[float, Field(ge=0, le=1)]
    from_facts: Annotated[float, Field(ge=0, le=1)]
    affirms: _Words = ()
    denies: _Words = ()
    counts_for: _Words = ()
    denied_in_words: bool = False
    severity: Literal["high", "medium", "low"] = "high"


class ConclusionWords(_Frozen):
    """Phrases by which a rationale ends for or against a treatment."""

    granted: _Words
    refused: _Words
    criteria_met: _Words
    criteria_unmet: _Words


class RestatedWords(_Frozen):
    """Where a rationale names the request again, from an opening word to a closing one."""

    opens: _Words
    closes: _Words
    longest_words: int
    not_near: _Words


class PersonWords(_Frozen):
    """How letters tell age and sex; an age with one of *not_near* before it is a guideline's.

    *she* and *he* are the pronouns with words that only the worker is told of by.
    """

    female: _Words
    male: _Words
    she: _Words
    he: _Words
    ages: _Words
    not_near: _Words


class DurationWords(_Frozen):
    """How rationales tell for how long something went on; days of each unit."""

    phrases: _Words
    subjects: _Words
    not_near: _Words
    units: Mapping[str, int]
    slack_days: int


class VisitWords(_Frozen):
    """How rationales quote the number of visits that a guideline allows, and apply it."""

    quoted: _Words
    applied: _Words


class FormWords(_Frozen):
    """Which sections are about drugs on the skin, and which requests are for such drugs."""

    topical_sections: _Words
    topical_forms: _Words
    topical_treatments: _Words


class ContradictionPolicy(_Frozen):
    """The words of ``self_contradiction.yaml``; *near* are parts under each other's name.

    *study_categories* are the categories in which one treatment is never short for another.
    """

    conclusion: ConclusionWords
    restated: RestatedWords
    near: Annotated[tuple[_Words, ...], Field(strict=False)]
    guideline_talk: _Words
    person: PersonWords
    injury_date: _Words
    durations: DurationWords
    visits: VisitWords
    forms: FormWords
    study_categories: _Words


class LaterSections(_Frozen):
    """Sections for requests of *categories* that suppose an injury of *least_days* days."""

    categories: _Words
    sections: _Words
    least_days: int


class CitationPolicy(_Frozen):
    """What the citation rules know of chapters and sections.

    ``chapters`` maps words of a chapter's name to the body parts it is about; ``general`` are
    sections that may be cited for anything; ``anywhere`` are topics that their guideline keeps
    under a chapter of another body part.
    """

    chapters: Mapping[str, _Words]
    general: _Words
    anywhere: _Words
    later: LaterSections
    outside: _Words
    document: str


class NoisePolicy(_Frozen):
    """When a group is large and different enough to be spoken of."""

    least_group: int
    least_letters: int
    false_discovery_rate: float
    resamples: int
    permutations: int
    seed: int
    citation_groups: Mapping[str, _Words]
    unsaid: str


@dataclass(frozen=True)
class Policy:
    """All of ``rules/audit``; *speaks_for* are parts whose findings speak for another part."""

    rules: Mapping[str, RulePolicy]
    conflicts: Mapping[str, ConflictPolicy]
    speaks_for: Mapping[str, tuple[str, ...]]
    contradiction: ContradictionPolicy
    citation: CitationPolicy
    noise: NoisePolicy


class _RulesFile(_Frozen):
    rules: Mapping[str, RulePolicy]


class _ConflictsFile(_Frozen):
    speaks_for: Mapping[str, _Words]
    conflicts: Mapping[str, ConflictPolicy]


@cache
def load_policy(rules: Path) -> Policy:
    """Read the folder ``audit`` of the *rules* folder.

    Raises:
        PackError: a file is missing or does not hold what it should.
    """
    folder = rules / "audit"
    conflicts = _load(_ConflictsFile, folder / "evidence_conflict.yaml")
    return Policy(
        rules=_load(_RulesFile, folder / "rules.yaml").rules,
        conflicts=conflicts.conflicts,
        speaks_for=conflicts.speaks_for,
        contradiction=_load(ContradictionPolicy, folder / "self_contradiction.yaml"),
        citation=_load(CitationPolicy, folder / "citation.yaml"),
        noise=_load(NoisePolicy, folder / "noise.yaml"),
    )


def _load(shape: type[M], path: Path) -> M:
    return strict_yaml.validate(shape, strict_yaml.read(path))


@cache
def phrases_pattern(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the expressions of *phrases*, written in the cue language of the reading room."""
    return tuple(compile_phrase(phrase).regex for phrase in phrases)


def says(phrases: tuple[str, ...], text: str) -> bool:
    """Whether the flat, lower-case *text* holds one of *phrases*."""
    return any(pattern.search(text) for pattern in phrases_pattern(phrases))


def hits(phrases: tuple[str, ...], text: str) -> Iterator[re.Match[str]]:
    """Yield the places of *phrases* in the flat, lower-case *text*, phrase by phrase."""
    for pattern in phrases_pattern(phrases):
        yield from pattern.finditer(text)
