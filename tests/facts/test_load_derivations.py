"""How facts are derived: a name of nothing, or a way that could never tell, is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackErrors
from imr_rules.facts.load_derivations import load_derivations
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.treatments.load import load_catalogue

VOCABULARY = load_vocabulary(rules_folder())
CATALOGUE = load_catalogue(rules_folder())
SHIPPED = (rules_folder() / "vocabulary" / "derived.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("end: denial_date", "end: denail_date", "'injury_date', 'denial_date' or"),
        ("field: units", "field: unit", "Did you mean 'units'"),
        ("field: units", "field: services", "field of a request 'services' is not defined"),
        ("field: age_years", "field: age", "'age' is not 'age_years'"),
        ("[prior_units_completed,", "[prior_unit_completed,", "Did you mean 'prior_units_c"),
        ("[prior_units_completed,", "[work_status,", "'work_status' is of type enum"),
        ("[prior_units_completed, requested_units]", "[]", "at least 1 item"),
        ("[drug_use_days,", "[drug_use_day,", "Did you mean 'drug_use_days'"),
        ("[drug_use_days,", "[work_status,", "'work_status' is of type enum"),
        ("[opioid,", "[opiod,", "Did you mean 'opioid'"),
        ("[surgery, spine_surgery]", "[surgery, spin_surgery]", "Did you mean 'spine_surgery'"),
        ("operation_asked_beside:", "operation_done_on:", "fact 'operation_done_on' is not"),
        ("treatment: meniscectomy", "treatment: meniscus", "treatment 'meniscus' is not defined"),
        ("is: meniscectomy", "is: meniscectomi", "Did you mean 'meniscectomy'"),
        ("duplicate_same_class:", "duplicate_same_clas:", "Did you mean 'duplicate_same_class'"),
        ("duplicate_same_class:", "pain_severity:", "takes one of type yes_no"),
        ("topical_form:\n", "pain_severity:\n", "takes one of type enum"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    """A date, field, fact or treatment that nothing defines; a type that no value could be of."""
    assert SHIPPED.count(old) == 1
    text = SHIPPED.replace(old, new)
    path = tmp_path / "vocabulary" / "derived.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackErrors) as caught:
        load_derivations(tmp_path, VOCABULARY, CATALOGUE)
    [problem] = caught.value.problems
    assert words in str(problem)
    line = text[: text.index(new)].count("\n") + 1
    assert problem.at is not None
    assert (path, line) == (problem.at.path, problem.at.line)


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Two mistakes of different entries are told together."""
    path = tmp_path / "vocabulary" / "derived.yaml"
    path.parent.mkdir()
    path.write_text(SHIPPED.replace("field: units", "field: unit").replace("[opioid,", "[opiod,"))
    with pytest.raises(PackErrors) as caught:
        load_derivations(tmp_path, VOCABULARY, CATALOGUE)
    assert ["unit", "opiod"] == [getattr(p, "name", None) for p in caught.value.problems]
