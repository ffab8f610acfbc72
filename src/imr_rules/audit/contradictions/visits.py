"""One number of visits is quoted from the guideline, another applied to the worker."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, Corpus, Kind
from imr_rules.audit.phrases import captured
from imr_rules.audit.policy import RuleId
from imr_rules.audit.sentences import Sentence, sentences_of
from imr_rules.facts.model import Section
from imr_rules.reading.pattern import number_of


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
