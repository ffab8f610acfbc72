"""The likelihood of overturning: its published rate, and what moves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.data_folders import rules_folder
from imr_rules.engines.model import Certainty, Prediction
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import PackErrors
from imr_rules.explain.likelihood import features, likelihood_of, load_model, logit, odds_of
from imr_rules.facts.model import Basis, Value
from imr_rules.knowledge import load_knowledge

KNOWLEDGE = load_knowledge()
SHIPPED = (rules_folder() / "likelihood.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("category", "year", "share", "of"),
    [
        ("consult_visit", 2016, 0.30, "this kind of treatment, 2016"),
        ("consult_visit", 2017, 0.30, "this kind of treatment, 2016"),
        ("consult_visit", 2026, 0.231, "this kind of treatment, 2024"),
        ("imaging", 2016, 0.084, "all treatments, 2016"),
        ("imaging", 2020, 0.1, "all treatments"),
        (None, 2024, 0.127, "all treatments, 2024"),
    ],
)
def test_the_published_rate_is_that_of_the_nearest_year(
    category: str | None, year: int, share: float, of: str
) -> None:
    """Of the category where one is published, else of all treatments; it says which."""
    rate = load_model(KNOWLEDGE).base_rates_overturned.published(category, year)
    assert (share, of) == (rate.overturned, rate.of)


def cream(**facts: Value) -> Conclusion:
    """Return what follows, with *facts*, for a cream with an ingredient that rules it out."""
    request = "Flurbiprofen 20% / cyclobenzaprine 4% cream 180 gm"
    draft = Draft(request, facts=facts, request_date=date(2015, 6, 1))
    case = case_from_draft(draft, KNOWLEDGE.catalogue, source="test")
    (conclusion,) = evaluate_case(case, Basis.RECORD, KNOWLEDGE, ReferenceEngine())
    assert conclusion.trace is not None
    assert Certainty.BARRED is conclusion.trace.verdict.certainty
    return conclusion


def test_the_doubt_of_an_operation_counts_once_in_what_goes_with_it() -> None:
    """Each fate of the operation is graded by itself: a bar that hangs on it is one of the two."""
    draft = Draft(
        "Surgical assistant",
        beside=("Right shoulder arthroscopy with rotator cuff repair",),
        request_date=date(2016, 12, 23),
    )
    case = case_from_draft(draft, KNOWLEDGE.catalogue, source="test")
    conclusion, _ = evaluate_case(case, Basis.RECORD, KNOWLEDGE, ReferenceEngine())
    assert conclusion.with_other_parent is not None
    assert (1.0, 0.0) == (
        features(conclusion)["barred"],
        features(conclusion.with_other_parent)["barred"],
    )


def test_what_else_is_documented_does_not_make_a_bar_likelier_to_fall() -> None:
    """Below the published rate, and the same with every other criterion met as with none."""
    beside = cream(neuropathic_pain="yes", first_line_failed="yes", pain_reduction="yes")
    met, none = likelihood_of(beside, KNOWLEDGE), likelihood_of(cream(), KNOWLEDGE)
    assert met.overturned == none.overturned < met.base_rate.overturned


def drafted(request: str, **facts: Value) -> Conclusion:
    """Return what follows for *request*, for an injury a year and a half old, from *facts*."""
    draft = Draft(request, facts=facts, request_date=date(2019, 6, 1), injury_date=date(2018, 1, 1))
    case = case_from_draft(draft, KNOWLEDGE.catalogue, source="test")
    (conclusion,) = evaluate_case(case, Basis.RECORD, KNOWLEDGE, ReferenceEngine())
    assert Prediction.OVERTURNED is conclusion.prediction
    return conclusion


@pytest.mark.parametrize(
    ("request_title", "facts"),
    [
        ("Ibuprofen 600 mg #60", {}),
        ("Amitriptyline 25 mg #30", {}),
        ("Psychological testing, 6 sessions", {}),
        ("Psychological testing, 6 sessions", {"mental_health_condition": "undocumented"}),
    ],
)
def test_presumptions_dates_and_the_title_leave_the_rate_of_its_kind(
    request_title: str, facts: dict[str, Value]
) -> None:
    """Where nothing is stated the denial is as likely overturned as where no guideline speaks."""
    conclusion = drafted(request_title, **facts)
    assert {0.0} == set(features(conclusion).values())
    silent = replace(conclusion, trace=None, governing=None)
    assert likelihood_of(silent, KNOWLEDGE) == likelihood_of(conclusion, KNOWLEDGE)


def test_a_stated_fact_that_carries_the_outcome_raises_the_likelihood() -> None:
    """Above the rate of its kind, and the further the more of its criteria are documented."""
    said: tuple[dict[str, Value], ...] = (
        {},
        {"pain_reduction": "yes"},
        {"pain_reduction": "yes", "complaint_in_region": "yes"},
    )
    drafts = [drafted("Ibuprofen 600 mg #60", **facts) for facts in said]
    assert [0.0, 0.5, 1.0] == [features(draft)["documented_share"] for draft in drafts]
    none, half, whole = (likelihood_of(draft, KNOWLEDGE).overturned for draft in drafts)
    assert none < half < whole


def test_what_the_dates_tell_is_not_counted_as_documented() -> None:
    """Of a pain that is chronic by the dates and a drug that is said to help, one is."""
    stated = drafted("Amitriptyline 25 mg #30", pain_reduction="yes")
    assert 0.5 == features(stated)["documented_share"]


def test_a_kind_often_overturned_and_criteria_met_do_not_add_up() -> None:
    """An outcome that the record carries starts from the rate of all treatments, the rest not."""
    model = load_model(KNOWLEDGE)
    by_dates, stated = (
        drafted("Amitriptyline 25 mg #30", **facts) for facts in ({}, {"pain_reduction": "yes"})
    )
    rate = model.base_rates_overturned.published
    assert logit(rate("antidepressant", 2019).overturned) == odds_of(by_dates, model).start
    assert logit(rate(None, 2019).overturned) == odds_of(stated, model).start
    assert "this kind of treatment, 2016" == likelihood_of(stated, KNOWLEDGE).base_rate.of


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    barred:", "    bared:", "Did you mean 'barred'?"),
        ("    documented_share:", "    # none:", "record.weights.documented_share is missing."),
        ("default: 0.1", "default: 0", "base_rates_overturned.default: "),
        ('"2013": 0.16', '"2013": 16', "base_rates_overturned.by_year.2013: "),
        ("    opioid: {", "    opiod: {", "category 'opiod' is not defined"),
        ('"2013":', "last year:", "'last year' is not a whole number"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    """A weight misspelt or missing, a rate without odds, a year or category that is none."""
    assert old in SHIPPED
    path = tmp_path / "likelihood.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackErrors) as caught:
        load_model(replace(KNOWLEDGE, folder=tmp_path))
    told = [p for p in caught.value.problems if words in str(p)]
    assert told, str(caught.value)
    assert told[0].at is not None
    assert (path, True) == (told[0].at.path, told[0].at.line > 1)
