"""The conclusion in words is not the decision at the head of the item."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import says
from imr_rules.audit.policy import ConclusionWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.facts.model import Section


def find_reversed_conclusion(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale ends the other way, or says criteria are met and refuses."""
    words = corpus.policy.contradiction.conclusion
    for item in case.items:
        if item.actual is None:
            continue
        sentences = list(sentences_of(case.case.text, item.rationale))
        last = _last_conclusion(sentences, words)
        if last is not None and last[1] != item.actual:
            yield finding_of(
                corpus.policy,
                Kind.SELF_CONTRADICTION,
                RuleId.CONCLUSION_REVERSED,
                item,
                f"The decision reads {item.actual}; the rationale ends by finding the treatment "
                f"{'necessary' if last[1] == 'overturned' else 'not necessary'}.",
                (last[0].evidence(Section.RATIONALE),),
            )
        yield from _criteria_said(corpus, item, sentences, words)


def _last_conclusion(
    sentences: list[Sentence], words: ConclusionWords
) -> tuple[Sentence, str] | None:
    for sentence in reversed(sentences):
        if says(words.refused, sentence.lower):
            return sentence, "upheld"
        if says(words.granted, sentence.lower):
            return sentence, "overturned"
    return None


def _criteria_said(
    corpus: Corpus, item: AuditItem, sentences: list[Sentence], words: ConclusionWords
) -> Iterator[AuditFinding]:
    talk = corpus.policy.contradiction.guideline_talk
    for sentence in sentences:
        if says(talk, sentence.lower):
            continue
        unmet = says(words.criteria_unmet, sentence.lower)
        met = not unmet and says(words.criteria_met, sentence.lower)
        if (met and item.actual == "upheld") or (unmet and item.actual == "overturned"):
            yield finding_of(
                corpus.policy,
                Kind.SELF_CONTRADICTION,
                RuleId.CRITERIA_SAID_MET,
                item,
                f"The rationale says that the criteria are {'met' if met else 'not met'}, and the "
                f"item is {item.actual}.",
                (sentence.evidence(Section.RATIONALE),),
            )
            return
