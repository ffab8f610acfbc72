"""What parse_letter finds in each layout."""

from __future__ import annotations

import datetime
from dataclasses import fields, is_dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_rules.errors import InputError
from imr_rules.letters import Determination, Layout, Outcome, Reviewer, Span, parse_letter
from imr_rules.letters.clean import clean_text

from .written_letters import (
    BY_LAYOUT,
    CURRENT,
    DECISIONS_2013,
    DOUBLE_SPACED,
    NOTE,
    PHRASES,
    SECTIONS,
)

UPHELD, OVERTURNED = Outcome.UPHELD, Outcome.OVERTURNED


@pytest.mark.parametrize(
    ("name", "layout", "outcomes"),
    [
        ("sections", Layout.SECTIONS, [OVERTURNED, UPHELD, UPHELD]),
        ("double_spaced", Layout.SECTIONS, [UPHELD, UPHELD]),
        ("decisions_2013", Layout.DECISIONS_2013, [UPHELD, OVERTURNED]),
        ("professional_review", Layout.PROFESSIONAL_REVIEW, [UPHELD, UPHELD]),
        ("current", Layout.CURRENT, [OVERTURNED, UPHELD]),
        ("note", Layout.NOTE, []),
    ],
)
def test_each_layout_gives_its_items_in_order(
    written: dict[str, Determination], name: str, layout: Layout, outcomes: list[Outcome]
) -> None:
    """Whatever the layout, every item is found once, in order, with its decision."""
    determination = written[name]
    assert determination.layout is layout
    assert [item.actual for item in determination.items] == outcomes
    assert [item.number for item in determination.items] == list(range(1, len(outcomes) + 1))


def test_titles_are_whole_and_on_one_line(written: dict[str, Determination]) -> None:
    """A title keeps its colons, its three clauses and its broken words, and nothing before it."""
    assert [item.title for item in written["sections"].items] == [
        "MRI: lumbar spine, without contrast",
        "Twelve aquatic therapy visits for the lumbar spine was the original request. Four aquatic "
        "therapy visits was authorized by the Claims Administrator. The remaining IMR eligible "
        "portion of the original request, eight range-of-motion visits",
        "Norco 5/325mg #20",
    ]
    assert [item.title for item in written["double_spaced"].items] == [
        "Massage therapy (unspecified)",
        "Soma 350mg #50 x 3 refills",
    ]


def test_titles_of_2013_lose_their_lead_in(written: dict[str, Determination]) -> None:
    """ "The request for" is no part of what was asked for, nor is the number before it."""
    titles = [item.title for item in written["decisions_2013"].items]
    assert titles == ["a knee brace", "Eight visits of physical therapy"]


@pytest.mark.parametrize("label", PHRASES.numbered.rationale)
def test_each_label_of_2013_begins_the_rationale(
    written: dict[str, Determination], label: str
) -> None:
    """Also one that later letters use: without their decision words the item is of 2013."""
    text = DECISIONS_2013.replace("The Physician Reviewer's decision rationale:", label)
    determination, expected = parse_letter(text, PHRASES), written["decisions_2013"]
    assert determination.layout is Layout.DECISIONS_2013
    assert [(item.title, item.actual) for item in determination.items] == [
        (item.title, item.actual) for item in expected.items
    ]
    assert determination.items[1].rationale is not None
    assert determination.items[1].rationale.of(text) == "The knee was operated on in July."


def test_labels_without_a_decision_are_kept_under_a_heading_of_2013() -> None:
    """Where nothing is numbered, what the labels found is all there is."""
    text = "IMR DECISION(S) AND RATIONALE(S)\nDecision rationale: The knee is stable.\n"
    (item,) = parse_letter(text, PHRASES).items
    assert item.rationale is not None
    assert item.rationale.of(text) == "The knee is stable."


CITED_BY_ADMINISTRATOR = DECISIONS_2013[
    DECISIONS_2013.index("The Claims Administrator based") : DECISIONS_2013.index(
        "The Physician Reviewer based"
    )
]
CITED_BY_REVIEWER = DECISIONS_2013[
    DECISIONS_2013.index("The Physician Reviewer based") : DECISIONS_2013.index(
        "The Physician Reviewer's decision"
    )
]


@pytest.mark.parametrize(
    "sentence",
    [
        "The Claims Administrator did not cite any medical evidence for its decision.",
        "The Claims Administrator did not cite any evidence-based criteria in its determination.",
    ],
)
def test_a_sentence_of_2013_that_nothing_was_cited_is_no_citation(sentence: str) -> None:
    """The whole sentence is the line: without its beginning it would say the opposite."""
    text = DECISIONS_2013.replace(CITED_BY_ADMINISTRATOR, sentence + "\n", 1)
    line = parse_letter(text, PHRASES).items[0].claims_administrator_guideline
    assert line is not None
    assert (line.text, line.cited_none, line.citations) == (sentence, True, ())


