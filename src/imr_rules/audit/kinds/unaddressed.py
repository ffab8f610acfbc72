"""The outcome turns on criteria of which the rationale says nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind
from imr_rules.engines.model import Prediction
from imr_rules.explain.model import Reason
from imr_rules.facts.model import Evidence, Reading, Section
from imr_rules.facts.vocabulary import Origin


def find_unaddressed(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield the items refused although the rationale speaks of none of what they lack.

    The criteria looked at are those that the nearest route lacks, by the reviewer's findings and
    the record together. If the rationale speaks of one of them, the refusal has its ground, and
    the rest was left aside without harm. Criteria on dates and titles count as spoken of.
    """
    for item in corpus.items:
        conclusion = item.review.conclusion
        if item.actual != "upheld" or conclusion.prediction is not Prediction.UPHELD:
            continue
        if conclusion.item.request.accompanies or not conclusion.item.readings.get(
            Reading.RATIONALE
        ):
            continue
        decisive = [r for r in item.review.reasons if r.decisive and not r.bars]
        if decisive and not any(_is_spoken_of(reason, item, corpus) for reason in decisive):
            yield _finding(corpus, item, decisive)


def _is_spoken_of(reason: Reason, item: AuditItem, corpus: Corpus) -> bool:
    spoken = item.item.readings.get(Reading.RATIONALE, {})
    vocabulary = corpus.knowledge.vocabulary
    return any(
        shown.fact in spoken or vocabulary[shown.fact].origin is Origin.DERIVED
        for shown in reason.facts
    )


def _finding(corpus: Corpus, item: AuditItem, decisive: list[Reason]) -> AuditFinding:
    points = "; ".join(reason.statement.strip().rstrip(".") for reason in decisive[:4])
    spoken = item.item.readings.get(Reading.RATIONALE, {})
    evidence = tuple(
        dict.fromkeys(
            evidence
            for fact in spoken
            for evidence in item.item.evidence.get((Reading.RATIONALE, fact), ())[:1]
        )
    )
    return finding_of(
        corpus.policy,
        Kind.UNADDRESSED,
        "unaddressed",
        item,
        f"The guideline asks: {points}. The rationale speaks of none of this; it rests on other "
        "points.",
        evidence[:4] or (Evidence(Section.RATIONALE, note="says nothing of these criteria"),),
        criterion=", ".join(reason.criterion for reason in decisive[:4]),
        cite=governing_cite(item),
    )
