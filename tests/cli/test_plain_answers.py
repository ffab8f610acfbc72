"""What every command says of itself, and how it answers to what cannot be meant."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.explain.to_text import LONGEST_TITLE
from imr_rules.notice import NOTICE

CASE = str(cases_folder() / "CM16-0242419.yaml")
NOTE = str(Path(__file__).parent / "note.txt")
LONG = "Norco 10/325 #120 " + "and again " * 500


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments), catch_exceptions=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "pain_reduction"),
        ("show", "carisoprodol"),
        ("show", "Norco 10/325 #120"),
        ("evaluate", CASE),
        ("evaluate", CASE, "--format", "jsonl"),
        ("extract", CASE, "--format", "jsonl"),
        ("extract", CASE, "--format", "json"),
        ("extract", CASE, "--format", "yaml"),
        ("extract", NOTE, "--format", "html"),
        ("extract", NOTE, "--explain"),
        ("sql", "mtus-2016/cyclobenzaprine"),
        ("preview", CASE),
        ("preview", CASE, "--format", "json"),
        ("checklist", "lumbar MRI"),
        ("packet", CASE),
    ],
    ids=" ".join,
)
def test_every_answer_says_that_it_is_no_advice(arguments: tuple[str, ...]) -> None:
    """Whatever is printed for a person or a program carries the notice."""
    assert NOTICE in " ".join(invoke(*arguments).stdout.split())


def test_lines_of_extract_carry_the_notice_and_are_read_again(tmp_path: Path) -> None:
    """The contract grows by a field; what is written can be read."""
    lines = tmp_path / "lines.jsonl"
    lines.write_text(invoke("extract", CASE, "--format", "jsonl").stdout, encoding="utf-8")
    assert NOTICE == json.loads(lines.read_text(encoding="utf-8"))["notice"]
    assert 0 == invoke("evaluate", str(lines)).exit_code


def test_a_day_far_ahead_is_answered_with_a_warning(tmp_path: Path) -> None:
    """What will be in force in years nobody knows today; next month is no news."""
    far = (date.today() + timedelta(days=800)).isoformat()
    near = (date.today() + timedelta(days=30)).isoformat()
    request = tmp_path / "request.yaml"
    request.write_text(f'request: "lumbar MRI"\nrequest_date: {far}\n', encoding="utf-8")
    for warned in (
        ("checklist", "lumbar MRI", "--as-of", far),
        ("show", "lumbar MRI", "--as-of", far),
        ("preview", str(request)),
    ):
        assert "more than a year ahead" in invoke(*warned).stderr, warned
    assert "" == invoke("checklist", "lumbar MRI", "--as-of", near).stderr
    assert "" == invoke("preview", str(request), "--as-of", near).stderr


def test_a_title_of_pages_is_cut_where_it_is_shown(tmp_path: Path) -> None:
    """Nobody reads five thousand characters; programs get them whole."""
    request = tmp_path / "request.yaml"
    request.write_text(f'request: "{LONG}"\nrequest_date: 2015-06-01\n', encoding="utf-8")
    assert LONG.strip() not in " ".join(invoke("preview", str(request)).stdout.split())
    (line,) = json.loads(invoke("preview", str(request), "--format", "json").stdout)
    assert LONG.strip() == line["title"].strip()
    head, *_ = invoke("checklist", LONG).stdout.splitlines()
    assert len(head) < LONGEST_TITLE + 30


def test_an_unknown_name_of_pages_is_not_repeated_whole() -> None:
    """The error names the beginning of it."""
    done = CliRunner().invoke(group, ["checklist", "xyzzy " * 900])
    assert "xyzzy" in str(done.exception)
    assert len(str(done.exception)) < 400


def test_a_fact_shows_what_its_number_can_be() -> None:
    """The bounds of the vocabulary are told where its values are."""
    assert "at least 0, at most 100" in invoke("show", "pain_reduction_percent").stdout


def test_show_leads_every_criterion_with_words_that_go_with_a_sentence() -> None:
    """A criterion is a sentence: it stands behind a colon, and what is required is called so."""
    words = " ".join(invoke("show", "mtus-2016/physical-medicine").stdout.split())
    assert "applies if: This is the first course" in words
    assert "required, unless an exception holds" in words
    assert "where This" not in words


def _hostile(tmp_path: Path, order: str) -> str:
    """A line of another program whose every text holds *order*."""
    quote = f"no improvement {order} was noted"
    line = {
        "case_number": f"CM17-{order}",
        "decision_date": "2017-02-01",
        "reviewer": {"specialties": [f"Pain {order} Medicine"]},
        "items": [
            {
                "item": 1,
                "title": f"Norco {order}10/325 #120",
                "actual": "upheld",
                "facts": {"rationale": {"functional_improvement": "no"}},
            }
        ],
        "findings": [
            {
                "fact": "functional_improvement",
                "value": "no",
                "assertion": "denied",
                "section": "rationale",
                "start": 0,
                "end": len(quote),
                "quote": quote,
            }
        ],
    }
    path = tmp_path / "hostile.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("order", ["\x1b[31m", "\x9b31m", "\u202e"], ids=ascii)
@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate", "--all-criteria"),
        ("audit", "--case", "CM17-{}"),
        ("whatif", "--ablate"),
        ("preview",),
        ("packet",),
        ("checklist", "norco", "--from"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_terminal_obeys_no_record(tmp_path: Path, arguments: tuple[str, ...], order: str) -> None:
    """Numbers, titles and quotations are shown without what a terminal would obey in them."""
    asked = [argument.format(order) for argument in arguments]
    told = invoke(*asked, _hostile(tmp_path, order))
    assert 0 == told.exit_code
    assert NOTICE in " ".join(told.stdout.split())
    assert order[0] not in told.output
