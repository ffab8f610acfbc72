"""``imr-rules audit`` as a user runs it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars
import pytest
from click.testing import CliRunner, Result

from imr_rules.audit.to_json import FORMAT
from imr_rules.audit.write import FILES
from imr_rules.cli.audit import command
from imr_rules.cli.main import group
from imr_rules.errors import InputError
from imr_rules.notice import NOTICE

from .written_determinations import Written

LETTERS = (
    Written(cited="The Expert Reviewer did not cite any medical evidence for its decision."),
    Written(number="CM17-0000002", injury="10/05/2016", outcome="Overturned"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two letters and a file that is none."""
    letters = tmp_path / "letters"
    letters.mkdir()
    for letter in LETTERS:
        (letters / f"{letter.number}.txt").write_text(letter.text, encoding="utf-8")
    (letters / "empty.txt").write_text(" \n", encoding="utf-8")
    return letters


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [*map(str, arguments), "--engine", "reference"])


def test_the_folder_holds_every_file(folder: Path, tmp_path: Path) -> None:
    """Report, findings, scores, items and what was rejected; a bad file stops nothing."""
    out = tmp_path / "deep" / "audit"
    result = run(folder, "--out", out)
    assert result.exit_code == 2
    assert {path.name for path in out.iterdir()} == set(FILES)
    found = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    assert found["format"] == FORMAT
    for finding in found["findings"]:
        assert {"kind", "case_number", "item", "severity", "confidence", "explanation"} <= set(
            finding
        )
        assert all({"section", "start", "end", "quote"} <= set(e) for e in finding["evidence"])
    assert polars.read_parquet(out / "items.parquet").height == 2
    rejected = (out / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert ["empty.txt"] == [Path(json.loads(line)["path"]).name for line in rejected]
    assert "1 of 3 files rejected." in result.stderr


def test_a_determination_given_twice_counts_once(folder: Path, tmp_path: Path) -> None:
    """A copy, and the same case and day in other words, are told and left out; nothing is wrong."""
    (folder / "empty.txt").unlink()
    first, second = LETTERS
    (folder / "copy.txt").write_text(first.text, encoding="utf-8")
    other = second.text.replace("A fictional cook", "This fictional cook")
    (folder / "other words.txt").write_text(other, encoding="utf-8")
    later = replace(second, decided="03/01/2017").text
    (folder / "decided again.txt").write_text(later, encoding="utf-8")
    result = run(folder, "--out", tmp_path / "audit")
    assert 0 == result.exit_code
    assert "3 items" in result.stdout.splitlines()[0]
    lines = (tmp_path / "audit" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert {"copy.txt", "other words.txt"} <= {
        Path(name).name for line in lines for name in re.findall(r"[^/]+\.txt", line)
    }
    assert 2 == len(lines)
    assert 2 == result.stderr.count("it counts once.")
    assert "<h2>Files left out</h2>" in (tmp_path / "audit" / "report.html").read_text("utf-8")


def test_a_table_tells_of_letters_twice_and_its_audit_counts_them_once(
    folder: Path, tmp_path: Path
) -> None:
    """What `extract` wrote of a letter and its copies is one determination to `audit`."""
    (folder / "empty.txt").unlink()
    for name in ("copy.txt", "copy of the copy.txt"):
        (folder / name).write_text(LETTERS[0].text, encoding="utf-8")
    table = tmp_path / "facts.parquet"
    runner = CliRunner()
    made = runner.invoke(group, ["extract", str(folder), "--out", str(table), "--workers", "1"])
    assert 0 == made.exit_code, made.output
    assert "4 items of 4 letters." in made.stderr
    assert "2 letters of a case and day of decision that the table holds already" in made.stderr
    told = runner.invoke(group, ["audit", str(table)])
    assert told.stdout.startswith("2 determinations, 2 items")
    assert "2 letters of cases that were read already count once: " in told.stderr


def test_what_determines_nothing_is_rejected(folder: Path, tmp_path: Path) -> None:
    """A shopping list and a case without items are named, counted and listed, not left out."""
    (folder / "grocery.txt").write_text("milk\neggs, a dozen\nApples: 1 kg\n", encoding="utf-8")
    (folder / "itemless.yaml").write_text(
        "case: CM17-0000009\ndecision_date: 2017-02-01\nitems: []\n", encoding="utf-8"
    )
    result = run(folder, "--out", tmp_path / "audit")
    assert 2 == result.exit_code
    assert "3 of 5 files rejected." in result.stderr
    assert "itemless.yaml: error[input]: holds no item in dispute under case CM17-0000009: " in (
        result.stderr
    )
    lines = (tmp_path / "audit" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    names = [Path(json.loads(line)["path"]).name for line in lines]
    assert ["empty.txt", "grocery.txt", "itemless.yaml"] == names


def test_without_a_determination_there_is_no_report(tmp_path: Path) -> None:
    """An empty report would look like an audit."""
    list_ = tmp_path / "grocery.txt"
    list_.write_text("milk\neggs, a dozen\n", encoding="utf-8")
    result = run(list_, "--out", tmp_path / "audit")
    assert isinstance(result.exception, InputError)
    assert "holds no determination" in str(result.exception)
    assert "" == result.stdout
    assert not (tmp_path / "audit").exists()


def test_a_number_that_no_case_has_is_refused_before_deciding(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers are known once the files are read; the error names one of them."""
    monkeypatch.setattr("imr_rules.cli.audit.corpus_of", lambda *_, **__: pytest.fail("decided"))
    told = str(run(folder, "--case", "nosuch").exception)
    assert f"2 determinations were read: name one of theirs, such as {LETTERS[0].number}." in told


def test_a_quotation_is_found_in_the_letter_as_extract_prints_it(
    folder: Path, tmp_path: Path
) -> None:
    """``text[start:end] == quote`` over the letter as read."""
    run(folder, "--out", tmp_path / "audit")
    found = json.loads((tmp_path / "audit" / "findings.json").read_text(encoding="utf-8"))
    texts = {letter.number: letter.text for letter in LETTERS}
    quoted = [(f, e) for f in found["findings"] for e in f["evidence"] if e["quote"]]
    assert quoted
    for finding, evidence in quoted:
        text = texts[finding["case_number"]]
        assert evidence["quote"] == text[evidence["start"] : evidence["end"]]


def test_an_audit_run_again_is_the_same(folder: Path, tmp_path: Path) -> None:
    """Nothing depends on chance or on the clock."""
    for name in ("first", "second"):
        run(folder, "--out", tmp_path / name)
    for name in FILES:
        first = (tmp_path / "first" / name).read_bytes()
        assert first == (tmp_path / "second" / name).read_bytes(), name


def test_the_summary_is_one_screen_with_one_notice(folder: Path) -> None:
    """Both bases side by side, the base rate first, counts of findings, one notice."""
    result = run(folder)
    assert "always upheld (base rate)" in result.stdout
    assert " ".join(result.stdout.split()).count(NOTICE) == 1


def test_one_of_a_thing_is_not_said_like_several(folder: Path) -> None:
    """The head counts a single letter as one, and a page ends a sentence before the next."""
    letter = next(folder.glob("CM17-0000001*"))
    head = run(letter).stdout.splitlines()[0]
    assert head.startswith("1 determination, 1 item, ")
    assert "of 1 decided item overturned" in head
    page = run(folder, "--case", "CM17-0000001", "--format", "html").stdout
    decided = re.search(r'<p class="decided">(.*?)</p>', page, re.DOTALL)
    assert decided
    words = re.sub(r"<[^>]*>", "", decided[1])
    assert ". Governed on" in " ".join(words.split())
    assert ". The reviewer cites: " in " ".join(words.split())


def test_one_determination_can_be_printed_as_a_page(folder: Path) -> None:
    """Text and HTML of one case hold its findings and no other case's."""
    text = run(folder, "--case", "cm17-0000001").stdout
    assert "CM17-0000001" in text
    assert "No guideline is cited" in text
    assert "CM17-0000002" not in text
    html = run(folder, "--case", "CM17-0000001", "--format", "html").stdout
    assert html.startswith("<!DOCTYPE html>")
    assert "No guideline is cited" in html
    lines = json.loads(run(folder, "--case", "CM17-0000001", "--format", "json").stdout)
    assert {"CM17-0000001"} == {finding["case_number"] for finding in lines["findings"]}


def test_an_unknown_case_is_met_with_the_nearest(folder: Path) -> None:
    """A slip in a case number names the one that was probably meant."""
    result = run(folder, "--case", "CM17-000001")
    assert result.exit_code == 1
    assert "CM17-0000001" in str(result.exception)


def test_the_index_tells_what_either_side_lacks(folder: Path, tmp_path: Path) -> None:
    """Letters without a row, rows without a letter, and what both tell otherwise."""
    index = tmp_path / "export.csv"
    index.write_text(
        "Case Number,Date of Injury,Decision Date,Request Decision\n"
        "CM17-0000002,10/05/2016,02/20/2017,Upheld\n"
        "CM17-0000077,10/05/2016,02/20/2017,Upheld\n",
        encoding="utf-8",
    )
    out = run(folder, "--index", index).stdout
    assert "in the index, no letter: 1: CM17-0000077" in out
    assert "a letter, not in the index: 1: CM17-0000001" in out
    assert "CM17-0000002: 1 item overturned in the letter, 0 in the index" in out


def test_html_of_everything_is_refused_with_the_way_to_get_it() -> None:
    """``--format html`` without a case points at ``--out``."""
    result = run(".", "--format", "html")
    assert result.exit_code == 2
    assert "--out" in result.stderr


@pytest.mark.letters
def test_every_quotation_of_the_real_letters_is_exact(real_letters: Path, tmp_path: Path) -> None:
    """On real letters, too, quotations stand at their offsets; nothing is rejected."""
    from imr_rules.cases.from_paths import Loaded, load_cases
    from imr_rules.knowledge import load_knowledge

    result = run(real_letters, "--out", tmp_path)
    assert result.exit_code == 0
    assert (tmp_path / "rejected.jsonl").read_text(encoding="utf-8") == ""
    loaded = load_cases([real_letters], load_knowledge())
    texts = {one.case.case_number: one.case.text for one in loaded if isinstance(one, Loaded)}
    found: dict[str, Any] = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    quoted = [(f, e) for f in found["findings"] for e in f["evidence"] if e["quote"]]
    assert len(quoted) > 20
    for finding, evidence in quoted:
        text = texts[finding["case_number"]]
        assert evidence["quote"] == text[evidence["start"] : evidence["end"]]
