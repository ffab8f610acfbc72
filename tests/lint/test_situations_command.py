"""``imr-rules test``: what fails is told with its trace, what cannot be read with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from imr_rules.cli.main import group
from imr_rules.errors import PackErrors

PASSES = """\
situations:
  - name: A gain with few visits is enough.
    facts: {functional_improvement: yes, requested_units: 6}
    expect: {prediction: overturned, certainty: met, criteria: {gain: met}}
"""


def write(rules: Path, situations: str) -> None:
    path = rules / "guidelines" / "test-2016" / "topic.situations.yaml"
    path.write_text(situations, encoding="utf-8")


def run(rules: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["test", "--rules", str(rules), *arguments])


def test_what_passes_is_counted(one_topic_rules: Path) -> None:
    """Exit status 0 and one line."""
    write(one_topic_rules, PASSES)
    result = run(one_topic_rules)
    assert (0, "1 situation of 1 topic, 0 failed.\n") == (result.exit_code, result.output)


def test_a_failure_shows_what_was_expected_and_the_trace(one_topic_rules: Path) -> None:
    """Exit status 1; the place, each difference, the facts and every criterion."""
    write(one_topic_rules, PASSES.replace("yes, requested_units: 6", "no, requested_units: 7"))
    result = run(one_topic_rules)
    assert 1 == result.exit_code
    for line in (
        "topic.situations.yaml:2:5: test-2016/acupuncture: A gain with few visits is enough.",
        "prediction: expected overturned, is upheld",
        "certainty: expected met, is barred",
        "gain: expected met, is unmet",
        "within-trial: unmet ({requested_units: 7})",
        "1 situation of 1 topic, 1 failed.",
    ):
        assert line in result.output


def test_criteria_that_nothing_tries_are_listed(one_topic_rules: Path) -> None:
    """The coverage names the criterion and the state that no situation shows."""
    write(one_topic_rules, PASSES)
    output = run(one_topic_rules, "--coverage", "test-2016/acupuncture").output
    assert "no situation has 'gain' unmet" in output
    assert "no situation has 'within-trial' unmet" in output
    assert "'gain' met" not in output


@pytest.mark.parametrize(
    ("old", "new", "place", "code"),
    [
        ("functional_improvement", "functional_improvment", "3:13", "unknown-name"),
        (": yes", ": maybe", "3:13", "wrong-type"),
        ("requested_units: 6", "requested_units: six", "3:42", "wrong-type"),
        ("gain: met", "gian: met", "4:65", "unknown-name"),
        ("prediction: overturned", "prediction: granted", "4:14", "wrong-type"),
        ("    facts", "    on: 2018-01-01\n    facts", "3:5", "inconsistent"),
        ("    facts", "    fact: {}\n    facts", "3:5", "unknown-name"),
    ],
)
def test_a_mistake_in_a_situation_is_refused_where_it_stands(
    one_topic_rules: Path, old: str, new: str, place: str, code: str
) -> None:
    """File, line and column, and the kind of mistake."""
    write(one_topic_rules, PASSES.replace(old, new, 1))
    result = run(one_topic_rules)
    assert isinstance(result.exception, PackErrors)
    assert f"topic.situations.yaml:{place}: error[{code}]" in str(result.exception)


def test_situations_beside_no_topic_are_refused(one_topic_rules: Path) -> None:
    """A misspelt file name would otherwise leave its tests unrun."""
    write(one_topic_rules, PASSES)
    folder = one_topic_rules / "guidelines" / "test-2016"
    (folder / "topic.situations.yaml").rename(folder / "topics.situations.yaml")
    result = run(one_topic_rules)
    assert isinstance(result.exception, PackErrors)
    assert "stands beside no topic" in str(result.exception)