@pytest.mark.parametrize("the", ["the", "The"])
def test_a_reviewer_of_2013_who_found_no_section_cites_what_follows(the: str) -> None:
    """The document is what the decision was based on, not the search that came before."""
    text = DECISIONS_2013.replace(
        CITED_BY_REVIEWER,
        "The Physician Reviewer found that no section of the MTUS was applicable. Per the ladder "
        f"of evidence, {the} Physician Reviewer based his/her decision on the Brace Almanac, "
        "page 7.\n",
        1,
    )
    line = parse_letter(text, PHRASES).items[0].reviewer_guideline
    assert line is not None
    assert line.text.startswith("The Physician Reviewer found that no section")
    assert line.outside_mtus
    (citation,) = line.citations
    assert (citation.document, citation.pages, citation.is_mtus) == ("Brace Almanac", (7,), False)


@pytest.mark.parametrize("how", ["relied on", "relied upon", "based his/her decision on"])
def test_what_a_reviewer_of_2013_relied_on_is_the_document(how: str) -> None:
    """Without the preposition before it."""
    said = "The Physician Reviewer based his/her decision on"
    text = DECISIONS_2013.replace(said, f"The Physician Reviewer {how}")
    line = parse_letter(text, PHRASES).items[1].reviewer_guideline
    assert line is not None
    (citation,) = line.citations
    assert (citation.document, citation.is_mtus) == ("Postsurgical Treatment Guidelines", True)


def test_an_enumeration_in_a_rationale_is_no_item(written: dict[str, Determination]) -> None:
    """Numbers inside a sentence of the rationale begin no item and cut nothing off."""
    determination = written["decisions_2013"]
    rationale = determination.items[0].rationale
    assert rationale is not None
    assert rationale.of(determination.text).endswith("1) rest; 2) exercise.")


def test_a_rationale_ends_where_the_next_title_begins(written: dict[str, Determination]) -> None:
    """Also where the rationale lacks its full stop: its last line is short."""
    determination = written["sections"]
    spans = [item.rationale for item in determination.items if item.rationale]
    last_words = [span.of(determination.text).split()[-1] for span in spans]
    assert last_words == ["necessary.", "advises", "necessary."]


@pytest.mark.parametrize(
    "remark",
    [
        "The denial was upheld.",
        "The earlier appeal ended so: Upheld decisions stand.",
        "On review the outcome was:\nUpheld\nThe worker then asked again, and it is open.",
    ],
)
def test_a_remark_on_another_decision_begins_no_item(remark: str) -> None:
    """Only a title with its own line, followed by labels or by nothing, begins an item."""
    text = SECTIONS.replace("No function is recorded.", f"No function is recorded. {remark}")
    assert len(parse_letter(text, PHRASES).items) == 3


def test_a_title_glued_to_the_sentence_before_is_found() -> None:
    """A missing line end between a rationale and the next title costs nothing."""
    text = SECTIONS.replace("medically necessary.\nTwelve", "medically necessary.Twelve")
    item = parse_letter(text, PHRASES).items[1]
    assert item.title.startswith("Twelve aquatic therapy")


def test_a_running_foot_inside_a_title_is_left_out() -> None:
    """A page break puts page numbers and blank lines into a title; they are not read as words."""
    text = SECTIONS.replace(
        "The remaining IMR \neligible", "The remaining IMR\n\nPage 2 of 3\n\neligible"
    )
    assert "The remaining IMR eligible portion" in parse_letter(text, PHRASES).items[1].title


def test_labels_may_be_hyphenated_or_glued() -> None:
    """A label that a line end hyphenates, or that follows a word directly, still counts."""
    text = SECTIONS.replace("MAXIMUS guideline:", "MAXIMUS guide-\nline:").replace(
        "\nDecision rationale:", "Decision ra- tionale:"
    )
    whole = parse_letter(SECTIONS, PHRASES)
    broken = parse_letter(text, PHRASES)
    assert broken.missing == whole.missing
    assert [item.title for item in broken.items] == [item.title for item in whole.items]


def test_the_header_is_read_in_any_order_and_date_form(written: dict[str, Determination]) -> None:
    """Two columns, one column, month names, ISO dates and two-digit years say the same."""
    date = datetime.date
    two_columns, one_column = written["sections"], written["current"]
    assert two_columns.case_number == "CM16-0000001"
    assert (two_columns.injury_date, two_columns.denial_date) == (
        date(2016, 10, 23),
        date(2016, 11, 29),
    )
    assert (two_columns.received_date, two_columns.priority) == (date(2016, 12, 1), "Standard")
    assert (one_column.injury_date, one_column.denial_date, one_column.decision_date) == (
        date(2021, 2, 3),
        date(2021, 3, 3),
        date(2021, 4, 1),
    )
    assert one_column.priority == "Expedited"
    assert written["decisions_2013"].decision_date == date(2013, 10, 9)


