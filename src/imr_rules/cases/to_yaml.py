"""Case → the YAML of ``cases/``, so that a letter's facts can be corrected by hand and kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.model import Reading, Value
from imr_rules.notice import NOTICE
from imr_rules.strict_yaml import quoted, written


def case_to_yaml(case: Case) -> str:
    """Return *case* as a YAML document that :func:`imr_rules.cases.from_yaml.read_case` reads.

    Quotations stay out: the file holds facts, and a note in own words is for its keeper to write.
    The facts of a text without items, a chart note for instance, stand at its top.
    """
    lines = [f"# {NOTICE}", f"case: {quoted(case.case_number)}"]
    for name, day in (*case.dates.items(), ("latest_date", case.latest_date)):
        if day is not None:
            lines.append(f"{name}: {day.isoformat()}")
    if case.age_years is not None:
        lines.append(f"age_years: {written(case.age_years)}")
    for name, texts in (("specialties", case.specialties), ("licensure", case.licensure)):
        if texts:
            lines.append(f"{name}: [{', '.join(map(quoted, texts))}]")
    lines.append("items:" if case.items else "items: []")
    for item in case.items:
        lines.extend(_item_lines(item))
    lines.extend(_readings_lines(case.readings))
    return "\n".join(lines) + "\n"


def cases_to_yaml(cases: Iterable[Case]) -> Iterator[str]:
    """Yield *cases* as one file, ``---`` between them; piece by piece, as they come."""
    for index, case in enumerate(cases):
        yield ("---\n" if index else "") + case_to_yaml(case)


def _item_lines(item: CaseItem) -> list[str]:
    lines = [f"  - item: {item.number}", f"    title: {quoted(item.title)}"]
    if item.request.category:
        lines.append(f"    category: {written(item.request.category)}")
    if item.actual:
        lines.append(f"    actual: {item.actual}")
    for name in ("claims_administrator_guideline", "reviewer_guideline"):
        value = getattr(item, name)
        if value:
            lines.append(f"    {name}: {quoted(value)}")
    lines.extend(f"    {line}" for line in _readings_lines(item.readings))
    return lines


def _readings_lines(readings: Mapping[Reading, Mapping[str, Value]]) -> Iterator[str]:
    for reading in Reading:
        facts = readings.get(reading, {})
        if facts:
            yield f"{reading.value}:"
            yield from (f"  {fact}: {{value: {written(v)}}}" for fact, v in facts.items())
