"""Findings on the items of a batch: every one as a row, and of each kind the gravest in full.

Findings hang on few things; what these are is told by columns. Rows equal in them share a grading,
so that a rule looks at each kind of row once, however many million there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from imr_rules.audit.model import AuditFinding, Kind, Severity
from imr_rules.audit.policy import Policy
from imr_rules.audit.tables.representative import ASKED, DATED, Representatives
from imr_rules.audit.tables.rows import Batch
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import TableRules
from imr_rules.table.judged import JUDGED_BY
from imr_rules.table.schema import ACTUAL, CASE_NUMBER, ITEM

SHOWN = 200
"""Findings of each kind that are told in full; a page of more is read by nobody."""

LISTED: Mapping[str, type[pl.DataType]] = {
    "kind": pl.String,
    "rule": pl.String,
    "case_number": pl.String,
    "item": pl.Int64,
    "severity": pl.String,
    "confidence": pl.Float64,
    "criterion": pl.String,
    "cite": pl.String,
}
"""The columns of ``findings.parquet``."""

_GRADES = {name: kind for name, kind in LISTED.items() if name not in ("case_number", "item")}
_RANK = "rank"
_MOST_KEPT = 500_000
"""Gradings that are kept; guideline lines are as many as their authors write."""

_DISAGREEING = (*JUDGED_BY, *ASKED, ACTUAL)
_YOUNG, _STRETCH = "is_young", "stretch"
_CITING = ("reviewer_guideline", *ASKED, "place", _STRETCH, _YOUNG)


def listing(finding: AuditFinding) -> dict[str, object]:
    """Return *finding* as a row of ``findings.parquet``."""
    return {name: getattr(finding, name) for name in LISTED}


class Gravest:
    """The gravest findings of each kind, of as many as are added."""

    def __init__(self) -> None:
        self.rows: dict[Kind, pl.DataFrame] = {}

    def add(self, kind: Kind, found: pl.DataFrame) -> None:
        """Keep the gravest of *found*, findings of *kind*, and of those that were kept before."""
        ranks = {severity.value: place for place, severity in enumerate(Severity)}
        rank = pl.col("severity").replace_strict(ranks, return_dtype=pl.Int8).alias(_RANK)
        ranked = found.with_columns(rank)
        if kind in self.rows:
            ranked = pl.concat([self.rows[kind], ranked])
        by = [_RANK, "confidence", "case_number", "item"]
        self.rows[kind] = ranked.sort(by, descending=[False, True, False, False]).head(SHOWN)


class ItemFindings:
    """Finds what can be said of single items: disagreements and citations."""

    def __init__(self, rules: TableRules, policy: Policy) -> None:
        self._representatives = Representatives(rules, policy)
        self._policy = policy
        self._days = pl.Series(rules.selector.change_days, dtype=pl.Date)
        self._grades: dict[tuple[Kind, tuple[object, ...]], list[tuple[object, ...]]] = {}

    def find(self, batch: Batch) -> Iterator[tuple[Kind, pl.DataFrame]]:
        """Yield the findings on *batch*, kind by kind: the columns `LISTED` and what they hang on.

        Without the reviewer's findings in the table there are none.
        """
        judged = batch.judged.get(Basis.REVIEW)
        if judged is None:
            return
        every = pl.concat(
            [
                batch.counted.select(CASE_NUMBER, ITEM),
                batch.items.select(*ASKED, *DATED, ACTUAL, "reviewer_guideline"),
                judged.select(*JUDGED_BY, "prediction"),
            ],
            how="horizontal",
        )
        differs = (pl.col("prediction") != pl.col(ACTUAL)) & pl.col("place").is_not_null()
        yield (
            Kind.DISAGREEMENT,
            self._graded(Kind.DISAGREEMENT, every.filter(differs), _DISAGREEING),
        )
        yield Kind.CITATION, self._graded(Kind.CITATION, self._citing(every), _CITING)

    def in_full(self, gravest: Gravest) -> list[AuditFinding]:
        """Return the findings that *gravest* keeps, with their explanations."""
        return [
            finding
            for kind, rows in gravest.rows.items()
            for row in rows.iter_rows(named=True)
            for finding in self._representatives.find(kind, row)
            if finding.rule == row["rule"]
        ]

    def _citing(self, every: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that say what was cited, with what of their dates matters."""
        citing = every.filter(pl.col("reviewer_guideline").is_not_null())
        age = (pl.col("on") - pl.col("injury_date")).dt.total_days()
        young = [
            (age < later.least_days) & pl.col("category").is_in(list(later.categories))
            for later in self._policy.citation.later
        ]
        stretch = self._days.search_sorted(citing["on"], side="right")
        return citing.with_columns(
            pl.sum_horizontal(young).alias(_YOUNG),
            pl.Series(_STRETCH, stretch, dtype=pl.Int32),
        )

    def _graded(self, kind: Kind, rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
        """Return *rows* with a row for each finding of *kind*; all equal *by* are graded alike."""
        kinds = rows.unique(subset=by, keep="first", maintain_order=True)
        found = [
            (*(row[name] for name in by), *grade)
            for row in kinds.iter_rows(named=True)
            for grade in self._grade(kind, row, by)
        ]
        schema = {name: rows.schema[name] for name in by} | dict(_GRADES)
        grades = pl.DataFrame(found, schema=schema, orient="row")
        return rows.join(grades, on=list(by), how="inner", nulls_equal=True, maintain_order="left")

    def _grade(
        self, kind: Kind, row: Mapping[str, object], by: Sequence[str]
    ) -> list[tuple[object, ...]]:
        key = (kind, tuple(row[name] for name in by))
        if key not in self._grades:
            if len(self._grades) >= _MOST_KEPT:
                self._grades.clear()
            self._grades[key] = [
                (kind.value, f.rule.value, f.severity.value, f.confidence, f.criterion, f.cite)
                for f in self._representatives.find(kind, row)
            ]
        return self._grades[key]
