"""What read_letter makes of files: the four kinds it reads, and everything it refuses."""

from __future__ import annotations

import ctypes
import io
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imr_rules import strict_yaml
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError
from imr_rules.letters import Layout, Outcome, from_docx, from_pdf, parse_letter, read, read_letter
from imr_rules.letters.from_html import html_text
from imr_rules.letters.ocr import recognition_is_available, words_of_table

from .written_letters import PHRASES, SECTIONS

TITLES = [item.title for item in parse_letter(SECTIONS, PHRASES).items]
OUTCOMES = [Outcome.OVERTURNED, Outcome.UPHELD, Outcome.UPHELD]

STAMP = "CONFIDENTIAL - Received by fax 11/30/2016 10:42 - Page 1 of 3 - BATES 000123"

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, *, declaration: str = "") -> bytes:
    """Return a Word document with *body* between its body tags."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f"{declaration}<w:document {W}><w:body>{body}</w:body></w:document>",
        )
    return out.getvalue()


def paragraphs(text: str) -> str:
    """Return *text* as Word paragraphs, one a line."""
    lines = text.replace("&", "&amp;").split("\n")
    return "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in lines
    )


def pdf(lines: list[str], *, size: int = 10) -> bytes:
    """Return a PDF of one page that shows *lines*, each as Helvetica text."""
    shown = " T* ".join(
        "({}) Tj".format(line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)"))
        for line in lines
    )
    stream = f"BT /F1 {size} Tf 30 770 Td {size + 2} TL {shown} ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return out + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table


def scan(lines: list[str], *, stamp: str = "", share: float = 1.0) -> bytes:
    """Return a PDF with an image of *lines* over that *share* of it, and *stamp* as its text."""
    page = pypdfium2.PdfDocument(pdf(lines, size=14))[0]
    bitmap = page.render(scale=2.5, grayscale=True)
    document = pypdfium2.PdfDocument.new()
    new = document.new_page(612, 792)
    picture = pypdfium2.PdfImage.new(document)
    picture.set_bitmap(bitmap)
    picture.set_matrix(pypdfium2.PdfMatrix().scale(612, 792 * share))
    new.insert_obj(picture)
    if stamp:
        font = pypdfium2.raw.FPDFText_LoadStandardFont(document, b"Helvetica")
        written = pypdfium2.raw.FPDFPageObj_CreateTextObj(document, font, 8)
        wide = stamp.encode("utf-16-le") + b"\0\0"
        words = ctypes.cast(wide, ctypes.POINTER(pypdfium2.raw.FPDF_WCHAR))
        pypdfium2.raw.FPDFText_SetText(written, words)
        new.insert_obj(pypdfium2.PdfObject(written, pdf=document))
    new.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def written(folder: Path, name: str, raw: bytes) -> Path:
    """Write *raw* to *name* in *folder*."""
    path = folder / name
    path.write_bytes(raw)
    return path


HTML_LETTER = (
    "<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body>"
    + "".join(f"<p>{line.replace('&', '&amp;')}</p>\n" for line in SECTIONS.split("\n"))
)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("letter.txt", SECTIONS.encode()),
        ("no_extension", SECTIONS.encode()),
        ("windows.txt", SECTIONS.replace("\n", "\r\n").encode("cp1252")),
        ("mark.txt", SECTIONS.encode("utf-8-sig")),
        ("utf16.txt", SECTIONS.encode("utf-16")),
        ("utf16_without_mark.txt", SECTIONS.encode("utf-16-be")),
        ("letter.docx", docx(paragraphs(SECTIONS))),
        ("word_named.txt", docx(paragraphs(SECTIONS))),
        ("letter.html", HTML_LETTER.encode()),
        ("page_named.txt", HTML_LETTER.encode()),
        ("letter.pdf", pdf(SECTIONS.split("\n"))),
        ("pdf_named.txt", b"junk before\n" + pdf(SECTIONS.split("\n"))),
    ],
)
def test_every_kind_of_file_gives_the_same_items(tmp_path: Path, name: str, raw: bytes) -> None:
    """The contents decide how a file is read; whatever it is, the letter is the same."""
    determination = read_letter(written(tmp_path, name, raw), PHRASES)
    assert [item.title for item in determination.items] == TITLES
    assert [item.actual for item in determination.items] == OUTCOMES
    assert determination.source == str(tmp_path / name)


def test_a_table_in_word_keeps_its_cells_apart(tmp_path: Path) -> None:
    """Cells, tabs, breaks and text boxes become words with space between, none said twice."""
    row = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Case Number:</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r>"
    row += "<w:t>CM16-0000009</w:t><w:br/><w:t>end</w:t><w:tab/><w:t>here</w:t></w:r></w:p>"
    row += "</w:tc></w:tr></w:tbl>"
    fallback = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    row += f'<m:Fallback xmlns:m="{fallback}">{paragraphs("twice")}</m:Fallback>'
    determination = read_letter(written(tmp_path, "t.docx", docx(row)), PHRASES)
    assert determination.text.split() == ["Case", "Number:", "CM16-0000009", "end", "here"]
    assert determination.case_number == "CM16-0000009"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>a<b>b</b> c\n d</p>e", "ab c d\n\ne"),
        ("<script>x<y</script>a<!-- <p>no --> b", "a b"),
        ("<pre>a\n b</pre>", "a\nb"),
        ("1 < 2 & 3 &gt; 2", "1 < 2 & 3 > 2"),
        ("<td>a</td><td>b</td>", "a b"),
        ('<a title="x > y">z</a>', "z"),
        ("<!-- never closed", "<!-- never closed"),
        (f"&#{'9' * 5000};", f"&#{'9' * 5000};"),
    ],
)
def test_html_is_read_as_it_would_be_shown(page: str, text: str) -> None:
    """Markup goes, words stay, and what is no markup is words."""
    assert html_text(page) == text


@pytest.mark.parametrize(
    "unit", ["<!--", "<", "<a ", '<a b="', "<![", "&", "</", "<script>", "<pre>"]
)
def test_malformed_html_is_read_in_time(unit: str) -> None:
    """Half a million characters of unclosed markup take no more than seconds."""
    begin = time.process_time()
    html_text(unit * (500_000 // len(unit)))
    assert time.process_time() - begin < 3


MACRO_BOMB = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


BAD_FILES = [
    ("empty.txt", b"", "is empty"),
    ("blank.txt", b" \n\n", "is empty"),
    ("zeros.txt", bytes(500), "is not text"),
    ("junk.txt", bytes(range(256)) * 20, "is not text"),
    ("junk.pdf", b"hello", "has a PDF's name"),
    ("cut.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type", "damaged or cut-off PDF"),
    ("old.doc", b"\xd0\xcf\x11\xe0" + bytes(600), "old or password-protected Word"),
    ("letter.rtf", rb"{\rtf1 hello}", "is an RTF document"),
    ("photo.png", b"\x89PNG\r\n", "is an image"),
    ("cut.docx", docx(paragraphs("x"))[:90], "damaged Word document"),
    ("bad.docx", docx("<w:p>"), "damaged Word document"),
    ("bomb.docx", docx("<w:p/>", declaration=MACRO_BOMB), "XML entities"),
]


# By name: a DOCX bears the second it was written in, which would be another test's every time.
@pytest.mark.parametrize(
    ("name", "raw", "message"), BAD_FILES, ids=[name for name, _, _ in BAD_FILES]
)
def test_bad_files_are_refused_in_one_line(
    tmp_path: Path, name: str, raw: bytes, message: str
) -> None:
    """The message has the file, the code, what is wrong and what to do, on one line."""
    path = written(tmp_path, name, raw)
    with pytest.raises(InputError, match=message) as caught:
        read_letter(path, PHRASES)
    words = str(caught.value)
    assert words.startswith(f"{path}: error[input]: ")
    assert "\n" not in words


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    """A path that is no file is named, with the system's reason."""
    with pytest.raises(InputError, match="No such file"):
        read_letter(tmp_path / "absent.txt", PHRASES)
    with pytest.raises(InputError, match="is a folder"):
        read_letter(tmp_path, PHRASES)
    with pytest.raises(InputError, match="cannot be read"):
        read_letter("a\0b", PHRASES)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "is an OpenDocument file. Save"),
        (
            {"[Content_Types].xml": "", "xl/workbook.xml": ""},
            "is an Office file other than Word. S",
        ),
    ],
)
def test_a_document_of_another_program_is_not_to_be_unpacked(
    tmp_path: Path, members: dict[str, str], words: str
) -> None:
    """It is an archive only within: what helps is to save it in another form."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    with pytest.raises(InputError) as caught:
        read_letter(written(tmp_path, "letter.odt", out.getvalue()), PHRASES)
    assert words in str(caught.value)


def test_an_archive_that_is_no_word_document_is_refused(tmp_path: Path) -> None:
    """A zip of letters is not guessed at."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("letter.txt", SECTIONS)
    with pytest.raises(InputError, match="is an archive"):
        read_letter(written(tmp_path, "letters.zip", out.getvalue()), PHRASES)


