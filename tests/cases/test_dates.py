"""Dates that cannot all be right are told, whatever record they stand in."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cases.dates import dates_out_of_order
from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cli.main import group
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.explain import explain
from imr_rules.explain.to_json import explanation_to_json
from imr_rules.facts.model import Basis
from imr_rules.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
LETTER = """Case Number: CM14-0099999
Date Assigned: 07/11/2014 Date of Injury: 05/04/2015
Decision Date: 08/21/2013 UR Denial Date: 06/18/2014

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

Norco 7.5/325mg #60: Upheld
Claims Administrator guideline: The Claims Administrator did not cite any medical evidence.
MAXIMUS guideline: Decision based on MTUS Chronic Pain Medical Treatment 2009.
Decision rationale: The pain is unchanged.
"""
DATES = {"injury_date": "2015-05-04", "denial_date": "2014-06-18", "decision_date": "2013-08-21"}
ITEM = {"item": 1, "title": "Norco 7.5/325mg #60", "actual": "upheld"}
CASE = json.dumps({"case": "CM14-0099999", **DATES, "items": [ITEM]})
LINE = {"format": "imr.determination.v1", "case_number": "CM14-0099999", **DATES, "items": [ITEM]}
TOLD = [
    "dates in order (injury 2015-05-04 is after denial 2014-06-18: one of the two is wrong)",
    "dates in order (injury 2015-05-04 is after decision 2013-08-21: one of the two is wrong)",
    "dates in order (denial 2014-06-18 is after decision 2013-08-21: one of the two is wrong)",
]


@pytest.mark.parametrize(
    ("name", "text"),
    [("letter.txt", LETTER), ("case.yaml", CASE), ("lines.jsonl", json.dumps(LINE))],
)
def test_dates_that_run_backwards_are_told_and_count_no_days(
    tmp_path: Path, name: str, text: str
) -> None:
    """The case says it, so does every conclusion drawn from it, and no days follow from them."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (entry,) = load_cases([path], KNOWLEDGE)
    assert isinstance(entry, Loaded)
    assert TOLD == [missing for missing in entry.case.missing if missing in TOLD]
    (conclusion,) = evaluate_case(entry.case, Basis.RECORD, KNOWLEDGE, ReferenceEngine())
    line = explanation_to_json(explain(conclusion, KNOWLEDGE))
    assert list(entry.case.missing) == line["missing"]
    assert "days_since_injury" not in line["facts"]


FORM = """DWC Form RFA
Date of Injury (MM/DD/YYYY): 03/14/2016
Diagnosis  ICD-Code  Service/Good Requested  CPT/HCPCS Code  Other Information
Lumbar sprain  S33.5XXA  MRI lumbar spine  72148  1
Requesting Physician Signature:   Date: {signed}
"""


@pytest.mark.parametrize(
    ("signed", "told"),
    [
        (
            "05/02/2015",
            "dates in order (injury 2016-03-14 is after request form 2015-05-02:"
            " one of the two is wrong)",
        ),
        ("03/14/2016", ""),
        ("05/02/2016", ""),
        ("", ""),
    ],
)
def test_a_request_form_signed_before_the_injury_is_told(
    tmp_path: Path, signed: str, told: str
) -> None:
    """The conclusion says it, and whoever previews the form reads it."""
    path = tmp_path / "rfa.txt"
    path.write_text(FORM.format(signed=signed), encoding="utf-8")
    result = CliRunner().invoke(group, ["preview", str(path), "--format", "json"])
    assert result.exit_code == 0, result.output
    (line,) = json.loads(result.stdout)
    assert ([told] if told else []) == line["trace"]["missing"]
    assert (f"{path}: not found or not usable: {told}\n" if told else "") == result.stderr


def test_dates_of_one_day_or_unknown_are_in_order() -> None:
    """An injury may be denied on its day; a date that is not there is not early."""
    day = date(2014, 6, 18)
    assert not [*dates_out_of_order(injury=day, denial=day, decision=day)]
    assert not [*dates_out_of_order(injury=day, denial=None, decision=None)]
