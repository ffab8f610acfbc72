"""A marked letter keeps every word, names every finding, and trusts nothing that it shows."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.model import Case
from imr_rules.explain.letter.to_html import letters_page
from imr_rules.explain.letter.to_text import marked_letter
from imr_rules.explain.letter.view import blocks_of
from imr_rules.facts.model import Assertion, Finding, Section
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters import Determination, parse_letter

LETTER = """Case Number: CM99-0000001
CLINICAL CASE SUMMARY
The injured worker is a 43 year old female with low back pain. Motor strength was 4/5 in the left

ankle. She denies <b>numbness</b> & completed 12 sessions of physical therapy.

IMR ISSUES, DECISIONS AND RATIONALES
The Final Determination was based on decisions for the disputed items/services set forth below:

MRI of the lumbar spine <script>alert(1)</script>: Upheld
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004.
Decision rationale: In this case, there is no documentation of failed conservative care.
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.fixture(scope="module")
def read(knowledge: Knowledge) -> tuple[Determination, Case]:
    """The written letter and what was read in it."""
    letter = parse_letter(LETTER, knowledge.letter_phrases, source="written")
    return letter, case_from_letter(letter, knowledge)[0]


def printed(letter: Determination, case: Case, width: int) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(marked_letter(letter, case))
    return stream.getvalue()


@pytest.mark.parametrize("width", [120, 40])
def test_every_finding_is_named_beside_its_words(
    read: tuple[Determination, Case], width: int
) -> None:
    """Without colour, at any width: brackets around the words, fact and value after an arrow."""
    text = printed(*read, width)
    flat = " ".join(text.split())
    assert read[1].findings
    for finding in read[1].findings:
        assert f"{finding.fact}={finding.value}" in flat
    assert "conservative_care_failed=undocumented" in flat
    assert max(map(len, text.splitlines())) <= width


class _Words(HTMLParser):
    """The text of a page, the tags it uses and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        self.links.add(named.get("href") or "")
        if named.get("id"):
            self.ids.append(named["id"] or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page_of(knowledge: Knowledge, *read: tuple[Determination, Case]) -> _Words:
    words = _Words()
    words.feed(letters_page(read, knowledge.vocabulary))
    return words


def test_the_page_is_offline_scriptless_and_escaped(
    read: tuple[Determination, Case], knowledge: Knowledge
) -> None:
    """A letter's own mark-up is shown as text; every link stays on the page."""
    page = page_of(knowledge, read)
    assert not page.tags & {"script", "b", "img", "link", "iframe"}
    assert all(link.startswith("#") for link in page.links - {""})
    assert {link[1:] for link in page.links - {""}} <= set(page.ids)
    words = "".join(page.words)
    # The names of findings stand behind the words they mark, inside the letter's own mark-up too.
    assert "<b>numbness" in words
    assert "</b> & completed" in words


def test_no_anchor_stands_twice(read: tuple[Determination, Case], knowledge: Knowledge) -> None:
    """The same letter twice on one page still has anchors of its own."""
    ids = page_of(knowledge, read, read).ids
    assert len(ids) == len(set(ids))


def test_values_of_the_table_lead_to_their_words(
    read: tuple[Determination, Case], knowledge: Knowledge
) -> None:
    """Each fact of the item links to a mark."""
    page = letters_page([read], knowledge.vocabulary)
    linked = re.findall(r'<a href="#(l1-at-\d+)">', page)
    assert linked
    assert all(f'id="{anchor}"' in page for anchor in linked)


@given(
    st.text(alphabet=st.sampled_from("ab .\n\r\x1b\x9b\u202e<&\"'"), max_size=200),
    st.lists(st.tuples(st.integers(-5, 220), st.integers(-5, 220)), max_size=8),
)
def test_no_word_is_lost_and_no_control_passes(text: str, spans: list[tuple[int, int]]) -> None:
    """Whatever overlaps, lies outside or steers terminals: the words come out, in order."""
    letter = parse_letter(f"Note: {text} end", load_knowledge().letter_phrases, source="x")
    findings = [
        Finding("pain_reduction", "yes", Assertion.AFFIRMED, Section.NOTE, start, end, "")
        for start, end in spans
    ]
    words = "".join(
        piece.words
        for block in blocks_of(letter, findings)
        for paragraph in block.paragraphs
        for piece in paragraph
    )
    expected = re.sub(r"[\x1b\x9b\u202e]", "\ufffd", letter.text)
    assert "".join(expected.split()) == "".join(words.split())
