"""Certainty and flips say the same: what is open has a flip, what is settled has none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines import strategies

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Certainty, Prediction
from imr_rules.engines.reference import ReferenceEngine, compile_topic
from imr_rules.explain.explain import explain
from imr_rules.explain.flips import smallest_flips
from imr_rules.explain.to_json import explanation_to_json
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.knowledge import load_knowledge

VOCABULARY = strategies.vocabulary()


@settings(max_examples=200, deadline=None)
@given(st.one_of(strategies.crowded_cases(), strategies.cases(most_criteria=4)))
def test_an_outcome_is_settled_where_no_answer_flips_it(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """Flips are searched from sheet to sheet, certainty is worked out once a topic: they agree."""
    topic, parameters, on, facts = case
    # What is no number that can be is neither documented nor corrected by telling.
    facts = {f: v for f, v in facts.items() if isinstance(v, str) or abs(v) < 1e300}
    trace = compile_topic(topic, parameters, on).trace(facts)
    known = [fact for fact, value in facts.items() if value != UNDOCUMENTED]
    flips = smallest_flips(
        topic, parameters, on, facts, VOCABULARY, fixed=known, learnable=VOCABULARY
    )
    assert trace.settled == (not flips.flips)
    if trace.verdict.certainty is not Certainty.MET:
        assert trace.settled == (trace.verdict.certainty is Certainty.BARRED)


@pytest.mark.parametrize("basis", Basis)
def test_every_case_upheld_for_want_of_documentation_hinges_on_something(basis: Basis) -> None:
    """Of the cases that ship; where no document helps, what nobody has told is named."""
    knowledge, engine = load_knowledge(), ReferenceEngine()
    loaded = load_cases([cases_folder()], knowledge)
    cases = [entry.case for entry in loaded if isinstance(entry, Loaded)]
    seen = 0
    for conclusion in (c for case in cases for c in evaluate_case(case, basis, knowledge, engine)):
        if conclusion.trace is None:
            continue
        certainty = conclusion.certainty
        explanation = explain(conclusion, knowledge)
        if certainty is Certainty.UNDOCUMENTED:
            seen += 1
            assert explanation.hinges_on
            assert explanation.distance == min(map(len, explanation.hinges_on))
    assert seen > 90


SHOULDER = "Right shoulder arthroscopy with rotator cuff repair"


@pytest.mark.parametrize(
    ("request_", "beside", "on", "facts", "certainty"),
    [
        ("Surgical assistant", SHOULDER, date(2016, 12, 23), {}, Certainty.UNDOCUMENTED),
        ("Pre-operative PT/PTT", SHOULDER, date(2016, 12, 23), {}, Certainty.UNDOCUMENTED),
        # No documents get the operation approved.
        (
            "Surgical assistant",
            "Prolotherapy injection",
            date(2014, 6, 1),
            {},
            Certainty.BARRED,
        ),
        # The letter itself tells that it is not.
        (
            "Surgical assistant",
            SHOULDER,
            date(2016, 12, 23),
            {"parent_service": "not_approved"},
            Certainty.BARRED,
        ),
        # Thirty days are too many, whatever becomes of it.
        (
            "Post-operative cold therapy unit, 30 days",
            SHOULDER,
            date(2016, 12, 23),
            {},
            Certainty.BARRED,
        ),
    ],
)
def test_what_goes_with_an_operation_is_barred_only_where_its_documents_would_not_help_either(
    request_: str, beside: str, on: date, facts: dict[str, Value], certainty: Certainty
) -> None:
    """It hangs on an operation that is refused for want of documentation, and says on which."""
    knowledge = load_knowledge()
    draft = Draft(request_, request_date=on, beside=(beside,), facts=facts)
    case = case_from_draft(draft, knowledge.catalogue)
    conclusion, _ = evaluate_case(case, Basis.RECORD, knowledge, ReferenceEngine())
    hangs = certainty is Certainty.UNDOCUMENTED
    assert Prediction.UPHELD is conclusion.prediction
    assert certainty is conclusion.certainty
    assert hangs is conclusion.hangs_on_parent is not conclusion.settled
    line = explanation_to_json(explain(conclusion, knowledge))
    assert (2 if hangs else None) == line["hangs_on_item"]
    assert hangs is any("parent_service" in way for way in line["hinges_on"])


@pytest.mark.parametrize(
    ("topic", "facts"),
    [
        ("mtus-2009/aquatic-therapy", {"requested_units": 24, "exceptional_factors": "no"}),
        (
            "mtus-2016/physical-medicine",
            {"requested_units": 8, "total_units": 11, "exceptional_factors": "no"},
        ),
        (
            "odg/odg-physical-therapy",
            {"requested_units": 8, "total_units": 11, "exceptional_factors": "no"},
        ),
    ],
)
def test_visits_beyond_the_general_number_may_be_within_that_of_a_diagnosis(
    topic: str, facts: dict[str, Value]
) -> None:
    """While the diagnosis is open the denial is for want of documentation; a strain settles it."""
    library = load_knowledge().library
    edition_id, _, name = topic.partition("/")
    edition = library.editions[edition_id]
    on = edition.in_force_from
    engine = ReferenceEngine()

    def certainty(said: dict[str, Value]) -> Certainty:
        return engine.decide(edition.topics[name], edition.parameters, on, said).certainty

    assert Certainty.UNDOCUMENTED is certainty(facts)
    assert Certainty.UNDOCUMENTED is certainty({**facts, "condition_class": UNDOCUMENTED})
    assert Certainty.BARRED is certainty({**facts, "condition_class": "strain"})


@pytest.mark.parametrize("name", ["muscle-relaxants", "opioids", "oral-steroids"])
def test_what_only_a_rule_not_in_force_would_excuse_is_barred(name: str) -> None:
    """Before the formulary no fill is excused: what was handed out unreviewed stays denied."""
    edition = load_knowledge().library.editions["mtus-acoem"]
    facts: dict[str, Value] = {"dispensed_before_review": "yes", "formulary_status": "non_exempt"}
    verdict = ReferenceEngine().decide(
        edition.topics[name], edition.parameters, date(2017, 12, 1), facts
    )
    assert Certainty.BARRED is verdict.certainty
