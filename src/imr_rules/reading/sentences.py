"""Where sentences end, in text whose full stops are glued, abbreviated or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MAX_LENGTH = 1100  # characters; a longer run is cut, which bounds the work of every pattern

_END = re.compile(
    r"(?<=[a-z0-9)\]%\"'][.!?;])\s*(?=[A-Z\"(])"  # also glued: "May 2015.On"
    r"|(?<=[A-Z]{2}[.!?])\s+(?=[A-Z])"
    r"|(?<=[A-Z]{2}[.!?])(?=\"\s+[A-Z])"  # a quotation that ends in "MRI."
    r"|(?<=[.!?;])\s+(?=[A-Z(\"]|\d+[.)]\s)"
    r"|(?<=[a-z]{4}[.!?])\s+(?=\d{1,3}\s[a-z]{3})"  # "was tried. 2 refills would be"
    r"|(?<=[a-z]{3}[.])\s+(?=\d{1,3}\s[a-z])"  # "... in all. 16 have been attended."
    r"|(?<=;)\s"
)
_STOP = re.compile(r"[.!?;]")  # one stands before every end
# "Dr. Smith" goes on; "10 mg. twice a day" does, "cut to 5 mg. The pain" does not.
_ABBREVIATION = re.compile(
    r"(?:\b(?:dr|mr|mrs|ms|st|vs|fig|approx|pp?|e\.?g|i\.?e|inc|sec|ch|ed|al|dept|jr"
    r"|m\.d|d\.c|p\.a|(?P<unit>etc|lbs?|hrs?|min|wks?|mos?|yrs?|tab|mg))"
    r"|(?<!['’])\b[A-Za-z])[.]\Z",
    re.IGNORECASE,
)


# "Nos. 3 and 4" goes on; "Numbness: no. Tingling: yes." are two answers.
_NUMBER_SIGN = re.compile(r"\bnos?[.]\Z", re.IGNORECASE)
_NUMBER_FOLLOWS = re.compile(r"\s*[\d#]")


def sentence_bounds(text: str) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each sentence of the flat *text*; overlong ones are cut."""
    start = 0
    # From stop to stop: looking behind every single character takes twice as long.
    for stop in _STOP.finditer(text):
        end = stop.end()
        match = _END.match(text, end)
        if match is None:
            continue
        if text[end - 1] == ".":
            short = _ABBREVIATION.search(text, max(start, end - 8), end)
            if short and not (short["unit"] and text[match.end()].isupper()):
                continue
        if _NUMBER_SIGN.search(text, max(start, end - 8), end) and _NUMBER_FOLLOWS.match(text, end):
            continue
        yield from _cut(text, start, end)
        start = match.end()
    yield from _cut(text, start, len(text))


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > _MAX_LENGTH:
        # At a comma if there is one: "not contemplating surgery" must not lose its "not".
        half = start + _MAX_LENGTH // 2
        middle = text.rfind(", ", half, start + _MAX_LENGTH - 1) + 1
        middle = middle or text.rfind(" ", start + 1, start + _MAX_LENGTH)
        middle = middle if middle > start else start + _MAX_LENGTH
        yield start, middle
        start = middle
    if end > start:
        yield start, end
