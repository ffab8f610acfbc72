"""``imr-rules fit``: fit the likelihood on decided cases and report how it does on new letters."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cli.batch import Batch, end_batch, read_batch
from imr_rules.cli.options import paths_argument, rules_option
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.explain.likelihood import FEATURES, load_model
from imr_rules.explain.likelihood_fit import check_enough, cross_validated, fit, observed
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
    model = load_model(knowledge)
    engine = ReferenceEngine()
    batch = Batch()
    cases = [entry.case for entry in read_batch(paths, knowledge, batch)]
    for basis in (Basis.RECORD, Basis.REVIEW):
        observations = [
            observed(conclusion, model)
            for case in cases
            for conclusion in evaluate_case(case, basis, knowledge, engine)
            if conclusion.item.actual is not None
        ]
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
