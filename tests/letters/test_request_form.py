"""The rows of a request for authorization become the items of its note, however they are set."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.letters.test_read import docx, pdf
from tests.letters.written_letters import PHRASES

from imr_rules.letters import Determination, Layout, parse_letter, read_letter

FRONT = """\
State of California, Division of Workers' Compensation
REQUEST FOR AUTHORIZATION
DWC Form RFA
[X] New Request   [ ] Resubmission - Change in Material Facts
[ ] Expedited Review: Check box if employee faces an imminent and serious threat
Employee Information
Name (Last, First, Middle): Fictional, Person
Date of Injury (MM/DD/YYYY): 03/14/2016   Date of Birth (MM/DD/YYYY): 01/01/1975
Requesting Physician Information
Specialty: Orthopedic Surgery   NPI Number: 0000000000
Requested Treatment (see instructions for guidance; attached additional pages if necessary)
"""
HEADS = (
    "Diagnosis (Required)",
    "ICD-Code (Required)",
    "Service/Good Requested (Required)",
    "CPT/HCPCS Code (If known)",
    "Other Information: (Frequency, Duration Quantity, etc.)",
)
BACK = """
Requesting Physician Signature: /s/   Date: 05/02/2016
Claims Administrator/Utilization Review Organization (URO) Response
[ ] Approved   [ ] Denied or Modified (See separate decision letter)
"""
Row = tuple[str, str, str, str, str]
THREE: tuple[Row, ...] = (
    ("Lumbar sprain", "S33.5XXA", "Physical therapy lumbar spine", "97110", "2 x a week x 6 weeks"),
    ("Lumbar radiculopathy", "M54.16", "MRI lumbar spine without contrast", "72148", "1"),
    ("Knee pain", "719.46", "Knee brace", "L1810", "1, purchase"),
)
TITLES = (
    "Physical therapy lumbar spine, 2 x a week x 6 weeks",
    "MRI lumbar spine without contrast, #1",
    "Knee brace, 1, purchase",
)
EMPTY: Row = ("", "", "", "", "")


def form(table: str) -> str:
    """Return a form whose head of the table is one line, with *table* below it."""
    return f"{FRONT}{'  '.join(HEADS)}\n{table}{BACK}"


def aligned(*rows: Row) -> str:
    """Return *rows* as typed: each cell at its column."""
    return "\n".join(f"{a:26}{b:12}{c:36}{d:10}{e}".rstrip() for a, b, c, d, e in rows)


def titles(letter: Determination) -> tuple[str, ...]:
    """Return what *letter* asks for; it is a note, and nothing was decided."""
    assert letter.layout is Layout.NOTE
    assert all(item.actual is None for item in letter.items)
    return tuple(item.title for item in letter.items)


def reasons(letter: Determination) -> list[str]:
    """Return the diagnosis of each item."""
    return [" ".join(s.of(letter.text) for s in item.diagnosis) for item in letter.items]


def parsed(table: str) -> Determination:
    """Return a form with *table* in it, parsed."""
    return parse_letter(form(table), PHRASES)


def word_table(rows: tuple[Row, ...]) -> bytes:
    """Return a Word document of the form; a line break in a cell is a paragraph."""

    def paragraph(words: str) -> str:
        return f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'

    def cell(words: str) -> str:
        return f"<w:tc>{''.join(map(paragraph, words.split(chr(10))))}</w:tc>"

    table = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in (HEADS, *rows))
    outside = ["".join(map(paragraph, part.split("\n"))) for part in (FRONT, BACK)]
    return docx(f"{outside[0]}<w:tbl>{table}</w:tbl>{outside[1]}")


def html_table(rows: tuple[Row, ...]) -> bytes:
    """Return a page with the form within the frame of another table."""
    lines = "".join(
        "<tr>" + "".join(f"<td><p>{c.replace(chr(10), '<br>')}</p>" for c in row)
        for row in (HEADS, *rows)
    )
    front, back = (part.replace("\n", "<br>") for part in (FRONT, BACK))
    page = f"<html><table><tr><td>{front}<table>{lines}</table>{back}</td></tr></table></html>"
    return page.encode()


@pytest.mark.parametrize("count", [1, 3])
def test_each_row_of_typed_columns_is_an_item(count: int) -> None:
    """One row or three; the codes are no part of the title, a bare number is a quantity."""
    letter = parsed(aligned(*THREE[:count]))
    assert TITLES[:count] == titles(letter)
    assert [row[0] for row in THREE[:count]] == reasons(letter)


@pytest.mark.parametrize("glue", [" ", "\t", "   ", "\n"])
def test_rows_are_told_by_their_codes_however_cells_are_parted(glue: str) -> None:
    """With one blank, with a tab, with a gap, or each cell on a line of its own."""
    letter = parsed("\n".join(glue.join(row) for row in THREE))
    assert TITLES == titles(letter)
    assert [row[0] for row in THREE] == reasons(letter)


@pytest.mark.parametrize("frame", ["{}", "| {} |"])
def test_typed_strokes_part_the_cells_where_a_code_is_missing(frame: str) -> None:
    """An empty cell between strokes is no part of a title."""
    rows = (THREE[0], ("Low back pain", "M54.5", "Naproxen 550 mg", "", "#60"))
    letter = parsed("\n".join(frame.format(" | ".join(row)) for row in rows))
    assert (TITLES[0], "Naproxen 550 mg, #60") == titles(letter)


@pytest.mark.parametrize(
    "name", ["Requesting Physician", "Treating Physician", "Provider", "Physician"]
)
def test_whoever_signs_ends_the_rows_and_dates_them(name: str) -> None:
    """The line of the signature is no part of the last row, and tells the day."""
    signed = BACK.replace("Requesting Physician", name)
    letter = parse_letter(f"{FRONT}{'  '.join(HEADS)}\n{aligned(*THREE)}{signed}", PHRASES)
    assert TITLES == titles(letter)
    assert date(2016, 5, 2) == letter.signed_date


def test_the_title_covers_the_words_it_comes_from() -> None:
    """From the service to the last word of the row."""
    letter = parsed(aligned(*THREE))
    words = [item.title_span.of(letter.text) for item in letter.items]
    assert all(
        w.startswith(row[2]) and w.endswith(row[4]) for w, row in zip(words, THREE, strict=True)
    )


def test_empty_rows_ask_for_nothing() -> None:
    """Rows left blank or ruled, before and behind the filled ones; a form not filled in."""
    ruled = "______________   ________   ____________   ______   ________"
    assert TITLES[:1] == titles(parsed(f"\n{ruled}\n{aligned(THREE[0])}\n{ruled}\n\n{ruled}\n"))
    assert () == titles(parsed(f"{ruled}\n{ruled}\n"))
    assert () == titles(parsed("\n\n"))


def test_a_cell_on_two_lines_goes_on_in_its_column() -> None:
    """Typed columns: what stands under a cell belongs to it."""
    rows: tuple[Row, ...] = (
        ("Lumbar disc", "M51.26", "Lumbar epidural steroid", "62323", "1, at"),
        ("displacement", "", "injection L4-5", "", "L4-5"),
        ("Cervical strain", "S13.4XXA", "Acupuncture", "97810", "6 visits"),
    )
    letter = parsed(aligned(*rows))
    assert (
        "Lumbar epidural steroid injection L4-5, 1, at L4-5",
        "Acupuncture, 6 visits",
    ) == titles(letter)
    assert ["Lumbar disc displacement", "Cervical strain"] == reasons(letter)


def test_a_cell_on_two_lines_goes_on_in_running_text() -> None:
    """Cell by cell, as in a PDF: how often and how much ends a row, a diagnosis begins one."""
    letter = parsed(
        "Sprain of ligaments of\nlumbar spine S33.5XXA Physical\ntherapy, lumbar spine 97110\n"
        "2 times a week\nfor 6 weeks\nDisplacement of disc\nL4-5 M51.26 MRI lumbar\n"
        "spine without contrast 72148 1"
    )
    assert (
        "Physical therapy, lumbar spine, 2 times a week for 6 weeks",
        "MRI lumbar spine without contrast, #1",
    ) == titles(letter)
    assert [
        "Sprain of ligaments of lumbar spine",
        "Displacement of disc L4-5",
    ] == reasons(letter)


def test_a_row_without_a_service_code() -> None:
    """It is given only if known."""
    letter = parsed(
        "Chronic pain syndrome G89.4 Norco 10/325 mg #60, 1 tab BID\n"
        "Muscle spasm M62.830 Cyclobenzaprine 7.5 mg #90"
    )
    assert ("Norco 10/325 mg #60, 1 tab BID", "Cyclobenzaprine 7.5 mg #90") == titles(letter)
    columns = aligned(("Chronic pain", "G89.4", "Norco 10/325 mg", "", "60"))
    assert ("Norco 10/325 mg, #60",) == titles(parsed(columns))


def test_a_row_without_a_diagnosis_code() -> None:
    """It is required, and left out all the same."""
    letter = parsed("Lumbar sprain   TENS unit   E0730   30 day rental")
    assert ("TENS unit, 30 day rental",) == titles(letter)
    assert ["Lumbar sprain"] == reasons(letter)


def test_a_diagnosis_stands_for_the_rows_below_it() -> None:
    """Written once, and for several services."""
    rows: tuple[Row, ...] = (
        THREE[0],
        ("", "", "TENS unit", "E0730", "purchase"),
        ("", "", "Lumbar support", "L0625", "1"),
    )
    for letter in (parsed(aligned(*rows)), parsed("\n".join("\t".join(row) for row in rows))):
        assert (TITLES[0], "TENS unit, purchase", "Lumbar support, #1") == titles(letter)
        assert ["Lumbar sprain"] * 3 == reasons(letter)


def test_several_codes_in_one_cell() -> None:
    """Of one diagnosis and of one service."""
    letter = parsed(
        "Lumbar radiculopathy M54.16, M51.26 Lumbar epidural steroid injection 62323, 77003 1"
    )
    assert ("Lumbar epidural steroid injection, #1",) == titles(letter)


@pytest.mark.parametrize(
    "row",
    [
        "lumbar radiculopathy m54.16/m51.26 MRI lumbar spine 72148/72149 1",
        "| lumbar radiculopathy | M54.16 | MRI lumbar spine | 72148 | 1 |",
        "lumbar radiculopathy\t\tM54.16\t\tMRI lumbar spine\t72148\t1",
        "lumbar radiculopathy 724.4 MRI lumbar spine 72148 1",
        "lumbar radiculopathy   M54.16 MRI lumbar spine   72148   1",
    ],
)
def test_codes_are_known_in_any_writing(row: str) -> None:
    """Small letters, slashes, bars and tabs between; the codes of before October 2015."""
    letter = parsed(row)
    assert ("MRI lumbar spine, #1",) == titles(letter)
    assert ["lumbar radiculopathy"] == reasons(letter)


def test_what_goes_on_in_small_letters_is_no_diagnosis_of_the_next_row() -> None:
    """Line by line across the columns, the second lines of a row's cells stay with it."""
    letter = parsed(
        "Lumbar M54.16 MRI lumbar 72148 1\nradiculopathy spine\n"
        "Cervical S13.4XXA Physical therapy 97110 2 x 6"
    )
    assert ("MRI lumbar, 1 radiculopathy spine", "Physical therapy, 2 x 6") == titles(letter)
    assert ["Lumbar", "Cervical"] == reasons(letter)


