"""The worker's age or sex changes within the letter: a part may belong to another case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import captured, hits, says
from imr_rules.audit.policy import PersonWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.facts.model import Section
from imr_rules.reading.numbers import number_of

_BIRTHDAY = 1
"""Years: a birthday may fall between two reports."""
_LEAST_AGE = 14


def find_other_person(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale gives another age or sex than the summary or itself."""
    words, talk = corpus.policy.contradiction.person, corpus.policy.contradiction.guideline_talk
    summary = list(sentences_of(case.case.text, case.letter.summary if case.letter else None))
    first_age = next(_ages(summary, words), None)
    first_sex = next(_sexes(summary, words), None)
    for item in case.items:
        sentences = [
            sentence
            for sentence in sentences_of(case.case.text, item.rationale)
            if not says(talk, sentence.lower)
        ]
        for age, told in _ages(sentences, words):
            if first_age is not None and abs(age - first_age[0]) > _BIRTHDAY:
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.PERSON_CHANGES,
                    item,
                    f"The summary tells of a worker of {first_age[0]:g} years, the rationale of "
                    f"one of {age:g}.",
                    (
                        first_age[1].evidence(Section.SUMMARY),
                        told.evidence(Section.RATIONALE),
                    ),
                )
                break
        for sex, told in _sexes(sentences, words):
            if first_sex is not None and sex != first_sex[0]:
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.PERSON_CHANGES,
                    item,
                    f"The summary tells of a {first_sex[0]} worker, the rationale of a {sex} one.",
                    (
                        first_sex[1].evidence(Section.SUMMARY),
                        told.evidence(Section.RATIONALE),
                    ),
                )
                break
        yield from _pronouns(corpus, item, sentences, first_sex)


def _pronouns(
    corpus: Corpus,
    item: AuditItem,
    sentences: list[Sentence],
    first_sex: tuple[str, Sentence] | None,
) -> Iterator[AuditFinding]:
    """The worker is "he" in a rationale, and "she" elsewhere in it or a woman in the summary."""
    words = corpus.policy.contradiction.person
    he = next((told for told in sentences if says(words.he, told.lower)), None)
    she = next((told for told in sentences if says(words.she, told.lower)), None)
    sex, stands = first_sex or (None, None)
    other = {"female": he, "male": she}.get(sex or "")
    if stands is not None and other is not None:
        yield finding_of(
            corpus.policy,
            Kind.SELF_CONTRADICTION,
            RuleId.PERSON_CHANGES,
            item,
            f"The summary tells of a {sex} worker; the rationale speaks of the worker as "
            f"{'he' if sex == 'female' else 'she'}.",
            (stands.evidence(Section.SUMMARY), other.evidence(Section.RATIONALE)),
        )
    elif he is not None and she is not None:
        yield finding_of(
            corpus.policy,
            Kind.SELF_CONTRADICTION,
            RuleId.PERSON_CHANGES,
            item,
            "The rationale speaks of the worker as he in one sentence and as she in another.",
            (he.evidence(Section.RATIONALE), she.evidence(Section.RATIONALE)),
        )


def _ages(sentences: list[Sentence], words: PersonWords) -> Iterator[tuple[float, Sentence]]:
    for sentence in sentences:
        for number, hit in captured("number", words.ages, sentence.lower):
            before = sentence.lower[max(0, hit.start() - 25) : hit.start()]
            age = number_of(number)
            if age >= _LEAST_AGE and not says(words.not_near, before):
                yield age, sentence


def _sexes(sentences: list[Sentence], words: PersonWords) -> Iterator[tuple[str, Sentence]]:
    """The sex that stands with the age ("a 48 year old male"), not any man or woman mentioned."""
    for sentence in sentences:
        for hit in hits(words.ages, sentence.lower):
            after = sentence.lower[hit.end() : hit.end() + 30]
            for sex, names in (("female", words.female), ("male", words.male)):
                if _whole(names).search(after):
                    yield sex, sentence
                    break


@cache
def _whole(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
