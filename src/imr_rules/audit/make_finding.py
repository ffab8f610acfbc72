"""A finding with the severity and confidence that ``rules/audit/rules.yaml`` gives its rule."""

from __future__ import annotations

from collections.abc import Sequence

from imr_rules.audit.model import AuditFinding, AuditItem, Kind, Severity
from imr_rules.audit.policy import Policy, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.cases.model import Case
from imr_rules.facts.model import Evidence, Section


def is_read_by_program(case: Case) -> bool:
    """Whether the facts of *case* were read in a letter, rather than written down by a person."""
    return bool(case.text or case.findings)


def finding_of(
    policy: Policy,
    kind: Kind,
    rule: RuleId,
    item: AuditItem,
    explanation: str,
    evidence: Sequence[Evidence] = (),
    *,
    confidence: float | None = None,
    severity: Severity | None = None,
    criterion: str = "",
    cite: str = "",
    against: Sequence[str] = (),
    evidence_against: Sequence[Evidence] = (),
) -> AuditFinding:
    """Return the finding of *rule* on *item*; severity and confidence are the rule's by default."""
    stated = policy.rules[rule]
    if confidence is None:
        confidence = stated.from_letter if is_read_by_program(item.case) else stated.from_facts
    return AuditFinding(
        kind=kind,
        rule=rule,
        case_number=item.case.case_number,
        item=item.item.number,
        severity=severity or Severity(stated.severity),
        confidence=round(confidence * item.case.confidence, 3),
        explanation=explanation,
        evidence=whole_sentences(evidence, item),
        criterion=criterion,
        cite=cite,
        against=tuple(against),
        evidence_against=tuple(evidence_against),
    )


def whole_sentences(evidence: Sequence[Evidence], item: AuditItem) -> tuple[Evidence, ...]:
    """Return *evidence* on *item*, each with the whole sentence that it stands in, each once."""
    return tuple(dict.fromkeys(whole_sentence(proof, item) for proof in evidence))


def whole_sentence(evidence: Evidence, item: AuditItem) -> Evidence:
    """Return *evidence* with the whole sentence of the letter that its words stand in.

    A few words prove a fact to a program; a person must see them in their sentence. Evidence
    that is no quotation, or longer than a sentence, stays as it is.
    """
    sentence = sentence_of(evidence, item)
    return sentence.evidence(evidence.section, evidence.note) if sentence else evidence


def sentence_of(evidence: Evidence, item: AuditItem) -> Sentence | None:
    """Return the sentence of summary or rationale that *evidence* is quoted from, None if none."""
    span = {Section.SUMMARY: item.summary, Section.RATIONALE: item.rationale}.get(evidence.section)
    if not evidence.quote:
        return None
    for sentence in sentences_of(item.case.text, span):
        if sentence.start <= evidence.start and evidence.end <= sentence.end:
            return sentence
    return None
