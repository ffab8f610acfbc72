"""Sheet → a Word document whose boxes can be ticked on screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
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
_WIDTHS = (Inches(5.3), Inches(0.5), Inches(0.5), Inches(0.8))
_PAGE_WIDTH = Inches(7.1)
_STEP = Inches(0.22)
_NUMBER = Inches(0.3)
"""How far the text of a question stands in, so that its number hangs."""
_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BOX = (
    f"<w:sdt {_NS}"
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
    _running_lines(document.sections[0], sheet, words)
    _heading(document, sheet, words)
    for section in sheet.sections:
        if section.letter == "A" and sheet.ways_title:
            _line(document, sheet.ways_title, size=12, bold=True, before=12, with_next=True)
        else:
            _space(document)
        _section(document, section, words)
    for index, line in enumerate(sheet.legend):
        more = index + 1 < len(sheet.legend)
        before = 0 if index else 8
        _line(document, line, size=8, colour=_MUTED, before=before, with_next=more)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _set_up(document: Any, sheet: Sheet) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = Inches(0.7)
    page.top_margin, page.bottom_margin = Inches(0.7), Inches(0.65)
    page.header_distance = page.footer_distance = Inches(0.35)
    style = document.styles["Normal"]
    style.font.name, style.font.size, style.font.color.rgb = "Cambria", Pt(10), _INK
    style.paragraph_format.space_after = Pt(1)
    style.paragraph_format.space_before = Pt(0)
    style.element.get_or_add_rPr().append(parse_xml(f'<w:lang {_NS} w:val="{sheet.lang}"/>'))
    properties = document.core_properties
    properties.title = f"{sheet.kind}: {sheet.title}"
    properties.author = "imr-rules"
    properties.language = sheet.lang
    properties.comments = sheet.notice
    # One day for all, so that equal checklists are equal files.
    properties.created = properties.modified = datetime(2000, 1, 1)


def _running_lines(page: Any, sheet: Sheet, words: Wording) -> None:
    """Put the notice and the page's number below every page, the title above all but the first."""
    page.different_first_page_header_footer = True
    _run(page.header.paragraphs[0], f"{sheet.kind}: {sheet.title}", size=8, colour=_MUTED)
    _run(page.header.paragraphs[0], f"\t{sheet.day}", size=8, colour=_MUTED)
    before, _, rest = words.page.partition("{page}")
    between, _, after = rest.partition("{pages}")
    for footer in (page.footer.paragraphs[0], page.first_page_footer.paragraphs[0]):
        _run(footer, f"{sheet.notice}\t{before}", size=8, colour=_MUTED)
        _field(footer, "PAGE")
        _run(footer, between, size=8, colour=_MUTED)
        _field(footer, "NUMPAGES")
        _run(footer, after, size=8, colour=_MUTED)
    for line in (page.header, page.footer, page.first_page_footer):
        stops = line.paragraphs[0].paragraph_format.tab_stops
        line.paragraphs[0].style.paragraph_format.tab_stops.clear_all()
        stops.add_tab_stop(_PAGE_WIDTH, WD_TAB_ALIGNMENT.RIGHT)


def _field(paragraph: Any, name: str) -> None:
    """Append a number that Word fills in when the page is laid out."""
    for xml in (
        f'<w:fldChar {_NS} w:fldCharType="begin"/>',
        f'<w:instrText {_NS} xml:space="preserve"> {name} </w:instrText>',
        f'<w:fldChar {_NS} w:fldCharType="separate"/>',
        f"<w:t {_NS}>1</w:t>",
        f'<w:fldChar {_NS} w:fldCharType="end"/>',
    ):
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(8), _MUTED
        run._r.append(parse_xml(xml))


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
    _fields(document, (words.worker, words.claim, words.requested_by, words.date))
    for line in sheet.intro:
        _line(document, line, before=8)
    if sheet.warning:
        _line(document, sheet.warning, bold=True, colour=_WARN, before=4)


