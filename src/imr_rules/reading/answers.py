"""Statements written as rows: "Spurling's: negative", "Lachman (-)", "Numbness - none".

An answer speaks of the words just before it, in its own row alone. Behind a colon, a dash or a
bracket it may answer for a list ("numbness, tingling: none"); at once behind the words only for
them ("Hoffmann's absent").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imr_rules.facts.model import Assertion

_Span = tuple[int, int]
_ROW = 80  # characters before a colon that its answer may speak of
_AT_ONCE = 30  # characters before an answer without one
_SEPARATOR = re.compile(r"\s*(?:[:=(]|\s-)\s*\Z")
_ROW_ENDS = re.compile(r"\s*(?:\Z|[.,;)/|]|and\b)")
_ROW_BREAK = re.compile(r"[;:.]\s")
_WORD_BREAK = re.compile(r"[,;:.]\s|\b(?:and|but|however|although|though|while|yet)\b")
_HEAD = re.compile(r"(?:\A|[,;:.(]|\band|\bwith|\bhad|\bhas|\bwas|\bis)\s*\Z")
_GOES_ON = re.compile(r"\s+\w")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer at ``[start, end)`` to words that end at or behind *reach* and before *row_end*."""

    start: int
    end: int
    reach: int
    row_end: int
    assertion: Assertion


def find_answers(
    sentence: str, no: Iterable[_Span], apart: Iterable[_Span], yes: Iterable[_Span]
) -> tuple[Answer, ...]:
    """Find the answers of *sentence* among the words at *no* and *yes*.

    Those at *apart* ("no", "present") answer only behind a colon, a dash or a bracket.
    """
    told = [
        *((span, Assertion.DENIED, False) for span in no),
        *((span, Assertion.AFFIRMED, False) for span in yes),
        *((span, Assertion.DENIED, True) for span in apart),
    ]
    answers: list[Answer] = []
    for (start, end), assertion, needs_separator in sorted(told):
        last = answers[-1].end if answers else 0
        if start < last or not _ROW_ENDS.match(sentence, end):
            continue
        separator = _SEPARATOR.search(sentence, max(0, start - 4), start)
        if separator is not None:
            row_end = separator.start()
            reach = _last(_ROW_BREAK, sentence, max(last, row_end - _ROW), row_end)
        elif needs_separator:
            continue
        else:
            row_end = start
            reach = _last(_WORD_BREAK, sentence, max(last, start - _AT_ONCE), start)
        answers.append(Answer(start, end, reach, row_end, assertion))
    return tuple(answers)


def heads_of_rows(sentence: str, spans: Iterable[_Span]) -> list[_Span]:
    """Return those of *spans* that open a row and deny what follows: "neg spasm"."""
    return [
        (start, end)
        for start, end in spans
        if _HEAD.search(sentence, max(0, start - 8), start) and _GOES_ON.match(sentence, end)
    ]


def answer_to(start: int, end: int, answers: Sequence[Answer]) -> Answer | None:
    """Return the next answer to the words at ``[start, end)``, or None without one."""
    for answer in answers:
        if answer.reach <= start and end <= answer.row_end:
            return answer
    return None


def _last(pattern: re.Pattern[str], sentence: str, start: int, end: int) -> int:
    """Return where the last match of *pattern* ends, or *start*."""
    return max((m.end() for m in pattern.finditer(sentence, start, end)), default=start)
