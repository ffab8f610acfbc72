"""Which topic of which edition speaks to a request on a day: dates first, then the search order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from imr_rules.guidelines.library import Library, is_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.treatments.model import Request


@dataclass(frozen=True, slots=True)
class Governing:
    """The text that governs a request, and what was searched before it was found."""

    edition: Edition
    topic: Topic
    silent: tuple[str, ...]
    """Ids of the editions in force that were searched first and hold no such topic."""


def governing_topic(library: Library, request: Request, on: date) -> Governing | None:
    """Return the topic that governs *request* on the day *on*, or None where all are silent.

    Source: the search sequence of 8 CCR 9792.21.1. Within one rank the topic that names the
    request most closely wins: the treatment before its class before its category, then one that
    names the body part, then one that names the phase. Of several parts of the body it is the
    one named first whose text governs.
    """
    lineage = library.catalogue.lineage(request)
    about = {
        place: (edition, topic)
        for name in lineage
        for place, edition, topic in library.topics_by_name.get(name, ())
        if edition.is_in_force(on)
    }
    best: tuple[int, tuple[int, int, int], Edition, Topic] | None = None
    for place in sorted(about):
        edition, topic = about[place]
        if best is not None and edition.rank > best[0]:
            break
        if not is_in_force(edition, topic, on):
            continue
        closeness = _closeness(topic, request, lineage)
        if closeness is not None and (best is None or closeness > best[1]):
            best = (edition.rank, closeness, edition, topic)
    if best is None:
        return None
    rank, _, edition, topic = best
    silent = (e.id for e in library.in_search_order() if e.rank < rank and e.is_in_force(on))
    return Governing(edition, topic, tuple(silent))


def _closeness(
    topic: Topic, request: Request, lineage: tuple[str, ...]
) -> tuple[int, int, int] | None:
    """How closely *topic* names *request* by its *lineage*, or None where it is not about it."""
    place = topic.applies_to.place_in(lineage)
    if place == len(lineage):
        return None
    parts = topic.applies_to.body_parts
    if parts and (not request.body_parts or request.body_parts[0] not in parts):
        return None
    phases = topic.applies_to.phases
    if phases and request.phase not in phases:
        return None
    return (-place, bool(parts), bool(phases))
