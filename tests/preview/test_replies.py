"""What is typed is taken for what it says, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType, Scope
from imr_rules.preview.replies import Unclear, Wish, reply_to

YES_NO = Fact(id="a", type=FactType.YES_NO, scope=Scope.CASE, question="A?")
WORDS = Fact(
    id="b", type=FactType.ENUM, scope=Scope.CASE, question="B?", values=("none", "not_sure", "off")
)
NUMBER = Fact(
    id="c", type=FactType.NUMBER, scope=Scope.CASE, question="C?", unit="weeks", maximum=100
)


@pytest.mark.parametrize(
    ("fact", "typed", "expected"),
    [
        (YES_NO, "y", "yes"),
        (YES_NO, " NO ", "no"),
        (YES_NO, "u", UNDOCUMENTED),
        (YES_NO, "b", Wish.BACK),
        (YES_NO, "skip", Wish.SKIP),
        (YES_NO, "?", Wish.HELP),
        (YES_NO, "Q", Wish.QUIT),
        (WORDS, "3", "off"),
        (WORDS, "not sure", "not_sure"),
        (WORDS, "of", "off"),
        (NUMBER, "6", 6),
        (NUMBER, "6 weeks", 6),
        (NUMBER, "2.5", 2.5),
    ],
)
def test_a_reply_is_read(fact: Fact, typed: str, expected: Value | Wish) -> None:
    """Letters, words and numbers mean what they say, in any case and spacing."""
    assert expected == reply_to(fact, typed)


@pytest.mark.parametrize(
    ("fact", "typed"),
    [(YES_NO, "maybe"), (YES_NO, ""), (WORDS, "no"), (WORDS, "4"), (WORDS, "²"), (NUMBER, "-1"),
     (NUMBER, "many"), (NUMBER, "101"), (NUMBER, "6 to 8"), (NUMBER, "1e9")],
)  # fmt: skip
def test_an_unclear_reply_is_asked_again(fact: Fact, typed: str) -> None:
    """Nothing is guessed: an ambiguous start, a range or an impossible number is no answer."""
    assert isinstance(reply_to(fact, typed), Unclear)


@given(st.sampled_from([YES_NO, WORDS, NUMBER]), st.text(max_size=30))
def test_whatever_is_typed_gives_an_answer_of_the_fact_or_none(fact: Fact, typed: str) -> None:
    """An answer always fits the fact."""
    said = reply_to(fact, typed)
    if not isinstance(said, Unclear | Wish):
        assert fact.can_be(said)
