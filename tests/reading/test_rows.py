"""Statements in rows, lists and signs, numbers that cannot be, and marks that share words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.facts.model import UNDOCUMENTED, Assertion, Section, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters import parse_letter
from imr_rules.reading.assertion import Scopes, assertion_of, turned_inside
from imr_rules.reading.flat import flatten
from imr_rules.reading.lexicon import Mark
from imr_rules.reading.model import Passage, Subject
from imr_rules.reading.numbers import number_of
from imr_rules.reading.pattern import PatternError, WordLists, compile_phrase
from imr_rules.reading.read import merge_values, read_passages
from imr_rules.reading.sentences import sentence_bounds

KNEE = Subject(1, "imaging", None, frozenset(("knee",)))
BACK = Subject(1, "imaging", None, frozenset(("lumbar",)))
THERAPY = Subject(1, "pt_ot", None, frozenset(("lumbar",)))
IN_CASE = "In this case, the injured worker has low back pain. "


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def stated(text: str, subject: Subject, knowledge: Knowledge) -> dict[str, Value]:
    """Return the facts of *text*: of a rationale if it speaks of a case, else of a summary."""
    section = Section.RATIONALE if text.startswith("In this case") else Section.SUMMARY
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [subject],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    for finding in result.findings:
        assert text[finding.start : finding.end] == finding.quote
    return {f: v for f, (v, _) in merge_values(result.findings, knowledge.vocabulary).items()}


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("[X] New request   [ ] Resubmission", True),
        ("\u2612 New request   \u2610 Resubmission", True),
        ("\u2610 Expedited review\nNew request", True),
        ("New request", True),
        ("\u2610 New request   \u2612 Resubmission", False),
        ("[ ] New request   [X] Resubmission", False),
        ("[] New request\n[x] Resubmission", False),
        ("\u25a1 New request   \u25a0 Resubmission", False),
    ],
)
def test_the_words_behind_an_empty_box_are_not_said(
    form: str, told: bool, knowledge: Knowledge
) -> None:
    """They are printed on every copy of the form."""
    result = read_passages(
        form,
        [Passage(Section.NOTE, 0, len(form))],
        [],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    assert [("first_request", "yes")] * told == [(f.fact, f.value) for f in result.findings]


SPASM, SIGNS, SYMPTOMS = "muscle_spasm_on_exam", "internal_derangement_signs", "neuro_symptoms"


@pytest.mark.parametrize(
    ("text", "subject", "fact", "expect"),
    [
        ("Muscle spasm: absent.", BACK, SPASM, "no"),
        ("Muscle spasm - negative.", BACK, SPASM, "no"),
        ("Spasm (-). Tenderness (+).", BACK, SPASM, "no"),
        ("Paraspinal muscle spasm (+).", BACK, SPASM, "yes"),
        ("Muscle spasm: present. Edema: none.", BACK, SPASM, "yes"),
        ("Edema: none. Muscle spasm: present.", BACK, SPASM, "yes"),
        ("Muscle spasm absent, tenderness present.", BACK, SPASM, "no"),
        ("+ paraspinal muscle spasm, neg Waddell.", BACK, SPASM, "yes"),
        ("Neg Waddell, paraspinal muscle spasm.", BACK, SPASM, "yes"),
        ("Numbness: no. Weakness: denies.", BACK, SYMPTOMS, "no"),
        ("Numbness: no. Tingling: yes.", BACK, SYMPTOMS, "yes"),
        ("Numbness, tingling: none.", BACK, SYMPTOMS, "no"),
        ("Neurological deficits: none.", BACK, "neuro_deficit_objective", "none"),
        ("Motor: WNL. Sensory: WNL.", BACK, "neuro_deficit_objective", "none"),
        ("Left knee: McMurray (+), Lachman (-).", KNEE, SIGNS, "yes"),
        ("Left knee: McMurray (-), Lachman (-).", KNEE, SIGNS, "no"),
        ("Left knee: +McMurray.", KNEE, SIGNS, "yes"),
        ("Left knee: McMurray pos.", KNEE, SIGNS, "yes"),
        ("Left knee: (-) McMurray, (-) effusion.", KNEE, SIGNS, "no"),
        ("Left knee: (-) McMurray, (+) effusion.", KNEE, SIGNS, "yes"),
        ("Negative: effusion, locking, giving way of the left knee.", KNEE, SIGNS, "no"),
        ("Negative: effusion; locking; giving way of the left knee.", KNEE, SIGNS, "no"),
        ("Left knee, negative: \u2022 effusion \u2022 locking", KNEE, SIGNS, "no"),
        ("Denies: locking, catching of the left knee.", KNEE, SIGNS, "no"),
        (f"{IN_CASE}Red flags: none.", BACK, "red_flag_present", "no"),
        (f"{IN_CASE}Red flags: none documented.", BACK, "red_flag_present", UNDOCUMENTED),
        (f"{IN_CASE}Functional improvement: none.", THERAPY, "functional_improvement", "no"),
        (f"{IN_CASE}Functional improvement: not documented.", THERAPY, "functional_improvement",
         UNDOCUMENTED),
        (f"{IN_CASE}The following are not documented: the number of visits completed; objective "
         "functional improvement.", THERAPY, "functional_improvement", UNDOCUMENTED),
    ],
)  # fmt: skip
def test_rows_and_lists_are_read_as_they_are_meant(
    text: str, subject: Subject, fact: str, expect: Value, knowledge: Knowledge
) -> None:
    """An answer speaks of its own row; the head of a list speaks of every item."""
    assert expect == stated(text, subject, knowledge).get(fact)


def test_a_number_that_cannot_be_is_told(knowledge: Knowledge) -> None:
    """It is no finding, it is not cut to a smaller number, and it is not passed over in silence."""
    text = "The patient completed 1000000 sessions of physical therapy."
    result = read_passages(
        text,
        [Passage(Section.SUMMARY, 0, len(text))],
        [THERAPY],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    assert not [f for f in result.findings if f.fact == "prior_units_completed"]
    assert ("prior units completed cannot be 1,000,000: left out",) == result.unread


def test_a_number_with_a_comma_is_one_number(knowledge: Knowledge) -> None:
    """The thousands are not lost, and what stands behind the comma is no number of its own."""
    said = stated("The patient completed 1,200 sessions of physical therapy.", THERAPY, knowledge)
    assert 1200 == said["prior_units_completed"]


def test_a_count_of_a_title_that_cannot_be_is_told(tmp_path: Path, knowledge: Knowledge) -> None:
    """The request keeps the number, and the letter's gaps name it."""
    text = (
        "CLINICAL CASE SUMMARY\n\nLow back pain.\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\n"
        "Physical therapy for the low back x 1000000: Upheld\n\n"
        "Decision rationale: The request is not medically necessary.\n"
    )
    case, _ = case_from_letter(
        parse_letter(text, knowledge.letter_phrases, source="written"), knowledge
    )
    assert 1_000_000 == case.items[0].request.units
    assert "item 1: requested units cannot be 1,000,000: left out" in case.missing


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("\\+ spasm", "there is + spasm", "+ spasm"),
        ("\\+ spasm", "there is 2+ spasm", None),
        ("positive mcmurray", "pos mcmurray", "pos mcmurray"),
        ("mcmurray [test] positive", "mcmurray +", "mcmurray +"),
        ("from # to #", "from 8 to 4", "from 8 to 4"),
    ],
)
def test_signs_and_spellings_of_the_cue_language(phrase: str, text: str, found: str | None) -> None:
    """An escaped sign stands for itself; a list ``word!`` for every way of writing the word."""
    pattern = compile_phrase(phrase, WordLists({"positive!": ["{positive|pos|\\+}"]}))
    match = pattern.regex.search(text)
    assert found == (match and match.group())