def test_an_impossible_date_is_none_and_said(written: dict[str, Determination]) -> None:
    """A date that no calendar has is not mended; the letter's words stand in ``missing``."""
    determination = written["professional_review"]
    assert determination.injury_date is None
    assert "injury date (02/30/2012 is no date)" in determination.missing


def test_the_reviewer_is_read_from_lines_or_from_prose(written: dict[str, Determination]) -> None:
    """Wrapped lines and the sentence form give the same lists."""
    lines, prose = written["sections"].reviewer, written["double_spaced"].reviewer
    assert lines.specialties == ("Preventive Medicine", "Public Health & General Practice")
    assert lines.licensure == ("Oregon", "New Mexico")
    assert (prose.specialties, prose.licensure) == (("Neurology", "Pain Medicine"), ("Utah",))


def test_a_note_has_no_reviewer() -> None:
    """The specialty on a request for authorization is that of the physician who asks."""
    note = parse_letter(f"{NOTE}Requesting Physician\nSpecialty: Podiatry\n", PHRASES)
    assert (note.layout, note.reviewer) == (Layout.NOTE, Reviewer())


def test_a_label_may_say_how_to_write_the_date() -> None:
    """As the form of a request for authorization does."""
    text = NOTE.replace("Date of Injury:", "Date of Injury (MM/DD/YYYY):")
    assert parse_letter(text, PHRASES).injury_date == datetime.date(2016, 4, 1)


def test_the_summary_has_neither_heading_nor_opening(written: dict[str, Determination]) -> None:
    """The clinical summary begins with its first own word and ends before the next heading."""
    for name, first, last in [
        ("sections", "A fictional baker", "was begun."),
        ("double_spaced", "A fictional gardener", "is poor."),
        ("professional_review", "A fictional cook", "pain."),
    ]:
        determination = written[name]
        assert determination.summary is not None
        words = determination.summary.of(determination.text)
        assert (words.startswith(first), words.endswith(last)) == (True, True)


def test_what_a_cut_letter_lacks_is_said() -> None:
    """A letter cut in the middle of an item keeps what it has and names the rest."""
    cut = parse_letter(
        SECTIONS[: SECTIONS.index("Claims Administrator guideline: Decision based on MTUS Opioid")],
        PHRASES,
    )
    assert len(cut.items) == 3
    assert cut.items[2].actual is UPHELD
    assert cut.missing == (
        "item 3: Claims Administrator guideline",
        "item 3: reviewer guideline",
        "item 3: decision rationale",
    )


def test_a_rationale_that_breaks_off_is_said() -> None:
    """A letter cut inside its last sentence has every part, but not its end."""
    cut = parse_letter(SECTIONS[: SECTIONS.index(" is recorded.")], PHRASES)
    assert cut.missing == ("end of the letter (its last rationale breaks off)",)


@pytest.mark.parametrize("initials", ["\n", "\n/ABC\n\n", "\n\n /xy\n"])
@pytest.mark.parametrize("name", ["sections", "decisions_2013", "current"])
def test_the_last_rationale_ends_before_the_closing_words(
    written: dict[str, Determination], name: str, initials: str
) -> None:
    """The disclaimer and the typist's initials are no reasons; the text itself stays whole."""
    text = f"{BY_LAYOUT[name]}{initials}Disclaimer: MAXIMUS is providing a review and no advice.\n"
    determination = parse_letter(text, PHRASES, source=name)
    assert determination.text == text
    assert determination.items == written[name].items
    assert determination.missing == written[name].missing


def test_closing_words_before_a_heading_close_nothing(written: dict[str, Determination]) -> None:
    """A cover page may end with them."""
    text = f"Disclaimer: MAXIMUS is providing a review.\n{DECISIONS_2013}"
    items = parse_letter(text, PHRASES).items
    assert [item.title for item in items] == [i.title for i in written["decisions_2013"].items]


def test_an_item_without_a_decision_is_kept() -> None:
    """A title with labels but without an outcome word is an item whose decision is unknown."""
    determination = parse_letter(SECTIONS.replace("#20: \nUpheld", "#20:"), PHRASES)
    assert [item.actual for item in determination.items] == [OVERTURNED, UPHELD, None]
    assert determination.items[2].title == "Norco 5/325mg #20"
    assert determination.missing == ("item 3: decision",)


def test_a_letter_without_items_says_so() -> None:
    """A letter that ends before its decisions is no note: it lacks its disputed items."""
    determination = parse_letter(SECTIONS[: SECTIONS.index("IMR ISSUES")], PHRASES)
    assert determination.layout is Layout.SECTIONS
    assert "disputed items" in determination.missing


