"""Jinja with everything escaped, missing names refused, and the filters of the templates."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imr_rules import __version__


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("imr_rules.audit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = words
    environment.filters["percent"] = percent
    environment.filters["number"] = number
    environment.filters["count"] = count
    environment.filters["between"] = between
    environment.filters["joined"] = joined
    environment.filters["drawing"] = drawing
    environment.globals["asset"] = asset
    environment.globals["version"] = __version__
    return environment


def render(template: str, **values: Any) -> str:
    """Render *template* of the report's folder with *values*; text is escaped throughout."""
    return _environment().get_template(template).render(**values)


def words(name: str) -> str:
    """An identifier as a reader says it: ``evidence_conflict`` is "evidence conflict"."""
    return name.replace("_", " ").replace("-", " ")


def percent(rate: float | None) -> str:
    """A share as a percentage with one decimal."""
    return "not defined" if rate is None else f"{rate * 100:.1f}\u00a0%"


def number(value: float | None) -> str:
    """A score with three decimals."""
    return "not defined" if value is None else f"{value:.3f}"


def count(n: int) -> str:
    """A whole number, thousands apart."""
    return f"{n:,}"


def between(interval: list[float] | None, form: str = "number") -> str:
    """An interval in the form of its rate; empty where there is none."""
    if interval is None:
        return "no interval"
    if form == "percent":
        return f"{interval[0] * 100:.1f} to {interval[1] * 100:.1f}\u00a0%"
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def joined(text: str) -> str:
    """A quotation on one line: letters are broken anywhere."""
    return " ".join(text.split())


def drawing(svg: str) -> Markup:
    """A chart that we drew: its words were escaped when it was drawn."""
    return Markup(svg)


def asset(name: str) -> Markup:
    """Return the style sheet or script *name*, written by us and so not escaped."""
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, name)
    return Markup(source)
