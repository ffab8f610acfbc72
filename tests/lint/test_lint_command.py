"""``imr-rules lint``: each kind of finding, told with its place, level and example."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.lint.conftest import TOPIC

from imr_rules.cli.main import group
from imr_rules.errors import MissingExtraError, PackErrors

pytest.importorskip("z3", reason="lint needs the solver (extra prove)")

SITUATIONS = """\
situations:
  - name: Six visits without a gain are a trial.
    facts: {functional_improvement: no, requested_units: 6}
    expect: {prediction: overturned}
  - name: Seven visits on a gain are enough.
    facts: {functional_improvement: yes, requested_units: 7}
    expect: {prediction: overturned}
"""


def run(rules: Path, *arguments: str) -> Result:
    return CliRunner().invoke(group, ["lint", "--rules", str(rules), *arguments])


def lint(rules: Path, topic: str, situations: str = SITUATIONS) -> Result:
    folder = rules / "guidelines" / "test-2016"
    (folder / "topic.yaml").write_text(topic, encoding="utf-8")
    (folder / "topic.situations.yaml").write_text(situations, encoding="utf-8")
    return run(rules, "--level", "warning")


def test_a_sound_pack_ends_with_status_0(one_topic_rules: Path) -> None:
    """Facts without a criterion and treatments without a topic are information."""
    result = lint(one_topic_rules, TOPIC)
    assert 0 == result.exit_code, result.output
    assert result.output.startswith("0 error, 0 warning, ")


BAR_GAIN = "bars: [gain]\n"
DENIED = TOPIC.replace("    requires: [gain]", "    requires: [gain, no-gain]").replace(
    "routes:",
    "  no-gain:\n    statement: Function did not improve.\n    question: Is it so?\n"
    "    when: {not: {fact: functional_improvement, is: yes}}\n    unverified: true\nroutes:",
)


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        (DENIED, "error[unreachable-route]: test-2016/acupuncture: no fact sheet satisfies route"),
        (TOPIC + BAR_GAIN, "defeats it; while functional_improvement is left unsaid it succeeds"),
        (TOPIC + BAR_GAIN, "facts: {requested_units: 6, functional_improvement: yes}"),
        (
            TOPIC.replace("requires: [gain]", "requires: [gain, within-trial]"),
            "warning[idle-criterion]: test-2016/acupuncture: criterion 'gain' never changes",
        ),
        (
            TOPIC + "hurts_by_design: {functional_improvement: It does not.}\n",
            "warning[needless-exception]",
        ),
        (
            TOPIC.replace("Did function improve?", "By how much did function improve?"),
            "topic.yaml:8:3: warning[open-question]: test-2016/acupuncture: the question of 'gain'",
        ),
    ],
)
def test_a_proven_fault_is_told(one_topic_rules: Path, topic: str, words: str) -> None:
    """Exit status 1 and a line that says what was proven."""
    result = lint(one_topic_rules, topic)
    assert 1 == result.exit_code
    assert words in result.output


def test_a_reason_given_settles_documentation_that_hurts(one_topic_rules: Path) -> None:
    """What the topic names as meant is no finding."""
    reason = "hurts_by_design: {functional_improvement: A test of the exception.}\n"
    assert "documentation-hurts" not in lint(one_topic_rules, TOPIC + BAR_GAIN + reason).output


def test_a_reason_for_a_fact_that_the_topic_does_not_read_is_refused(
    one_topic_rules: Path,
) -> None:
    """The exception names a fact of this topic."""
    result = lint(one_topic_rules, TOPIC + "hurts_by_design: {pain_reduction: No.}\n")
    assert isinstance(result.exception, PackErrors)
    assert "fact of this topic 'pain_reduction' is not defined" in str(result.exception)


def test_a_threshold_without_its_boundary_is_told_with_a_test_to_paste(
    one_topic_rules: Path,
) -> None:
    """The number itself and the one just beyond are both to be tried."""
    result = lint(
        one_topic_rules, TOPIC, SITUATIONS.replace("requested_units: 7", "requested_units: 9")
    )
    assert "requested_units just beyond the threshold of 'within-trial', at most 6" in result.output
    assert "facts: {functional_improvement: no, requested_units: 7}" in result.output


def test_a_parameter_that_nothing_names_is_told_where_it_stands(one_topic_rules: Path) -> None:
    """The parameter, with file and line."""
    path = one_topic_rules / "guidelines" / "test-2016" / "parameters" / "visits.yaml"
    path.write_text(
        path.read_text(encoding="utf-8")
        + "idle:\n  unit: visits\n  description: None\n  source: test\n"
        '  values: {"2016-07-28": 6}\n',
        encoding="utf-8",
    )
    assert "visits.yaml:6:1: warning[unused-parameter]" in lint(one_topic_rules, TOPIC).output


def test_a_topic_without_situations_is_told(one_topic_rules: Path) -> None:
    """Nothing tests it."""
    assert "warning[no-situations]" in run(one_topic_rules).output


def test_two_topics_for_one_request_are_told(one_topic_rules: Path) -> None:
    """A pair whose applies_to differ, but that name the same treatment equally closely."""
    folder = one_topic_rules / "guidelines" / "test-2016"
    other = TOPIC.replace("topic: acupuncture", "topic: needles").replace(
        "treatment: acupuncture", "treatment: [acupuncture, massage]"
    )
    (folder / "other.yaml").write_text(other, encoding="utf-8")
    assert "warning[overlap]" in run(one_topic_rules).output


def test_gaps_name_treatments_and_days(one_topic_rules: Path) -> None:
    """A treatment without a topic is told with the days."""
    lines = [line for line in run(one_topic_rules).output.splitlines() if "info[gap]" in line]
    assert any("massage" in line and "2016-07-28" in line for line in lines)
    assert not any("acupuncture," in line for line in lines)


def test_findings_as_json_carry_place_and_example(one_topic_rules: Path) -> None:
    """Programs read kind, level, path, line and the example's facts."""
    lint(one_topic_rules, TOPIC + BAR_GAIN)
    found = json.loads(run(one_topic_rules, "--format", "json").output)
    assert "imr.lint.v1" == found["format"]
    hurts = [f for f in found["findings"] if f["kind"] == "documentation-hurts"]
    assert [("warning", 8, "upheld")] == [
        (f["level"], f["line"], f["example"]["expect"]["prediction"]) for f in hurts
    ]


def test_without_the_solver_lint_says_what_to_install(
    one_topic_rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence with the command, no traceback."""
    monkeypatch.setitem(sys.modules, "z3", None)
    result = run(one_topic_rules)
    assert isinstance(result.exception, MissingExtraError)
    assert "pip install 'imr-rules[prove]'" in str(result.exception)
