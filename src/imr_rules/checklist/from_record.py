"""A record → what it already says about a subject, for a checklist that is filled in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from imr_rules.cases.evaluate import Conclusion, deciding_date, evaluate_case
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_record
from imr_rules.checklist.subject import Subject, subject_named
from imr_rules.engines.model import Engine
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge


def subject_in_record(
    path: Path, name: str, knowledge: Knowledge, engine: Engine, as_of: date | None, today: date
) -> tuple[Subject, Conclusion | None]:
    """Return the subject called *name* on the day of the record at *path*, and what it says of it.

    Where the record asks for nothing under the subject's topic, it is read as if it asked for it:
    what it tells of the worker may matter all the same. None where no topic governs.

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
    if found is None and subject.request is not None:
        case = load_record(path, knowledge, requests=[subject.title], as_of=subject.on)
        found = _conclusion(case, subject, knowledge, engine)
    return subject, found


def _conclusion(
    case: Case, subject: Subject, knowledge: Knowledge, engine: Engine
) -> Conclusion | None:
    """Return the conclusion on the item under the topic, best of the same treatment."""
    conclusions = [
        conclusion
        for conclusion in evaluate_case(case, Basis.RECORD, knowledge, engine, as_of=subject.on)
        if conclusion.governing is not None and conclusion.governing.topic == subject.topic
    ]
    wanted = subject.request.treatment if subject.request else None
    conclusions.sort(key=lambda conclusion: conclusion.item.request.treatment != wanted)
    return conclusions[0] if conclusions else None
