"""Which number is meant, of which part, of which day: pain scores, visits asked for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.facts.model import Reading, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters.model import Determination, DisputedItem, Layout, Span
from imr_rules.reading.numbers import count_of
from imr_rules.reading.pattern import compile_phrase

SHOULDER = "Corticosteroid injection of the left shoulder"
THERAPY = "Physical therapy 2 times a week for 6 weeks, cervical spine"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def read(
    title: str, summary: str, rationale: str, knowledge: Knowledge
) -> dict[Reading, dict[str, Value]]:
    """Read a letter of one item."""
    text = f"{title}\n\n{summary}\n\nIn this case, the worker is in pain. {rationale}\n"
    opens = len(title) + 2
    told = Span(opens, opens + len(summary))
    letter = Determination(
        source="written",
        text=text,
        layout=Layout.SECTIONS,
        denial_date=date(2016, 6, 1),
        summary=told,
        items=(
            DisputedItem(
                1, title, Span(0, len(title)), None, None, None, None, Span(told.end, len(text))
            ),
        ),
    )
    case, _ = case_from_letter(letter, knowledge)
    return {reading: dict(facts) for reading, facts in case.items[0].readings.items()}


@pytest.mark.parametrize(
    ("summary", "score"),
    [
        ("Neck pain is rated 5/10 and left shoulder pain is rated 8/10.", 8),
        ("Left shoulder pain is 8/10, and neck pain is 5/10.", 8),
        ("Left shoulder pain that radiates down the arm to the hand is rated 7/10.", 7),
        ("Low back pain radiating to the left shoulder is rated 9/10, shoulder pain 4/10.", 4),
        ("The pain is currently 6/10, at worst 9/10 and at best 3/10.", 6),
        ("The pain is 8/10 without medications and 4/10 with medications.", 4),
        ("The pain decreased from 8/10 to 4/10.", 4),
        ("Average pain is 6/10. Current pain is 7/10.", 7),
        ("Average pain is 6/10.", 6),
        ("On 3/1/2016 the pain was rated 7/10. On 5/1/2016 the pain was rated 5/10.", 5),
        ("On 5/1/2016 the pain was rated 5/10. On 3/1/2016 the pain was rated 7/10.", 5),
        ("The pain was rated 7/10. An MRI on 3/1/2016 was normal. The pain is rated 5/10.", 5),
        ("The pain ranges from 4 to 7 out of 10.", 7),
    ],
)
def test_the_score_is_todays_of_the_treated_part(
    summary: str, score: int, knowledge: Knowledge
) -> None:
    """Not the worst, not another part's, not an earlier visit's wherever it stands."""
    assert score == read(SHOULDER, summary, "", knowledge)[Reading.RECORD]["pain_severity"]


@pytest.mark.parametrize(
    ("summary", "visits"),
    [
        ("4/14/17: 16 visits of physical therapy completed.", 16),
        ("On 4-14-17 6 visits of physical therapy had been completed.", 6),
        ("As of 3/2017 8 visits of physical therapy were completed.", 8),
        ("In 2016 8 visits of physical therapy were completed.", 8),
        ("Hurt in 2011, 24 visits of physical therapy were completed.", 24),
        ("8-10 visits of physical therapy were completed.", 10),
        ("8/12 visits of physical therapy were completed.", 8),
    ],
)
def test_a_date_is_no_number_of_visits(summary: str, visits: int, knowledge: Knowledge) -> None:
    """Neither its day nor its year counts what stands behind it."""
    record = read(THERAPY, summary, "", knowledge)[Reading.RECORD]
    assert record["prior_units_completed"] == visits


@pytest.mark.parametrize(
    ("rationale", "asked"),
    [
        ("The provider is requesting an additional 12 sessions of physical therapy.", 12),
        ("Twelve sessions of physical therapy are being requested.", 12),
        ("The original amount of 12 sessions requested exceeds the guideline.", 12),
        ("The 12 sessions are excessive.", 12),
        ("The request for 12 sessions of physical therapy is not medically necessary.", None),
        ("The worker has completed 12 sessions of physical therapy.", None),
        ("The guideline recommends 10 sessions of physical therapy.", None),
        ("The request is for physical therapy 2x6 for the neck.", None),
    ],
)
def test_a_rationale_that_reasons_with_a_count_states_it(
    rationale: str, asked: int | None, knowledge: Knowledge
) -> None:
    """The verdict only repeats the title; what was done or is recommended is no request."""
    assert asked == read(THERAPY, "", rationale, knowledge)[Reading.RATIONALE].get(
        "requested_units"
    )


@pytest.mark.parametrize(
    ("title", "rationale", "value"),
    [
        (THERAPY, "The worker complains of neck pain.", "yes"),
        (THERAPY, "The worker complains of left shoulder pain.", None),
        ("MRI of the lumbar spine", "There was decreased sensation in the foot.", "unequivocal"),
        ("MRI of the lumbar spine", "There was decreased sensation in the right hand.", None),
    ],
)
def test_a_rationale_on_one_part_says_nothing_of_another(
    title: str, rationale: str, value: str | None, knowledge: Knowledge
) -> None:
    """The part that the words themselves name must be the item's, or speak for it."""
    facts = read(title, "", rationale, knowledge)[Reading.RATIONALE]
    fact = "complaint_in_region" if title == THERAPY else "neuro_deficit_objective"
    assert value == facts.get(fact)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("12", 12),
        ("2x6", 12),
        ("twelve", 12),
        ("2 times a week for 6 weeks", 12),
        ("2-3 times per week for 4 weeks", 12),
        ("twice weekly for 4 weeks", 8),
        ("3x/week x 4 weeks", 12),
    ],
)
def test_a_count_is_what_it_comes_to(text: str, count: int) -> None:
    """How often times how long; of ranges the upper end."""
    match = compile_phrase("therapy @count").regex.search(f"therapy {text}")
    assert match is not None
    assert text == match["count"]
    assert count == count_of(match["count"])


@given(st.integers(1, 9), st.integers(1, 52))
def test_every_frequency_is_a_product(often: int, weeks: int) -> None:
    """Whatever the numbers."""
    assert often * weeks == count_of(f"{often} times a week for {weeks} weeks")
