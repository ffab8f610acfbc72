"""A record is read as what it is, whatever it is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from imr_rules.cases.fhir_links import TITLE
from imr_rules.cases.from_letter import facts_used
from imr_rules.cases.from_paths import Loaded, Rejected, load_cases
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_record
from imr_rules.cases.record_kind import RecordKind, kind_of_record
from imr_rules.cases.to_json import case_to_json
from imr_rules.cases.to_yaml import case_to_yaml
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError
from imr_rules.facts.model import Reading
from imr_rules.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
REQUEST = 'request: "Norco 10/325 #120"\nrequest_date: 2015-06-01\nfacts: {cures_checked: no}\n'
RESPONSE = json.dumps({"resourceType": "QuestionnaireResponse", "item": []})
RESPONSE_ASKING = json.dumps(
    {
        "resourceType": "QuestionnaireResponse",
        "item": [{"linkId": TITLE, "answer": [{"valueString": "Norco 10/325 #120"}]}],
    }
)
BUNDLE = json.dumps({"resourceType": "Bundle", "entry": []}, indent=2)
CASE = 'case: "CM1"\nitems:\n  - {item: 1, title: "Norco 10/325 #120"}\n'
CASE_OF_ONE = """case: "CM1"
items:
  - item: 1
    title: "Norco 10/325 #120"
    actual: upheld
    record:
      cures_checked: {value: no, note: "Not looked up"}
"""
LINE = json.dumps({"format": "imr.determination.v1", "case_number": "CM1", "items": []})
LINE_OF_ONE = json.dumps(
    {
        "format": "imr.determination.v1",
        "case_number": "CM1",
        "items": [{"item": 1, "title": "Norco 10/325 #120", "actual": None}],
    }
)
NOTE = "Follow-up visit.\nPlan: refill. The patient signed an opioid agreement.\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("record.fhir", RESPONSE, RecordKind.RESPONSE),
        ("record.fhir", BUNDLE, RecordKind.RESPONSE),
        ("record.txt", RESPONSE, RecordKind.RESPONSE),
        ("record.foo", REQUEST, RecordKind.REQUEST),
        ("record", REQUEST, RecordKind.REQUEST),
        ("record.txt", REQUEST, RecordKind.REQUEST),
        ("record.bak", CASE, RecordKind.CASE),
        ("record.out", f"{LINE}\n{LINE}\n", RecordKind.LINES),
        ("record.json", f"[{LINE}, {LINE}]", RecordKind.LINES),
        ("record.json", f"[{LINE},{' ' * 9_000_000}{LINE}]", RecordKind.LINES),
        ("record.out", f"# a comment\n{CASE}---\n{CASE}", RecordKind.CASE),
        ("record.json", f"[{' ' * 9_000_000}]", RecordKind.RESPONSE),
        ("record.txt", NOTE, RecordKind.LETTER),
        ("record", NOTE, RecordKind.LETTER),
        ("record.foo", "<html><body>Note</body></html>", RecordKind.LETTER),
        ("record.foo", "%PDF-1.4", RecordKind.LETTER),
    ],
)
def test_contents_tell_what_an_unknown_ending_does_not(
    name: str, text: str, kind: RecordKind, tmp_path: Path
) -> None:
    """A form is never read as prose because of its name."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert kind is kind_of_record(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("record.foo", NOTE),
        ("record.foo", REQUEST.replace("request:", "reqest:")),
        ("record", REQUEST.replace("request:", "reqest:")),
        ("record.fhir", '{"resourceType": "Bundle", '),
        ("record", '{"resourceType": "Bundle", '),
    ],
)
def test_what_nothing_tells_is_refused_with_the_endings(
    name: str, text: str, tmp_path: Path
) -> None:
    """Rather than false findings: an error that says how to name the file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_record(path, KNOWLEDGE)
    assert ".yaml" in caught.value.hint
    assert path == caught.value.at.path if caught.value.at else False


def test_a_request_file_of_any_name_keeps_its_facts(tmp_path: Path) -> None:
    """What is stated in it is known, and nothing else is read out of it."""
    path = tmp_path / "norco.foo"
    path.write_text(REQUEST, encoding="utf-8")
    case = load_record(path, KNOWLEDGE)
    assert [{"cures_checked": "no"}] == [dict(*i.readings.values()) for i in case.items]


@pytest.mark.parametrize(
    ("name", "text", "items"),
    [
        ("request.yaml", REQUEST, 1),
        ("request.txt", REQUEST, 1),
        ("case.txt", CASE_OF_ONE, 1),
        ("lines.json", LINE_OF_ONE, 1),
        ("list.json", f"[{LINE_OF_ONE}]", 1),
        ("indented.json", json.dumps(json.loads(LINE_OF_ONE), indent=2), 1),
        ("response.txt", RESPONSE_ASKING, 1),
    ],
)
def test_every_command_reads_a_file_as_what_it_holds(
    name: str, text: str, items: int, tmp_path: Path
) -> None:
    """What evaluate and audit load is what preview asks about, whatever the file is called."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (entry,) = load_cases([path], KNOWLEDGE)
    assert isinstance(entry, Loaded)
    assert items == len(entry.case.items)
    assert entry.case.items == load_record(path, KNOWLEDGE).items