def test_rows_may_be_counted_or_ticked() -> None:
    """ "1." and a box are no part of a diagnosis."""
    letter = parsed(
        "1. Lumbar sprain S33.5XXA Acupuncture 97810 6 visits\n☒ Knee pain M25.561 X 99"
    )
    assert ["Lumbar sprain", "Knee pain"] == reasons(letter)


@pytest.mark.parametrize(("name", "made"), [("rfa.docx", word_table), ("rfa.html", html_table)])
def test_a_table_of_word_or_html_needs_no_codes(tmp_path: Path, name: str, made: object) -> None:
    """Its cells tell the columns, also where they are empty or hold several lines."""
    rows: tuple[Row, ...] = (
        ("Lumbar\nsprain", "", "Physical therapy\nlumbar spine", "", "2 x 6"),
        EMPTY,
        ("", "", "Heat therapy unit", "", "1"),
        THREE[1],
    )
    path = tmp_path / name
    path.write_bytes(made(rows))  # type: ignore[operator]
    letter = read_letter(path, PHRASES)
    assert ("Physical therapy lumbar spine, 2 x 6", "Heat therapy unit, #1", TITLES[1]) == titles(
        letter
    )
    assert ["Lumbar sprain", "Lumbar sprain", "Lumbar radiculopathy"] == reasons(letter)


