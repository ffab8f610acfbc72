"""The score counts what it says it counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from imr_rules.cli.score import BEGIN, END
from imr_rules.cli.score import command as score
from imr_rules.facts.model import Reading
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.score import Share, Tally, added, share_of, summary_table, tally

LETTER = """Case Number: CM99-0000001
CLINICAL CASE SUMMARY
The injured worker is a 43 year old female with low back pain. Motor strength was 4/5 in the left
ankle. She completed 12 sessions of physical therapy.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

MRI of the lumbar spine: Upheld
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004.
Decision rationale: In this case, there is no documentation of failed conservative care.
"""
CASE = """case: "CM99-0000001"
items:
  - item: 1
    title: "MRI of the lumbar spine"
    actual: upheld
    record:
      neuro_deficit_objective: {value: unequivocal}
    rationale:
      conservative_care_failed: {value: undocumented}
      red_flag_present: {value: no}
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def test_a_fact_is_right_only_with_the_experts_value(knowledge: Knowledge) -> None:
    """Wrong values, inventions and omissions each cost what they should."""
    counted = tally(
        "X",
        Reading.RATIONALE,
        {"pain_reduction": "yes", "work_status": "full_duty", "first_request": "yes"},
        {"pain_reduction": "no", "first_request": "yes", "red_flag_present": "no"},
        knowledge.vocabulary,
    )
    assert Tally(right=1, read=3, there=3) == sum(counted.values(), Tally())


def test_derived_facts_of_the_record_are_left_out(knowledge: Knowledge) -> None:
    """The header gives them, whatever a sentence says; in a rationale they are statements."""
    facts = {"days_since_injury": 40}
    assert {} == tally("X", Reading.RECORD, facts, facts, knowledge.vocabulary)
    assert 1 == len(tally("X", Reading.RATIONALE, facts, facts, knowledge.vocabulary))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))))
def test_f1_lies_between_precision_and_recall(counts: list[tuple[int, int, int]]) -> None:
    """However many tallies are added up, whether right ones are among them or not."""
    key = (Share.CLOSED, Reading.RECORD, "pain_reduction")
    total = added({key: Tally(a, a + b, a + c)} for a, b, c in counts).get(key, Tally())
    if total.precision is not None and total.recall is not None and total.f1 is not None:
        low, high = sorted((total.precision, total.recall))
        assert low - 1e-9 <= total.f1 <= high + 1e-9


def test_about_an_eighth_of_all_letters_stays_closed() -> None:
    """The shares depend on the number alone."""
    shares = [share_of(f"CM16-{number:07d}") for number in range(2000)]
    assert 200 < shares.count(Share.CLOSED) < 300


def test_the_command_writes_its_tables_between_the_marks(tmp_path: Path) -> None:
    """What stands around them stays; the summary counts the one letter."""
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "CM99-0000001.yaml").write_text(CASE, encoding="utf-8")
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    arguments = [str(tmp_path / "letter.txt"), "--cases", str(tmp_path / "cases")]
    result = CliRunner().invoke(score, [*arguments, "--write", str(page)])
    assert 0 == result.exit_code, result.output
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "| conservative_care_failed | 1 | 1 | 1 | 1.00 | 1.00 | 1.00 |" in text
    assert "| red_flag_present | 0 | 0 | 1 | – | 0.00 | 0.00 |" in text


def test_every_reading_and_share_has_its_line() -> None:
    """Nothing counted is a dash, not a failure."""
    assert 4 == sum(summary_table({}).count(f"| {share} |") for share in Share)
