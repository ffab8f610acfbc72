"""Which of many patterns can occur in a sentence: its words tell, before any expression is run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from imr_rules.reading.pattern import WORD_END, Pattern

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

    *common* tells how often the common words occur: what is found by a rare word is rarely tried.
    """

    def __init__(self, patterns: Sequence[Pattern], common: Mapping[str, int]) -> None:
        wanted = [_wanted(pattern) for pattern in patterns]
        often = {
            beginning: _occurrences(beginning, common)
            for beginning in set(chain.from_iterable(chain.from_iterable(wanted)))
        }
        anchors = [min(sets, key=lambda one: sum(often[b] for b in one)) for sets in wanted]
        self._by_anchor = _grouped_bits(
            (anchor, number) for number, of_one in enumerate(anchors) for anchor in of_one
        )
        needs = [frozenset(sets) - {anchor} for sets, anchor in zip(wanted, anchors, strict=True)]
        numbers = {
            need: number for number, need in enumerate(dict.fromkeys(chain.from_iterable(needs)))
        }
        self._needs_of = [bits_of(numbers[need] for need in of_one) for of_one in needs]
        self._met_by = _grouped_bits(
            (beginning, number) for need, number in numbers.items() for beginning in need
        )
        self._readied_by = _grouped_bits(
            (beginning, number)
            for number, of_one in enumerate(needs)
            if of_one
            for beginning in min(of_one, key=lambda one: sum(often[b] for b in one))
        )
        self._all_needs = (1 << len(numbers)) - 1
        self._without_needs = bits_of(n for n, of_one in enumerate(needs) if not of_one)
        self._of_several = bits_of(n for n, of_one in enumerate(needs) if len(of_one) > 1)
        # What words met so far bring up: letters use few words, over and over.
        self._words: dict[str, tuple[Bits, Bits, Bits]] = {}
        self._silent: set[str] = set()

    def occurring(self, words: Iterable[str]) -> Occurring:
        """Return what the *words* (lower case) of a sentence bring up."""
        anchored = met = readied = 0
        known = self._words
        for word in set(words) - self._silent:
            brings = known.get(word) or self._word(word)
            anchored |= brings[0]
            met |= brings[1]
            readied |= brings[2]
        brought = anchored & (self._without_needs | readied)
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

    def _word(self, word: str) -> tuple[Bits, Bits, Bits]:
        """Return the patterns *word* anchors, the needs it meets, and the patterns it readies."""
        beginnings = {word[:length] for length in range(1, _KEY + 1)} | {word[:_KEY] + WORD_END}
        found = (
            _found(beginnings, self._by_anchor),
            _found(beginnings, self._met_by),
            _found(beginnings, self._readied_by),
        )
        if len(self._words) + len(self._silent) < _MOST_WORDS:
            if any(found):
                self._words[word] = found
            else:
                self._silent.add(word)
        return found


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
    """Return the sets of word beginnings of each of which *pattern* needs one."""
    sets = dict.fromkeys((pattern.anchors, *pattern.needs))
    return [frozenset(_key(word) for word in one) for one in sets]


def _occurrences(beginning: str, common: Mapping[str, int]) -> int:
    """Return how often words occur that begin so; of a word that is not *common*: once."""
    if beginning.endswith(WORD_END):
        return common.get(beginning.removesuffix(WORD_END), 1)
    return 1 + sum(times for word, times in common.items() if word.startswith(beginning))


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
