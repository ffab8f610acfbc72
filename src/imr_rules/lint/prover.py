"""Proofs by solver: a fact sheet that makes a formula true, or the certainty that there is none."""

from __future__ import annotations

from typing import Any

from imr_rules.engines.cells import MISSING, SILENT, FactCells
from imr_rules.engines.formula import ALWAYS, NEVER, Enough, Formula, InCells, holds
from imr_rules.engines.symbolic import SymbolicTopic
from imr_rules.errors import MissingExtraError
from imr_rules.facts.model import UNDOCUMENTED, Value

Cells = tuple[int, ...]
"""The cell of each fact of a topic, by its number."""


def require_solver() -> Any:
    """Return the z3 module.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import z3
    except ImportError:
        raise MissingExtraError(
            "lint proves what it says with the z3 solver, which is not installed.",
            hint="Install it with: pip install 'imr-rules[prove]'",
        ) from None
    return z3


class _SheetVariables:
    """The solver's variables for one sheet: by fact and cell, whether the fact lies in it."""

    def __init__(self, z3: Any, symbolic: SymbolicTopic) -> None:
        self._z3 = z3
        self._symbolic = symbolic
        self._terms: dict[Formula, Any] = {}
        self.lies_in: list[dict[int, Any]] = [
            {place: z3.Bool(f"{number}:{place}") for place in possible_cells(cells)}
            for number, cells in enumerate(symbolic.cells[fact] for fact in symbolic.facts)
        ]

    @property
    def well_formed(self) -> list[Any]:
        """That every fact lies in exactly one cell."""
        return [
            self._z3.PbEq([(term, 1) for term in lies_in.values()], 1) for lies_in in self.lies_in
        ]

    def term(self, formula: Formula) -> Any:
        """Return *formula* about this sheet."""
        if formula <= ALWAYS:
            return self._z3.BoolVal(formula == ALWAYS)
        term = self._terms.get(formula)
        if term is None:
            match self._symbolic.formulas.node(formula):
                case InCells(fact=fact, cells=mask):
                    term = self._z3.Or(
                        [t for place, t in self.lies_in[fact].items() if mask >> place & 1]
                    )
                case Enough(count=count, parts=parts):
                    terms = [self.term(part) for part in parts]
                    if count == 1:
                        term = self._z3.Or(terms)
                    elif count == len(terms):
                        term = self._z3.And(terms)
                    else:
                        term = self._z3.PbGe([(part, 1) for part in terms], count)
            self._terms[formula] = term
        return term

    def cells(self, model: Any) -> Cells:
        """Return the sheet that the solver found."""
        return tuple(
            next(
                place
                for place, term in lies_in.items()
                if self._z3.is_true(model.eval(term, model_completion=True))
            )
            for lies_in in self.lies_in
        )


class Prover:
    """Answers questions about the fact sheets of one topic on one day.

    A sheet leaves each fact silent, says that it is undocumented, or gives it a value that the
    vocabulary allows.
    """

    def __init__(self, symbolic: SymbolicTopic) -> None:
        self.symbolic = symbolic
        self._z3 = require_solver()
        self._solver = self._z3.SolverFor("QF_FD")
        self._sheet = _SheetVariables(self._z3, symbolic)
        self._solver.add(self._sheet.well_formed)

    def example(self, formula: Formula) -> Cells | None:
        """Return a sheet on which *formula* holds, as silent as can be; None if there is none."""
        if formula == NEVER:
            return None
        self._solver.push()
        self._solver.add(self._sheet.term(formula))
        # Over finite domains the solver always decides: there is no third answer.
        found = self._solver.check() == self._z3.sat
        cells = self._sheet.cells(self._solver.model()) if found else None
        self._solver.pop()
        return None if cells is None else self._quietest(formula, cells)

    def can_hold(self, formula: Formula) -> bool:
        """Tell whether *formula* holds on any sheet."""
        return self.example(formula) is not None

    def _quietest(self, formula: Formula, cells: Cells) -> Cells:
        """Silence every fact of *cells* that *formula* does not need."""
        for number in range(len(cells)):
            quieter = (*cells[:number], SILENT, *cells[number + 1 :])
            if holds(self.symbolic.formulas, formula, quieter):
                cells = quieter
        return cells

    def sheet(self, cells: Cells) -> dict[str, Value]:
        """Return *cells* as a fact sheet."""
        values: dict[str, Value] = {}
        for fact, place in zip(self.symbolic.facts, cells, strict=True):
            if place == MISSING:
                values[fact] = UNDOCUMENTED
            elif place != SILENT:
                values[fact] = self.symbolic.cells[fact].cells[place].offers[0]
        return values


def possible_cells(cells: FactCells) -> tuple[int, ...]:
    """Return the cells that a sheet of the vocabulary can put a fact into."""
    return (SILENT, MISSING, *cells.offered)
