"""The conclusion in words is not the decision at the head of the item."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import Phrases, hits, says
from imr_rules.audit.policy import ConclusionWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.audit.stated import is_plain, is_reviewers_own, scopes_of
from imr_rules.facts.model import Section
from imr_rules.reading.lexicon import Lexicon


def find_reversed_conclusion(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale ends the other way, or says criteria are met and refuses."""
    words = corpus.policy.contradiction.conclusion
    for item in case.items:
        if item.actual is None:
            continue
        sentences = list(sentences_of(case.case.text, item.rationale))
        last = _last_conclusion(sentences, words, corpus.knowledge.lexicon)
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
    sentences: list[Sentence], words: ConclusionWords, lexicon: Lexicon
) -> tuple[Sentence, str] | None:
    """Return the last sentence in which the reviewer concludes, and what; None: nothing plain.

    What others hold, and what would be under some condition, concludes nothing.
    """
    for sentence in reversed(sentences):
        refused = list(hits(words.refused, sentence.lower))
        granted = list(hits(words.granted, sentence.lower))
        if not refused and not granted:
            continue
        scopes = scopes_of(sentence.lower, lexicon)
        if any(is_reviewers_own(hit, scopes) for hit in refused):
            return sentence, "upheld"
        own = [hit for hit in granted if is_reviewers_own(hit, scopes)]
        if any(is_plain(hit, scopes, words.left_open) for hit in own):
            return sentence, "overturned"
        if own and not says(words.left_open, sentence.lower):
            # "It cannot be concluded that it is necessary" is no finding that it is not.
            return None
    return None


def _criteria_said(
    corpus: Corpus, item: AuditItem, sentences: list[Sentence], words: ConclusionWords
) -> Iterator[AuditFinding]:
    talk, lexicon = corpus.policy.contradiction.guideline_talk, corpus.knowledge.lexicon
    for sentence in sentences:
        if says(talk, sentence.lower):
            continue
        unmet = _is_stated(words.criteria_unmet, sentence, words, lexicon)
        met = not says(words.criteria_unmet, sentence.lower) and _is_stated(
            words.criteria_met, sentence, words, lexicon
        )
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


def _is_stated(
    phrases: Phrases, sentence: Sentence, words: ConclusionWords, lexicon: Lexicon
) -> bool:
    """Whether the reviewer plainly says one of *phrases* in *sentence*."""
    found = list(hits(phrases, sentence.lower))
    if not found:
        return False
    scopes = scopes_of(sentence.lower, lexicon)
    return any(
        is_reviewers_own(hit, scopes) and is_plain(hit, scopes, words.left_open) for hit in found
    )
