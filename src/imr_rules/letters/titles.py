"""Where the title of a disputed item begins, and how its lines become one.

Nothing marks the beginning: text taken from a PDF has no blank lines, and titles wrap. What
tells is the line in front: it ends a sentence, or ends far from the margin although the next
word would have fitted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from imr_rules.letters.model import Span
from imr_rules.letters.phrases import LetterPhrases

_REACH = 3_000
"""The longest title looked for, in characters; three clauses of a partial approval have 600."""

_UNWRAPPED = 200
"""Lines longer than this are whole paragraphs: every line end is a paragraph's end."""

_ROOM_LEFT = 0.72
_ROOM_LEFT_AT_GAP = 0.9
"""A line that would have stayed below this share of the width with the next word ends a paragraph.

Titles are printed bold, so their lines hold fewer characters than those of a rationale; in the
letters read here a wrapped title line is never below 0.75.
"""

_SENTENCE_END = re.compile(r"(\S*[^\s.?!])?[.?!]+[\"”’')\]]*\Z")
_MIDLINE_END = re.compile(r"[.?!][\"”’')\]]{0,4}\s{0,12}(?=[A-Z0-9])")
_ENUMERATOR = re.compile(r"\(?(\d{1,2})[.)]\s+")
_HYPHEN_BREAK = re.compile(
    r"(\w{1,40})-[ \t]{0,4}\n\s{0,12}(\w{1,40})|(?<=[a-z])- (?!(?:or|to|and)\b)(?=[a-z])"
)


@dataclass(frozen=True, slots=True)
class PageShape:
    """How a letter is set: *width* in characters, *blank_lines* between neighbouring lines."""

    width: int
    blank_lines: int


def page_shape(text: str) -> PageShape:
    """Measure *text* on its first lines."""
    lengths: list[int] = []
    gaps = {0: 0}
    blank = 0
    for line in text[:60_000].split("\n"):
        stripped = line.strip()
        if not stripped:
            blank += 1
            continue
        if lengths:
            gaps[min(blank, 3)] = gaps.get(min(blank, 3), 0) + 1
        lengths.append(len(stripped))
        blank = 0
    lengths.sort()
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    return PageShape(width, max(gaps, key=lambda gap: gaps[gap]))


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    words: str
    blank_before: int


def find_title(
    text: str, floor: int, end: int, shape: PageShape, phrases: LetterPhrases
) -> Span | None:
    """Return the title that ends at *end* and begins behind *floor*.

    *floor* is the end of whatever certainly is no title: the label of the rationale before, or
    the sentence that introduces the decisions. None if only white space stands between.
    """
    floor = max(floor, end - _REACH)
    for closing in phrases.closing_set.find(text, floor, end):
        floor = closing.end
    lines = list(_lines(text, floor, end, phrases))
    if not lines:
        return None
    first = 0
    for place in range(len(lines) - 1, 0, -1):
        if _is_break(lines[place - 1], lines[place], shape, phrases) and not _is_torn(
            text, lines[place].start, end, phrases
        ):
            first = place
            break
    start = _past_rationale(text, lines[first].start, end, phrases)
    stop = lines[-1].end
    return Span(start, stop) if start < stop else None


def _lines(text: str, floor: int, end: int, phrases: LetterPhrases) -> Iterator[_Line]:
    blank = 0
    start = floor
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        words = text[start:stop].strip()
        if not words:
            blank += 1
        elif not _is_furniture(words, phrases):
            begin = start + text[start:stop].index(words[0])
            yield _Line(begin, begin + len(words), words, blank)
            blank = 0
        start = stop + 1


def _is_furniture(words: str, phrases: LetterPhrases) -> bool:
    """Tell whether the line is a running head or foot: its phrase, then numbers at most."""
    match = phrases.furniture_set.pattern.match(words)
    rest = words[match.end() :] if match else words
    return all(
        part in ("of", "-", "|") or any(c.isdigit() for c in part) for part in rest.split()
    ) and (match is not None)


def _is_break(before: _Line, line: _Line, shape: PageShape, phrases: LetterPhrases) -> bool:
    """Tell whether a title can begin at *line*, the one after *before*."""
    if shape.width > _UNWRAPPED:
        return True
    first_word = line.words.split(None, 1)[0]
    share = (len(before.words) + 1 + len(first_word)) / max(shape.width, 1)
    gap = line.blank_before > shape.blank_lines
    has_room = share < (_ROOM_LEFT_AT_GAP if gap else _ROOM_LEFT)
    starts_well = line.words[0].isupper() or line.words[0].isdigit()
    if ends_sentence(before.words, phrases):
        return starts_well or has_room or gap
    return starts_well and has_room


def ends_sentence(words: str, phrases: LetterPhrases) -> bool:
    """Tell whether *words* end with a full stop that is not an abbreviation's."""
    match = _SENTENCE_END.search(words[-60:])
    return match is not None and not _is_abbreviation(match[1] or "", phrases)


def _is_abbreviation(word: str, phrases: LetterPhrases) -> bool:
    word = word.lstrip("(\"“'[")
    return (len(word) == 1 and word.isalpha()) or word in phrases.known_abbreviations


def _is_torn(text: str, start: int, end: int, phrases: LetterPhrases) -> bool:
    """Tell whether ``text[start:end]`` is the tail of a partial approval without its first clause.

    Its clauses are sentences, so a line may begin with the second or third.
    """
    kinds = {hit.kind for hit in phrases.partial_set.find(text, start, end)}
    return kinds == {"remaining"}


def _past_rationale(text: str, start: int, end: int, phrases: LetterPhrases) -> int:
    """Move *start* behind a sentence of the rationale that shares a line with the title."""
    limit = end
    original = next(
        (hit for hit in phrases.partial_set.find(text, start, end) if hit.kind == "original"), None
    )
    if original is not None:
        limit = original.start
    begin = start
    for match in _MIDLINE_END.finditer(text, start, limit):
        word = (text[max(begin, match.start() - 20) : match.start()].split() or [""])[-1]
        # "1.5 Tesla": a stop between digits ends nothing.
        is_decimal = word[-1:].isdigit() and match.end() == match.start() + 1
        if is_decimal or _is_abbreviation(word, phrases):
            continue
        if phrases.sentence_word.search(text, begin, match.start()):
            begin = match.end()
    return begin


def join_title(text: str, span: Span, phrases: LetterPhrases) -> str:
    """Return the words of *span* on one line: single spaces, line-break hyphens healed.

    A broken word is written without its hyphen where the letter elsewhere writes it so.
    """
    words = "\n".join(line.words for line in _lines(text, span.start, span.end, phrases))

    def heal(match: re.Match[str]) -> str:
        if match[1] is None:
            return "-"
        whole = match[1] + match[2]
        known = re.search(rf"\b{re.escape(whole)}\b", text[:100_000], re.IGNORECASE)
        return whole if known else f"{match[1]}-{match[2]}"

    return " ".join(_HYPHEN_BREAK.sub(heal, words).split())


def without_enumerator(text: str, span: Span, number: int) -> Span:
    """Return *span* without the "1)" or "1." in front of it, if it counts the items."""
    match = _ENUMERATOR.match(text, span.start, span.end)
    if match and int(match[1]) == number:
        return Span(match.end(), span.end)
    return span
