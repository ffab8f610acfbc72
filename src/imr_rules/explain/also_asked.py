"""What a title asks for beside what is judged: parts and services with a text of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rich.text import Text

from imr_rules.explain.listed import listed
from imr_rules.guidelines.select import Governing, governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.treatments.from_title import asked_beside
from imr_rules.treatments.model import Request

_MOST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """A service, for some parts of the body if any are named, and the text it would go by."""

    treatment: str | None
    title: str
    body_parts: tuple[str, ...]
    governing: Governing

    def __str__(self) -> str:
        parts = ", ".join(part.replace("_", " ") for part in self.body_parts)
        named = f"{self.title}, {parts}" if parts else self.title
        return f"{named} ({self.governing.edition.id}/{self.governing.topic.id})"


def also_asked(
    request: Request, governing: Governing | None, knowledge: Knowledge, on: date
) -> tuple[AlsoAsked, ...]:
    """Return what the title of *request* asks for that another text than *governing* speaks to.

    A request is judged as the first of its services, for the first of its parts.
    """
    found: dict[tuple[str | None, str, str], AlsoAsked] = {}
    for other in _others(request, knowledge):
        own = governing_topic(knowledge.library, other, on)
        if own is None or (governing is not None and own.topic is governing.topic):
            continue
        key = other.treatment, own.edition.id, own.topic.id
        known = found[key].body_parts if key in found else ()
        parts = tuple(dict.fromkeys((*known, *other.body_parts)))
        treatment = knowledge.catalogue.treatments.get(other.treatment or "")
        title = treatment.title if treatment else (other.category or "")
        found[key] = AlsoAsked(other.treatment, title, parts, own)
    return tuple(found.values())


def also_asked_line(others: Sequence[AlsoAsked]) -> Text:
    """Return in words that *others* are asked for too, and are not judged."""
    shown = listed([str(other) for other in others], most=_MOST_SHOWN, between="; ")
    return Text(
        f"The title also asks for what has a text of its own and is not judged here: {shown}.",
        style="yellow",
    )


def _others(request: Request, knowledge: Knowledge) -> Iterator[Request]:
    yield from _each_part(request, request.body_parts[1:], knowledge)
    if len(request.services) > 1:
        for other in asked_beside(request.title, knowledge.catalogue):
            yield from _each_part(other, other.body_parts, knowledge)
            if not other.body_parts:
                yield other


def _each_part(request: Request, parts: Sequence[str], knowledge: Knowledge) -> Iterator[Request]:
    # "Left arm, shoulder" is one place.
    larger = {knowledge.catalogue.within.get(part) for part in request.body_parts}
    for part in parts:
        if part not in larger:
            yield request.model_copy(update={"body_parts": (part,)})