def test_of_two_numbers_the_first_is_captured() -> None:
    """A phrase may hold several; what it means is its first."""
    match = compile_phrase("from # down to #").regex.search("from 8 down to 4")
    assert match is not None
    assert 8 == number_of(match["number"])


@pytest.mark.parametrize(
    ("text", "number"),
    [("thirty-two", 32), ("twenty four", 24), ("ninety", 90), ("two or three", 3), ("one", 1)],
)
def test_numbers_spelled_out_are_read_whole(text: str, number: int) -> None:
    """The four of "twenty-four" is no number of its own; of a range the upper end counts."""
    match = compile_phrase("# visits").regex.search(f"had {text} visits")
    assert match is not None
    assert number == number_of(match["number"])


def test_a_span_of_scores_is_no_date() -> None:
    """One sign joins the parts of a date: "7-8/10" is a score, "7/8/10" and "7-8-10" are days."""
    pattern = compile_phrase("pain #/10")
    match = pattern.first_in("pain 7-8/10")
    assert match is not None
    assert 8 == number_of(match["number"])
    assert not pattern.first_in("pain 7/8/10")
    assert not compile_phrase("since #-10").first_in("since 7-8-10")


def test_a_sign_without_a_word_is_something_to_hold_on_to() -> None:
    """A plus can be waited for; a gap alone cannot."""
    assert compile_phrase("\\+").anchors
    with pytest.raises(PatternError):
        compile_phrase("#")


