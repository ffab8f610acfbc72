"""A record → what it already says about a subject, for a checklist that is filled in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from imr_rules.cases.dates import deciding_date
from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_record
from imr_rules.cases.record_kind import RecordKind, kind_of_record
from imr_rules.checklist.subject import Subject, subject_named
from imr_rules.engines.model import Engine
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.treatments.model import Ingredient, Request

_TOLD_APART_BY = (
    "treatment",
    "quantity",
    "refills",
    "units_per_day",
    "units",
    "duration_days",
    "hours_per_week",
    "body_parts",
    "side",
    "rental_or_purchase",
    "approach",
    "contrast",
)
"""What makes two requests two, besides their ingredients.

The rest is how a letter disputes a request, or follows from these.
"""


_OF_ITS_OWN_ITEMS = (RecordKind.CASE, RecordKind.LINES)
"""Records whose facts are stated of each item; texts and requests are read again for another."""


@dataclass(frozen=True, slots=True)
class InRecord:
    """A subject on the day of a record, and what the record says of it.

    *conclusion* is None where no topic governs, or where the record asks for nothing under a topic
    that was named by its id. *instead* is what the record asks for in place of the subject: None
    where it asks for just that, empty where it asks for nothing under its topic.
    """

    subject: Subject
    conclusion: Conclusion | None
    instead: str | None = None


def subject_in_record(
    path: Path, name: str, knowledge: Knowledge, engine: Engine, as_of: date | None, today: date
) -> InRecord:
    """Return the subject called *name* on the day of the record at *path*, and what it says of it.

    Where the record asks for another request under the subject's topic, or for nothing, it is held
    against the subject all the same: what it tells of the worker may matter.

    Raises:
        UnknownNameError: nothing goes by that name.
        InputError: the record cannot be read.
    """
    subject = subject_named(name, knowledge, as_of, today=today)
    case = load_record(path, knowledge, otherwise=[subject.title], as_of=as_of)
    if as_of is None:
        # The record's own day governs, as it would in a review.
        day = deciding_date(case, today=today)
        subject = subject_named(name, knowledge, day, today=today)
    found = _conclusion(case, subject, knowledge, engine)
    if found is None:
        if subject.request is not None and kind_of_record(path) not in _OF_ITS_OWN_ITEMS:
            case = load_record(path, knowledge, requests=[subject.title], as_of=subject.on)
            found = _conclusion(case, subject, knowledge, engine)
        return InRecord(subject, found, "")
    if subject.request is None or _asks_for(found.item.request, subject.request):
        return InRecord(subject, found)
    # What follows from a title, such as its refills, must follow from the subject's own.
    item = replace(found.item, title=subject.title, request=subject.request)
    items = tuple(item if each.number == item.number else each for each in case.items)
    held = _conclusion(replace(case, items=items), subject, knowledge, engine)
    return InRecord(subject, held, found.item.title)


def _asks_for(asked: Request, subject: Request) -> bool:
    """Whether *asked* is all that *subject* tells; it may tell more."""
    told = ((getattr(asked, name), getattr(subject, name)) for name in _TOLD_APART_BY)
    same_drugs = not subject.ingredients or (
        [part.name for part in asked.ingredients] == [part.name for part in subject.ingredients]
        and all(map(_is_as_strong, asked.ingredients, subject.ingredients))
    )
    return same_drugs and all(own in (None, ()) or own == other for other, own in told)


def _is_as_strong(asked: Ingredient, subject: Ingredient) -> bool:
    told = subject.model_dump(exclude_none=True)
    return told == asked.model_dump(include=set(told))


def _conclusion(
    case: Case, subject: Subject, knowledge: Knowledge, engine: Engine
) -> Conclusion | None:
    """Return the conclusion on the item under the topic, best of the same request or treatment."""
    conclusions = [
        conclusion
        for conclusion in evaluate_case(case, Basis.RECORD, knowledge, engine, as_of=subject.on)
        if conclusion.governing is not None and conclusion.governing.topic == subject.topic
    ]
    wanted = subject.request
    if wanted is not None:
        conclusions.sort(
            key=lambda conclusion: (
                not _asks_for(conclusion.item.request, wanted),
                conclusion.item.request.treatment != wanted.treatment,
            )
        )
    return conclusions[0] if conclusions else None
