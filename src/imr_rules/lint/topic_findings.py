"""What is proven of a topic, as findings with their places and examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from imr_rules import strict_yaml
from imr_rules.engines.model import Engine
from imr_rules.engines.symbolic import symbolic_topic
from imr_rules.engines.thresholds import change_days
from imr_rules.errors import Location
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Edition, Stance, Topic
from imr_rules.lint.bounds import inexact_bounds
from imr_rules.lint.model import Example, Kind, Level, LintFinding
from imr_rules.lint.pack_findings import example_of
from imr_rules.lint.prover import Prover
from imr_rules.lint.topic_proofs import (
    documentation_that_hurts,
    identical_criteria,
    idle_criteria,
    is_satisfiable,
    unreachable_routes,
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """A topic on one day, and where the parts of its file stand."""

    edition: Edition
    topic: Topic
    on: date
    document: strict_yaml.Document | None
    engine: Engine

    @property
    def name(self) -> str:
        return f"{self.edition.id}/{self.topic.id}"

    def at(self, *loc: str | int) -> Location | None:
        return self.document.at(*loc) if self.document else self.topic.at

    def example(self, name: str, facts: Mapping[str, Value]) -> Example:
        return example_of(name, self.edition, self.topic, self.on, facts, self.engine)


def topic_findings(
    edition: Edition, topic: Topic, vocabulary: Vocabulary, engine: Engine
) -> Iterator[LintFinding]:
    """Yield what is proven of *topic*, on each day on which one of its numbers changes."""
    document = strict_yaml.read(Path(topic.at.path)) if topic.at else None
    told: set[tuple[Kind, str]] = set()
    hurting: set[str] = set()
    for on in days_to_prove(edition, topic):
        subject = _Subject(edition, topic, on, document, engine)
        prover = Prover(symbolic_topic(topic, edition.parameters, on, vocabulary))
        for key, finding in _findings(subject, prover, vocabulary, hurting):
            if (finding.kind, key) not in told:
                told.add((finding.kind, key))
                yield finding
    for fact in topic.hurts_by_design:
        if fact not in hurting:
            yield LintFinding(
                Kind.NEEDLESS_EXCEPTION,
                Level.WARNING,
                f"{edition.id}/{topic.id}",
                f"hurts_by_design names {fact!r}, but documenting it never defeats the request.",
                document.at("hurts_by_design", fact) if document else topic.at,
            )


def days_to_prove(edition: Edition, topic: Topic) -> tuple[date, ...]:
    """Return the first day of *topic*, and the days in force on which a number of it changes."""
    start, end = days_in_force(edition, topic)
    changes = change_days(topic, edition.parameters)
    return (start, *(day for day in changes if start < day < end))


def _findings(
    subject: _Subject, prover: Prover, vocabulary: Vocabulary, hurting: set[str]
) -> Iterator[tuple[str, LintFinding]]:
    """Yield findings, each with what tells it from others of its kind."""
    topic = subject.topic
    if topic.stance is Stance.RECOMMENDED_IF and not is_satisfiable(prover):
        message = "no fact sheet satisfies this topic: every request under it is upheld."
        yield "", _finding(subject, Kind.UNSATISFIABLE_TOPIC, Level.ERROR, message, "topic")
    for route in unreachable_routes(prover):
        message = f"no fact sheet satisfies route {route!r}."
        yield (
            route,
            _finding(subject, Kind.UNREACHABLE_ROUTE, Level.ERROR, message, "routes", route),
        )
    # A topic without routes never recommends: its criteria only say what the text rejects.
    for criterion in idle_criteria(prover) if topic.routes else ():
        message = f"criterion {criterion!r} never changes the outcome, whatever else is known."
        yield (
            criterion,
            _finding(subject, Kind.IDLE_CRITERION, Level.WARNING, message, "criteria", criterion),
        )
    for one, other in identical_criteria(prover):
        message = f"criteria {one!r} and {other!r} ask the same on every fact sheet."
        yield (
            f"{one} {other}",
            _finding(subject, Kind.IDENTICAL_CRITERIA, Level.INFO, message, "criteria", other),
        )
    yield from _hurts(subject, prover, vocabulary, hurting)
    for bound in inexact_bounds(prover.symbolic):
        sheet = prover.sheet(bound.sheet)
        if bound.said_barred:
            message = (
                "'barred' is not exact here: documents can overturn an item that is called barred."
            )
            name = "Called barred, although settling the unknown facts could overturn it."
        else:
            message = (
                "'undocumented' is not exact here: no documents overturn some items called so."
            )
            name = "Called undocumented, although no documents could overturn it."
        yield (
            str(bound.said_barred),
            LintFinding(
                Kind.INEXACT_BOUND,
                Level.INFO,
                subject.name,
                message,
                subject.at("topic"),
                subject.example(name, sheet),
            ),
        )


def _hurts(
    subject: _Subject, prover: Prover, vocabulary: Vocabulary, hurting: set[str]
) -> Iterator[tuple[str, LintFinding]]:
    for hurt in documentation_that_hurts(prover, vocabulary):
        hurting.add(hurt.fact)
        if hurt.fact in subject.topic.hurts_by_design:
            continue
        before = prover.sheet(hurt.before)
        said = f"{hurt.fact} is {before.get(hurt.fact, 'left unsaid')}"
        yield (
            hurt.fact,
            LintFinding(
                Kind.DOCUMENTATION_HURTS,
                Level.WARNING,
                subject.name,
                f"documenting {hurt.fact!r} as {hurt.after}, which should favour the request, "
                f"defeats it; while {said} it succeeds. If the guideline means this, give "
                "the reason under hurts_by_design.",
                _first_reading(subject, hurt.fact),
                subject.example(
                    f"{hurt.fact} as {hurt.after} defeats what succeeds while {said}.",
                    {**before, hurt.fact: hurt.after},
                ),
            ),
        )


def _first_reading(subject: _Subject, fact: str) -> Location | None:
    for criterion in subject.topic.criteria.values():
        if fact in criterion.facts:
            return subject.at("criteria", criterion.id)
    return subject.topic.at


def _finding(subject: _Subject, kind: Kind, level: Level, message: str, *loc: str) -> LintFinding:
    return LintFinding(kind, level, subject.name, message, subject.at(*loc))