def test_no_is_an_answer_and_a_number_sign() -> None:
    """A sentence ends after "no." unless a number follows."""
    assert 2 == len(list(sentence_bounds("Numbness: no. Tingling: yes.")))
    assert 1 == len(list(sentence_bounds("See exhibit no. 3 of the file.")))


def test_a_mark_that_ends_inside_or_beyond_a_cue_reaches_it() -> None:
    """'No clear rationale for' denies the 'rationale' that it holds."""
    sentence = "no clear rationale for the study"
    start = sentence.index("rationale")
    for end_of_mark in (len("no clear rationale"), len("no clear rationale for")):
        scopes = Scopes({Mark.UNDOCUMENTED_BEFORE: ((0, end_of_mark),)})
        end = start + len("rationale")
        assert Assertion.UNDOCUMENTED is assertion_of(start, end, scopes)


def test_a_mark_that_begins_inside_a_cue_reaches_back() -> None:
    """'Improvement was not documented' leaves the 'improvement was' undocumented."""
    scopes = Scopes({Mark.UNDOCUMENTED_AFTER: ((12, 30),)})
    assert Assertion.UNDOCUMENTED is assertion_of(0, 15, scopes)


def test_a_mark_that_ends_with_the_cue_turns_it() -> None:
    """'Pain is not reduced' holds the words of 'pain reduced', its last word in the mark."""
    scopes = Scopes({Mark.DENIED_BEFORE: ((8, 19),)})
    assert Assertion.DENIED is turned_inside(Assertion.AFFIRMED, 0, 19, scopes)


@given(st.text(alphabet="(+-) ,;.ab\n", max_size=60))
def test_signs_never_shift_an_offset(text: str) -> None:
    """Signs become words of their own length, so that every quotation stays where it is."""
    flat = flatten(text, 0, len(text))
    assert len(flat.lower) == len(flat.text)


@pytest.mark.parametrize(
    ("rationale", "fact", "expect"),
    [
        ("The MRI report does not corroborate radiculopathy.", "corroborating_test", "no"),
        ("There has been no change since the previous MRI.", "prior_study_same_region", "yes"),
        ("The records do not show new findings compared to the prior MRI.",
         "prior_study_same_region", "yes"),
    ],
)  # fmt: skip
def test_a_negation_turns_what_it_belongs_to(
    rationale: str, fact: str, expect: Value, knowledge: Knowledge
) -> None:
    """A long mark at the head of a cue turns it; what a sentence supposes is not denied with it."""
    subject = Subject(1, "esi" if fact == "corroborating_test" else "imaging", None)
    assert expect == stated(f"{IN_CASE}{rationale}", subject, knowledge).get(fact)


def test_what_argues_against_a_gain_denies_it(knowledge: Knowledge) -> None:
    """'Arguing against functional improvement' is no improvement."""
    text = f"{IN_CASE}He is off work, arguing against any functional improvement from therapy."
    assert "no" == stated(text, THERAPY, knowledge)["functional_improvement"]


def test_a_word_list_that_holds_itself_is_refused() -> None:
    """A list cannot name itself, not through another list either."""
    with pytest.raises(PatternError, match="no word list is called 'drugs'"):
        compile_phrase("took +drugs", WordLists({"drugs": ["+pills"], "pills": ["+drugs"]}))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The dose was cut to 5 mg. The pain is as it was.", 2),
        ("He takes 10 mg. twice a day.", 1),
        ("There was a positive Spurling's. Reflexes were equal.", 2),
        ("She saw Dr. R. Smith in May.", 1),
    ],
)
def test_a_stop_behind_a_unit_or_an_apostrophe_ends_a_sentence(text: str, sentences: int) -> None:
    """Where a capital follows; an initial or a title goes on."""
    assert sentences == len(list(sentence_bounds(text)))


@pytest.mark.parametrize("said", ["use is helpful", "use of the back brace is helpful"])
def test_a_gap_may_end_an_optional_part(said: str) -> None:
    """The words it lets pass stand before what comes next."""
    assert ((0, len(said)),) == tuple(compile_phrase("use [of ...3] is helpful").places_in(said))
