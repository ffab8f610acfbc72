"""The rationale tells of a younger injury than the one whose visits the summary dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, Corpus, Kind
from imr_rules.audit.phrases import hits, says
from imr_rules.audit.policy import InjuryAgeWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.audit.stated import is_reviewers_own, scopes_of
from imr_rules.facts.model import Section
from imr_rules.letters.dates import days_in
from imr_rules.reading.numbers import number_of


def find_older_injury(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale makes the injury younger than the summary's dates do.

    Held against is the last day before the denial that the summary dates: what is decided upon
    was known by then. Care of the past was asked for when the injury was younger.
    """
    injury, denial = case.case.injury_date, case.case.denial_date
    if injury is None or denial is None:
        return
    last = _last_dated(case, before=denial)
    if last is None:
        return
    day, dated = last
    age_days, words = (day - injury).days, corpus.policy.contradiction.injury_age
    for item in case.items:
        if item.item.request.retrospective:
            continue
        for sentence in sentences_of(case.case.text, item.rationale):
            told = _age_told(sentence, corpus)
            if told and age_days > told * (1 + words.slack_share) + words.slack_days:
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.INJURY_OLDER,
                    item,
                    f"The rationale speaks of an injury {told:g} days old; on {day}, which the "
                    f"summary tells of, it was {age_days} days old.",
                    (dated.evidence(Section.SUMMARY), sentence.evidence(Section.RATIONALE)),
                )
                break


def _age_told(sentence: Sentence, corpus: Corpus) -> float:
    """Return how many days old the reviewer tells this injury to be now, 0 for nothing told.

    Another injury is not this one, and a sentence with a date tells its age on that day.
    """
    policy = corpus.policy.contradiction
    words, said = policy.injury_age, sentence.lower
    found = list(hits(words.of_now, said))
    if not found or says(policy.injury_date.another, said) or days_in(sentence.quote):
        return 0.0
    scopes = scopes_of(said, corpus.knowledge.lexicon)
    return max((_days(hit, words) for hit in found if is_reviewers_own(hit, scopes)), default=0.0)


def _days(hit: re.Match[str], words: InjuryAgeWords) -> float:
    number = hit.groupdict().get("number")
    unit = next((days for unit, days in words.units.items() if unit in hit.group()), 0)
    return unit * (number_of(number) if number else 1)


def _last_dated(case: AuditCase, *, before: date) -> tuple[date, Sentence] | None:
    """Return the last day before *before* that the summary tells of, with its sentence."""
    summary = case.letter.summary if case.letter else None
    days = (
        (day, sentence)
        for sentence in sentences_of(case.case.text, summary)
        for day in days_in(sentence.quote)
        if day < before
    )
    return max(days, key=lambda told: told[0], default=None)
