"""One reading that says both: what is kept as a conflict, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.fact_sheet import fact_sheet
from imr_rules.cases.from_json import read_jsonl
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.model import Case
from imr_rules.cases.to_json import case_to_json
from imr_rules.cli.extract import command as extract
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.explain import explain
from imr_rules.explain.to_json import explanation_to_json
from imr_rules.explain.trace_model import TraceLine
from imr_rules.facts.model import Basis, Reading
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters import parse_letter

LETTER = """CLINICAL CASE SUMMARY

The injured worker is a 44 year old male with low back pain. {summary}

IMR ISSUES, DECISIONS AND RATIONALES

The Final Determination was based on decisions for the disputed items/services set forth below:

{title}: Upheld

Claims Administrator guideline: Decision based on MTUS ACOEM.

MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004.

Decision rationale: In this case, the injured worker has low back pain. {rationale} Therefore, the
request is not medically necessary.
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def letter(summary: str = "", rationale: str = "", title: str = "MRI of the lumbar spine") -> str:
    return LETTER.format(summary=summary, rationale=rationale, title=title)


def read(text: str, knowledge: Knowledge) -> Case:
    return case_from_letter(
        parse_letter(text, knowledge.letter_phrases, source="written"), knowledge
    )[0]


def test_a_summary_that_finds_feeling_intact_and_lost_is_a_conflict(knowledge: Knowledge) -> None:
    """Both sides are quoted; the value stays what the merge rule makes of them."""
    text = letter(
        "Sensation was intact in the lower extremities. There was decreased sensation in the left"
        " L5 dermatome."
    )
    case = read(text, knowledge)
    (item,) = case.items
    (conflict,) = item.conflicts
    assert ("neuro_deficit_objective", Reading.RECORD) == (conflict.fact, conflict.reading)
    assert ("unequivocal", "none") == (conflict.affirmed, conflict.denied)
    assert "unequivocal" == conflict.value == item.readings[Reading.RECORD][conflict.fact]
    for evidence in (*conflict.affirmed_evidence, *conflict.denied_evidence):
        assert text[evidence.start : evidence.end] == evidence.quote


def test_a_rationale_with_and_without_gain_is_a_conflict(knowledge: Knowledge) -> None:
    """The later statement is taken, and the earlier one is not forgotten."""
    case = read(
        letter(
            rationale="The prior physical therapy resulted in functional improvement. There has"
            " been no functional improvement with physical therapy.",
            title="Physical therapy for the lumbar spine, 8 visits",
        ),
        knowledge,
    )
    (conflict,) = case.items[0].conflicts
    assert ("functional_improvement", Reading.RATIONALE) == (conflict.fact, conflict.reading)
    assert "no" == conflict.value


@pytest.mark.parametrize(
    "summary",
    [
        "Motor strength was 5/5 in both legs. There was decreased sensation in the left L5"
        " dermatome.",
        "On 3/1/2016 sensation was intact in the legs. On 5/2/2016 there was decreased sensation"
        " in the left L5 dermatome.",
        "Sensation was intact in the right leg. There was decreased sensation in the left leg in"
        " the L5 dermatome.",
        "Sensation was previously intact in the legs. There is decreased sensation in the left L5"
        " dermatome.",
        "There was decreased sensation in the left L5 dermatome. Sensation was otherwise intact.",
        "Sensation was intact at S1. There was decreased sensation at L5.",
        "There was decreased sensation in the left L5 dermatome. Decreased sensation at L5 was"
        " found again.",
    ],
    ids=["aspects", "dates", "sides", "earlier", "excepted", "levels", "said twice"],
)
def test_statements_of_unlike_things_are_no_conflict(summary: str, knowledge: Knowledge) -> None:
    """An exam that finds one thing and not another contradicts nothing."""
    (item,) = read(letter(summary), knowledge).items
    assert "unequivocal" == item.readings[Reading.RECORD]["neuro_deficit_objective"]
    assert () == item.conflicts


def test_what_one_sentence_denies_of_everything_another_must_not_affirm(
    knowledge: Knowledge,
) -> None:
    """'No neurological deficits' denies each kind of them."""
    case = read(
        letter(
            "There were no neurological deficits on examination of the legs. There was decreased"
            " sensation in the left L5 dermatome."
        ),
        knowledge,
    )
    assert ["neuro_deficit_objective"] == [c.fact for c in case.items[0].conflicts]


def test_each_basis_knows_only_the_conflicts_of_what_it_reads(knowledge: Knowledge) -> None:
    """The record basis never hears that the rationale contradicts itself."""
    case = read(
        letter(
            rationale="Sensation was intact in the legs. There was decreased sensation in the left"
            " L5 dermatome."
        ),
        knowledge,
    )
    (item,) = case.items
    assert fact_sheet(case, item, Basis.REVIEW, knowledge).inner_conflicts == item.conflicts
    assert item.conflicts
    assert not fact_sheet(case, item, Basis.RECORD, knowledge).inner_conflicts


def test_conflicts_are_carried_in_every_form(tmp_path: Path, knowledge: Knowledge) -> None:
    """The JSON line brings them back; the marked letter, the page and the trace show both sides."""
    text = letter(
        "Sensation was intact in the legs. There was decreased sensation in the left L5 dermatome."
    )
    path = tmp_path / "letter.txt"
    path.write_text(text, encoding="utf-8")
    case = read(text, knowledge)
    lines = tmp_path / "letter.jsonl"
    lines.write_text(json.dumps(case_to_json(case)) + "\n", encoding="utf-8")
    (back,) = read_jsonl(lines, knowledge.vocabulary, knowledge.catalogue)
    assert back.items[0].conflicts == case.items[0].conflicts

    marked = CliRunner().invoke(extract, [str(path), "--explain"])
    shown = " ".join(marked.stdout.split())
    assert "conflict within the summary: neuro deficit objective is unequivocal" in shown
    page = CliRunner().invoke(extract, [str(path), "--format", "html"])
    assert "The record says both: <b>neuro_deficit_objective</b>" in page.stdout

    (conclusion,) = evaluate_case(case, Basis.REVIEW, knowledge, ReferenceEngine())
    line = TraceLine.model_validate(explanation_to_json(explain(conclusion, knowledge)))
    assert ["neuro_deficit_objective"] == [c.fact for c in line.inner_conflicts]


def test_a_note_contradicts_itself_at_the_top_of_its_line(knowledge: Knowledge) -> None:
    """A text without items has its conflicts with its facts."""
    note = "PROGRESS NOTE\nMuscle spasm is present. There is no muscle spasm on exam.\n"
    case = read(note, knowledge)
    assert not case.items
    assert ["muscle_spasm_on_exam"] == [conflict.fact for conflict in case.conflicts]
    assert "muscle_spasm_on_exam" == case_to_json(case)["conflicts"][0]["fact"]


def test_a_pair_of_values_a_fact_cannot_have_is_refused(knowledge: Knowledge) -> None:
    """A contradiction is between two values of the fact."""
    fact = knowledge.vocabulary["work_status"]
    with pytest.raises(ValueError, match="no pair of two of its values"):
        type(fact)(**{**fact.model_dump(), "contradictions": (("full", "retired"),)})
