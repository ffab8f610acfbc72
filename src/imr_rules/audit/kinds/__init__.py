"""The kinds of finding: each a pure function from the corpus to its findings, in report order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from imr_rules.audit.kinds.citation import find_citations
from imr_rules.audit.kinds.disagreement import find_disagreements
from imr_rules.audit.kinds.evidence_conflict import find_evidence_conflicts
from imr_rules.audit.kinds.like_cases import find_like_cases
from imr_rules.audit.kinds.noise import find_noise
from imr_rules.audit.kinds.self_contradiction import find_self_contradictions
from imr_rules.audit.kinds.unaddressed import find_unaddressed
from imr_rules.audit.model import AuditFinding, Corpus

KINDS: tuple[Callable[[Corpus], Iterator[AuditFinding]], ...] = (
    find_evidence_conflicts,
    find_self_contradictions,
    find_disagreements,
    find_like_cases,
    find_unaddressed,
    find_citations,
    find_noise,
)


def find_all(corpus: Corpus) -> tuple[AuditFinding, ...]:
    """Return every finding in *corpus*, kind by kind, in the order of the cases."""
    return tuple(finding for find in KINDS for finding in find(corpus))
