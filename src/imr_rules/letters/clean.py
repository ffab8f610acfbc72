"""Text as offsets refer to it: line ends as ``\\n``, nothing invisible, all else untouched."""

from __future__ import annotations

import re

from imr_rules.letters.model import Span

_LINE_END = re.compile("\r\n|[\r\f\v\x1c-\x1e\x85\u2028\u2029]")
# Controls, soft hyphens, zero-width and direction marks, byte order marks, lone surrogates:
# each could stand unseen inside a word or a label.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)


def clean_text(text: str) -> str:
    """Return *text* with ``\\n`` for every line or page end and without invisible characters.

    >>> clean_text("MRI\\r\\nof the\\x00 knee")
    'MRI\\nof the knee'
    """
    return _INVISIBLE.sub("", _LINE_END.sub("\n", text))


def stripped(text: str, start: int, end: int) -> Span:
    """Return the span of ``text[start:end]`` without white space at either end."""
    words = text[start:end]
    left = start + len(words) - len(words.lstrip())
    return Span(left, max(left, start + len(words.rstrip())))
