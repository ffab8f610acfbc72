"""A request file keeps what was answered, and says where it is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imr_rules import strict_yaml
from imr_rules.cases.draft import Draft
from imr_rules.cases.draft_yaml import draft_of, draft_to_yaml
from imr_rules.errors import PackErrors
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import FactType
from imr_rules.knowledge import load_knowledge

VOCABULARY = load_knowledge().vocabulary
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Draw a request with answers of every type, notes and skipped questions."""
    facts: dict[str, Value] = {}
    for name in draw(st.lists(st.sampled_from(list(VOCABULARY)), unique=True, max_size=6)):
        fact = VOCABULARY[name]
        known: st.SearchStrategy[Value] = st.sampled_from([*fact.known_values, UNDOCUMENTED])
        if fact.type is FactType.NUMBER:
            least = max(0, int(fact.minimum or 0))
            number = st.integers(least, least + 10) | st.floats(least, least + 10)
            known = number | st.just(UNDOCUMENTED)
        facts[name] = draw(known)
    noted = draw(st.lists(st.sampled_from(sorted(facts)), unique=True)) if facts else []
    return Draft(
        request=draw(TEXTS),
        request_date=draw(st.none() | st.dates(date(2015, 1, 1), date(2030, 1, 1))),
        injury_date=draw(st.none() | st.dates(date(2000, 1, 1), date(2015, 1, 1))),
        age_years=draw(st.none() | st.integers(0, 110)),
        beside=tuple(draw(st.lists(TEXTS, max_size=2))),
        facts=facts,
        notes={name: draw(TEXTS) for name in noted},
        skipped=tuple(draw(st.lists(st.sampled_from(list(VOCABULARY)), unique=True, max_size=3))),
    )


@given(drafts())
def test_what_is_saved_is_what_is_resumed(draft: Draft) -> None:
    """Writing a draft and reading it gives the same draft."""
    written = draft_to_yaml(draft).encode()
    assert draft == draft_of(strict_yaml.parse(written, Path("r.yaml")), VOCABULARY)


@given(st.from_regex(r"[A-Za-z0-9_.~-]{0,6}", fullmatch=True) | st.floats(-1e12, 1e12))
@example("off")
@example("null")
@example("12:30")
@example(0.00001)
def test_a_value_is_written_as_it_is_read(value: Value) -> None:
    """Words that YAML versions take for something else stand in quotes, plain words do not."""
    text = strict_yaml.written(value)
    assert value == strict_yaml.parse(text.encode(), Path("r.yaml")).data
    assert "yes" == strict_yaml.written("yes")


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('request: "x"\nfacts: {pain_reducton: yes}', "r.yaml:2:9", "pain_reduction"),
        ('request: "x"\nfacts:\n  pain_reduction: 3', "r.yaml:3:3", "yes, no"),
        ('request: "x"\nfacs: {}', "r.yaml:2:1", "facts"),
        ("request: ''", "r.yaml:1:1", "request is empty. Write text."),
        ("request:", "r.yaml:1:1", "request is empty. Write text."),
        ("request: 12", "r.yaml:1:1", "request: 12 is not text. Put it in quotes."),
        (
            'request: "x"\nrequest_date: 2016-02-30',
            "r.yaml:2:1",
            "request_date: '2016-02-30' is not a day of the calendar. Write year, month and day,",
        ),
        ('request: "x"\nage_years: old', "r.yaml:2:1", "age_years: 'old' is not a number."),
        ('request: "x"\nbeside: more', "r.yaml:2:1", "beside: 'more' is not a list."),
        (
            'request: "x"\nfacts:\n  pain_reduction: [1]',
            "r.yaml:3:3",
            "facts.pain_reduction: a list is not text or a number or keys with values.",
        ),
        ('request: "x"\nskipped: [nothing]', "r.yaml:2:11", "nothing"),
        ('request: "x"\nage_years: -4', "r.yaml:2:1", "from 0 to 120"),
        (
            'request: "x"\nrequest_date: 2015-06-01\ninjury_date: 2016-01-01',
            "r.yaml:3:1",
            "after the request (2015-06-01)",
        ),
        ('request: "x"\nfacts:\n  pain_reduction_percent: 130', "r.yaml:3:3", "from 0 to 100"),
        ('request: "x"\nfacts:\n  pain_severity: {value: 11}', "r.yaml:3:3", "from 0 to 10"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, place: str, words: str) -> None:
    """Each mistake names file, line and column, and what would be right."""
    with pytest.raises(PackErrors) as caught:
        draft_of(strict_yaml.parse(text.encode(), Path("r.yaml")), VOCABULARY)
    assert place in str(caught.value)
    assert words in str(caught.value)
    assert 1 == len(caught.value.problems)


def test_of_a_shape_that_is_wrong_within_only_that_is_told() -> None:
    """A noted fact with a misspelt key is meant as a noted fact, not as text or a number."""
    written = b'request: "x"\nfacts:\n  pain_reduction: {value: yes, noet: "p. 3"}'
    with pytest.raises(PackErrors) as caught:
        draft_of(strict_yaml.parse(written, Path("r.yaml")), VOCABULARY)
    (problem,) = caught.value.problems
    assert "unknown-name" == problem.code
    assert "Did you mean 'note'?" in str(problem)
