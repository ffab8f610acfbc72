"""The page says what preview and checklist say, and its fields hold all there is to know."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, timedelta
from io import BytesIO

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.serve.browser import Answer, Page, preview, request, submit

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.subject import subject_of
from imr_rules.checklist.wording import load_wording
from imr_rules.checklist.write import checklist_bytes
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.knowledge import load_knowledge
from imr_rules.notice import NOTICE
from imr_rules.preview.build import preview_case

KNOWLEDGE = load_knowledge()
NOTE = """Progress note, May 12, 2016. The worker is 46 years old, his low back was hurt in 2014.
Pain is 8/10 without Norco and 5/10 with it; he returned to modified duty.
CURES was reviewed and is consistent. The opioid agreement is signed.
There is no documentation of a urine drug screen. No aberrant behavior.

Plan: continue Norco 10/325, one twice a day, #60.
"""
ASKED = {"titles": "Norco 10/325 #60", "denied_on": "2016-05-20", "injured_on": "2014-02-03"}


def outcome(answer: Answer) -> str:
    """Return what the page says of its first item."""
    found = re.search(r"Likely outcome: (\w+) (\w+)", " ".join(answer.page.words.split()))
    assert found is not None, answer.text
    return " ".join(found.groups())


REQUESTS = [
    ("Norco 10/325 #60", date(2016, 5, 20)),
    ("lumbar MRI", date(2016, 5, 20)),
    ("Soma 350mg #60", date(2014, 2, 1)),
    ("physical therapy 12 visits left knee", date(2019, 4, 1)),
]


@pytest.mark.parametrize(("title", "day"), REQUESTS, ids=[title for title, _ in REQUESTS])
def test_a_title_alone_is_previewed_as_by_the_command(port: int, title: str, day: date) -> None:
    """Outcome, certainty, citation and every question of the preview stand on the page."""
    answer = preview(port, {"titles": title, "denied_on": day.isoformat()})
    case = case_from_draft(Draft(title, day), KNOWLEDGE.catalogue)
    (expected,) = preview_case(case, KNOWLEDGE, ReferenceEngine())
    conclusion = expected.explanation.conclusion
    assert answer.status == 200
    assert outcome(answer) == f"{conclusion.prediction.value} {conclusion.certainty}"
    words = " ".join(answer.page.words.split())
    for reason in expected.explanation.reasons:
        assert " ".join(f"{reason.statement} [{reason.cite}]".split()) in words
    assert expected.hinges
    for hinge in expected.hinges[:5]:
        for part in hinge.facts:
            assert " ".join(part.question.split()) in words
    assert NOTICE in words


def test_an_answer_changes_the_outcome_and_can_be_taken_back(port: int) -> None:
    """What the record lacks is asked; the answer turns the outcome, and open turns it back."""
    first = preview(port, {**ASKED, "text": NOTE})
    assert outcome(first) == "upheld undocumented"
    question = "answer-1-drug_test_on_file"
    assert first.page.fields[question] == ""
    second = submit(port, first.page, {question: "yes"})
    assert outcome(second) == "overturned met"
    assert second.page.fields[question] == "yes"
    assert "drug test on file: yes · answered here" in " ".join(second.page.words.split())
    assert outcome(submit(port, second.page, {question: ""})) == "upheld undocumented"
    assert outcome(submit(port, second.page, {question: "undocumented"})) == "upheld undocumented"


def test_what_was_misread_can_be_corrected(port: int) -> None:
    """A fact of the record is asked too, as it was read; the answer stands in its place."""
    first = preview(port, {**ASKED, "text": NOTE})
    question = "answer-1-opioid_agreement_signed"
    words = " ".join(first.page.words.split())
    assert "As read: yes" in words
    assert first.page.fields[question] == ""
    corrected = submit(port, first.page, {question: "no", "answer-1-drug_test_on_file": "yes"})
    assert "opioid agreement signed: no · answered here" in " ".join(corrected.page.words.split())
    assert "As read: yes" in corrected.page.words
    back = submit(port, corrected.page, {question: "", "answer-1-drug_test_on_file": ""})
    assert back.body == first.body


def test_the_words_that_state_a_fact_are_marked_and_cited(port: int) -> None:
    """Each citation of the record leads to its words, marked where they stand."""
    page = preview(port, {**ASKED, "text": NOTE}).page
    links = [link.removeprefix("#") for link in page.links if link.startswith("#r-")]
    assert links
    assert set(links) <= set(page.ids)
    assert any(mark.startswith("no documentation of a urine drug screen") for mark in page.marked)


def test_a_page_that_is_sent_back_unchanged_is_answered_by_itself(port: int) -> None:
    """All state stands in the fields: none is lost on the way, not even in line ends."""
    first = preview(port, {**ASKED, "text": "\n\tCURES\u2028was reviewed.\r\r\n" + NOTE})
    again = submit(port, first.page)
    assert again.body == first.body


def as_docx(text: str) -> bytes:
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_pdf(text: str) -> bytes:
    import typst

    made = typst.compile(
        ("\\\n".join(text.splitlines())).replace("#", "\\#").encode(), format="pdf"
    )
    assert isinstance(made, bytes)
    return made


FILES = {
    "note.txt": NOTE.encode("utf-16"),
    "note.docx": as_docx(NOTE),
    "note.html": f"<html><body><pre>{NOTE}</pre></body></html>".encode(),
    "note.pdf": as_pdf(NOTE),
}


@pytest.mark.parametrize("name", FILES)
def test_files_are_read_as_their_text_is(port: int, name: str) -> None:
    """Text, Word, HTML and PDF give the same facts; the page then holds their text."""
    answer = preview(port, ASKED, (name, FILES[name]))
    assert outcome(answer) == "upheld undocumented"
    assert "CURES was reviewed and is consistent." in answer.page.fields["text"]
    assert answer.page.fields["source"] == name
    question = "answer-1-drug_test_on_file"
    assert outcome(submit(port, answer.page, {question: "yes"})) == "overturned met"


def test_a_new_file_begins_without_the_answers_of_the_last(port: int) -> None:
    """Answers were about the record that they were given on."""
    first = preview(port, {**ASKED, "text": NOTE})
    answered = submit(port, first.page, {"answer-1-drug_test_on_file": "yes"})
    other = submit(port, answered.page, file=("other.txt", NOTE.encode()))
    assert outcome(other) == "upheld undocumented"
    assert other.page.fields["answer-1-drug_test_on_file"] == ""


def test_what_is_no_answer_is_told_beside_its_question(port: int) -> None:
    """A reply that no question offers changes nothing and stays where it was typed."""
    asked = {"titles": "physical therapy left knee", "denied_on": "2019-04-01"}
    first = preview(port, asked)
    question = "answer-1-prior_units_completed"
    answer = submit(port, first.page, {question: "a few"})
    assert outcome(answer) == outcome(first)
    assert answer.page.fields[question] == "a few"
    assert "Type a number of visits." in answer.page.words
    assert "Give an answer" in submit(port, first.page, {question: "back"}).page.words


def test_a_day_that_nobody_knows_of_is_warned_of(port: int) -> None:
    """As the command does: what will be in force then is not written down."""
    day = date.today() + timedelta(days=500)
    answer = preview(port, {"titles": "lumbar MRI", "denied_on": day.isoformat()})
    assert f"{day} is more than a year ahead" in answer.page.words


def test_of_several_items_each_is_told_first_and_led_to(port: int) -> None:
    """The page begins with all outcomes, each a link to its item."""
    answer = preview(port, {**ASKED, "titles": "Norco 10/325 #60\n\nlumbar MRI\nunheard of"})
    page = answer.page
    assert [link for link in page.links if link.startswith("#item-")] == [
        f"#item-{number}" for number in (1, 2, 3)
    ]
    words = " ".join(page.words.split())
    assert "Norco 10/325 #60 upheld lumbar MRI upheld unheard of no guideline" in words
    assert "No treatment of that name is known" in words
    assert ("checklist", "2.pdf.en") in page.buttons
    assert ("checklist", "3.pdf.en") not in page.buttons


PROBLEMS = {
    "nothing": ({}, "Nothing was given yet."),
    "a note that names no request": ({"text": NOTE}, "What a note asks for is not read out of it."),
    "a day that is none": ({"titles": "MRI", "denied_on": "2016-13-40"}, "'2016-13-40' is no day."),
    "an injury after the denial": (
        {"titles": "MRI", "denied_on": "2016-01-02", "injured_on": "2016-02-02"},
        "The injury (2016-02-02) comes after the denial (2016-01-02).",
    ),
    "a request file": ({"text": "request: lumbar MRI\nfacts: {}\n"}, "no text but a request"),
    "a response": ({"text": '{"resourceType": "QuestionnaireResponse"}'}, "no text but a response"),
    "too long a text": ({"titles": "MRI", "text": "pain " * 100_001}, "holds 500,005 characters"),
    "too many titles": ({"titles": "MRI\n" * 21}, "At most 20 treatments"),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_is_told_with_its_remedy_and_nothing_typed_is_lost(
    port: int, problem: str
) -> None:
    """The form comes back as it was filled in, with one message."""
    fields, told = PROBLEMS[problem]
    answer = preview(port, fields)
    assert answer.status == 422
    assert told in answer.page.words
    if len(fields.get("text", "")) < 500_000:
        for name, typed in fields.items():
            assert answer.page.fields[name].split() == typed.split()


@pytest.mark.parametrize(
    ("name", "contents", "told"),
    [
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "scan.png is an image. Save it as PDF"),
        ("note.pdf", b"no pdf at all", "note.pdf has a PDF's name but not its contents."),
        ("../../records/note.docx", b"PK\x03\x04 broken", "note.docx is a damaged Word document."),
        ("note.txt", bytes(range(256)) * 8, "note.txt is not text."),
    ],
)
def test_a_file_without_text_is_named_with_the_remedy(
    port: int, name: str, contents: bytes, told: str
) -> None:
    """The message begins with the file's own name, without its folder."""
    answer = preview(port, ASKED, (name, contents))
    assert answer.status == 422
    assert told in answer.page.words
    assert "records/" not in answer.page.words


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("form", ["md", "html", "pdf", "docx", "fhir"])
def test_the_checklist_is_that_of_the_command(port: int, form: str, lang: str) -> None:
    """Each format comes as a file to keep, the same that `checklist` makes of the same facts."""
    page = preview(port, {"titles": "lumbar MRI", "denied_on": "2016-05-20"}).page
    assert ("checklist", f"1.{form}.{lang}") in page.buttons
    answer = submit(port, page, {"checklist": f"1.{form}.{lang}"})
    assert answer.status == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=checklist-1.")
    if form in ("pdf", "docx"):
        assert answer.body.startswith({"pdf": b"%PDF", "docx": b"PK"}[form])
        return
    draft = Draft("lumbar MRI", date(2016, 5, 20))
    case = case_from_draft(draft, KNOWLEDGE.catalogue, source="request")
    conclusion = preview_case(case, KNOWLEDGE, ReferenceEngine())[0].explanation.conclusion
    checklist = build_checklist(
        subject_of(conclusion.item.request, KNOWLEDGE, conclusion.on),
        KNOWLEDGE.vocabulary,
        filled_from=conclusion,
    )
    words, units = load_wording(KNOWLEDGE.folder, lang), load_units(KNOWLEDGE.folder)
    assert answer.body == checklist_bytes(checklist, form, words, units)


