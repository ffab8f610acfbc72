"""A marked letter in a terminal: brackets name each fact, so that it reads without colour too."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from imr_rules.cases.model import Case
from imr_rules.explain.letter.view import HEADINGS, Block, Piece, blocks_of, statements
from imr_rules.explain.to_text import case_heading, inner_conflict_text
from imr_rules.facts.model import Assertion, InnerConflict
from imr_rules.letters.model import Determination

STYLE = {
    Assertion.AFFIRMED: "bold green",
    Assertion.DENIED: "bold red",
    Assertion.UNDOCUMENTED: "bold yellow",
}


def marked_letter(letter: Determination, case: Case) -> RenderableType:
    """Return *letter* with the findings of *case* in brackets: ``[words → fact=value]``."""
    parts: list[RenderableType] = [case_heading(case), _legend()]
    for block in blocks_of(letter, case.findings):
        parts.extend(_block(block))
    parts.extend(_conflicts(case))
    return Group(*parts)


def _conflicts(case: Case) -> Iterator[RenderableType]:
    """Yield where a reading contradicts itself, the same of several items once."""
    of_items: dict[InnerConflict, list[int]] = {conflict: [] for conflict in case.conflicts}
    for item in case.items:
        for conflict in item.conflicts:
            of_items.setdefault(conflict, []).append(item.number)
    if of_items:
        yield Text()
        yield Text("Conflicts", style="bold")
    for conflict, numbers in of_items.items():
        line = inner_conflict_text(conflict)
        if numbers:
            line.append(f" (item {', '.join(map(str, numbers))})")
        yield Padding(line, (0, 0, 0, 2))


def _legend() -> Text:
    legend = Text("[words → fact=value]  ", style="dim")
    for assertion, style in STYLE.items():
        legend.append(f"{assertion.value} ", style=style)
    return legend


def _block(block: Block) -> Iterator[RenderableType]:
    heading = HEADINGS.get(block.kind)
    if heading is not None or len(block.paragraphs) > 1:
        yield Text()
    if heading is not None:
        item = f" · item {block.item}" if block.item is not None else ""
        yield Text(heading + item, style="bold")
    marked = heading is not None
    for paragraph in block.paragraphs:
        line = Text(style="" if marked else "dim")
        for piece in paragraph:
            _append(line, piece, block.item)
        yield Padding(line, (0, 0, 0, 2 if marked else 0))


def _append(line: Text, piece: Piece, within: int | None) -> None:
    said = statements(piece, within=within)
    if not said:
        line.append(piece.words)
        return
    style = STYLE[said[0].finding.assertion]
    line.append("[", style=style)
    line.append(piece.words, style=f"{style} underline")
    line.append(" → " + ", ".join(map(str, said)) + "]", style=style)
