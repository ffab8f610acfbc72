"""A stretch of a letter as sentences, each with its offsets, for rules that look at words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imr_rules.facts.model import Evidence, Section
from imr_rules.letters.model import Span
from imr_rules.reading.flat import flatten
from imr_rules.reading.sentences import sentence_bounds


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: *lower* has single spaces and small letters, the offsets are the letter's."""

    lower: str
    start: int
    end: int
    quote: str

    def evidence(self, section: Section, note: str = "") -> Evidence:
        return Evidence(section, quote=self.quote, note=note, start=self.start, end=self.end)


def sentences_of(text: str, span: Span | None) -> Iterator[Sentence]:
    """Yield the sentences of ``text[span]``; none of no span."""
    if span is None or span.end <= span.start:
        return
    flat = flatten(text, span.start, span.end)
    for start, end in sentence_bounds(flat.text):
        begin, stop = flat.original(start, end)
        quote = text[begin:stop]
        if quote.strip():
            yield Sentence(flat.lower[start:end], begin, stop, quote)
