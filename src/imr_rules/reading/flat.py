"""The text as a reader's eye takes it: one space between words, broken words healed.

Letters are double-spaced, hard-wrapped and hyphen-broken. Patterns are matched on the flat copy,
quotations come from the original by way of the offsets kept here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_TYPOGRAPHY = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
     "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u00ad": "-", "\u2212": "-",
     # What a bullet sets apart, a semicolon does too.
     "\u2022": ";", "\u25aa": ";", "\u25cf": ";", "\u25e6": ";", "\u2023": ";", "\uf0b7": ";"}
)  # fmt: skip
# Signs of a finding as words of the same length: "(+) spurling", "lachman (-)", " +mcmurray".
# What a comma sets apart from them, a semicolon does too: no phrase reaches over it.
_SIGNS = re.compile(r"(, )?(?<!\w)\(([+-])\)(?!\w)(,?)| \+(?=[a-z])")
# Line-end hyphens leave white space behind: "range-of- motion" keeps its hyphen, because the
# word has another; "Guide- lines" loses it.
# A plain single space between words is left where it stands. That each way begins with its own
# sign halves the time.
_JOINT = re.compile(r"[^\S ]\s*| \s+|-(?<=[A-Za-z]-)\s+(?=[a-z])")
_OUTER_HYPHEN = re.compile(r"[A-Za-z]-[A-Za-z]+\Z")


@dataclass(frozen=True, slots=True)
class FlatText:
    """A stretch of the original, flattened; ``lower`` is ``text`` in lower case, same length."""

    text: str
    lower: str
    _flat_starts: tuple[int, ...]
    _original_starts: tuple[int, ...]
    end: int

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the offsets in the original of the flat stretch ``[start, end)``."""
        return self._map(start), self._map(end - 1) + 1 if end > start else self._map(start)

    def _map(self, position: int) -> int:
        piece = bisect_right(self._flat_starts, position) - 1
        return self._original_starts[piece] + position - self._flat_starts[piece]


def _as_words(sign: re.Match[str]) -> str:
    if sign[2] is None:
        return "+ "
    word = "pos" if sign[2] == "+" else "neg"
    return f"{'; ' if sign[1] else ''}{word}{';' if sign[3] else ''}"


def flatten(original: str, start: int, end: int) -> FlatText:
    """Flatten ``original[start:end]``."""
    parts: list[str] = []
    flat_starts: list[int] = []
    original_starts: list[int] = []
    length = 0
    position = start
    for joint in _JOINT.finditer(original, start, end):
        word = original[position : joint.start()]
        if word:
            parts.append(word)
            flat_starts.append(length)
            original_starts.append(position)
            length += len(word)
        glue = " "
        if joint.group().startswith("-"):
            glue = "-" if _OUTER_HYPHEN.search(word) else ""
        if glue:
            parts.append(glue)
            flat_starts.append(length)
            original_starts.append(joint.start())
            length += 1
        position = joint.end()
    if position < end or not parts:
        parts.append(original[position:end])
        flat_starts.append(length)
        original_starts.append(position)
    text = "".join(parts).translate(_TYPOGRAPHY)
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow in lower case and would shift every offset
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if "+" in lower or "(-)" in lower:
        lower = _SIGNS.sub(_as_words, lower)
    return FlatText(text, lower, tuple(flat_starts), tuple(original_starts), end)
