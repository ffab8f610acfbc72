"""``extract`` as a user sees it: marked letters, pages, misses, notes, a second reader."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from imr_rules.cases.from_json import read_jsonl
from imr_rules.cli.evaluate import command as evaluate
from imr_rules.cli.extract import command as extract
from imr_rules.cli.packet import command as packet
from imr_rules.cli.preview import command as preview
from imr_rules.cli.reader_options import tell_refusals
from imr_rules.data_folders import cases_folder
from imr_rules.facts.model import Reading
from imr_rules.knowledge import load_knowledge
from imr_rules.notice import NOTICE
from imr_rules.reading.model import Refusal

NOTE = """PROGRESS NOTE
Subjective: 52 year old male. Pain is 8/10 and falls to 4/10 with Norco. He completed 8 sessions of
physical therapy without benefit. =The numbness was discussed in general terms.
Objective: Motor strength 4/5 in the left foot.
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A chart note of nobody."""
    path = tmp_path / "note.txt"
    path.write_text(NOTE, encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(extract, [str(argument) for argument in arguments])


def test_explain_marks_a_note_without_colour_in_a_pipe(note: Path) -> None:
    """Brackets and names carry it."""
    result = run(note, "--explain")
    assert 0 == result.exit_code
    assert "neuro_deficit_objective=unequivocal" in " ".join(result.stdout.split())
    assert "\x1b" not in result.stdout


def test_a_page_holds_the_note(note: Path, tmp_path: Path) -> None:
    """``--format html`` writes one file."""
    page = tmp_path / "page.html"
    assert 0 == run(note, "--format", "html", "--out", page).exit_code
    text = page.read_text(encoding="utf-8")
    assert text.lstrip().startswith("<!doctype html>")
    assert "prior_units_completed=8" in text


def test_a_note_gives_its_facts_without_items(note: Path, tmp_path: Path) -> None:
    """They stand at the top of the line, and come back from it."""
    lines = tmp_path / "note.jsonl"
    assert 0 == run(note, "--format", "jsonl", "--out", lines).exit_code
    line = json.loads(lines.read_text(encoding="utf-8"))
    assert [] == line["items"]
    assert 8 == line["facts"]["record"]["prior_units_completed"]
    assert {"note"} == {finding["section"] for finding in line["findings"]}
    knowledge = load_knowledge()
    (case,) = read_jsonl(lines, knowledge.vocabulary, knowledge.catalogue)
    assert line["facts"]["record"] == case.readings[Reading.RECORD]


def test_a_letter_with_items_keeps_its_facts_with_them() -> None:
    """The top of the line stays empty there: what is whose is told by the items."""
    result = run(cases_folder() / "CM16-0242419.yaml", "--format", "jsonl")
    assert {"record": {}, "rationale": {}} == json.loads(result.stdout)["facts"]


def test_misses_go_to_the_file_alone(note: Path, tmp_path: Path) -> None:
    """The table has its columns; its sentences are on no stream, and none is a formula."""
    table = tmp_path / "misses.csv"
    result = run(note, "--format", "jsonl", "--misses", table)
    assert 0 == result.exit_code
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert f"{len(rows)} sentences not understood" in result.stderr
    for row in rows:
        assert row["sentence"] not in result.output
        assert not row["sentence"].startswith("=")
        start, end = int(row["start"]), int(row["end"])
        assert " ".join(NOTE[start:end].split()) == row["sentence"].removeprefix("'")


@pytest.mark.parametrize("options", [[], ["--explain"]])
def test_a_case_has_no_text_to_show(options: list[str]) -> None:
    """It is said, with what there is instead, and nothing is made up."""
    result = run(cases_folder() / "CM16-0242419.yaml", *options)
    assert "no letter, so there is no text to show; --format jsonl gives its" in result.stderr
    assert "" == result.stdout


def test_what_a_letter_lacks_is_told_in_one_line(tmp_path: Path) -> None:
    """With its file, and what the words that follow are."""
    letter = tmp_path / "letter.txt"
    letter.write_text(
        "HOW THE IMR FINAL DETERMINATION WAS MADE\nCLINICAL CASE SUMMARY\nBack pain.\n"
        "The final determination:\n1. The request for MRI is not medically necessary.\n",
        encoding="utf-8",
    )
    result = run(letter, "--format", "jsonl")
    missing = json.loads(result.stdout)["missing"]
    assert missing
    assert f"{letter}: not found or not usable: {'; '.join(missing)}\n" == result.stderr


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (extract, ["--format", "jsonl"]),
        (evaluate, []),
        (preview, ["--request", "Norco 10/325mg #60"]),
        (packet, []),
    ],
)
def test_words_recognised_from_images_are_told_with_their_confidence(
    command: Command, options: list[str], tmp_path: Path
) -> None:
    """In the terminal as on the page; words that were never pictures are not spoken of."""
    case = json.loads(run(cases_folder() / "CM16-0242419.yaml", "--format", "jsonl").stdout)
    if command is preview:
        case["items"] = []
    recognised = {}
    for confidence in (1.0, 0.93):
        path = tmp_path / f"case_{confidence}.jsonl"
        path.write_text(json.dumps({**case, "confidence": confidence}), encoding="utf-8")
        result = CliRunner().invoke(command, [str(path), *options])
        assert 0 == result.exit_code, result.output
        recognised[confidence] = "recognised from images, confidence 0.93" in result.output
    assert {1.0: False, 0.93: True} == recognised


def test_a_text_is_printed_as_it_is(note: Path) -> None:
    """Offsets count in it: the notice goes beside it."""
    result = run(note)
    assert NOTE == result.stdout
    assert NOTICE in result.stderr


def test_a_case_file_holds_the_facts_of_a_note(note: Path, tmp_path: Path) -> None:
    """At its top, as in a line; and they come back from it."""
    kept = tmp_path / "note.yaml"
    assert 0 == run(note, "--format", "yaml", "--out", kept).exit_code
    line, again = (json.loads(run(path, "--format", "jsonl").stdout) for path in (note, kept))
    assert 8 == again["facts"]["record"]["prior_units_completed"]
    assert line["facts"] == again["facts"]


def test_facts_above_the_items_of_a_case_are_refused(tmp_path: Path) -> None:
    """They would be nobody's; the message names the line and where they belong."""
    case = tmp_path / "case.yaml"
    case.write_text(
        "case: X\nitems:\n  - {item: 1, title: Soma}\nrecord:\n  pain_reduction: {value: yes}\n",
        encoding="utf-8",
    )
    result = CliRunner().invoke(evaluate, [str(case)])
    assert 2 == result.exit_code
    assert f"{case}:4:1: error[inconsistent]: record: the facts of a case with" in result.stderr


