"""The columns of a facts table: one row for each disputed item and basis, a column for each fact.

A facts table is a folder of Parquet files, ``decision_year=2016/basis=review/part-….parquet``,
that Polars, DuckDB and Spark read as they are. All rows of a letter stand in one part.

Yes/no and enum facts are text, with ``undocumented`` among their values; numbers are doubles, and
the names of those that are said to be undocumented stand in ``undocumented_numbers``. What nobody
mentions is null. Numbers are finite.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from imr_rules.cases.model import LIST_SEPARATOR as LIST_SEPARATOR
from imr_rules.facts.model import UNDOCUMENTED, Basis
from imr_rules.facts.vocabulary import Fact, FactType, Vocabulary

LETTER = "letter"
CASE_NUMBER = "case_number"
ITEM = "item"
BASIS = "basis"
TREATMENT = "treatment"
CATEGORY = "category"
BODY_PARTS = "body_parts"
PHASE = "phase"
PARENT_ITEM = "parent_item"
REMAINDER = "remainder"
ACTUAL = "actual"
DECISION_YEAR = "decision_year"
UNDOCUMENTED_NUMBERS = "undocumented_numbers"

SELECTED_BY = (TREATMENT, CATEGORY, BODY_PARTS, PHASE)
"""What of a request decides which topic governs it, beside the day."""

PARTITIONED_BY = (DECISION_YEAR, BASIS)

ABOUT: Mapping[str, pl.DataType] = {
    LETTER: pl.String(),
    CASE_NUMBER: pl.String(),
    ITEM: pl.Int32(),
    BASIS: pl.Enum([basis.value for basis in Basis]),
    "title": pl.String(),
    TREATMENT: pl.String(),
    CATEGORY: pl.String(),
    "drug_class": pl.String(),
    BODY_PARTS: pl.String(),
    PHASE: pl.String(),
    PARENT_ITEM: pl.Int32(),
    REMAINDER: pl.Boolean(),
    ACTUAL: pl.String(),
    "on": pl.Date(),
    "injury_date": pl.Date(),
    "denial_date": pl.Date(),
    "decision_date": pl.Date(),
    DECISION_YEAR: pl.Int32(),
    "specialties": pl.String(),
    "licensure": pl.String(),
    "claims_administrator_guideline": pl.String(),
    "reviewer_guideline": pl.String(),
    UNDOCUMENTED_NUMBERS: pl.String(),
}
"""Everything but the facts. ``body_parts``, ``specialties``, ``licensure`` and
``undocumented_numbers`` are lists joined by ``; ``, so that every backend can join and compare
them; a row is judged by the text for the first of ``body_parts``. ``parent_item`` is the item this
one only accompanies, where the text does not tell itself what became of that one; ``remainder``
tells that only the rest of a request is in dispute."""


def fact_type(fact: Fact) -> pl.DataType:
    """Return the type of the column of *fact*."""
    if fact.type is FactType.NUMBER:
        return pl.Float64()
    # A byte a row instead of sixteen: corpora are read whole columns at a time.
    return pl.Enum([*fact.known_values, UNDOCUMENTED])


def table_schema(vocabulary: Vocabulary) -> dict[str, pl.DataType]:
    """Return the columns of a facts table with the facts of *vocabulary*."""
    return dict(ABOUT) | {name: fact_type(fact) for name, fact in vocabulary.items()}
