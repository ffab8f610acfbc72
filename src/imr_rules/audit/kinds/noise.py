"""Groups of decisions that differ more than chance, and like cases that scatter."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.model import AuditFinding, Corpus, Kind, Severity
from imr_rules.audit.noise import GROUPINGS, level_noise
from imr_rules.audit.rows import rows_of
from imr_rules.audit.signature import like_items
from imr_rules.facts.model import Basis

_LEAST_LIKE = 5
_LEAST_MINORITY = 2


def find_noise(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield the groups that differ after correction, and signatures decided both ways repeatedly.

    These findings are about many determinations: they carry no case number.
    """
    policy = corpus.policy.noise
    rows = rows_of(corpus)
    stated = corpus.policy.rules["group-differs"]
    for grouping in GROUPINGS:
        for group in level_noise(rows, grouping, policy).groups:
            if group.differs:
                yield AuditFinding(
                    kind=Kind.NOISE,
                    rule="group-differs",
                    case_number=None,
                    item=None,
                    severity=Severity(stated.severity),
                    confidence=stated.from_facts,
                    explanation=(
                        f"{grouping.title} {group.name}: {group.overturned} of {group.n} items "
                        f"overturned ({group.rate:.0%}), against {group.rest_rate:.0%} of all "
                        f"others; adjusted p = {group.adjusted_p:.3f}. The groups may have had "
                        "different cases."
                    ),
                )
    stated = corpus.policy.rules["like-cases-scatter"]
    for signature, like in like_items(corpus.items, Basis.REVIEW).items():
        letters = {item.case.case_number for item in like}
        overturned = sum(item.actual == "overturned" for item in like)
        fewer = min(overturned, len(like) - overturned)
        if len(letters) < _LEAST_LIKE or fewer < _LEAST_MINORITY:
            continue
        yield AuditFinding(
            kind=Kind.NOISE,
            rule="like-cases-scatter",
            case_number=None,
            item=None,
            severity=Severity(stated.severity),
            confidence=stated.from_facts,
            explanation=(
                f"{signature[0]}: of {len(like)} items alike in every criterion that was settled, "
                f"{overturned} were overturned and {len(like) - overturned} upheld."
            ),
            against=tuple(f"{i.case.case_number} item {i.item.number}" for i in like),
        )
