"""The table form of ``imr-rules whatif``: facts tables in, what flips out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from imr_rules.cli.facts_tables import (
    refuse_another_day,
    require_tables,
    rules_concluder,
    tell_repeated,
)
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules
from imr_rules.table.once import Once
from imr_rules.whatif.ablate_tables import ablate_tables
from imr_rules.whatif.compare_tables import compare_tables
from imr_rules.whatif.model import WhatIf


def whatif_of_tables(
    paths: Sequence[Path],
    before: Knowledge | None,
    after: Knowledge,
    basis: Basis,
    *,
    backend: str = "polars",
    as_of: date | None = None,
) -> WhatIf:
    """Return what the rules *after* flip against *before*, or each criterion of *after* alone.

    Raises:
        InputError: a path is no facts table, or there is no such *backend*.
    """
    refuse_another_day(as_of)
    require_tables(paths)
    once = Once()
    with (
        tempfile.TemporaryDirectory(prefix="imr-rules-") as place,
        rules_concluder(backend, Path(place)) as conclude_by,
    ):
        if before is None:
            found = ablate_tables(paths, TableRules(after), basis, conclude_by, once)
        else:
            old, new = TableRules(before), TableRules(after)
            found = compare_tables(paths, old, new, basis, conclude_by, once)
    tell_repeated(once)
    return found
