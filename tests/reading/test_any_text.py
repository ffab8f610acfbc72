"""No text whatever makes the reader crash, hang, or quote what is not there."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.errors import InputError
from imr_rules.facts.model import Section
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters import parse_letter
from imr_rules.reading.model import Passage, ReadResult, Subject, Task
from imr_rules.reading.reader import CueReader

SECONDS = 10
CHARACTERS = 10_000_000
SUBJECTS = (
    Subject(1, "opioid", None),
    Subject(2, "imaging", None, frozenset(("lumbar",))),
    Subject(3, None, None),
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.fixture(scope="module")
def anchors(knowledge: Knowledge) -> str:
    """Every word beginning that some cue waits for, in a row."""
    found = {anchor for cue in knowledge.lexicon.cues for anchor in cue.pattern.anchors}
    return " ".join(sorted(found))


def read(text: str, knowledge: Knowledge, section: Section = Section.SUMMARY) -> ReadResult:
    item = 1 if section is Section.RATIONALE else None
    reader = CueReader(knowledge.lexicon, knowledge.vocabulary)
    passage = Passage(section, 0, len(text), item)
    return reader.read(Task(text, [passage], SUBJECTS, date(2017, 1, 5)))


def assert_quotes_stand(text: str, result: ReadResult, knowledge: Knowledge) -> None:
    for finding in result.findings:
        assert text[finding.start : finding.end] == finding.quote
        assert finding.quote
        assert knowledge.vocabulary[finding.fact].can_be(finding.value)
    for miss in result.misses:
        assert text[miss.start : miss.end] == miss.quote


PLAIN = """
    no not without denies documentation of there is was evidence pain improved reduced by from to
    8/10 5/10 with medication Norco weeks 12 visits therapy physical completed strength 4/5 . , ; :
    ( ) but and reports since 10-28-16 May 2016 31/31/99 99999 1.5.2 - decreased range-of- motion
    functional improvement CURES guideline recommends MRI
"""
ODD = "\n\t\x0b\x0c\x1c\u2028\u2019\u00ad\u00df\u0130\ufb01\ud800"
WORDS = st.one_of(st.sampled_from(PLAIN.split()), st.sampled_from(ODD), st.text(max_size=6))


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(WORDS, max_size=60),
    st.sampled_from([" ", "", "\n", "  "]),
    st.sampled_from([Section.SUMMARY, Section.RATIONALE, Section.NOTE]),
)
def test_every_quotation_is_in_the_text(
    knowledge: Knowledge, words: list[str], glue: str, section: Section
) -> None:
    """However words are strung together: quotations are exact and values are the vocabulary's."""
    text = glue.join(words)
    assert_quotes_stand(text, read(text, knowledge, section), knowledge)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WORDS, min_size=1, max_size=60))
def test_any_text_is_a_letter_a_note_or_an_input_error(
    knowledge: Knowledge, words: list[str]
) -> None:
    """The whole way from a text to a case."""
    text = "CLINICAL CASE SUMMARY\n" + " ".join(words)
    try:
        letter = parse_letter(text, knowledge.letter_phrases)
    except InputError:
        return
    case, result = case_from_letter(letter, knowledge)
    assert_quotes_stand(letter.text, result, knowledge)
    assert case.findings == result.findings


REPEATED = {
    "spaces": " ",
    "line ends": "\n",
    "spaces and a word": "pain" + " " * 500,
    "one word": "pain",
    "words": "pain ",
    "sentences": "Pain is reduced. ",
    "negations": "no ",
    "denials": "denies no documentation of ",
    "digits": "1",
    "numbers": "12 ",
    "ranges": "1-2 to 3 or ",
    "dates": "10-28-16 since ",
    "brackets": "(",
    "nested brackets": "([{<\"'",
    "commas": "no pain, ",
    "hyphens": "pain-\n",
    "abbreviations": "Dr. ",
    "glued sentences": "pain.On",
    "colons": ": ",
    "quotes": "'\" ",
    "body parts": "low back right knee ",
    "case and guideline": "In this case, the guideline recommends if the patient ",
    "conclusions": "is not medically necessary ",
}


@pytest.mark.parametrize("name", [*sorted(REPEATED), "all anchors", "anchors in sentences"])
def test_ten_megabytes_of_one_thing_are_read_in_ten_seconds(
    knowledge: Knowledge, anchors: str, name: str
) -> None:
    """Nothing is quadratic, and what was left unread is said."""
    units = {"all anchors": anchors + " ", "anchors in sentences": anchors.replace(" ", ". The ")}
    unit = {**REPEATED, **units}[name]
    text = unit * (CHARACTERS // len(unit))
    begin = time.process_time()
    result = read(text, knowledge)
    assert time.process_time() - begin < SECONDS
    assert any("beyond its first" in told for told in result.unread)
    assert_quotes_stand(text, result, knowledge)


def test_many_long_rationales_are_read_in_time(knowledge: Knowledge, anchors: str) -> None:
    """What is bounded is the work for a letter, not only for each of its parts."""
    words = (anchors + " ") * (CHARACTERS // 400 // len(anchors) + 1)
    item = f"A thing: Upheld\nDecision rationale: In this case, {words}.\n"
    letter = parse_letter(
        "IMR ISSUES, DECISIONS AND RATIONALES\nset forth below:\n" + item * 400,
        knowledge.letter_phrases,
    )
    begin = time.process_time()
    case, _ = case_from_letter(letter, knowledge)
    assert time.process_time() - begin < SECONDS
    assert any("rationale of item" in told for told in case.missing)


def test_many_items_do_not_multiply_the_work(knowledge: Knowledge, anchors: str) -> None:
    """Hundreds of treatments that a long summary could speak of."""
    titles = ("Norco 10/325mg #60", "MRI of the lumbar spine", "Soma 350mg #30", "Knee brace")
    items = "".join(f"{titles[n % 4]}: Upheld\nDecision rationale: Yes.\n" for n in range(400))
    letter = parse_letter(
        f"CLINICAL CASE SUMMARY\n{(anchors + ' Norco. ') * 60}\n"
        f"IMR ISSUES, DECISIONS AND RATIONALES\nset forth below:\n{items}",
        knowledge.letter_phrases,
    )
    begin = time.process_time()
    case_from_letter(letter, knowledge)
    assert time.process_time() - begin < SECONDS
