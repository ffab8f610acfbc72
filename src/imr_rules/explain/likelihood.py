"""How likely a denial is overturned: graded from base rate, certainty and distance.

A logistic model on four things known of a conclusion; its weights stand in
``rules/likelihood.yaml`` with the number of items they were fitted on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from imr_rules import strict_yaml
from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.model import Certainty, Prediction
from imr_rules.explain.flips import Flips
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int
    weights: dict[str, float]


class _BaseRates(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    default: float
    by_year: dict[str, float]
    by_category: dict[str, float]
    source: str


class LikelihoodModel(BaseModel):
    """The fitted weights of both bases and the published base rates they start from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_rates_overturned: _BaseRates
    record: _Model
    review: _Model


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The likelihood that the denial is overturned, the n behind it, and the published rate."""

    overturned: float | None
    n: int
    base_rate: float | None


@cache
def load_model(rules: Path) -> LikelihoodModel:
    """Read ``likelihood.yaml`` of the *rules* folder."""
    return strict_yaml.validate(LikelihoodModel, strict_yaml.read(rules / "likelihood.yaml"))


def likelihood_of(conclusion: Conclusion, flips: Flips, knowledge: Knowledge) -> Likelihood:
    """Return how likely *conclusion*'s denial is overturned."""
    model = load_model(knowledge.folder)
    rate = base_rate(conclusion, model)
    fitted = model.record if conclusion.sheet.basis is Basis.RECORD else model.review
    score = sum(
        fitted.weights.get(name, 0.0) * value
        for name, value in features(conclusion, flips, rate).items()
    )
    return Likelihood(1 / (1 + math.exp(-score)), fitted.n, rate)


def base_rate(conclusion: Conclusion, model: LikelihoodModel) -> float:
    """Return the published share of overturned denials for the category, else for the year."""
    rates = model.base_rates_overturned
    category = conclusion.item.request.category or ""
    if category in rates.by_category:
        return rates.by_category[category]
    return rates.by_year.get(str(conclusion.on.year), rates.default)


def features(conclusion: Conclusion, flips: Flips, rate: float) -> Mapping[str, float]:
    """Return what the model looks at, by name of its weight."""
    trace = conclusion.trace
    far = 4.0 if flips.distance is None else float(min(flips.distance, 4))
    if trace is None:
        return {"intercept": 1.0, "prior_logit": math.log(rate / (1 - rate))}
    upheld = trace.verdict.prediction is Prediction.UPHELD
    return {
        "intercept": 1.0,
        "prior_logit": math.log(rate / (1 - rate)),
        "overturned": 0.0 if upheld else 1.0,
        "barred": 1.0 if trace.verdict.certainty is Certainty.BARRED else 0.0,
        "distance_if_upheld": far if upheld else 0.0,
    }
