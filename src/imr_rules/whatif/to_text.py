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
        Text(f"{found.flips} of {found.items} predictions flip ({found.basis.value} basis).")
    ]
    # Of a corpus only examples are named, and they stand in the table below.
    told = found.flipped if len(found.flipped) == found.flips else ()
    for item in told:
        line = Text(f"{item.name} {item.title}: ")
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
    idle = sum(not change.counts.flips for change in found.criteria)
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
        if change.counts.flips:
            table.add_row(
                change.criterion,
                str(change.counts.flips),
                str(change.governed),
                str(change.counts.to_overturned),
                str(change.counts.to_upheld),
                f"{change.counts.gains:+d}",
                named(change, _EXAMPLES),
            )
    return table
