"""Therapy that is asked for with its operation: what was before it is not counted as after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cli.main import group
from imr_rules.facts.model import Value
from imr_rules.knowledge import load_knowledge
from imr_rules.table.evaluate import TableRules, conclude
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.outcomes import CERTAINTY, PREDICTION, named
from imr_rules.table.schema import table_schema

OPERATION = {
    "item": 1,
    "title": "Left shoulder arthroscopy with rotator cuff repair",
    "record": {
        "imaging_lesion_surgical": {"value": "yes"},
        "exam_imaging_concordant": {"value": "yes"},
        "conservative_care_failed": {"value": "yes"},
        "activity_limitation_significant": {"value": "yes"},
    },
}
EARLIER_VISITS: dict[str, Value] = {"prior_units_completed": 10, "first_request": "no"}
EARLIER_OPERATION: dict[str, Value] = {
    "days_since_surgery": 400,
    "condition_class": "postsurgical",
    "exceptional_factors": "no",
}


def _invoke(*arguments: object) -> str:
    result = CliRunner().invoke(group, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def _case(therapy: str, facts: dict[str, Value], path: Path) -> Path:
    record = {fact: {"value": value} for fact, value in facts.items()}
    items: list[dict[str, Any]] = [OPERATION, {"item": 2, "title": therapy, "record": record}]
    case = {"case": "CM16-0900001", "denial_date": "2016-11-21", "items": items}
    path.write_text(json.dumps(case), encoding="utf-8")
    return path


def _by_table(path: Path) -> tuple[str, str]:
    knowledge = load_knowledge()
    (entry,) = load_cases([path], knowledge)
    assert isinstance(entry, Loaded)
    rows = rows_of_case(entry.case, str(path), knowledge)
    items = pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))
    rules = TableRules(knowledge)
    concluded = named(conclude(items, rules), rules)
    is_asked = (items["item"] == 2) & (items["basis"] == "record")
    row = concluded.filter(is_asked).row(0, named=True)
    return row[PREDICTION], row[CERTAINTY]


@pytest.mark.parametrize(
    ("therapy", "facts", "outcome"),
    [
        ("Post-op therapy 12 visits, left shoulder", EARLIER_VISITS, ("overturned", "met")),
        ("Post-op therapy 12 visits, left shoulder", EARLIER_OPERATION, ("overturned", "met")),
        (
            "Post-op therapy 13 visits, left shoulder",
            {"prior_units_completed": 8, "functional_improvement": "yes"},
            ("upheld", "barred"),
        ),
        # Of the other shoulder, which is not operated on: these visits are of this therapy.
        (
            "Post-op therapy 12 visits, right shoulder",
            {**EARLIER_VISITS, "days_since_surgery": 60, "functional_improvement": "no"},
            ("upheld", "barred"),
        ),
    ],
)
def test_every_engine_counts_only_what_follows_the_operation(
    tmp_path: Path, therapy: str, facts: dict[str, Value], outcome: tuple[str, str]
) -> None:
    """Visits, gains and days before it are not held against, or for, the therapy after it."""
    case = _case(therapy, facts, tmp_path / "case.yaml")
    basis = ("--basis", "record")
    found = {}
    for engine in ("reference", "durable"):
        lines = _invoke("evaluate", case, *basis, "--engine", engine, "--format", "jsonl")
        line = json.loads(lines.splitlines()[1])
        found[engine] = line["prediction"], line["certainty"]
    found["table"] = _by_table(case)
    assert dict.fromkeys(found, outcome) == found
