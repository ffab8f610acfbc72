"""The Division's export, read and held against cases."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cases.index import IndexRow, compare_with_index, load_index_words, read_index
from imr_rules.cases.model import Case
from imr_rules.cli.evaluate import command
from imr_rules.data_folders import cases_folder, rules_folder
from imr_rules.errors import InputError

WORDS = load_index_words(rules_folder())


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


def a_case(number: str, injured: date) -> Case:
    return Case(number, "test", injured, None, None, ())


def test_headings_are_known_in_several_forms(tmp_path: Path) -> None:
    """Case, spaces and punctuation of a heading do not count."""
    path = written(
        tmp_path,
        "IMR case number,Date-of-Decision,REQUEST DECISION\ncm17-0000001,1/9/2017,Denied\n\n",
    )
    row = IndexRow("CM17-0000001", decision_date=date(2017, 1, 9), request_decision="upheld")
    assert (row,) == read_index(path, WORDS)


def test_a_column_that_nothing_is_held_against_refuses_no_row(tmp_path: Path) -> None:
    """What stands in the export beside what letters are held against may be anything."""
    path = written(
        tmp_path,
        "Case Number,Favourite colour,Date Received,Reviewer Specialty\nCM17-1,blue,N/A,N/A\n",
    )
    assert (IndexRow("CM17-1"),) == read_index(path, WORDS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Colour\nblue\n", ":1:1: error[input]: has no column of case numbers."),
        ("Case Number,Decision Date\nCM17-1,soon\n", ":2:1: error[input]: holds 'soon'"),
        ("Case Number,Outcome\n,Upheld\n", ":2:1: error[input]: has no case number."),
    ],
)
def test_a_bad_export_names_its_line(tmp_path: Path, text: str, says: str) -> None:
    """The line, what is wrong, and how to mend it."""
    with pytest.raises(InputError) as error:
        read_index(written(tmp_path, text), WORDS)
    assert says in str(error.value)


def test_sides_are_joined_by_case_number() -> None:
    """Whatever one side lacks is listed, and a date told otherwise is named."""
    rows = [
        IndexRow("CM17-0000001", injury_date=date(2016, 11, 2)),
        IndexRow("CM17-0000003"),
    ]
    cases = [a_case("CM17-0000001", date(2016, 11, 3)), a_case("CM17-0000002", date(2016, 1, 1))]
    found = compare_with_index(rows, cases)
    assert 1 == found.in_both
    assert ("CM17-0000003",) == found.letters_missing
    assert ("CM17-0000002",) == found.rows_missing
    assert (
        "CM17-0000001: injury date 2016-11-03 in the letter, 2016-11-02 in the index",
    ) == found.differences


def test_evaluate_takes_the_export_too(tmp_path: Path) -> None:
    """The comparison goes to stderr, so that the data on stdout stay data."""
    index = written(tmp_path, "Case Number\nCM16-0224814\nCM99-0000000\n")
    case = cases_folder() / "CM16-0224814.yaml"
    arguments = [str(case), "--engine", "reference", "--format", "jsonl", "--index", str(index)]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0
    assert "CM99-0000000" in result.stderr
    assert "CM99-0000000" not in result.stdout
