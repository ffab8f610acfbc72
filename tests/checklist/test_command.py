"""The command: from a name or a record to a document on stdout or in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.checklist.write import FORMATS
from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError

NOTE = """Progress note.
The patient signed an opioid contract. CURES was reviewed and is consistent.
"""


def folder_of_letters() -> Path:
    """Return the folder of real letters, or skip."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("IMR_LETTERS", root.parent / "shared" / "letters"))
    if not folder.is_dir():
        pytest.skip(f"no letters in {folder}; set IMR_LETTERS")
    return folder


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_is_written_whole(form: str, tmp_path: Path) -> None:
    """--out makes a file of the asked kind."""
    out = tmp_path / f"list.{form}"
    result = CliRunner().invoke(
        group, ["checklist", "lumbar MRI", "--as-of", "2015-06-01", "--format", form,
                "--out", str(out)],
    )  # fmt: skip
    assert 0 == result.exit_code
    starts = {"md": b"# ", "html": b"<!doctype", "pdf": b"%PDF", "docx": b"PK", "fhir": b"{"}
    assert out.read_bytes().lstrip().startswith(starts[form])


def test_a_note_fills_the_boxes_with_its_words(tmp_path: Path) -> None:
    """What the note shows is ticked, quoted, and told with its place."""
    note = tmp_path / "note.txt"
    note.write_text(NOTE, encoding="utf-8")
    result = CliRunner().invoke(
        group, ["checklist", "Norco 10/325 #120", "--as-of", "2015-06-01", "--from", str(note)]
    )
    text = result.stdout
    start = NOTE.index("opioid contract")
    assert "[x] Yes" in text
    assert "opioid contract" in text
    assert f"(note, characters {start} to" in text or f"characters {NOTE.index('signed')}" in text


def test_a_filled_questionnaire_is_taken_by_preview(tmp_path: Path) -> None:
    """checklist --format fhir, then preview: the answers arrive."""
    note, response = tmp_path / "note.txt", tmp_path / "response.json"
    note.write_text(NOTE, encoding="utf-8")
    made = CliRunner().invoke(
        group, ["checklist", "Norco 10/325 #120", "--as-of", "2015-06-01", "--from", str(note),
                "--format", "fhir", "--out", str(response)],
    )  # fmt: skip
    assert 0 == made.exit_code
    result = CliRunner().invoke(group, ["preview", str(response), "--format", "json"])
    facts = json.loads(result.stdout)[0]["trace"]["facts"]
    assert "yes" == facts["opioid_agreement_signed"]


@pytest.mark.letters
def test_real_letters_fill_checklists_and_packets(tmp_path: Path) -> None:
    """Every tenth letter gives a preview, a packet and a filled checklist."""
    found = sorted(p for p in folder_of_letters().rglob("*") if p.suffix in (".pdf", ".txt"))
    letters = found[::10]
    assert letters
    for letter in letters:
        result = CliRunner().invoke(group, ["preview", str(letter), "--format", "json"])
        assert 0 == result.exit_code, letter.name
        assert 0 == CliRunner().invoke(group, ["packet", str(letter)]).exit_code, letter.name
        for line in json.loads(result.stdout)[:1]:
            if line["trace"]["treatment"] is None:
                continue
            filled = CliRunner().invoke(
                group, ["checklist", line["title"], "--from", str(letter), "--format", "html"]
            )
            assert 0 == filled.exit_code, letter.name


def test_a_topic_is_not_said_to_govern_on_a_day_it_is_not_in_force() -> None:
    """The error tells from when until when it is; without a day its own is taken."""
    done = CliRunner().invoke(
        group, ["checklist", "mtus-2009/carisoprodol", "--as-of", "1999-01-01"]
    )
    assert isinstance(done.exception, InputError)
    assert "not in force on 1999-01-01: it is from 2009-07-18 until" in str(done.exception)
    assert 0 == CliRunner().invoke(group, ["checklist", "mtus-2009/carisoprodol"]).exit_code


@pytest.mark.parametrize("form", ["md", "html", "fhir"])
def test_a_request_that_names_no_part_is_told_which_would_find_a_closer_text(form: str) -> None:
    """ "MRI" is governed by what is left for other parts; the parts with a text are named."""
    arguments = ["checklist", "MRI", "--as-of", "2016-08-01", "--format", form]
    assert "names no part of the body" in CliRunner().invoke(group, arguments).stdout
    arguments[1] = "MRI of the lumbar spine"
    assert "names no part of the body" not in CliRunner().invoke(group, arguments).stdout


def test_what_is_not_there_is_named_with_what_is() -> None:
    """Of an unknown language, item or treatment it is said which there are, or where to look."""
    case = str(cases_folder() / "CM17-0012593.yaml")
    for arguments, remedy in (
        (["checklist", "MRI", "--lang", "fr"], "Known: en, es."),
        (["packet", case, "--item", "99"], "Items: 1, 2, 3."),
        (["checklist", "xyzzy"], "imr-rules show"),
    ):
        done = CliRunner().invoke(group, arguments)
        assert remedy in str(done.exception), arguments
