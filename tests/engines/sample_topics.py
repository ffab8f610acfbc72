"""Topics made by hand for single points, each as short as its point allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.engines.strategies import FIRST_DAY

from imr_rules.guidelines.model import (
    AllReq,
    Applies,
    Bar,
    Citation,
    Condition,
    Criterion,
    Parameter,
    Ref,
    Requirement,
    Route,
    Stance,
    Standing,
    Topic,
)


def criterion(name: str, when: Condition, *, presumed: bool = False) -> Criterion:
    """Return a criterion *name* that holds *when*."""
    return Criterion(
        id=name,
        statement=f"{name}.",
        question=f"{name}?",
        when=when,
        cite=Citation("Sample"),
        standing=Standing.BACKGROUND,
        presumed=presumed,
    )


def topic(
    criteria: Sequence[Criterion],
    *,
    requires: Requirement | None = None,
    bars: Sequence[Bar] = (),
    name: str = "sample",
) -> Topic:
    """Return a topic with one route, by default requiring every criterion that does not bar."""
    barring = {bar.criterion for bar in bars}
    every = AllReq(tuple(Ref(c.id) for c in criteria if c.id not in barring))
    return Topic(
        id=name,
        title=name,
        about=name,
        edition="sample",
        applies_to=Applies(("massage",)),
        stance=Stance.RECOMMENDED_IF,
        cite=Citation("Sample"),
        criteria={c.id: c for c in criteria},
        routes=(Route("only", "The only way", (), requires or every),),
        bars=tuple(bars),
    )


def threshold(
    number: float, *, table: Mapping[str, float] | None = None, by: str = ""
) -> Parameter:
    """Return a parameter ``p`` that is *number* from the first day on."""
    return Parameter(
        id="p",
        unit="visits",
        description="p",
        source="p",
        values=((FIRST_DAY, number),),
        by=by,
        table={key: ((FIRST_DAY, value),) for key, value in (table or {}).items()},
    )
