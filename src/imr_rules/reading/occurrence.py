"""Which of many patterns can occur in a sentence: its words tell, before any expression is run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from imr_rules.reading.pattern import Pattern
from imr_rules.reading.rarity import WORD_END, Rarity

# Sets of numbered things, as the bits of a number: joined and met at once, however many there are.
Bits = int
_WORD = re.compile(r"\w+|\+")
_KEY = 12  # word beginnings are indexed up to this length
_MOST_WORDS = 20_000  # a text of ever new words must not fill the memory


@dataclass(frozen=True, slots=True)
class Occurring:
    """What the words of one sentence bring up.

    *ready* are the patterns for which they hold all that is needed; *open* those of several needs,
    of which *unmet* tells which are not met.
    """

    ready: Bits
    open: Bits
    unmet: Bits

    def may_hold(self, sought: Bits) -> bool:
        """Whether some pattern *sought* may occur in the sentence."""
        return bool((self.ready | self.open) & sought)


class PatternIndex:
    """Patterns, numbered as they come, found by the beginnings of words they cannot do without.

    Of the words that a pattern needs the two rarest sets must stand in its own order: what is said
    the other way round is passed over.
    """

    def __init__(self, patterns: Sequence[Pattern], rarity: Rarity) -> None:
        first: list[tuple[str, int]] = []
        last: list[tuple[str, int]] = []
        others: list[set[frozenset[str]]] = []
        alone: list[int] = []
        for number, pattern in enumerate(patterns):
            in_order, near = _wanted(pattern), _keys(pattern.beside)
            rarest = sorted(in_order, key=rarity.of)[:2]
            ends = [one for one in in_order if one in rarest]
            others.append({*in_order, *filter(None, (near,))} - set(ends))
            last += ((beginning, number) for beginning in ends[-1])
            if len(ends) > 1:
                first += ((beginning, number) for beginning in ends[0])
            else:
                alone.append(number)
        numbers = {need: n for n, need in enumerate(dict.fromkeys(chain.from_iterable(others)))}
        self._first = _grouped_bits(first)
        self._last = _grouped_bits(last)
        self._alone = bits_of(alone)
        self._needs_of = [bits_of(numbers[need] for need in of_one) for of_one in others]
        self._met_by = _grouped_bits(
            (beginning, number) for need, number in numbers.items() for beginning in need
        )
        self._all_needs = (1 << len(numbers)) - 1
        self._of_several = bits_of(n for n, of_one in enumerate(others) if of_one)
        # What words met so far bring up, None for nothing: letters use few words, over and over.
        self._words: dict[str, tuple[Bits, Bits, Bits] | None] = {}

    def occurring(self, words: Iterable[str]) -> Occurring:
        """Return what the *words* (lower case, in order) of a sentence bring up."""
        begun, brought, met = self._alone, 0, 0
        known = self._words
        for word in words:
            try:
                brings = known[word]
            except KeyError:
                brings = self._word(word)
            if brings is not None:
                first, last, meets = brings
                brought |= begun & last
                begun |= first
                met |= meets
        several = brought & self._of_several
        return Occurring(brought ^ several, several, self._all_needs ^ met)

    def numbers(self, occurring: Occurring, among: Bits) -> list[int]:
        """Return the numbers, in order, of the patterns *among* these that can occur."""
        found = _places(occurring.ready & among)
        if several := occurring.open & among:
            needs, unmet = self._needs_of, occurring.unmet
            found += [number for number in _places(several) if not needs[number] & unmet]
            found.sort()
        return found

    def _word(self, word: str) -> tuple[Bits, Bits, Bits] | None:
        """Return the patterns *word* begins, those it ends, and the needs it meets."""
        beginnings = {word[:length] for length in range(1, _KEY + 1)} | {word[:_KEY] + WORD_END}
        found = (
            _found(beginnings, self._first),
            _found(beginnings, self._last),
            _found(beginnings, self._met_by),
        )
        brings = found if any(found) else None
        if len(self._words) < _MOST_WORDS:
            self._words[word] = brings
        return brings


def words_of(lower_sentence: str) -> list[str]:
    """Return the words of a flat, lower-case sentence."""
    return _WORD.findall(lower_sentence)


def bits_of(numbers: Iterable[int]) -> Bits:
    """Return the set of *numbers*."""
    return joined_bits(1 << number for number in numbers)


def joined_bits(sets: Iterable[Bits]) -> Bits:
    """Return the union of *sets*."""
    union = 0
    for one in sets:
        union |= one
    return union


def _wanted(pattern: Pattern) -> list[frozenset[str]]:
    """Return the sets of word beginnings of each of which *pattern* needs one, in its order."""
    return list(dict.fromkeys(_keys(one) for one in pattern.needs or (pattern.anchors,)))


def _keys(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_key(word) for word in words)


def _key(anchor: str) -> str:
    """Return the word beginning under which *anchor* is indexed."""
    whole = anchor.endswith(WORD_END)
    return anchor.removesuffix(WORD_END)[:_KEY] + (WORD_END if whole else "")


def _places(bits: Bits) -> list[int]:
    """Return the places of the ones of *bits*, of which there are few, in order."""
    places: list[int] = []
    while bits:
        place = bits.bit_length() - 1
        places.append(place)
        bits ^= 1 << place
    places.reverse()
    return places


def _grouped_bits(pairs: Iterable[tuple[str, int]]) -> Mapping[str, Bits]:
    found: dict[str, Bits] = {}
    for key, number in pairs:
        found[key] = found.get(key, 0) | 1 << number
    return found


def _found(beginnings: set[str], indexes: Mapping[str, Bits]) -> Bits:
    return joined_bits(indexes[key] for key in beginnings & indexes.keys())
