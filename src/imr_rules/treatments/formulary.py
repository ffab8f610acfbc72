"""The Division's drug list, as far as it is known: which drugs need review before dispensing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from imr_rules.treatments.model import Request


@dataclass(frozen=True, slots=True)
class FormularyEntry:
    """One drug on (or off) the list; None where the figure was not found.

    ``names`` are the product names it stands for; ``evidence`` is ``seen`` where a public page
    states the row, ``background`` where it is general knowledge and unverified.
    """

    drug: str
    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    drug_class: str
    status: str
    special_fill_days: int | None
    perioperative_fill_days: int | None
    source: str
    evidence: str
    note: str
    as_of: date


def formulary_entries(
    request: Request, entries: Iterable[FormularyEntry]
) -> tuple[FormularyEntry, ...]:
    """Return the entries of *entries* that hold exactly the ingredients *request* asks for."""
    asked = frozenset(i.name for i in request.ingredients)
    if not asked:
        return ()
    return tuple(e for e in entries if frozenset(e.ingredients) == asked)
