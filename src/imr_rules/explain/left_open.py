"""What a request leaves open that another text in force goes by: a part of the body, a phase."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.guidelines.select import Governing
from imr_rules.knowledge import Knowledge
from imr_rules.treatments.model import Request


def left_open(
    request: Request, governing: Governing | None, knowledge: Knowledge, on: date
) -> tuple[str, ...]:
    """Return the words with which a text would speak to *request* on the day *on*.

    Where one is *governing*, those by which one that is closer would govern in its place: the
    parts of the body, if the request names none.
    """
    lineage = knowledge.catalogue.lineage(request)
    if governing is None:
        about = (topic for _, topic in _in_force(knowledge, on) if _nearest(topic, lineage) >= 0)
        words = [
            word
            for topic in about
            for word in (*topic.applies_to.body_parts, *topic.applies_to.phases)
        ]
    elif request.body_parts or governing.topic.applies_to.body_parts:
        return ()
    else:
        nearest = _nearest(governing.topic, lineage)
        words = [
            part
            for edition, topic in _in_force(knowledge, on)
            if edition.rank == governing.edition.rank and 0 <= _nearest(topic, lineage) <= nearest
            for part in topic.applies_to.body_parts
        ]
    return tuple(dict.fromkeys(word.replace("_", " ") for word in words))


def _in_force(knowledge: Knowledge, on: date) -> Iterator[tuple[Edition, Topic]]:
    for edition in knowledge.library.in_search_order():
        for topic in edition.topics.values():
            start, end = days_in_force(edition, topic)
            if start <= on < end:
                yield edition, topic


def _nearest(topic: Topic, lineage: tuple[str, ...]) -> int:
    """Return the first of *lineage* that *topic* is about, -1 where it is about none."""
    named = [lineage.index(name) for name in topic.applies_to.treatments if name in lineage]
    return min(named, default=-1)
