"""Sheet → Markdown that reads well as plain text too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from imr_rules.checklist.model import Answer
from imr_rules.checklist.sheet import Row, RowKind, Sheet
from imr_rules.checklist.wording import Wording
from imr_rules.explain.printable import printable

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


def sheet_to_markdown(sheet: Sheet, words: Wording) -> str:
    """Return *sheet* as a Markdown document."""
    lines = [f"# {sheet.kind}: {plain(sheet.title)}", ""]
    for line in (sheet.subtitle, f"{sheet.day}.", _sentence(sheet.governed_by, words.governed_by)):
        if line:
            lines += [plain(line), ""]
    if sheet.source:
        lines += [plain(f"{sheet.source}."), ""]
    for line in sheet.intro:
        lines += [plain(line), ""]
    if sheet.warning:
        lines += [f"> **{plain(sheet.warning)}**", ""]
    for section in sheet.sections:
        if section.letter == "A" and sheet.ways_title:
            lines += [f"## {plain(sheet.ways_title)}", ""]
        lines += [f"{'###' if section.letter else '##'} {plain(section.title)}", ""]
        if section.note:
            lines += [f"*{plain(section.note)}*", ""]
        for row in section.rows:
            lines += _row(row, words)
        lines.append("")
    for line in (*sheet.legend, f"{words.notice}"):
        lines += [plain(line), ""]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(text: str, lead: str) -> str:
    return f"{lead} {text}." if text else ""


def _row(row: Row, words: Wording) -> Iterator[str]:
    indent = "  " * row.depth
    if row.kind is RowKind.LABEL:
        yield f"{indent}- *{plain(row.text)}*"
        return
    if row.kind is RowKind.AGAIN:
        yield f"{indent}- {plain(row.aside)}: {plain(row.text)}"
        return
    aside = f" ({plain(row.aside)})" if row.aside else ""
    yield f"{indent}- **{row.number}.** {plain(row.text)}{row.mark}{aside}"
    boxes = " ".join(
        f"{'[x]' if row.answer is answer else '[ ]'} {word}"
        for answer, word in (
            (Answer.YES, words.yes),
            (Answer.NO, words.no),
            (Answer.NOT_SHOWN, words.not_shown),
        )
    )
    yield f"{indent}  {boxes}  "
    if row.limits:
        yield f"{indent}  {words.limit}: {plain('; '.join(row.limits))}.  "
    if row.hints:
        yield f"{indent}  {words.what_counts}: {plain('. '.join(row.hints))}.  "
    for line in row.evidence:
        yield f"{indent}  → {plain(line)}  "
    yield f"{indent}  *{plain(row.cite)}*"


def plain(text: str) -> str:
    """Return *text* so that neither Markdown nor a terminal obeys any of it."""
    return _SPECIAL.sub(r"\\\1", " ".join(printable(text).split()))
