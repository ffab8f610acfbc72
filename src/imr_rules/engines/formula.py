"""Formulas over cells of facts: "at least so many of these parts hold", and nothing else.

"All of", "any of" and "k of n" are one kind of node, and a negation is pushed down to the tests of
facts, where it is another set of cells. Equal formulas are one object, named by a whole number, so
that what was found out about one is found again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

NEVER = 0
ALWAYS = 1

Formula = int
"""A formula, as the :class:`Formulas` that made it knows it."""

Holds = Callable[[Sequence[int]], bool]
"""Whether a formula holds, given the cell of each fact by its number."""


@dataclass(frozen=True, slots=True)
class InCells:
    """The fact numbered *fact* lies in one of *cells*, one bit each."""

    fact: int
    cells: int


@dataclass(frozen=True, slots=True)
class Enough:
    """At least *count* of *parts* hold."""

    count: int
    parts: tuple[Formula, ...]


Node = InCells | Enough


class Formulas:
    """Formulas over facts with *all_cells* (by fact: every cell it can be in, one bit each)."""

    def __init__(self, all_cells: Sequence[int]) -> None:
        self.all_cells = tuple(all_cells)
        self._nodes: list[Node] = [Enough(1, ()), Enough(0, ())]
        self._names: dict[Node, Formula] = {}
        self._facts: list[int] = [0, 0]
        """By formula the facts it reads, one bit each."""
        self._given: dict[tuple[Formula, int, int], Formula] = {}

    def node(self, formula: Formula) -> Node:
        """Return what *formula* is made of."""
        return self._nodes[formula]

    def facts_of(self, formula: Formula) -> int:
        """Return the facts that *formula* reads, one bit each."""
        return self._facts[formula]

    def first_fact(self, formula: Formula) -> int:
        """Return the number of the first fact that *formula*, which is not settled, reads."""
        facts = self._facts[formula]
        return (facts & -facts).bit_length() - 1

    def in_cells(self, fact: int, cells: int) -> Formula:
        """Return that *fact* lies in one of *cells*."""
        if not cells:
            return NEVER
        if cells == self.all_cells[fact]:
            return ALWAYS
        return self._name(InCells(fact, cells), 1 << fact)

    def all_of(self, parts: Iterable[Formula]) -> Formula:
        """Return that every one of *parts* holds."""
        gathered = self._flat(parts, ALWAYS)
        if gathered is None:
            return NEVER
        joined = self._joined(gathered, int.__and__)
        return NEVER if joined is None else self._enough(len(joined), joined)

    def any_of(self, parts: Iterable[Formula]) -> Formula:
        """Return that one of *parts* holds."""
        gathered = self._flat(parts, NEVER)
        if gathered is None:
            return ALWAYS
        joined = self._joined(gathered, int.__or__)
        return ALWAYS if joined is None else self._enough(1, joined)

    def enough(self, count: int, parts: Sequence[Formula]) -> Formula:
        """Return that at least *count* of *parts* hold."""
        needed = count - parts.count(ALWAYS)
        open_parts = sorted(part for part in parts if part > ALWAYS)
        if needed <= 0:
            return ALWAYS
        if needed > len(open_parts):
            return NEVER
        if needed == 1:
            return self.any_of(open_parts)
        if needed == len(open_parts):
            return self.all_of(open_parts)
        return self._enough(needed, open_parts)

    def negation(self, formula: Formula) -> Formula:
        """Return that *formula* does not hold."""
        if formula <= ALWAYS:
            return ALWAYS - formula
        match self._nodes[formula]:
            case InCells(fact=fact, cells=cells):
                return self.in_cells(fact, self.all_cells[fact] & ~cells)
            case Enough(count=count, parts=parts):
                return self.enough(len(parts) - count + 1, [self.negation(p) for p in parts])

    def given(self, formula: Formula, fact: int, cell: int) -> Formula:
        """Return what is left of *formula* once *fact* is known to lie in *cell*."""
        if not self._facts[formula] >> fact & 1:
            return formula
        key = (formula, fact, cell)
        found = self._given.get(key)
        if found is None:
            match self._nodes[formula]:
                case InCells(cells=cells):
                    found = ALWAYS if cells >> cell & 1 else NEVER
                case Enough(count=count, parts=parts):
                    found = self.enough(count, [self.given(part, fact, cell) for part in parts])
            self._given[key] = found
        return found

    def _flat(self, parts: Iterable[Formula], neutral: Formula) -> list[Formula] | None:
        """Return *parts* without the *neutral* ones, parts of the same kind opened.

        Returns:
            None where one part decides the whole.
        """
        flat: list[Formula] = []
        for part in parts:
            if part == neutral:
                continue
            if part <= ALWAYS:
                return None
            node = self._nodes[part]
            if isinstance(node, Enough) and node.count == (
                len(node.parts) if neutral == ALWAYS else 1
            ):
                flat.extend(node.parts)
            else:
                flat.append(part)
        return flat

    def _joined(
        self, parts: Sequence[Formula], join: Callable[[int, int], int]
    ) -> list[Formula] | None:
        """Return *parts*, those that test the same fact *join*-ed into one.

        Returns:
            None where two tests of a fact decide the whole.
        """
        tests: dict[int, int] = {}
        others: set[Formula] = set()
        for part in parts:
            node = self._nodes[part]
            if isinstance(node, InCells):
                known = tests.get(node.fact)
                tests[node.fact] = node.cells if known is None else join(known, node.cells)
            else:
                others.add(part)
        named = [self.in_cells(fact, cells) for fact, cells in tests.items()]
        if any(part <= ALWAYS for part in named):
            return None
        return sorted((*others, *named))

    def _enough(self, count: int, parts: Sequence[Formula]) -> Formula:
        if len(parts) == 1 and count == 1:
            return parts[0]
        if not parts:
            return ALWAYS if count <= 0 else NEVER
        facts = 0
        for part in parts:
            facts |= self._facts[part]
        return self._name(Enough(count, tuple(parts)), facts)

    def _name(self, node: Node, facts: int) -> Formula:
        name = self._names.get(node)
        if name is None:
            name = len(self._nodes)
            self._names[node] = name
            self._nodes.append(node)
            self._facts.append(facts)
        return name


def holds(formulas: Formulas, formula: Formula, cells: Sequence[int]) -> bool:
    """Tell whether *formula* holds where the fact of each number lies in its cell of *cells*."""
    if formula <= ALWAYS:
        return formula == ALWAYS
    match formulas.node(formula):
        case InCells(fact=fact, cells=mask):
            return bool(mask >> cells[fact] & 1)
        case Enough(count=count, parts=parts):
            return sum(holds(formulas, part, cells) for part in parts) >= count


def compiled(formulas: Formulas, formula: Formula) -> Holds:
    """Return *formula* as a function, for sheets by the thousand."""
    if formula <= ALWAYS:
        return lambda _: formula == ALWAYS
    match formulas.node(formula):
        case InCells(fact=fact, cells=mask):
            return lambda cells: bool(mask >> cells[fact] & 1)
        case Enough(count=count, parts=parts):
            tests = tuple(compiled(formulas, part) for part in parts)
    if count == 1:
        return lambda cells: any(test(cells) for test in tests)
    if count == len(tests):
        return lambda cells: all(test(cells) for test in tests)
    return lambda cells: sum(test(cells) for test in tests) >= count
