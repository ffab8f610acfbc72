"""A letter and its findings → blocks of paragraphs whose marked words name their facts.

Letters are double-spaced and hard-wrapped; here their lines flow again, so that they read well at
any width. No word is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from imr_rules.facts.model import Finding, Value
from imr_rules.letters.model import Determination, Layout

_FULL_LINE = 0.72  # of a usual line's length: after a shorter one a paragraph ends
_LINE = re.compile(r"[^\r\n\f\v\x1c-\x1e\x85\u2028\u2029]+")
# Anything that could steer a terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class BlockKind(StrEnum):
    """What part of a letter a block is; ``other`` is what no part claims."""

    SUMMARY = "summary"
    TITLE = "title"
    DECISION = "decision"
    ADMINISTRATOR_GUIDELINE = "administrator guideline"
    REVIEWER_GUIDELINE = "reviewer guideline"
    RATIONALE = "rationale"
    NOTE = "note"
    OTHER = "other"


HEADINGS: Mapping[BlockKind, str] = {
    BlockKind.SUMMARY: "Clinical summary",
    BlockKind.TITLE: "Requested",
    BlockKind.DECISION: "Decision",
    BlockKind.ADMINISTRATOR_GUIDELINE: "Guideline of the claims administrator",
    BlockKind.REVIEWER_GUIDELINE: "Guideline of the reviewer",
    BlockKind.RATIONALE: "Rationale",
    BlockKind.NOTE: "Note",
}
_IN_ONE_ROW = frozenset(
    (
        BlockKind.TITLE,
        BlockKind.DECISION,
        BlockKind.ADMINISTRATOR_GUIDELINE,
        BlockKind.REVIEWER_GUIDELINE,
    )
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a letter in a row; *findings* are what they prove, none for plain words."""

    words: str
    start: int
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a letter: its paragraphs, each a row of pieces."""

    kind: BlockKind
    item: int | None
    paragraphs: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact and value with the items it is said of, none for the whole letter."""

    fact: str
    value: Value
    items: tuple[int, ...]
    finding: Finding

    def __str__(self) -> str:
        of = f" (item {', '.join(map(str, self.items))})" if self.items else ""
        return f"{self.fact}={self.value}{of}"


def blocks_of(letter: Determination, findings: Sequence[Finding]) -> tuple[Block, ...]:
    """Return every part of *letter* in order, with *findings* marked."""
    usual = _usual_length(letter.text)
    regions = _regions(findings, len(letter.text))
    return tuple(
        Block(kind, item, paragraphs)
        for kind, item, start, end in _parts(letter)
        if (
            paragraphs := tuple(
                _paragraphs(letter.text, start, end, 0 if kind in _IN_ONE_ROW else usual, regions)
            )
        )
    )


def statements(piece: Piece, *, within: int | None) -> tuple[Statement, ...]:
    """Return what *piece* proves; in the rationale of item *within* that item goes unsaid."""
    items: dict[tuple[str, Value], list[int]] = {}
    first: dict[tuple[str, Value], Finding] = {}
    for finding in piece.findings:
        key = (finding.fact, finding.value)
        said = items.setdefault(key, [])
        first.setdefault(key, finding)
        if finding.item is not None and finding.item != within and finding.item not in said:
            said.append(finding.item)
    return tuple(
        Statement(fact, value, tuple(said), first[fact, value])
        for (fact, value), said in items.items()
    )


_Part = tuple[BlockKind, int | None, int, int]


def _parts(letter: Determination) -> Iterator[_Part]:
    """Yield the parts of *letter* in order, what lies between them included."""
    if letter.layout is Layout.NOTE and letter.summary is None:
        yield BlockKind.NOTE, None, 0, len(letter.text)
        return
    position = 0
    for kind, item, start, end in sorted(_named(letter), key=lambda part: part[2:]):
        if start < position or end <= start:
            continue
        if position < start:
            yield BlockKind.OTHER, None, position, start
        yield kind, item, start, end
        position = end
    if position < len(letter.text):
        yield BlockKind.OTHER, None, position, len(letter.text)


def _named(letter: Determination) -> Iterator[_Part]:
    if letter.summary is not None:
        yield BlockKind.SUMMARY, None, letter.summary.start, letter.summary.end
    for item in letter.items:
        administrator, reviewer = item.claims_administrator_guideline, item.reviewer_guideline
        spans = [
            (BlockKind.TITLE, item.title_span),
            (BlockKind.DECISION, item.decision_span),
            (BlockKind.RATIONALE, item.rationale),
            (BlockKind.ADMINISTRATOR_GUIDELINE, administrator.span if administrator else None),
            (BlockKind.REVIEWER_GUIDELINE, reviewer.span if reviewer else None),
        ]
        for kind, span in spans:
            if span is not None:
                yield kind, item.number, span.start, span.end


_Region = tuple[int, int, tuple[Finding, ...]]


def _regions(findings: Sequence[Finding], length: int) -> list[_Region]:
    """Join findings whose words overlap: marks cannot cross each other."""
    regions: list[_Region] = []
    for finding in sorted(findings, key=lambda f: (f.start, f.end)):
        if not 0 <= finding.start < finding.end <= length:
            continue
        if regions and finding.start < regions[-1][1]:
            start, end, others = regions[-1]
            regions[-1] = (start, max(end, finding.end), (*others, finding))
        else:
            regions.append((finding.start, finding.end, (finding,)))
    return regions


def _usual_length(text: str) -> int:
    lengths = sorted(len(line.group().strip()) for line in _LINE.finditer(text))
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _paragraphs(
    text: str, start: int, end: int, usual: int, regions: Sequence[_Region]
) -> Iterator[tuple[Piece, ...]]:
    lines = [line.span() for line in _LINE.finditer(text, start, end) if line.group().strip()]
    if not lines:
        return
    # A passage may begin within a line of the letter, after its label.
    begin = lines[0][0]
    lines[0] = (text.rfind("\n", 0, begin) + 1, lines[0][1])
    for (s, e), (following, _) in pairwise(lines):
        if len(text[s:e].strip()) < _FULL_LINE * usual:
            yield _pieces(text, begin, e, regions)
            begin = following
    yield _pieces(text, begin, lines[-1][1], regions)


def _pieces(text: str, start: int, end: int, regions: Sequence[_Region]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    position = start
    for first, last, findings in regions:
        if last <= position or first >= end:
            continue
        first, last = max(first, position), min(last, end)
        pieces.append(Piece(_flowed(text[position:first]), position))
        pieces.append(Piece(_flowed(text[first:last]), first, findings))
        position = last
    pieces.append(Piece(_flowed(text[position:end]), position))
    return tuple(piece for piece in pieces if piece.words)


def _flowed(words: str) -> str:
    return re.sub(r"\s+", " ", _CONTROLS.sub("\ufffd", words))
