"""What a checklist is asked for ("Norco 10/325 #120", a topic) → the topic that governs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from imr_rules.errors import UnknownNameError
from imr_rules.explain.also_asked import AlsoAsked, also_asked
from imr_rules.explain.left_open import left_open
from imr_rules.guidelines.library import days_in_force, is_in_force, not_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.model import Request

_LISTED = "Name it as on the request form; imr-rules show lists the topics."


@dataclass(frozen=True, slots=True)
class Subject:
    """A treatment or topic with the text that governs it on a day.

    *request* is None for a topic named by its id. *add* names what a request leaves open without
    which no topic, or not the closest, can be chosen; *also_asked* what its title asks for too.
    """

    title: str
    treatment: str | None
    on: date
    request: Request | None
    edition: Edition | None
    topic: Topic | None
    searched: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    also_asked: tuple[AlsoAsked, ...] = ()


def subject_named(name: str, knowledge: Knowledge, on: date | None, *, today: date) -> Subject:
    """Return the subject that goes by *name*: a topic, ``edition/topic``, or a request's title.

    Without *on* it is *today*, or for a topic the last day on which it was in force.
    A topic that is not in force on the day *on* gives way to a treatment of the same name.

    Raises:
        UnknownNameError: nothing goes by that name.
        InputError: it is a topic that is not in force on the day *on*.
    """
    topic = _topic_named(name, knowledge, on or today)
    request = parse_request(name, knowledge.catalogue)
    if request.treatment is None and name in knowledge.catalogue.treatments:
        request = _request_for(name, knowledge)
    is_meant = knowledge.library.is_meant_as_topic(name)
    if topic is not None:
        edition = knowledge.library.editions[topic.edition]
        if on is None or is_in_force(edition, topic, on):
            start, end = days_in_force(edition, topic)
            day = on or min(max(today, start), end - timedelta(days=1))
            return Subject(topic.title, None, day, None, edition, topic)
        if request.treatment is None or is_meant:
            raise not_in_force(
                name,
                [(edition, topic)],
                on,
                hint="Name the treatment instead of the topic to find the text of that day.",
            )
    # A title is found in any words, and would answer for a misspelt topic with another text.
    if request.treatment is None or is_meant:
        known = [*knowledge.library.topic_names(), *knowledge.catalogue.names]
        raise UnknownNameError("treatment or topic", name, known, otherwise=_LISTED)
    return subject_of(request, knowledge, on or today)


def subject_of(request: Request, knowledge: Knowledge, on: date) -> Subject:
    """Return the subject of *request* on the day *on*."""
    governing = governing_topic(knowledge.library, request, on)
    treatment = knowledge.catalogue.treatments.get(request.treatment or "")
    title = treatment.title if treatment else None
    add = left_open(request, governing, knowledge, on)
    others = also_asked(request, governing, knowledge, on)
    if governing is None:
        searched = tuple(e.id for e in knowledge.library.in_search_order() if e.is_in_force(on))
        return Subject(request.title, title, on, request, None, None, searched, add, others)
    return Subject(
        request.title,
        title,
        on,
        request,
        governing.edition,
        governing.topic,
        governing.silent,
        add,
        others,
    )


def _request_for(treatment: str, knowledge: Knowledge) -> Request:
    entry = knowledge.catalogue.treatments[treatment]
    return Request(title=entry.title, treatment=treatment, category=entry.category)


def _topic_named(name: str, knowledge: Knowledge, on: date) -> Topic | None:
    """Return the topic called *name*: one in force before any other, the first in search order."""
    found = knowledge.library.topics_named(name)

    def distance(pair: tuple[Edition, Topic]) -> int:
        start, end = days_in_force(*pair)
        return max((start - on).days, (on - end).days + 1, 0)

    return min(found, key=distance)[1] if found else None
