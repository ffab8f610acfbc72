"""Items alike in every criterion that was established, and decided unlike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imr_rules.audit.kinds.disagreement import evidence_of, governing_cite
from imr_rules.audit.make_finding import finding_of, whole_sentences
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.policy import RuleId
from imr_rules.audit.signature import like_items
from imr_rules.engines.model import Status
from imr_rules.explain.listed import listed
from imr_rules.explain.model import Reason
from imr_rules.facts.model import Basis

_SHOWN = 3
LEAST_KNOWN = 2
"""Criteria that must be settled, beside the topic, before two cases are called alike."""


def find_like_cases(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield the items on the smaller side of a group of like items with both outcomes.

    Where the sides are equal, those that depart from the prediction; letters are compared, not
    items of one letter.
    """
    for signature, group in like_items(corpus.items, Basis.REVIEW).items():
        if len(signature) - 1 < LEAST_KNOWN:
            continue
        for item in _departing(group):
            others = [
                other
                for other in group
                if other.actual != item.actual and other.case is not item.case
            ]
            if others:
                yield _finding(corpus, item, others)


def _departing(group: Sequence[AuditItem]) -> list[AuditItem]:
    upheld = [item for item in group if item.actual == "upheld"]
    overturned = [item for item in group if item.actual == "overturned"]
    if len(upheld) == len(overturned):
        return [item for item in group if item.review.conclusion.agrees is False]
    return min(upheld, overturned, key=len)


def _finding(corpus: Corpus, item: AuditItem, others: list[AuditItem]) -> AuditFinding:
    named = [f"{other.case.case_number} item {other.item.number}" for other in others]
    settled = _settled(item)
    return finding_of(
        corpus.policy,
        Kind.LIKE_CASES,
        RuleId.LIKE_CASES,
        item,
        alike_unlike(
            str(item.actual),
            str(others[0].actual),
            named,
            len(named),
            [(reason.statement, reason.status) for reason in settled],
        ),
        evidence_of(settled)[:4],
        cite=governing_cite(item),
        against=named,
        evidence_against=whole_sentences(evidence_of(_settled(others[0]))[:3], others[0]),
    )


def alike_unlike(
    actual: str,
    other_actual: str,
    named: Sequence[str],
    n: int,
    settled: Sequence[tuple[str, Status]],
) -> str:
    """Tell that an item was decided otherwise than *n* like ones, some of which are *named*."""
    more = f" and {n - len(named[:_SHOWN])} more" if n > _SHOWN else ""
    alike = [f"{said.strip().rstrip('.')} ({status.value})" for said, status in settled]
    points = listed(alike, most=4, between="; ")
    return (
        f"Decided {actual}, while {', '.join(named[:_SHOWN])}{more} with the same criteria "
        f"met and unmet {'was' if n == 1 else 'were'} decided {other_actual}. "
        f"Alike in: {points}."
    )


def _settled(item: AuditItem) -> list[Reason]:
    return [reason for reason in item.review.reasons if reason.status is not Status.UNKNOWN]
