"""The outcome turns on criteria of which the rationale says nothing at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.policy import RuleId
from imr_rules.audit.sentences import sentences_of
from imr_rules.engines.model import Prediction
from imr_rules.explain.listed import listed
from imr_rules.explain.model import Reason
from imr_rules.facts.model import Evidence, Reading, Section
from imr_rules.facts.vocabulary import Origin

_WORD = re.compile(r"[a-z]+")
_STEM = 5
"""Letters by which a word is known in all its forms: improv(ed), funct(ional)."""


def find_unaddressed(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield the items refused although the rationale speaks of none of what they lack.

    The criteria looked at are those that the nearest route lacks, by the reviewer's findings and
    the record together. If the rationale speaks of one of them, the refusal has its ground, and
    the rest was left aside without harm. Criteria on dates and titles count as spoken of.
    Without the words of the rationale nobody knows of what it is silent: whoever writes down its
    facts leaves out what the decision does not turn on.
    """
    for item in corpus.items:
        if item.rationale is None:
            continue
        conclusion = item.review.conclusion
        if item.actual != "upheld" or conclusion.prediction is not Prediction.UPHELD:
            continue
        if conclusion.item.request.accompanies or not conclusion.item.readings.get(
            Reading.RATIONALE
        ):
            continue
        decisive = [reason for reason in item.review.reasons if reason.decisive]
        required = [reason for reason in decisive if not reason.bars]
        if required and not any(
            _is_spoken_of(reason, item, corpus) or _is_named(reason, item, corpus)
            for reason in decisive
        ):
            yield _finding(corpus, item, required)


def _is_spoken_of(reason: Reason, item: AuditItem, corpus: Corpus) -> bool:
    spoken = item.item.readings.get(Reading.RATIONALE, {})
    vocabulary = corpus.knowledge.vocabulary
    return any(
        shown.fact in spoken or vocabulary[shown.fact].origin is not Origin.READ
        for shown in reason.facts
    )


def _is_named(reason: Reason, item: AuditItem, corpus: Corpus) -> bool:
    """Whether a word of one of its facts stands in the rationale.

    The program may have missed what a sentence says of a fact; where it holds so much as a word
    of the fact's name, or a telling word of its question, nobody can be accused of
    silence. A guideline that the rationale tells counts: a reviewer who tells what is required
    has it in mind.
    """
    words = {stem for shown in reason.facts for stem in _stems(shown.fact, corpus)}
    return any(
        word in sentence.lower
        for sentence in sentences_of(item.case.text, item.rationale)
        for word in words
    )


def _stems(fact: str, corpus: Corpus) -> frozenset[str]:
    """The beginnings of the words of *fact* by which a rationale that speaks of it is known."""
    question = _WORD.findall(corpus.knowledge.vocabulary[fact].question.lower())
    telling = [word for word in question if word not in corpus.policy.unaddressed.in_any]
    return frozenset(word[:_STEM] for word in (*fact.split("_"), *telling) if len(word) >= _STEM)


def _finding(corpus: Corpus, item: AuditItem, required: list[Reason]) -> AuditFinding:
    asked = [reason.statement.strip().rstrip(".") for reason in required]
    points = listed(asked, most=4, between="; ")
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
        RuleId.UNADDRESSED,
        item,
        f"The guideline asks: {points}. The rationale speaks of none of this; it rests on other "
        "points.",
        evidence[:4] or (Evidence(Section.RATIONALE, note="says nothing of these criteria"),),
        criterion=", ".join(reason.criterion for reason in required[:4]),
        cite=governing_cite(item),
    )
