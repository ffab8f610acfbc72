"""The command ``imr-rules``: one file per subcommand, loaded when it is called."""

from imr_rules.cli.main import main

__all__ = ["main"]
