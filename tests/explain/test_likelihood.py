"""The weights of the likelihood as ``likelihood.yaml`` writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackErrors
from imr_rules.explain.likelihood import load_model

SHIPPED = (rules_folder() / "likelihood.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    barred:", "    bared:", "Did you mean 'barred'?"),
        ("    met_share: 0.706\n", "", "record.weights.met_share is missing."),
        ("default: 0.1", "default: 0", "base_rates_overturned.default: "),
        ('"2013": 0.16', '"2013": 16', "base_rates_overturned.by_year.2013: "),
        ('"2013":', "last year:", "'last year' is not a whole number"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    """A weight misspelt or missing, a rate without odds, a year that is none."""
    assert old in SHIPPED
    path = tmp_path / "likelihood.yaml"
    path.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackErrors) as caught:
        load_model(tmp_path)
    told = [p for p in caught.value.problems if words in str(p)]
    assert told, str(caught.value)
    assert told[0].at is not None
    assert (path, True) == (told[0].at.path, told[0].at.line > 1)
