"""The fit of the likelihood: what it refuses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError
from imr_rules.explain.likelihood import Known, Odds
from imr_rules.explain.likelihood_fit import Observation, check_enough, cross_validated, fit
from imr_rules.explain.likelihood_report import report

LIST = "Shopping list\n\nmilk 2 litres\nbread\neggs, one dozen\ncoffee\n"


def decided(letters: int, *, overturned: int) -> list[Observation]:
    """Return one item a letter, the first *overturned* of them overturned."""
    odds = Odds(0.0, (1.0,))
    return [Observation(str(n), Known(odds), odds, n < overturned) for n in range(letters)]


@pytest.mark.parametrize(("letters", "overturned"), [(0, 0), (9, 3), (10, 0), (10, 10)])
def test_too_few_decided_items_are_refused(letters: int, overturned: int) -> None:
    """Fewer letters than folds, or one outcome only, are an error with the remedy."""
    with pytest.raises(InputError, match=f"{letters} letters .* {overturned} of them") as caught:
        check_enough(decided(letters, overturned=overturned))
    assert "cases/" in caught.value.hint


def test_the_fewest_items_that_are_let_through_can_be_fitted_and_reported() -> None:
    """Nothing that passes the check breaks the fit, the cross-validation or the report."""
    fewest = decided(10, overturned=1)
    check_enough(fewest)
    assert 1 == len(fit(fewest).weights)
    assert "10 items, 1 overturned" in report(cross_validated(fewest))


def test_a_fit_on_too_few_cases_prints_one_line_and_nothing_else(tmp_path: Path) -> None:
    """A text without a decision, and a folder with two cases, give the error before any table."""
    note = tmp_path / "list.txt"
    note.write_text(LIST, encoding="utf-8")
    folder = tmp_path / "two"
    folder.mkdir()
    for case in sorted(cases_folder().glob("CM*.yaml"))[:2]:
        shutil.copy(case, folder)
    for path in (note, folder):
        result = CliRunner().invoke(group, ["fit", str(path)])
        assert isinstance(result.exception, InputError)
        assert "" == result.stdout