def test_words_of_a_record_are_words_and_nothing_else(port: int) -> None:
    """Markup in a record, a title or a file's name is shown, not followed."""
    spell = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{ 7*7 }}</textarea>"
    answer = preview(
        port,
        {"titles": f"lumbar MRI {spell}", "answer-1-<b>": spell},
        (f"{spell.replace('/', '')}.txt".replace('"', ""), f"{NOTE}\n{spell}".encode()),
    )
    assert answer.status == 200
    assert "<img" not in answer.text
    assert answer.text.count("<script>") == 1
    assert "{{ 7*7 }}" in answer.page.words
    assert spell in answer.page.fields["text"]


TYPED = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["Norco 10/325 #60", "2016-05-20", "yes", "1", "1.pdf.en", "nan", NOTE]),
)
NAMES = (
    "titles", "denied_on", "injured_on", "text", "source", "confidence", "unread", "checklist",
    "answer-1-drug_test_on_file", "answer-1-pain_reduction_percent", "answer-0-", "else",
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fields=st.dictionaries(st.sampled_from(NAMES), TYPED), contents=st.binary(max_size=80))
def test_whatever_is_sent_has_an_answer(port: int, fields: dict[str, str], contents: bytes) -> None:
    """A page, a document, or what is wrong with it: nothing that is typed brings it down."""
    for file in (None, ("any", contents)):
        assert preview(port, fields, file).status in (200, 400, 422)


