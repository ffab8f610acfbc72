"""Commands that write tables: run again into the same place, and into what is not theirs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars
import pytest
from click.testing import CliRunner, Result
from polars.exceptions import ComputeError

from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder, rules_folder
from imr_rules.table.parts import part_files

NOTE = "Follow-up visit.\nPlan: refill. The patient signed an opioid agreement.\n"


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(group, [str(a) for a in arguments])


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A facts table of made-up items."""
    out = tmp_path / "facts.parquet"
    assert 0 == invoke("synthetic", "--items", 40, "--out", out).exit_code
    return out


def test_an_extraction_run_again_goes_on(tmp_path: Path) -> None:
    """What the command wrote is its own place to go on; new letters are read, old ones are not."""
    letters, out = tmp_path / "letters", tmp_path / "facts.parquet"
    letters.mkdir()
    for name in ("one", "two"):
        (letters / f"{name}.txt").write_text(NOTE, encoding="utf-8")
        done = invoke("extract", letters, "--out", out, "--workers", 1)
        assert 0 == done.exit_code, done.stderr
    assert "0 items of 2 letters, 1 of them by an earlier run." in done.stderr


def test_a_letter_is_read_once_however_its_path_is_spelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a path with dots, from another folder, through a link, or from a list."""
    letters, out = tmp_path / "letters", tmp_path / "facts.parquet"
    letters.mkdir()
    (letters / "one.txt").write_text(NOTE, encoding="utf-8")
    (tmp_path / "link").symlink_to(letters)
    listed = tmp_path / "list"
    listed.write_text("link/../letters/one.txt\n", encoding="utf-8")
    monkeypatch.chdir(letters)
    again = letters / ".." / "letters"
    done = invoke("extract", letters, again, tmp_path / "link", ".", f"@{listed}", "--out", out)
    assert (0, True) == (done.exit_code, "0 items of 1 letter." in done.stderr), done.stderr


def test_a_letter_that_has_changed_is_told(tmp_path: Path) -> None:
    """Its old facts stay, and the status says that the table is not what the folder is."""
    letter, out = tmp_path / "one.txt", tmp_path / "facts.parquet"
    letter.write_text(NOTE, encoding="utf-8")
    assert 0 == invoke("extract", letter, "--out", out, "--workers", 1).exit_code
    letter.write_text(NOTE + "No side effects.\n", encoding="utf-8")
    done = invoke("extract", letter, "--out", out, "--workers", 1)
    assert 2 == done.exit_code
    assert f"1 file changed since an earlier run, {letter} for one" in done.stderr


def test_what_was_rejected_is_listed_while_it_cannot_be_read(tmp_path: Path) -> None:
    """Each table keeps its own lines; a file that was mended or removed has none any more."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "good.txt").write_text(NOTE, encoding="utf-8")
        (tmp_path / name / "bad.txt").write_bytes(b"")
    listed = tmp_path / "rejected.jsonl"

    def run(name: str) -> int:
        out = tmp_path / f"{name}.parquet"
        return invoke("extract", tmp_path / name, "--out", out, "--workers", 1).exit_code

    def tables() -> list[str]:
        lines = [json.loads(line) for line in listed.read_text(encoding="utf-8").splitlines()]
        assert {line["reason"].count("error[") for line in lines} == {1}
        return [line["table"] for line in lines]

    assert (2, 2) == (run("a"), run("b"))
    assert ["a.parquet", "b.parquet"] == tables()
    (tmp_path / "a" / "bad.txt").write_text(NOTE, encoding="utf-8")
    assert 0 == run("a")
    assert ["b.parquet"] == tables()
    (tmp_path / "b" / "bad.txt").unlink()
    assert 0 == run("b")
    assert not listed.exists()


def test_letters_of_one_file_are_counted_as_letters(tmp_path: Path) -> None:
    """A file of lines holds as many letters as lines."""
    lines, out = tmp_path / "letters.jsonl", tmp_path / "facts.parquet"
    cases = sorted(cases_folder().glob("CM16-*.yaml"))[:3]
    lines.write_text(invoke("extract", *cases, "--format", "jsonl").stdout, encoding="utf-8")
    assert " of 3 letters." in invoke("extract", lines, "--out", out, "--workers", 1).stderr


