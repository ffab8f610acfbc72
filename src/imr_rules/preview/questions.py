"""Which questions can still matter, and which of them settles the outcome soonest.

The outcome of a topic is one formula over its facts (:mod:`imr_rules.engines.symbolic`). What is
known is put into it; a fact matters if what is left can still come out otherwise by it. First come
the facts of the smallest sets that would turn the outcome as it stands: those that a document can
show, or, where they do not suffice, days and numbers of the request too. Of several the one is
asked after whose answer the fewest questions remain on average.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.engines.cells import MISSING, SILENT
from imr_rules.engines.formula import ALWAYS, Formula
from imr_rules.engines.model import Engine
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.explain.fact_words import asked_for_by, question_in
from imr_rules.explain.flips import smallest_flips
from imr_rules.facts.derive import SumOf, parent_facts
from imr_rules.facts.model import Basis, Value
from imr_rules.facts.vocabulary import Fact, Vocabulary
from imr_rules.guidelines.model import Criterion, Parameter, Topic
from imr_rules.guidelines.select import Governing
from imr_rules.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class NextQuestion:
    """The question that is best asked next, and how many can matter, itself included."""

    fact: Fact
    question: str
    """In the words of the topic's own criterion, where one asks for the fact alone."""
    asked_for_by: tuple[str, ...]
    open_questions: int
    criteria: tuple[Criterion, ...]
    """The criteria that ask for it: why the question is put."""


