"""How likely a denial is overturned: graded from base rate, certainty and distance.

A logistic model whose intercept is the published base rate: an item about which nothing is known
gets that rate, and a few weights move it. The weights stand in ``rules/likelihood.yaml`` with the
number of items they were fitted on (:mod:`imr_rules.explain.likelihood_fit`).

An overturned prediction counts as far as the record carries it: by the criteria that are met on
what somebody states. Where presumptions, dates and the title alone carry it, nothing is known.

A service that only accompanies an operation inherits its doubt: its likelihood is the mean over
both fates of the operation, weighted by how likely each is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.model import Certainty, Prediction, Trace
from imr_rules.errors import PackErrors, UnknownNameError
from imr_rules.explain.model import PublishedRate
from imr_rules.explain.reasons import (
    decisive_criteria,
    documented,
    nearest_route,
    open_criteria,
)
from imr_rules.facts.model import Basis, FactSheet
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge

_Rate = Annotated[float, Field(gt=0, lt=1)]


class _Weights(BaseModel):
    """How much each feature moves the base rate.

    ``overturned``: the prediction, where any of the criteria that carry it is documented.
    ``barred``: no documentation could help, what became of the parent taken for given.
    ``remainder``: part of the request was already authorized. ``open_criteria``: how many criteria
    the nearest route lacks, at most four; 0 when barred or overturned. ``documented_share``: of the
    criteria that carry an overturned prediction, the share that is documented: met, on a fact that
    somebody states.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    overturned: float
    barred: float
    remainder: float
    open_criteria: float
    documented_share: float


FEATURES = tuple(_Weights.model_fields)
"""What moves the base rate, in the order of the weights."""


@dataclass(frozen=True, slots=True)
class Odds:
    """The log odds that an item starts from, and the features that move them."""

    start: float
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an item before its decision.

    An item that accompanies another one has a *parent*, and *other* holds should the parent be
    decided otherwise than predicted.
    """

    own: Odds
    parent: Known | None = None
    parent_overturned: bool = False
    other: Odds | None = None


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted model: *shift* is the intercept beside the start."""

    shift: float
    weights: tuple[float, ...]

    def likelihood(self, known: Known) -> float:
        """Return the likelihood that the item is overturned, over both fates of its parent."""
        own = self._alone(known.own)
        if known.parent is None or known.other is None:
            return own
        parent = self.likelihood(known.parent)
        share = parent if known.parent_overturned else 1 - parent
        return share * own + (1 - share) * self._alone(known.other)

    def _alone(self, odds: Odds) -> float:
        score = odds.start + self.shift
        score += sum(w * x for w, x in zip(self.weights, odds.features, strict=True))
        return 1 / (1 + math.exp(-score))


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    n: int = Field(description="items the weights were fitted on")
    shift: float = Field(description="difference of these items from the published rates (logit)")
    weights: _Weights

    @cached_property
    def fitted(self) -> Weights:
        """The shift and the weights, in the order of :data:`FEATURES`."""
        return Weights(self.shift, tuple(weight for _, weight in self.weights))


