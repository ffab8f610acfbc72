"""Something is said to have gone on for longer than the time since the injury."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date

from imr_rules.audit.make_finding import finding_of, is_read_by_program, whole_sentences
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import Phrases, captured, says
from imr_rules.audit.policy import DurationWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.audit.stated import plainly
from imr_rules.cases.from_letter import subject_of_request
from imr_rules.facts.model import Reading, Section
from imr_rules.letters.dates import days_in, parse_date
from imr_rules.letters.model import Span
from imr_rules.reading.model import Subject
from imr_rules.reading.numbers import number_of
from imr_rules.reading.whose import speaks_of

_FACT = "drug_use_days"


def find_impossible_duration(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale speaks of longer use or symptoms than the injury is old.

    The age of the injury is taken at the decision, the latest day that can be meant. What the
    letter itself tells of from before the injury may be older than that. Others were too, untold:
    a slack is allowed and the finding is a question, not a verdict.
    """
    words = corpus.policy.contradiction.durations
    injury, decided = case.case.injury_date, case.case.decision_date or case.case.denial_date
    if injury is None or decided is None:
        return
    age_days = (decided - injury).days
    for item in case.items:
        request = item.item.request
        asked = subject_of_request(item.item.number, request, frozenset(), corpus.knowledge)
        for sentence in sentences_of(case.case.text, item.rationale):
            is_named = speaks_of(asked, sentence.lower, corpus.knowledge.lexicon)
            of_use = words.of_use if is_named else ()
            days = longest_told(sentence, words, (*words.of_symptoms, *of_use))
            if (
                days > age_days + words.slack_days
                and not says(corpus.policy.contradiction.guideline_talk, sentence.lower)
                and not _is_from_before(asked if is_named else None, item, corpus, injury)
            ):
                yield _finding(corpus, item, days, age_days, sentence)
                break
        else:
            stated = item.item.readings.get(Reading.RATIONALE, {}).get(_FACT)
            if (
                isinstance(stated, (int, float))
                and stated > age_days + words.slack_days
                and _is_of(asked, item, corpus)
                and not _is_from_before(asked, item, corpus, injury)
            ):
                yield _finding(corpus, item, float(stated), age_days, None)


def _is_from_before(asked: Subject | None, item: AuditItem, corpus: Corpus, injury: date) -> bool:
    """Whether the summary tells of use of what is *asked*, or else of symptoms, before *injury*.

    So may the rationale, by words alone: its days are what is in question.
    """
    words, lexicon = corpus.policy.contradiction.durations, corpus.knowledge.lexicon

    def told_in(span: Span | None) -> Iterator[Sentence]:
        for one in sentences_of(item.case.text, span):
            if (
                speaks_of(asked, one.lower, lexicon)
                if asked
                else says(words.of_symptoms, one.lower)
            ):
                yield one

    # The record counts to the denial, whose guidelines govern.
    longest = (item.on - injury).days + words.slack_days
    used = item.item.readings.get(Reading.RECORD, {}).get(_FACT) if asked else None
    subjects = words.of_use if asked else words.of_symptoms
    if isinstance(used, (int, float)) and used > longest:
        return True
    if any(any(plainly(words.before_injury, one, corpus)) for one in told_in(item.rationale)):
        return True
    return any(
        any(plainly(words.before_injury, one, corpus))
        or longest_told(one, words, subjects) > longest
        or any(day < injury for day in _days_begun(one, words, corpus))
        for one in told_in(item.summary)
    )


def _days_begun(sentence: Sentence, words: DurationWords, corpus: Corpus) -> Iterator[date]:
    """Yield the days since when *sentence* tells of something: of a month or a year its last."""
    for hit in plainly(words.begun, sentence, corpus):
        told = hit.groupdict()
        written, year = told.get("date") or "", told.get("year")
        day = parse_date(written)
        if day is not None:
            last = calendar.monthrange(day.year, day.month)[1]
            yield day if days_in(written) else day.replace(day=last)
        elif year is not None:
            yield date(int(year), 12, 31)


def _is_of(asked: Subject, item: AuditItem, corpus: Corpus) -> bool:
    """Whether the sentences that tell how long a drug was used name what is *asked*.

    What a person wrote down is of it.
    """
    proofs = whole_sentences(item.item.evidence.get((Reading.RATIONALE, _FACT), ()), item)
    return not is_read_by_program(item.case) or any(
        speaks_of(asked, proof.quote.lower(), corpus.knowledge.lexicon) for proof in proofs
    )


def longest_told(sentence: Sentence, words: DurationWords, subjects: Phrases) -> float:
    """Return the longest duration of *sentence* in days, 0 where it is no history of *subjects*."""
    if not says(subjects, sentence.lower):
        return 0.0
    longest = 0.0
    for number, hit in captured("number", words.phrases, sentence.lower):
        before = sentence.lower[max(0, hit.start() - 40) : hit.end()]
        if says(words.not_near, before):
            continue
        unit = next((unit for unit in words.units if unit in hit.group()), None)
        if unit is not None:
            longest = max(longest, number_of(number) * words.units[unit])
    return longest


def _finding(
    corpus: Corpus, item: AuditItem, days: float, age_days: int, sentence: Sentence | None
) -> AuditFinding:
    evidence = (
        (sentence.evidence(Section.RATIONALE),)
        if sentence
        else item.item.evidence.get((Reading.RATIONALE, _FACT), ())
    )
    return finding_of(
        corpus.policy,
        Kind.SELF_CONTRADICTION,
        RuleId.LONGER_THAN_INJURY,
        item,
        f"The rationale speaks of about {days:g} days; at the decision the injury was "
        f"{age_days} days old.",
        evidence,
    )