def test_the_rows_of_a_pdf_come_as_lines(tmp_path: Path) -> None:
    """Their cells are one blank apart."""
    path = tmp_path / "rfa.pdf"
    path.write_bytes(pdf(form("\n".join(" ".join(row) for row in THREE)).split("\n")))
    assert TITLES == titles(read_letter(path, PHRASES))


Printed = tuple[int, int, str]
Filled = tuple[int, int, str | bool]


def fillable(printed: tuple[Printed, ...], fields: tuple[Filled, ...]) -> bytes:
    """Return a PDF with words *printed* on its page, and *fields*: each holds words or a tick."""

    def shown(words: str) -> str:
        return "(" + words.replace("(", r"\(").replace(")", r"\)") + ")"

    def field(x: int, y: int, held: str | bool) -> str:
        end = x + (10 if isinstance(held, bool) else 60)
        look = f"<< /Type /Annot /Subtype /Widget /T (f{x}.{y}) /Rect [{x} {y - 3} {end} {y + 11}]"
        if isinstance(held, bool):
            state = "/Yes" if held else "/Off"
            return f"{look} /FT /Btn /V {state} /AS {state} /AP << /N << /Yes 6 0 R >> >> >>"
        return f"{look} /FT /Tx /V {shown(held)} /DA (/F1 9 Tf) >>"

    stream = " ".join(f"BT /F1 9 Tf {x} {y} Td {shown(w)} Tj ET" for x, y, w in printed)
    refs = " ".join(f"{7 + number} 0 R" for number in range(len(fields)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [{refs}] /DA (/F1 9 Tf) >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        f"/Resources << /Font << /F1 5 0 R >> >> /Annots [{refs}] >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream",
        *(field(*one) for one in fields),
    ]
    body = "".join(f"{number} 0 obj\n{one}\nendobj\n" for number, one in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()


def test_what_is_typed_into_a_form_is_read_where_it_stands(tmp_path: Path) -> None:
    """Beside the words on its line; in a table row by row, empty cells in their columns."""
    columns = (40, 150, 220, 360, 450)
    rows = (("Lumbar sprain", "", "Physical therapy", "", "2 x 6"), EMPTY, THREE[1])
    printed: tuple[Printed, ...] = (
        (40, 760, "DWC Form RFA"),
        (55, 730, "New Request"),
        (155, 730, "Resubmission"),
        (40, 700, "Date of Injury (MM/DD/YYYY):"),
        (300, 700, "Date of Birth (MM/DD/YYYY):"),
        *((x, 640, head.split(" (")[0]) for x, head in zip(columns, HEADS, strict=True)),
        *((x, 630, "(Required)") for x in columns[:3]),
        (40, 500, "Requesting Physician Signature:"),
    )
    fields: tuple[Filled, ...] = (
        (430, 700, "01/01/1975"),
        (180, 700, "03/14/2016"),
        (40, 730, False),
        (140, 730, True),
        *(
            (x, 600 - 20 * number, held)
            for number, row in enumerate(rows)
            for x, held in zip(columns, row, strict=True)
        ),
    )
    path = tmp_path / "rfa.pdf"
    path.write_bytes(fillable(printed, fields))
    letter = read_letter(path, PHRASES)
    assert ("Physical therapy, 2 x 6", TITLES[1]) == titles(letter)
    assert ["Lumbar sprain", "Lumbar radiculopathy"] == reasons(letter)
    assert date(2016, 3, 14) == letter.injury_date
    assert "[ ] New Request [X] Resubmission" in " ".join(letter.text.split())


def test_the_head_of_the_table_may_be_broken_over_lines() -> None:
    """Column by column or line by line; its words are no diagnosis."""
    heads = (
        "\n".join(HEADS),
        "Diagnosis ICD-Code Service/Good Requested CPT/HCPCS Other Information:\n"
        "(Required) (Required) (Required) Code (If known) (Frequency, Duration\nQuantity, etc.)",
    )
    for head in heads:
        letter = parse_letter(f"{FRONT}{head}\n{' '.join(THREE[0])}{BACK}", PHRASES)
        assert TITLES[:1] == titles(letter)
        assert ["Lumbar sprain"] == reasons(letter)


def test_additional_pages_go_on_with_the_items() -> None:
    """Two forms in one file."""
    letter = parse_letter(form(aligned(THREE[0])) + form(aligned(*THREE[1:])), PHRASES)
    assert TITLES == titles(letter)
    assert [1, 2, 3] == [item.number for item in letter.items]


def test_a_note_without_the_form_asks_for_nothing() -> None:
    """Codes in a chart note are no rows."""
    note = "Diagnosis: lumbar sprain S33.5XXA.\nPlan: physical therapy 97110, 12 visits.\n"
    assert () == titles(parse_letter(note, PHRASES))


@pytest.mark.parametrize(
    ("back", "signed"),
    [
        (BACK, date(2016, 5, 2)),
        ("\nRequesting Physician's Signature:\n\nDated: May 2, 2016\n", date(2016, 5, 2)),
        # The day is the physician's, not that of the answer below.
        (BACK.replace("05/02/2016", "").rstrip() + "\nDate: 05/09/2016\n", None),
        ("\nRequesting Physician Signature: /s/   Date: 13/42/2016\n", None),
    ],
)
def test_a_form_is_of_the_day_it_is_signed(back: str, signed: date | None) -> None:
    """The date behind the physician's signature is the form's; without one it has none."""
    text = form(aligned(*THREE)).replace(BACK, back)
    assert parse_letter(text, PHRASES).signed_date == signed


def test_of_several_forms_the_latest_day_counts() -> None:
    """A form that is sent again is of the day it is signed again."""
    again = form(aligned(*THREE)).replace("05/02/2016", "06/01/2016")
    text = form(aligned(*THREE)) + again
    assert parse_letter(text, PHRASES).signed_date == date(2016, 6, 1)


def test_a_note_without_a_form_has_no_day_of_signature() -> None:
    """Only a form that asks for something is signed as one."""
    note = "PROGRESS NOTE\nRequesting Physician Signature: /s/   Date: 05/02/2016\n"
    assert parse_letter(note, PHRASES).signed_date is None
