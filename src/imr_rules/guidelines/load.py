"""YAML of ``rules/guidelines/`` → checked, frozen editions, every problem with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from imr_rules import strict_yaml
from imr_rules.errors import (
    InconsistentError,
    Location,
    OverlapError,
    PackError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
    gathered,
)
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.guidelines.build_topic import TopicBuilder
from imr_rules.guidelines.library import Library, days_in_force
from imr_rules.guidelines.model import (
    Edition,
    Parameter,
    Topic,
)
from imr_rules.guidelines.shapes import EditionFile, ParameterFile, TopicFile
from imr_rules.misfits import Loc
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue


def load_library(rules: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Library:
    """Read every edition under ``guidelines/`` of the *rules* folder.

    Raises:
        PackErrors: every problem of every file, each with file, line and column.
    """
    root = rules / "guidelines"
    folders = [p for p in sorted(root.iterdir()) if p.is_dir()] if root.is_dir() else []
    if not folders:
        raise PackError("holds no guidelines/ folder with editions.", at=Location(rules))
    problems: list[PackError] = []
    editions: dict[str, Edition] = {}
    for folder in folders:
        with gathered(problems):
            edition = _EditionLoader(folder, vocabulary, catalogue).load()
            editions[edition.id] = edition
    if not problems:
        problems.extend(_overlaps(editions))
    if problems:
        raise PackErrors(problems)
    return Library(editions, vocabulary, catalogue)


class _EditionLoader:
    """Loads one edition folder, gathering problems instead of stopping at the first."""

    def __init__(self, folder: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.catalogue = catalogue
        self.problems: list[PackError] = []

    def load(self) -> Edition:
        document = strict_yaml.read(self.folder / "edition.yaml")
        raw = strict_yaml.validate(EditionFile, document)
        if raw.edition != self.folder.name:
            self._add(
                InconsistentError(
                    f"edition {raw.edition!r} stands in the folder {self.folder.name!r}.",
                    at=document.at("edition"),
                )
            )
        if raw.in_force.until and raw.in_force.until <= raw.in_force.from_:
            self._add(
                InconsistentError("the edition ends before it begins.", at=document.at("in_force"))
            )
        parameters = self._parameters()
        topics: dict[str, Topic] = {}
        for path in sorted(self.folder.rglob("*.yaml")):
            if path.name == "edition.yaml" or path.name.endswith(".situations.yaml"):
                continue
            if path.parent == self.folder / "parameters":
                continue
            with gathered(self.problems):
                topic = self._topic(path, raw.edition, parameters)
                if topic.id in topics:
                    self._add(OverlapError(f"topic {topic.id!r} is defined twice.", at=topic.at))
                topics[topic.id] = topic
        if self.problems:
            raise PackErrors(self.problems)
        return Edition(
            id=raw.edition,
            title=raw.title,
            cite_as=raw.cite_as,
            legal=raw.legal,
            rank=raw.rank,
            in_force_from=raw.in_force.from_,
            in_force_until=raw.in_force.until,
            topics=topics,
            parameters=parameters,
            sections={name: tuple(pages) for name, pages in raw.sections.items()},
            other_names=tuple(raw.other_names),
        )

    def _add(self, problem: PackError) -> None:
        self.problems.append(problem)

    def _parameters(self) -> dict[str, Parameter]:
        parameters: dict[str, Parameter] = {}
        for path in sorted((self.folder / "parameters").glob("*.yaml")):
            document = strict_yaml.read(path)
            if not isinstance(document.data, dict):
                raise WrongTypeError("the file maps names to parameters.", at=document.at())
            for name in document.data:
                if name in parameters:
                    at = document.at(name)
                    self._add(OverlapError(f"parameter {name!r} is defined twice.", at=at))
                with gathered(self.problems):
                    parameters[name] = self._parameter(document, name)
        return parameters

    def _parameter(self, document: Document, name: str) -> Parameter:
        raw = strict_yaml.validate(ParameterFile, document, loc=(name,))
        return Parameter(
            id=name,
            unit=raw.unit,
            description=raw.description,
            source=raw.source,
            values=_dated(raw.values, document, (name, "values")),
            by=self._by(raw, document, name),
            table={
                key: _dated(values, document, (name, "table", key))
                for key, values in raw.table.items()
            },
        )

    def _by(self, raw: ParameterFile, document: Document, name: str) -> str:
        if bool(raw.by) != bool(raw.table):
            raise InconsistentError(
                "'by' and 'table' stand together or not at all.", at=document.at(name)
            )
        if raw.by:
            fact = self.vocabulary.require(raw.by, document.at(name, "by"))
            if fact.type is FactType.NUMBER:
                raise WrongTypeError("a table goes by an enum fact.", at=document.at(name, "by"))
            for key in raw.table:
                if key not in fact.known_values:
                    raise UnknownNameError(
                        f"value of {fact.id!r}",
                        key,
                        fact.known_values,
                        at=document.at(name, "table", key),
                    )
        return raw.by

    def _topic(self, path: Path, edition: str, parameters: Mapping[str, Parameter]) -> Topic:
        document = strict_yaml.read(path)
        raw = strict_yaml.validate(TopicFile, document)
        return TopicBuilder(document, self.vocabulary, self.catalogue, parameters).build(
            raw, edition
        )


def _dated(
    values: Mapping[str, float | int], document: Document, loc: Loc
) -> tuple[tuple[date, float], ...]:
    pairs: list[tuple[date, float]] = []
    for day, number in values.items():
        try:
            pairs.append((date.fromisoformat(day), float(number)))
        except ValueError:
            raise WrongTypeError(
                f"{day!r} is not a date (YYYY-MM-DD).", at=document.at(*loc, day)
            ) from None
    if not pairs:
        raise WrongTypeError("a parameter has at least one dated value.", at=document.at(*loc))
    return tuple(sorted(pairs))


def _overlaps(editions: Mapping[str, Edition]) -> Iterator[PackError]:
    """Find topics of one rank that claim the same request on the same day."""
    ordered = sorted(editions.values(), key=lambda e: e.id)
    topics = [(e, t) for e in ordered for t in e.topics.values()]
    for index, (edition, topic) in enumerate(topics):
        for other_edition, other in topics[index + 1 :]:
            if edition.rank != other_edition.rank:
                continue
            if not _share_days(edition, topic, other_edition, other):
                continue
            if topic.applies_to == other.applies_to:
                yield OverlapError(
                    f"topic {other.id!r} of {other_edition.id} claims the same requests on the "
                    f"same days as {topic.id!r} of {edition.id}.",
                    at=other.at,
                    hint="Give one of them other dates or a narrower applies_to.",
                )


def _share_days(a: Edition, ta: Topic, b: Edition, tb: Topic) -> bool:
    start_a, end_a = days_in_force(a, ta)
    start_b, end_b = days_in_force(b, tb)
    return start_a < end_b and start_b < end_a
