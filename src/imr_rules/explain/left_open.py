"""What a request leaves open that another text in force goes by: a part of the body, a phase."""

from __future__ import annotations

from datetime import date

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
        words = [
            word
            for _, topic in knowledge.library.pairs(on)
            if topic.applies_to.place_in(lineage) < len(lineage)
            for word in (*topic.applies_to.body_parts, *topic.applies_to.phases)
        ]
    elif request.body_parts or governing.topic.applies_to.body_parts:
        return ()
    else:
        nearest = governing.topic.applies_to.place_in(lineage)
        words = [
            part
            for edition, topic in knowledge.library.pairs(on)
            if edition.rank == governing.edition.rank
            and topic.applies_to.place_in(lineage) <= nearest
            for part in topic.applies_to.body_parts
        ]
    return tuple(dict.fromkeys(word.replace("_", " ") for word in words))
