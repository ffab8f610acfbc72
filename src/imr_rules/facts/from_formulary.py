"""The Division's drug list → facts on how a requested drug stands in it.

The list (8 CCR 9792.27.1-9792.27.23) tells whether review comes before dispensing, never whether
the drug is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from imr_rules.facts.model import Value
from imr_rules.treatments.catalogue import Catalogue, FormularyEntry, FormularyStatus
from imr_rules.treatments.formulary import formulary_entries
from imr_rules.treatments.model import Request

_Mark = TypeVar("_Mark", FormularyStatus, int)


class FormularyQuestion(StrEnum):
    """What can be asked of the drug list."""

    STATUS = "status"
    COMPOUNDED = "compounded"
    WITHIN_SPECIAL_FILL = "within_special_fill"
    WITHIN_PERIOPERATIVE_FILL = "within_perioperative_fill"
    DISPENSED_BEFORE_REVIEW = "dispensed_before_review"


def formulary_value(
    question: FormularyQuestion, request: Request, catalogue: Catalogue, on: date | None = None
) -> Value | None:
    """Answer *question* about the drug that *request* asks for, by the list of the day *on*.

    Source:
        *on*: the version in force when a drug is dispensed counts (8 CCR 9792.27.23).

    Returns:
        None for everything that is no drug, and where neither title nor list tells. A drug whose
        row was not found, or whose rows disagree, has the status ``unknown``: it needs review.
    """
    if request.drug_class is None:
        return None
    return _ANSWERS[question](request, formulary_entries(request, catalogue, on))


def _status(_: Request, rows: tuple[FormularyEntry, ...]) -> str | None:
    status = _agreed(row.status for row in rows) or FormularyStatus.UNKNOWN
    # A compounded drug has no row of the list whose mark could be told; it always needs review.
    return None if status is FormularyStatus.COMPOUNDED else status.replace("-", "_")


def _compounded(_: Request, rows: tuple[FormularyEntry, ...]) -> str | None:
    status = _agreed(row.status for row in rows)
    if status is None or status is FormularyStatus.UNKNOWN:
        return None
    return "yes" if status is FormularyStatus.COMPOUNDED else "no"


def _within_special_fill(request: Request, rows: tuple[FormularyEntry, ...]) -> str | None:
    return _within(request, _agreed(row.special_fill_days for row in rows))


def _within_perioperative_fill(request: Request, rows: tuple[FormularyEntry, ...]) -> str | None:
    return _within(request, _agreed(row.perioperative_fill_days for row in rows))


def _dispensed_before_review(request: Request, _: tuple[FormularyEntry, ...]) -> str | None:
    return "yes" if request.retrospective else None


def _within(request: Request, days: int | None) -> str | None:
    """Hold the supply asked for against the *days* of a fill; 0 days mean that there is none."""
    if days is None:
        return None
    if days == 0:
        return "no"
    supply = request.days_supply if request.days_supply is not None else request.duration_days
    if supply is None:
        return None
    return "yes" if supply <= days else "no"


def _agreed(values: Iterable[_Mark | None]) -> _Mark | None:
    """Return what all *values* are, or None where they differ or there are none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


_ANSWERS: Mapping[
    FormularyQuestion, Callable[[Request, tuple[FormularyEntry, ...]], str | None]
] = {
    FormularyQuestion.STATUS: _status,
    FormularyQuestion.COMPOUNDED: _compounded,
    FormularyQuestion.WITHIN_SPECIAL_FILL: _within_special_fill,
    FormularyQuestion.WITHIN_PERIOPERATIVE_FILL: _within_perioperative_fill,
    FormularyQuestion.DISPENSED_BEFORE_REVIEW: _dispensed_before_review,
}
