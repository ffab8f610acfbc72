"""What would flip a prediction, and what alone holds it: the smallest sets of facts, exactly.

The outcome of a topic is one formula over the facts. Settling its facts one after the other
turns it into a diagram with few nodes (equal rests of the formula are one node), and the least
number of changes is the shortest way through it: a step costs nothing where a fact stays as it is.
So every size is searched, not only small ones, and no set is missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.cells import SILENT
from imr_rules.engines.formula import ALWAYS, Formula, Formulas
from imr_rules.engines.kept import KeptTopics
from imr_rules.engines.model import Facts
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.knowledge import Knowledge

_UNREACHABLE = 1 << 30

_MOST_TOPICS = 4096
"""Topics kept as formulas: far more than a library holds, a bound for programs that reload."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One smallest change: the facts with the values that would flip the prediction.

    Of numbers that do the same the one nearest the threshold stands for all.
    """

    changes: tuple[tuple[str, Value], ...]
    cost: int
    """Documenting an unknown costs 1, changing what is known 10."""

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(fact for fact, _ in self.changes)


@dataclass(frozen=True, slots=True)
class Flips:
    """All smallest flips, cheapest first; *distance* is the size of the smallest, None of none."""

    distance: int | None
    flips: tuple[Flip, ...]

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of facts alone, each once."""
        return tuple(dict.fromkeys(flip.facts for flip in self.flips))


NO_FLIPS = Flips(None, ())


def flips_of(conclusion: Conclusion, knowledge: Knowledge) -> Flips:
    """Return what would flip *conclusion*."""
    if conclusion.governing is None:
        return NO_FLIPS
    return smallest_flips(
        conclusion.governing.topic,
        conclusion.governing.edition.parameters,
        conclusion.on,
        conclusion.sheet.values,
        knowledge.vocabulary,
    )


def smallest_flips(
    topic: Topic,
    parameters: Mapping[str, Parameter],
    on: date,
    facts: Facts,
    vocabulary: Vocabulary,
    *,
    fixed: Collection[str] = (),
    learnable: Collection[str] = (),
) -> Flips:
    """Return the smallest sets of changeable facts that flip the prediction on *facts*.

    Facts that are *fixed* stay as they are; *learnable* ones may come out any way though no
    document can change them: nobody has told them yet.

    A fact that a threshold is looked up by counts as read by the topic.
    """
    symbolic = _symbolic(topic, parameters, on, vocabulary)
    present = symbolic.place(facts)
    steps = [
        (cell, *(c for c in symbolic.cells[fact].offered if c != cell))
        if (vocabulary[fact].changeable or fact in learnable) and fact not in fixed
        else (cell,)
        for fact, cell in zip(symbolic.facts, present, strict=True)
    ]
    search = _Search(symbolic.formulas, steps, ALWAYS - _outcome(symbolic, present))
    distance = search.distance(symbolic.recommended)
    if distance >= _UNREACHABLE:
        return NO_FLIPS
    flips: list[Flip] = []
    for changes in search.shortest(symbolic.recommended):
        names = [symbolic.facts[number] for number, _ in changes]
        cost = sum(1 if facts.get(name) in (None, UNDOCUMENTED) else 10 for name in names)
        offers = [
            symbolic.cells[name].cells[cell].offers
            for name, (_, cell) in zip(names, changes, strict=True)
        ]
        flips.extend(
            Flip(tuple(zip(names, values, strict=True)), cost) for values in product(*offers)
        )
    return Flips(distance, tuple(sorted(flips, key=lambda flip: (flip.cost, flip.facts))))


def reasons_core(
    topic: Topic,
    parameters: Mapping[str, Parameter],
    on: date,
    facts: Facts,
    vocabulary: Vocabulary,
) -> tuple[str, ...]:
    """Return the fewest of *facts* that alone hold the prediction, all others left silent.

    Empty where silence itself ends the same way. Of several smallest sets the one whose facts
    the topic asks for first.
    """
    symbolic = _symbolic(topic, parameters, on, vocabulary)
    present = symbolic.place(facts)
    steps = [(SILENT, cell) if cell != SILENT else (SILENT,) for cell in present]
    search = _Search(symbolic.formulas, steps, _outcome(symbolic, present))
    kept = min(search.shortest(symbolic.recommended))
    return tuple(symbolic.facts[number] for number, _ in kept)


@dataclass(slots=True)
class _Search:
    """The shortest ways to *goal*: each fact takes the first of its *steps* free, others cost 1."""

    formulas: Formulas
    steps: Sequence[Sequence[int]]
    goal: Formula
    _known: dict[Formula, int] = field(default_factory=dict)

    def distance(self, formula: Formula) -> int:
        """Return the least number of facts to move before *formula* becomes the goal."""
        if formula <= ALWAYS:
            return 0 if formula == self.goal else _UNREACHABLE
        known = self._known.get(formula)
        if known is None:
            fact = self.formulas.first_fact(formula)
            known = min(cost + self.distance(rest) for cost, _, rest in self._rests(formula, fact))
            self._known[formula] = known
        return known

    def shortest(self, formula: Formula) -> Iterator[tuple[tuple[int, int], ...]]:
        """Yield each smallest set of moves, as (number of the fact, cell), facts in order."""
        if formula <= ALWAYS:
            yield ()
            return
        fact = self.formulas.first_fact(formula)
        best = self.distance(formula)
        for cost, cell, rest in self._rests(formula, fact):
            if cost + self.distance(rest) == best:
                for moves in self.shortest(rest):
                    yield ((fact, cell), *moves) if cost else moves

    def _rests(self, formula: Formula, fact: int) -> Iterator[tuple[int, int, Formula]]:
        for index, cell in enumerate(self.steps[fact]):
            yield (1 if index else 0), cell, self.formulas.given(formula, fact, cell)


def _outcome(symbolic: SymbolicTopic, present: Sequence[int]) -> Formula:
    formula = symbolic.recommended
    for fact, cell in enumerate(present):
        formula = symbolic.formulas.given(formula, fact, cell)
    return formula


_kept: KeptTopics[tuple[Vocabulary, SymbolicTopic]] = KeptTopics()


def _symbolic(
    topic: Topic, parameters: Mapping[str, Parameter], on: date, vocabulary: Vocabulary
) -> SymbolicTopic:
    """Return *topic* as formulas, kept for as long as its numbers stand."""
    if len(_kept) >= _MOST_TOPICS:
        _kept.clear()
    kept = _kept.find(topic, parameters)
    span = kept.span(on)
    found = kept.compiled.get(span)
    if found is None or found[0] is not vocabulary:
        found = (vocabulary, symbolic_topic(topic, parameters, on, vocabulary))
        kept.compiled[span] = found
    return found[1]
