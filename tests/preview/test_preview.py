"""A preview says what would turn the outcome, and what it says is so."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.record import load_record
from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Certainty, Prediction
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError
from imr_rules.explain.hinges import Need, hinges_of, with_facts
from imr_rules.facts.model import UNDOCUMENTED, Basis, Reading
from imr_rules.knowledge import load_knowledge
from imr_rules.notice import NOTICE
from imr_rules.preview.build import preview_case
from imr_rules.preview.line_model import PreviewLine
from imr_rules.preview.model import Preview
from imr_rules.preview.to_json import preview_to_json
from imr_rules.preview.to_text import preview_text

KNOWLEDGE = load_knowledge()
ENGINE = ReferenceEngine()
CASES = [e.case for e in load_cases([cases_folder()], KNOWLEDGE) if isinstance(e, Loaded)]


def conclusions(basis: Basis) -> list[Conclusion]:
    """Return the conclusion on every item of every case that ships."""
    return [c for case in CASES for c in evaluate_case(case, basis, KNOWLEDGE, ENGINE)]


def is_for_want_of_documentation(conclusion: Conclusion) -> bool:
    """Whether the item was upheld, and is predicted so for want of documentation."""
    return conclusion.item.actual == "upheld" and conclusion.certainty is Certainty.UNDOCUMENTED


def predicted_after(conclusion: Conclusion, changes: dict[str, str | int | float]) -> Prediction:
    """Return what the item comes to once the record shows *changes* too."""
    basis = conclusion.sheet.basis
    changed = with_facts(conclusion.case, conclusion.item, changes, basis)
    again = evaluate_case(changed, basis, KNOWLEDGE, ENGINE)
    return next(c.prediction for c in again if c.item.number == conclusion.item.number)


def test_documenting_what_is_proposed_overturns_every_upheld_case_that_lacked_it() -> None:
    """Each item upheld for want of documentation has a proposal, and following it overturns it.

    On either basis, none left out; what no document shows, such as the date of injury, is told.
    """
    lacking = [c for basis in Basis for c in conclusions(basis) if is_for_want_of_documentation(c)]
    assert len(lacking) > 200
    for conclusion in lacking:
        where = f"{conclusion.case.case_number} item {conclusion.item.number}"
        hinges = hinges_of(conclusion, KNOWLEDGE, ENGINE)
        assert hinges, where
        assert hinges[0].need is not Need.CORRECT, where
        for hinge in hinges:
            assert predicted_after(conclusion, hinge.changes) is Prediction.OVERTURNED, where


@pytest.mark.parametrize("basis", list(Basis))
def test_what_cannot_be_changed_is_never_proposed(basis: Basis) -> None:
    """Age, dates and the request itself stay as they are; what is cheapest comes first."""
    proposed = 0
    for conclusion in conclusions(basis):
        hinges = hinges_of(conclusion, KNOWLEDGE, ENGINE)
        needs = [hinge.need for hinge in hinges]
        assert needs == sorted(needs, key=lambda need: need is Need.CORRECT)
        for hinge in hinges:
            proposed += 1
            told = {part.fact for part in hinge.facts if part.untold}
            assert bool(told) is (hinge.need is Need.TELL)
            # The operation's own documents get it approved: the record does not say it is not.
            elsewhere = {"parent_service"} if conclusion.hangs_on_parent else set()
            own = hinge.changes.keys() - told - elsewhere
            assert all(KNOWLEDGE.vocabulary[fact].changeable for fact in own)
            assert not told & conclusion.sheet.values.keys()
            known = [conclusion.sheet.values.get(f) for f in hinge.changes if f not in elsewhere]
            open_only = all(value in (None, UNDOCUMENTED) for value in known)
            assert open_only is (hinge.need is not Need.CORRECT)
    assert proposed > 200


@pytest.mark.parametrize("basis", list(Basis))
def test_what_was_given_before_is_never_proposed_to_be_the_first(basis: Basis) -> None:
    """A first course goes with no visit and no day of use, told or proposed."""
    counted = "prior_units_completed", "drug_use_days"
    firsts = 0
    for conclusion in conclusions(basis):
        for hinge in hinges_of(conclusion, KNOWLEDGE, ENGINE):
            if hinge.changes.get("first_request") == "yes":
                firsts += 1
                after = {**conclusion.sheet.values, **hinge.changes}
                before = [after.get(name, 0) for name in counted]
                assert not [n for n in before if isinstance(n, int | float) and n > 0]
    assert firsts > 10


@pytest.mark.parametrize("basis", list(Basis))
def test_visits_that_helped_are_never_proposed_to_be_none(basis: Basis) -> None:
    """A gain from earlier visits goes with at least one of them."""
    both = {"prior_units_completed", "functional_improvement"}
    proposed = [
        hinge.changes
        for conclusion in conclusions(basis)
        for hinge in hinges_of(conclusion, KNOWLEDGE, ENGINE)
        if hinge.changes.keys() >= both and hinge.changes["functional_improvement"] == "yes"
    ]
    assert proposed
    assert 0 not in [changes["prior_units_completed"] for changes in proposed]


def previewed(request: str, day: date, **facts: str | float) -> Preview:
    """Return the preview of a draft."""
    draft = Draft(request, request_date=day, facts=facts)
    return preview_case(case_from_draft(draft, KNOWLEDGE.catalogue), KNOWLEDGE, ENGINE)[0]


def text_of(preview: Preview, width: int = 60) -> str:
    """Return what a terminal of *width* columns shows."""
    stream = StringIO()
    Console(width=width, no_color=True, file=stream).print(preview_text(preview))
    return stream.getvalue()


def test_a_bar_is_said_before_anything_else() -> None:
    """Refills bar the drug: that stands above the likely outcome."""
    text = text_of(previewed("Norco 10/325 #120 with 3 refills", date(2015, 6, 1)))
    assert "The guideline rules this out:" in text
    assert text.index("rules this out") < text.index("Likely outcome")


def test_a_bar_of_one_way_is_not_said_of_the_request() -> None:
    """Seven other ways are open: the heading names the one that is ruled out."""
    facts = {"drug_use_days": 519, "concurrent_sedative_or_opioid": "yes"}
    preview = previewed("Norco 10/325 #120", date(2016, 10, 1), **facts)
    text = " ".join(text_of(preview).split())
    assert "(undocumented)" in text
    assert "The guideline rules this out" not in text
    assert "The guideline rules out 1 of its 8 ways, “The start of long use”:" in text


def test_a_bar_that_an_exception_may_lift_is_not_said_to_be_the_end() -> None:
    """A dose above the ceiling rules the drug out while nothing shows the exception."""
    preview = previewed("Norco 10/325 #120", date(2015, 6, 1), opioid_mme_per_day=200)
    text = " ".join(text_of(preview).split())
    assert "(undocumented)" in text
    assert "The guideline rules this out as things stand:" in text


def test_only_what_nothing_could_turn_is_ruled_out_without_more() -> None:
    """In every case the plain heading and the certainty `barred` say the same."""
    headed = 0
    for case in CASES:
        for preview in preview_case(case, KNOWLEDGE, ENGINE):
            trace = preview.explanation.conclusion.trace
            if "The guideline rules this out:" in text_of(preview, 200):
                headed += 1
                assert trace is not None
                assert Certainty.BARRED is trace.verdict.certainty
    assert headed


def test_what_goes_with_an_operation_asks_for_the_operation_and_for_what_else_it_lacks() -> None:
    """That the operation is not approved so far is said to hang on documents, not to be the end."""
    draft = Draft(
        "Pre-operative PT/PTT",
        request_date=date(2016, 12, 23),
        beside=("Right shoulder arthroscopy with rotator cuff repair",),
    )
    case = case_from_draft(draft, KNOWLEDGE.catalogue)
    preview = preview_case(case, KNOWLEDGE, ENGINE)[0]
    words = " ".join(text_of(preview).split())
    assert "upheld (undocumented)" in words
    assert "It goes with item 2, which is not approved on what is documented." in words
    assert "What counts: What item 2 still lacks" in words
    assert "would not change that" not in words
    assert not preview.is_barred
    (hinge,) = preview.hinges
    assert Need.DOCUMENT is hinge.need
    assert {"parent_service": "approved", "bleeding_risk": "yes"} == hinge.changes
    assert 2 == hinge.cost


def test_a_treatment_never_recommended_says_so_first() -> None:
    """A topic without routes: no documentation helps, and none is asked for."""
    preview = previewed("Low-level laser therapy", date(2014, 6, 1))
    text = text_of(preview)
    assert text.index("does not recommend this treatment at all") < text.index("Likely outcome")
    assert () == preview.hinges


@pytest.mark.parametrize("conclusion", conclusions(Basis.REVIEW)[:40:4], ids=lambda c: c.item.title)
def test_sixty_columns_are_enough(conclusion: Conclusion) -> None:
    """No line is wider than the terminal."""
    for preview in preview_case(conclusion.case, KNOWLEDGE, ENGINE, basis=Basis.REVIEW):
        assert max(map(len, text_of(preview).splitlines())) <= 60


def test_the_text_says_all_that_a_preview_owes() -> None:
    """Outcome, likelihood with n and published rate, citation, what decides, what would turn it."""
    text = text_of(
        previewed(
            "Norco 10/325 #120", date(2015, 6, 1), pain_reduction="yes", functional_improvement="no"
        )
    )
    words = " ".join(text.split())
    promised = (
        "Likely outcome: upheld (undocumented)", "Likelihood of overturning:", "fitted on n=",
        "published rate", "On 2015-06-01 governed by", "What decides:",
        "functional improvement: no",
        "It would be overturned if the record shows:", "What counts:",
        "only if the record was misread, and in fact shows:", "(now: no)",
    )  # fmt: skip
    assert [] == [phrase for phrase in promised if phrase not in words]


def test_the_json_carries_trace_hinges_and_notice(tmp_path: Path) -> None:
    """Programs get everything that the text says, and each proposal with its values."""
    request = tmp_path / "request.yaml"
    request.write_text(
        'request: "Soma 350mg #60"\nrequest_date: 2014-02-01\nfacts: {acute_exacerbation: yes}\n',
        encoding="utf-8",
    )
    result = CliRunner().invoke(group, ["preview", str(request), "--format", "json"])
    assert 0 == result.exit_code
    (line,) = json.loads(result.stdout)
    assert "imr.preview.v1" == line["format"]
    assert "imr.trace.v1" == line["trace"]["format"]
    assert NOTICE == line["notice"]
    assert {"likelihood_n", "base_rate_overturned", "decisive", "held_by"} <= line.keys()
    for hinge in line["if_the_record_shows"]:
        assert hinge["facts"][0]["answers"]


@pytest.mark.parametrize("basis", list(Basis))
def test_every_line_is_as_the_schema_says(basis: Basis) -> None:
    """Of every item of the cases; nothing is missing, nothing is left over."""
    lines = 0
    for case in CASES:
        for preview in preview_case(case, KNOWLEDGE, ENGINE, basis=basis):
            PreviewLine.model_validate(preview_to_json(preview), strict=True)
            lines += 1
    assert lines > 200


def test_an_outcome_of_silence_says_that_nothing_is_documented() -> None:
    """What holds only by presumption says so, names what is presumed, and what it rests on."""
    preview = previewed("Naproxen 500mg #60", date(2026, 6, 1))
    assert Prediction.OVERTURNED is preview.explanation.conclusion.prediction
    words = " ".join(text_of(preview).split())
    assert "Nothing is documented yet: this holds only while nobody denies" in words
    assert preview.rests_on
    assert all(reason.statement in words for reason in preview.rests_on)
    assert "Rests on unverified background alone" in words


def test_a_name_that_nobody_knows_is_not_taken_for_a_silent_guideline() -> None:
    """What is not recognized is said to be so; what is and has no text is said to have none."""
    unknown = text_of(previewed("Unicorn rides", date(2016, 8, 1)))
    assert "No treatment of that name is known" in unknown
    silent = text_of(previewed("Norco 10/325 #120", date(1990, 8, 1)))
    assert "No guideline in force" in silent


def test_a_request_that_names_no_part_is_told_which_would_find_a_closer_text() -> None:
    """The parts that have a text of their own are named, for programs too."""
    preview = previewed("MRI", date(2016, 8, 1))
    assert "names no part of the body" in " ".join(text_of(preview).split())
    assert "lumbar" in preview_to_json(preview)["left_open"]
    assert () == previewed("MRI of the lumbar spine", date(2016, 8, 1)).add


def test_what_is_presumed_counts_for_no_standing() -> None:
    """Visits within a background number rest on background, whatever is presumed beside it."""
    preview = previewed("12 sessions of physical therapy for the low back", date(2026, 6, 1))
    words = " ".join(text_of(preview).split())
    assert "Nothing is documented yet" in words
    assert "Rests on unverified background alone" in words


@pytest.mark.parametrize(
    ("title", "told"),
    [("Physical therapy", "tell the number of visits"), ("TENS unit", "tell the date of injury")],
)
def test_what_nobody_has_told_is_named_where_nothing_can_be_documented(
    title: str, told: str
) -> None:
    """Where some documentation would change the outcome, it is said what is missing."""
    preview = previewed(title, date(2026, 6, 1))
    trace = preview.explanation.conclusion.trace
    assert trace is not None
    assert Certainty.UNDOCUMENTED is trace.verdict.certainty
    assert preview.hinges
    words = " ".join(text_of(preview).split())
    assert "What is missing" in words
    assert told in words


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_is_no_failure(form: str, tmp_path: Path) -> None:
    """``imr-rules preview ... | head -1`` ends quietly, even if nothing is read at all."""
    request = tmp_path / "request.yaml"
    request.write_text('request: "Soma 350mg #60"\nrequest_date: 2014-02-01\n', encoding="utf-8")
    command = f"{sys.executable} -m imr_rules preview {request} --format {form} | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
    )
    assert (0, "") == (done.returncode, done.stderr)


def test_a_chart_note_needs_to_be_told_what_is_asked(tmp_path: Path) -> None:
    """Without --request the error names the remedy; with it the note is read."""
    note = tmp_path / "note.txt"
    note.write_text(
        "Follow-up. The patient signed an opioid contract. CURES was reviewed.\n", encoding="utf-8"
    )
    refused = CliRunner().invoke(group, ["preview", str(note)])
    assert "--request" in str(refused.exception)
    read = CliRunner().invoke(
        group,
        ["preview", str(note), "--request", "Norco 10/325 #120", "--as-of", "2015-06-01",
         "--format", "json"],
    )  # fmt: skip
    assert "yes" == json.loads(read.stdout)[0]["trace"]["facts"]["opioid_agreement_signed"]


def test_an_empty_request_is_refused(tmp_path: Path) -> None:
    """An item without a title would be previewed as a treatment of that name."""
    note = tmp_path / "note.txt"
    note.write_text("Follow-up visit.\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["preview", str(note), "--request", " "])
    assert 2 == result.exit_code
    assert "Name what is asked for" in result.stderr


def test_a_bar_that_decides_alone_is_followed_by_no_empty_heading() -> None:
    """What decides was said above."""
    preview = previewed("Flurbiprofen 20% / cyclobenzaprine 4% cream 180 gm", date(2015, 6, 1))
    text = text_of(preview)
    assert "rules this out" in text
    assert "What decides:" not in text


@pytest.mark.parametrize(
    ("request_title", "fact", "question", "asked_for_by"),
    [
        ("H-wave unit", "indicated_condition", "Is a muscle weak from stroke", ()),
        (
            "right total knee arthroplasty",
            "indicated_condition",
            KNOWLEDGE.vocabulary["indicated_condition"].question,
            ("Severe arthritis is diagnosed.",),
        ),
    ],
)
def test_a_proposal_says_which_condition_it_is_about(
    request_title: str, fact: str, question: str, asked_for_by: tuple[str, ...]
) -> None:
    """In the criterion's own question, or by what the criterion asks that is more than the fact."""
    preview = previewed(request_title, date(2026, 9, 1))
    parts = [part for hinge in preview.hinges for part in hinge.facts if part.fact == fact]
    assert parts
    for part in parts:
        assert part.question.startswith(question)
        assert asked_for_by == part.asked_for_by
    text = text_of(preview, 200)
    assert question in text
    assert all(f"For: {statement}" in text for statement in asked_for_by)


