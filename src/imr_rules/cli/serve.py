"""``imr-rules serve``: preview and checklist as a page on this machine."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from imr_rules.cli.options import rules_option
from imr_rules.errors import MissingExtraError

_PORT = 8765


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=_PORT,
    show_default=True,
    help="Where to listen; 0 for any port that is free.",
)
@rules_option
def command(port: int, rules: Path | None) -> None:
    """Preview requests in a browser: paste or drop a record, answer what is open.

    Prints the address and answers until Ctrl-C, to this machine only. Nothing is kept, written
    or logged.
    """
    try:
        from imr_rules.serve.run import serve
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in ("waitress", "werkzeug"):
            raise
        raise MissingExtraError(
            f"the page needs the package {package}, which is not installed.",
            hint="Install it with: pip install 'imr-rules[serve]'",
        ) from None
    serve(port, rules, lambda address: click.echo(f"Open {address} (Ctrl-C ends it)"))
