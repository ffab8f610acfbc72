"""A packet tells what was found missing, where the record had it, and what remains."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.model import Case, CaseItem
from imr_rules.checklist.gap_sheet import gap_sheet
from imr_rules.checklist.gaps import GapList, gap_lists
from imr_rules.checklist.packet import packet_bytes
from imr_rules.checklist.wording import Wording, load_wording
from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Prediction
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError
from imr_rules.explain.hinges import with_facts
from imr_rules.explain.reasons import reasons_for
from imr_rules.facts.model import UNDOCUMENTED, Basis, Reading, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.notice import NOTICE
from imr_rules.treatments.from_title import parse_request

ENGINE = ReferenceEngine()


def all_gaps() -> list[GapList]:
    """Return the gap list of every upheld item of the cases that ship."""
    knowledge = load_knowledge()
    return [
        gaps
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for gaps in gap_lists(entry.case, knowledge, ENGINE)
    ]


@pytest.fixture(scope="module")
def gaps() -> list[GapList]:
    """The gap lists of the cases."""
    return all_gaps()


def test_only_upheld_items_have_gaps(gaps: list[GapList]) -> None:
    """What was granted needs no list."""
    assert len(gaps) > 100
    assert {"upheld"} == {found.item.actual for found in gaps}


@pytest.mark.parametrize(
    ("title", "fact", "value", "record"),
    [
        ("Cold therapy unit, 30 day rental", "requested_duration_days", 30, {}),
        (
            "Physical therapy 2 times a week for 6 weeks for the low back",
            "total_units",
            24,
            {"prior_units_completed": 12},
        ),
    ],
)
def test_what_follows_from_the_title_is_nothing_that_the_record_is_silent_on(
    title: str, fact: str, value: int, record: dict[str, Value], knowledge: Knowledge
) -> None:
    """The number held against the request stands in it, or adds up from what does."""
    item = CaseItem(
        1,
        title,
        parse_request(title, knowledge.catalogue),
        "upheld",
        readings={Reading.RECORD: record, Reading.RATIONALE: {fact: value}},
    )
    case = Case("TEST", "test", date(2016, 4, 1), date(2016, 11, 10), None, (item,))
    [found] = gap_lists(case, knowledge, ENGINE)
    gap = next(gap for gap in found.gaps if gap.fact.id == fact)
    assert value == gap.record
    assert gap.record_evidence or record
    words = load_wording(knowledge.folder, "en")
    row = next(row for row in gap_sheet(found, words).gaps if row.question == gap.question)
    assert words.record_says == row.record_lead


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_sheet_without_gaps_claims_only_that_none_was_read(
    gaps: list[GapList], knowledge: Knowledge, lang: str
) -> None:
    """What a document could still show stands under what remains, and no reasons follow."""
    words = load_wording(knowledge.folder, lang)
    without = [found for found in gaps if found.remains and not found.gaps]
    assert without
    for found in without:
        sheet = gap_sheet(found, words)
        assert words.packet_none == sheet.intro
        assert sheet.remains
    for denied in ("document", "below", "abajo"):
        assert denied not in words.packet_none


def test_what_the_reviewer_found_missing_on_another_way_is_a_gap(gaps: list[GapList]) -> None:
    """The way that the rules come closest to is not the only one that was denied."""
    (found,) = [g for g in gaps if g.conclusion.case.case_number == "CM16-0231706"]
    assert ["exceptional_factors"] == [gap.fact.id for gap in found.gaps]
    others = 0
    for each in gaps:
        decisive = {
            shown.fact
            for reason in reasons_for(each.conclusion)
            if reason.decisive
            for shown in reason.facts
        }
        others += any(gap.fact.id not in decisive for gap in each.gaps)
        places = [gap.fact.id in decisive for gap in each.gaps]
        assert sorted(places, reverse=True) == places
    assert others > 10


def test_a_gap_is_what_the_reviewer_said(gaps: list[GapList]) -> None:
    """Each gap stands in the rationale, and is claimed of the record only where that settles it."""
    listed = [gap for found in gaps for gap in found.gaps]
    assert len(listed) > 100
    for found in gaps:
        rationale = found.item.readings[Reading.RATIONALE]
        for gap in found.gaps:
            assert rationale[gap.fact.id] == gap.found
            if gap.record_had_it:
                assert gap.record not in (None, UNDOCUMENTED)
    assert any(gap.record_had_it for gap in listed)
    assert not all(gap.record_had_it for gap in listed)


def test_a_record_that_says_none_is_not_said_to_have_had_it(
    gaps: list[GapList], words: Wording
) -> None:
    """ "The record already had it" never stands before a no or a none."""
    leads = {
        (row.record_lead, gap.record)
        for found in gaps
        for gap, row in zip(found.gaps, gap_sheet(found, words).gaps, strict=True)
    }
    had = {value for lead, value in leads if lead == words.record_had_it}
    says = {value for lead, value in leads if lead == words.record_says}
    silent = {value for lead, value in leads if not lead}
    assert had
    assert not had & {"no", "none", UNDOCUMENTED, None}
    assert "no" in says
    assert {UNDOCUMENTED, None} >= silent


def test_what_was_never_denied_has_no_packet(tmp_path: Path) -> None:
    """A request that nobody reviewed is pointed to the preview."""
    request = tmp_path / "request.yaml"
    request.write_text('request: "Norco 10/325 #120"\nrequest_date: 2015-06-01\n', encoding="utf-8")
    result = CliRunner().invoke(group, ["packet", str(request)])
    assert isinstance(result.exception, InputError)
    assert "imr-rules preview" in result.exception.hint


def test_what_the_record_had_is_said_to_suffice_only_where_it_does(
    gaps: list[GapList], knowledge: Knowledge
) -> None:
    """Pointing to it, and nothing else, makes the rules come out the other way."""
    settled = [found for found in gaps if found.settles_it and found.gaps]
    for found in settled:
        had = {g.fact.id: g.record for g in found.gaps if g.record_had_it and g.record is not None}
        case = with_facts(found.conclusion.case, found.item, had, Basis.REVIEW)
        again = evaluate_case(case, Basis.REVIEW, knowledge, ENGINE)
        (mine,) = [c for c in again if c.item.number == found.item.number]
        assert Prediction.OVERTURNED is mine.prediction
        assert () == found.remains


def test_every_item_fits_on_one_page(gaps: list[GapList], words: Wording) -> None:
    """One page an item, with the notice on it."""
    for found in gaps[:60]:
        pdf = packet_bytes([gap_sheet(found, words)], "pdf", words, title="x")
        pages = PdfReader(BytesIO(pdf)).pages
        assert 1 == len(pages), found.item.title
        assert NOTICE in " ".join(pages[0].extract_text().split())


@pytest.mark.parametrize("form", ["md", "html"])
def test_every_item_gives_a_text(form: str, gaps: list[GapList], words: Wording) -> None:
    """The title, each question found open, and the notice stand in it."""
    for found in gaps:
        text = packet_bytes([gap_sheet(found, words)], form, words, title="x").decode()
        assert NOTICE in text
        assert words.remains_title in text


def test_a_letter_without_an_upheld_item_says_so(tmp_path: Path) -> None:
    """Nothing to list is no error."""
    case = tmp_path / "case.yaml"
    case.write_text(
        'case: "CM1"\ndenial_date: 2015-06-01\nitems:\n'
        '  - {item: 1, title: "Norco 10/325 #120", actual: overturned}\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(group, ["packet", str(case)])
    assert 0 == result.exit_code
    assert "no upheld item" in result.stderr


def test_a_record_that_asks_for_nothing_is_answered_with_a_line_to_copy(tmp_path: Path) -> None:
    """The remedy is a whole command with the file in it, as a shell takes it."""
    note = tmp_path / "my list.txt"
    note.write_text("Shopping list\n\nmilk 2 litres\nbread\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["packet", str(note)])
    assert isinstance(result.exception, InputError)
    wanted = f"Name it: imr-rules preview '{note}' --request \"Norco 10/325 #120\"."
    assert wanted == result.exception.hint


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
def test_a_sheet_tells_what_the_title_asks_for_beside(form: str, tmp_path: Path) -> None:
    """One item, one page, one text: what has another text is not on it, and it says so."""
    items = "".join(
        f"  - {{item: {number}, title: {title!r}, actual: upheld}}\n"
        for number, title in enumerate(
            ["CT of the low back; EMG/NCV of the left leg", "CT of the low back"], start=1
        )
    )
    case, out = tmp_path / "case.yaml", tmp_path / f"packet.{form}"
    case.write_text(f'case: "CM16-0900001"\ndenial_date: 2016-11-20\nitems:\n{items}')
    told = []
    for number in (1, 2):
        command = ["packet", str(case), "--item", str(number), "--format", form, "--out", str(out)]
        assert 0 == CliRunner().invoke(group, command).exit_code
        text = out.read_bytes().decode(errors="replace")
        if form == "pdf":
            text = " ".join(page.extract_text() for page in PdfReader(out).pages)
        told.append("not on this sheet: Electromyography" in " ".join(text.split()))
    assert [True, False] == told