RFA = """\
DWC Form RFA
[X] New Request   [ ] Resubmission - Change in Material Facts
[ ] Expedited Review: Check box if employee faces an imminent and serious threat
Requested Treatment (see instructions for guidance)
Diagnosis (Required) ICD-Code (Required) Service/Good Requested (Required) CPT/HCPCS Code (If known)
Other Information: (Frequency, Duration Quantity, etc.)
Lumbar sprain S33.5XXA MRI lumbar spine without contrast 72148 1
Lumbar radiculopathy M54.16 Physical therapy 97110 2 times a week for 6 weeks
Right knee pain M25.561 Acupuncture 97810 6 visits
Chronic pain syndrome G89.4 Norco 10/325 mg #60
Requesting Physician Signature: /s/   Date: 05/02/2016
[ ] Requested treatment has been previously denied
"""


@pytest.fixture
def rfa(tmp_path: Path) -> Path:
    """Return a request for authorization, filled in."""
    path = tmp_path / "rfa.txt"
    path.write_text(RFA, encoding="utf-8")
    return path


def test_a_request_form_says_what_it_asks_for(rfa: Path) -> None:
    """Each row is previewed; where the service names no part, its diagnosis does."""
    result = CliRunner().invoke(
        group, ["preview", str(rfa), "--as-of", "2016-06-01", "--format", "json"]
    )
    assert 0 == result.exit_code, result.output
    assert [
        "MRI lumbar spine without contrast, #1",
        "Physical therapy, 2 times a week for 6 weeks, lumbar",
        "Acupuncture, 6 visits, right knee",
        "Norco 10/325 mg #60",
    ] == [line["title"] for line in json.loads(result.stdout)]


