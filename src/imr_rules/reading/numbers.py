"""How letters write numbers, years and numbers of visits, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from imr_rules.reading.rarity import WORD_END

_WORDS_FOR_NUMBERS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS: Mapping[str, int] = {
    word: number for number, word in enumerate(_WORDS_FOR_NUMBERS.split())
} | {word: 10 * number for number, word in enumerate(_TENS.split(), start=2)}
# "twenty-four" is one number, not the "four" that it ends with.
_SPELLED_OUT = (
    rf"(?:(?:{'|'.join(_TENS.split())})(?:[-\s](?:{'|'.join(_WORDS_FOR_NUMBERS.split()[1:10])})"
    rf"(?!\w))?|{'|'.join(sorted(_WORDS_FOR_NUMBERS.split(), key=len, reverse=True))})"
)
# The day, month or year of a date counts nothing: "on 4/14/17 16 visits were done", "in 2011, 24".
YEAR = r"(?:19[5-9]|20[0-4])\d(?![\d.,]\d)(?!\w)"
_NO_DATE = (
    "".join(
        rf"(?<!\d{sign}\d{sign})(?<!\d{sign}\d\d{sign})(?!(?<=\d{sign})\d{{1,2}}{sign}\d{{2}})"
        rf"(?!\d{{1,2}}\s?{sign}\s?(?:\d{{1,2}}\s?{sign}\s?\d{{2}}|{YEAR}))"
        for sign in "/-"
    )
    + rf"(?!{YEAR})"
)
_AND_A_HALF = r"(?:\sand\s(?:a|one)[-\s]half)?"
NUMBER = (
    rf"{_NO_DATE}(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})(?:\.\d+)?"
    rf"(?:\s?(?:-|to|or)\s?\d{{1,9}}(?:\.\d+)?)?{_AND_A_HALF}|"
    rf"{_SPELLED_OUT}(?:\s(?:to|or)\s{_SPELLED_OUT})?{_AND_A_HALF}"
)
_FREQUENCIES: Mapping[str, int] = {"once": 1, "twice": 2, "thrice": 3}
_PLAIN = (
    rf"(?:{_NO_DATE}(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}})(?:\s?(?:-|to|or)\s?\d{{1,9}})?|"
    rf"{_SPELLED_OUT}|{'|'.join(_FREQUENCIES)})"
)
_WEEK = r"(?:weeks?|wks?|wk)"
_TIMES = r"(?:x|times|visits|sessions|treatments)"
COUNT = (
    # "2x6", "2 times a week for 6 weeks", "twice weekly x 4 weeks", or one number.
    rf"(?P<count>{_PLAIN}\s?{_TIMES}?\s?(?:(?:a|per|each|every|/)\s?{_WEEK}|weekly|{_WEEK})"
    rf"\s?(?:for|x|times|over|,)?\s?{_PLAIN}\s?{_WEEK}?|"
    rf"{_PLAIN}\s?(?:x|times)\s?{_PLAIN}(?:\s?{_WEEK})?|{_PLAIN})"
)
_IN_A_COUNT = re.compile(_PLAIN)
DIGITS = frozenset("0123456789")
NUMBER_BEGINS = DIGITS | {word + WORD_END for word in NUMBER_WORDS}
COUNT_BEGINS = NUMBER_BEGINS | {word + WORD_END for word in _FREQUENCIES}


def number_of(text: str) -> float:
    """Return the number that ``#`` captured: of a range the upper end."""
    text, half, _ = text.strip().replace(",", "").partition(" and ")
    if text[0].isalpha():
        words = re.split(r"\s(?:to|or)\s", text)[-1]
        whole: float = sum(NUMBER_WORDS[word] for word in re.split(r"[-\s]", words))
    else:
        whole = float(re.split(r"\s?(?:-|to|or)\s?", text)[-1])
    return whole + 0.5 if half else whole


def count_of(text: str) -> int:
    """Return the number of visits that ``@count`` captured; of ranges the upper end.

    >>> count_of("2-3 times a week for 6 weeks")
    18
    """
    total = 1
    for number in _IN_A_COUNT.findall(text):
        total *= int(_FREQUENCIES.get(number) or number_of(number))
    return total
