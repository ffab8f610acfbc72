"""Which cues speak in a sentence, and with which of its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imr_rules.reading.lexicon import Cue, Lexicon
from imr_rules.reading.model import Subject
from imr_rules.reading.pattern import Pattern
from imr_rules.reading.whose import names_one_of

_NEAR = 110  # characters on either side of a broad cue that count as near it


def matches_in(
    sentence: str,
    cues: Sequence[Cue],
    opens: int | None,
    conclusions: Sequence[tuple[int, int]],
    concerned: Sequence[Subject],
    lexicon: Lexicon,
) -> list[tuple[Cue, re.Match[str]]]:
    """Match every one of *cues* that is for a subject *concerned*, if there is any at all.

    The sentence speaks of the case where it *opens* (None: nowhere; then only cues of the
    guideline's own stance count), and gives the verdict at its *conclusions*, which are no facts.
    Of matches of one fact that overlap, for items of one kind, the longest stays, and one whose
    bare words mean something before one whose words do not. A broad cue and an exact one never
    take each other's place.
    """
    hits: list[tuple[Cue, re.Match[str]]] = []
    for cue in cues:
        begin = 0 if cue.of_guideline else opens
        if begin is None:
            continue
        first = cue.pattern.first_in(sentence, begin)
        if first is None:
            continue
        if not cue.broad and not _in_place(cue, sentence):
            continue
        for match in _occurrences(cue.pattern, first, concerned, lexicon):
            if cue.broad and not _in_place(cue, _around(match)):
                continue
            if lexicon.results.is_of_two_tests(match):
                continue
            if conclusions and any(_concludes(cue, match.span(), c) for c in conclusions):
                continue
            hits.append((cue, match))
    if len(hits) < 2:
        return hits
    hits.sort(key=lambda h: (h[0].fact, _is_mute(h[0]), h[1].start() - h[1].end()))
    kept: list[tuple[Cue, re.Match[str]]] = []
    for cue, match in hits:
        overlaps = any(
            (other.fact, other.broad) == (cue.fact, cue.broad)
            and _are_of_one_kind(cue, other)
            and m.start() < match.end()
            and match.start() < m.end()
            for other, m in kept
        )
        if not overlaps:
            kept.append((cue, match))
    return sorted(kept, key=lambda hit: hit[1].start())


def _occurrences(
    pattern: Pattern, first: re.Match[str], concerned: Sequence[Subject], lexicon: Lexicon
) -> Iterator[re.Match[str]]:
    """Yield *first* and what *pattern* finds behind it that names what it must name.

    Of "naproxen since May and Norco since June" the words of the Norco come to be read although
    the phrase begins at the naproxen first: what names another treatment uses up no words.
    """
    match: re.Match[str] | None = first
    while match is not None:
        if names_one_of(concerned, match, lexicon):
            yield match
            position = max(match.end(), match.start() + 1)
        else:
            position = match.start() + 1
        match = pattern.first_in(match.string, position)


def _in_place(cue: Cue, words: str) -> bool:
    """Whether *words* hold what must stand near *cue*, and nothing that must not."""
    if cue.near is not None and not cue.near.first_in(words):
        return False
    return cue.unless_near is None or not cue.unless_near.first_in(words)


def _around(match: re.Match[str]) -> str:
    """Return *match* with the words around it that a broad cue looks at."""
    start, end = match.span()
    start = match.string.find(" ", max(0, start - _NEAR)) + 1 if start > _NEAR else 0
    return match.string[start : end + _NEAR]


def _is_mute(cue: Cue) -> bool:
    """Whether *cue* tells something only where its words are denied or said to be missing."""
    return cue.value is None and not cue.pattern.regex.groups


def _are_of_one_kind(cue: Cue, other: Cue) -> bool:
    """Whether an item can be of a category that both are for."""
    both = cue.categories and other.categories
    return not both or not cue.categories.isdisjoint(other.categories)


def _concludes(cue: Cue, span: tuple[int, int], conclusion: tuple[int, int]) -> bool:
    """Whether the words at *span* are the verdict, which is no fact.

    A cue that carries its own polarity may hold a verdict: on the operation that this service
    goes with.
    """
    if cue.as_it_stands and span[0] <= conclusion[0] and conclusion[1] <= span[1]:
        return False
    return conclusion[0] < span[1] and span[0] < conclusion[1]
