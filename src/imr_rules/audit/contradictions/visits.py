"""Two numbers of visits: quoted and applied of the guideline, or in dispute and decided upon."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, Corpus, Kind
from imr_rules.audit.phrases import captured, says
from imr_rules.audit.policy import RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.audit.stated import is_reviewers_own, scopes_of
from imr_rules.facts.model import Section
from imr_rules.reading.numbers import NUMBER_WORDS, number_of
from imr_rules.treatments.model import Request

_VISITS = "visits"
"""The unit of the catalogue's treatments of which visits are asked for."""
_SPELLED = f"(?:{'|'.join(NUMBER_WORDS)})"
_RANGE = re.compile(rf"\d\s?(?:-|to|or)\s?\d|\b{_SPELLED}\s(?:to|or)\s{_SPELLED}\b")


def find_two_limits(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items in whose rationale the limit applied is none of the limits quoted."""
    words = corpus.policy.contradiction.visits
    for item in case.items:
        quoted: dict[float, Sentence] = {}
        applied: dict[float, Sentence] = {}
        for sentence in sentences_of(case.case.text, item.rationale):
            for number, _ in captured("number", words.applied, sentence.lower):
                applied.setdefault(number_of(number), sentence)
            for number, _ in captured("number", words.quoted, sentence.lower):
                quoted.setdefault(number_of(number), sentence)
        for limit, sentence in applied.items():
            others = {value: told for value, told in quoted.items() if told is not sentence}
            if others and limit not in quoted:
                row = next(iter(others))
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.VISITS_DIFFER,
                    item,
                    f"The rationale quotes {', '.join(f'{value:g}' for value in others)} visits "
                    f"from the guideline and applies {limit:g}.",
                    (
                        others[row].evidence(Section.RATIONALE),
                        sentence.evidence(Section.RATIONALE),
                    ),
                )


def find_other_number(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items whose rationale decides upon another number of visits than is in dispute.

    A rationale that takes the visits apart ("six are enough, the additional six are not
    necessary") names the others too, and is left alone; so is what another item asks for.
    """
    words = corpus.policy.contradiction.visits
    for item in case.items:
        disputed = _in_dispute(corpus, item.item.request)
        if disputed is None:
            continue
        sentences = list(sentences_of(case.case.text, item.rationale))
        named = {
            number_of(number)
            for sentence in sentences
            for number, _ in captured("number", words.named, sentence.lower)
        }
        known = {number for one in case.items for number in _numbers(one.item.request)}
        for sentence, number in _decided(corpus, sentences):
            if number not in known and disputed - number not in named:
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.VISITS_DIFFER,
                    item,
                    f"{disputed} visits are in dispute; the rationale decides upon {number:g}.",
                    (sentence.evidence(Section.RATIONALE),),
                )
                break


def _decided(corpus: Corpus, sentences: list[Sentence]) -> Iterator[tuple[Sentence, float]]:
    """Yield the numbers of visits that the reviewer decides upon, each with its sentence."""
    policy = corpus.policy.contradiction
    for sentence in sentences:
        found = list(captured("number", policy.visits.decided, sentence.lower))
        if not found or says(
            (*policy.guideline_talk, *policy.restated.not_near, *policy.conclusion.left_open),
            sentence.lower,
        ):
            continue
        scopes = scopes_of(sentence.lower, corpus.knowledge.lexicon)
        for number, hit in found:
            if is_reviewers_own(hit, scopes):
                yield sentence, number_of(number)


def _in_dispute(corpus: Corpus, request: Request) -> int | None:
    """Return how many visits are in dispute; None where they are not one plain number."""
    treatment = corpus.knowledge.catalogue.treatments.get(request.treatment or "")
    if treatment is None or treatment.unit != _VISITS or len(request.services) > 1:
        return None
    if _RANGE.search(" ".join(request.title.lower().split())):
        # Of "two to three times a week" either number may be meant.
        return None
    return request.units if request.disputed_units is None else request.disputed_units


def _numbers(request: Request) -> set[int | None]:
    return {request.units, request.authorized_units, request.disputed_units}
