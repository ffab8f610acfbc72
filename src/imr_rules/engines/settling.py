"""What documents could still make of a formula: whether it holds once unknown facts are settled.

A sheet leaves facts open; each may be settled by any value that documents can state, or stay open.
``once_settled`` is the formula that holds on a sheet exactly where some way of settling it makes
the given one hold. Parts that want nothing different of a fact are asked one by one. Where two
parts want different things of one fact, each answer is tried: so "not documented" is never said of
what no answer could satisfy, and a fact that a threshold goes by is settled once for all.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imr_rules.engines.formula import ALWAYS, NEVER, Enough, Formula, Formulas, InCells

Masks = Mapping[int, tuple[int, ...]]
"""By fact the sets of cells that a formula asks for, one bit a cell."""

MOST_TRIED = 512
MOST_AT_ONCE = 24
"""Answers tried for one topic, and facts answered at once (those that ship need 24 and 4). Beyond
that parts are asked one by one: what each promises may then be more than all of them can keep."""
_MOST_COMPARED = 20_000
"""Facts looked at, pair of rests by pair, before two formulas are taken to differ."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The cells in which a fact is *unsettled*, and those that documents can bring it into."""

    unsettled: int
    offered: int

    def widened(self, cells: int) -> int:
        """Return the cells from which one of *cells* is where the fact is or can be brought."""
        return cells | self.unsettled if cells & self.offered else cells

    def tears(self, wanted: Sequence[int]) -> bool:
        """Whether no one answer is in every set of cells *wanted* of the fact while it is open.

        What it can neither keep nor be brought to, wherever it is open, is nothing to be torn by.
        """
        unsettled = self.unsettled
        while unsettled:
            open_as = unsettled & -unsettled
            unsettled ^= open_as
            choices = self.offered | open_as
            common = choices
            for cells in wanted:
                if cells & choices:
                    common &= cells
            if not common:
                return True
        return False


class Settling:
    """Formulas over facts of which documents can settle what is open, as *reach* says by fact."""

    def __init__(self, formulas: Formulas, reach: Sequence[Reach]) -> None:
        self._formulas = formulas
        self._reach = reach
        self._once: dict[Formula, Formula] = {}
        self._masks: dict[Formula, Masks] = {}
        self._tried = 0
        self._at_once = 0

    def once_settled(self, formula: Formula) -> Formula:
        """Return where *formula* holds after some of the open facts, or none, are settled."""
        if formula <= ALWAYS:
            return formula
        found = self._once.get(formula)
        if found is None:
            match self._formulas.node(formula):
                case InCells(fact=fact, cells=cells):
                    widened = self._reach[fact].widened(cells)
                    found = self._formulas.in_cells(fact, widened)
                case Enough(count=1, parts=parts):
                    found = self._formulas.any_of([self.once_settled(part) for part in parts])
                case Enough() as node:
                    found = self._together(formula, node)
            self._once[formula] = found
        return found

    def _together(self, formula: Formula, node: Enough) -> Formula:
        """Return where enough parts of *formula* hold at once, after the same settling."""
        formulas = self._formulas
        torn = self._torn(node.parts)
        if not torn or self._tried > MOST_TRIED or self._at_once == MOST_AT_ONCE:
            return formulas.enough(node.count, [self.once_settled(p) for p in node.parts])
        if node.count == len(node.parts):
            groups = self._groups(node.parts, frozenset(torn))
            if len(groups) > 1:
                return formulas.all_of([self.once_settled(formulas.all_of(g)) for g in groups])
        # The fact that most parts share: once it is answered the others may want no more of it.
        fact = max(torn, key=lambda number: (torn[number], -number))
        self._at_once += 1
        ways = [
            formulas.all_of(
                [
                    formulas.in_cells(fact, self._reach[fact].widened(cells)),
                    self.once_settled(rest),
                ]
            )
            for rest, cells in self._answers(formula, fact).items()
        ]
        self._at_once -= 1
        return formulas.any_of(ways)

    def _torn(self, parts: Sequence[Formula]) -> Mapping[int, int]:
        """Return the facts of which two *parts* want different answers, with how many read them."""
        wanted: defaultdict[int, list[int]] = defaultdict(list)
        readers: Counter[int] = Counter()
        for part in parts:
            for fact, cells in self._asked(part).items():
                wanted[fact].extend(cells)
                readers[fact] += 1
        return {
            fact: count
            for fact, count in readers.items()
            if count > 1 and self._reach[fact].tears(wanted[fact])
        }

    def _groups(self, parts: Sequence[Formula], torn: frozenset[int]) -> list[list[Formula]]:
        """Return *parts* in groups that share no fact of *torn* with one another."""
        groups: list[tuple[frozenset[int], list[Formula]]] = []
        for part in parts:
            facts, together = torn & self._asked(part).keys(), [part]
            apart: list[tuple[frozenset[int], list[Formula]]] = []
            for group in groups:
                if group[0] & facts:
                    facts, together = facts | group[0], [*group[1], *together]
                else:
                    apart.append(group)
            groups = [*apart, (facts, together)]
        return [together for _, together in groups]

    def _answers(self, formula: Formula, fact: int) -> Mapping[Formula, int]:
        """Return by what is left of *formula* the cells of *fact* that leave it, one bit each."""
        answers: defaultdict[Formula, int] = defaultdict(int)
        for cell in range(self._formulas.all_cells[fact].bit_length()):
            answers[self._formulas.given(formula, fact, cell)] |= 1 << cell
        self._tried += len(answers)
        return answers

    def _asked(self, formula: Formula) -> Masks:
        """Return what *formula* asks of each fact that it reads."""
        if formula <= ALWAYS:
            return {}
        found = self._masks.get(formula)
        if found is None:
            match self._formulas.node(formula):
                case InCells(fact=fact, cells=cells):
                    found = {fact: (cells,)}
                case Enough(parts=parts):
                    sets: defaultdict[int, dict[int, None]] = defaultdict(dict)
                    for part in parts:
                        for fact, masks in self._asked(part).items():
                            sets[fact].update(dict.fromkeys(masks))
                    found = {fact: tuple(masks) for fact, masks in sets.items()}
            self._masks[formula] = found
        return found


def surely_same(formulas: Formulas, one: Formula, other: Formula) -> bool:
    """Tell whether the two formulas hold on the same sheets; False too where that takes long."""
    seen: set[tuple[Formula, Formula]] = set()
    waiting = [(one, other)]
    most = _MOST_COMPARED // len(formulas.all_cells) if formulas.all_cells else 0
    while waiting:
        pair = waiting.pop()
        if pair[0] == pair[1] or pair in seen:
            continue
        if {NEVER, ALWAYS}.issuperset(pair) or len(seen) > most:
            return False
        seen.add(pair)
        facts = formulas.facts_of(pair[0]) | formulas.facts_of(pair[1])
        fact = (facts & -facts).bit_length() - 1
        waiting.extend(
            (formulas.given(pair[0], fact, cell), formulas.given(pair[1], fact, cell))
            for cell in range(formulas.all_cells[fact].bit_length())
        )
    return True
