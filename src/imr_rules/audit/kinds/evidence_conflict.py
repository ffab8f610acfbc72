"""The rationale denies what the clinical summary documents, on a fact that the topic turns on."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of, is_read_by_program
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind, Severity
from imr_rules.audit.policy import ConflictPolicy
from imr_rules.explain.model import Reason
from imr_rules.facts.model import UNDOCUMENTED, Conflict
from imr_rules.facts.vocabulary import Fact

_NOT_DECISIVE = 0.7
"""A conflict on a fact that does not decide is right as often, but less hangs on it."""


def find_evidence_conflicts(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield what the summary establishes in favour of a refused item and the rationale denies.

    Ground of appeal: Labor Code 4610.6(h)(5), a plainly erroneous finding of fact. Only facts that
    the governing topic reads count, and only where the summary speaks for the treatment.
    """
    for item in corpus.items:
        if item.actual != "upheld":
            continue
        for conflict in item.review.conclusion.sheet.conflicts:
            policy = corpus.policy.conflicts.get(conflict.fact)
            fact = corpus.knowledge.vocabulary[conflict.fact]
            reasons = [
                reason
                for reason in item.review.reasons
                if any(shown.fact == conflict.fact for shown in reason.facts)
            ]
            if policy is not None and reasons and _denies(conflict, policy, fact):
                yield _finding(corpus, item, conflict, policy, reasons)


def _denies(conflict: Conflict, policy: ConflictPolicy, fact: Fact) -> bool:
    affirms = policy.affirms or fact.favours
    denies = policy.denies or (
        UNDOCUMENTED,
        *(value for value in fact.known_values if value not in affirms),
    )
    return conflict.record in affirms and conflict.rationale in denies


def _finding(
    corpus: Corpus,
    item: AuditItem,
    conflict: Conflict,
    policy: ConflictPolicy,
    reasons: list[Reason],
) -> AuditFinding:
    by_program = is_read_by_program(item.case)
    decisive = [reason for reason in reasons if reason.decisive]
    confidence = policy.from_letter if by_program else policy.from_facts
    shown = (decisive or reasons)[0]
    fact = corpus.knowledge.vocabulary[conflict.fact]
    denied = (
        "finds it undocumented"
        if conflict.rationale == UNDOCUMENTED
        else f"says {str(conflict.rationale).replace('_', ' ')}"
    )
    said = str(conflict.record).replace("_", " ")
    weight = (
        "The refusal turns on it." if decisive else "The guideline asks it, beside other points."
    )
    severity = Severity(policy.severity) if decisive else Severity.MEDIUM
    return finding_of(
        corpus.policy,
        Kind.EVIDENCE_CONFLICT,
        "evidence-denied",
        item,
        f"{fact.question} The summary says {said}; the rationale {denied}. {weight}",
        (*conflict.record_evidence[:2], *conflict.rationale_evidence[:2]),
        confidence=confidence if decisive else confidence * _NOT_DECISIVE,
        severity=severity,
        criterion=shown.criterion,
        cite=governing_cite(item),
    )
