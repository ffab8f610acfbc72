"""Marked letters as one page: offline, without scripts, every word of a letter escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imr_rules import __version__
from imr_rules.cases.model import Case, CaseItem
from imr_rules.explain.letter.view import HEADINGS, Block, BlockKind, Piece, blocks_of, statements
from imr_rules.facts.model import READING_OF_SECTION, Assertion, InnerConflict, Reading, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.letters.model import Determination
from imr_rules.notice import NOTICE


@dataclass(frozen=True, slots=True)
class FactRow:
    """What one reading says of a fact, and the anchor of the words that say it."""

    fact: str
    value: Value
    question: str
    anchor: str


def letters_page(read: Sequence[tuple[Determination, Case]], vocabulary: Vocabulary) -> str:
    """Return one HTML page with every letter of *read*, what was read in it marked."""
    letters = [
        letter_shown(f"l{index}", letter, case, vocabulary)
        for index, (letter, case) in enumerate(read, start=1)
    ]
    return _environment().get_template("letter.html.j2").render(letters=letters, notice=NOTICE)


def letter_shown(
    prefix: str, letter: Determination, case: Case, vocabulary: Vocabulary
) -> dict[str, Any]:
    """Return *letter* as ``marked.html.j2`` shows it; ids on the page begin with *prefix*.

    ``anchors`` tells, by where the words of a finding start, the id of what marks them.
    """
    blocks = blocks_of(letter, case.findings)
    anchors = _anchors(prefix, blocks)
    of_items: dict[int, list[Block]] = {item.number: [] for item in case.items}
    whole: list[Block] = []
    for block in blocks:
        of_items.get(block.item or 0, whole).append(block)
    return {
        "anchor": prefix,
        "anchors": anchors,
        "case": case,
        "blocks": [_shown(block, anchors, vocabulary) for block in whole],
        "conflicts": _conflicts(case.conflicts, anchors, vocabulary),
        "items": [
            {
                "item": item,
                "anchor": f"{prefix}-{item.number}",
                "readings": {
                    reading: list(_rows(item, reading, anchors, vocabulary)) for reading in Reading
                },
                "conflicts": _conflicts(item.conflicts, anchors, vocabulary),
                "blocks": [
                    _shown(block, anchors, vocabulary)
                    for block in of_items[item.number]
                    # Both stand in the heading already.
                    if block.kind not in (BlockKind.TITLE, BlockKind.DECISION)
                ],
            }
            for item in case.items
        ],
    }


def _anchors(prefix: str, blocks: Sequence[Block]) -> dict[int, str]:
    """Return an anchor for every finding, by where its words start."""
    found: dict[int, str] = {}
    for block in blocks:
        for paragraph in block.paragraphs:
            for piece in paragraph:
                for finding in piece.findings:
                    found.setdefault(finding.start, f"{prefix}-at-{piece.start}")
    return found


def _rows(
    item: CaseItem, reading: Reading, anchors: dict[int, str], vocabulary: Vocabulary
) -> Iterator[FactRow]:
    for fact, value in sorted(item.readings.get(reading, {}).items()):
        stands = (anchors.get(e.start) for e in item.evidence.get((reading, fact), ()))
        anchor = next((a for a in stands if a), "")
        yield FactRow(fact, value, vocabulary[fact].question, anchor)


def _conflicts(
    conflicts: Sequence[InnerConflict], anchors: dict[int, str], vocabulary: Vocabulary
) -> list[dict[str, Any]]:
    """Return where a reading contradicts itself: both values with the words that say them."""
    return [
        {
            "fact": conflict.fact,
            "question": vocabulary[conflict.fact].question,
            "reading": conflict.reading.value,
            "value": conflict.value,
            "sides": [
                {
                    "value": value,
                    "quotes": [
                        {"words": " ".join(e.quote.split()), "anchor": anchors.get(e.start, "")}
                        for e in evidence
                    ],
                }
                for value, evidence in (
                    (conflict.affirmed, conflict.affirmed_evidence),
                    (conflict.denied, conflict.denied_evidence),
                )
            ],
        }
        for conflict in conflicts
    ]


def _shown(block: Block, anchors: dict[int, str], vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "kind": block.kind.value,
        "item": block.item,
        "paragraphs": [
            [_piece(piece, block.item, anchors, vocabulary) for piece in paragraph]
            for paragraph in block.paragraphs
        ],
    }


def _piece(
    piece: Piece, within: int | None, anchors: dict[int, str], vocabulary: Vocabulary
) -> dict[str, Any]:
    said = statements(piece, within=within)
    if not said:
        return {"words": piece.words, "said": ()}
    anchor = anchors[piece.findings[0].start]
    return {
        "words": piece.words,
        "said": said,
        "assertion": said[0].finding.assertion.value,
        # Words that a paragraph's end cuts in two keep one anchor, at their beginning.
        "anchor": anchor if anchor.endswith(f"-{piece.start}") else "",
        "title": "\n".join(
            f"{s}: {vocabulary[s.fact].question} ({s.finding.assertion},"
            f" {READING_OF_SECTION[s.finding.section]} reading)"
            for s in said
        ),
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("imr_rules.explain.letter"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    folder = resources.files("imr_rules.explain.letter") / "templates"
    # Our own file, not input: the one text that is not escaped.
    environment.globals["style"] = Markup((folder / "letter.css").read_text(encoding="utf-8"))
    environment.globals["headings"] = {kind.value: words for kind, words in HEADINGS.items()}
    environment.globals["version"] = __version__
    environment.globals["assertions"] = [assertion.value for assertion in Assertion]
    return environment
