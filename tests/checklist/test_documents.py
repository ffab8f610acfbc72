"""Every treatment gives a checklist in every format, and the documents are what they claim."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from itertools import pairwise

import docx
import pytest
from pypdf import PdfReader

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.model import Checklist
from imr_rules.checklist.sheet import RowKind, sheet_of
from imr_rules.checklist.subject import subject_named
from imr_rules.checklist.to_pdf import MOST_PAGES, sheet_to_pdf
from imr_rules.checklist.wording import Wording, languages, load_wording
from imr_rules.checklist.write import FORMATS, checklist_bytes
from imr_rules.knowledge import Knowledge
from imr_rules.notice import NOTICE

DAYS = [date(2015, 6, 1), date(2017, 3, 1), date(2026, 1, 1)]
CHECKED = "{http://schemas.microsoft.com/office/word/2010/wordml}checkbox"
INSTRUCTION = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instrText"


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_treatment_gives_every_text(
    knowledge: Knowledge, words: Wording, day: date, units: Mapping[str, str]
) -> None:
    """Markdown, HTML and FHIR for all the catalogue, each with the notice, governed or not."""
    assert len(knowledge.catalogue.treatments) > 500
    for treatment in knowledge.catalogue.treatments:
        subject = subject_named(treatment, knowledge, day, today=day)
        checklist = build_checklist(subject, knowledge.vocabulary)
        for form in ("md", "html", "fhir"):
            text = checklist_bytes(checklist, form, words, units).decode()
            assert NOTICE in text, treatment


def test_every_topic_fits_on_two_pages(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """No checklist needs a third page, and each page carries the notice."""
    for checklist in topic_checklists:
        reader = PdfReader(BytesIO(checklist_bytes(checklist, "pdf", words, units)))
        assert checklist.topic is not None
        assert len(reader.pages) <= MOST_PAGES, checklist.topic.id


def test_the_longest_lists_fit_in_every_language(
    topic_checklists: list[Checklist], knowledge: Knowledge
) -> None:
    """The topics with the most questions keep to two pages in longer words too."""
    longest = sorted(topic_checklists, key=lambda c: -len(list(c.questions())))[:3]
    for lang in languages(knowledge.folder):
        words = load_wording(knowledge.folder, lang)
        for checklist in longest:
            pdf = PdfReader(BytesIO(sheet_to_pdf(sheet_of(checklist, words), words)))
            assert len(pdf.pages) <= MOST_PAGES
            assert all(words.notice in " ".join(p.extract_text().split()) for p in pdf.pages)


def test_a_treatment_without_a_guideline_gives_every_format(
    knowledge: Knowledge, words: Wording, units: Mapping[str, str]
) -> None:
    """Where no text speaks the documents say so; none fails."""
    subject = subject_named("interpreter", knowledge, DAYS[0], today=DAYS[0])
    checklist = build_checklist(subject, knowledge.vocabulary)
    assert checklist.topic is None
    for form in FORMATS:
        assert checklist_bytes(checklist, form, words, units)


def test_the_page_fetches_nothing_and_escapes_what_it_shows(
    knowledge: Knowledge, words: Wording
) -> None:
    """One file, offline: no script, no link out, and a title cannot smuggle markup in."""
    title = "Norco <script>alert(1)</script> #120"
    subject = subject_named(title, knowledge, DAYS[0], today=DAYS[0])
    html = checklist_bytes(
        build_checklist(subject, knowledge.vocabulary), "html", words, knowledge
    ).decode()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert [] == re.findall(r"""(?:src|href)\s*=|url\(|@import""", html)


def test_word_gets_three_boxes_a_question(
    sample: Checklist, words: Wording, units: Mapping[str, str]
) -> None:
    """The boxes of the Word document are real content controls, three for each question."""
    document = docx.Document(BytesIO(checklist_bytes(sample, "docx", words, units)))
    boxes = [e for e in document.element.body.iter() if e.tag == CHECKED]
    assert 3 * len(list(sample.questions())) == len(boxes)
    assert NOTICE in document.sections[0].footer.paragraphs[0].text
    assert "Is there need?" in "\n".join(c.text for t in document.tables for c in t._cells)


def test_word_keeps_each_section_a_table_of_its_own(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """No two tables touch, or Word would make them one; the columns keep their widths.

    The notice and the page's number stand below every page, the title above all but the first.
    """
    longest = max(topic_checklists, key=lambda c: len(list(c.questions())))
    document = docx.Document(BytesIO(checklist_bytes(longest, "docx", words, units)))
    parts = [element.tag.rpartition("}")[2] for element in document.element.body]
    assert parts.count("tbl") > 3
    assert ("tbl", "tbl") not in list(pairwise(parts))
    for table in document.tables[1:]:
        question, *ticks = (column.width for column in table.columns)
        assert question > 3 * sum(ticks) / 2
        assert {cell.width for cell in table.columns[0].cells} <= {question, question + sum(ticks)}
    page = document.sections[0]
    for footer in (page.footer, page.first_page_footer):
        line = footer.paragraphs[0]
        assert NOTICE in line.text
        assert {" PAGE ", " NUMPAGES "} == {e.text for e in line._p.iter(INSTRUCTION)}
    assert longest.title in page.header.paragraphs[0].text


def test_questions_are_numbered_in_the_order_they_are_read(
    topic_checklists: list[Checklist], words: Wording
) -> None:
    """From top to bottom of any sheet the numbers rise by one."""
    for checklist in topic_checklists:
        rows = [row for section in sheet_of(checklist, words).sections for row in section.rows]
        numbers = [row.number for row in rows if row.kind is RowKind.QUESTION]
        assert list(range(1, len(numbers) + 1)) == numbers


def test_limits_are_said_in_the_language_of_the_sheet(
    topic_checklists: list[Checklist], knowledge: Knowledge
) -> None:
    """How a number is held against its limit is a fixed word too."""
    spanish = load_wording(knowledge.folder, "es")
    limits = [
        limit
        for checklist in topic_checklists
        for section in sheet_of(checklist, spanish).sections
        for row in section.rows
        for limit in row.limits
    ]
    assert any(limit.startswith("a lo sumo") for limit in limits)
    assert not any("at most" in limit or "more than" in limit for limit in limits)
    assert any(limit.endswith(" semanas") for limit in limits)
    assert not any("weeks" in limit or "years" in limit or "visits" in limit for limit in limits)


def test_equal_checklists_are_equal_documents(
    sample: Checklist, words: Wording, units: Mapping[str, str]
) -> None:
    """Nothing in a text document depends on the hour it is made."""
    for form in ("md", "html", "fhir"):
        once, twice = (checklist_bytes(sample, form, words, units) for _ in range(2))
        assert once == twice


def test_every_language_has_every_word_and_keeps_the_questions(
    sample: Checklist, knowledge: Knowledge, units: Mapping[str, str]
) -> None:
    """The fixed words change, the units of the vocabulary too; placeholders and questions stay."""
    named = {fact.unit for fact in knowledge.vocabulary.values() if fact.unit}
    english = load_wording(knowledge.folder, "en")
    assert {"en", "es"} <= set(languages(knowledge.folder))
    assert NOTICE == english.notice
    places = re.compile(r"\{\w+\}")
    for lang in languages(knowledge.folder):
        words = load_wording(knowledge.folder, lang)
        assert lang == "en" or named == set(words.units)
        for name, value in english.model_dump().items():
            if isinstance(value, str):
                other = getattr(words, name)
                assert sorted(places.findall(value)) == sorted(places.findall(other)), name
        text = checklist_bytes(sample, "md", words, units).decode()
        assert words.bars_title in text
        assert "Is there need?" in text
        assert words.lang == json.loads(checklist_bytes(sample, "fhir", words, units))["language"]
