"""The likelihoods of tables are those of explanations."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.likelihood import likelihood_of
from imr_rules.explain.reasons import reasons_for
from imr_rules.facts.model import Basis, Value
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules, conclude
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.judged import JUDGED_BY, Judgements
from imr_rules.table.likelihood import BASE_RATE, LIKELIHOOD, Grader
from imr_rules.table.schema import table_schema


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
    # The rationales of the cases tell of every operation what became of it.
    assert own["parent_item"].is_not_null().any() or basis is Basis.REVIEW
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


def test_what_dates_and_presumptions_carry_is_graded_alike(
    rules: TableRules, knowledge: Knowledge
) -> None:
    """Nothing stated, a fact beside the date, and one that is said to be undocumented."""
    said: tuple[tuple[str, dict[str, Value]], ...] = (
        ("Amitriptyline 25 mg #30", {}),
        ("Amitriptyline 25 mg #30", {"pain_reduction": "yes"}),
        ("Psychological testing, 6 sessions", {}),
        ("Psychological testing, 6 sessions", {"mental_health_condition": "undocumented"}),
        ("Psychological testing, 6 sessions", {"mental_health_condition": "yes"}),
        ("Post-operative physical therapy, 12 visits", {"parent_service": "approved"}),
    )
    drafts = [
        Draft(title, facts=facts, request_date=date(2019, 6, 1), injury_date=date(2018, 1, 1))
        for title, facts in said
    ]
    cases = [case_from_draft(draft, knowledge.catalogue, source="test") for draft in drafts]
    rows = [r for n, case in enumerate(cases) for r in rows_of_case(case, f"{n}", knowledge)]
    items = pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))
    own = items.filter(pl.col("basis") == Basis.RECORD.value)
    expected = [
        likelihood_of(conclusion, knowledge).overturned
        for case in cases
        for conclusion in evaluate_case(case, Basis.RECORD, knowledge, ReferenceEngine())
    ]
    graded = Grader(rules, Basis.RECORD).graded(own, conclude(own, rules))
    assert graded[LIKELIHOOD].to_list() == pytest.approx(expected, abs=1e-12)
    assert expected[0] < expected[1]
    assert expected[2] == expected[3] < expected[4]


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
