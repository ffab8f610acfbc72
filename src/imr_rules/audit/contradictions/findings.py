"""The reviewer's findings all point one way, and the decision goes the other."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of, is_read_by_program
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.policy import RuleId
from imr_rules.engines.model import Prediction
from imr_rules.facts.model import Reading, Value
from imr_rules.facts.vocabulary import Fact, FactType

_LEAST_FINDINGS = 2


def find_one_sided_findings(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield items refused on favourable findings alone, or granted on adverse ones alone.

    Only facts that the governing topic reads count, and the topic must conclude as they point.
    Only facts that a person wrote down are taken: read by program, a guideline that the rationale
    restates looks like findings in favour, and every such accusation was wrong on a second look.
    """
    if is_read_by_program(case.case):
        return
    for item in case.items:
        if item.review.conclusion.agrees is not False:
            continue
        speaks = {fact: _speaks_for(corpus, fact, value) for fact, value in _stated(item).items()}
        known = {fact: side for fact, side in speaks.items() if side is not None}
        overturned = item.review.conclusion.prediction is Prediction.OVERTURNED
        if len(known) < _LEAST_FINDINGS or any(side is not overturned for side in known.values()):
            continue
        names = ", ".join(fact.replace("_", " ") for fact in known)
        yield finding_of(
            corpus.policy,
            Kind.SELF_CONTRADICTION,
            RuleId.FINDINGS_FAVOUR_REFUSED if overturned else RuleId.FINDINGS_AGAINST_GRANTED,
            item,
            f"Every finding of the rationale that the guideline asks for speaks "
            f"{'for' if overturned else 'against'} the treatment ({names}), and the item is "
            f"{item.actual}.",
            tuple(
                evidence
                for fact in known
                for evidence in item.item.evidence.get((Reading.RATIONALE, fact), ())[:1]
            ),
            cite=governing_cite(item),
        )


def _stated(item: AuditItem) -> dict[str, Value]:
    used = {shown.fact for reason in item.review.reasons for shown in reason.facts}
    stated = item.item.readings.get(Reading.RATIONALE, {})
    return {fact: value for fact, value in stated.items() if fact in used}


def _speaks_for(corpus: Corpus, name: str, value: Value) -> bool | None:
    """Whether the value speaks for the treatment; None for numbers and neutral facts."""
    fact: Fact = corpus.knowledge.vocabulary[name]
    if fact.type is FactType.NUMBER or not fact.favours:
        return None
    return value in fact.favours