def test_a_large_file_is_refused_with_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file over the limit is not even read."""
    monkeypatch.setattr(read, "LARGEST_FILE", 1_000)
    with pytest.raises(InputError, match=r"holds 1,001 bytes; a letter has at most 1,000"):
        read_letter(written(tmp_path, "large.txt", b"x" * 1_001), PHRASES)


def test_a_word_document_that_unpacks_too_far_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small archive with a huge part is stopped at the limit, whatever size it states."""
    monkeypatch.setattr(from_docx, "LARGEST_PART", 100_000)
    path = written(tmp_path, "bomb.docx", docx("<w:p/>" * 100_000))
    assert path.stat().st_size < 2_000
    with pytest.raises(InputError, match="unpacks to more than 100,000 bytes"):
        read_letter(path, PHRASES)


def test_an_encrypted_pdf_is_refused(tmp_path: Path) -> None:
    """A PDF with a password says that it has one."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["secret"])))
    writer.encrypt("password", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(InputError, match=r"encrypted PDF\. Save it without a password"):
        read_letter(written(tmp_path, "locked.pdf", out.getvalue()), PHRASES)


def test_a_scan_is_refused_where_nothing_can_recognise_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without tesseract a scan is an error that names tesseract."""
    monkeypatch.setattr(from_pdf, "recognition_is_available", lambda: False)
    with pytest.raises(InputError, match=r"scanned image without text\. Install tesseract"):
        read_letter(written(tmp_path, "scan.pdf", scan(["Chart note"])), PHRASES)


