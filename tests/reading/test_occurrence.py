"""Words tell which patterns may occur in a sentence; none that does occur may be passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_rules.knowledge import load_knowledge
from imr_rules.reading.flat import flatten
from imr_rules.reading.occurrence import PatternIndex, words_of
from imr_rules.reading.pattern import compile_phrase
from imr_rules.reading.rarity import Rarity
from imr_rules.reading.sentences import sentence_bounds

LETTERS = sorted((Path(__file__).parent / "whole_letters").glob("*.txt"))


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        ("anti-inflammator*", "an anti-inflammatory was tried"),
        ("anti-inflammator*", "antiinflammatories were tried"),
        ("re-injury", "a reinjury was denied"),
        ("re-injury", "a re-injury was denied"),
        ("x-ray of the knee", "an x ray of the knee"),
        ("radicul*", "radiculopathy"),
        ("#/10 pain", "7/10 pain"),
    ],
)
def test_a_word_is_brought_up_however_it_is_spelled(phrase: str, sentence: str) -> None:
    """Joined, with a hyphen or apart."""
    anchored = f"{{{phrase}|mentioned}}"
    index = PatternIndex([compile_phrase(anchored)], Rarity())
    assert compile_phrase(anchored).regex.search(sentence)
    assert [0] == index.numbers(index.occurring(words_of(sentence)), 1)


def test_no_shipped_pattern_is_passed_over_in_a_letter() -> None:
    """In every seventh sentence of whole letters, what matches is among what is tried."""
    lexicon = load_knowledge().lexicon
    # Cues that need other words near them are tried only beside those.
    patterns = [p for _, p in lexicon.marks] + [c.pattern for c in lexicon.cues if c.near is None]
    index = PatternIndex(patterns, Rarity())
    every = (1 << len(patterns)) - 1
    sentences: list[str] = []
    for path in LETTERS:
        text = path.read_text("utf-8")
        flat = flatten(text, 0, len(text))
        sentences += [flat.lower[start:end] for start, end in sentence_bounds(flat.text)]
    for sentence in sentences[::7]:
        tried = set(index.numbers(index.occurring(words_of(sentence)), every))
        passed_over = [
            pattern.phrase
            for number, pattern in enumerate(patterns)
            if (number not in tried or (pattern.rest and not pattern.rest.regex.search(sentence)))
            and pattern.regex.search(sentence)
        ]
        assert [] == passed_over, sentence


@pytest.mark.parametrize(
    "phrase", ["@item since @date", "@item ...3 since @date", "@item [daily] since @date"]
)
def test_what_stands_behind_a_leading_item_tells_whether_to_try(phrase: str) -> None:
    """The rest of the phrase is found where the phrase is, and nowhere else."""
    pattern = compile_phrase(phrase)
    assert pattern.rest is not None
    found, other = "he takes norco daily since 5/1/2016", "he takes norco daily, since then"
    assert pattern.regex.search(found)
    assert pattern.rest.regex.search(found)
    assert not pattern.rest.regex.search(other)
