"""``imr-rules synthetic``: a made-up facts table of any size, to measure with."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from imr_rules.cli.options import rules_option
from imr_rules.errors import InputError, Location
from imr_rules.knowledge import load_knowledge


@click.command("synthetic")
@click.option("--items", type=click.IntRange(min=1), default=100_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--mix",
    type=click.Choice(["cases", "packs"]),
    default="cases",
    show_default=True,
    help="Items as decided cases have them, or of every topic that ships as often.",
)
@rules_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FACTS.parquet")
def command(items: int, seed: int, mix: str, rules: Path | None, out: Path) -> None:
    """Make a facts table of made-up items, to measure with.

    They are mixed from decided items that ship, on both bases; letters, numbers and dates are
    invented.
    """
    from imr_rules.table.parts import PARTITIONED, is_table, whole_table, write_parts
    from imr_rules.table.synthetic import rows_of_cases, rows_of_packs, synthetic_parts

    if not is_table(out):
        raise InputError(
            "is no name for a facts table.", at=Location(out), hint="End it in .parquet."
        )
    knowledge = load_knowledge(rules)
    like = rows_of_cases(knowledge) if mix == "cases" else rows_of_packs(knowledge, 4, seed)
    with whole_table(out, PARTITIONED) as unfinished:
        for number, part in enumerate(synthetic_parts(like, knowledge, items, seed)):
            write_parts(part, unfinished, f"part-{number:06d}")
    click.echo(f"{out}: {items} made-up items.", err=True)
