r"""The cue language: phrases as a nurse would write them, compiled to regular expressions.

======================  =====================================================================
``decreased pain``      these words, whatever white space stands between them
``pain is {a|b c}``     one of the alternatives
``[objective] gain``    an optional word or phrase
``improv*``             a word that begins so
``relief ... drug``     up to six words between, within the sentence; ``...3`` up to three
``#``                   a number in digits or words, "and a half" too; of ``8-10`` the upper end
``#lower``              a number lower than the one before it; so ``#same`` and ``#higher``
``@count``              a number of visits, captured: "12", or "2x6", "twice a week for six weeks"
``@date``               a date, captured
``@year``               a year, captured: the year of a date is no ``#``
``@item``               up to seven words that must name the disputed item's own treatment
``+class``              a word list of ``rules/reading/words.yaml`` by name
``\+``                  the sign itself, of a sign that means something here
======================  =====================================================================

A word list named ``word!`` tells in what other ways letters write that plain word, wherever a
phrase says it. A phrase may hold several numbers: the first is captured. ``#/10 down to #lower/10``
stands only where the second is lower; a phrase compares in one of the three ways.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby

from imr_rules.letters.dates import WRITTEN
from imr_rules.reading.numbers import (
    COUNT,
    COUNT_BEGINS,
    DIGITS,
    NUMBER,
    NUMBER_BEGINS,
    YEAR,
    number_of,
)
from imr_rules.reading.rarity import WORD_END, Rarity

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "lower": operator.lt,
    "same": operator.eq,
    "higher": operator.gt,
}
_NUMBERS = ("number", *_COMPARISONS)
_DATE = rf"(?P<date>{WRITTEN})"
_ITEM_SPACE = r"[\s()/'\"]+"
# The name of a treatment is over where something is said beside it.
_ITEM_WORD = r"(?!(?:with|without|but|while|because|although|though|despite)\b)[\w/+-]+"
_TOKEN = re.compile(
    r"\s*(?:(?P<gap>\.\.\.(?P<width>\d+)?)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<bar>\|)"
    r"|(?P<list>\+[a-z_]+)|(?P<date>@date)|(?P<year>@year)|(?P<item>@item)|(?P<count>@count)"
    r"|(?P<word>[^\s\[\]{}|]+))"
)
_GROUP = re.compile(r"\(\?P<(\w+)>")
_LETTER_FIRST = re.compile(r"[a-z0-9](?![?*+{])")
_DEFAULT_GAP = 6
_SIGN = re.compile(r"\A\+\Z")
_APART = re.compile(r"\W(\w+)")
ALSO_WRITTEN = "!"
"""Ends the name of a word list that stands for a plain word."""
_ITEM_WORDS = 7
_ITEM = rf"(?P<item>{_ITEM_WORD}(?:{_ITEM_SPACE}{_ITEM_WORD}){{0,{_ITEM_WORDS - 1}}})"
_INNER_HYPHEN = re.compile(r"(?<=[a-z])\\-(?=[a-z])")
_SPACE = r"[\s,:/()\"'-]+"
# A word that a gap passes over, "and/or" as one; it may break off at its signs alone.
_ANY_WORD = r"(?:[^\s,:/()\"'-]++|[:/()\"'-]++)+"


class PatternError(ValueError):
    """A phrase of the cue language that cannot be read."""


class WordLists:
    """The word lists that phrases name, each composed once.

    Within a list its own name is a plain word: ``positive!`` lists "positive" among others.
    """

    def __init__(
        self, lists: Mapping[str, Sequence[str]] | None = None, rarity: Rarity | None = None
    ) -> None:
        """Hold *lists*: the phrases of each by its name. *rarity* tells their rarest words."""
        self._lists = lists or {}
        self.rarity = rarity or Rarity()
        self._composed: dict[str, _Piece] = {}
        self._within: list[str] = []

    def __contains__(self, name: str) -> bool:
        """Whether a list of this *name* can be named where a phrase stands now."""
        return name in self._lists and name not in self._within

    def piece(self, name: str) -> _Piece:
        """Compose the list called *name*.

        Raises:
            PatternError: there is none, it holds itself, or one of its phrases cannot be read.
        """
        if name not in self:
            raise PatternError(f"no word list is called {name!r}.")
        if name in self._composed:
            return self._composed[name]
        self._within.append(name)
        try:
            entries = [_alternatives(_tokens(e), 0, None, self)[0] for e in self._lists[name]]
        finally:
            self._within.pop()
        piece = _either(entries)
        if not self._within:  # within another list the name of that one is a plain word
            self._composed[name] = piece
        return piece


_NO_WORD_BEFORE = r"(?<![\w])"
# What may stand before a word of Latin script: signs, spaces and symbols. Where a letter is among
# them, the expression itself tells.
_BREAK = (
    r"[\x00-/:-@\[-^`{-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf\xd7\xf7\u02c0-\u036f"
    r"\u2000-\u2bff\u2e00-\u303f\ud800-\uf8ff\ufe00-\uffff\U00010000-\U0010ffff]"
)


@dataclass(frozen=True)
class Expression:
    """Whole words as a regular expression, compiled when first asked for: a letter needs few."""

    source: str

    @cached_property
    def compares(self) -> bool:
        """Whether numbers of the words are compared, which :attr:`regex` alone does not tell."""
        return any(f"(?P<{comparison}>" in self.source for comparison in _COMPARISONS)

    @property
    def plain(self) -> re.Pattern[str]:
        """The compiled expression, of words that it tells alone.

        Raises:
            PatternError: numbers of the words are compared.
        """
        if self.compares:
            raise PatternError("numbers are compared in cues and marks only.")
        return self.regex

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """The compiled expression."""
        return re.compile(self.source)

    @cached_property
    def _with_break(self) -> re.Pattern[str]:
        """The words and the character before them: few can be one, so most are passed at once."""
        return re.compile(_BREAK + self.source.removeprefix(_NO_WORD_BEFORE))

    def first_in(self, sentence: str, begin: int = 0) -> re.Match[str] | None:
        """Return the first place at or behind *begin* where the words stand."""
        found = self._with_break.search(f" {sentence}", begin)
        match = None if found is None else self.regex.search(sentence, found.start())
        while match is not None and self.compares and not _compare_as_told(match):
            match = self.regex.search(sentence, match.start() + 1)
        return match

    def places_in(self, sentence: str) -> list[tuple[int, int]]:
        """Return where the words stand, each as ``(start, end)``."""
        if self.compares:
            return list(self._compared_places(sentence))
        found = self._with_break.finditer(f" {sentence}")
        return [(match.start(), match.end() - 1) for match in found]

    def _compared_places(self, sentence: str) -> Iterator[tuple[int, int]]:
        match = self.first_in(sentence)
        while match is not None:
            yield match.span()
            match = self.first_in(sentence, match.end())


@dataclass(frozen=True)
class Pattern(Expression):
    """A phrase as an expression; *anchors* are word beginnings of which the sentence must hold one.

    A beginning that ends with ``WORD_END`` is a whole word.

    Of each set of *needs* too it must hold one, in this order: every word of a phrase is such a
    set, so that most sentences are told apart without running the expression. Of the words
    *beside* it must hold one anywhere. A phrase that opens with
    ``@item`` may begin at any word: it is tried only from *lead* words before its *rest*.
    """

    phrase: str
    anchors: frozenset[str]
    needs: tuple[frozenset[str], ...] = ()
    beside: frozenset[str] = frozenset()
    rest: Expression | None = None
    lead: int = 0

    def first_in(self, sentence: str, begin: int = 0) -> re.Match[str] | None:
        """Return the first place at or behind *begin* where the phrase stands."""
        if self.rest is not None:
            rest = self.rest.first_in(sentence, begin)
            if rest is None:
                return None
            begin = max(begin, _words_before(self.lead, sentence, rest.start()))
        return super().first_in(sentence, begin)


@dataclass(frozen=True)
class _AnyOf(Expression):
    """Any of several phrases, of which those *comparing* numbers are each looked for alone."""

    comparing: tuple[Pattern, ...]

    @cached_property
    def compares(self) -> bool:
        """Whether numbers of the words are compared: of some."""
        return True

    def first_in(self, sentence: str, begin: int = 0) -> re.Match[str] | None:
        """Return the first place at or behind *begin* where one of the phrases stands."""
        found = [super().first_in(sentence, begin)]
        found += [pattern.first_in(sentence, begin) for pattern in self.comparing]
        return min(filter(None, found), key=re.Match.start, default=None)


def _words_before(count: int, sentence: str, position: int) -> int:
    """Return where at least *count* words before *position* begin."""
    for _ in range(count + 1):
        position = sentence.rfind(" ", 0, position)
        if position < 0:
            return 0
    return position


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a phrase: its expression, and the words that any match of it must hold one of."""

    regex: str
    anchors: frozenset[str] | None
    needs: tuple[frozenset[str], ...] = ()
    branches: tuple[str, ...] = ()
    """The alternatives, of a piece that is nothing else."""


