"""The request as the rationale names it again, against the title: study, part, side, visits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from imr_rules.audit.body_parts import are_near
from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.phrases import hits, says
from imr_rules.audit.policy import RestatedWords, RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.facts.model import Section
from imr_rules.treatments.from_title import asked_for, parse_request
from imr_rules.treatments.model import Request

_LEAST_LETTERS = 4
_SIDES = frozenset({"left", "right"})


def find_other_request(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale speaks of another request than their title, once a rule.

    Sentences that tell what a guideline says are left out, and so is what some other item of the
    letter asks for.
    """
    policy = corpus.policy.contradiction
    titles = [item.item.request for item in case.items]
    for item in case.items:
        told: set[RuleId] = set()
        for sentence in sentences_of(case.case.text, item.rationale):
            if says(policy.restated.not_near, sentence.lower) or says(
                policy.guideline_talk, sentence.lower
            ):
                continue
            for words in restated_in(sentence, policy.restated):
                if _plain(words) in _plain(item.item.title):
                    # The title itself, quoted in part: a part parses differently.
                    continue
                request = parse_request(words, corpus.knowledge.catalogue)
                for rule, explanation in _differences(corpus, item, request, words, titles):
                    if rule not in told:
                        told.add(rule)
                        yield finding_of(
                            corpus.policy,
                            Kind.SELF_CONTRADICTION,
                            rule,
                            item,
                            explanation,
                            (sentence.evidence(Section.RATIONALE),),
                        )


def restated_in(sentence: Sentence, words: RestatedWords) -> Iterator[str]:
    """Yield the words that follow an opening of *sentence*, up to the first closing word."""
    for opening in hits(words.opens, sentence.lower):
        rest = sentence.lower[opening.end() :].strip(" \"'")
        stop = _closing(words.closes).search(rest)
        named = rest[: stop.start()] if stop else rest
        if stop is None and len(named.split()) > words.longest_words:
            continue
        if len(named.split()) <= words.longest_words and len(named) >= _LEAST_LETTERS:
            yield named.strip(" \"',")


@cache
def _closing(closes: tuple[str, ...]) -> re.Pattern[str]:
    plain = [re.escape(word) for word in closes if word.isalpha() or " " in word]
    marks = [re.escape(word) for word in closes if not (word.isalpha() or " " in word)]
    return re.compile(r"\s(?:" + "|".join(plain) + r")\b|(?:" + "|".join(marks) + r")(?:\s|$)")


def _differences(
    corpus: Corpus, item: AuditItem, said: Request, words: str, titles: Sequence[Request]
) -> Iterator[tuple[RuleId, str]]:
    asked = item.item.request
    # What the title asks around another item of the letter may be named for that one's sake.
    others = [title for title in titles if title is not asked]
    own_parts = set(asked.body_parts)
    if own_parts and said.body_parts and not are_near(own_parts, said.body_parts, corpus):
        if not any(set(said.body_parts) & set(other.body_parts) for other in others):
            yield (
                RuleId.OTHER_BODY_PART,
                f"The request is for the {_named(asked.body_parts)}; the rationale decides upon "
                f"“{words}”.",
            )
    elif {asked.side, said.side} == _SIDES and set(said.body_parts) & own_parts:
        yield (
            RuleId.SIDES_DIFFER,
            f"The request is for the {asked.side} {_named(asked.body_parts)}; the rationale "
            f"decides upon “{words}”.",
        )
    if _is_other_treatment(corpus, asked, said) and not any(
        said.treatment in other.services for other in others
    ):
        yield (
            RuleId.OTHER_STUDY,
            f"The title asks for {asked_for(asked.title, corpus.knowledge.catalogue)}; the "
            f"rationale decides upon “{words}”.",
        )
    numbers = {asked.units, asked.authorized_units, asked.disputed_units} - {None}
    if (
        numbers
        and said.units is not None
        and said.treatment is not None
        and said.category == asked.category
        and said.units not in numbers | {_rest(asked)}
    ):
        yield (
            RuleId.VISITS_DIFFER,
            f"The request is for {asked.units} visits or units; the rationale decides upon "
            f"“{words}”.",
        )
    if (
        asked.quantity is not None
        and said.quantity is not None
        and said.quantity_unit == asked.quantity_unit
        and said.treatment is not None
        and said.treatment == asked.treatment
        and said.quantity
        not in {asked.quantity, asked.original_quantity, asked.authorized_quantity}
        and not any(said.treatment == other.treatment for other in others)
    ):
        yield (
            RuleId.VISITS_DIFFER,
            f"The request is for {asked.quantity:g}; the rationale decides upon “{words}”.",
        )


def _plain(words: str) -> str:
    return " ".join(re.findall(r"[a-z0-9.]+", words.lower()))


def _rest(request: Request) -> int | None:
    if request.units is None or request.authorized_units is None:
        return None
    return request.units - request.authorized_units


def _is_other_treatment(corpus: Corpus, asked: Request, said: Request) -> bool:
    """Whether *said* is certainly another treatment of the same category as *asked*.

    Neither is a kind of the other, and the title does not name it at all.
    """
    if asked.treatment is None or said.treatment is None or asked.category != said.category:
        return False
    if asked.category not in corpus.policy.contradiction.study_categories:
        return False
    lineage = corpus.knowledge.catalogue.lineage
    return (
        said.treatment not in {*asked.services, *lineage(asked)}
        and asked.treatment not in {*said.services, *lineage(said)}
        and not set(said.services) & set(asked.services)
    )


def _named(parts: Sequence[str]) -> str:
    return " and ".join(part.replace("_", " ") for part in parts)
