"""``imr-rules lint``: what is wrong, idle, missing or untried in the packs, proven by solver."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rich_click as click

from imr_rules.cli.options import rules_option
from imr_rules.knowledge import load_knowledge
from imr_rules.lint.findings_text import finding_lines, finding_to_json, summary_line
from imr_rules.lint.lint import lint
from imr_rules.lint.model import Level


@click.command("lint")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
)
@click.option(
    "--level",
    type=click.Choice([level.value for level in Level]),
    default=Level.INFO.value,
    show_default=True,
    help="Leave out what is less grave.",
)
@rules_option
def command(form: str, level: str, rules: Path | None) -> None:
    """Prove what can be proven of the packs, and list what needs mending.

    Exit status 1 when there is an error or a warning, 2 when a file of the folder cannot be read.
    """
    findings = lint(load_knowledge(rules))
    levels = tuple(Level)
    shown = [f for f in findings if levels.index(f.level) <= levels.index(Level(level))]
    if form == "json":
        lines = [finding_to_json(finding) for finding in shown]
        click.echo(json.dumps({"format": "imr.lint.v1", "findings": lines}, indent=2))
    else:
        for finding in shown:
            for line in finding_lines(finding):
                click.echo(line)
        click.echo(summary_line(findings))
    if any(finding.level is not Level.INFO for finding in findings):
        sys.exit(1)