@pytest.mark.skipif(not recognition_is_available(), reason="tesseract is not installed")
def test_a_scan_is_recognised_with_less_confidence(tmp_path: Path) -> None:
    """A scanned letter gives its items, and says how sure the recognition was."""
    lines = [
        "IMR ISSUES, DECISIONS AND RATIONALES",
        "Decisions are set forth below:",
        "Gym: Upheld",
    ]
    lines += ["Claims Administrator guideline: None of note.", "Decision rationale: It is closed."]
    determination = read_letter(written(tmp_path, "scan.pdf", scan(lines)), PHRASES)
    assert [(item.title, item.actual) for item in determination.items] == [("Gym", Outcome.UPHELD)]
    assert 0.5 < determination.confidence < 1


@pytest.mark.skipif(not recognition_is_available(), reason="tesseract is not installed")
def test_a_stamp_does_not_make_text_of_a_scan(tmp_path: Path) -> None:
    """What a fax or a browser adds in a line of text is not what the page says."""
    lines = ["IMR ISSUES, DECISIONS AND RATIONALES", "Gym: Upheld"]
    lines += ["Claims Administrator guideline: None of note.", "Decision rationale: It is closed."]
    raw = scan(lines, stamp=STAMP)
    determination = read_letter(written(tmp_path, "stamped.pdf", raw), PHRASES)
    assert [(item.title, item.actual) for item in determination.items] == [("Gym", Outcome.UPHELD)]
    assert 0.5 < determination.confidence < 1