@pytest.mark.parametrize("form", ["yaml", "json", "jsonl"])
def test_several_letters_in_one_file_are_read_again(form: str, note: Path, tmp_path: Path) -> None:
    """As many cases as were written, with the same facts."""
    paths = [cases_folder() / "CM16-0242419.yaml", note]
    file = tmp_path / f"all.{form}"
    assert 0 == run(*paths, "--format", form, "--out", file).exit_code
    kept = ("case_number", "items", "facts", "age_years", "latest_date")
    direct, again = (
        [{k: json.loads(line)[k] for k in kept} for line in lines.stdout.splitlines()]
        for lines in (run(*paths, "--format", "jsonl"), run(file, "--format", "jsonl"))
    )
    assert 2 == len(again)
    assert direct == again


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--reader", "llm"], "needs --endpoint URL and --model NAME"),
        (["--reader", "llm", "--endpoint", "http://127.0.0.1:9"], "needs --endpoint"),
        (["--endpoint", "http://127.0.0.1:9"], "go with --reader llm"),
        (["--explain", "--format", "json"], "--explain is for the terminal"),
        (["--explain", "--out", "x.parquet"], "A table is read by cues alone"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    note: Path, options: list[str], words: str
) -> None:
    """There is no endpoint unless one is named."""
    result = run(note, *options)
    assert 2 == result.exit_code
    assert words in " ".join(result.stderr.replace("│", " ").split())


@pytest.mark.parametrize("command", [extract, evaluate])
def test_a_dead_endpoint_rejects_what_it_did_not_read(
    note: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line says where the text goes, one why the file is unread and what to do."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    options = ["--reader", "llm", "--endpoint", "http://127.0.0.1:9", "--model", "m"]
    result = CliRunner().invoke(command, [str(note), *options, "--format", "jsonl"])
    assert 2 == result.exit_code
    assert "" == result.stdout
    assert "The text of every letter is sent to 127.0.0.1:9, unencrypted." in result.stderr
    assert f"{note}: error[reader]: 127.0.0.1:9 gave no usable answer" in result.stderr
    assert "(3 × no connection)" in result.stderr
    assert "Look whether the server runs at that address" in result.stderr
    assert "1 of 1 file rejected." in result.stderr


def test_failures_to_answer_are_told_apart_from_findings_thrown_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nothing is thrown away where nothing was answered."""
    tell_refusals([{Refusal.TIMED_OUT: 1, Refusal.NOT_IN_LETTER: 2}, {Refusal.TIMED_OUT: 1}])
    told = "Asked again: 2 × no answer in time.\n"
    assert (
        f"{told}Findings thrown away: 2 × quotation not in the letter.\n" == capsys.readouterr().err
    )


def test_the_second_reader_is_not_even_imported_by_default(note: Path) -> None:
    """What reaches out to a host stays unloaded until it is asked for."""
    for name in [name for name in sys.modules if name.startswith("imr_rules.reading.second")]:
        del sys.modules[name]
    run(note)
    assert "imr_rules.reading.second" not in sys.modules


def test_a_note_that_asks_for_nothing_is_sent_to_preview(note: Path) -> None:
    """Evaluating it decides nothing, and says what to do instead."""
    result = CliRunner().invoke(evaluate, [str(note), "--format", "jsonl"])
    assert 0 == result.exit_code
    assert "" == result.stdout
    assert "imr-rules preview RECORD --request" in result.stderr


def test_evaluate_takes_the_second_reader_too(note: Path) -> None:
    """The same options, the same line of warning."""
    options = ["--reader", "llm", "--model", "m"]
    assert 2 == CliRunner().invoke(evaluate, [str(note), *options]).exit_code
