"""Batches: what cannot be read stops nothing, is told, and shows in the exit status."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result

from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder

CASE = cases_folder() / "CM16-0242419.yaml"
NOTE = "Follow-up visit.\nPlan: refill. The patient signed an opioid agreement.\n"
BATCHES = (
    ("extract", "--format", "jsonl"),
    ("evaluate",),
    ("audit",),
    ("audit", "--engine", "table"),
    ("whatif", "--ablate"),
)


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(a) for a in arguments], catch_exceptions=False)


@pytest.mark.parametrize("command", BATCHES, ids=" ".join)
def test_a_path_where_nothing_stands_stops_no_batch(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    """The file after it is read; the message names the path, and the status says 2."""
    missing = tmp_path / "missing.txt"
    name, *options = command
    result = invoke(name, missing, CASE, *options)
    assert 2 == result.exit_code
    assert result.stdout == invoke(name, CASE, *options).stdout != ""
    assert f"{missing}: error[input]: does not exist. Check the path.\n" in result.stderr
    assert "1 of 2 files rejected." in result.stderr


@pytest.mark.parametrize("command", BATCHES, ids=" ".join)
def test_a_batch_that_was_read_whole_ends_well(command: tuple[str, ...]) -> None:
    """Status 0 promises that every file named was read."""
    name, *options = command
    assert 0 == invoke(name, CASE, *options).exit_code


def test_a_folder_without_letters_stops_no_batch(tmp_path: Path) -> None:
    """It is rejected like a file that cannot be read."""
    result = invoke("extract", tmp_path, CASE, "--format", "jsonl")
    assert 2 == result.exit_code
    assert 1 == len(result.stdout.splitlines())
    assert f"{tmp_path}: error[input]: holds no letter or case. Readable are .txt" in result.stderr


def test_a_folder_says_what_it_passes_over(tmp_path: Path) -> None:
    """Counted by ending; capitals are read, and what nobody takes for a letter goes unmentioned."""
    (tmp_path / "a.TXT").write_text(NOTE, encoding="utf-8")
    for name in ("b.doc", "c.DOC", "d.odt", "e"):
        (tmp_path / name).write_text(NOTE, encoding="utf-8")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "README.md", "list.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    result = invoke("extract", tmp_path, "--format", "jsonl")
    assert 0 == result.exit_code
    assert ["a"] == [json.loads(line)["case_number"] for line in result.stdout.splitlines()]
    told = f"{tmp_path}: passed over for their endings: 2 .doc, 1 .odt, 1 without one. Readable are"
    assert told in result.stderr
    assert 1 == len(result.stderr.splitlines())


def test_an_archive_of_letters_goes_on_past_what_cannot_be_opened(tmp_path: Path) -> None:
    """A missing path, a missing list and a broken archive are listed; the rest becomes a table."""
    with ZipFile(tmp_path / "A.ZIP", "w") as archive:
        archive.writestr("note.txt", NOTE)
        archive.writestr("old.doc", NOTE)
    (tmp_path / "bad.zip").write_bytes(b"PK")
    (tmp_path / "case.yaml").write_bytes(CASE.read_bytes())
    out = tmp_path / "tables" / "facts.parquet"
    missing = (tmp_path / "missing.txt", f"@{tmp_path}/missing-list.txt")
    result = invoke("extract", *missing, tmp_path, "--out", out, "--workers", 1)
    assert 2 == result.exit_code, result.stderr
    assert f"{out}: 2 items of 2 letters." in result.stderr
    assert "3 files rejected" in result.stderr
    assert "A.ZIP: passed over for their endings: 1 .doc." in result.stderr
    listed = out.with_name("rejected.jsonl").read_text(encoding="utf-8").splitlines()
    names = {Path(json.loads(line)["path"]).name for line in listed}
    assert {"missing.txt", "missing-list.txt", "bad.zip"} == names


def test_nothing_to_extract_makes_no_table(tmp_path: Path) -> None:
    """One line says why, and no folder is left behind."""
    out = tmp_path / "facts.parquet"
    result = invoke("extract", tmp_path / "missing.txt", "--out", out)
    assert 2 == result.exit_code
    assert 1 == len(result.stderr.splitlines())
    assert not out.exists()


@pytest.mark.parametrize("command", ["evaluate", "audit", "whatif"])
def test_a_backend_named_in_vain_is_refused(command: str) -> None:
    """Letters and cases are not decided there; a slip in its name must not pass unseen."""
    options = ["--ablate"] if command == "whatif" else []
    result = invoke(command, CASE, "--backend", "nosuch", *options)
    assert 2 == result.exit_code
    assert "" == result.stdout
    assert "--backend goes with facts tables" in " ".join(result.stderr.split())


def test_a_path_named_again_is_rejected_once(tmp_path: Path) -> None:
    """As often as a shell may have put it on the line."""
    missing = tmp_path / "missing.txt"
    result = invoke("audit", missing, CASE, missing, missing, "--out", tmp_path / "out")
    assert 1 == result.stderr.count("does not exist")
    assert "1 of 2 files rejected." in result.stderr
    listed = (tmp_path / "out" / "rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert 1 == len(listed)


def test_a_link_to_what_is_gone_is_told(tmp_path: Path) -> None:
    """It may have been a letter; a folder does not lose it in silence."""
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere.txt")
    result = invoke("extract", tmp_path, "--format", "jsonl")
    assert 2 == result.exit_code
    assert 1 == len(result.stdout.splitlines())
    assert f"{tmp_path}/lost.txt: error[input]: cannot be read" in result.stderr
    assert "1 of 2 files rejected." in result.stderr


def test_what_nobody_has_reviewed_is_no_determination(tmp_path: Path) -> None:
    """A request is judged on its record alone, and there is nothing in it to audit."""
    request = tmp_path / "request.yaml"
    request.write_text('request: "Norco 10/325 #120"\nrequest_date: 2016-08-01\n', encoding="utf-8")
    judged = invoke("evaluate", request)
    assert 0 == judged.exit_code
    assert "request 2016-08-01" in judged.stdout
    assert "on the record alone:" in judged.stdout
    assert "on the reviewer's findings" not in judged.stdout
    audited = invoke("audit", request, CASE)
    assert 2 == audited.exit_code
    assert "a request that nobody has reviewed yet" in audited.stderr
    assert audited.stdout == invoke("audit", CASE).stdout


def test_no_report_is_written_into_a_file_named_as_a_table(tmp_path: Path) -> None:
    """What is no facts table has no outcomes in columns; the message says how to get them."""
    out = tmp_path / "outcomes.parquet"
    result = invoke("evaluate", CASE, "--out", out)
    assert 2 == result.exit_code
    assert "imr-rules extract PATH --out FACTS.parquet" in " ".join(result.stderr.split())
    assert not out.exists()


def test_a_determination_without_items_is_no_note(tmp_path: Path) -> None:
    """Its items were not found: that is told, and the status says so."""
    letter = tmp_path / "letter.txt"
    letter.write_text(
        "Case Number: CM16-0900001\nDecision Date: 01/12/2017\nCLINICAL CASE SUMMARY\n"
        "The injured worker has low back pain.\nIMR ISSUES, DECISIONS AND RATIONALES\n",
        encoding="utf-8",
    )
    result = invoke("evaluate", letter, CASE)
    assert 2 == result.exit_code
    assert f"{letter}: error[input]: holds no item in dispute" in result.stderr
    assert result.stdout == invoke("evaluate", CASE).stdout
