"""Words of a title → the names they hold: one pass over the tokens, the longest name wins.

A name is a row of words (``epidural steroid injection``), or words in any order and place
(``carpal + tunnel + release|surgery``). Case, plural, punctuation and small words do not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+)?")
_ANY_ORDER_REACH = 10  # words: a name in pieces must stand together to be one name


@dataclass(frozen=True, slots=True)
class Token:
    """One word, its plural taken off, and where it stands."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """A name found: *value* is what it stands for, *start* and *end* its characters."""

    start: int
    end: int
    words: int
    value: T


def singular(word: str) -> str:
    """Take a plural ending off *word*, crudely but the same way for names and titles."""
    # "pelvis" loses its s as well: no matter, as long as names and titles lose the same.
    if len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def tokens(text: str) -> list[Token]:
    """Split lower-case *text* into words."""
    return [Token(singular(m.group()), m.start(), m.end()) for m in _TOKEN.finditer(text)]


class _Node(Generic[T]):
    __slots__ = ("next", "value")

    def __init__(self) -> None:
        self.next: dict[str, _Node[T]] = {}
        self.value: T | None = None


@dataclass(frozen=True)
class _AnyOrder(Generic[T]):
    parts: tuple[frozenset[str], ...]
    value: T


@dataclass
class NameIndex(Generic[T]):
    """Names compiled once for lookup; *small_words* are passed over in names and titles."""

    small_words: Collection[str] = ()
    prepare: Callable[[str], str] = str.lower
    _root: _Node[T] = field(default_factory=_Node)
    _any_order: dict[str, list[_AnyOrder[T]]] = field(default_factory=dict)

    def add(self, name: str, value: T) -> T | None:
        """Let *name* stand for *value*; return the other value that already has it, if any."""
        if "+" in name:
            self._add_any_order(name, value)
            return None
        node = self._root
        for word in self.words_of(name):
            node = node.next.setdefault(word, _Node())
        if node is self._root:
            return None
        if node.value is not None and node.value != value:
            return node.value
        node.value = value
        return None

    def words_of(self, name: str) -> tuple[str, ...]:
        """Return the words of *name* that count."""
        found = tokens(self.prepare(name))
        return tuple(t.word for t in found if t.word not in self.small_words)

    def _add_any_order(self, name: str, value: T) -> None:
        parts = tuple(
            frozenset(w for word in part.split("|") for w in self.words_of(word))
            for part in name.split("+")
        )
        entry = _AnyOrder(parts, value)
        for word in parts[0]:
            self._any_order.setdefault(word, []).append(entry)

    def find(self, text: Sequence[Token]) -> list[Match[T]]:
        """Return the names in *text*, in order, none inside another."""
        kept = [t for t in text if t.word not in self.small_words]
        rows = list(self._rows(kept))
        if not self._any_order:
            return [Match(kept[i].start, kept[j - 1].end, j - i, value) for i, j, value in rows]
        spans: list[tuple[frozenset[int], T]] = [
            (frozenset(range(i, j)), value) for i, j, value in rows
        ]
        for places, value in self._scattered(kept):
            beaten = [s for s in spans if s[0] & places]
            if any(len(s[0]) >= len(places) for s in beaten):
                continue
            spans = [s for s in spans if s not in beaten] + [(places, value)]
        spans.sort(key=lambda span: min(span[0]))
        return [Match(kept[min(p)].start, kept[max(p)].end, len(p), value) for p, value in spans]

    def _rows(self, kept: Sequence[Token]) -> Iterator[tuple[int, int, T]]:
        i = 0
        while i < len(kept):
            if kept[i].word not in self._root.next:
                i += 1
                continue
            node, j, best = self._root, i, None
            while j < len(kept) and (following := node.next.get(kept[j].word)) is not None:
                node, j = following, j + 1
                if node.value is not None:
                    best = (j, node.value)
            if best is None:
                i += 1
            else:
                yield i, best[0], best[1]
                i = best[0]

    def _scattered(self, kept: Sequence[Token]) -> Iterator[tuple[frozenset[int], T]]:
        for at, token in enumerate(kept):
            for entry in self._any_order.get(token.word, ()):
                low = max(0, at - _ANY_ORDER_REACH)
                near = range(low, min(len(kept), at + _ANY_ORDER_REACH + 1))
                places = {at}
                for part in entry.parts[1:]:
                    place = next((i for i in near if kept[i].word in part), None)
                    if place is None:
                        break
                    places.add(place)
                else:
                    if len(places) == len(entry.parts):
                        yield frozenset(places), entry.value


def index_of(
    groups: Iterable[tuple[T, Iterable[str]]],
    *,
    small_words: Collection[str] = (),
    prepare: Callable[[str], str] = str.lower,
) -> NameIndex[T]:
    """Compile *groups* of (value, names) into one index."""
    index: NameIndex[T] = NameIndex(frozenset(small_words), prepare)
    for value, names in groups:
        for name in names:
            index.add(name, value)
    return index
