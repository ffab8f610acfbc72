"""YAML of ``rules/guidelines/`` → checked, frozen editions, every problem with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Never

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import (
    Location,
    OverlapError,
    PackError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
)
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    Applies,
    AtLeast,
    AtLeastReq,
    Bar,
    Citation,
    Comparison,
    Condition,
    Criterion,
    Edition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Route,
    Stance,
    Standing,
    Topic,
    Unless,
)
from imr_rules.strict_yaml import Document, Loc
from imr_rules.treatments.catalogue import Catalogue


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Date = Annotated[date, Field(strict=False)]
_Texts = Annotated[list[str], Field(default_factory=list)]


class _RawCite(_Raw):
    section: str = ""
    pages: list[int] = []


class _RawCriterion(_Raw):
    statement: str
    question: str
    when: dict[str, Any]
    cite: _RawCite = _RawCite()
    attested_by: _Texts
    seen_in: str = ""
    unverified: bool = False
    presumed: bool = False
    other_reading: str = ""


class _RawApplies(_Raw):
    treatment: str | list[str]
    body_part: _Texts
    phase: _Texts


class _RawRoute(_Raw):
    title: str
    applies: _Texts
    requires: Any = None
    bars: list[Any] = []


class _RawInForce(_Raw):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)
    from_: _Date = Field(alias="from")
    until: _Date | None = None


class TopicFile(_Raw):
    """A topic as its YAML file writes it."""

    topic: str
    title: str
    about: str
    applies_to: _RawApplies
    stance: Annotated[Stance, Field(strict=False)] = Stance.RECOMMENDED_IF
    cite: _RawCite
    also_cited_as: _Texts
    in_force: _RawInForce | None = None
    criteria: dict[str, _RawCriterion] = {}
    routes: dict[str, _RawRoute] = {}
    bars: list[Any] = []
    hurts_by_design: dict[str, str] = {}


class ParameterFile(_Raw):
    """One entry of a parameters file."""

    unit: str
    description: str
    source: str
    values: dict[str, float | int]
    by: str = ""
    table: dict[str, dict[str, float | int]] = {}


class EditionFile(_Raw):
    """``edition.yaml``."""

    edition: str
    title: str
    cite_as: str
    legal: str
    rank: int
    in_force: _RawInForce
    other_names: _Texts
    sections: dict[str, list[int]] = {}


@dataclass(frozen=True)
class Library:
    """All editions of a rules folder, with the vocabulary and catalogue they name."""

    editions: Mapping[str, Edition]
    vocabulary: Vocabulary
    catalogue: Catalogue

    def topics(self) -> Iterator[Topic]:
        """Yield every topic of every edition, in search order."""
        for edition in self.in_search_order():
            yield from edition.topics.values()

    def in_search_order(self) -> tuple[Edition, ...]:
        """The editions as 8 CCR 9792.21.1 searches them, the newer first within a rank."""
        return tuple(
            sorted(
                self.editions.values(),
                key=lambda e: (e.rank, -e.in_force_from.toordinal(), e.id),
            )
        )


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
        try:
            edition = _EditionLoader(folder, vocabulary, catalogue).load()
        except PackErrors as errors:
            problems.extend(errors.problems)
            continue
        except PackError as error:
            problems.append(error)
            continue
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
                WrongTypeError(
                    f"edition {raw.edition!r} stands in the folder {self.folder.name!r}.",
                    at=document.at("edition"),
                )
            )
        if raw.in_force.until and raw.in_force.until <= raw.in_force.from_:
            self._add(
                OverlapError("the edition ends before it begins.", at=document.at("in_force"))
            )
        parameters = self._parameters()
        topics: dict[str, Topic] = {}
        for path in sorted(self.folder.rglob("*.yaml")):
            if path.name == "edition.yaml" or path.name.endswith(".situations.yaml"):
                continue
            if path.parent == self.folder / "parameters":
                continue
            try:
                topic = self._topic(path, raw.edition, parameters)
            except PackErrors as errors:
                self.problems.extend(errors.problems)
                continue
            except PackError as error:
                self._add(error)
                continue
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
            for name, entry in document.data.items():
                if name in parameters:
                    at = document.at(name)
                    self._add(OverlapError(f"parameter {name!r} is defined twice.", at=at))
                try:
                    parameters[name] = self._parameter(document, name, entry)
                except PackErrors as errors:
                    self.problems.extend(errors.problems)
                except PackError as error:
                    self._add(error)
        return parameters

    def _parameter(self, document: Document, name: str, entry: Any) -> Parameter:
        raw = strict_yaml.validate(ParameterFile, document, entry, loc=(name,))
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
            raise WrongTypeError(
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
        return _TopicBuilder(document, self.vocabulary, self.catalogue, parameters).build(
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


class _TopicBuilder:
    """Builds one topic from its checked raw form; every name is looked up where it stands."""

    def __init__(
        self,
        document: Document,
        vocabulary: Vocabulary,
        catalogue: Catalogue,
        parameters: Mapping[str, Parameter],
    ) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.catalogue = catalogue
        self.parameters = parameters
        self.problems: list[PackError] = []
        self.criteria: dict[str, Criterion] = {}

    def build(self, raw: TopicFile, edition: str) -> Topic:
        cite = _cite(raw.cite, Citation(raw.title))
        for name, criterion in raw.criteria.items():
            try:
                self.criteria[name] = self._criterion(name, criterion, cite)
            except PackError as error:
                self._add(error)
        routes = tuple(self._routes(raw))
        bars = self._bars(raw.bars, ("bars",))
        used = {c for r in routes for c in r.criteria} | {
            c for bar in bars for c in (bar.criterion, *bar.exceptions)
        }
        for name in self.criteria:
            if name not in used:
                self._add(
                    WrongTypeError(
                        f"criterion {name!r} is used by no route and no bar.",
                        at=self.document.at("criteria", name),
                    )
                )
        applies = self._applies(raw.applies_to)
        self._check_hurts(raw.hurts_by_design)
        if self.problems:
            raise PackErrors(self.problems)
        return Topic(
            id=raw.topic,
            title=raw.title,
            about=raw.about.strip(),
            edition=edition,
            applies_to=applies,
            stance=raw.stance,
            cite=cite,
            criteria=self.criteria,
            routes=routes,
            bars=bars,
            in_force_from=raw.in_force.from_ if raw.in_force else None,
            in_force_until=raw.in_force.until if raw.in_force else None,
            also_cited_as=tuple(raw.also_cited_as),
            hurts_by_design=raw.hurts_by_design,
            at=self.document.at("topic"),
        )

    def _add(self, problem: PackError) -> None:
        self.problems.append(problem)

    def _check_hurts(self, raw: Mapping[str, str]) -> None:
        read = {fact for criterion in self.criteria.values() for fact in criterion.facts}
        for fact in raw:
            if fact not in read:
                at = self.document.at("hurts_by_design", fact)
                self._add(UnknownNameError("fact of this topic", fact, read, at=at))

    def _fail(self, message: str, loc: Loc) -> Never:
        raise WrongTypeError(message, at=self.document.at(*loc))

    def _applies(self, raw: _RawApplies) -> Applies:
        treatments = [raw.treatment] if isinstance(raw.treatment, str) else raw.treatment
        checks = (
            ("treatment", treatments, self.catalogue.names),
            ("body_part", raw.body_part, self.catalogue.body_parts),
            ("phase", raw.phase, self.catalogue.phases),
        )
        for part, names, known in checks:
            for name in names:
                if name not in known:
                    at = self.document.at("applies_to", part)
                    self._add(UnknownNameError(part.replace("_", " "), name, known, at=at))
        return Applies(tuple(treatments), tuple(raw.body_part), tuple(raw.phase))

    def _criterion(self, name: str, raw: _RawCriterion, topic_cite: Citation) -> Criterion:
        loc: Loc = ("criteria", name)
        named = bool(raw.attested_by) + bool(raw.seen_in) + raw.unverified
        if named == 0:
            self._fail(
                f"criterion {name!r} names no ground: attested_by, seen_in or unverified: true.",
                loc,
            )
        if raw.unverified and named > 1:
            self._fail(f"criterion {name!r} cannot be attested and unverified.", loc)
        condition = self._condition(raw.when, (*loc, "when"))
        criterion = Criterion(
            id=name,
            statement=raw.statement,
            question=raw.question,
            when=condition,
            cite=_cite(raw.cite, topic_cite),
            standing=(
                Standing.ATTESTED
                if raw.attested_by
                else Standing.SEEN
                if raw.seen_in
                else Standing.BACKGROUND
            ),
            source=raw.seen_in,
            attested_by=tuple(raw.attested_by),
            presumed=raw.presumed,
            other_reading=raw.other_reading,
        )
        if raw.presumed and any(
            self.vocabulary[f].type is FactType.NUMBER for f in criterion.facts
        ):
            self._fail("a presumed criterion cannot read a number.", (*loc, "presumed"))
        return criterion

    def _condition(self, raw: Any, loc: Loc) -> Condition:
        if not isinstance(raw, dict):
            self._fail("a condition is a mapping (fact:, all:, any:, at_least:, not:).", loc)
        keys = set(raw)
        if keys == {"all"} or keys == {"any"}:
            key = "all" if "all" in keys else "any"
            parts = self._conditions(raw[key], (*loc, key))
            return AllOf(parts) if key == "all" else AnyOf(parts)
        if keys == {"at_least"} and isinstance(raw["at_least"], dict):
            count, of = self._count(raw["at_least"], (*loc, "at_least"))
            parts = self._conditions(of, (*loc, "at_least", "of"))
            self._check_count(count, len(parts), (*loc, "at_least"))
            return AtLeast(count, parts)
        if keys == {"not"}:
            return Not(self._condition(raw["not"], (*loc, "not")))
        if "fact" in keys:
            return self._fact_condition(raw, keys - {"fact"}, loc)
        self._fail(
            f"a condition with {', '.join(sorted(keys)) or 'nothing'} is none of fact:, all:, "
            "any:, at_least:, not:.",
            loc,
        )

    def _fact_condition(self, raw: dict[str, Any], rest: set[str], loc: Loc) -> Condition:
        if not isinstance(raw["fact"], str):
            self._fail("fact: names one fact.", (*loc, "fact"))
        fact = self.vocabulary.require(raw["fact"], self.document.at(*loc, "fact"))
        if rest == {"is"}:
            values = raw["is"] if isinstance(raw["is"], list) else [raw["is"]]
            if fact.type is FactType.NUMBER:
                self._fail(f"{fact.id!r} is a number: compare it with a parameter.", loc)
            for value in values:
                if value not in fact.known_values:
                    raise UnknownNameError(
                        f"value of {fact.id!r}",
                        str(value),
                        fact.known_values,
                        at=self.document.at(*loc, "is"),
                    )
            return FactIs(fact.id, tuple(values))
        if rest == {"known"} and raw["known"] is True:
            return FactKnown(fact.id)
        if len(rest) == 1 and (name := next(iter(rest))) in set(Comparison):
            if fact.type is not FactType.NUMBER:
                self._fail(f"{fact.id!r} is not a number.", loc)
            threshold = raw[name]
            if not isinstance(threshold, str):
                self._fail(
                    f"{name}: names a parameter of the edition; a bare number has no unit, "
                    "date or source.",
                    (*loc, name),
                )
            if threshold not in self.parameters:
                raise UnknownNameError(
                    "parameter", threshold, self.parameters, at=self.document.at(*loc, name)
                )
            return FactCompares(fact.id, Comparison(name), threshold)
        self._fail(
            f"a condition on {fact.id!r} takes one of is:, known: true, "
            f"{', '.join(f'{c.value}:' for c in Comparison)}",
            loc,
        )

    def _conditions(self, raw: Any, loc: Loc) -> tuple[Condition, ...]:
        if not isinstance(raw, list) or not raw:
            self._fail("a non-empty list of conditions is expected here.", loc)
        return tuple(self._condition(part, (*loc, i)) for i, part in enumerate(raw))

    def _count(self, raw: dict[str, Any], loc: Loc) -> tuple[int, Any]:
        if set(raw) != {"count", "of"} or type(raw["count"]) is not int:
            self._fail("at_least takes count: (a whole number) and of: (a list).", loc)
        return raw["count"], raw["of"]

    def _check_count(self, count: int, available: int, loc: Loc) -> None:
        if not 1 <= count <= available:
            self._fail(f"at_least {count} of {available} can never be asked.", loc)

    def _requirement(self, raw: Any, loc: Loc) -> Requirement:
        if isinstance(raw, str):
            return Ref(self._ref(raw, loc))
        if isinstance(raw, list):
            return AllReq(self._requirements(raw, loc))
        if not isinstance(raw, dict):
            self._fail("a requirement is a criterion id, a list, or all:, any:, at_least:.", loc)
        keys = set(raw)
        if keys == {"all"}:
            return AllReq(self._requirements(raw["all"], (*loc, "all")))
        if keys == {"any"}:
            return AnyReq(self._requirements(raw["any"], (*loc, "any")))
        if keys == {"at_least"} and isinstance(raw["at_least"], dict):
            count, of = self._count(raw["at_least"], (*loc, "at_least"))
            parts = self._requirements(of, (*loc, "at_least", "of"))
            self._check_count(count, len(parts), (*loc, "at_least"))
            return AtLeastReq(count, parts)
        if keys == {"require", "unless"}:
            part = self._requirement(raw["require"], (*loc, "require"))
            return Unless(part, self._refs(raw["unless"], (*loc, "unless")))
        self._fail(
            f"a requirement with {', '.join(sorted(keys)) or 'nothing'} is none of all:, any:, "
            "at_least:, require: with unless:.",
            loc,
        )

    def _requirements(self, raw: Any, loc: Loc) -> tuple[Requirement, ...]:
        if not isinstance(raw, list) or not raw:
            self._fail("a non-empty list of requirements is expected here.", loc)
        return tuple(self._requirement(part, (*loc, i)) for i, part in enumerate(raw))

    def _ref(self, name: Any, loc: Loc) -> str:
        if not isinstance(name, str) or name not in self.criteria:
            raise UnknownNameError("criterion", str(name), self.criteria, at=self.document.at(*loc))
        return name

    def _refs(self, raw: Any, loc: Loc) -> tuple[str, ...]:
        names = raw if isinstance(raw, list) else [raw]
        return tuple(self._ref(name, loc) for name in names)

    def _bars(self, raw: list[Any], loc: Loc) -> tuple[Bar, ...]:
        bars: list[Bar] = []
        for index, entry in enumerate(raw):
            here = (*loc, index)
            try:
                if isinstance(entry, str):
                    bars.append(Bar(self._ref(entry, here)))
                elif isinstance(entry, dict) and set(entry) == {"criterion", "unless"}:
                    exceptions = self._refs(entry["unless"], (*here, "unless"))
                    bars.append(Bar(self._ref(entry["criterion"], here), exceptions))
                else:
                    self._fail("a bar is a criterion id, or criterion: with unless:.", here)
            except PackError as error:
                self._add(error)
        return tuple(bars)

    def _routes(self, raw: TopicFile) -> Iterator[Route]:
        if raw.stance is Stance.RECOMMENDED_IF and not raw.routes:
            self._add(
                WrongTypeError(
                    "a topic that recommends under conditions has at least one route.",
                    at=self.document.at("topic"),
                )
            )
        for name, route in raw.routes.items():
            loc: Loc = ("routes", name)
            try:
                if not route.requires:
                    self._fail(f"route {name!r} requires nothing.", loc)
                yield Route(
                    id=name,
                    title=route.title,
                    applies=self._refs(route.applies, (*loc, "applies")),
                    requires=self._requirement(route.requires, (*loc, "requires")),
                    bars=self._bars(route.bars, (*loc, "bars")),
                )
            except PackError as error:
                self._add(error)


def _cite(raw: _RawCite, default: Citation) -> Citation:
    return Citation(
        raw.section or default.section,
        tuple(raw.pages)
        or (() if raw.section and raw.section != default.section else default.pages),
    )


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


def days_in_force(edition: Edition, topic: Topic) -> tuple[date, date]:
    """Return the first day *topic* is in force and the first day it no longer is."""
    start = max(edition.in_force_from, topic.in_force_from or edition.in_force_from)
    ends = [d for d in (edition.in_force_until, topic.in_force_until) if d is not None]
    return start, min(ends, default=date.max)
