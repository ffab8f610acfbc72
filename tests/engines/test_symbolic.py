"""The formulas of a topic say for every sheet what the reference engine says of it."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from tests.engines import strategies

from imr_rules.engines.formula import Formula, holds
from imr_rules.engines.model import Certainty, Prediction, Status
from imr_rules.engines.reference import compile_topic
from imr_rules.engines.symbolic import symbolic_topic
from imr_rules.facts.model import Value
from imr_rules.guidelines.model import Parameter, Topic

VOCABULARY = strategies.vocabulary()


@settings(max_examples=100, deadline=None)
@given(strategies.cases())
def test_formulas_hold_where_the_reference_engine_says_so(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """Every criterion's status, what counts, and all three readings; values of any kind."""
    topic, parameters, on, facts = case
    trace = compile_topic(topic, parameters, on).trace(facts)
    symbolic = symbolic_topic(topic, parameters, on, VOCABULARY)
    cells = symbolic.place(facts)

    def says(formula: Formula) -> bool:
        return holds(symbolic.formulas, formula, cells)

    for name, criterion in symbolic.criteria.items():
        assert (trace.statuses[name] is Status.MET) == says(criterion.met)
        assert (trace.statuses[name] is not Status.UNMET) == says(criterion.possible)
        assert (name in trace.counted) == says(criterion.counted)
    for route in topic.routes:
        assert trace.routes[route.id] == says(symbolic.route_open(route, symbolic.burden))
    verdict = trace.verdict
    assert (verdict.prediction is Prediction.OVERTURNED) == says(symbolic.recommended)
    assert trace.settled == (says(symbolic.in_favour) == says(symbolic.settled_for))
    if verdict.prediction is Prediction.UPHELD:
        assert (verdict.certainty is Certainty.UNDOCUMENTED) == says(symbolic.in_favour)


@settings(max_examples=100, deadline=None)
@given(strategies.cases())
def test_what_is_left_of_a_formula_says_the_same(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> None:
    """Settling the facts one after the other ends where evaluating all of them ends."""
    topic, parameters, on, facts = case
    symbolic = symbolic_topic(topic, parameters, on, VOCABULARY)
    formulas, cells = symbolic.formulas, symbolic.place(facts)
    for formula in (symbolic.recommended, symbolic.in_favour):
        rest, opposite = formula, formulas.negation(formula)
        for fact, cell in enumerate(cells):
            rest = formulas.given(rest, fact, cell)
        assert rest == holds(formulas, formula, cells)
        assert holds(formulas, opposite, cells) != holds(formulas, formula, cells)
