"""Disputed items as letters since 2014 give them: "<title>: Upheld", then labelled blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from imr_rules.letters.citations import read_guideline
from imr_rules.letters.clean import stripped
from imr_rules.letters.model import DisputedItem, Guideline, Outcome, Span
from imr_rules.letters.phrases import Hit, LetterPhrases, next_start
from imr_rules.letters.titles import (
    PageShape,
    find_title,
    join_title,
    page_shape,
    without_enumerator,
)

MOST_ITEMS = 500
"""More than this and the text is no single letter; the longest known has nine."""

_MOST_MARKS = 4 * MOST_ITEMS
"""An item has a decision and three labels."""

_COLON_BEFORE = re.compile(r"\s{0,4}(?:\bis\s{0,4})?:\s{0,12}(?:is\s{1,4})?\Z")
_LINE_END_AFTER = re.compile(r"[ \t]{0,20}[.;]?[ \t]{0,20}(?:\n|\Z)")
_SPACE_AFTER = re.compile(r"[\s.;]{0,20}")

_LONGEST_BARE_TITLE = 600
_LONGEST_CUT_LABEL = 60
_INTRO_REACH = 600


@dataclass(frozen=True, slots=True)
class LabelledItems:
    """The items found; *is_current* where the reviewer's guideline has its newer label.

    *too_many*: the text is no single letter, and the reading stopped.
    """

    items: tuple[DisputedItem, ...]
    is_current: bool
    too_many: bool = False


@dataclass(slots=True)
class _Draft:
    """An item whose blocks are still being found: the place behind each of its labels."""

    title: Span
    outcome: Outcome | None
    decision: Span | None
    blocks: list[Hit] = field(default_factory=list)

    def has(self, kind: str) -> bool:
        return any(block.kind == kind for block in self.blocks)


@dataclass(frozen=True, slots=True)
class _Decision:
    """An outcome word behind a colon; *title_end* is where that colon's title ends."""

    start: int
    end: int
    title_end: int
    outcome: Outcome
    before_label: bool


_REVIEWER_KINDS = frozenset({"reviewer_guideline", "current_reviewer_guideline"})


def read_labelled_items(text: str, start: int, phrases: LetterPhrases) -> LabelledItems:
    """Read the items behind *start*, unless there are more than :data:`MOST_ITEMS`."""
    shape = page_shape(text)
    floor = start
    for hit in phrases.intro_set.find(text, start, start + _INTRO_REACH):
        if hit.kind == "decisions":
            floor = hit.end
            break
    marks = _marks(text, floor, phrases)
    if len(marks) > _MOST_MARKS:
        return LabelledItems((), is_current=False, too_many=True)
    drafts: list[_Draft] = []
    is_current = False
    for place, mark in enumerate(marks):
        if len(drafts) > MOST_ITEMS:
            return LabelledItems((), is_current, too_many=True)
        if isinstance(mark, _Decision):
            following = marks[place + 1] if place + 1 < len(marks) else None
            title = find_title(text, floor, mark.title_end, shape, phrases)
            if title is None or not (
                mark.before_label or _is_bare_item(text, title, mark, following, phrases)
            ):
                continue
            drafts.append(_Draft(title, mark.outcome, Span(mark.start, mark.end)))
        else:
            kind = "reviewer_guideline" if mark.kind in _REVIEWER_KINDS else mark.kind
            if not drafts or drafts[-1].has(kind):
                undecided = _undecided(text, floor, mark, shape, phrases, first=not drafts)
                if undecided is None:
                    continue
                drafts.append(undecided)
            drafts[-1].blocks.append(Hit(kind, mark.start, mark.end))
            is_current = is_current or mark.kind == "current_reviewer_guideline"
        floor = mark.end
    ends = [*(draft.title.start for draft in drafts), len(text)]
    items = tuple(
        _item(text, number, draft, ends[number], phrases) for number, draft in enumerate(drafts, 1)
    )
    return LabelledItems(items, is_current)


