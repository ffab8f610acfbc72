"""Disputed items as letters of 2013 give them: "1) <title> is not medically necessary"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imr_rules.letters.clean import stripped
from imr_rules.letters.items import MOST_ITEMS, guideline_at
from imr_rules.letters.model import DisputedItem, Outcome, Span
from imr_rules.letters.phrases import Hit, LetterPhrases, next_start
from imr_rules.letters.titles import join_title

_NUMBER = re.compile(r"(?:\A|\n)[ \t]{0,40}(\d{1,3})[.)][ \t]{1,20}(?=\S)")
_LONGEST_TITLE = 700
_STATEMENTS = {
    "claims_administrator_statement": "claims_administrator_guideline",
    "reviewer_statement": "reviewer_guideline",
}
"""Sentences that are themselves a guideline line; behind any other label stands its block."""

_BLOCKS = frozenset({*_STATEMENTS.values(), *_STATEMENTS, "rationale"})


@dataclass(slots=True)
class _Draft:
    number: int
    begin: int
    title: Span
    outcome: Outcome
    decision: Span


def read_numbered_items(
    text: str, headings: list[Hit], phrases: LetterPhrases
) -> tuple[DisputedItem, ...]:
    """Read the numbered items of a letter of 2013.

    Where the decisions are listed first and reasoned later under "Regarding the request for",
    the two lists belong together by their order; a list printed twice counts once.
    """
    hits = list(phrases.numbered_set.find(text))
    drafts = _numbered(text, hits, phrases)
    details = [hit for hit in hits if hit.kind == "detail"]
    labels = [hit for hit in hits if hit.kind in _BLOCKS]
    begins = [draft.begin for draft in drafts]
    if details and len(details) >= len(drafts) > 0:
        begins = [hit.start for hit in details[-len(drafts) :]]
    bounds = [*begins, len(text)]
    items: list[DisputedItem] = []
    for place, draft in enumerate(drafts):
        begin, end = bounds[place], bounds[place + 1]
        stop = min([end, *(hit.start for hit in headings if begin < hit.start < end)])
        own = [hit for hit in labels if begin <= hit.start < stop]
        items.append(_item(text, draft, own, stop, phrases))
    return tuple(items)


def _numbered(text: str, hits: list[Hit], phrases: LetterPhrases) -> list[_Draft]:
    """Return the decisions counted 1, 2, 3; the last of several lists with the same count."""
    decisions = [hit for hit in hits if hit.kind in ("denied", "granted")]
    drafts: dict[int, _Draft] = {}
    place = expected = 0
    for match in _NUMBER.finditer(text):
        number = int(match[1])
        # "1)" begins a list anew; else only the next number counts, not an enumeration in prose.
        if number != 1 and number != expected + 1:
            continue
        while place < len(decisions) and decisions[place].start < match.end():
            place += 1
        if place == len(decisions) or len(drafts) > MOST_ITEMS:
            break
        decision = decisions[place]
        if decision.start - match.end() > _LONGEST_TITLE:
            continue
        lead_in = phrases.lead_in_set.pattern.match(text, match.end())
        title = stripped(text, lead_in.end() if lead_in else match.end(), decision.start)
        outcome = Outcome.UPHELD if decision.kind == "denied" else Outcome.OVERTURNED
        drafts[number] = _Draft(
            number, match.start(1), title, outcome, Span(decision.start, decision.end)
        )
        expected = number
    return [drafts[number] for number in sorted(drafts)]


def _item(
    text: str, draft: _Draft, labels: list[Hit], end: int, phrases: LetterPhrases
) -> DisputedItem:
    blocks: list[Hit] = []
    is_stated = False
    for label in labels:
        kind = _STATEMENTS.get(label.kind, label.kind)
        # "No section of the MTUS was applicable." and "The decision was based on ..." are one line.
        if is_stated and blocks[-1].kind == kind:
            continue
        is_stated = label.kind in _STATEMENTS
        blocks.append(Hit(kind, label.start, label.start if is_stated else label.end))
    spans: dict[str, Span] = {}
    for place, block in enumerate(blocks):
        span = stripped(text, block.end, next_start(blocks, place, end))
        if span.start < span.end:
            spans.setdefault(block.kind, span)
    return DisputedItem(
        number=draft.number,
        title=join_title(text, draft.title, phrases),
        title_span=draft.title,
        actual=draft.outcome,
        decision_span=draft.decision,
        claims_administrator_guideline=guideline_at(
            text, spans.get("claims_administrator_guideline"), phrases
        ),
        reviewer_guideline=guideline_at(text, spans.get("reviewer_guideline"), phrases),
        rationale=spans.get("rationale"),
    )
