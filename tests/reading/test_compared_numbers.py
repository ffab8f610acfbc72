"""Phrases that compare two numbers: the second is lower, the same or higher."""

import pytest

from imr_rules.reading.pattern import PatternError, WordLists, any_of, compile_phrase

LISTS = WordLists(
    {"of_ten": ["#/10", "# out of 10"], "lower_of_ten": ["#lower/10", "#lower out of 10"]}
)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("pain went from 8/10 to 5/10", "lower"),
        ("pain went from 10/10 to 9/10", "lower"),
        ("pain went from 9 out of 10 to 2/10", "lower"),
        ("pain went from eight out of ten to 8 out of 10", "same"),
        ("pain went from 8 out of 10 to 8 out of 10", "same"),
        ("pain went from 2/10 to 10/10", "higher"),
        ("pain went from 6.5/10 to 7-8/10", "higher"),
    ],
)
def test_a_phrase_stands_where_its_numbers_compare(text: str, relation: str) -> None:
    """In figures and words, of a range the upper end; every other comparison does not stand."""
    for said in ("lower", "same", "higher"):
        phrase = (
            f"pain ...2 {{#/10|# out of {{10|ten}}}} to {{#{said}/10|#{said} out of {{10|ten}}}}"
        )
        assert (said == relation) == (compile_phrase(phrase).first_in(text) is not None)


def test_numbers_are_compared_in_word_lists_too() -> None:
    """What stands in a list is compared with the number before it in the phrase."""
    pattern = compile_phrase("+of_ten {now|down to} +lower_of_ten", LISTS)
    assert pattern.first_in("pain was 8 out of 10 down to 5/10")
    assert not pattern.first_in("pain was 5/10 down to 8 out of 10")


def test_the_next_place_is_tried_where_numbers_do_not_compare() -> None:
    """Each place of the words is one of its own, and all are found."""
    text = "from 4 to 6 in may, from 6 to 3 in june, from 3 to 2 in july"
    pattern = compile_phrase("from # to #lower")
    first = pattern.first_in(text)
    assert first is not None
    assert "from 6 to 3" == first.group()
    assert ["from 6 to 3", "from 3 to 2"] == [text[a:b] for a, b in pattern.places_in(text)]


def test_one_of_several_phrases_may_compare() -> None:
    """Each is looked for: one whose numbers are others hides none that stands at the same place."""
    either = any_of(
        compile_phrase(phrase)
        for phrase in ("from # to #lower", "from # to #higher", "from # to # weeks", "unchanged")
    )
    for text in ("from 3 to 2", "from 2 to 3", "from 2 to 2 weeks", "unchanged from 2 to 2"):
        assert either.first_in(text), text
    assert not either.first_in("from 2 to 2")
    with pytest.raises(PatternError, match="compared in cues and marks only"):
        assert either.plain


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("pain of #lower/10", "'#lower' needs a '#' before it"),
        ("from #same to #", "'#same' needs a '#' before it"),
        ("from # to {#lower|#higher}", "more than one way"),
    ],
)
def test_what_cannot_be_compared_is_refused(phrase: str, says: str) -> None:
    """A number with none before it, and two comparisons of one phrase."""
    with pytest.raises(PatternError, match=says):
        compile_phrase(phrase)
