"""``imr-rules sql``: a topic as SQL, to run where the facts already are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cli.options import as_of_option_of, out_option, rules_option
from imr_rules.cli.output import output_to
from imr_rules.errors import UnknownNameError
from imr_rules.guidelines.library import is_in_force, not_in_force
from imr_rules.knowledge import load_knowledge


@click.command("sql")
@click.argument("topic")
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "postgres", "snowflake", "bigquery", "spark"]),
    default="duckdb",
    show_default=True,
)
@as_of_option_of("every edition that has the topic")
@rules_option
@out_option
def command(
    topic: str, dialect: str, as_of: date | None, rules: Path | None, out: Path | None
) -> None:
    """Print TOPIC as SQL over a table of facts: each criterion, and what follows from them.

    TOPIC is a topic's id, or EDITION/TOPIC where several editions have one. Every edition that
    has it is printed, with --as-of those in force on that day. Criteria
    are true, false or null for unknown.
    """
    from imr_rules.engines.table.sql import Dialect
    from imr_rules.table.statement import topic_statement

    knowledge = load_knowledge(rules)
    found = knowledge.library.topics_named(topic)
    if not found:
        known = knowledge.library.topic_names()
        raise UnknownNameError("topic", topic, known, otherwise="imr-rules show lists the topics.")
    in_force = [pair for pair in found if is_in_force(*pair, as_of)]
    if as_of is not None and not in_force:
        raise not_in_force(topic, found, as_of, hint="Leave --as-of out, or name a day of these.")
    with output_to(out) as stream:
        for edition, entry in in_force:
            stream.write(topic_statement(edition, entry, knowledge, Dialect(dialect)) + "\n")
