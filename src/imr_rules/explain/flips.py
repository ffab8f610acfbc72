"""What would flip a prediction, and what alone holds it: the smallest sets of facts, exactly.

The outcome of a topic is one formula over the facts. Settling its facts one after the other
turns it into a diagram with few nodes (equal rests of the formula are one node), and the smallest
sets are the shortest ways through it: a step costs nothing where a fact stays as it is. A step that
documents what is open and one that corrects what is known are counted apart, and every way is kept
that no other one beats in both counts. So the cheapest sets are among them, whatever a correction
is held to cost in documents, and the sets with the fewest facts too; every size is searched, and
no set is missed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import NamedTuple

from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.cells import MISSING, SILENT
from imr_rules.engines.formula import ALWAYS, Formula, Formulas
from imr_rules.engines.kept import MOST_TOPICS, KeptTopics
from imr_rules.engines.model import Facts, Prediction
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.facts.derive import parent_facts
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.knowledge import Knowledge

CORRECTION_COST = 100
"""What correcting a known fact costs in documents: more than any topic has facts."""


class Price(NamedTuple):
    """What a set of facts takes; less is better in either, and corrections weigh first."""

    corrections: int = 0
    documents: int = 0

    @property
    def facts(self) -> int:
        """How many facts that are."""
        return self.corrections + self.documents

    def plus(self, other: Price) -> Price:
        """Return what both take together."""
        return Price(self.corrections + other.corrections, self.documents + other.documents)

    def minus(self, other: Price) -> Price:
        """Return what is left once *other* is paid."""
        return Price(self.corrections - other.corrections, self.documents - other.documents)


_FREE = Price()
_DOCUMENT = Price(documents=1)
_CORRECTION = Price(corrections=1)


@dataclass(frozen=True, slots=True)
class Flip:
    """One smallest change: the facts with the values that would flip the prediction.

    Of numbers that do the same the one nearest the threshold stands for all.
    """

    changes: tuple[tuple[str, Value], ...]
    price: Price

    @property
    def cost(self) -> int:
        """Documenting an unknown costs 1, correcting what is known :data:`CORRECTION_COST`."""
        return self.price.corrections * CORRECTION_COST + self.price.documents

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(fact for fact, _ in self.changes)


@dataclass(frozen=True, slots=True)
class Flips:
    """All flips that no other beats, cheapest first.

    One beats another that takes no fewer corrections and no fewer documents, and more of one of
    them. *distance* is the least number of facts in a flip, None where there is none.
    """

    distance: int | None
    flips: tuple[Flip, ...]

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of facts alone, each once."""
        return tuple(dict.fromkeys(flip.facts for flip in self.flips))


NO_FLIPS = Flips(None, ())


def flips_of(conclusion: Conclusion, knowledge: Knowledge) -> Flips:
    """Return what would flip *conclusion*.

    What follows from other facts is not changed by itself: those are.
    """
    if conclusion.governing is None:
        return NO_FLIPS
    if conclusion.hangs_on_parent:
        return _with_parent_approved(conclusion, knowledge, flips_of)
    return smallest_flips(
        conclusion.governing.topic,
        conclusion.governing.edition.parameters,
        conclusion.on,
        conclusion.sheet.values,
        knowledge.vocabulary,
        fixed=conclusion.sheet.follows,
    )


def untold_flips(conclusion: Conclusion, knowledge: Knowledge) -> Flips:
    """Return what would flip *conclusion* once it is told or documented, all that is known kept.

    What no document can change may yet be what nobody has told: a date, a diagnosis, a number of
    visits. An item upheld for want of documentation always has such a flip.
    """
    if conclusion.governing is None:
        return NO_FLIPS
    if conclusion.hangs_on_parent:
        return _with_parent_approved(conclusion, knowledge, untold_flips)
    facts = conclusion.sheet.values
    return smallest_flips(
        conclusion.governing.topic,
        conclusion.governing.edition.parameters,
        conclusion.on,
        facts,
        knowledge.vocabulary,
        fixed=[fact for fact, value in facts.items() if value != UNDOCUMENTED],
        learnable=knowledge.vocabulary,
    )


