"""Sheet → a Word document whose boxes can be ticked on screen."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Inches, Pt, RGBColor

from imr_rules.checklist.model import Answer
from imr_rules.checklist.sheet import Row, RowKind, Section, Sheet, Tone
from imr_rules.checklist.wording import Wording

_INK = RGBColor(0x1B, 0x24, 0x30)
_ACCENT = RGBColor(0x1F, 0x4E, 0x79)
_WARN = RGBColor(0x9B, 0x22, 0x26)
_MUTED = RGBColor(0x56, 0x62, 0x70)
_TONES = {Tone.BAR: _WARN, Tone.ASK: _ACCENT, Tone.QUIET: _MUTED}
_WIDTHS = (Inches(5.35), Inches(0.5), Inches(0.5), Inches(0.75))
_STEP = Inches(0.22)
_BOX = (
    '<w:sdt xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"><w:sdtPr>'
    '<w:alias w:val="{alias}"/><w14:checkbox><w14:checked w14:val="{checked}"/>'
    '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
    '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
    '<w:sdtContent><w:r><w:rPr><w:rFonts w:ascii="MS Gothic" w:eastAsia="MS Gothic"'
    ' w:hAnsi="MS Gothic" w:hint="eastAsia"/></w:rPr><w:t>{glyph}</w:t></w:r></w:sdtContent>'
    "</w:sdt>"
)


def sheet_to_docx(sheet: Sheet, words: Wording) -> bytes:
    """Return *sheet* as a Word document."""
    document = Document()
    _set_up(document, sheet)
    _heading(document, sheet, words)
    for section in sheet.sections:
        if section.letter == "A" and sheet.ways_title:
            _line(document, sheet.ways_title, size=12, bold=True, before=10)
        _section(document, section, words)
    for line in sheet.legend:
        _line(document, line, size=8, colour=_MUTED)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Any, sheet: Sheet) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = Inches(0.7)
    page.top_margin = page.bottom_margin = Inches(0.7)
    style = document.styles["Normal"]
    style.font.name, style.font.size, style.font.color.rgb = "Cambria", Pt(10), _INK
    style.paragraph_format.space_after = Pt(2)
    style.paragraph_format.space_before = Pt(0)
    properties = document.core_properties
    properties.title = f"{sheet.kind}: {sheet.title}"
    properties.author = "imr-rules"
    properties.language = sheet.lang
    properties.comments = sheet.notice
    # One day for all, so that equal checklists are equal files.
    properties.created = properties.modified = datetime(2000, 1, 1)
    footer = page.footer.paragraphs[0]
    _run(footer, sheet.notice, size=8, colour=_MUTED)


def _heading(document: Any, sheet: Sheet, words: Wording) -> None:
    _line(document, sheet.kind.upper(), size=8.5, bold=True, colour=_ACCENT)
    title = document.add_heading(level=1)
    title.paragraph_format.space_before = Pt(0)
    title.paragraph_format.space_after = Pt(2)
    _run(title, sheet.title, size=19, bold=True, font="Cambria")
    if sheet.subtitle:
        _line(document, sheet.subtitle, size=11)
    _line(document, sheet.day, colour=_MUTED)
    for line in (sheet.governed_by, sheet.source):
        if line:
            _line(document, line, size=8.5, colour=_MUTED)
    fields = (words.worker, words.claim, words.requested_by, words.date)
    _line(document, "   ".join(f"{field} ______________" for field in fields), size=9, before=6)
    for line in sheet.intro:
        _line(document, line, before=4)
    if sheet.warning:
        _line(document, sheet.warning, bold=True, colour=_WARN, before=4)


def _section(document: Any, section: Section, words: Wording) -> None:
    colour = _TONES[section.tone]
    table = document.add_table(rows=0, cols=len(_WIDTHS))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    head = table.add_row()
    _set_widths(head)
    head._tr.get_or_add_trPr().append(  # repeats on the next page
        parse_xml(f'<w:tblHeader xmlns:w="{_W}"/>')
    )
    title = head.cells[0].paragraphs[0]
    title.style = document.styles["Heading 2"]
    title.paragraph_format.space_before = Pt(8)
    _run(title, section.title, size=12, bold=True, colour=colour, font="Cambria")
    for cell, word in zip(head.cells[1:], (words.yes, words.no, words.not_shown), strict=True):
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].paragraph_format.space_before = Pt(10)
        _run(cell.paragraphs[0], word, size=7.5, colour=_MUTED)
    for cell in head.cells:
        _rule_below(cell, str(colour), 10)
    if section.note:
        note = table.add_row()
        _set_widths(note)
        merged = note.cells[0].merge(note.cells[-1])
        _run(merged.paragraphs[0], section.note, size=8.5, colour=_MUTED)
    for row in section.rows:
        _row(table, row, words)


def _row(table: Any, row: Row, words: Wording) -> None:
    line = table.add_row()
    _set_widths(line)
    line._tr.get_or_add_trPr().append(parse_xml(f'<w:cantSplit xmlns:w="{_W}"/>'))
    if row.kind is not RowKind.QUESTION:
        merged = line.cells[0].merge(line.cells[-1])
        paragraph = merged.paragraphs[0]
        paragraph.paragraph_format.left_indent = _STEP * row.depth
        again = row.kind is RowKind.AGAIN
        paragraph.paragraph_format.keep_with_next = not again
        text = f"→ {row.aside}: {row.text}" if again else row.text
        colour = _MUTED if again else _WARN if row.warns else _ACCENT
        _run(paragraph, text, size=9, colour=colour, italic=not again)
        return
    cell = line.cells[0]
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.left_indent = _STEP * row.depth
    _run(paragraph, f"{row.number}  ", bold=True, colour=_ACCENT)
    _run(paragraph, f"{row.text}{row.mark}")
    if row.aside:
        _run(paragraph, f" ({row.aside})", size=8.5, colour=_MUTED)
    details = [row.cite]
    if row.limits:
        details.append(f"{words.limit}: {'; '.join(row.limits)}")
    if row.hints:
        details.append(f"{words.what_counts}: {'. '.join(row.hints)}")
    for text, colour in ((" · ".join(details), _MUTED), *((e, _ACCENT) for e in row.evidence)):
        below = cell.add_paragraph()
        below.paragraph_format.left_indent = _STEP * row.depth + Inches(0.2)
        _run(below, text, size=8.5, colour=colour)
    boxes = zip(
        line.cells[1:],
        (Answer.YES, Answer.NO, Answer.NOT_SHOWN),
        (words.yes, words.no, words.not_shown),
        strict=True,
    )
    for box, answer, word in boxes:
        _tick(box, f"{row.number}: {word}", row.answer is answer)
    for each in line.cells:
        _rule_below(each, "CFD6DE", 4)


def _tick(cell: Any, alias: str, checked: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    xml = _BOX.format(alias=alias, checked=int(checked), glyph="☒" if checked else "☐")
    paragraph._p.append(parse_xml(xml))


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _rule_below(cell: Any, colour: str, eighths: int) -> None:
    borders = parse_xml(
        f'<w:tcBorders xmlns:w="{_W}"><w:bottom w:val="single" w:sz="{eighths}" w:space="0"'
        f' w:color="{colour}"/></w:tcBorders>'
    )
    cell._tc.get_or_add_tcPr().append(borders)


def _set_widths(row: Any) -> None:
    for cell, width in zip(row.cells, _WIDTHS, strict=True):
        cell.width = width


def _line(
    document: Any,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    colour: RGBColor = _INK,
    before: float = 0,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    _run(paragraph, text, size=size, bold=bold, colour=colour)


def _run(
    paragraph: Any,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    italic: bool = False,
    colour: RGBColor = _INK,
    font: str = "",
) -> None:
    run = paragraph.add_run(_allowed(text))
    run.font.size, run.font.color.rgb, run.bold, run.italic = Pt(size), colour, bold, italic
    if font:
        run.font.name = font
        run._element.rPr.rFonts.set(qn("w:ascii"), font)


def _allowed(text: str) -> str:
    """Return *text* without the control characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\t\n")
