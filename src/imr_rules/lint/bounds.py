"""Whether ``barred`` and ``undocumented`` are what documents would show.

``undocumented`` says that some way of settling the open facts overturns the denial, ``barred`` that
none does. The engines work this out up to a bound of effort (``engines/settling.py``), the diagrams
here in another way and without one: where they differ the bound was met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imr_rules.engines.symbolic import SymbolicTopic
from imr_rules.lint.diagram import Diagrams
from imr_rules.lint.prover import Cells


@dataclass(frozen=True, slots=True)
class InexactBound:
    """On *sheet* an ``upheld`` is called barred though documents could overturn it, or not."""

    said_barred: bool
    sheet: Cells


def inexact_bounds(symbolic: SymbolicTopic) -> Iterator[InexactBound]:
    """Yield a sheet for each of the two certainties that some documents would belie."""
    diagrams = Diagrams(symbolic)
    recommended = diagrams.draw(symbolic.recommended)
    hopeful = diagrams.draw(symbolic.in_favour)
    attainable = diagrams.once_settled(recommended)
    missed = diagrams.example(diagrams.without(attainable, hopeful))
    if missed is not None:
        yield InexactBound(True, missed)
    promised = diagrams.example(diagrams.without(hopeful, attainable))
    if promised is not None:
        yield InexactBound(False, promised)