def test_a_letter_cut_at_its_front_loses_nothing() -> None:
    """A text that begins with a label is an item without a title, not a chart note."""
    text = SECTIONS[SECTIONS.index("Claims Administrator guideline") :]
    determination = parse_letter(text, PHRASES)
    assert "item 1: title" in determination.missing
    assert determination.items[0].rationale is not None


@pytest.mark.parametrize("text", ["", " \n\t ", "\ufeff", "\x00\x00"])
def test_nothing_is_refused(text: str) -> None:
    """An empty text is an error, not an empty determination."""
    with pytest.raises(InputError, match="empty"):
        parse_letter(text, PHRASES)


def test_text_is_cleaned_but_otherwise_untouched() -> None:
    """Line ends become one kind and invisible characters go; spacing and all words stay."""
    raw = "\ufeff" + DOUBLE_SPACED.replace("\n", "\r\n").replace("Soma", "So\u00adma\x00")
    assert parse_letter(raw, PHRASES).text == DOUBLE_SPACED


def spans_of(value: object) -> list[Span]:
    """Return every span anywhere inside *value*."""
    if isinstance(value, Span):
        return [value]
    if isinstance(value, tuple):
        return [span for part in value for span in spans_of(part)]
    if is_dataclass(value) and not isinstance(value, type):
        found = [span for part in fields(value) for span in spans_of(getattr(value, part.name))]
        start, end = getattr(value, "start", None), getattr(value, "end", None)
        return [*found, Span(start, end)] if start is not None and end is not None else found
    return []


def assert_sound(determination: Determination) -> None:
    """Every span lies in the text, and titles follow one another."""
    for span in spans_of(determination):
        assert 0 <= span.start <= span.end <= len(determination.text)
    titles = [item.title_span for item in determination.items]
    if determination.layout is not Layout.PROFESSIONAL_REVIEW:
        for item in determination.items:
            if item.decision_span:
                assert item.title_span.end <= item.decision_span.start
            if item.rationale and item.title:
                assert item.title_span.end <= item.rationale.start
    for before, after in pairwise(titles):
        assert before.end <= after.start


FRAGMENTS = [
    *("Claims Administrator guideline:", "MAXIMUS guideline:", "Decision rationale:", "Upheld"),
    *(": Upheld\n", "x: Overturned\n", "set forth below:", "medically necessary.", "CASE SUMMARY:"),
    *("IMR ISSUES, DECISIONS AND RATIONALES\n", "IMR DECISION(S) AND RATIONALE(S)\n", "\n1) a "),
    *("is not medically necessary", "ISSUE AT DISPUTE:\n", "RATIONALE:\n", "Decision Date: 1/1/20"),
    *("Decision based on MTUS ", "Section(s): ", "2016", ", and ", "Page(s): 1-9", "was the "),
    *("original request", "remaining IMR eligible portion", ".", " ", "\n", "-\n", ":", "(", "A b"),
]


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=60).map("".join))
@settings(deadline=None)
def test_any_text_gives_sound_spans_or_is_empty(text: str) -> None:
    """No arrangement of labels, headings and noise breaks the parser or its offsets."""
    if clean_text(text).strip():
        assert_sound(parse_letter(text, PHRASES))


@given(st.sampled_from(sorted(BY_LAYOUT)), st.data())
@settings(deadline=None)
def test_a_letter_cut_anywhere_is_sound(name: str, data: st.DataObject) -> None:
    """Wherever a letter is cut off, what is left parses, and the items before the cut stay."""
    text = BY_LAYOUT[name]
    cut = data.draw(st.integers(min_value=20, max_value=len(text)))
    assert_sound(parse_letter(text[:cut], PHRASES))


@pytest.mark.parametrize("name", sorted(BY_LAYOUT))
def test_the_text_round_trips(name: str) -> None:
    """Parsing the text of a determination again gives the same determination."""
    once = parse_letter(BY_LAYOUT[name], PHRASES, source=name)
    assert parse_letter(once.text, PHRASES, source=name) == once


def test_one_text_with_very_many_items_is_refused() -> None:
    """A file of several hundred items is no single letter, and says so."""
    block = "Thing: Upheld\nDecision rationale: It is not needed here, for any reason at all.\n"
    with pytest.raises(InputError, match="more than 500 disputed items"):
        parse_letter(CURRENT[: CURRENT.index("1. Chest")] + block * 501, PHRASES)


@pytest.mark.parametrize("number", ["3)", "IV)", "99)"])
def test_a_gap_in_the_numbers_of_2013_begins_no_item(number: str) -> None:
    """Items of 2013 are counted without gaps; any other number is part of the prose."""
    text = DECISIONS_2013 + f"\n{number} some list entry is not medically necessary.\n"
    expected = 3 if number == "3)" else 2
    assert len(parse_letter(text, PHRASES).items) == expected