def _marks(text: str, start: int, phrases: LetterPhrases) -> list[Hit | _Decision]:
    marks: list[Hit | _Decision] = [*islice(phrases.label_set.find(text, start), _MOST_MARKS + 1)]
    marks += islice(_decisions(text, start, phrases), _MOST_MARKS + 1)
    return sorted(marks, key=lambda mark: mark.start)


def _decisions(text: str, start: int, phrases: LetterPhrases) -> Iterator[_Decision]:
    for word in phrases.outcome_words.finditer(text, start):
        colon = _COLON_BEFORE.search(text[max(start, word.start() - 40) : word.start()])
        if colon is None:
            continue
        space = _SPACE_AFTER.match(text, word.end())
        after = space.end() if space else word.end()
        before_label = phrases.label_set.pattern.match(text, after) is not None
        if before_label or _LINE_END_AFTER.match(text, word.end()):
            title_end = word.start() - len(colon.group())
            outcome = phrases.outcome_of(word.group())
            yield _Decision(word.start(), word.end(), title_end, outcome, before_label)


def _is_bare_item(
    text: str,
    title: Span,
    decision: _Decision,
    following: Hit | _Decision | None,
    phrases: LetterPhrases,
) -> bool:
    """Tell whether a decision without labels behind it is an item, and no remark in a rationale.

    It is one if its title is no sentence and nothing but the next title, or the rest of a label
    that was cut off, follows.
    """
    if following is None:
        rest = text[decision.end : decision.end + _LONGEST_CUT_LABEL + 1].strip(" .;\n\t")
        is_followed_well = len(rest) <= _LONGEST_CUT_LABEL - 1 or not text[decision.end :].strip()
    else:
        rest = text[decision.end : min(following.start, decision.end + _LONGEST_BARE_TITLE)]
        is_followed_well = following.start - decision.end < _LONGEST_BARE_TITLE and not (
            phrases.sentence_word.search(rest)
        )
    return is_followed_well and _is_plain_title(text, title, phrases)


def _is_plain_title(text: str, title: Span, phrases: LetterPhrases) -> bool:
    if title.end - title.start > _LONGEST_BARE_TITLE:
        return False
    if phrases.partial_set.first(text, title.start, title.end):
        return True
    return not phrases.sentence_word.search(text, title.start, title.end)


def _undecided(
    text: str, floor: int, label: Hit, shape: PageShape, phrases: LetterPhrases, *, first: bool
) -> _Draft | None:
    """Begin an item at *label*, which no decision precedes, if a title stands in front of it."""
    title = find_title(text, floor, label.start, shape, phrases)
    if title is not None:
        title = Span(title.start, title.start + len(title.of(text).rstrip(" :\n\t")))
    if title is not None and title.start < title.end and _is_plain_title(text, title, phrases):
        return _Draft(title, None, None)
    # A letter cut at its front begins with a label: what follows it must not be lost.
    return _Draft(Span(label.start, label.start), None, None) if first else None


def _item(text: str, number: int, draft: _Draft, end: int, phrases: LetterPhrases) -> DisputedItem:
    spans: dict[str, Span] = {}
    for place, block in enumerate(draft.blocks):
        span = stripped(text, block.end, next_start(draft.blocks, place, end))
        if span.start < span.end:
            spans.setdefault(block.kind, span)
    title_span = without_enumerator(text, draft.title, number)
    return DisputedItem(
        number=number,
        title=join_title(text, title_span, phrases),
        title_span=title_span,
        actual=draft.outcome,
        decision_span=draft.decision,
        claims_administrator_guideline=guideline_at(
            text, spans.get("claims_administrator_guideline"), phrases
        ),
        reviewer_guideline=guideline_at(text, spans.get("reviewer_guideline"), phrases),
        rationale=spans.get("rationale"),
    )


def guideline_at(text: str, span: Span | None, phrases: LetterPhrases) -> Guideline | None:
    """Read the guideline line at *span*, if there is one."""
    return read_guideline(text, span, phrases.citations) if span else None
