"""The Division's decision-search export (CSV) beside the letters: what either side lacks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.cases.model import Case
from imr_rules.counted import counted
from imr_rules.errors import InputError, Location

_Names = Annotated[tuple[str, ...], Field(strict=False)]
_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%B %d, %Y")
_REQUIRED = "case_number"
_SHOWN = 20


class IndexWords(BaseModel):
    """``rules/reading/decision_index.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: Mapping[str, _Names]
    outcomes: Mapping[str, _Names]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One treatment request as the Division lists it; what its column leaves empty is None."""

    case_number: str
    decision_date: date | None = None
    injury_date: date | None = None
    request_decision: str | None = None


@dataclass(frozen=True, slots=True)
class IndexComparison:
    """Letters and index side by side, by case number.

    *differences* are sentences on cases that both know and tell otherwise.
    """

    in_both: int
    letters_missing: tuple[str, ...]
    rows_missing: tuple[str, ...]
    differences: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """Return the comparison for a terminal, long lists cut."""
        return (
            f"index: {counted(self.in_both, 'determination')} on both sides",
            f"in the index, no letter: {_listed(self.letters_missing)}",
            f"a letter, not in the index: {_listed(self.rows_missing)}",
            *self.differences[:_SHOWN],
        )


def load_index_words(rules: Path) -> IndexWords:
    """Read the headings and outcome words from the *rules* folder."""
    path = rules / "reading" / "decision_index.yaml"
    return strict_yaml.validate(IndexWords, strict_yaml.read(path))


def read_index(path: Path, words: IndexWords) -> tuple[IndexRow, ...]:
    """Read the export at *path*.

    Raises:
        InputError: it cannot be read, has no column of case numbers, or a row has no such number
            or a date that is none; the message names the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            places = _places(header, words)
            if _REQUIRED not in places:
                raise InputError(
                    "has no column of case numbers.",
                    at=Location(path, 1, 1),
                    hint=f"Name it one of: {', '.join(words.columns[_REQUIRED])}.",
                )
            return tuple(
                _row(cells, places, words, Location(path, reader.line_num, 1))
                for cells in reader
                if any(cell.strip() for cell in cells)
            )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot be read as CSV ({error}).", at=Location(path)) from None


def _places(header: Sequence[str], words: IndexWords) -> Mapping[str, int]:
    known = {_plain(name): field for field, names in words.columns.items() for name in names}
    places: dict[str, int] = {}
    for place, heading in enumerate(header):
        field = known.get(_plain(heading))
        if field is not None:
            places.setdefault(field, place)
    return places


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _row(
    cells: Sequence[str], places: Mapping[str, int], words: IndexWords, at: Location
) -> IndexRow:
    def cell(field: str) -> str | None:
        place = places.get(field)
        return (cells[place].strip() or None) if place is not None and place < len(cells) else None

    number = cell(_REQUIRED)
    if number is None:
        raise InputError("has no case number.", at=at)
    return IndexRow(
        case_number=number.upper(),
        decision_date=_date(cell("decision_date"), at),
        injury_date=_date(cell("injury_date"), at),
        request_decision=_outcome(cell("request_decision"), words),
    )


def _outcome(text: str | None, words: IndexWords) -> str | None:
    """The outcome that *text* writes; in other words than those known it stays as it is."""
    if text is None:
        return None
    for outcome, names in words.outcomes.items():
        if _plain(text) in map(_plain, names):
            return outcome
    return text


def _date(text: str | None, at: Location) -> date | None:
    if text is None:
        return None
    for form in _DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise InputError(f"holds {text!r}, which is no date.", at=at, hint="Write it as 2017-01-31.")


def compare_with_index(rows: Iterable[IndexRow], cases: Iterable[Case]) -> IndexComparison:
    """Join *rows* and *cases* by case number and tell what either side lacks or tells otherwise."""
    listed: dict[str, list[IndexRow]] = {}
    for row in rows:
        listed.setdefault(row.case_number, []).append(row)
    held = {case.case_number.upper(): case for case in cases}
    both = [number for number in listed if number in held]
    return IndexComparison(
        in_both=len(both),
        letters_missing=tuple(number for number in listed if number not in held),
        rows_missing=tuple(number for number in held if number not in listed),
        differences=tuple(
            line for number in both for line in _differences(listed[number], held[number])
        ),
    )


def _differences(rows: Sequence[IndexRow], case: Case) -> Iterable[str]:
    number = case.case_number
    for name in ("injury_date", "decision_date"):
        told = {getattr(row, name) for row in rows} - {None}
        own = getattr(case, name)
        if own is not None and told and own not in told:
            yield f"{number}: {name.replace('_', ' ')} {own} in the letter, " + (
                f"{min(told)} in the index"
            )
    decided = [row.request_decision for row in rows if row.request_decision]
    if decided and len(decided) == len(rows):
        in_letter = sum(item.actual == "overturned" for item in case.items)
        in_index = decided.count("overturned")
        if len(decided) == len(case.items) and in_letter != in_index:
            said = counted(in_letter, "item")
            yield f"{number}: {said} overturned in the letter, {in_index} in the index"
        elif len(decided) != len(case.items):
            said = counted(len(case.items), "item")
            yield f"{number}: {said} in the letter, {len(decided)} in the index"


def _listed(numbers: Sequence[str]) -> str:
    if not numbers:
        return "none"
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return f"{len(numbers)}: {', '.join(numbers[:_SHOWN])}{more}"