def pages(port: int) -> list[Answer]:
    """Return one of every kind of page."""
    return [
        request(port),
        preview(port, {}),
        preview(port, {**ASKED, "text": NOTE}),
        request(port, path="/elsewhere"),
    ]


def test_a_page_asks_for_nothing_from_elsewhere(port: int) -> None:
    """Its policy admits its own style and script by their digests, and it names no address."""
    for answer in pages(port):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        for tag, rule in (("style", "style-src"), ("script", "script-src")):
            (source,) = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"{rule} 'sha256-{digest}';" in policy
        assert not re.search(r"https?:|//[a-z]|\bsrc=|\bstyle=|\bon[a-z]+=", answer.text)


def test_a_page_can_be_used_with_a_keyboard_and_a_screen_reader(port: int) -> None:
    """Every field has a name of its own to be read out, ids are unique, and nothing is kept."""
    for answer in pages(port):
        page: Page = answer.page
        assert len(page.ids) == len(set(page.ids))
        for kind, attributes in re.findall(r"<(input|select|textarea)\b([^>]*)>", answer.text):
            if 'type="hidden"' in attributes:
                continue
            own = re.search(r'\bid="([^"]+)"', attributes)
            assert own is not None, attributes
            is_inside_label = re.search(rf"<label><{kind}{re.escape(attributes)}>", answer.text)
            is_named = f'<label for="{own[1]}"' in answer.text or "aria-label=" in attributes
            assert is_inside_label or is_named, attributes
        assert '<html lang="en">' in answer.text
        for area in re.findall(r"<textarea[^>]*>", answer.text):
            assert 'autocomplete="off"' in area
            assert 'spellcheck="false"' in area
