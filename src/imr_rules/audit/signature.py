"""Like cases: the same topic, and the same status of each of its criteria."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from imr_rules.audit.model import AuditItem
from imr_rules.engines.model import Status
from imr_rules.facts.model import Basis

Signature = tuple[str, ...]
"""Edition and topic, then ``criterion=status`` of every criterion that is not unknown."""


def signature_of(item: AuditItem, basis: Basis) -> Signature | None:
    """Return the signature of *item* on *basis*, or None where no topic governs.

    Unknown criteria are left out but told apart all the same: a criterion is in or it is not.
    """
    conclusion = item.on_basis(basis).conclusion
    if conclusion.governing is None or conclusion.trace is None:
        return None
    statuses = sorted(
        f"{name}={status.value}"
        for name, status in conclusion.trace.statuses.items()
        if status is not Status.UNKNOWN
    )
    return (f"{conclusion.governing.edition.id}/{conclusion.governing.topic.id}", *statuses)


def like_items(
    items: Iterable[AuditItem], basis: Basis
) -> Mapping[Signature, tuple[AuditItem, ...]]:
    """Group the decided *items* by signature, in order of first appearance."""
    groups: dict[Signature, list[AuditItem]] = defaultdict(list)
    for item in items:
        signature = signature_of(item, basis)
        if signature is not None and item.actual is not None:
            groups[signature].append(item)
    return {signature: tuple(group) for signature, group in groups.items()}
