"""A case → the preview of each of its items."""

from __future__ import annotations

from datetime import date

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.model import Engine
from imr_rules.engines.thresholds import limits_on
from imr_rules.explain.explain import explain
from imr_rules.explain.fact_words import stated
from imr_rules.explain.flips import reasons_core
from imr_rules.explain.hinges import hinges_of
from imr_rules.explain.left_open import left_open
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.preview.model import Preview


def preview_case(
    case: Case,
    knowledge: Knowledge,
    engine: Engine,
    *,
    basis: Basis = Basis.RECORD,
    as_of: date | None = None,
) -> tuple[Preview, ...]:
    """Return the preview of every item of *case*, in its order."""
    return tuple(
        _preview(conclusion, knowledge, engine, as_of)
        for conclusion in evaluate_case(case, basis, knowledge, engine, as_of=as_of)
    )


def _preview(
    conclusion: Conclusion, knowledge: Knowledge, engine: Engine, as_of: date | None
) -> Preview:
    explanation = explain(conclusion, knowledge)
    add = left_open(conclusion.item.request, conclusion.governing, knowledge, conclusion.on)
    case = conclusion.case
    is_of_its_day = as_of is None and case.denial_date is None and case.latest_date is not None
    if conclusion.governing is None:
        return Preview(explanation, (), (), add, is_of_its_day)
    topic, parameters = conclusion.governing.topic, conclusion.governing.edition.parameters
    limits = limits_on(topic, parameters, conclusion.on)
    facts = conclusion.sheet.values
    core = reasons_core(topic, parameters, conclusion.on, facts, knowledge.vocabulary)
    return Preview(
        explanation,
        hinges_of(conclusion, knowledge, engine, as_of=as_of),
        tuple(
            stated(knowledge.vocabulary[fact], facts[fact], topic, limits, facts) for fact in core
        ),
        add,
        is_of_its_day,
    )