def test_a_row_of_a_request_form_tells_nothing_of_another(rfa: Path) -> None:
    """A diagnosis is told of its own row, and "without" denies none of another."""
    case = load_record(rfa, KNOWLEDGE, as_of=date(2016, 6, 1))
    told = [item.readings[Reading.RECORD] for item in case.items]
    classes = [facts.get("condition_class") for facts in told]
    assert [None, "radiculitis", None, None] == classes
    named = load_record(rfa, KNOWLEDGE, requests=["Lumbar epidural steroid injection"])
    assert "no" not in named.items[0].readings[Reading.RECORD].values()


def test_a_form_not_filled_in_says_how_to_go_on(tmp_path: Path) -> None:
    """Its rows are empty: the request can be named."""
    path = tmp_path / "rfa.txt"
    path.write_text(re.sub(r"\w.* [MSG]\d.*\n", "", RFA), encoding="utf-8")
    result = CliRunner().invoke(group, ["preview", str(path)])
    assert isinstance(result.exception, InputError)
    assert "--request" in str(result.exception)


def test_a_form_is_judged_on_the_day_it_is_signed(tmp_path: Path) -> None:
    """The day of the signature governs and is told as the record's own; --as-of outweighs it."""
    head = "Diagnosis  ICD-Code  Service/Good Requested  CPT/HCPCS Code  Other Information\n"
    row = "Lumbar sprain  S33.5XXA  MRI lumbar spine  72148  1\n"
    form, undated = tmp_path / "rfa.txt", tmp_path / "undated.txt"
    undated.write_text(f"DWC Form RFA\n{head}{row}Requesting Physician Signature:   Date:\n")
    form.write_text(f"{undated.read_text().rstrip()} 05/02/2016\n")

    def told(*arguments: object) -> str:
        result = CliRunner().invoke(group, ["preview", *map(str, arguments)])
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    assert "On 2016-05-02, the day the record gives, governed by MTUS" in told(form)
    assert "On 2015-01-05 governed by" in told(form, "--as-of", "2015-01-05")
    assert f"On {date.today()} governed by" in told(undated)
