"""What flips → what a person reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from imr_rules.counted import counted
from imr_rules.explain.to_text import title_shown
from imr_rules.notice import NOTICE
from imr_rules.whatif.model import WhatIf, named

_EXAMPLES = 3


def comparison_text(found: WhatIf) -> RenderableType:
    """Return the flips of a changed pack, item by item and by criterion."""
    parts: list[RenderableType] = [
        Text(f"{found.flips} of {found.items} predictions flip ({found.basis.value} basis).")
    ]
    # Of a corpus only examples are named, and they stand with the criteria below.
    told = found.flipped if len(found.flipped) == found.flips else ()
    for item in told:
        line = Text(f"{item.name} {title_shown(item.title)}: ")
        line.append(f"{item.before} → {item.after}", style="bold")
        line.append(f", decided {item.actual or 'not yet'}")
        line.append(f" ({', '.join(item.criteria)})", style="dim")
        parts.append(line)
    if found.criteria:
        parts += [Text(), *criteria_lines(found)]
    for word, names in (("only after", found.appeared), ("only before", found.vanished)):
        if names:
            parts.append(Text(f"read {word} the change: {', '.join(names)}", style="yellow"))
    return Group(*parts, Text(NOTICE, style="dim"))


def ablation_text(found: WhatIf) -> RenderableType:
    """Return how many decisions each criterion holds up, those that hold none counted only."""
    idle = sum(not change.counts.flips for change in found.criteria)
    return Group(
        Text(
            f"{len(found.criteria)} criteria left out one by one, {counted(found.items, 'item')}, "
            f"{found.basis.value} basis."
        ),
        *criteria_lines(found),
        Text(f"{idle} criteria hold up no decision here.", style="dim"),
        Text(NOTICE, style="dim"),
    )


def criteria_lines(found: WhatIf) -> Iterator[RenderableType]:
    """Yield the criteria that flip something, most flips first, each with its counts below it.

    A name has a line of its own: beside columns of numbers it would be broken within its words,
    and could be neither read, copied nor searched for. *agreement* tells whether the change agrees
    better (+) or worse (-) with what was decided. More can flip than come under the topic: what
    goes with these.
    """
    for change in found.criteria:
        counts = change.counts
        if counts.flips:
            yield Text(change.criterion, style="bold")
            told = (
                f"{counts.flips} flip: {counts.to_overturned} overturned, "
                f"{counts.to_upheld} upheld, agreement {counts.gains:+d}, "
                f"{counted(change.governed, 'item')} under its topic "
                f"({named(change, _EXAMPLES)})"
            )
            yield Padding(Text(told), (0, 0, 0, 4))
