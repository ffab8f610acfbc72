"""The rules that ship, and facts tables made from the cases that ship."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.model import Case
from imr_rules.data_folders import rules_folder
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.table.evaluate import TableRules
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.schema import table_schema

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The rules that ship."""
    assert rules_folder().is_dir()
    return load_knowledge()


@pytest.fixture(scope="session")
def rules(knowledge: Knowledge) -> TableRules:
    """The guidelines that ship, compiled once for all tests."""
    return TableRules(knowledge)


@pytest.fixture(scope="session")
def decided(knowledge: Knowledge) -> dict[str, Case]:
    """The cases that ship, by the path of their file."""
    loaded = [x for x in load_cases([CASES], knowledge) if isinstance(x, Loaded)]
    assert len(loaded) > 90
    return {str(entry.path): entry.case for entry in loaded}


@pytest.fixture(scope="session")
def items(decided: dict[str, Case], knowledge: Knowledge) -> pl.DataFrame:
    """The items of the cases that ship, on both bases."""
    rows = [r for path, case in decided.items() for r in rows_of_case(case, path, knowledge)]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))
