"""Lint reads every file of a rules folder, also those that other commands load when needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules import strict_yaml
from imr_rules.cli.main import group
from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackErrors
from imr_rules.guidelines.situations import load_situations
from imr_rules.knowledge import load_knowledge
from imr_rules.lint.load_the_rest import load_the_rest
from imr_rules.strict_yaml import Document

pytest.importorskip("z3", reason="lint needs the solver (extra prove)")


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("likelihood.yaml", "    barred:", "    bared:", "Did you mean 'barred'?"),
        ("audit/rules.yaml", "  visits-differ:", "  visit-differ:", "Did you mean 'visits-differ'"),
        ("audit/evidence_conflict.yaml", "because:", "becaus:", "Did you mean 'because'"),
        (
            "wording/es.yaml",
            "presumed_title:",
            "presumed_tittle:",
            "Did you mean 'presumed_title'",
        ),
        ("fhir/units.yaml", "ucum:", "ucums:", "Did you mean 'ucum'?"),
        ("reading/regions.yaml", "speaks_for:", "speak_for:", "Did you mean 'speaks_for'?"),
        (
            "reading/second_reader.yaml",
            "conventions:",
            "convention:",
            "Did you mean 'conventions'?",
        ),
        ("reading/decision_index.yaml", "columns:", "column:", "Did you mean 'columns'?"),
    ],
)
def test_a_mistake_in_a_file_that_is_read_when_needed_is_told(
    one_topic_rules: Path, name: str, old: str, new: str, words: str
) -> None:
    """With file, line and remedy, as one in a topic is."""
    path = one_topic_rules / name
    shipped = path.read_text(encoding="utf-8")
    assert old in shipped
    path.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    result = CliRunner().invoke(group, ["lint", "--rules", str(one_topic_rules)])
    assert isinstance(result.exception, PackErrors)
    told = [problem for problem in result.exception.problems if words in str(problem)]
    assert told, str(result.exception)
    assert told[0].at is not None
    assert (path, True) == (told[0].at.path, told[0].at.line > 0)


def test_mistakes_of_several_files_are_told_at_once(one_topic_rules: Path) -> None:
    """Nobody mends one file only to hear of the next."""
    for name in ("likelihood.yaml", "audit/noise.yaml", "wording/en.yaml"):
        (one_topic_rules / name).write_text("nothing: here\n", encoding="utf-8")
    result = CliRunner().invoke(group, ["lint", "--rules", str(one_topic_rules)])
    for name in ("likelihood.yaml", "noise.yaml", "en.yaml"):
        assert f"{name}:1:1: error" in str(result.exception)


def test_no_file_that_ships_is_left_unread(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every YAML file under ``rules/`` is loaded by what lint loads."""
    # By another path, so that nothing comes from what other tests have loaded.
    rules = tmp_path / "rules"
    rules.symlink_to(rules_folder())
    read: set[Path] = set()
    shipped_read = strict_yaml.read

    def noting(path: Path) -> Document:
        read.add(path)
        return shipped_read(path)

    monkeypatch.setattr(strict_yaml, "read", noting)
    knowledge = load_knowledge(rules)
    load_the_rest(knowledge)
    load_situations(knowledge.library, rules)
    every = {rules / path.relative_to(rules_folder()) for path in rules_folder().rglob("*.yaml")}
    assert len(every) > 300
    assert set() == every - read