def test_a_stamped_scan_is_refused_where_nothing_can_recognise_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp alone would be a letter that says nothing, and be missed by nobody."""
    monkeypatch.setattr(from_pdf, "recognition_is_available", lambda: False)
    path = written(tmp_path, "stamped.pdf", scan(["Chart note"], stamp=STAMP))
    with pytest.raises(InputError, match=r"scanned image without text\. Install tesseract"):
        read_letter(path, PHRASES)


@pytest.mark.skipif(not recognition_is_available(), reason="tesseract is not installed")
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_words_that_no_picture_adds_to_stay_as_they_are(tmp_path: Path, share: float) -> None:
    """A logo is no scan, and a page on a blank background is surer as the text it is."""
    raw = scan(["Seal"] if share < 1 else [], stamp=STAMP, share=share)
    determination = read_letter(written(tmp_path, "note.pdf", raw), PHRASES)
    assert STAMP == determination.text.strip()
    assert 1 == determination.confidence


def test_a_table_of_words_becomes_lines_and_a_mean() -> None:
    """Words of one line stay on it; rows without a word have no confidence to count."""
    head = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tconf\ttext"
    rows = ["4\t1\t1\t1\t1\t0\t-1\t", "5\t1\t1\t1\t1\t1\t90\tGym:", '5\t1\t1\t1\t1\t2\t70\t"Upheld']
    page = words_of_table("\n".join([head, *rows, "5\t1\t1\t1\t2\t1\t80\tEnd"]))
    assert (page.text, page.confidence) == ('Gym: "Upheld\nEnd', 0.8)


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.4\n", b"PK\x03\x04", b"<html>"]))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_raises_anything_else(tmp_path: Path, raw: bytes, magic: bytes) -> None:
    """Any bytes at all are a determination or an InputError."""
    path = written(tmp_path, "any", magic + raw)
    try:
        determination = read_letter(path, PHRASES)
    except InputError:
        return
    assert determination.text.strip()


@given(st.data())
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_file_raises_nothing_else(tmp_path: Path, data: st.DataObject) -> None:
    """Real files with bytes cut off or changed are read as far as they go, or refused."""
    raw = data.draw(st.sampled_from([pdf(SECTIONS.split("\n")), docx(paragraphs(SECTIONS))]))
    cut = data.draw(st.integers(min_value=1, max_value=len(raw)))
    place = data.draw(st.integers(min_value=0, max_value=cut - 1))
    damaged = raw[:place] + data.draw(st.binary(max_size=8)) + raw[place + 1 : cut]
    with suppress(InputError):
        read_letter(written(tmp_path, "damaged", damaged), PHRASES)


@pytest.mark.letters
def test_every_real_letter_is_read_whole(real_letters: list[Path]) -> None:
    """Each real letter has its items, each item its parts, and each dated letter its dates."""
    assert len(real_letters) >= 100
    for path in real_letters:
        determination = read_letter(path, PHRASES)
        header = ("header (case number and dates)",) if path.suffix == ".txt" else ()
        assert (path.name, determination.missing) == (path.name, header)
        assert determination.layout is Layout.SECTIONS
        assert determination.items


@pytest.mark.letters
def test_real_letters_agree_with_the_cases_written_from_them(real_letters: list[Path]) -> None:
    """Titles, decisions and dates are those that people wrote down for each letter."""
    compared = 0
    for path in real_letters:
        case_file = cases_folder() / f"{path.stem}.yaml"
        if not case_file.exists():
            continue
        case = strict_yaml.read(case_file).data
        determination = read_letter(path, PHRASES)
        read_items = [(item.title, item.actual) for item in determination.items]
        # Some cases keep the "is" that joins a title to its decision.
        expected = [(item["title"].removesuffix(" is"), item["actual"]) for item in case["items"]]
        assert read_items == expected, path.name
        compared += 1
        if determination.case_number is None:
            # Without a header, people took the injury date from the clinical summary.
            continue
        for name in ("injury_date", "denial_date", "decision_date"):
            assert str(getattr(determination, name)) == str(case.get(name)), (path.name, name)
    assert compared >= 100
