"""Only questions that can still matter are asked, and answering them ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.engines import strategies

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import evaluate_case
from imr_rules.engines.cells import MISSING
from imr_rules.engines.reference import ReferenceEngine, compile_topic
from imr_rules.engines.symbolic import symbolic_topic
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import load_knowledge
from imr_rules.preview.questions import Outlook, known_of, next_question, open_questions
from imr_rules.treatments.from_title import parse_request

VOCABULARY = strategies.vocabulary()
MOST_TRIED = 3_000


def ways_open(outlook: Outlook, fact: str) -> list[Value | None]:
    """Return silence, "not documented", and a value of each cell that *fact* can come to."""
    cells = outlook.symbolic.cells[fact]
    offers = [cells.cells[place].offers[0] for place in cells.offered]
    assert MISSING not in cells.offered
    return [None, UNDOCUMENTED, *offers]


def mattering_by_trying_all(
    outlook: Outlook, parameters: Mapping[str, Parameter], on: date, known: Mapping[str, Value]
) -> set[str]:
    """Return the open facts of which some value changes some outcome, by trying everything."""
    compiled = compile_topic(outlook.topic, parameters, on)
    open_facts = [fact for fact in outlook.symbolic.facts if fact not in known]
    ways = {fact: ways_open(outlook, fact) for fact in open_facts}
    assume(prod(len(w) for w in ways.values()) <= MOST_TRIED)
    outcome = {}
    for tried in product(*ways.values()):
        said = {f: v for f, v in zip(open_facts, tried, strict=True) if v is not None}
        outcome[tried] = compiled.decide({**known, **said}).prediction
    found = set()
    for index, fact in enumerate(open_facts):
        for tried, prediction in outcome.items():
            others = ((*tried[:index], other, *tried[index + 1 :]) for other in ways[fact])
            if any(outcome[other] is not prediction for other in others):
                found.add(fact)
                break
    return found


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_fact_is_asked_for_exactly_if_it_can_change_the_outcome(data: st.DataObject) -> None:
    """What the formula says matters is what trying every value of every open fact finds."""
    topic, parameters, on, known = data.draw(strategies.cases(), label="case")
    known = {f: v for f, v in known.items() if f in topic.facts}
    outlook = Outlook(
        symbolic_topic(topic, parameters, on, VOCABULARY), parameters, on, VOCABULARY, {}
    )
    expected = mattering_by_trying_all(outlook, parameters, on, known)
    assert expected == set(outlook.mattering(known))


KNOWLEDGE = load_knowledge()
REQUESTS = [
    ("Norco 10/325 #120", date(2015, 6, 1)),
    ("Norco 10/325 #120", date(2017, 3, 1)),
    ("12 sessions of physical therapy for the low back", date(2016, 10, 1)),
    ("MRI of the lumbar spine", date(2015, 6, 1)),
    ("Soma 350mg #60", date(2014, 2, 1)),
    ("Right knee arthroscopy", date(2016, 3, 1)),
]


def outlook_on(draft: Draft) -> tuple[Topic, Outlook]:
    """Return the governing topic of *draft* and what is open under it."""
    assert draft.request_date is not None
    request = parse_request(draft.request, KNOWLEDGE.catalogue)
    governing = governing_topic(KNOWLEDGE.library, request, draft.request_date)
    assert governing is not None
    return governing.topic, Outlook.of(governing, draft.request_date, KNOWLEDGE)


@pytest.mark.parametrize(("title", "day"), REQUESTS, ids=[f"{t} {d.year}" for t, d in REQUESTS])
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_answering_settles_the_outcome_without_asking_twice(
    title: str, day: date, data: st.DataObject
) -> None:
    """Whatever is answered, no fact comes twice, and in the end nothing open matters."""
    engine = ReferenceEngine()
    draft = Draft(title, request_date=day)
    _, outlook = outlook_on(draft)
    asked: list[str] = []
    while (question := next_question(outlook, draft, (), KNOWLEDGE, engine)) is not None:
        fact = question.fact
        assert fact.id not in asked
        asked.append(fact.id)
        answers: st.SearchStrategy[Value] = st.sampled_from([*fact.known_values, UNDOCUMENTED])
        if fact.type is FactType.NUMBER:
            answers = st.integers(0, 200)
        draft = draft.with_fact(fact.id, data.draw(answers, label=fact.id))
    assert () == outlook.mattering(known_of(draft, KNOWLEDGE, engine))


@pytest.mark.parametrize(("title", "day"), REQUESTS, ids=[f"{t} {d.year}" for t, d in REQUESTS])
def test_what_turns_the_outcome_soonest_is_asked_first(title: str, day: date) -> None:
    """The first question asks for a fact of a smallest set that would turn the outcome."""
    engine = ReferenceEngine()
    draft = Draft(title, request_date=day)
    _, outlook = outlook_on(draft)
    sets = outlook.smallest_sets(known_of(draft, KNOWLEDGE, engine))
    question = next_question(outlook, draft, (), KNOWLEDGE, engine)
    assert question is not None
    assert sets
    sums = {part: whole for whole, parts in outlook.sums.items() for part in parts}
    asked = question.fact.id
    assert {asked, sums.get(asked, asked)} & {fact for turning in sets for fact in turning}


def test_of_an_opioid_today_the_gain_in_function_is_asked_before_the_paperwork() -> None:
    """It alone turns the outcome, so it comes before what is only needed beside it."""
    draft = Draft("Norco 10/325 #120", request_date=date(2026, 6, 1))
    _, outlook = outlook_on(draft)
    question = next_question(outlook, draft, (), KNOWLEDGE, ReferenceEngine())
    assert question is not None
    assert question.fact.id == "functional_improvement"


def test_a_question_put_off_comes_last_and_does_not_come_back_once_passed() -> None:
    """Skipped before: asked after all others. Skipped now: not asked again."""
    engine = ReferenceEngine()
    draft = Draft("Norco 10/325 #120", request_date=date(2015, 6, 1))
    _, outlook = outlook_on(draft)
    first = next_question(outlook, draft, (), KNOWLEDGE, engine)
    assert first is not None
    later = next_question(outlook, draft.with_skipped(first.fact.id), (), KNOWLEDGE, engine)
    assert later is not None
    assert later.fact.id != first.fact.id
    passed = outlook.mattering(known_of(draft, KNOWLEDGE, engine))
    assert next_question(outlook, draft, passed, KNOWLEDGE, engine) is None


def test_visits_done_are_asked_not_the_sum_they_make() -> None:
    """A derived sum is never asked for; the part of it that is missing is."""
    draft = Draft(
        "12 sessions of physical therapy for the low back", request_date=date(2016, 10, 1)
    )
    _, outlook = outlook_on(draft)
    mattering = outlook.mattering(known_of(draft, KNOWLEDGE, ReferenceEngine()))
    assert "total_units" not in mattering
    assert "prior_units_completed" in mattering


ARTHROSCOPY = "Left shoulder arthroscopy with rotator cuff repair"


@pytest.mark.parametrize(
    ("title", "beside", "day", "open_"),
    [
        ("Post-op therapy 12 visits, left shoulder", ARTHROSCOPY, date(2016, 5, 1), True),
        ("Surgical assistant", ARTHROSCOPY, date(2016, 12, 23), True),
        # No documents get the operation approved; nothing is known beside the request.
        ("Surgical assistant", "Prolotherapy injection", date(2014, 6, 1), False),
        ("Surgical assistant", None, date(2016, 12, 23), True),
    ],
)
def test_what_became_of_the_operation_is_asked_while_documents_could_change_it(
    title: str, beside: str | None, day: date, open_: bool
) -> None:
    """The conclusion on an operation that lacks documents settles nothing of what goes with it."""
    engine = ReferenceEngine()
    draft = Draft(title, request_date=day, beside=(beside,) if beside else ())
    _, outlook = outlook_on(draft)
    assert open_ is ("parent_service" in outlook.mattering(known_of(draft, KNOWLEDGE, engine)))
    case = case_from_draft(draft, KNOWLEDGE.catalogue)
    conclusion = evaluate_case(case, Basis.RECORD, KNOWLEDGE, engine)[0]
    questions = open_questions(conclusion, (), KNOWLEDGE)
    assert open_ is any(question.fact.id == "parent_service" for question in questions)
    for answer in ("approved", "not_approved", UNDOCUMENTED):
        answered = known_of(draft.with_fact("parent_service", answer), KNOWLEDGE, engine)
        assert answered["parent_service"] == answer
