"""``imr-rules schema``: the JSON Schema of what goes in and comes out."""

from __future__ import annotations

import json

import rich_click as click

from imr_rules.schemas import SCHEMAS, schema_of


@click.command("schema")
@click.argument("name", type=click.Choice(sorted(SCHEMAS)), required=False)
def command(name: str | None) -> None:
    """Print the JSON Schema called NAME; without a name, list what there is."""
    if name is None:
        for known, title in SCHEMAS.items():
            click.echo(f"{known}: {title}")
        return
    click.echo(json.dumps(schema_of(name), ensure_ascii=False, indent=2))
