"""The command line as a user meets it: what it prints, where, and with which status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.schemas import SCHEMAS

CASE = cases_folder() / "CM16-0242419.yaml"


def run(*arguments: str) -> tuple[int, str, str]:
    """Run the real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "imr_rules", *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_evaluate_prints_every_item_on_both_bases() -> None:
    """A person reads the request, the decision, both predictions and the notice."""
    status, out, _ = run("evaluate", str(CASE))
    text = " ".join(out.split())
    assert 0 == status
    assert "1. Acupuncture therapy sessions lumbar spine #6 decided: overturned" in text
    assert 2 == text.count("on the record alone:")
    assert "on the reviewer's findings: overturned (met) · as decided" in text
    assert "no medical or legal advice" in text


def test_evaluate_jsonl_carries_the_contract() -> None:
    """Every key that other programs rely on is there, one line an item and basis."""
    _, out, _ = run("evaluate", str(CASE), "--format", "jsonl", "--basis", "review")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [1, 2] == [line["item"] for line in lines]
    promised = {
        "format", "engine", "rules_version", "case_number", "item", "title", "treatment",
        "category", "edition", "topic", "basis", "prediction", "certainty",
        "likelihood_overturned", "distance", "hinges_on", "reasons", "actual", "agrees",
    }  # fmt: skip
    assert all(promised <= line.keys() for line in lines)
    assert "imr.trace.v1" == lines[0]["format"]
    decisive = [reason for reason in lines[0]["reasons"] if reason["decisive"]]
    assert decisive
    assert {"criterion", "status", "statement", "cite", "evidence"} <= decisive[0].keys()


def test_both_engines_print_the_same_conclusions() -> None:
    """Only the engine's name may differ."""
    answers = []
    for engine in ("reference", "durable"):
        runner = CliRunner()
        arguments = ["evaluate", str(CASE), "--format", "json", "--engine", engine]
        result = runner.invoke(group, arguments)
        if result.exit_code:
            pytest.skip("durable-rules is not installed for this Python")
        answers.append([{**line, "engine": None} for line in json.loads(result.stdout)])
    assert answers[0] == answers[1]


def test_extracted_lines_can_be_evaluated(tmp_path: Path) -> None:
    """What extract writes, evaluate reads: the conclusions are those of the case itself."""
    lines = tmp_path / "case.jsonl"
    status, _, _ = run("extract", str(CASE), "--format", "jsonl", "--out", str(lines))
    assert 0 == status
    _, direct, _ = run("evaluate", str(CASE), "--format", "json")
    _, again, _ = run("evaluate", str(lines), "--format", "json")
    keys = ("item", "basis", "prediction", "certainty", "facts")
    assert [[line[k] for k in keys] for line in json.loads(direct)] == [
        [line[k] for k in keys] for line in json.loads(again)
    ]


def test_an_extracted_case_file_reads_back(tmp_path: Path) -> None:
    """``extract --format yaml`` writes a case file that evaluate takes."""
    copy = tmp_path / "copy.yaml"
    run("extract", str(CASE), "--format", "yaml", "--out", str(copy))
    status, out, _ = run("evaluate", str(copy), "--format", "jsonl", "--basis", "review")
    assert 0 == status
    assert ["overturned", "upheld"] == [json.loads(line)["prediction"] for line in out.splitlines()]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.txt", b"", "is empty"),
        ("junk.txt", bytes(range(256)) * 40, "is not text"),
        ("broken.pdf", b"%PDF-1.4 broken", "damaged or cut-off PDF"),
        ("bomb.yaml", b"a: &a [x, x]\nb: [*a, *a]\n", "anchor or alias"),
        ("line.jsonl", b'{"case_number": 1}\n', "is no imr.determination.v1 line"),
        (
            "fact.yaml",
            b"case: X\nitems:\n  - item: 1\n    title: Soma 350mg #30\n    record:\n"
            b"      pain_reductoin: {value: yes}\n",
            "Did you mean 'pain_reduction'",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    """No traceback, nothing on stdout, a remedy on stderr."""
    bad = tmp_path / name
    bad.write_bytes(content)
    status, out, err = run("evaluate", str(bad))
    assert 2 == status
    assert "" == out
    assert words in err
    assert "Traceback" not in err


def test_a_bad_file_never_stops_a_batch(tmp_path: Path) -> None:
    """The good case is decided, the bad one is counted, and the status tells scripts of it."""
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.yaml").write_text(CASE.read_text(encoding="utf-8"), encoding="utf-8")
    status, out, err = run("evaluate", str(tmp_path))
    assert 2 == status
    assert "CM16-0242419" in out
    assert "1 of 2 files rejected." in err


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_schema_prints(name: str) -> None:
    """Each format has a JSON Schema."""
    _, out, _ = run("schema", name)
    assert json.loads(out)["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("pain_reduction", "Did pain fall"),
        ("carisoprodol", "not recommended"),
        ("Norco 10/325 #120", "governed by"),
    ],
)
def test_show_reads_the_knowledge(asked: str, words: str) -> None:
    """Facts, topics and requests can all be shown."""
    _, out, _ = run("show", asked, "--as-of", "2015-06-01")
    assert words in " ".join(out.split())


