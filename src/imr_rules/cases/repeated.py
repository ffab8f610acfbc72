"""Determinations that were read already: a folder may hold one twice, as text and as PDF."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from imr_rules.cases.model import Case


class Seen:
    """The determinations met so far; of each a few bytes are kept, however many there are."""

    def __init__(self) -> None:
        self._first: dict[bytes, Path] = {}

    def first_of(self, case: Case, path: Path) -> Path | None:
        """Return where *case* was met before; None, and keep it as read from *path*, if nowhere."""
        keys = list(_keys(case))
        first = next((self._first[key] for key in keys if key in self._first), None)
        for key in keys:
            self._first.setdefault(key, first or path)
        return first


def _keys(case: Case) -> Iterator[bytes]:
    """Yield what no other determination has: its text, and its number with the decision's day."""
    if case.text:
        yield _digest(case.text)
    if case.case_number and case.decision_date is not None:
        yield _digest(f"{case.case_number.lower()} {case.decision_date}")


def _digest(words: str) -> bytes:
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=12).digest()
