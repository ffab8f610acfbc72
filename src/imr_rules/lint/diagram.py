"""A topic as a decision diagram: one question a fact, in order, equal rests shared.

The solver finds one sheet; the question whether *no* documents could change an outcome ranges
over sheets within sheets, which a solver only answers by going through them. In a diagram it is
one pass over its nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from imr_rules.engines.cells import MISSING, SILENT
from imr_rules.engines.formula import ALWAYS, NEVER, Formula
from imr_rules.engines.symbolic import SymbolicTopic
from imr_rules.lint.prover import Cells, possible_cells

Node = int
"""A node by its number; NEVER and ALWAYS are the two ends."""


@dataclass
class Diagrams:
    """Diagrams over the facts of one topic, each node once."""

    symbolic: SymbolicTopic
    _places: list[tuple[int, ...]] = field(init=False)
    _nodes: list[tuple[int, tuple[Node, ...]]] = field(init=False)
    _names: dict[tuple[int, tuple[Node, ...]], Node] = field(default_factory=dict)
    _drawn: dict[Formula, Node] = field(default_factory=dict)
    _joined: dict[tuple[str, Node, Node], Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cells = self.symbolic.cells
        self._places = [possible_cells(cells[fact]) for fact in self.symbolic.facts]
        last = len(self.symbolic.facts)
        self._nodes = [(last, ()), (last, ())]

    def draw(self, formula: Formula) -> Node:
        """Return *formula* as a diagram."""
        if formula <= ALWAYS:
            return formula
        if formula not in self._drawn:
            formulas = self.symbolic.formulas
            fact = formulas.first_fact(formula)
            self._drawn[formula] = self._node(
                fact, [self.draw(formulas.given(formula, fact, p)) for p in self._places[fact]]
            )
        return self._drawn[formula]

    def either(self, one: Node, other: Node) -> Node:
        """Return when one of the two holds."""
        if ALWAYS in (one, other):
            return ALWAYS
        if one == other or other == NEVER:
            return one
        return other if one == NEVER else self._join("either", self.either, one, other)

    def without(self, one: Node, other: Node) -> Node:
        """Return when *one* holds and *other* does not."""
        if one in (NEVER, other) or other == ALWAYS:
            return NEVER
        return one if other == NEVER else self._join("without", self.without, one, other)

    def once_settled(self, node: Node) -> Node:
        """Return when *node* holds after some of the unknown facts, or none, are settled."""
        return self._once_settled(node, {})

    def _once_settled(self, node: Node, done: dict[Node, Node]) -> Node:
        if node <= ALWAYS:
            return node
        if node not in done:
            fact, nexts = self._nodes[node]
            places = self._places[fact]
            after = [self._once_settled(following, done) for following in nexts]
            settled = NEVER
            for place, following in zip(places, after, strict=True):
                if place not in (SILENT, MISSING):
                    settled = self.either(settled, following)
            done[node] = self._node(
                fact,
                [
                    self.either(following, settled) if place in (SILENT, MISSING) else following
                    for place, following in zip(places, after, strict=True)
                ],
            )
        return done[node]

    def example(self, node: Node) -> Cells | None:
        """Return a sheet on which *node* holds, silent where it can be; None if there is none."""
        if node == NEVER:
            return None
        cells = [SILENT] * len(self.symbolic.facts)
        while node != ALWAYS:
            fact, nexts = self._nodes[node]
            # Every node but NEVER leads somewhere: nodes that do not are never made.
            cells[fact], node = next(
                (place, following)
                for place, following in zip(self._places[fact], nexts, strict=True)
                if following != NEVER
            )
        return tuple(cells)

    def _join(self, name: str, join: Callable[[Node, Node], Node], one: Node, other: Node) -> Node:
        key = (name, one, other)
        if key not in self._joined:
            fact = min(self._nodes[one][0], self._nodes[other][0])
            self._joined[key] = self._node(
                fact,
                [
                    join(a, b)
                    for a, b in zip(self._next(one, fact), self._next(other, fact), strict=True)
                ],
            )
        return self._joined[key]

    def _next(self, node: Node, fact: int) -> Sequence[Node]:
        """Return what follows *node* by the cell of *fact*, itself where it does not ask for it."""
        asked, nexts = self._nodes[node]
        return nexts if asked == fact else (node,) * len(self._places[fact])

    def _node(self, fact: int, nexts: Sequence[Node]) -> Node:
        if len(set(nexts)) == 1:
            return nexts[0]
        key = (fact, tuple(nexts))
        if key not in self._names:
            self._names[key] = len(self._nodes)
            self._nodes.append(key)
        return self._names[key]
