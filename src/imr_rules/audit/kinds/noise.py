"""Groups of decisions that differ more than chance, and like cases that scatter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imr_rules.audit.model import AuditFinding, Corpus, Kind, Severity
from imr_rules.audit.noise import GROUPINGS, LevelNoise, level_noise
from imr_rules.audit.policy import Policy, RuleId
from imr_rules.audit.rows import rows_of
from imr_rules.audit.signature import like_items
from imr_rules.facts.model import Basis

LEAST_LIKE = 5
LEAST_MINORITY = 2
"""Letters of a group of like items, and items on its smaller side, before it is spoken of."""


def find_noise(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield the groups that differ after correction, and signatures decided both ways repeatedly.

    These findings are about many determinations: they carry no case number.
    """
    rows = rows_of(corpus)
    for grouping in GROUPINGS:
        yield from differing_groups(level_noise(rows, grouping, corpus.policy.noise), corpus.policy)
    for signature, like in like_items(corpus.items, Basis.REVIEW).items():
        letters = {item.case.case_number for item in like}
        overturned = sum(item.actual == "overturned" for item in like)
        if len(letters) < LEAST_LIKE or min(overturned, len(like) - overturned) < LEAST_MINORITY:
            continue
        against = [f"{i.case.case_number} item {i.item.number}" for i in like]
        yield scattering(signature[0], overturned, len(like), against, corpus.policy)


def differing_groups(level: LevelNoise, policy: Policy) -> Iterator[AuditFinding]:
    """Yield a finding for each group of *level* that differs after correction."""
    stated = policy.rules[RuleId.GROUP_DIFFERS]
    for group in level.groups:
        if group.differs and group.rest_rate is not None:
            yield AuditFinding(
                kind=Kind.NOISE,
                rule=RuleId.GROUP_DIFFERS,
                case_number=None,
                item=None,
                severity=Severity(stated.severity),
                confidence=stated.from_facts,
                explanation=(
                    f"{level.grouping.title} {group.name}: {group.overturned} of {group.n} items "
                    f"overturned ({group.rate:.0%}), against {group.rest_rate:.0%} of all "
                    f"others; adjusted p = {group.adjusted_p:.3f}. The groups may have had "
                    "different cases."
                ),
            )


def scattering(
    topic: str, overturned: int, n: int, against: Sequence[str], policy: Policy
) -> AuditFinding:
    """Return the finding about *n* like items under *topic*, some of them *overturned*."""
    stated = policy.rules[RuleId.LIKE_CASES_SCATTER]
    return AuditFinding(
        kind=Kind.NOISE,
        rule=RuleId.LIKE_CASES_SCATTER,
        case_number=None,
        item=None,
        severity=Severity(stated.severity),
        confidence=stated.from_facts,
        explanation=(
            f"{topic}: of {n} items alike in every criterion that was settled, "
            f"{overturned} were overturned and {n - overturned} upheld."
        ),
        against=tuple(against),
    )
