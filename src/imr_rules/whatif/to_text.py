"""What flips → what a person reads in a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from imr_rules.explain.model import NOTICE
from imr_rules.whatif.model import WhatIf, named

_EXAMPLES = 3


def comparison_text(found: WhatIf) -> RenderableType:
    """Return the flips of a changed pack, item by item and by criterion."""
    parts: list[RenderableType] = [
        Text(f"{len(found.flipped)} of {found.items} predictions flip ({found.basis.value} basis).")
    ]
    for item in found.flipped:
        line = Text(f"{item.case_number}.{item.item} {item.title}: ")
        line.append(f"{item.before} → {item.after}", style="bold")
        line.append(f", decided {item.actual or 'not yet'}")
        line.append(f" ({', '.join(item.criteria)})", style="dim")
        parts.append(line)
    if found.criteria:
        parts += [Text(), criteria_table(found)]
    for word, names in (("only after", found.appeared), ("only before", found.vanished)):
        if names:
            parts.append(Text(f"read {word} the change: {', '.join(names)}", style="yellow"))
    return Group(*parts, Text(NOTICE, style="dim"))


def ablation_text(found: WhatIf) -> RenderableType:
    """Return how many decisions each criterion holds up, those that hold none counted only."""
    idle = sum(not change.flipped for change in found.criteria)
    return Group(
        Text(
            f"{len(found.criteria)} criteria left out one by one, {found.items} items, "
            f"{found.basis.value} basis."
        ),
        criteria_table(found),
        Text(f"{idle} criteria hold up no decision here.", style="dim"),
        Text(NOTICE, style="dim"),
    )


def criteria_table(found: WhatIf) -> Table:
    """Return the criteria that flip something, most flips first.

    The last number tells whether the change agrees better (+) or worse (-) with what was decided.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("criterion", overflow="fold")
    for heading in ("flips", "of", "overturned", "upheld", "agreement"):
        table.add_column(heading, justify="right")
    table.add_column("examples", overflow="fold")
    for change in found.criteria:
        if change.flipped:
            table.add_row(
                change.criterion,
                str(len(change.flipped)),
                str(change.governed),
                str(change.to_overturned),
                str(change.to_upheld),
                f"{change.gains:+d}",
                named(change.flipped, _EXAMPLES),
            )
    return table
