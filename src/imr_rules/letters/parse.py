"""Text → Determination: which layout, where its blocks are, and what each item says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr_rules.errors import InputError, Location
from imr_rules.letters.clean import clean_text, stripped
from imr_rules.letters.header import DATE_FIELDS, Header, read_header, read_reviewer
from imr_rules.letters.items import MOST_ITEMS, read_labelled_items
from imr_rules.letters.model import Determination, DisputedItem, Layout, Reviewer, Span
from imr_rules.letters.numbered import read_numbered_items
from imr_rules.letters.phrases import Hit, LetterPhrases
from imr_rules.letters.professional import read_professional_items
from imr_rules.letters.request_form import read_requested_items, read_signed_date

_SHORTEST_BARE_HEADING = 3
"""A heading of so many words in capitals counts anywhere; a shorter one needs its own line."""

_MOST_HEADINGS = 1_000


def parse_letter(
    text: str,
    phrases: LetterPhrases,
    *,
    source: str = "<text>",
    confidence: float = 1.0,
    unread: Sequence[str] = (),
) -> Determination:
    """Take the letter or note *text* apart.

    Args:
        text: the document; line ends and invisible characters are cleaned first.
        phrases: the fixed phrases of letters, those of a rules folder.
        source: what to call it in messages and in the result.
        confidence: below 1 for text recognised from an image.
        unread: what the file holds beside the text, in plain words; joins ``missing``.

    Raises:
        InputError: nothing is in it, or more items than one letter can hold.
    """
    text = clean_text(text)
    if not text.strip():
        raise InputError("is empty.", at=Location(source))
    headings = _headings(text, phrases)
    said = text[: _letter_end(text, headings, phrases)]
    firsts = {hit.kind: hit for hit in reversed(headings)}
    layout, items = _read_items(said, headings, firsts, phrases, source)
    blocks = [hit.start for hit in headings if hit.kind != "professional" and hit.start > 0]
    header = read_header(said, phrases, end=min(blocks, default=len(said)))
    # A note names specialties too, but its reader has none.
    is_note = layout is Layout.NOTE
    stops = [hit.start for hit in headings]
    reviewer = Reviewer() if is_note else read_reviewer(said, phrases, stops=stops)
    summary = _summary(said, headings, firsts, items, phrases)
    missing = [*unread, *header.problems.values()]
    if not is_note:
        missing += _missing(header, reviewer, summary, items, layout)
        if _breaks_off(text, items):
            missing.append("end of the letter (its last rationale breaks off)")
    return Determination(
        source=source,
        text=text,
        layout=layout,
        case_number=header.case_number,
        priority=header.priority,
        reviewer=reviewer,
        summary=summary,
        items=items,
        missing=tuple(missing),
        confidence=confidence,
        signed_date=read_signed_date(said, phrases) if is_note and items else None,
        **{name: header.dates.get(name) for name in DATE_FIELDS},
    )


def _headings(text: str, phrases: LetterPhrases) -> list[Hit]:
    found: list[Hit] = []
    for hit in phrases.heading_set.find(text):
        if len(found) == _MOST_HEADINGS:
            break
        words = text[hit.start : hit.end]
        bare = words.replace("(s)", "").isupper() and len(words.split()) >= _SHORTEST_BARE_HEADING
        if bare or _stands_alone(text, hit):
            found.append(hit)
    return found


_CLOSING_REACH = 2_000
"""How far before the end of the text the words that close a letter may begin."""

_INITIALS = re.compile(r"\s/[A-Za-z]{2,5}\s{0,20}\Z")


def _letter_end(text: str, headings: list[Hit], phrases: LetterPhrases) -> int:
    """Return where the last block is over: before the closing words and the typist's initials."""
    last = headings[-1].end if headings else 0
    tail = max(last, len(text) - _CLOSING_REACH)
    closing = phrases.letter_closing_set.first(text, tail)
    if closing is None:
        return len(text)
    initials = _INITIALS.search(text, max(last, closing.start - 40), closing.start)
    return initials.start() if initials else closing.start


_LINE_START = re.compile(r"(?:\A|\n)[ \t]{0,40}(?:\d{1,2}[.)][ \t]{0,4})?\Z")
_LINE_END = re.compile(r"[ \t]{0,40}(?::|\n|\Z)")
_COLON = re.compile(r"[ \t]{0,40}:")