def test_show_suggests_what_may_have_been_meant() -> None:
    """A slip of the pen is answered with the nearest name."""
    status, _, err = run("show", "carisoprodl")
    assert 2 == status
    assert "'carisoprodol'" in err


def test_no_colour_reaches_a_pipe() -> None:
    """Escape codes are for terminals."""
    assert "\x1b" not in run("evaluate", str(CASE))[1]


def test_a_command_is_the_same_whatever_the_program_was_called_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program that calls the group within itself gets the whole command, not its listing."""
    monkeypatch.setattr(sys, "argv", ["program"])
    result = CliRunner().invoke(group, ["schema", "case"])
    assert 0 == result.exit_code
    assert "properties" in json.loads(result.stdout)


@pytest.mark.parametrize(
    ("typed", "offered"), [("imr-rules ev", "evaluate"), ("imr-rules evaluate --bas", "--basis")]
)
def test_a_shell_completes_commands_and_options(typed: str, offered: str) -> None:
    """What bash asks for after a tab."""
    asked = {
        "_IMR_RULES_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "imr_rules"], capture_output=True, text=True, check=False,
        env=os.environ | asked,
    )  # fmt: skip
    assert f"plain,{offered}" == done.stdout.strip()


def test_help_is_quick() -> None:
    """``--help`` answers before anyone can wonder; the best of three, as machines are shared."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        assert 0 == run("--help")[0]
        times.append(time.perf_counter() - start)
    assert min(times) < 0.6


def test_output_that_cannot_be_written_is_no_success() -> None:
    """A full disk behind stdout is told, with status 2."""
    if not Path("/dev/full").is_char_device():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "imr_rules", "evaluate", str(CASE), "--format", "jsonl"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert 2 == done.returncode
    assert "cannot be written" in done.stderr


def test_a_reader_that_goes_away_is_no_failure() -> None:
    """``imr-rules ... | head -1`` ends quietly."""
    evaluate = f"{sys.executable} -m imr_rules evaluate --engine reference"
    command = f"{evaluate} {cases_folder()} | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_a_case_cannot_give_orders_to_the_terminal(tmp_path: Path) -> None:
    """Escape codes and direction overrides in a file are refused where they stand."""
    case = tmp_path / "case.yaml"
    text = 'case: X\nitems:\n  - item: 1\n    title: "\\u001b[31mNorco 10/325mg #60"\n'
    case.write_text(text, encoding="utf-8")
    status, out, err = run("evaluate", str(case))
    assert (2, "") == (status, out)
    assert "case.yaml:4:12" in err
    assert "\x1b" not in err


def test_nothing_to_audit_is_one_line(tmp_path: Path) -> None:
    """An audit of unreadable files prints no scores of nothing."""
    (tmp_path / "empty.pdf").write_bytes(b"")
    status, out, err = run("audit", str(tmp_path / "empty.pdf"))
    assert (2, "") == (status, out)
    assert "nothing to audit" in err


def test_a_document_for_a_folder_that_does_not_exist_says_what_to_do() -> None:
    """The reason alone leaves it open whether the file or its folder is missing."""
    status, _, told = run("checklist", "tramadol", "--out", "/nonexistent/a.pdf")
    assert 2 == status
    assert "cannot be written" in told
    assert "Make the folder /nonexistent, or write elsewhere." in told


def test_an_old_encoding_shows_what_it_knows() -> None:
    """A terminal of Latin letters gets a question mark for a sign it lacks, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "imr_rules", "evaluate", str(CASE)],
        capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )  # fmt: skip
    assert (0, b"") == (done.returncode, done.stderr)
    assert "Acupuncture therapy sessions" in done.stdout.decode("latin-1")
