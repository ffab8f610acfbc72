"""``imr-rules sql``: a topic as SQL, to run where the facts already are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cli.options import as_of_option, out_option, rules_option
from imr_rules.cli.output import output_to
from imr_rules.errors import UnknownNameError
from imr_rules.knowledge import load_knowledge


@click.command("sql")
@click.argument("topic")
@click.option(
    "--dialect",
    type=click.Choice(["duckdb", "postgres", "snowflake", "bigquery", "spark"]),
    default="duckdb",
    show_default=True,
)
@as_of_option
@rules_option
@out_option
def command(
    topic: str, dialect: str, as_of: date | None, rules: Path | None, out: Path | None
) -> None:
    """Print TOPIC as SQL over a table of facts: each criterion, and what follows from them.

    TOPIC is a topic's id, or EDITION/TOPIC where several editions have one. Every edition that
    has it is printed. Criteria are true, false or null for unknown.
    """
    from imr_rules.engines.table.sql import Dialect
    from imr_rules.table.statement import topic_statement

    knowledge = load_knowledge(rules)
    wanted_edition, _, name = topic.rpartition("/")
    found = [
        (edition, edition.topics[name])
        for edition in knowledge.library.in_search_order()
        if name in edition.topics and wanted_edition in ("", edition.id)
        if as_of is None or edition.is_in_force(as_of)
    ]
    if not found:
        known = {t for edition in knowledge.library.editions.values() for t in edition.topics}
        raise UnknownNameError("topic", topic, known)
    with output_to(out) as stream:
        for edition, entry in found:
            stream.write(topic_statement(edition, entry, knowledge, Dialect(dialect)) + "\n")
