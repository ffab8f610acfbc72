"""``imr-rules show``: read the knowledge aloud."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import rich_click as click

from imr_rules.cli.options import as_of_option_of, rules_option
from imr_rules.explain.knowledge_text import knowledge_overview, knowledge_text
from imr_rules.explain.to_text import make_console
from imr_rules.knowledge import load_knowledge
from imr_rules.notice import NOTICE


@click.command("show")
@click.argument("name", required=False, metavar="[TOPIC|FACT|TREATMENT]")
@as_of_option_of("every edition; of a treatment, today's")
@rules_option
def command(name: str | None, as_of: date | None, rules: Path | None) -> None:
    """Show a topic, a fact or a treatment ("Norco 10/325 #120"); without a name, everything."""
    knowledge = load_knowledge(rules)
    console = make_console(sys.stdout)
    if name is None:
        console.print(knowledge_overview(knowledge, as_of))
    else:
        console.print(knowledge_text(name, knowledge, as_of, today=date.today()))
    console.print(NOTICE, style="dim")
