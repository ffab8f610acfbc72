"""The rationale finds no treatment at all, and the letter tells of some."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.body_parts import are_near, parts_named
from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import Phrases, hits, says
from imr_rules.audit.policy import RuleId, TreatmentWords
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.audit.stated import is_reviewers_own, plainly, scopes_of
from imr_rules.facts.model import Section
from imr_rules.letters.dates import days_in


def find_denied_treatment(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale finds no treatment where the letter tells of some.

    Treatment of another part of the body than the rationale speaks of contradicts nothing.
    """
    words = corpus.policy.contradiction.treatment
    for item in case.items:
        rationale = list(sentences_of(case.case.text, item.rationale))
        denied = next((one for one in rationale if _denies(one, words, corpus)), None)
        if denied is None:
            continue
        summary = sentences_of(case.case.text, item.summary)
        told = next(
            (
                sentence.evidence(section)
                for section, sentences in (
                    (Section.SUMMARY, summary),
                    (Section.RATIONALE, rationale),
                )
                for sentence in sentences
                if _tells(sentence, words.told, corpus)
                and _is_of_the_part(sentence, denied, item, corpus)
            ),
            None,
        )
        if told is not None:
            yield finding_of(
                corpus.policy,
                Kind.SELF_CONTRADICTION,
                RuleId.TREATMENT_DENIED,
                item,
                f"The rationale finds no treatment; the {told.section.value} tells of some.",
                (told, denied.evidence(Section.RATIONALE)),
            )


def _denies(sentence: Sentence, words: TreatmentWords, corpus: Corpus) -> bool:
    """Whether the reviewer finds in *sentence* no treatment at all, not only of some day."""
    found = list(hits(words.denied, sentence.lower))
    if not found or says(words.not_near, sentence.lower) or days_in(sentence.quote):
        return False
    scopes = scopes_of(sentence.lower, corpus.knowledge.lexicon)
    return any(is_reviewers_own(hit, scopes) for hit in found)


def _tells(sentence: Sentence, told: Phrases, corpus: Corpus) -> bool:
    """Whether *sentence* plainly tells of treatment that was had: no plan, and no denial."""
    if says(corpus.policy.contradiction.guideline_talk, sentence.lower):
        return False
    return any(plainly(told, sentence, corpus))


def _is_of_the_part(told: Sentence, denied: Sentence, item: AuditItem, corpus: Corpus) -> bool:
    """Whether *told* is of the part that *denied* names, or else of the part in dispute.

    A sentence that names no part is of any, unless the denial is of one part alone.
    """
    of, parts = parts_named(told.quote, corpus), parts_named(denied.quote, corpus)
    if not of:
        return not parts
    return are_near(of, parts or item.item.request.body_parts, corpus)