class _BaseRates(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    default: _Rate
    by_year: dict[int, _Rate]
    by_category: dict[str, dict[int, _Rate]]

    def published(self, category: str | None, year: int) -> PublishedRate:
        """Return the rate of *category* in the year nearest to *year*, else that of all items."""
        own = self.by_category.get(category or "", {})
        if own:
            nearest = min(own, key=lambda known: (abs(known - year), known))
            return PublishedRate(own[nearest], f"this kind of treatment, {nearest}")
        if year in self.by_year:
            return PublishedRate(self.by_year[year], f"all treatments, {year}")
        return PublishedRate(self.default, "all treatments")


class LikelihoodModel(BaseModel):
    """The fitted weights of both bases and the published base rates they start from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_rates_overturned: _BaseRates
    record: _Model
    review: _Model

    def of(self, basis: Basis) -> _Model:
        """Return the weights for *basis*."""
        return self.record if basis is Basis.RECORD else self.review


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The likelihood that the denial is overturned, the n behind it, and the published rate."""

    overturned: float
    n: int
    base_rate: PublishedRate


def load_model(knowledge: Knowledge) -> LikelihoodModel:
    """Read ``likelihood.yaml`` of the rules folder, once.

    Raises:
        PackError: the file is missing, malformed, or lacks a weight.
        PackErrors: it has rates of categories that the catalogue does not define.
    """
    return _read(knowledge.folder, frozenset(knowledge.catalogue.categories))


@cache
def _read(rules: Path, categories: frozenset[str]) -> LikelihoodModel:
    document = strict_yaml.read(rules / "likelihood.yaml")
    model = strict_yaml.validate(LikelihoodModel, document)
    place = "base_rates_overturned", "by_category"
    unknown = [
        UnknownNameError("category", name, categories, at=document.at(*place, name))
        for name in model.base_rates_overturned.by_category
        if name not in categories
    ]
    if unknown:
        raise PackErrors(unknown)
    return model


def likelihood_of(conclusion: Conclusion, knowledge: Knowledge) -> Likelihood:
    """Return how likely the denial behind *conclusion* is overturned."""
    model = load_model(knowledge)
    own = model.of(conclusion.sheet.basis)
    likelihood = own.fitted.likelihood(known_of(conclusion, model))
    return Likelihood(likelihood, own.n, base_rate(conclusion, model))


def known_of(conclusion: Conclusion, model: LikelihoodModel) -> Known:
    """Return what moves the likelihood of *conclusion*, with the base rates of *model*."""
    parent, other = conclusion.parent, conclusion.with_other_parent
    return Known(
        own=odds_of(conclusion, model),
        parent=known_of(parent, model) if parent else None,
        parent_overturned=parent is not None and parent.prediction is Prediction.OVERTURNED,
        other=odds_of(other, model) if other else None,
    )


def odds_of(conclusion: Conclusion, model: LikelihoodModel) -> Odds:
    """Return where the odds of *conclusion* start, what became of its parent taken for given."""
    moved_by = features(conclusion)
    category = None if moved_by["overturned"] else conclusion.item.request.category
    rate = model.base_rates_overturned.published(category, conclusion.on.year)
    return Odds(logit(rate.overturned), tuple(moved_by.values()))


def logit(rate: float) -> float:
    """Return the log odds of *rate*.

    >>> logit(0.5)
    0.0
    """
    return math.log(rate / (1 - rate))


def base_rate(conclusion: Conclusion, model: LikelihoodModel) -> PublishedRate:
    """Return the published rate for the category and year of *conclusion*."""
    category = conclusion.item.request.category
    return model.base_rates_overturned.published(category, conclusion.on.year)


def features(conclusion: Conclusion) -> Mapping[str, float]:
    """Return what moves the base rate for *conclusion*, by the names of :data:`FEATURES`."""
    remainder = float(conclusion.item.request.remainder)
    if conclusion.trace is None or conclusion.governing is None:
        return dict(zip(FEATURES, (0.0, 0.0, remainder, 0.0, 0.0), strict=True))
    trace, topic = conclusion.trace, conclusion.governing.topic
    barred = trace.verdict.certainty is Certainty.BARRED
    documented_share, lacking = 0.0, 0.0
    if trace.verdict.prediction is Prediction.OVERTURNED:
        documented_share = _documented_share(topic, trace, conclusion.sheet)
    elif not barred:
        # What else is documented does not lift a bar.
        route = nearest_route(topic, trace, conclusion.sheet)
        lacking = 4.0 if route is None else float(min(len(open_criteria(route, trace)), 4))
    values = float(documented_share > 0), float(barred), remainder, lacking, documented_share
    return dict(zip(FEATURES, values, strict=True))


def _documented_share(topic: Topic, trace: Trace, sheet: FactSheet) -> float:
    """Of the criteria that carry an overturned prediction, the share that is documented."""
    carrying = decisive_criteria(topic, trace, sheet)
    return len(documented(carrying, topic, trace, sheet)) / max(len(carrying), 1)
