"""The reasoning goes one way and the conclusion another, or the two speak of different things."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imr_rules.audit.contradictions.conclusion import find_reversed_conclusion
from imr_rules.audit.contradictions.durations import find_impossible_duration
from imr_rules.audit.contradictions.findings import find_one_sided_findings
from imr_rules.audit.contradictions.form import find_drug_form
from imr_rules.audit.contradictions.injury_age import find_older_injury
from imr_rules.audit.contradictions.injury_date import find_other_injury_date
from imr_rules.audit.contradictions.person import find_other_person
from imr_rules.audit.contradictions.restated import find_other_request
from imr_rules.audit.contradictions.treatment import find_denied_treatment
from imr_rules.audit.contradictions.visits import find_other_number, find_two_limits
from imr_rules.audit.model import AuditCase, AuditFinding, Corpus

RULES: tuple[Callable[[Corpus, AuditCase], Iterator[AuditFinding]], ...] = (
    find_reversed_conclusion,
    find_one_sided_findings,
    find_other_request,
    find_two_limits,
    find_other_number,
    find_impossible_duration,
    find_older_injury,
    find_denied_treatment,
    find_drug_form,
    find_other_person,
    find_other_injury_date,
)


def find_self_contradictions(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield what the rules of :data:`RULES` find in each determination, letter by letter."""
    for case in corpus.cases:
        for find in RULES:
            yield from find(corpus, case)
