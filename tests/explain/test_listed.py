"""A list that is cut says how many more it has."""

from __future__ import annotations

import io
from dataclasses import replace

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_yaml import read_case
from imr_rules.data_folders import cases_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.explain import explain
from imr_rules.explain.listed import listed
from imr_rules.explain.to_text import explanation_text, make_console
from imr_rules.facts.model import Basis, Evidence, Section
from imr_rules.knowledge import load_knowledge


def test_a_whole_list_says_nothing_of_more() -> None:
    """Nor does an empty one."""
    assert "a; or b" == listed(["a", "b"], most=2, between="; or ")
    assert "" == listed([], most=2, between="; ")


def test_an_explanation_tells_what_it_leaves_out() -> None:
    """Ways beyond the third and quotations beyond the second are counted, as in the JSON."""
    knowledge = load_knowledge()
    path = cases_folder() / "CM16-0242419.yaml"
    case = read_case(path, knowledge.vocabulary, knowledge.catalogue)
    conclusion = evaluate_case(case, Basis.REVIEW, knowledge, ReferenceEngine())[0]
    explanation = explain(conclusion, knowledge)
    ways = tuple(
        (fact,) for fact in ("work_status", "pain_reduction", "taper_planned", "age_years")
    )
    quotes = tuple(
        Evidence(Section.SUMMARY, quote=f"as said {n}", start=n, end=n) for n in range(5)
    )
    reasons = [
        replace(
            reason, decisive=True, facts=tuple(replace(f, evidence=quotes) for f in reason.facts)
        )
        for reason in explanation.reasons
    ]
    long = replace(explanation, hinges_on=(*ways, *ways), reasons=tuple(reasons))
    out = io.StringIO()
    make_console(out).print(explanation_text(long, all_criteria=True))
    words = " ".join(out.getvalue().split())
    assert "hinges on: work status; or pain reduction; or taper planned; and 5 more" in words
    assert "as said 1" in words
    assert "as said 2" not in words
    assert "and 3 more" in words