def test_a_full_disk_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Polars says of it is no OSError, and not for people."""

    def full(*_: object, **__: object) -> None:
        raise ComputeError("File out of specification")

    monkeypatch.setattr(polars.DataFrame, "write_parquet", full)
    done = invoke("synthetic", "--items", 3, "--out", tmp_path / "facts.parquet")
    assert "Make room on the disk" in str(done.exception)
    assert [] == list(tmp_path.iterdir())


def test_tables_written_at_once_are_written_anew(facts: Path, tmp_path: Path) -> None:
    """A second run takes the place of the first, and leaves nothing else behind."""
    outcomes = tmp_path / "outcomes.parquet"
    for _ in range(2):
        done = invoke("evaluate", facts, "--basis", "review", "--out", outcomes)
        assert 0 == done.exit_code, done.stderr
    assert 0 == invoke("synthetic", "--items", 7, "--out", facts).exit_code
    names = {path.name for path in tmp_path.iterdir()}
    assert {"facts.parquet", "outcomes.parquet", "outcomes.criteria.parquet"} == names


@pytest.mark.parametrize("command", ["extract", "evaluate", "synthetic"])
def test_a_table_that_cannot_be_written_is_named_with_a_remedy(
    command: str, facts: Path, tmp_path: Path
) -> None:
    """Whichever command writes it, the message says where and what to do."""
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    read = {"extract": [note], "evaluate": [facts, "--basis", "review"], "synthetic": []}[command]
    done = invoke(command, *read, "--out", note / "table.parquet")
    told = f"{note / 'table.parquet'}: error[input]: cannot be written (Not a directory). Write"
    assert told in str(done.exception)


@pytest.mark.parametrize("mix", ["cases", "packs"])
def test_a_made_up_table_is_decided_as_it_stands(mix: str, tmp_path: Path) -> None:
    """It holds both bases, as an extracted one does: none has to be asked for."""
    made = tmp_path / "made.parquet"
    assert 0 == invoke("synthetic", "--items", 40, "--mix", mix, "--out", made).exit_code
    done = invoke("evaluate", made)
    assert 0 == done.exit_code, done.stderr
    assert "record: 40 items" in done.stdout
    assert "review: 40 items" in done.stdout


def test_no_table_takes_the_place_of_another_kind(facts: Path, tmp_path: Path) -> None:
    """Outcomes never replace facts, nor a made-up table an extraction or a file."""
    note, letters = tmp_path / "note.txt", tmp_path / "letters.parquet"
    note.write_text(NOTE, encoding="utf-8")
    invoke("extract", note, "--out", letters, "--workers", 1)
    single = tmp_path / "single.parquet"
    single.write_bytes(part_files(facts)[0].read_bytes())
    for out in (facts, letters, single):
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        done = invoke("evaluate", facts, "--basis", "review", "--out", out)
        assert "does not exist yet" in str(done.exception), out
        assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    for out in (letters, single):
        assert "does not exist yet" in str(invoke("synthetic", "--out", out).exception), out


def test_a_document_does_not_take_the_place_of_a_folder(tmp_path: Path) -> None:
    """The message names the folder and says what it is."""
    done = invoke("checklist", "soma", "--out", tmp_path)
    assert f"{tmp_path}: error[input]: cannot be written (Is a directory)" in str(done.exception)


@pytest.mark.parametrize(
    "options",
    [
        ("--engine", "reference"),
        ("--index", "export.csv"),
        ("--all-criteria",),
        ("--reader", "llm"),
        ("--model", "any"),
        ("--format", "json", "--out", "outcomes.parquet"),
    ],
)
def test_options_that_say_nothing_of_a_table_are_refused(
    facts: Path, options: tuple[str, ...]
) -> None:
    """Whoever asks for them would take the answer for one that heeds them."""
    (facts.parent / "export.csv").write_text("Case Number\n", encoding="utf-8")
    files = {"export.csv", "outcomes.parquet"}
    asked = [facts.parent / option if option in files else option for option in options]
    done = invoke("evaluate", facts, "--basis", "review", *asked)
    assert 2 == done.exit_code, done.output
    assert "" == done.stdout
    assert options[0] in done.stderr or "--reader llm" in done.stderr
    assert not (facts.parent / "outcomes.parquet").exists()


@pytest.mark.parametrize(
    ("out", "options", "said"),
    [
        ("made.parquet", ("--format", "yaml"), "--format"),
        ("made.parquet", ("--endpoint", "http://localhost"), "--reader llm"),
        ("made.txt", ("--workers", 2), "--workers"),
    ],
)
def test_an_extraction_refuses_what_it_would_not_heed(
    tmp_path: Path, out: str, options: tuple[object, ...], said: str
) -> None:
    """A table has one form and one reader, and only a table is read on several cores."""
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    done = invoke("extract", note, "--out", tmp_path / out, *options)
    assert 2 == done.exit_code, done.output
    assert said in done.stderr
    assert [note] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "asked", [("evaluate",), ("evaluate", "--basis", "review"), ("whatif", "--ablate")]
)
def test_a_letter_that_a_table_holds_again_counts_once(
    asked: tuple[str, ...], facts: Path, tmp_path: Path
) -> None:
    """As `audit` does, and as all do with letters: what is left out is told on stderr."""
    copy = tmp_path / "copy.parquet"
    shutil.copytree(facts, copy)
    alone, both = invoke(*asked, facts), invoke(*asked, facts, copy)
    assert (0, alone.stdout) == (both.exit_code, both.stdout)
    letters = polars.read_parquet(part_files(facts))["letter"].n_unique()
    told = f"{letters} letters of cases that were read already count once: "
    assert ("", 1) == (alone.stderr, both.stderr.count(told))


def test_outcomes_hold_each_letter_once(facts: Path, tmp_path: Path) -> None:
    """A table of outcomes has an item as often as its counts do, and a changed pack compares so."""
    copy, out = tmp_path / "copy.parquet", tmp_path / "outcomes.parquet"
    shutil.copytree(facts, copy)
    done = invoke("evaluate", facts, copy, "--basis", "review", "--out", out)
    assert "count once" in done.stderr
    assert 40 == polars.scan_parquet(out / "*.parquet").collect().height
    compared = invoke("whatif", facts, copy, "--rules", rules_folder())
    assert compared.stdout.startswith("0 of 40 predictions flip")
    assert "count once" in compared.stderr
