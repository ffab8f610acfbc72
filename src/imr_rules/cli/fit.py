"""``imr-rules fit``: fit the likelihood on decided cases and report how it does on new letters."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cli.batch import Batch, end_batch, read_batch
from imr_rules.cli.options import paths_argument, rules_option
from imr_rules.engines.model import Prediction
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.likelihood import (
    FEATURES,
    LikelihoodModel,
    base_rate,
    features,
    load_model,
    logit,
)
from imr_rules.explain.likelihood_fit import (
    Known,
    Observation,
    check_enough,
    cross_validated,
    fit,
)
from imr_rules.explain.likelihood_report import report
from imr_rules.facts.model import Basis
from imr_rules.knowledge import load_knowledge


@click.command("fit")
@paths_argument
@rules_option
def command(paths: tuple[Path, ...], rules: Path | None) -> None:
    """Fit the likelihood of overturning on decided cases; print weights and cross-validation.

    The weights go into rules/likelihood.yaml, the table into docs/likelihood.md.
    """
    knowledge = load_knowledge(rules)
    model = load_model(knowledge.folder)
    engine = ReferenceEngine()
    batch = Batch()
    cases = [entry.case for entry in read_batch(paths, knowledge, batch)]
    for basis in (Basis.RECORD, Basis.REVIEW):
        observations: list[Observation] = []
        for case in cases:
            for conclusion in evaluate_case(case, basis, knowledge, engine):
                if conclusion.item.actual is not None:
                    observations.append(_observe(conclusion, model))
        check_enough(observations)
        fitted = fit(observations)
        click.echo(f"{basis.value}:")
        click.echo(f"  n: {len(observations)}")
        click.echo(f"  shift: {fitted.shift:.3f}")
        click.echo("  weights:")
        for name, weight in zip(FEATURES, fitted.weights, strict=True):
            click.echo(f"    {name}: {weight:.3f}")
        click.echo(report(cross_validated(observations)))
    end_batch(batch)


def _observe(conclusion: Conclusion, model: LikelihoodModel) -> Observation:
    return Observation(
        letter=conclusion.case.case_number,
        known=_known(conclusion, model),
        fitted_features=tuple(features(_under_actual_parent(conclusion)).values()),
        overturned=conclusion.item.actual == "overturned",
    )


def _known(conclusion: Conclusion, model: LikelihoodModel) -> Known:
    parent, other = conclusion.parent, conclusion.with_other_parent
    return Known(
        offset=logit(base_rate(conclusion, model).overturned),
        features=tuple(features(conclusion).values()),
        parent=_known(parent, model) if parent else None,
        parent_overturned=parent is not None and parent.prediction is Prediction.OVERTURNED,
        other_features=tuple(features(other).values()) if other else (),
    )


def _under_actual_parent(conclusion: Conclusion) -> Conclusion:
    parent, other = conclusion.parent, conclusion.with_other_parent
    if parent is None or other is None or parent.agrees is not False:
        return conclusion
    return other