def compile_phrase(phrase: str, words: WordLists | None = None) -> Pattern:
    """Compile *phrase*, which may name *words*.

    Raises:
        PatternError: unbalanced brackets, an unknown word list, or nothing to hold on to.
    """
    words = words or WordLists()
    tokens = list(_tokens(phrase))
    piece, rest = _alternatives(tokens, 0, None, words)
    if rest != len(tokens):
        raise PatternError(f"{phrase!r}: a bracket closes that was not opened.")
    if not piece.anchors:
        raise PatternError(f"{phrase!r}: needs at least one plain word that must occur.")
    numbers = [name for name in _GROUP.findall(piece.regex) if name in _NUMBERS]
    if numbers and numbers[0] in _COMPARISONS:
        raise PatternError(f"{phrase!r}: '#{numbers[0]}' needs a '#' before it.")
    if len(_COMPARISONS.keys() & numbers) > 1:
        raise PatternError(f"{phrase!r}: compares numbers in more than one way.")
    behind = None
    lead = 0
    if tokens[0]["item"]:
        gap = tokens[1] if tokens[1]["gap"] else None
        lead = _ITEM_WORDS + (int(gap["width"] or _DEFAULT_GAP) if gap else 0)
        after = tokens[2 if gap else 1 :]
        behind = Expression(_whole_words(_alternatives(after, 0, None, words)[0]))
    return Pattern(_whole_words(piece), phrase, piece.anchors, piece.needs, rest=behind, lead=lead)


