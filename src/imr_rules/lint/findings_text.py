"""Findings as lines of text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from imr_rules.lint.model import Example, Level, LintFinding
from imr_rules.lint.situations_text import facts_flow


def finding_lines(finding: LintFinding) -> Iterator[str]:
    """Yield *finding* as one line, and its example as a pack test that can be pasted."""
    place = f"{finding.at}: " if finding.at else ""
    what = f"{finding.level.value}[{finding.kind.value}]"
    yield f"{place}{what}: {finding.subject}: {finding.message}"
    if finding.example:
        for line in example_yaml(finding.example):
            yield f"    {line}"


def example_yaml(example: Example) -> Iterator[str]:
    """Yield *example* as an entry of a situations file."""
    name = example.name.replace('"', "'")
    yield f'- name: "{name}"'
    yield f"  facts: {facts_flow(example.facts)}"
    yield f"  on: {example.on}"
    yield f"  expect: {{prediction: {example.prediction}, certainty: {example.certainty}}}"


def summary_line(findings: Sequence[LintFinding]) -> str:
    """Return how many findings there are of each level."""
    counts = Counter(finding.level for finding in findings)
    return ", ".join(f"{counts[level]} {level.value}" for level in Level) + "."


def finding_to_json(finding: LintFinding) -> dict[str, Any]:
    """Return *finding* as JSON data."""
    example = finding.example
    return {
        "kind": finding.kind.value,
        "level": finding.level.value,
        "subject": finding.subject,
        "message": finding.message,
        "path": str(finding.at.path) if finding.at else None,
        "line": finding.at.line if finding.at else None,
        "column": finding.at.column if finding.at else None,
        "example": example
        and {
            "name": example.name,
            "facts": dict(example.facts),
            "on": example.on.isoformat(),
            "expect": {"prediction": example.prediction, "certainty": example.certainty},
        },
    }
