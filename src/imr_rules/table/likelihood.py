"""Rows of conclusions → how likely each denial is overturned, as `imr_rules.explain` grades it."""

from __future__ import annotations

import polars as pl

from imr_rules.engines.table.names import ON, ROW
from imr_rules.engines.table.topic import OVERTURNED
from imr_rules.explain.likelihood import LikelihoodModel, features, load_model, logit
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import PLACE, TableRules, conclude, fate_of
from imr_rules.table.judged import JUDGED_BY, JudgedKey, Judgements, spoken_of
from imr_rules.table.schema import BASIS, CATEGORY, ITEM, LETTER, PARENT_ITEM, REMAINDER
from imr_rules.treatments.model import Request

LIKELIHOOD = "likelihood"
BASE_RATE = "base_rate"

_SCORE = "score"
_CARRIED = "carried"
_START_OF_KIND = "start_of_kind"
_START_OF_ALL = "start_of_all"
_APPROVED = "approved"
_YEAR = "year"
_NOBODY = Request(title="")
_MOST_KINDS = 1_000_000
"""Kinds of rows whose grading is kept: more than corpora have, a bound all the same."""


class Grader:
    """Grades conclusions on one basis; what is worked out for one row serves all like rows."""

    def __init__(self, rules: TableRules, basis: Basis) -> None:
        self._rules = rules
        self._judgements = Judgements(rules, basis)
        self._model = load_model(rules.knowledge)
        self._fitted = self._model.of(basis)
        self._scores: dict[JudgedKey, tuple[float, bool]] = {}

    def graded(self, items: pl.DataFrame, concluded: pl.DataFrame) -> pl.DataFrame:
        """Return *concluded*, the conclusions on *items*, graded and with what is spoken of.

        The columns ``spoken``, ``stated``, ``likelihood`` and ``base_rate`` are added. *items* are
        whole letters on the grader's basis.
        """
        parents = _parents(items, concluded)
        children = items[PARENT_ITEM].is_not_null().arg_true()
        told = _told(items, parents[_APPROVED], self._rules)
        graded = self._alone(told, concluded)
        # Had the operation been decided the other way: as an item of its own, told that outcome.
        otherwise = _told(items[children], ~parents[_APPROVED].gather(children), self._rules)
        otherwise = otherwise.with_columns(pl.lit(None, pl.Int32).alias(PARENT_ITEM))
        other = self._alone(otherwise, conclude(otherwise, self._rules))[LIKELIHOOD]
        own = graded[LIKELIHOOD]
        of_parent = own.gather(parents[ROW].gather(children))
        mixed = pl.DataFrame({"own": own.gather(children), "other": other, "parent": of_parent})
        approved = parents[_APPROVED].gather(children)
        share = pl.when(approved).then(pl.col("parent")).otherwise(1 - pl.col("parent"))
        either = mixed.select(share * pl.col("own") + (1 - share) * pl.col("other")).to_series()
        return graded.with_columns(own.scatter(children, either).alias(LIKELIHOOD))

    def _alone(self, items: pl.DataFrame, concluded: pl.DataFrame) -> pl.DataFrame:
        """Return *concluded* with spoken criteria, base rate, and each likelihood by itself."""
        about = _base_rates(items, self._model).with_columns(
            items[REMAINDER].fill_null(False).cast(pl.Float64)
        )
        spoken = spoken_of(items, concluded[PLACE], self._rules)
        score = (
            pl.when(_CARRIED).then(_START_OF_ALL).otherwise(_START_OF_KIND)
            + self._fitted.shift
            + self._fitted.weights.remainder * pl.col(REMAINDER)
            + pl.col(_SCORE)
        )
        return (
            pl.concat([self._scored(concluded.with_columns(spoken)), about], how="horizontal")
            .with_columns((1 / (1 + (-score).exp())).alias(LIKELIHOOD))
            .drop(_SCORE, _CARRIED, _START_OF_KIND, _START_OF_ALL, REMAINDER)
        )

    def _scored(self, spoken: pl.DataFrame) -> pl.DataFrame:
        """Return *spoken* with what the features of each row move the base rate by.

        Beside it stands whether what is documented carries an overturned prediction. The remainder
        of a request belongs to the item, not to the conclusion: it is left out here.
        """
        kinds = spoken.select(JUDGED_BY).drop_nulls(PLACE).unique()
        scores = [self._score(key) for key in kinds.iter_rows()]
        told = pl.DataFrame(scores, schema={_SCORE: pl.Float64, _CARRIED: pl.Boolean}, orient="row")
        return spoken.join(
            pl.concat([kinds, told], how="horizontal"),
            on=JUDGED_BY,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        ).with_columns(pl.col(_SCORE).fill_null(0.0), pl.col(_CARRIED).fill_null(False))

    def _score(self, key: JudgedKey) -> tuple[float, bool]:
        if key not in self._scores:
            if len(self._scores) >= _MOST_KINDS:
                self._scores.clear()
            on = self._rules.governors[key[0]].first
            told = features(self._judgements.conclusion(key, request=_NOBODY, on=on))
            score = sum(w * told[name] for name, w in self._fitted.weights)
            self._scores[key] = score, bool(told["overturned"])
        return self._scores[key]


def _parents(items: pl.DataFrame, concluded: pl.DataFrame) -> pl.DataFrame:
    """Return for each item the row of the one it accompanies, and whether that is approved.

    Both are null for an item that accompanies none.
    """
    # Where no guideline speaks to the operation, nothing says that it will be done.
    outcomes = items.select(LETTER, BASIS, pl.col(ITEM).alias(PARENT_ITEM)).with_columns(
        concluded[OVERTURNED].fill_null(False).alias(_APPROVED),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias(ROW),
    )
    found = items.select(LETTER, BASIS, PARENT_ITEM).join(
        outcomes, on=[LETTER, BASIS, PARENT_ITEM], how="left", maintain_order="left"
    )
    return found.select(ROW, _APPROVED)


def _told(items: pl.DataFrame, approved: pl.Series, rules: TableRules) -> pl.DataFrame:
    """Return *items*, those that accompany another told whether it is *approved*."""
    fate = fate_of(approved)
    return items.with_columns(
        pl.when(pl.col(PARENT_ITEM).is_null())
        .then(pl.col(fact))
        .otherwise(fate.cast(items.schema[fact]))
        .alias(fact)
        for fact in rules.parent_facts
    )


def _base_rates(items: pl.DataFrame, model: LikelihoodModel) -> pl.DataFrame:
    """Return the base rate of each item, and where its odds start: of its kind, and of all."""
    asked = items.select(CATEGORY, pl.col(ON).dt.year().alias(_YEAR))
    published = model.base_rates_overturned.published
    kinds = asked.unique()
    rates = [
        (published(category, year).overturned, published(None, year).overturned)
        for category, year in kinds.iter_rows()
    ]
    known = kinds.with_columns(
        pl.Series(BASE_RATE, [own for own, _ in rates], dtype=pl.Float64),
        pl.Series(_START_OF_KIND, [logit(own) for own, _ in rates], dtype=pl.Float64),
        pl.Series(_START_OF_ALL, [logit(of_all) for _, of_all in rates], dtype=pl.Float64),
    )
    return asked.join(
        known, on=[CATEGORY, _YEAR], how="left", nulls_equal=True, maintain_order="left"
    ).drop(CATEGORY, _YEAR)
