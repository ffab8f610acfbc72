"""``<topic>.situations.yaml`` → situations: facts in, the expected conclusion out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import (
    InconsistentError,
    Location,
    OverlapError,
    PackError,
    PackErrors,
    UnknownNameError,
    gathered,
)
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.library import Library, days_in_force, is_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.misfits import Loc
from imr_rules.strict_yaml import Document

SUFFIX = ".situations.yaml"


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _RawExpect(_Raw):
    prediction: Literal["upheld", "overturned"]
    certainty: Literal["met", "undocumented", "barred"] | None = None
    criteria: dict[str, Literal["met", "unmet", "unknown"]] = {}


class _RawSituation(_Raw):
    name: str
    facts: dict[str, Any]
    expect: _RawExpect
    on: Annotated[date, Field(strict=False)] | None = None


class SituationsFile(_Raw):
    """The pack tests of one topic as their YAML file writes them."""

    situations: list[_RawSituation]


@dataclass(frozen=True)
class Situation:
    """One pack test: what is known on the day *on*, and what must follow.

    *certainty* is None, and *criteria* leaves out, what the author does not claim.
    """

    name: str
    edition: Edition
    topic: Topic
    on: date
    facts: Mapping[str, Value]
    prediction: str
    certainty: str | None = None
    criteria: Mapping[str, str] = field(default_factory=dict)
    at: Location | None = field(default=None, compare=False)


def load_situations(library: Library, folder: Path) -> tuple[Situation, ...]:
    """Read the situations of every topic of *library*, whose rules stand in *folder*.

    Raises:
        PackErrors: every problem of every file, each with file, line and column.
    """
    problems: list[PackError] = []
    found: list[Situation] = []
    beside: set[Path] = set()
    for edition, topic in library.pairs():
        path = situations_path(topic)
        if path is None or not path.exists():
            continue
        beside.add(path)
        with gathered(problems):
            found.extend(_read(path, edition, topic, library.vocabulary))
    for path in sorted((folder / "guidelines").rglob(f"*{SUFFIX}")):
        if path not in beside:
            problems.append(PackError("stands beside no topic of that name.", at=Location(path)))
    if problems:
        raise PackErrors(problems)
    return tuple(found)


def situations_path(topic: Topic) -> Path | None:
    """Return where the situations of *topic* belong; None of a topic that came from no file."""
    if topic.at is None:
        return None
    path = Path(topic.at.path)
    return path.with_name(path.name.removesuffix(".yaml") + SUFFIX)


def first_day(edition: Edition, topic: Topic) -> date:
    """Return the day on which a situation happens that names none."""
    return days_in_force(edition, topic)[0]


def _read(
    path: Path, edition: Edition, topic: Topic, vocabulary: Vocabulary
) -> Iterator[Situation]:
    document = strict_yaml.read(path)
    raw = strict_yaml.validate(SituationsFile, document)
    problems: list[PackError] = []
    names: set[str] = set()
    found: list[Situation] = []
    for index, entry in enumerate(raw.situations):
        loc: Loc = ("situations", index)
        problems.extend(_problems(document, loc, entry, edition, topic, vocabulary))
        if entry.name in names:
            at = document.at(*loc, "name")
            problems.append(OverlapError("two situations have this name.", at=at))
        names.add(entry.name)
        found.append(
            Situation(
                name=entry.name,
                edition=edition,
                topic=topic,
                on=entry.on or first_day(edition, topic),
                facts=entry.facts,
                prediction=entry.expect.prediction,
                certainty=entry.expect.certainty,
                criteria=entry.expect.criteria,
                at=document.at(*loc),
            )
        )
    if problems:
        raise PackErrors(problems)
    yield from found


def _problems(
    document: Document,
    loc: Loc,
    entry: _RawSituation,
    edition: Edition,
    topic: Topic,
    vocabulary: Vocabulary,
) -> Iterator[PackError]:
    for fact, value in entry.facts.items():
        at = document.at(*loc, "facts", fact)
        try:
            vocabulary.require(fact, at).check(value, at=at)
        except PackError as error:
            yield error
    for criterion in entry.expect.criteria:
        if criterion not in topic.criteria:
            at = document.at(*loc, "expect", "criteria", criterion)
            yield UnknownNameError("criterion", criterion, topic.criteria, at=at)
    if not is_in_force(edition, topic, entry.on):
        yield InconsistentError(
            f"topic {topic.id!r} is not in force on {entry.on}.", at=document.at(*loc, "on")
        )
