"""The likelihoods of tables are those of explanations."""

from __future__ import annotations

import polars as pl
import pytest

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.likelihood import likelihood_of
from imr_rules.explain.reasons import reasons_for
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules, conclude
from imr_rules.table.judged import JUDGED_BY, Judgements
from imr_rules.table.likelihood import BASE_RATE, LIKELIHOOD, Grader


@pytest.mark.parametrize("basis", list(Basis))
def test_every_likelihood_is_that_of_the_explanation(
    basis: Basis,
    items: pl.DataFrame,
    decided: dict[str, Case],
    rules: TableRules,
    knowledge: Knowledge,
) -> None:
    """Item by item, services that hang on an operation included."""
    own = items.filter(pl.col("basis") == basis.value)
    assert own["parent_item"].is_not_null().any()
    graded = Grader(rules, basis).graded(own, conclude(own, rules))
    engine = ReferenceEngine()
    expected = [
        likelihood_of(conclusion, knowledge)
        for case in decided.values()
        for conclusion in evaluate_case(case, basis, knowledge, engine)
    ]
    assert graded[LIKELIHOOD].to_list() == pytest.approx(
        [one.overturned for one in expected], abs=1e-12
    )
    assert graded[BASE_RATE].to_list() == [one.base_rate.overturned for one in expected]


def test_a_row_decides_on_the_criteria_that_its_case_decides_on(
    items: pl.DataFrame, decided: dict[str, Case], rules: TableRules, knowledge: Knowledge
) -> None:
    """The conclusion built from a row's bits has the same reasons, in the same order."""
    own = items.filter(pl.col("basis") == Basis.REVIEW.value)
    graded = Grader(rules, Basis.REVIEW).graded(own, conclude(own, rules))
    judgements = Judgements(rules, Basis.REVIEW)
    engine = ReferenceEngine()
    conclusions = [
        conclusion
        for case in decided.values()
        for conclusion in evaluate_case(case, Basis.REVIEW, knowledge, engine)
    ]
    compared = 0
    for key, expected in zip(graded.select(JUDGED_BY).iter_rows(), conclusions, strict=True):
        if key[0] is None:
            assert expected.governing is None
            continue
        found = judgements.conclusion(key, request=expected.item.request, on=expected.on)
        assert [(r.criterion, r.status, r.decisive, r.lacking) for r in reasons_for(found)] == [
            (r.criterion, r.status, r.decisive, r.lacking) for r in reasons_for(expected)
        ]
        assert found.trace is not None
        assert expected.trace is not None
        assert found.trace.verdict == expected.trace.verdict
        compared += 1
    assert compared > 150
