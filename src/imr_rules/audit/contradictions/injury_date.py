"""The text dates the injury otherwise than the header."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, Corpus, Kind
from imr_rules.audit.phrases import captured, says
from imr_rules.audit.policy import RuleId
from imr_rules.audit.sentences import sentences_of
from imr_rules.facts.model import Section
from imr_rules.letters.dates import parse_date

_NEAR = 40  # characters before the words that date an injury, in which another may be named


def find_other_injury_date(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the letter's first item where a sentence dates the injury, and not as the header does.

    A sentence that also gives the header's date tells of two injuries, and is left alone; so is
    one that dates another injury ("a previous injury of the low back").
    """
    words = corpus.policy.contradiction.injury_date
    injury, letter = case.case.injury_date, case.letter
    if injury is None or letter is None or not case.items:
        return
    places = [(Section.SUMMARY, letter.summary, case.items[0])]
    places += [(Section.RATIONALE, item.rationale, item) for item in case.items]
    for section, span, item in places:
        for sentence in sentences_of(case.case.text, span):
            told = [
                day
                for said, hit in captured("date", words.phrases, sentence.lower)
                if not says(words.another, sentence.lower[max(0, hit.start() - _NEAR) : hit.end()])
                if (day := parse_date(said)) is not None
            ]
            if told and injury not in told:
                yield finding_of(
                    corpus.policy,
                    Kind.SELF_CONTRADICTION,
                    RuleId.INJURY_DATE_DIFFERS,
                    item,
                    f"The header dates the injury {injury}, the {section.value} {told[0]}.",
                    (sentence.evidence(section),),
                )
                return
