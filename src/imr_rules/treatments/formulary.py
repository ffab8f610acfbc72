"""Which rows of the Division's drug list a request falls under."""

from __future__ import annotations

from datetime import date

from imr_rules.treatments.catalogue import Catalogue, FormularyEntry
from imr_rules.treatments.model import Request


def formulary_entries(
    request: Request, catalogue: Catalogue, on: date | None = None
) -> tuple[FormularyEntry, ...]:
    """Return the rows for what *request* asks for: those with its ingredients, else its kind.

    A fixed combination is not its parts: the ingredients must be the same, no more and no less.
    No row means that nothing is known of the drug, not that it is off the list. *on* is the day
    whose version of the list counts, the latest by default.
    """
    listed = [
        row for row in catalogue.formulary if not (on and row.since is not None and on < row.since)
    ]
    asked = frozenset(i.name for i in request.ingredients)
    on_skin = request.category == catalogue.topicals.category
    exact = tuple(
        row
        for row in listed
        if row.ingredients and frozenset(row.ingredients) == asked and row.on_skin == on_skin
    )
    if exact:
        return exact
    lineage = catalogue.lineage(request)
    return tuple(row for row in listed if set(row.treatments) & set(lineage))
