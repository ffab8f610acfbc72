"""Disputed items of a "Medical Professional Review": one issue block, one rationale for all."""

from __future__ import annotations

import re

from imr_rules.letters.clean import stripped
from imr_rules.letters.items import MOST_ITEMS, guideline_at
from imr_rules.letters.model import DisputedItem, Outcome, Span
from imr_rules.letters.phrases import Hit, LetterPhrases, next_start
from imr_rules.letters.titles import join_title

_ENUMERATED = re.compile(r"(?:\A|\n)[ \t]{0,40}(?:\d{1,2}[.)]|[•*-])[ \t]{1,20}(?=\S)")


def read_professional_items(
    text: str, headings: list[Hit], phrases: LetterPhrases
) -> tuple[DisputedItem, ...]:
    """Read the issues in dispute; they share the review's guideline block and rationale.

    The outcome stands in the rationale's heading, else in its sentences, if they agree.
    """
    blocks = _blocks(text, headings)
    issue = blocks.get("issue")
    if issue is None:
        return ()
    rationale = blocks.get("professional_rationale")
    outcome, decision = _outcome(text, headings, rationale, phrases)
    guideline = guideline_at(text, blocks.get("professional_guideline"), phrases)
    return tuple(
        DisputedItem(
            number=number,
            title=join_title(text, title, phrases),
            title_span=title,
            actual=outcome,
            decision_span=decision,
            claims_administrator_guideline=None,
            reviewer_guideline=guideline,
            rationale=rationale,
        )
        for number, title in enumerate(_titles(text, issue)[:MOST_ITEMS], 1)
    )


def _blocks(text: str, headings: list[Hit]) -> dict[str, Span]:
    blocks: dict[str, Span] = {}
    for place, hit in enumerate(headings):
        span = stripped(text, hit.end, next_start(headings, place, len(text)))
        span = stripped(text, span.start + (text[span.start : span.start + 1] == ":"), span.end)
        if span.start < span.end:
            blocks.setdefault(hit.kind, span)
    return blocks


def _titles(text: str, issue: Span) -> list[Span]:
    """Split the issue block at its enumeration, or keep it whole."""
    marks = list(_ENUMERATED.finditer(text, max(issue.start - 1, 0), issue.end))
    bounds = [*(mark.start() for mark in marks), issue.end]
    titles = [stripped(text, mark.end(), bounds[n]) for n, mark in enumerate(marks, 1)]
    return titles or [issue]


def _outcome(
    text: str, headings: list[Hit], rationale: Span | None, phrases: LetterPhrases
) -> tuple[Outcome | None, Span | None]:
    spans = [Span(hit.start, hit.end) for hit in headings if hit.kind == "professional_rationale"]
    for span in [*spans[:1], *([rationale] if rationale else [])]:
        hits = [
            hit
            for hit in phrases.verdict_set.find(text, span.start, span.end)
            if hit.kind in ("denied", "granted")
        ]
        if len({hit.kind for hit in hits}) == 1:
            last = hits[-1]
            outcome = Outcome.UPHELD if last.kind == "denied" else Outcome.OVERTURNED
            return outcome, Span(last.start, last.end)
    return None, None
