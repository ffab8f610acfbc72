"""``imr-rules test``: run the situations that stand beside the topics."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import rich_click as click

from imr_rules.cli.options import rules_option
from imr_rules.counted import counted
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import UnknownNameError
from imr_rules.guidelines.model import Topic
from imr_rules.guidelines.situations import load_situations
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.lint.situation_run import run_situation, unexercised
from imr_rules.lint.situations_text import count_line, coverage_lines, failure_lines

_LISTED = "imr-rules show lists the editions, each with its topics: name EDITION, or EDITION/TOPIC."


@click.command("test")
@click.argument("names", nargs=-1, metavar="[EDITION/TOPIC]...")
@click.option(
    "--coverage", is_flag=True, help="List the criteria that no situation has met, or unmet."
)
@rules_option
def command(names: tuple[str, ...], coverage: bool, rules: Path | None) -> None:
    """Run the pack tests of every topic, or of the topics named (an edition, or EDITION/TOPIC).

    Exit status 1 when a situation fails, 2 when a pack or a situation cannot be read.
    """
    knowledge = load_knowledge(rules)
    topics = _chosen(knowledge, names)
    wanted = {(topic.edition, topic.id) for topic in topics}
    engine = ReferenceEngine()
    runs = [
        run_situation(situation, engine)
        for situation in load_situations(knowledge.library, knowledge.folder)
        if (situation.topic.edition, situation.topic.id) in wanted
    ]
    for run in runs:
        if not run.passed:
            for line in failure_lines(run):
                click.echo(line)
    if coverage:
        gaps = list(unexercised(topics, runs))
        for line in coverage_lines(gaps):
            click.echo(line)
        click.echo(f"{counted(len(gaps), 'gap')} in what the situations exercise.")
    click.echo(count_line(runs, len(topics)))
    if not all(run.passed for run in runs):
        sys.exit(1)


def _chosen(knowledge: Knowledge, names: Sequence[str]) -> list[Topic]:
    """Return the topics that *names* name; all of them without names.

    Raises:
        UnknownNameError: a name is neither an edition nor EDITION/TOPIC.
    """
    topics = list(knowledge.library.topics())
    if not names:
        return topics
    full = {f"{topic.edition}/{topic.id}": topic for topic in topics}
    chosen: list[Topic] = []
    for name in names:
        if edition := knowledge.library.edition_named(name):
            chosen.extend(topic for topic in topics if topic.edition == edition.id)
        elif name.lower() in full:
            chosen.append(full[name.lower()])
        else:
            known = (*knowledge.library.editions, *full)
            raise UnknownNameError("edition or topic", name, known, otherwise=_LISTED)
    return chosen
