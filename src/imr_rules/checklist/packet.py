"""Gap sheets → one document: Markdown, HTML or PDF, a page an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from imr_rules.checklist.gap_sheet import Ask, GapSheet
from imr_rules.checklist.to_markdown import plain
from imr_rules.checklist.wording import Wording

PACKET_FORMATS = ("md", "html", "pdf")
_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)


def packet_bytes(sheets: Sequence[GapSheet], form: str, words: Wording, *, title: str) -> bytes:
    """Return *sheets* as a document of the format *form*, one of :data:`PACKET_FORMATS`."""
    if form == "md":
        return _markdown(sheets, words).encode()
    if form == "html":
        from imr_rules.checklist.to_html import filled_html

        return filled_html("packet.html.j2", sheets=sheets, words=words, title=title).encode()
    from imr_rules.checklist.to_pdf import fitted_pdf

    data = {
        "title": f"{words.packet}: {title}",
        "sheets": [asdict(sheet) for sheet in sheets],
        "and_word": words.and_,
        **words.model_dump(
            include={
                "lang",
                "notice",
                "page",
                "missing_title",
                "remains_title",
                "reviewer_said",
                "record_had_it_not",
                "what_counts",
            }
        ),
    }
    return fitted_pdf("packet.typ", data, _SIZES, len(sheets))


def _markdown(sheets: Sequence[GapSheet], words: Wording) -> str:
    return "\n\n".join("\n\n".join(_blocks(sheet, words)) for sheet in sheets) + "\n"


def _blocks(sheet: GapSheet, words: Wording) -> Iterator[str]:
    yield f"# {sheet.kind}: {plain(sheet.title)}"
    yield plain(sheet.case)
    if sheet.governed_by:
        yield plain(f"{words.governed_by} {sheet.governed_by}.")
    yield plain(sheet.intro)
    if sheet.also_asked:
        yield plain(sheet.also_asked)
    if sheet.warning:
        yield f"> **{plain(sheet.warning)}**"
    if sheet.gaps:
        yield f"## {words.missing_title}"
    for gap in sheet.gaps:
        lines = [f"- **{plain(gap.question)}** {plain(gap.found)}"]
        lines += [f"  *{plain(line)}*" for line in gap.needed_for]
        if gap.said:
            lines.append(f"  {words.reviewer_said}: {plain(' · '.join(gap.said))}")
        if gap.record_lead:
            shown = " · ".join((gap.record, *gap.shown))
            lines.append(f"  **{gap.record_lead}:** {plain(shown)}")
        else:
            lines.append(f"  {words.record_had_it_not}")
        yield "  \n".join(lines)
    yield f"## {words.remains_title}"
    yield plain(sheet.remains_note)
    for number, way in enumerate(sheet.remains, start=1):
        asks = [_ask(ask) for ask in way.asks]
        line = f"{number}. " + f"  \n   {words.and_} ".join(asks)
        hints = f"  \n   {words.what_counts}: {plain('. '.join(way.hints))}" if way.hints else ""
        yield line + hints
    yield from (plain(line) for line in (*sheet.legend, sheet.notice))


def _ask(ask: Ask) -> str:
    now = f" ({plain(ask.now)})" if ask.now else ""
    return f"{plain(ask.question)} **{plain(ask.answer)}**{now}"