def _whole_words(piece: _Piece) -> str:
    return rf"{_NO_WORD_BEFORE}(?:{_captured_once(piece.regex)})(?![\w])"


def any_of(patterns: Iterable[Pattern]) -> Expression:
    """Return one expression for any of *patterns*; it captures nothing."""
    plain: list[str] = []
    comparing: list[Pattern] = []
    for pattern in patterns:
        if pattern.compares:
            comparing.append(pattern)
        else:
            plain.append(_GROUP.sub("(?:", pattern.source.removeprefix(_NO_WORD_BEFORE)))
    source = f"{_NO_WORD_BEFORE}(?:{'|'.join(plain) if plain else '(?!)'})"
    return _AnyOf(source, tuple(comparing)) if comparing else Expression(source)


def _captured_once(regex: str) -> str:
    """Let each group capture where it stands first; ``# to #`` captures the first number.

    In a phrase that compares numbers each of them is captured, under a name of its own.
    """
    met: Counter[str] = Counter()
    compares = not _COMPARISONS.keys().isdisjoint(_GROUP.findall(regex))

    def named(group: re.Match[str]) -> str:
        name = group[1]
        met[name] += 1
        if met[name] == 1:
            return group[0]
        return f"(?P<{name}_{met[name]}>" if compares and name in _NUMBERS else "(?:"

    return _GROUP.sub(named, regex)


def _compare_as_told(match: re.Match[str]) -> bool:
    """Whether each number of *match* that is compared is to the one before it as told."""
    before: float | None = None
    for name, text in match.groupdict().items():
        kind = name.partition("_")[0]
        if text is None or kind not in _NUMBERS:
            continue
        number = number_of(text)
        compare = _COMPARISONS.get(kind)
        if compare is not None and (before is None or not compare(number, before)):
            return False
        before = number
    return True