def test_a_file_that_asks_for_nothing_stops_no_batch(tmp_path: Path) -> None:
    """It is rejected with the remedy; the next one is read."""
    (tmp_path / "blank.json").write_text(RESPONSE, encoding="utf-8")
    (tmp_path / "request.yaml").write_text(REQUEST, encoding="utf-8")
    paths = [tmp_path / "blank.json", tmp_path / "request.yaml"]
    rejected, loaded = load_cases(paths, KNOWLEDGE)
    assert isinstance(rejected, Rejected)
    assert "--request" in rejected.reason
    assert isinstance(loaded, Loaded)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("program.exe", b"\x7fELF\x02\x01\0\0", "is not text. Save a note or letter as .txt"),
        ("note.rtf", NOTE.encode(), "its ending .rtf does not tell what it is. If it is a text"),
        ("other.json", b"[]", "what imr-rules extract --format json writes"),
        (
            "two.yaml",
            f"{REQUEST}---\n{REQUEST}".encode(),
            "two.yaml:5:1: error[yaml-syntax]: holds a",
        ),
        ("lines.json", b"{}\n{}\n", "Name a file of JSON lines .jsonl."),
    ],
)
def test_what_cannot_be_read_says_what_to_do(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    """By what it is, where that can be seen."""
    path = tmp_path / name
    path.write_bytes(content)
    (rejected,) = load_cases([path], KNOWLEDGE)
    assert isinstance(rejected, Rejected)
    assert words in rejected.reason


def test_a_broken_entry_of_a_list_is_named_by_its_number(tmp_path: Path) -> None:
    """The entries before it are read."""
    path = tmp_path / "list.json"
    path.write_text(f'[{LINE}, {{"format": "imr.determination.v1"}}]', encoding="utf-8")
    loaded, rejected = load_cases([path], KNOWLEDGE)
    assert isinstance(loaded, Loaded)
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(f"{path} (entry 2): error[input]: is no imr.determination.v1")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("note.yaml", case_to_yaml),
        ("note.jsonl", lambda case: json.dumps(case_to_json(case)) + "\n"),
    ],
)
def test_an_extracted_note_is_asked_about_like_the_note(
    name: str, write: Callable[[Case], str], tmp_path: Path
) -> None:
    """What evaluate advises, preview with a request, works on what extract writes of it."""
    note = tmp_path / "note"
    note.write_text(NOTE, encoding="utf-8")
    (entry,) = load_cases([note], KNOWLEDGE)
    assert isinstance(entry, Loaded)
    extracted = tmp_path / name
    extracted.write_text(write(entry.case), encoding="utf-8")
    asked = "Norco 10/325 #120"
    (direct,) = load_record(note, KNOWLEDGE, requests=[asked]).items
    (item,) = load_record(extracted, KNOWLEDGE, requests=[asked]).items
    assert asked == item.title
    assert dict(direct.readings[Reading.RECORD]) == dict(item.readings[Reading.RECORD]) != {}
    with pytest.raises(InputError, match="does not say what is asked for"):
        load_record(extracted, KNOWLEDGE)


def test_a_note_keeps_what_the_criteria_of_the_request_use(tmp_path: Path) -> None:
    """What decided letters are seldom judged by may be what a chart shows."""
    note = tmp_path / "note.txt"
    note.write_text(
        "Multidisciplinary evaluation done with baseline functional testing. She is motivated to"
        " change. Depression and other negative predictors were addressed.\n",
        encoding="utf-8",
    )
    asked, on = "functional restoration program 80 hours", date(2016, 5, 20)
    (item,) = load_record(note, KNOWLEDGE, requests=[asked], as_of=on).items
    used = facts_used(item.request, on, KNOWLEDGE)
    known = item.readings[Reading.RECORD]
    judged = KNOWLEDGE.lexicon.relevant_facts(item.request.category, (), item.request.treatment)
    for fact in ("multidisciplinary_evaluation_done", "motivated_for_program"):
        assert fact in used - judged
        assert "yes" == known[fact]


def test_what_a_note_asks_for_is_said_to_be_unread(tmp_path: Path) -> None:
    """It may well ask; the remedy names the request."""
    note = tmp_path / "note.txt"
    note.write_text(f"{NOTE}REQUEST FOR AUTHORIZATION: Norco 10/325 mg #120\n", encoding="utf-8")
    with pytest.raises(InputError, match="what a note asks for is not read out of it") as caught:
        load_record(note, KNOWLEDGE)
    assert "--request" in caught.value.hint


def test_the_facts_of_a_case_stand_for_no_other_request() -> None:
    """What is asked for in its place is refused; nothing of it could be known."""
    path = next(iter(sorted(cases_folder().glob("CM16-*.yaml"))))
    with pytest.raises(InputError, match="no other request") as caught:
        load_record(path, KNOWLEDGE, requests=["Norco 10/325 #120"])
    assert "--request" in caught.value.hint
