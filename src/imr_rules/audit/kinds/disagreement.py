"""The prediction from the reviewer's own findings and the decision differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind, Severity
from imr_rules.audit.policy import RuleId
from imr_rules.engines.model import Prediction, Status
from imr_rules.explain.listed import listed
from imr_rules.explain.model import Reason
from imr_rules.facts.model import Evidence, Section


def find_disagreements(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield an item whenever the review basis predicts another outcome than was decided."""
    for item in corpus.items:
        if item.review.conclusion.agrees is not False:
            continue
        # What somebody found says more than what holds while nobody denies it.
        decisive = sorted(
            (reason for reason in item.review.reasons if reason.decisive),
            key=lambda reason: reason.only_presumed,
        )
        evidence = evidence_of(decisive)
        # A prediction that rests on silence says more about what was read than about the decision.
        silent = item.review.conclusion.prediction is Prediction.UPHELD and all(
            reason.status is Status.UNKNOWN for reason in decisive
        )
        confidence = None
        rule = RuleId.RULES_DIFFER_UNDOCUMENTED if silent else RuleId.RULES_DIFFER
        if item.review.on_background_alone:
            stated = corpus.policy.rules[rule]
            confidence = min(stated.from_letter, stated.from_facts) / 2
        yield finding_of(
            corpus.policy,
            Kind.DISAGREEMENT,
            rule,
            item,
            _explanation(item, decisive, evidence),
            evidence,
            confidence=confidence,
            severity=Severity.HIGH if item.actual == "upheld" and not silent else None,
            criterion=", ".join(reason.criterion for reason in decisive[:3]),
            cite=governing_cite(item),
        )


def _explanation(item: AuditItem, decisive: Sequence[Reason], evidence: Sequence[Evidence]) -> str:
    said = [f"{_bare(r.statement)} ({_standing(r)})" for r in decisive]
    points = listed(said, most=3, between="; ")
    predicted = item.review.conclusion.prediction.value
    sections = {one.section for one in evidence}
    if sections <= {Section.CONCLUSION}:
        # A table does not tell them apart, and another item's rest on both.
        findings = "the findings of record and rationale"
    elif Section.RATIONALE in sections:
        findings = "the reviewer's own findings"
    else:
        findings = "the findings of the record, which the rationale leaves standing,"
    first = (
        f"The determination is {item.actual}, but the guideline applied to {findings} "
        f"gives {predicted}."
    )
    return f"{first} What decides: {points}." if points else first


def _standing(reason: Reason) -> str:
    """Return in words whether *reason* holds, or why it counts all the same."""
    if reason.only_presumed:
        return "presumed: nobody denies it"
    words = {Status.MET: "holds", Status.UNMET: "fails", Status.UNKNOWN: "is not documented"}
    return words[reason.status]


def _bare(statement: str) -> str:
    return statement.strip().rstrip(".")


def governing_cite(item: AuditItem) -> str:
    """Return the citation of the topic that governs *item*, empty where no text does."""
    governing = item.review.conclusion.governing
    return f"{governing.edition.cite_as}: {governing.topic.cite}" if governing else ""


def evidence_of(reasons: list[Reason]) -> tuple[Evidence, ...]:
    """Return the words that the facts of *reasons* rest on, each once."""
    return tuple(
        dict.fromkeys(
            evidence
            for reason in reasons
            for shown in reason.facts
            for evidence in shown.evidence[:2]
            if evidence.quote or evidence.note
        )
    )