def _with_parent_approved(
    conclusion: Conclusion,
    knowledge: Knowledge,
    flips_from: Callable[[Conclusion, Knowledge], Flips],
) -> Flips:
    """Return the approval of the parent of *conclusion*, with what it takes beyond that.

    Getting the parent approved is the documents' work: nothing known has to be corrected for it.
    """
    other = conclusion.with_other_parent
    assert other is not None
    told = parent_facts(knowledge.derivations)
    approval = tuple((fact, other.sheet.values[fact]) for fact in told)
    price = Price(documents=len(approval))
    if other.prediction is Prediction.OVERTURNED:
        return Flips(price.facts, (Flip(approval, price),))
    beyond = flips_from(other, knowledge)
    return Flips(
        None if beyond.distance is None else beyond.distance + price.facts,
        tuple(Flip(approval + flip.changes, price.plus(flip.price)) for flip in beyond.flips),
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
    prices = [_DOCUMENT if cell in (SILENT, MISSING) else _CORRECTION for cell in present]
    search = _Search(symbolic.formulas, steps, prices, ALWAYS - _outcome(symbolic, present))
    flips: list[Flip] = []
    for price in search.least(symbolic.recommended):
        for changes in search.ways(symbolic.recommended, price):
            names = [symbolic.facts[number] for number, _ in changes]
            offers = [
                symbolic.cells[name].cells[cell].offers
                for name, (_, cell) in zip(names, changes, strict=True)
            ]
            flips.extend(
                Flip(tuple(zip(names, values, strict=True)), price) for values in product(*offers)
            )
    return Flips(
        min((flip.price.facts for flip in flips), default=None),
        tuple(sorted(flips, key=lambda flip: (flip.price, flip.facts))),
    )


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
    prices = [_DOCUMENT] * len(steps)
    search = _Search(symbolic.formulas, steps, prices, _outcome(symbolic, present))
    (fewest,) = search.least(symbolic.recommended)
    kept = min(search.ways(symbolic.recommended, fewest))
    return tuple(symbolic.facts[number] for number, _ in kept)


@dataclass(slots=True)
class _Search:
    """The shortest ways to *goal*: each fact takes the first of its *steps* free, others cost."""

    formulas: Formulas
    steps: Sequence[Sequence[int]]
    prices: Sequence[Price]
    """By fact what any other step than the first takes."""
    goal: Formula
    _known: dict[Formula, tuple[Price, ...]] = field(default_factory=dict)

    def least(self, formula: Formula) -> tuple[Price, ...]:
        """Return the prices, none beaten by another, at which *formula* becomes the goal."""
        if formula <= ALWAYS:
            return (_FREE,) if formula == self.goal else ()
        known = self._known.get(formula)
        if known is None:
            found = {
                price.plus(following)
                for price, _, rest in self._rests(formula)
                for following in self.least(rest)
            }
            known = self._known[formula] = tuple(_unbeaten(found))
        return known

    def ways(self, formula: Formula, price: Price) -> Iterator[tuple[tuple[int, int], ...]]:
        """Yield each set of moves at *price*, one of the least: (number of the fact, cell)."""
        if formula <= ALWAYS:
            yield ()
            return
        fact = self.formulas.first_fact(formula)
        for step, cell, rest in self._rests(formula):
            left = price.minus(step)
            if left in self.least(rest):
                for moves in self.ways(rest, left):
                    yield moves if step is _FREE else ((fact, cell), *moves)

    def _rests(self, formula: Formula) -> Iterator[tuple[Price, int, Formula]]:
        """Yield the steps of the first fact of *formula*: their price, cell, and what is left."""
        fact = self.formulas.first_fact(formula)
        for index, cell in enumerate(self.steps[fact]):
            price = self.prices[fact] if index else _FREE
            yield price, cell, self.formulas.given(formula, fact, cell)


def _unbeaten(prices: Iterable[Price]) -> Iterator[Price]:
    documents: int | None = None
    for price in sorted(prices):
        if documents is None or price.documents < documents:
            documents = price.documents
            yield price


def _outcome(symbolic: SymbolicTopic, present: Sequence[int]) -> Formula:
    formula = symbolic.recommended
    for fact, cell in enumerate(present):
        formula = symbolic.formulas.given(formula, fact, cell)
    return formula


_kept: KeptTopics[tuple[Vocabulary, SymbolicTopic]] = KeptTopics(most=MOST_TOPICS)


def _symbolic(
    topic: Topic, parameters: Mapping[str, Parameter], on: date, vocabulary: Vocabulary
) -> SymbolicTopic:
    """Return *topic* as formulas, kept for as long as its numbers stand."""
    kept = _kept.find(topic, parameters)
    span = kept.span(on)
    found = kept.compiled.get(span)
    if found is None or found[0] is not vocabulary:
        found = (vocabulary, symbolic_topic(topic, parameters, on, vocabulary))
        kept.compiled[span] = found
    return found[1]
