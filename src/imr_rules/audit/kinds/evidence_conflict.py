"""Summary and rationale contradict each other on a fact that the decision turns on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from imr_rules.audit.body_parts import are_near, parts_named
from imr_rules.audit.causes import without_other_causes
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
    Value,
    quoted,
)
from imr_rules.facts.vocabulary import Fact, Scope
from imr_rules.letters.dates import days_in
from imr_rules.reading.contradictions import Contradictions
from imr_rules.reading.read import merge_values


def find_evidence_conflicts(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield refusals for want of what the summary establishes, grants on what it denies.

    Ground of appeal: Labor Code 4610.6(h)(5), a plainly erroneous finding of fact. Only facts that
    decide by the governing topic count, and only where they speak as the decision needs it.
    """
    for item in corpus.items:
        if item.actual is None:
            continue
        sheet = item.review.conclusion.sheet
        # A summary that says both documents neither: to deny one of them is no plain error.
        both = {told.fact for told in sheet.inner_conflicts if told.reading is Reading.RECORD}
        for told in (*sheet.conflicts, *_told_by_the_way(corpus, item)):
            if told.fact in both:
                continue
            policy = corpus.policy.conflicts.get(told.fact)
            if policy is None:
                continue
            conflict = _about_the_part(corpus, item, told)
            conflict = conflict and _of_the_injury(corpus, item, conflict)
            conflict = conflict and _of_the_last_visit(corpus, item, conflict)
            if conflict is None:
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
            if reason is None:
                continue
            fact = corpus.knowledge.vocabulary[conflict.fact]
            if item.actual == "upheld" and _denies(conflict, policy, fact, item):
                yield _denied(corpus, item, conflict, policy, reason)
            if item.actual == "overturned" and _claims(conflict, policy, fact, item):
                yield _claimed(corpus, item, conflict, reason)


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


def _of_the_injury(corpus: Corpus, item: AuditItem, conflict: Conflict) -> Conflict | None:
    """The conflict without what the summary tells of the nerves to come from another disease.

    None where nothing is left: numbness from diabetes makes no radicular complaint.
    """
    record = conflict.record_evidence
    if conflict.fact not in corpus.knowledge.lexicon.same_thing.along_nerves or not record:
        return conflict
    kept = without_other_causes(record, item, corpus)
    return replace(conflict, record_evidence=kept) if kept else None


def _of_the_last_visit(corpus: Corpus, item: AuditItem, conflict: Conflict) -> Conflict | None:
    """The conflict with only what no later visit of the summary tells otherwise, the latest first.

    None where the summary goes on to what the rationale says: the last examination counts.
    """
    if item.summary is None:
        return conflict
    since = item.summary.start
    said = [
        finding
        for finding in item.case.findings
        if finding.fact == conflict.fact
        and finding.section is Section.SUMMARY
        and finding.item in (None, item.item.number)
    ]
    letter = Contradictions(item.case.text, corpus.knowledge.lexicon, corpus.knowledge.vocabulary)
    told = {(one.start, one.end): one for one in said if one.value == conflict.record}

    def day_of(proof: Evidence) -> date:
        finding = told.get((proof.start, proof.end))
        return letter.day_told(finding, since=since) if finding else date.min

    last = tuple(
        proof
        for proof in sorted(conflict.record_evidence, key=day_of, reverse=True)
        if (proof.start, proof.end) not in told
        or not letter.overtaken(told[proof.start, proof.end], said, since=since)
    )
    return replace(conflict, record_evidence=last) if last or not conflict.record_evidence else None


def _denies(conflict: Conflict, policy: ConflictPolicy, fact: Fact, item: AuditItem) -> bool:
    """Whether the rationale denies what the summary affirms."""
    affirms, denies = _sides(policy, fact)
    if conflict.record not in affirms or conflict.rationale not in denies:
        return False
    return not policy.denied_in_words or _is_denied_in_words(conflict.fact, item)


def _claims(conflict: Conflict, policy: ConflictPolicy, fact: Fact, item: AuditItem) -> bool:
    """Whether the rationale affirms what the summary denies.

    A summary leaves most of the chart out: that it does not mention a thing denies nothing. Nor
    does what it denies of one visit, of a course of things, or where the rationale has another.
    """
    affirms, denies = _sides(policy, fact)
    return (
        conflict.rationale in affirms
        and conflict.record in denies
        and conflict.record != UNDOCUMENTED
        and not policy.denied_in_words
        and not _tells_of_another_day(item)
    )


def _tells_of_another_day(item: AuditItem) -> bool:
    """Whether the rationale dates what the summary does not: a note that may say otherwise."""
    case = item.case
    headed = {case.injury_date, case.denial_date, case.decision_date}
    summary, rationale = (
        days_in(case.text[span.start : span.end]) if span else frozenset()
        for span in (item.summary, item.rationale)
    )
    return not rationale <= summary | headed


def _sides(policy: ConflictPolicy, fact: Fact) -> tuple[Sequence[Value], Sequence[Value]]:
    """Return the values that affirm *fact*, and those that deny it."""
    affirms = policy.affirms or fact.favours
    return affirms, policy.denies or (
        UNDOCUMENTED,
        *(value for value in fact.known_values if value not in affirms),
    )


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


def _denied(
    corpus: Corpus,
    item: AuditItem,
    conflict: Conflict,
    policy: ConflictPolicy,
    reason: Reason,
) -> AuditFinding:
    by_program = is_read_by_program(item.case)
    return finding_of(
        corpus.policy,
        Kind.EVIDENCE_CONFLICT,
        RuleId.EVIDENCE_DENIED,
        item,
        f"{_both_told(corpus, conflict)} The refusal turns on it.",
        (*conflict.record_evidence[:2], *conflict.rationale_evidence[:2]),
        confidence=policy.from_letter if by_program else policy.from_facts,
        severity=Severity(policy.severity),
        criterion=reason.criterion,
        cite=governing_cite(item),
    )


def _claimed(corpus: Corpus, item: AuditItem, conflict: Conflict, reason: Reason) -> AuditFinding:
    return finding_of(
        corpus.policy,
        Kind.EVIDENCE_CONFLICT,
        RuleId.EVIDENCE_CLAIMED,
        item,
        f"{_both_told(corpus, conflict)} The grant turns on it.",
        (*conflict.record_evidence[:2], *conflict.rationale_evidence[:2]),
        criterion=reason.criterion,
        cite=governing_cite(item),
    )


def _both_told(corpus: Corpus, conflict: Conflict) -> str:
    question = corpus.knowledge.vocabulary[conflict.fact].question
    said, told = (str(value).replace("_", " ") for value in (conflict.record, conflict.rationale))
    rationale = "finds it undocumented" if told == UNDOCUMENTED else f"says {told}"
    return f"{question} The summary says {said}; the rationale {rationale}."
