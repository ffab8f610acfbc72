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


def filled(treatment: str, record: str, folder: Path, *options: str) -> tuple[str, str]:
    """Return the checklist of *treatment* from a file with *record*, and what stderr says."""
    path = folder / "record.yaml"
    path.write_text(record, encoding="utf-8")
    arguments = ["checklist", treatment, "--from", str(path), *options]
    result = CliRunner().invoke(group, arguments, catch_exceptions=False)
    return result.stdout, result.stderr


OTHER = """request: "Norco 7.5/325 mg #60"
request_date: 2015-06-01
facts:
  opioid_agreement_signed: yes
"""


def test_a_record_that_asks_for_another_strength_is_told_and_lends_no_title(tmp_path: Path) -> None:
    """Sheet and stderr name what the record asks for; the response asks for what the sheet does."""
    sheet, said = filled("Norco 10/325 #120", OTHER, tmp_path)
    remark = "asks for another request: Norco 7.5/325 mg #60."
    assert remark in sheet
    assert remark in said
    bundle, _ = filled("Norco 10/325 #120", OTHER, tmp_path, "--format", "fhir")
    assert remark in bundle
    response = tmp_path / "response.json"
    response.write_text(bundle, encoding="utf-8")
    preview = CliRunner().invoke(group, ["preview", str(response), "--format", "json"])
    assert "Norco 10/325 #120" == json.loads(preview.stdout)[0]["title"]


@pytest.mark.parametrize("treatment", ["Norco", "Norco 7.5/325 #60", "Norco 7.5/325mg #60"])
def test_a_record_that_asks_for_the_same_or_tells_more_is_not_remarked_upon(
    treatment: str, tmp_path: Path
) -> None:
    """Other spelling, or a strength that the sheet leaves open, makes no other request."""
    sheet, said = filled(treatment, OTHER, tmp_path)
    assert "Filled in from record.yaml." in sheet
    assert "" == said


def test_what_follows_from_a_title_follows_from_that_of_the_sheet(tmp_path: Path) -> None:
    """The refills of the record's own title are not held against another title."""
    record = OTHER.replace("#60", "#60 with 2 refills")
    own, _ = filled("Norco 7.5/325 mg #60 with 2 refills", record, tmp_path)
    other, _ = filled("Norco 10/325 #120 with 1 refill", record, tmp_path)
    assert "refills requested: 2 refills" in own
    assert "refills requested: 1 refill" in other


@pytest.mark.parametrize("form", ["md", "html", "fhir"])
def test_a_sheet_on_which_nothing_is_ticked_says_so(form: str, tmp_path: Path) -> None:
    """A record that answers no question fills nothing in, and no page claims that it does."""
    note = tmp_path / "list.txt"
    note.write_text("Shopping list\n\nmilk 2 litres\nbread\n", encoding="utf-8")
    result = CliRunner().invoke(
        group, ["checklist", "lumbar MRI", "--from", str(note), "--format", form]
    )
    assert "list.txt answers none of these questions" in result.stdout
    assert "list.txt answers none of these questions" in result.stderr
    assert "Filled in from" not in result.stdout


def test_what_a_record_of_another_topic_says_of_the_worker_is_told_as_such(tmp_path: Path) -> None:
    """The boxes are ticked, and the sheet says that the record asks for nothing of the kind."""
    sheet, said = filled(
        "Norco 10/325 #120", OTHER.replace("Norco 7.5/325 mg #60", "Cane"), tmp_path
    )
    assert "[x] Yes" in sheet
    assert "record.yaml asks for nothing under this topic" in sheet
    assert "record.yaml asks for nothing under this topic" in said


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


TWO = "CT of the low back; EMG/NCV of the left leg"


@pytest.mark.parametrize("form", ["md", "html", "fhir"])
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (TWO, True),
        ("CT of the low back", False),
        ("acoem-2004/low-back-mri-ct", False),
    ],
)
def test_what_has_a_checklist_of_its_own_is_told(asked: str, told: bool, form: str) -> None:
    """Whoever asks for two things at once does not take the sheet of one for both."""
    command = ["checklist", asked, "--as-of", "2016-11-20", "--format", form]
    answer = CliRunner().invoke(group, command).stdout
    own = "not on this sheet: Electromyography with nerve conduction study, lower extremity"
    assert told is (f"{own} (acoem-2004/emg-ncs-lower)." in answer)
    assert "sheet: ." not in answer


def test_a_questionnaire_names_in_fields_what_has_one_of_its_own() -> None:
    """Text, treatment and part of the body stand in an extension."""
    command = ["checklist", TWO, "--as-of", "2016-11-20", "--format", "fhir"]
    questionnaire = json.loads(CliRunner().invoke(group, command).stdout)
    (own,) = [e for e in questionnaire["extension"] if e["url"].endswith("/also-asked")]
    assert own["extension"] == [
        {"url": "topic", "valueString": "acoem-2004/emg-ncs-lower"},
        {"url": "treatment", "valueCode": "emg_ncs"},
        {"url": "body-part", "valueCode": "lower_extremity"},
    ]


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
