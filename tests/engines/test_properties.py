"""What must hold of every pack and every fact sheet, and of every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engines.oracle import UNKNOWN, outcomes, presumed, recommends, truth
from tests.engines.strategies import (
    AS_OF,
    ILL_TYPED,
    answers_to,
    cases,
    crowded_cases,
    fact_sheets,
    facts_read,
    packs,
)
from tests.engines.table_engine import TableEngine

from imr_rules.engines.durable import DurableEngine
from imr_rules.engines.model import Certainty, Prediction, Status, Trace, verdict_of
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Condition,
    Not,
    Parameter,
    Requirement,
    Topic,
    Unless,
)

Asked = tuple[Topic, dict[str, Parameter], date, dict[str, Value]]

many = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
some = settings(many, max_examples=60)

_STATUS = {0.0: Status.UNMET, UNKNOWN: Status.UNKNOWN, 1.0: Status.MET}


def _trace_by_oracle(asked: Asked) -> Trace | None:
    """Return the trace that the third reading gives, None where trying would take long."""
    topic, parameters, on, facts = asked
    truths = {c.id: truth(c.when, facts, parameters, on) for c in topic.criteria.values()}
    met = frozenset(name for name, value in truths.items() if value == 1)
    counted = met | presumed(topic, facts, truths)
    tried = outcomes(topic, facts, parameters, on)
    if tried is None:
        return None
    return Trace(
        verdict=verdict_of(recommended=recommends(topic, counted, met), in_favour=True in tried),
        statuses={name: _STATUS[value] for name, value in truths.items()},
        counted=counted,
        routes={
            route.id: recommends(replace(topic, routes=(route,), bars=()), counted, met)
            for route in topic.routes
        },
        barred_by=tuple(
            bar.criterion
            for bar in topic.all_bars
            if bar.criterion in met and counted.isdisjoint(bar.exceptions)
        ),
        settled=len(tried) == 1,
    )


@many
@given(asked=cases())
def test_durable_agrees_with_reference_on_every_field(
    durable: DurableEngine, reference: ReferenceEngine, asked: Asked
) -> None:
    """Forward chaining gives the same trace as plain evaluation, on any pack and fact sheet."""
    assert durable.trace(*asked) == reference.trace(*asked)


@some
@given(asked=cases(most_criteria=3, widest=30))
def test_durable_agrees_on_criteria_too_wide_for_one_step(
    durable: DurableEngine, reference: ReferenceEngine, asked: Asked
) -> None:
    """Criteria that are cut into parts, counted or spread over rule sets keep their meaning."""
    assert durable.trace(*asked) == reference.trace(*asked)


@some
@given(pack=packs(most_criteria=3), on=st.sampled_from(AS_OF), data=st.data())
def test_durable_agrees_on_values_that_no_vocabulary_allows(
    durable: DurableEngine,
    reference: ReferenceEngine,
    pack: tuple[Topic, dict[str, Parameter]],
    on: date,
    data: st.DataObject,
) -> None:
    """Quotes, nulls, surrogates, exponents and wrong types neither break nor mislead an engine."""
    topic, parameters = pack
    facts = {fact: data.draw(ILL_TYPED) for fact in topic.facts}
    assert durable.trace(topic, parameters, on, facts) == reference.trace(
        topic, parameters, on, facts
    )


@settings(many, max_examples=250)
@given(asked=cases(most_criteria=4, widest=2))
def test_reference_agrees_with_an_independent_reading(
    reference: ReferenceEngine, asked: Asked
) -> None:
    """Truth numbers, sets, and every way of settling open facts, tried one by one."""
    expected = _trace_by_oracle(asked)
    if expected is not None:
        assert reference.trace(*asked) == expected


@settings(many, max_examples=150)
@given(asked=crowded_cases())
def test_certainty_is_what_trying_every_document_shows(
    durable: DurableEngine, reference: ReferenceEngine, table: TableEngine, asked: Asked
) -> None:
    """Criteria that want different answers of one fact, or a table that goes by an open one."""
    expected = _trace_by_oracle(asked)
    trace = reference.trace(*asked)
    if expected is not None:
        assert trace == expected
    assert [durable.trace(*asked), table.trace(*asked)] == [trace] * 2


@many
@given(asked=cases())
def test_decide_is_the_verdict_of_trace(
    durable: DurableEngine, reference: ReferenceEngine, asked: Asked
) -> None:
    """The short way and the long way conclude the same."""
    verdict = reference.trace(*asked).verdict
    assert (reference.decide(*asked), durable.decide(*asked)) == (verdict, verdict)


@many
@given(asked=cases())
def test_prediction_lies_between_the_two_extreme_readings(
    reference: ReferenceEngine, asked: Asked
) -> None:
    """What holds against every unknown is predicted, and what is predicted holds in its favour."""
    topic, parameters, on, facts = asked
    trace = reference.trace(*asked)
    truths = {c.id: truth(c.when, facts, parameters, on) for c in topic.criteria.values()}
    met = frozenset(name for name, value in truths.items() if value == 1)
    possible = frozenset(name for name, value in truths.items() if value > 0)
    predicted = trace.verdict.prediction is Prediction.OVERTURNED
    assert recommends(topic, met, possible) <= predicted <= recommends(topic, possible, met)


@many
@given(asked=cases(), data=st.data())
def test_more_documentation_never_saves_a_barred_item(
    reference: ReferenceEngine, asked: Asked, data: st.DataObject
) -> None:
    """However the silent facts are filled in, an item that is barred stays upheld."""
    topic, parameters, on, _ = asked
    if reference.decide(*asked).certainty is not Certainty.BARRED:
        return
    said = _filled_in(asked, data)
    assert reference.decide(topic, parameters, on, said).prediction is Prediction.UPHELD


@many
@given(asked=cases(), data=st.data())
def test_more_documentation_never_changes_a_settled_outcome(
    reference: ReferenceEngine, asked: Asked, data: st.DataObject
) -> None:
    """Once settled, an outcome stands whatever else comes to be known."""
    topic, parameters, on, _ = asked
    trace = reference.trace(*asked)
    if not trace.settled:
        return
    later = reference.trace(topic, parameters, on, _filled_in(asked, data))
    assert (later.settled, later.verdict.prediction) == (True, trace.verdict.prediction)


def _filled_in(asked: Asked, data: st.DataObject) -> dict[str, Value]:
    """Return the facts of *asked* with an answer for each open one, or with none, as it is.

    No document says that something is undocumented: what is silent stays so, and what is presumed
    where nothing is said goes on being presumed.
    """
    topic, parameters, _, facts = asked
    open_facts = [
        f for f in facts_read(topic, parameters) if facts.get(f, UNDOCUMENTED) == UNDOCUMENTED
    ]
    answers = {fact: data.draw(answers_to(fact)) for fact in open_facts}
    return dict(facts) | {fact: said for fact, said in answers.items() if said != UNDOCUMENTED}


@some
@given(asked=cases(), seed=st.integers(0, 2**32))
def test_the_order_in_which_things_are_written_does_not_matter(
    durable: DurableEngine, reference: ReferenceEngine, asked: Asked, seed: int
) -> None:
    """Facts, criteria, routes, bars and the parts of every node may be listed in any order."""
    topic, parameters, on, facts = asked
    random = Random(seed)
    shuffled = replace(
        topic,
        criteria={
            c.id: replace(c, when=_shuffled(c.when, random))
            for c in random.sample(list(topic.criteria.values()), len(topic.criteria))
        },
        routes=tuple(
            replace(route, requires=_shuffled_requirement(route.requires, random))
            for route in random.sample(topic.routes, len(topic.routes))
        ),
        bars=tuple(random.sample(topic.bars, len(topic.bars))),
    )
    reordered = dict(random.sample(list(facts.items()), len(facts)))
    expected = reference.trace(*asked)
    for engine in (reference, durable):
        trace = engine.trace(shuffled, parameters, on, reordered)
        assert replace(trace, barred_by=()) == replace(expected, barred_by=())
        assert sorted(trace.barred_by) == sorted(expected.barred_by)


@some
@given(pack=packs(), data=st.data())
def test_a_day_only_matters_through_the_numbers_in_force(
    durable: DurableEngine, pack: tuple[Topic, dict[str, Parameter]], data: st.DataObject
) -> None:
    """Asked about days in any order, the engine never decides with the numbers of another day."""
    topic, parameters = pack
    facts = data.draw(fact_sheets(topic, parameters))
    for on in data.draw(st.permutations(AS_OF)):
        fresh = ReferenceEngine().trace(topic, parameters, on, facts)
        assert durable.trace(topic, parameters, on, facts) == fresh


def _required(requirement: Requirement) -> tuple[str, ...]:
    match requirement:
        case AllReq(parts=parts) | AnyReq(parts=parts) | AtLeastReq(parts=parts):
            return tuple(c for part in parts for c in _required(part))
        case Unless(part=part, exceptions=exceptions):
            return (*_required(part), *exceptions)
        case _:
            return (requirement.criterion,)


def _shuffled(condition: Condition, random: Random) -> Condition:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            mixed = [_shuffled(part, random) for part in random.sample(parts, len(parts))]
            return replace(condition, parts=tuple(mixed))
        case Not(part=part):
            return Not(_shuffled(part, random))
        case _:
            return condition


def _shuffled_requirement(requirement: Requirement, random: Random) -> Requirement:
    match requirement:
        case AllReq(parts=parts) | AnyReq(parts=parts) | AtLeastReq(parts=parts):
            mixed = [_shuffled_requirement(p, random) for p in random.sample(parts, len(parts))]
            return replace(requirement, parts=tuple(mixed))
        case Unless(part=part, exceptions=exceptions):
            return Unless(_shuffled_requirement(part, random), exceptions[::-1])
        case _:
            return requirement
