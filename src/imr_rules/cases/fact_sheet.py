"""Case → the fact sheet of one item on one basis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.derive import CaseContext, derive, facts_behind, parent_facts
from imr_rules.facts.model import (
    UNDOCUMENTED,
    Basis,
    Conflict,
    Evidence,
    FactSheet,
    ParentService,
    Reading,
    Section,
    Value,
)
from imr_rules.knowledge import Knowledge


def fact_sheet(
    case: Case,
    item: CaseItem,
    basis: Basis,
    knowledge: Knowledge,
    *,
    on: date | None = None,
    parent: ParentService | None = None,
) -> FactSheet:
    """Return what is known of *item* on *basis*, derived facts included.

    On the review basis the reviewer's statement stands where the two readings differ, because
    the review basis asks what follows from the reviewer's own findings; the difference is kept
    as a :class:`Conflict`. A "not documented" does not erase what title, dates or tables prove.

    *on* is the day that governs: its table converts opioid doses, and of a request that nobody has
    denied yet it ends what is counted to the denial. Without it both stay unknown.
    *parent* is what became of the item that this one accompanies, once it is known.
    """
    record = item.readings.get(Reading.RECORD, {})
    rationale = item.readings.get(Reading.RATIONALE, {}) if basis is Basis.REVIEW else {}
    values: dict[str, Value] = {**record, **rationale}
    evidence: dict[str, tuple[Evidence, ...]] = {}
    for fact in values:
        reading = Reading.RATIONALE if fact in rationale else Reading.RECORD
        evidence[fact] = item.evidence.get((reading, fact), ())
    conflicts = tuple(
        Conflict(
            fact,
            record[fact],
            rationale[fact],
            item.evidence.get((Reading.RECORD, fact), ()),
            item.evidence.get((Reading.RATIONALE, fact), ()),
        )
        for fact in rationale
        if fact in record and record[fact] != rationale[fact]
    )
    context = CaseContext(
        dates={**case.dates, "denial_date": case.denial_date or on},
        age_years=case.age_years,
        request=item.request,
        others=[other.request for other in case.items if other is not item],
        parent_service=parent.fate if parent else None,
        on=on,
        conversion=knowledge.conversion,
    )
    # What dates, title and tables prove is not unproven by "not documented".
    stated = {
        fact: value
        for fact, value in values.items()
        if value != UNDOCUMENTED or fact not in knowledge.derivations
    }
    derived = derive(
        knowledge.derivations, stated, context, knowledge.catalogue, knowledge.vocabulary
    )
    follows = {fact: facts_behind(knowledge.derivations[fact]) for fact in derived}
    for fact, behind in follows.items():
        shown = (one for name in behind for one in evidence.get(name, ()))
        evidence[fact] = tuple(dict.fromkeys(shown)) or (
            Evidence(Section.HEADER, note="follows from dates, title or tables"),
        )
    if parent:
        told = parent_facts(knowledge.derivations)
        evidence.update((fact, parent.evidence) for fact in told if fact in derived)
    inner = tuple(conflict for conflict in item.conflicts if conflict.reading in basis.readings)
    return FactSheet(
        basis,
        {**values, **derived},
        evidence,
        conflicts,
        inner,
        {fact: behind for fact, behind in follows.items() if behind},
    )


def known_values(values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values that settle their facts, without what is said to be undocumented."""
    return {fact: value for fact, value in values.items() if value != UNDOCUMENTED}
