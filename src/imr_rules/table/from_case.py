"""A case → the rows of its items, on both bases."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import Any

from imr_rules.cases.dates import deciding_date
from imr_rules.cases.evaluate import parents_of, parents_told
from imr_rules.cases.fact_sheet import fact_sheet
from imr_rules.cases.model import Case
from imr_rules.facts.model import UNDOCUMENTED, Basis, FactSheet
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.knowledge import Knowledge
from imr_rules.table.schema import LIST_SEPARATOR, UNDOCUMENTED_NUMBERS

Row = dict[str, Any]


def rows_of_case(
    case: Case, letter: str, knowledge: Knowledge, *, as_of: date | None = None
) -> list[Row]:
    """Return the rows of *case*, silent facts left out; *letter* tells it from all others.

    Facts are merged and derived here, once: they hang on the day whose tables apply, so that a
    table belongs to its *as_of*.
    """
    on = deciding_date(case, as_of)
    year = (case.decision_date or on).year
    all_told = {basis: parents_told(case, basis) for basis in Basis}
    rows: list[Row] = []
    for index, (item, above) in enumerate(zip(case.items, parents_of(case), strict=True)):
        for basis in Basis:
            told = all_told[basis][index]
            sheet = fact_sheet(case, item, basis, knowledge, on=on, parent=told)
            hangs_on = None if above is None or told is not None else case.items[above]
            rows.append(
                {
                    "letter": letter,
                    "case_number": case.case_number,
                    "item": item.number,
                    "basis": basis.value,
                    "title": item.title,
                    "treatment": item.request.treatment,
                    "category": item.request.category,
                    "drug_class": item.request.drug_class,
                    "body_parts": LIST_SEPARATOR.join(item.request.body_parts),
                    "phase": item.request.phase.value if item.request.phase else None,
                    "parent_item": hangs_on.number if hangs_on else None,
                    "remainder": item.request.remainder,
                    "actual": item.actual,
                    "on": on,
                    "injury_date": case.injury_date,
                    "denial_date": case.denial_date,
                    "decision_date": case.decision_date,
                    "decision_year": year,
                    "specialties": LIST_SEPARATOR.join(case.specialties),
                    "licensure": LIST_SEPARATOR.join(case.licensure),
                    "claims_administrator_guideline": item.claims_administrator_guideline,
                    "reviewer_guideline": item.reviewer_guideline,
                    **_facts(sheet, knowledge.vocabulary),
                }
            )
    return rows


def _facts(sheet: FactSheet, vocabulary: Vocabulary) -> Row:
    facts: Row = {}
    missing: list[str] = []
    for name, value in sheet.values.items():
        if vocabulary[name].type is not FactType.NUMBER:
            facts[name] = str(value)
        elif value == UNDOCUMENTED or isinstance(value, str):
            missing.append(name)
        elif isfinite(value):
            facts[name] = float(value)
    facts[UNDOCUMENTED_NUMBERS] = LIST_SEPARATOR.join(sorted(missing)) or None
    return facts
