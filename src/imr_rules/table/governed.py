"""Which rows of a facts table a topic governs, as one condition that any SQL can filter by.

It says what :func:`imr_rules.guidelines.select.governing_topic` decides for one request: the topic
is in force on the day and about the request, and no text searched before it or closer to the
request is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from imr_rules.engines.table.names import ON
from imr_rules.guidelines.library import Library, days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.table.schema import BODY_PARTS, CATEGORY, LIST_SEPARATOR, PHASE, TREATMENT

SELECTED = {TREATMENT: "string", CATEGORY: "string", BODY_PARTS: "string", PHASE: "string"}
"""The columns by which rows are chosen, beside the day."""


@dataclass(frozen=True, slots=True)
class Named:
    """How a topic names requests: treatments, each with how closely, and categories."""

    treatments: Mapping[str, int]
    """By treatment: the place in its lineage of the closest name; 0 is its own."""
    categories: frozenset[str]


def named_by(topic: Topic, library: Library) -> Named:
    """Return the requests that *topic* names, whatever their part of the body and phase."""
    names = frozenset(topic.applies_to.treatments)
    close: dict[str, int] = {}
    for treatment in library.catalogue.treatments.values():
        lineage = (treatment.id, *treatment.parents)
        place = topic.applies_to.place_in(lineage)
        if place < len(lineage):
            close[treatment.id] = place
    return Named(close, names & library.catalogue.categories.keys())


def governed_rows(
    facts: ir.Table, edition: Edition, topic: Topic, library: Library
) -> ir.BooleanValue:
    """Return the condition that *topic* governs a row of *facts*."""
    condition = _is_about(facts, edition, topic, named_by(topic, library))
    for taken in _taken_by_others(facts, edition, topic, library):
        condition = condition & ~taken
    return condition


def _taken_by_others(
    facts: ir.Table, edition: Edition, topic: Topic, library: Library
) -> Iterator[ir.BooleanValue]:
    """Yield for each other text which rows it takes from *topic*, of those both are about."""
    mine, named = days_in_force(edition, topic), named_by(topic, library)
    is_searched_first = True
    for their_edition, other in library.pairs():
        if other is topic:
            is_searched_first = False
            continue
        theirs = days_in_force(their_edition, other)
        if their_edition.rank > edition.rank or theirs[0] >= mine[1] or mine[0] >= theirs[1]:
            continue
        also = named_by(other, library)
        if not _can_meet(named, also, library):
            continue
        taken = _is_about(facts, their_edition, other, also)
        if their_edition.rank == edition.rank:
            narrow = _narrowness(other), _narrowness(topic)
            wins_ties = narrow[0] > narrow[1] or (narrow[0] == narrow[1] and is_searched_first)
            closer = _is_closer(facts, named, also, wins_ties=wins_ties)
            if closer is None:
                continue
            taken = taken & closer
        yield taken


def _can_meet(named: Named, also: Named, library: Library) -> bool:
    """Whether one request can be named by both; without it a statement would list every topic."""
    return bool(
        named.treatments.keys() & also.treatments.keys()
        or named.categories & also.categories
        or _categories_of(named, library) & also.categories
        or _categories_of(also, library) & named.categories
    )


def _categories_of(named: Named, library: Library) -> frozenset[str]:
    """Return the categories that requests for the treatments *named* can have."""
    catalogue = library.catalogue
    own = frozenset(catalogue.treatments[treatment].category for treatment in named.treatments)
    beside = catalogue.ancillary_category
    if beside is not None and any(catalogue.categories[name].ancillary_when for name in own):
        return own | {beside}
    return own


def _narrowness(topic: Topic) -> tuple[bool, bool]:
    return bool(topic.applies_to.body_parts), bool(topic.applies_to.phases)


def _is_closer(
    facts: ir.Table, named: Named, also: Named, *, wins_ties: bool
) -> ir.BooleanValue | None:
    """Return where *also* names a row more closely than *named*; None if it never does."""
    mine, theirs = named.treatments, also.treatments
    closer = [t for t, place in theirs.items() if t not in mine or place < mine[t]]
    parts = [_is_one_of(facts[TREATMENT], closer)] if closer else []
    if wins_ties:
        alike = [t for t, place in theirs.items() if mine.get(t) == place]
        if alike:
            parts.append(_is_one_of(facts[TREATMENT], alike))
        if named.categories & also.categories:
            # By its category a request is named last of all.
            parts.append(~_is_one_of(facts[TREATMENT], [*mine, *theirs]))
    return reduce(or_, parts) if parts else None


def _is_about(facts: ir.Table, edition: Edition, topic: Topic, named: Named) -> ir.BooleanValue:
    first, until = days_in_force(edition, topic)
    day = facts[ON]
    condition = day >= ibis.literal(first)
    if until != date.max:
        condition = condition & (day < ibis.literal(until))
    by_name = []
    if named.treatments:
        by_name.append(_is_one_of(facts[TREATMENT], named.treatments))
    if named.categories:
        by_name.append(_is_one_of(facts[CATEGORY], named.categories))
    condition = condition & reduce(or_, by_name) if by_name else ibis.literal(False)
    scope = topic.applies_to
    if scope.body_parts:
        told = facts[BODY_PARTS].fill_null("") + LIST_SEPARATOR
        each = [told.startswith(f"{part}{LIST_SEPARATOR}") for part in scope.body_parts]
        condition = condition & reduce(or_, each)
    if scope.phases:
        condition = condition & _is_one_of(facts[PHASE], [str(phase) for phase in scope.phases])
    return condition


def _is_one_of(column: ir.Column, names: Iterable[str]) -> ir.BooleanValue:
    # Of a null SQL would neither say that it is one nor that it is none.
    return column.fill_null("").isin(sorted(names))
