"""The files of ``rules/audit``: what cannot be used is refused when they are read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imr_rules.audit.load_policy import load_policy
from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackErrors
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.treatments.load import load_catalogue

VOCABULARY = load_vocabulary(rules_folder())
CATALOGUE = load_catalogue(rules_folder())


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("self_contradiction", '"request for"', '"{request for"', "phrase '{request for': a br"),
        ("self_contradiction", '"request for"', "7", "restated.opens.0: 7 is not text."),
        ("self_contradiction", '"{age|aged} #"', '"{age|aged}"', "captures a number with '#'"),
        ("self_contradiction", "dated] @date", "dated]", "captures a date with '@date'"),
        ("citation", "(?P<year>", "(", "the groups 'document' and 'year'"),
        ("citation", "(?P<year>", "((?P<year>", "document: is no regular expression"),
        ("citation", "knee: [knee,", "knee: [kne,", "Did you mean 'knee'?"),
        ("citation", "anywhere: [periop", "anywhere: [perio", "category 'perio_ancillary'"),
        ("self_contradiction", "near:\n  - [cervical", "near:\n  - [cervicl", "'cervical'?"),
        ("self_contradiction", "_treatments: [topical]", "_treatments: [tpical]", "'topical'"),
        ("evidence_conflict", "  neuro_symptoms:", "  neuro_symptom:", "fact 'neuro_symptom'"),
        ("evidence_conflict", '  wrist: ["carpal', '  wrst: ["carpal', "Did you mean 'wrist'?"),
        ("evidence_conflict", '"carpal tunnel"', '"{carpal"', "phrase '{carpal': a br"),
        ("evidence_conflict", "denies: [none,", "denies: [nane,", "value of 'neuro_deficit_obj"),
        ("rules", "drug-form:", "drug-from:", "Did you mean 'drug-form'?"),
        ("rules", "rules:\n", "rules:\n  a: {}\n", "rules.a.title is missing."),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    tmp_path: Path, name: str, old: str, new: str, words: str
) -> None:
    """A phrase that cannot be read or captures nothing, a name that nothing defines."""
    shutil.copytree(rules_folder() / "audit", tmp_path / "audit")
    path = tmp_path / "audit" / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackErrors) as caught:
        load_policy(tmp_path, VOCABULARY, CATALOGUE)
    told = [problem for problem in caught.value.problems if words in str(problem)]
    assert told, str(caught.value)
    assert told[0].at is not None
    assert (path, True) == (told[0].at.path, told[0].at.line > 1)


def test_a_rule_that_is_left_out_is_refused(tmp_path: Path) -> None:
    """Without its line the first finding of the rule would have no title and no confidence."""
    shutil.copytree(rules_folder() / "audit", tmp_path / "audit")
    path = tmp_path / "audit" / "rules.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "like-cases:" not in line))
    with pytest.raises(PackErrors, match=r"rules.yaml:\d+:\d+: .* rule 'like-cases' is missing."):
        load_policy(tmp_path, VOCABULARY, CATALOGUE)