def _stands_alone(text: str, hit: Hit) -> bool:
    before = text[max(0, hit.start - 50) : hit.start]
    return bool(_LINE_START.search(before) and _LINE_END.match(text, hit.end)) or (
        hit.start == 0 and bool(_LINE_END.match(text, hit.end))
    )


def _read_items(
    text: str,
    headings: list[Hit],
    firsts: dict[str, Hit],
    phrases: LetterPhrases,
    source: str,
) -> tuple[Layout, tuple[DisputedItem, ...]]:
    """Find the layout by what stands in the text, the newest first, and read its items."""
    if "issue" in firsts or "professional" in firsts:
        return Layout.PROFESSIONAL_REVIEW, read_professional_items(text, headings, phrases)
    opening = firsts.get("decisions") or firsts.get("current_decisions")
    labelled = read_labelled_items(text, opening.end if opening else 0, phrases)
    if labelled.too_many:
        raise InputError(
            f"holds more than {MOST_ITEMS} disputed items.",
            at=Location(source),
            hint="Give every letter a file of its own.",
        )
    # Letters of 2013 share a label or two with later ones, but none of their decision words.
    if "numbered_decisions" in firsts and not any(item.actual for item in labelled.items):
        numbered = read_numbered_items(text, headings, phrases)
        if numbered or not labelled.items:
            return Layout.DECISIONS_2013, numbered
    if labelled.is_current or "current_decisions" in firsts:
        return Layout.CURRENT, labelled.items
    if labelled.items or firsts.keys() & {"method", "decisions"}:
        return Layout.SECTIONS, labelled.items
    return Layout.NOTE, read_requested_items(text, phrases)


def _summary(
    text: str,
    headings: list[Hit],
    firsts: dict[str, Hit],
    items: tuple[DisputedItem, ...],
    phrases: LetterPhrases,
) -> Span | None:
    """Return the clinical summary: from its heading to the next one, without its fixed opening."""
    heading = firsts.get("summary")
    if heading is None:
        return None
    ends = [hit.start for hit in headings if hit.start >= heading.end and hit.kind != "summary"]
    ends += [item.title_span.start for item in items if item.title_span.start >= heading.end]
    colon = _COLON.match(text, heading.end)
    start = colon.end() if colon else heading.end
    span = stripped(text, start, min(ends, default=len(text)))
    for hit in phrases.intro_set.find(text, span.start, min(span.end, span.start + 400)):
        if hit.kind == "summary":
            span = stripped(text, hit.end, span.end)
            break
    return span if span.start < span.end else None


def _missing(
    header: Header,
    reviewer: Reviewer,
    summary: Span | None,
    items: tuple[DisputedItem, ...],
    layout: Layout,
) -> list[str]:
    """Name, in plain words, what a letter of *layout* holds and this one does not."""
    missing: list[str] = []
    if header.case_number is None and not header.dates and not header.problems:
        missing.append("header (case number and dates)")
    else:
        missing += ["case number"] if header.case_number is None else []
        told = header.dates.keys() | header.problems.keys()
        missing += [name.replace("_", " ") for name in DATE_FIELDS if name not in told]
    if not reviewer.specialties:
        missing.append("reviewer's specialty")
    if not reviewer.licensure:
        missing.append("reviewer's licensure")
    if summary is None:
        missing.append("clinical case summary")
    if not items:
        missing.append("disputed items")
    for item in items:
        missing += [f"item {item.number}: {what}" for what in _missing_of_item(item, layout)]
    return missing


_LAST_CHARACTERS = ".?!)]\"”’'"


def _breaks_off(text: str, items: tuple[DisputedItem, ...]) -> bool:
    rationale = items[-1].rationale if items else None
    return rationale is not None and text[rationale.end - 1] not in _LAST_CHARACTERS


def _missing_of_item(item: DisputedItem, layout: Layout) -> list[str]:
    missing: list[str] = []
    if not item.title:
        missing.append("title")
    if item.actual is None:
        missing.append("decision")
    # A professional review names only the guideline it relied upon itself.
    if item.claims_administrator_guideline is None and layout is not Layout.PROFESSIONAL_REVIEW:
        missing.append("Claims Administrator guideline")
    if item.reviewer_guideline is None:
        missing.append("reviewer guideline")
    if item.rationale is None:
        missing.append("decision rationale")
    return missing
