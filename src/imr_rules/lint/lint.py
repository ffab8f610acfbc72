"""Everything lint finds in a rules folder, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.engines.reference import ReferenceEngine
from imr_rules.guidelines.situations import load_situations
from imr_rules.knowledge import Knowledge
from imr_rules.lint.catalogue_cover import gap_findings, overlap_findings
from imr_rules.lint.load_the_rest import load_the_rest
from imr_rules.lint.model import Level, LintFinding
from imr_rules.lint.pack_findings import (
    open_questions,
    situation_findings,
    unused_facts,
    unused_parameters,
)
from imr_rules.lint.prover import require_solver
from imr_rules.lint.situation_run import run_situation
from imr_rules.lint.topic_findings import topic_findings

_GRAVITY = tuple(Level)


def lint(knowledge: Knowledge) -> tuple[LintFinding, ...]:
    """Return every finding on *knowledge*, errors first, then by kind and place.

    Raises:
        MissingExtraError: the solver is not installed.
        PackErrors: a file that is read only when it is needed cannot be read.
    """
    require_solver()
    load_the_rest(knowledge)
    return tuple(
        sorted(
            _findings(knowledge),
            key=lambda f: (_GRAVITY.index(f.level), f.kind, str(f.at or ""), f.subject),
        )
    )


def _findings(knowledge: Knowledge) -> Iterator[LintFinding]:
    engine = ReferenceEngine()
    library = knowledge.library
    topics = tuple(library.pairs())
    for edition, topic in topics:
        yield from topic_findings(edition, topic, knowledge.vocabulary, engine)
        yield from open_questions(edition, topic)
    runs = [run_situation(s, engine) for s in load_situations(library, knowledge.folder)]
    yield from situation_findings(topics, runs, engine)
    yield from unused_facts(knowledge)
    for edition in library.editions.values():
        yield from unused_parameters(edition)
    yield from gap_findings(library)
    yield from overlap_findings(library)
