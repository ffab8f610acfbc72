"""Names of columns: those that every items table has, and those that the stages add."""

from __future__ import annotations

ROW = "row"
"""The number that tells the rows of a table apart; carried from stage to stage."""
ON = "on"
"""The day whose guidelines govern the item."""


def known_column(fact: str) -> str:
    """Return the column that tells whether *fact* has a value, finite or not."""
    return f"{fact}__known"


def undocumented_column(fact: str) -> str:
    """Return the column that tells whether *fact* is said to be undocumented."""
    return f"{fact}__undocumented"


def criterion_column(criterion: str) -> str:
    """Return the column of *criterion*: true met, false unmet, null unknown."""
    return f"criterion_{criterion.replace('-', '_')}"


def presumed_column(criterion: str) -> str:
    """Return the column that tells whether presumed *criterion* may hold while it is unknown."""
    return f"presumed_{criterion.replace('-', '_')}"


def route_column(route: str) -> str:
    """Return the column that tells whether *route* is open."""
    return f"route_{route.replace('-', '_')}"


def bar_column(place: int) -> str:
    """Return the column that tells whether the bar at *place* of the topic's bars holds."""
    return f"bar_{place}"
