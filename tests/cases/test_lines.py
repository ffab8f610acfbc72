"""Lines of ``extract --format jsonl`` are read back as written; what does not fit is told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imr_rules.cases.from_json import read_jsonl
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.model import Case
from imr_rules.cases.to_json import case_to_json
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError
from imr_rules.knowledge import load_knowledge
from imr_rules.schemas import schema_of

KNOWLEDGE = load_knowledge()
NOTE = "Follow-up visit.\nPlan: refill. The patient signed an opioid agreement.\n"
ITEM = {"item": 1, "title": "Norco 10/325 #120"}
LINE: Mapping[str, Any] = {"case_number": "CM1", "items": [ITEM]}


def read(path: Path, *lines: str) -> list[Case]:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(read_jsonl(path, KNOWLEDGE.vocabulary, KNOWLEDGE.catalogue))


@pytest.fixture
def cases(tmp_path: Path) -> list[Case]:
    """Determinations, and a note that was scanned badly."""
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    shipped = sorted(cases_folder().glob("CM16-02424*.yaml"))
    assert shipped
    loaded = load_cases([*shipped, note], KNOWLEDGE)
    *determinations, scan = [one.case for one in loaded if isinstance(one, Loaded)]
    return [*determinations, replace(scan, missing=("decision date",), confidence=0.61)]


def test_a_line_comes_back_as_it_was_written(cases: list[Case], tmp_path: Path) -> None:
    """What was missing and how surely the text was recognised come back too."""
    lines = [case_to_json(case) for case in cases]
    back = read(tmp_path / "lines.jsonl", *map(json.dumps, lines))
    assert lines == [case_to_json(case) for case in back]
    assert (("decision date",), 0.61) == (back[-1].missing, back[-1].confidence)


def test_a_line_is_as_its_schema_says(cases: list[Case]) -> None:
    """The schema names everything that is written."""
    schema = schema_of("determination")
    item_schema = schema["$defs"]["_Item"]["properties"]
    for line in map(case_to_json, cases):
        jsonschema.Draft202012Validator(schema).validate(line)
        assert set(line) <= set(schema["properties"])
        for item in line["items"]:
            assert set(item) <= set(item_schema)


WRONG: list[tuple[Mapping[str, Any], str]] = [
    (
        {"items": [{**ITEM, "item": "a"}]},
        "items.0.item: 'a' is not a whole number. Write a whole number.",
    ),
    (
        {"items": [{**ITEM, "item": 1.5}]},
        "items.0.item: 1.5 is not a whole number. Write a whole number.",
    ),
    (
        {"items": [{**ITEM, "facts": {"record": {"conservative_care_weeks": True}}}]},
        "items.0.facts.record.conservative_care_weeks: true is not text or a number. "
        "Write text or a number.",
    ),
    (
        {"injury_date": "soon"},
        "injury_date: 'soon' is not a day of the calendar. "
        "Write year, month and day, as in 2016-02-28.",
    ),
    (
        {"items": [{"item": 1}]},
        "items.0.title is missing. Write such lines with: imr-rules extract --format jsonl",
    ),
]


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[told for _, told in WRONG])
def test_a_line_that_does_not_fit_says_what_to_write(
    change: Mapping[str, Any], told: str, tmp_path: Path
) -> None:
    """In words: the place, what stands there, and what should."""
    path = tmp_path / "lines.jsonl"
    with pytest.raises(InputError) as caught:
        read(path, json.dumps(LINE), json.dumps({**LINE, **change}))
    assert f"{path}:2:1: error[input]: is no imr.determination.v1 line: {told}" == str(caught.value)


def test_a_line_that_is_cut_off_names_its_place(tmp_path: Path) -> None:
    """Line and column are those of the file."""
    path = tmp_path / "lines.jsonl"
    with pytest.raises(InputError) as caught:
        read(path, json.dumps(LINE), '{"case_number":')
    told = f"{path}:2:16: error[input]: is not JSON (Expecting value). Fetch or write it again."
    assert told == str(caught.value)
