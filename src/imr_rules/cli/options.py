"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from imr_rules.cases.dates import far_ahead

F = TypeVar("F", bound=Callable[..., Any])


def paths_argument(function: F) -> F:
    """``PATH...``: letters, cases, extracted lines, or folders of them."""
    return click.argument(
        "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
    )(function)


def as_of_option(function: F) -> F:
    """``--as-of DATE``, for commands that decide: without it, the day that the law says."""
    return as_of_option_of("the utilization review decision")(function)


def as_of_option_of(default: str) -> Callable[[F], F]:
    """``--as-of DATE``: the day whose guidelines govern; *default* says what does without it."""
    return click.option(
        "--as-of",
        type=click.DateTime(formats=["%Y-%m-%d"]),
        callback=_as_date,
        metavar="YYYY-MM-DD",
        help=f"The day whose guidelines govern [default: {default}].",
    )


def _as_date(_context: click.Context, _parameter: click.Parameter, value: Any) -> date | None:
    if not isinstance(value, datetime):
        return None
    day = value.date()
    warn_if_far_ahead(day)
    return day


def warn_if_far_ahead(day: date) -> None:
    """Say on stderr that what will be in force more than a year from now is not known today."""
    if warning := far_ahead(day, today=date.today()):
        click.echo(f"Warning: {warning}", err=True)


def engine_option(function: F) -> F:
    """``--engine NAME``: what decides."""
    return engine_option_of("table for PATH.parquet, which decides nothing else")(function)


def engine_option_of(tables: str) -> Callable[[F], F]:
    """``--engine NAME``: what decides; *tables* says what the table engine takes."""
    return click.option(
        "--engine",
        type=click.Choice(["durable", "reference", "table"]),
        default=None,
        help=f"[default: durable, checked against reference; {tables}]",
    )


def backend_option(function: F) -> F:
    """``--backend NAME``: where the table engine decides."""
    return click.option(
        "--backend",
        metavar="polars|duckdb|spark://MASTER",
        help="Where the table engine runs [default: polars].",
    )(function)


def backend_of_tables(engine: str | None, backend: str | None, paths: Sequence[Path]) -> str | None:
    """Return where the table engine runs; None where it is not asked for.

    It is asked for by its name, or by the ending of one of *paths*.

    Raises:
        UsageError: a *backend* is named and nothing would run on it, or an *engine* that decides
            no tables.
    """
    # By the ending, as polars takes a while to load and letters do without it.
    if engine == "table" or any(path.suffix.lower() == ".parquet" for path in paths):
        if engine not in (None, "table"):
            raise click.UsageError("Facts tables (PATH.parquet) are decided by --engine table.")
        return backend or "polars"
    if backend is not None:
        raise click.UsageError("--backend goes with facts tables (PATH.parquet).")
    return None


def rules_option(function: F) -> F:
    """``--rules DIR``: another rules folder than the one that ships."""
    return click.option(
        "--rules",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        help="Use this rules folder instead of the one that ships.",
    )(function)


def out_option(function: F) -> F:
    """``--out FILE``: write there instead of the terminal."""
    return click.option(
        "--out",
        type=click.Path(path_type=Path),
        help="Write to this file instead of the terminal.",
    )(function)


def index_option(function: F) -> F:
    """``--index FILE``: the Division's decision-search export, to be held against the letters."""
    return click.option(
        "--index",
        type=click.Path(path_type=Path, dir_okay=False, exists=True),
        help="The Division's decision-search export (CSV): report what either side lacks.",
    )(function)


def lang_option(function: F) -> F:
    """``--lang en|es``: the language of the fixed words."""
    return click.option(
        "--lang",
        default="en",
        show_default=True,
        metavar="en|es",
        help="The language of the fixed words; questions stay as their pack has them.",
    )(function)