def _fields(document: Any, names: Sequence[str]) -> None:
    """Add a line of blanks to fill in."""
    _space(document)
    table = _table(document, [Inches(7.1 / len(names))] * len(names))
    row = _add_row(table)
    row.height = Inches(0.3)
    for cell, name in zip(row.cells, names, strict=True):
        cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
        _run(cell.paragraphs[0], f"{name}: ", size=8.5, colour=_MUTED)
        _rule_below(cell, str(_MUTED), 4)


def _section(document: Any, section: Section, words: Wording) -> None:
    colour = _TONES[section.tone]
    table = _table(document, _WIDTHS)
    head = _add_row(table)
    head._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {_NS}/>"))  # on each page anew
    title = head.cells[0].paragraphs[0]
    title.style = document.styles["Heading 2"]
    title.paragraph_format.space_before = Pt(0)
    _run(title, section.title, size=12, bold=True, colour=colour, font="Cambria")
    for cell, word in zip(head.cells[1:], (words.yes, words.no, words.not_shown), strict=True):
        cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        _run(cell.paragraphs[0], word, size=7.5, colour=_MUTED)
    for cell in head.cells:
        _rule_below(cell, str(colour), 10)
    if section.note:
        note = _add_row(table)
        merged = note.cells[0].merge(note.cells[-1])
        merged.paragraphs[0].paragraph_format.keep_with_next = True
        _run(merged.paragraphs[0], section.note, size=8.5, colour=_MUTED)
    for row in section.rows:
        _row(table, row, words)


def _row(table: Any, row: Row, words: Wording) -> None:
    line = _add_row(table)
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
    paragraph.paragraph_format.left_indent = _STEP * row.depth + _NUMBER
    paragraph.paragraph_format.first_line_indent = -_NUMBER
    paragraph.paragraph_format.tab_stops.add_tab_stop(_STEP * row.depth + _NUMBER)
    _run(paragraph, f"{row.number}\t", bold=True, colour=_ACCENT)
    _run(paragraph, f"{row.text}{row.mark}")
    if row.aside:
        _run(paragraph, f" ({row.aside})", size=8.5, colour=_MUTED)
    details = [row.short_cite] if row.short_cite else []
    if row.limits:
        details.append(f"{words.limit}: {'; '.join(row.limits)}")
    if row.hints:
        details.append(f"{words.what_counts}: {'. '.join(row.hints)}")
    shown = [(" · ".join(details), _MUTED)] if details else []
    for text, colour in (*shown, *((e, _ACCENT) for e in row.evidence)):
        below = cell.add_paragraph()
        below.paragraph_format.left_indent = _STEP * row.depth + _NUMBER
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


def _rule_below(cell: Any, colour: str, eighths: int) -> None:
    borders = parse_xml(
        f'<w:tcBorders {_NS}><w:bottom w:val="single" w:sz="{eighths}" w:space="0"'
        f' w:color="{colour}"/></w:tcBorders>'
    )
    properties = cell._tc.get_or_add_tcPr()
    # The order of a cell's properties is fixed: where it stands vertically comes after its rules.
    below = properties.find(qn("w:vAlign"))
    if below is None:
        properties.append(borders)
    else:
        below.addprevious(borders)


def _table(document: Any, widths: Sequence[int]) -> Any:
    """Add an empty table whose columns keep their *widths* in every program."""
    table = document.add_table(rows=0, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    margins = "".join(
        f'<w:{side} w:w="{twips}" w:type="dxa"/>'
        for side, twips in (("top", 30), ("left", 40), ("bottom", 15), ("right", 40))
    )
    table._tbl.tblPr.append(parse_xml(f"<w:tblCellMar {_NS}>{margins}</w:tblCellMar>"))
    return table


def _add_row(table: Any) -> Any:
    """Add a row that no page break divides."""
    row = table.add_row()
    for cell, column in zip(row.cells, table.columns, strict=True):
        cell.width = column.width
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {_NS}/>"))
    return row


def _space(document: Any) -> None:
    """Keep two tables apart: without a line between them Word makes them one."""
    space = document.add_paragraph().paragraph_format
    space.line_spacing, space.space_after = Pt(9), Pt(0)


def _line(
    document: Any,
    text: str,
    *,
    size: float = 10,
    bold: bool = False,
    colour: RGBColor = _INK,
    before: float = 0,
    with_next: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.keep_with_next = with_next
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
