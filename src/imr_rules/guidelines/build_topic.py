"""One topic file, its shape checked, → a frozen Topic; every name is looked up where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Never

from imr_rules.errors import (
    InconsistentError,
    PackError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
    gathered,
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
from imr_rules.guidelines.shapes import AppliesShape, CiteShape, CriterionShape, TopicFile
from imr_rules.misfits import Loc
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue


class TopicBuilder:
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
            with gathered(self.problems):
                self.criteria[name] = self._criterion(name, criterion, cite)
        routes = tuple(self._routes(raw))
        bars = self._bars(raw.bars, ("bars",))
        used = {c for r in routes for c in r.criteria} | {
            c for bar in bars for c in (bar.criterion, *bar.exceptions)
        }
        for name in self.criteria:
            if name not in used:
                self._add(
                    InconsistentError(
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
            vocabulary={fact: self.vocabulary[fact] for fact in self._facts_read()},
            at=self.document.at("topic"),
        )

    def _add(self, problem: PackError) -> None:
        self.problems.append(problem)

    def _facts_read(self) -> tuple[str, ...]:
        """Return the facts that criteria read, and those that their thresholds go by."""
        criteria = self.criteria.values()
        keys = (self.parameters[name].by for c in criteria for name in c.thresholds)
        return tuple(dict.fromkeys((*(f for c in criteria for f in c.facts), *filter(None, keys))))

    def _check_hurts(self, raw: Mapping[str, str]) -> None:
        read = {fact for criterion in self.criteria.values() for fact in criterion.facts}
        for fact in raw:
            if fact not in read:
                at = self.document.at("hurts_by_design", fact)
                self._add(UnknownNameError("fact of this topic", fact, read, at=at))

    def _fail(self, message: str, loc: Loc) -> Never:
        raise WrongTypeError(message, at=self.document.at(*loc))

    def _applies(self, raw: AppliesShape) -> Applies:
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

    def _criterion(self, name: str, raw: CriterionShape, topic_cite: Citation) -> Criterion:
        loc: Loc = ("criteria", name)
        named = bool(raw.attested_by) + bool(raw.seen_in) + raw.unverified
        if named == 0:
            self._fail(
                f"criterion {name!r} names no ground: attested_by, seen_in or unverified: true.",
                loc,
            )
        if raw.unverified and named > 1:
            raise InconsistentError(
                f"criterion {name!r} cannot be attested and unverified.", at=self.document.at(*loc)
            )
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
            at = self.document.at(*loc, "presumed")
            raise InconsistentError("a presumed criterion cannot read a number.", at=at)
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
            message = f"at_least {count} of {available} can never be asked."
            raise InconsistentError(message, at=self.document.at(*loc))

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
            with gathered(self.problems):
                if isinstance(entry, str):
                    bars.append(Bar(self._ref(entry, here)))
                elif isinstance(entry, dict) and set(entry) == {"criterion", "unless"}:
                    exceptions = self._refs(entry["unless"], (*here, "unless"))
                    bars.append(Bar(self._ref(entry["criterion"], here), exceptions))
                else:
                    self._fail("a bar is a criterion id, or criterion: with unless:.", here)
        return tuple(bars)

    def _routes(self, raw: TopicFile) -> Iterator[Route]:
        if raw.stance is Stance.RECOMMENDED_IF and not raw.routes:
            self._add(
                InconsistentError(
                    "a topic that recommends under conditions has at least one route.",
                    at=self.document.at("topic"),
                )
            )
        for name, route in raw.routes.items():
            loc: Loc = ("routes", name)
            with gathered(self.problems):
                if not route.requires:
                    self._fail(f"route {name!r} requires nothing.", loc)
                yield Route(
                    id=name,
                    title=route.title,
                    applies=self._refs(route.applies, (*loc, "applies")),
                    requires=self._requirement(route.requires, (*loc, "requires")),
                    bars=self._bars(route.bars, (*loc, "bars")),
                )


def _cite(raw: CiteShape, default: Citation) -> Citation:
    return Citation(
        raw.section or default.section,
        tuple(raw.pages)
        or (() if raw.section and raw.section != default.section else default.pages),
    )
