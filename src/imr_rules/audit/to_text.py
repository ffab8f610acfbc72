"""An audit → what a person reads in a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from imr_rules.audit.audit import Audit
from imr_rules.audit.model import Kind, Severity
from imr_rules.counted import counted
from imr_rules.facts.model import Basis
from imr_rules.notice import NOTICE

_SHOWN = (
    ("agreement", "agreement"),
    ("balanced_accuracy", "balanced accuracy"),
    ("recall_overturned", "recall of overturned"),
    ("precision_overturned", "precision of overturned"),
    ("mcc", "Matthews correlation"),
    ("cohen_kappa", "Cohen's kappa"),
    ("gwet_ac1", "Gwet's AC1"),
    ("auc", "area under the curve"),
    ("brier", "Brier score"),
)


def audit_text(audit: Audit) -> RenderableType:
    """Return the scores of both bases side by side, the counts of findings, and the notice."""
    scores = audit.scores
    head = Text(
        f"{counted(scores['letters'], 'determination')}, {counted(scores['items'], 'item')}, "
        f"{scores['overturned']} of {counted(scores['decided'], 'decided item')} overturned"
    )
    return Group(head, Text(), _scores(scores), Text(), _findings(audit), Text(NOTICE, style="dim"))


def _scores(scores: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("against the decisions")
    for basis in Basis:
        table.add_column(f"{basis.value} basis", justify="right")
    bases = [scores["bases"][basis.value] for basis in Basis]
    table.add_row("always upheld (base rate)", *(_percent(b["base_rate"]["rate"]) for b in bases))
    for name, title in _SHOWN:
        table.add_row(title, *(_with_interval(b["scores"][name]) for b in bases))
    table.add_row("coverage", *(_percent(b["coverage"]["rate"]) for b in bases))
    return table


def _with_interval(score: dict[str, Any]) -> str:
    if score["value"] is None:
        return "not defined"
    value = f"{score['value']:.3f}"
    if score["interval"] is None:
        return f"{value}  (no interval)"
    low, high = score["interval"]
    return f"{value}  ({low:.3f} to {high:.3f})"


def _percent(rate: float | None) -> str:
    return "not defined" if rate is None else f"{rate:.1%}"


def _findings(audit: Audit) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("findings")
    for severity in Severity:
        table.add_column(severity.value, justify="right")
    for kind in Kind:
        counts = [str(audit.counts.get((kind, severity)) or "") for severity in Severity]
        told = counts if kind in audit.sought else ["not looked for", "", ""]
        table.add_row(kind.value.replace("_", " "), *told)
    return table