def _tokens(phrase: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    position = 0
    stripped = phrase.strip().lower()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise PatternError(f"{phrase!r}: cannot be read at {stripped[position:]!r}.")
        found.append(match)
        position = match.end()
    return found


def _alternatives(
    tokens: Sequence[re.Match[str]],
    position: int,
    closing: str | None,
    words: WordLists,
) -> tuple[_Piece, int]:
    branches: list[_Piece] = []
    while True:
        branch, position = _sequence(tokens, position, words)
        branches.append(branch)
        if position < len(tokens) and tokens[position]["bar"]:
            position += 1
            continue
        break
    if closing is not None:
        if position >= len(tokens) or tokens[position]["close"] != closing:
            raise PatternError(f"a bracket is not closed with {closing!r}.")
        position += 1
    if len(branches) == 1:
        return branches[0], position
    return _either(branches), position


def _sequence(
    tokens: Sequence[re.Match[str]], position: int, words: WordLists
) -> tuple[_Piece, int]:
    regex = ""
    glue = gap = ""
    anchors: frozenset[str] | None = None
    needs: dict[frozenset[str], None] = {}
    piece: _Piece | None = None
    while position < len(tokens):
        token = tokens[position]
        if token["bar"] or token["close"]:
            break
        position += 1
        if token["gap"]:
            gap = rf"(?:{_SPACE}{_ANY_WORD}){{0,{int(token['width'] or _DEFAULT_GAP)}}}?"
            glue = gap + _SPACE
            continue
        if token["open"] == "[":
            inner, position = _alternatives(tokens, position, "]", words)
            regex += f"(?:{glue}{inner.regex})?" if glue else f"(?:{inner.regex}{_SPACE})?"
            continue
        if token["open"] == "{":
            piece, position = _alternatives(tokens, position, "}", words)
        elif token["list"]:
            piece = words.piece(token["list"][1:])
        elif token["date"]:
            piece = _Piece(_DATE, None, (DIGITS,))
        elif token["year"]:
            piece = _Piece(f"(?P<year>{YEAR})", None, (DIGITS,))
        elif token["count"]:
            piece = _Piece(COUNT, None, (COUNT_BEGINS,))
        elif token["item"]:
            piece = _Piece(_ITEM, None)
        elif f"{token['word']}{ALSO_WRITTEN}" in words:
            piece = words.piece(f"{token['word']}{ALSO_WRITTEN}")
        else:
            piece = _word(token["word"])
        regex += glue + piece.regex
        glue, gap = _SPACE, ""
        needs.update(dict.fromkeys(piece.needs))
        if piece.anchors and (
            anchors is None or words.rarity.of(piece.anchors) < words.rarity.of(anchors)
        ):
            anchors = piece.anchors
    if not regex:
        raise PatternError("a phrase has an empty part.")
    # "[of ...3] care": what ends with a gap lets words stand before what comes next.
    regex += gap
    if piece is not None and piece.regex == regex:
        return piece, position
    return _Piece(regex, anchors, tuple(needs)), position


def _either(pieces: Sequence[_Piece]) -> _Piece:
    """Join alternatives; they share anchors only if every one of them has some."""
    heads = [piece.anchors for piece in pieces]
    anchors: frozenset[str] | None = frozenset(a for head in heads for a in head or ())
    if any(head is None for head in heads):
        anchors = None
    branches = tuple(branch for piece in pieces for branch in piece.branches or (piece.regex,))
    needs = pieces[0].needs if len(pieces) == 1 else (anchors,) if anchors else ()
    return _Piece(f"(?:{_by_first_letter(branches)})", anchors, needs, branches)


def _by_first_letter(branches: Sequence[str]) -> str:
    """Join *branches* by "|", those that begin with one letter told apart by it only once.

    Branches that begin otherwise keep their place among the others: which one is tried first
    decides how long a match is, and of two that capture, which.
    """
    joined = "|".join(branches)
    if _GROUP.search(joined):
        return joined
    parts: list[str] = []
    for has_letter, run in groupby(dict.fromkeys(branches), lambda b: bool(_LETTER_FIRST.match(b))):
        if not has_letter:
            parts += run
            continue
        rests: dict[str, list[str]] = {}
        for branch in run:
            rests.setdefault(branch[0], []).append(branch[1:])
        parts += (f"{letter}(?:{'|'.join(behind)})" for letter, behind in rests.items())
    return "|".join(parts)


@cache  # the phrases use few words, over and over
def _word(word: str) -> _Piece:
    if word.startswith("\\"):
        return _sign(word[1:])
    if word == "#":
        return _Piece(f"(?P<number>{NUMBER})", None, (NUMBER_BEGINS,))
    if "#" in word:
        before, *after = word.split("#")
        needs = [] if before else [NUMBER_BEGINS]
        regex = re.escape(before)
        for part in after:
            kind = next(filter(part.startswith, _COMPARISONS), "")
            part = part.removeprefix(kind)
            regex += rf"(?P<{kind or 'number'}>{NUMBER})" + r"\s?" * bool(part) + re.escape(part)
            # "/10" behind a number is a word of its own, "x" is not: "2x6".
            if apart := _APART.fullmatch(part):
                needs.append(frozenset((apart[1] + WORD_END,)))
        return _Piece(regex, None, tuple(needs))
    ending = r"[\w'-]*" if word.endswith("*") else ""
    return _beginning(_spelled(word.removesuffix("*")) + ending, *_first_words(word))


def _first_words(word: str) -> list[str]:
    """Return the beginnings of words that *word* may begin with; none where too many would do."""
    first, *others = re.split(r"\W", word.removesuffix("*"))
    if others and word.startswith("-", len(first)):
        # What a hyphen joins may be spelled together.
        return [first + WORD_END, first + others[0]]
    if word.endswith("*") and not others:
        return [first] if len(first) > 2 else []
    return [first + WORD_END] if first else []


def _sign(sign: str) -> _Piece:
    """Match *sign* as it stands: a sign of its own, not one of a grade such as ``2+``."""
    anchor = "".join(_SIGN.findall(sign)) or re.split(r"\W", sign)[0]
    return _beginning(rf"(?<![\w+]){re.escape(sign)}(?!\+)", anchor + WORD_END if anchor else "")


def _spelled(word: str) -> str:
    """Match a hyphen inside *word* also where a letter spells it apart or together."""
    return _INNER_HYPHEN.sub(r"[-\\s]?", re.escape(word))


def _beginning(regex: str, *anchors: str) -> _Piece:
    one_of = frozenset(anchor for anchor in anchors if anchor) or None
    return _Piece(regex, one_of, (one_of,) if one_of else ())