@dataclass
class Outlook:
    """What is open on one day under one topic; made once and asked after every answer."""

    symbolic: SymbolicTopic
    parameters: Mapping[str, Parameter]
    on: date
    vocabulary: Vocabulary
    sums: Mapping[str, Sequence[str]]
    """By derived fact the facts that it adds up: those are asked, not the sum."""
    _depends: dict[tuple[Formula, int], bool] = field(default_factory=dict)

    @staticmethod
    def of(governing: Governing, on: date, knowledge: Knowledge) -> Outlook:
        """Return the outlook under the topic that is *governing* on the day *on*."""
        topic, parameters = governing.topic, governing.edition.parameters
        vocabulary = knowledge.vocabulary
        return Outlook(
            symbolic_topic(topic, parameters, on, vocabulary),
            parameters,
            on,
            vocabulary,
            {name: way.of for name, way in knowledge.derivations.items() if isinstance(way, SumOf)},
        )

    @property
    def topic(self) -> Topic:
        return self.symbolic.topic

    def mattering(self, known: Mapping[str, Value]) -> tuple[str, ...]:
        """Return the facts to ask that can still change the outcome, in the topic's order."""
        left = self._left(known)
        symbolic = self.symbolic
        found: dict[str, None] = {}
        for number, fact in enumerate(symbolic.facts):
            if fact not in known and self._matters(left, number):
                for asked in self._asked_for(fact, known):
                    found[asked] = None
        return tuple(found)

    @property
    def all_asked(self) -> tuple[str, ...]:
        """Every fact that can be asked under the topic, in its order."""
        asked = (self._asked_for(fact, {}) for fact in self.symbolic.facts)
        return tuple(dict.fromkeys(part for parts in asked for part in parts))

    def best(self, known: Mapping[str, Value], among: Sequence[str]) -> str:
        """Return the fact of *among* to ask first: one that can turn the outcome at once.

        Of several the one after whose answer the fewest questions remain on average.
        """
        turning = self._turning(known)
        near = [fact for fact in among if fact in turning]
        return min(near or among, key=lambda fact: self._expected(fact, known))

    def _turning(self, known: Mapping[str, Value]) -> frozenset[str]:
        """Return the facts to ask that stand in a smallest set that turns the outcome."""
        sets = self.smallest_sets(known)
        facts = {fact for turning in sets for fact in turning}
        return frozenset(asked for fact in facts for asked in self._asked_for(fact, known))

    def smallest_sets(self, known: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
        """Return the smallest sets of open facts that would turn the outcome.

        What documents can show comes before what can only be told, such as the day of the injury.
        """
        for learnable in ((), self.symbolic.facts):
            flips = smallest_flips(
                self.topic,
                self.parameters,
                self.on,
                known,
                self.vocabulary,
                fixed=known.keys(),
                learnable=learnable,
            )
            if flips.sets:
                return flips.sets
        return ()

    def _asked_for(self, fact: str, known: Mapping[str, Value]) -> Iterator[str]:
        parts = self.sums.get(fact)
        if parts is None:
            yield fact
        else:
            yield from (part for part in parts if part not in known)

    def _left(self, known: Mapping[str, Value]) -> Formula:
        symbolic = self.symbolic
        left = symbolic.recommended
        for number, fact in enumerate(symbolic.facts):
            if fact in known:
                cell = symbolic.cells[fact].cell_of(known[fact])
                left = symbolic.formulas.given(left, number, cell)
        return left

    def _cells(self, number: int) -> tuple[int, ...]:
        """Return the cells that an open fact can come to lie in: none said, missing, or known."""
        offered = self.symbolic.cells[self.symbolic.facts[number]].offered
        return (SILENT, MISSING, *offered)

    def _matters(self, left: Formula, number: int) -> bool:
        """Whether the fact can change the outcome, whatever the other open facts turn out to be."""
        formulas = self.symbolic.formulas
        if left <= ALWAYS or not formulas.facts_of(left) >> number & 1:
            return False
        key = (left, number)
        found = self._depends.get(key)
        if found is None:
            rests = {formulas.given(left, number, cell) for cell in self._cells(number)}
            others = formulas.facts_of(left) & ~(1 << number)
            if len(rests) == 1:
                found = False
            elif all(rest <= ALWAYS for rest in rests):
                found = True
            else:
                other = (others & -others).bit_length() - 1
                found = any(
                    self._matters(formulas.given(left, other, cell), number)
                    for cell in self._cells(other)
                )
            self._depends[key] = found
        return found

    def _expected(self, fact: str, known: Mapping[str, Value]) -> float:
        """Return how many facts the formula still reads on average once *fact* is answered."""
        symbolic, formulas = self.symbolic, self.symbolic.formulas
        left = self._left(known)
        if fact not in symbolic.facts:
            # Part of a sum: its answer settles the sum if nothing else is missing of it.
            fact = next(name for name, parts in self.sums.items() if fact in parts)
        number = symbolic.facts.index(fact)
        cells = symbolic.cells[fact].offered or (MISSING,)
        rests = [formulas.given(left, number, cell) for cell in cells]
        return sum(formulas.facts_of(rest).bit_count() for rest in rests) / len(rests)


def known_of(draft: Draft, knowledge: Knowledge, engine: Engine) -> Mapping[str, Value]:
    """Return what is known of *draft*'s request, with what follows from dates and title."""
    case = case_from_draft(draft, knowledge.catalogue)
    return _known(evaluate_case(case, Basis.RECORD, knowledge, engine)[0], knowledge)


def _known(conclusion: Conclusion, knowledge: Knowledge) -> Mapping[str, Value]:
    """Return what *conclusion* rests on without what it only concludes of another item.

    What becomes of the operation that a request goes with is open as long as documents could
    change that: nobody has told it.
    """
    known, parent = conclusion.sheet.values, conclusion.parent
    if parent is None or parent.settled:
        return known
    concluded = parent_facts(knowledge.derivations)
    return {fact: value for fact, value in known.items() if fact not in concluded}


def next_question(
    outlook: Outlook, draft: Draft, passed: Sequence[str], knowledge: Knowledge, engine: Engine
) -> NextQuestion | None:
    """Return what to ask next about *draft*; None once nothing that can be asked matters.

    Questions put off in an earlier session come last; those *passed* in this one do not come back.
    """
    known = known_of(draft, knowledge, engine)
    mattering = [fact for fact in outlook.mattering(known) if fact not in passed]
    if not mattering:
        return None
    first = [fact for fact in mattering if fact not in draft.skipped]
    chosen = outlook.best(known, first or mattering)
    return _question(chosen, outlook, len(mattering))


def open_questions(
    conclusion: Conclusion, answered: Collection[str], knowledge: Knowledge
) -> tuple[NextQuestion, ...]:
    """Return all that can still change *conclusion*, in the order in which its topic reads it.

    What is *answered* keeps its place among them, so that an answer can be changed.
    """
    if conclusion.governing is None:
        return ()
    outlook = Outlook.of(conclusion.governing, conclusion.on, knowledge)
    mattering = outlook.mattering(_known(conclusion, knowledge))
    asked = [fact for fact in outlook.all_asked if fact in mattering or fact in answered]
    return tuple(_question(fact, outlook, len(mattering)) for fact in asked)


def _question(name: str, outlook: Outlook, open_questions: int) -> NextQuestion:
    criteria = tuple(c for c in outlook.topic.criteria.values() if name in c.facts)
    fact, topic = outlook.vocabulary[name], outlook.topic
    return NextQuestion(
        fact, question_in(topic, fact), asked_for_by(topic, fact), open_questions, criteria
    )
