"""The rationale denies what the clinical summary documents, on a fact that the topic turns on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from imr_rules.audit.body_parts import are_near, parts_named
from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of, is_read_by_program, whole_sentence
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind, Severity
from imr_rules.audit.policy import ConflictPolicy, RuleId
from imr_rules.explain.model import Reason
from imr_rules.facts.model import (
    UNDOCUMENTED,
    Assertion,
    Conflict,
    Evidence,
    Reading,
    Section,
    quoted,
)
from imr_rules.facts.vocabulary import Fact, Scope
from imr_rules.reading.read import merge_values


def find_evidence_conflicts(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield what the summary establishes in favour of a refused item and the rationale denies.

    Ground of appeal: Labor Code 4610.6(h)(5), a plainly erroneous finding of fact. Only facts that
    decide by the governing topic count, and only where the summary speaks for the treatment.
    """
    for item in corpus.items:
        if item.actual != "upheld":
            continue
        sheet = item.review.conclusion.sheet
        # A summary that says both documents neither: to deny one of them is no plain error.
        both = {told.fact for told in sheet.inner_conflicts if told.reading is Reading.RECORD}
        for told in (*sheet.conflicts, *_told_by_the_way(corpus, item)):
            if told.fact in both:
                continue
            policy = corpus.policy.conflicts.get(told.fact)
            conflict = _about_the_part(corpus, item, told)
            if policy is None or conflict is None:
                continue
            spoken_to = {conflict.fact, *policy.counts_for}
            reason = next(
                (
                    reason
                    for reason in item.review.reasons
                    if reason.decisive and any(fact.fact in spoken_to for fact in reason.facts)
                ),
                None,
            )
            fact = corpus.knowledge.vocabulary[conflict.fact]
            if reason is not None and _denies(conflict, policy, fact, item):
                yield _finding(corpus, item, conflict, policy, reason)


def _told_by_the_way(corpus: Corpus, item: AuditItem) -> Iterator[Conflict]:
    """Yield what the summary tells that is no fact of the item, where the rationale weighs it.

    Summaries tell of much by the way. What the rationale speaks of may still be denied there.
    """
    rationale = item.item.readings.get(Reading.RATIONALE, {})
    record = item.item.readings.get(Reading.RECORD, {})
    vocabulary = corpus.knowledge.vocabulary
    told = [
        finding
        for finding in item.case.findings
        if finding.reading is Reading.RECORD
        and finding.fact in rationale
        and finding.fact not in record
        and finding.item in (None, item.item.number)
        and vocabulary[finding.fact].can_be(finding.value)
    ]
    for fact, (value, carriers) in merge_values(told, vocabulary).items():
        if value != rationale[fact]:
            denied = item.item.evidence.get((Reading.RATIONALE, fact), ())
            yield Conflict(fact, value, rationale[fact], quoted(carriers), denied)


def _about_the_part(corpus: Corpus, item: AuditItem, conflict: Conflict) -> Conflict | None:
    """The conflict with only those quotations that may speak of the part in dispute.

    None where one side speaks of other parts alone: "no neck complaints" denies nothing of the
    low back.
    """
    asked = item.item.request.body_parts
    speaking = (other for part in asked for other in corpus.policy.speaks_for.get(part, ()))
    parts = (*asked, *speaking)
    if corpus.knowledge.vocabulary[conflict.fact].scope is not Scope.BODY_PART or not parts:
        return conflict

    def kept(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        named = [(one, parts_named(whole_sentence(one, item).quote, corpus)) for one in evidence]
        return tuple(one for one, said in named if not said or are_near(said, parts, corpus))

    record, rationale = kept(conflict.record_evidence), kept(conflict.rationale_evidence)
    emptied = (conflict.record_evidence and not record) or (
        conflict.rationale_evidence and not rationale
    )
    return (
        None if emptied else replace(conflict, record_evidence=record, rationale_evidence=rationale)
    )


def _denies(conflict: Conflict, policy: ConflictPolicy, fact: Fact, item: AuditItem) -> bool:
    affirms = policy.affirms or fact.favours
    denies = policy.denies or (
        UNDOCUMENTED,
        *(value for value in fact.known_values if value not in affirms),
    )
    if conflict.record not in affirms or conflict.rationale not in denies:
        return False
    return not policy.denied_in_words or _is_denied_in_words(conflict.fact, item)


def _is_denied_in_words(fact: str, item: AuditItem) -> bool:
    """Whether the rationale denies *fact* itself, rather than tell of another day or course.

    Facts that a person wrote down tell no wording; they are taken as meant.
    """
    said = [
        finding
        for finding in item.case.findings
        if finding.fact == fact
        and finding.section is Section.RATIONALE
        and finding.item in (None, item.item.number)
    ]
    return not said or any(finding.assertion is not Assertion.AFFIRMED for finding in said)


def _finding(
    corpus: Corpus,
    item: AuditItem,
    conflict: Conflict,
    policy: ConflictPolicy,
    reason: Reason,
) -> AuditFinding:
    by_program = is_read_by_program(item.case)
    question = corpus.knowledge.vocabulary[conflict.fact].question
    said, denied = (str(value).replace("_", " ") for value in (conflict.record, conflict.rationale))
    rationale = "finds it undocumented" if denied == UNDOCUMENTED else f"says {denied}"
    return finding_of(
        corpus.policy,
        Kind.EVIDENCE_CONFLICT,
        RuleId.EVIDENCE_DENIED,
        item,
        f"{question} The summary says {said}; the rationale {rationale}. The refusal turns on it.",
        (*conflict.record_evidence[:2], *conflict.rationale_evidence[:2]),
        confidence=policy.from_letter if by_program else policy.from_facts,
        severity=Severity(policy.severity),
        criterion=reason.criterion,
        cite=governing_cite(item),
    )
