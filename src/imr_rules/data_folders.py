"""Where the knowledge and the gold cases stand: in the checkout, or inside the installed wheel."""

from __future__ import annotations

from pathlib import Path

from imr_rules.errors import ImrRulesError, Location

_PACKAGE = Path(__file__).resolve().parent


def rules_folder() -> Path:
    """Return the folder of the rules that ship with this installation."""
    return _shipped("rules")


def cases_folder() -> Path:
    """Return the folder of the cases that ship with this installation."""
    return _shipped("cases")


def _shipped(name: str) -> Path:
    for folder in (_PACKAGE / "shipped" / name, _PACKAGE.parents[1] / name):
        if folder.is_dir():
            return folder
    raise ImrRulesError(
        f"this installation carries no {name}/ folder.",
        at=Location(_PACKAGE),
        hint="Install the package again, or name a folder.",
    )
