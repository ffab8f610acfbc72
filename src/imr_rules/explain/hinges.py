"""What the outcome hinges on: the sets of facts that would turn it, in the words of questions.

Flips are held against the whole case once more: the visits done so far, once known, may add up with
those asked for to more than is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.model import Certainty, Engine, Prediction
from imr_rules.engines.thresholds import Limit, limits_on
from imr_rules.explain.fact_words import FactStated, asked_for_by, question_in, stated, value_words
from imr_rules.explain.flips import Flip, flips_of, untold_flips
from imr_rules.facts.derive import DaysBetween, YearOf, parent_facts
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge


class Need(StrEnum):
    """What a hinge asks: that the record shows what it leaves open, that a day or number nobody
    has told is told, or that the record says otherwise.
    """

    DOCUMENT = "document"
    TELL = "tell"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class HingeFact:
    """One fact of a hinge: the answers that do, and what the record says now (None: nothing)."""

    fact: str
    question: str
    answers: tuple[FactStated, ...]
    now: Value | None
    now_words: str
    documentation: str
    untold: str = ""
    """What has to be told rather than documented, such as "the date of injury"."""
    asked_for_by: tuple[str, ...] = ()
    """What the topic asks it for, where the question does not say so itself."""


@dataclass(frozen=True, slots=True)
class Hinge:
    """A smallest set of facts that would turn the prediction, if the record shows them."""

    facts: tuple[HingeFact, ...]
    need: Need
    cost: int

    @property
    def changes(self) -> dict[str, Value]:
        """The facts with a value each that turns the prediction."""
        return {part.fact: part.answers[0].value for part in self.facts}


def hinges_of(
    conclusion: Conclusion, knowledge: Knowledge, engine: Engine, *, as_of: date | None = None
) -> tuple[Hinge, ...]:
    """Return what would turn *conclusion*: what only has to be documented first, then the rest."""
    if conclusion.governing is None:
        return ()
    topic, parameters = conclusion.governing.topic, conclusion.governing.edition.parameters
    flips = flips_of(conclusion, knowledge).flips
    turning = [f for f in flips if _turns(f, conclusion, knowledge, engine, as_of)]
    if not turning and conclusion.certainty is Certainty.UNDOCUMENTED:
        untold = untold_flips(conclusion, knowledge)
        turning = [f for f in untold.flips if _turns(f, conclusion, knowledge, engine, as_of)]
    limits = limits_on(topic, parameters, conclusion.on)
    elsewhere = _documented_elsewhere(conclusion, knowledge)
    facts = {f: v for f, v in conclusion.sheet.values.items() if f not in elsewhere}
    return _grouped(turning, topic, limits, facts, elsewhere, knowledge)


def _documented_elsewhere(conclusion: Conclusion, knowledge: Knowledge) -> Mapping[str, str]:
    """Return what gets the parent that *conclusion* hangs on approved, by the fact that tells it.

    What is concluded of the parent so far is nothing that the record says.
    """
    parent = conclusion.parent
    if parent is None or not conclusion.hangs_on_parent:
        return {}
    return dict.fromkeys(
        parent_facts(knowledge.derivations), f"What item {parent.item.number} still lacks"
    )


def with_facts(case: Case, item: CaseItem, changes: Mapping[str, Value], basis: Basis) -> Case:
    """Return *case* as it would be if the record of *item* showed *changes* too.

    On the review basis the reviewer would have found them as well.
    """
    readings = dict(item.readings)
    for reading in basis.readings:
        readings[reading] = {**readings.get(reading, {}), **changes}
    changed = replace(item, readings=readings)
    items = tuple(changed if other.number == item.number else other for other in case.items)
    return replace(case, items=items)


def _turns(
    flip: Flip,
    conclusion: Conclusion,
    knowledge: Knowledge,
    engine: Engine,
    as_of: date | None,
) -> bool:
    """Whether *flip* still turns the prediction once what follows from it is derived anew.

    The visits done so far, once known, may add up with those asked for to more than is allowed.
    """
    basis = conclusion.sheet.basis
    changed = with_facts(conclusion.case, conclusion.item, dict(flip.changes), basis)
    for again in evaluate_case(changed, basis, knowledge, engine, as_of=as_of):
        if again.item.number == conclusion.item.number:
            return again.prediction not in (conclusion.prediction, Prediction.NO_GUIDELINE)
    return False


def _grouped(
    flips: Iterable[Flip],
    topic: Topic,
    limits: Mapping[str, Limit],
    facts: Mapping[str, Value],
    elsewhere: Mapping[str, str],
    knowledge: Knowledge,
) -> tuple[Hinge, ...]:
    """Return *flips* by their sets of facts; several answers of a single fact become one hinge."""
    hinges: list[Hinge] = []
    single: dict[str, list[Flip]] = {}
    for flip in flips:
        if len(flip.changes) == 1:
            single.setdefault(flip.facts[0], []).append(flip)
    for flip in flips:
        alike = single.get(flip.facts[0], [flip]) if len(flip.changes) == 1 else [flip]
        if alike[0] is not flip:
            continue
        after = {**facts, **dict(flip.changes)}
        parts = [
            _hinge_fact(
                fact,
                [dict(f.changes)[fact] for f in alike],
                topic,
                limits,
                after,
                facts,
                elsewhere.get(fact),
                knowledge,
            )
            for fact in flip.facts
        ]
        hinges.append(Hinge(tuple(parts), _need(parts), flip.cost))
    return tuple(hinges)


def _need(parts: Sequence[HingeFact]) -> Need:
    if any(part.now not in (None, UNDOCUMENTED) for part in parts):
        return Need.CORRECT
    return Need.TELL if any(part.untold for part in parts) else Need.DOCUMENT


def _untold(fact: Fact, knowledge: Knowledge) -> str:
    """Return in words what has to be told before *fact* is known, "" where documents show it."""
    if fact.changeable:
        return ""
    way = knowledge.derivations.get(fact.id)
    if isinstance(way, DaysBetween | YearOf):
        return f"the date of {way.start.removesuffix('_date')}"
    if fact.type is FactType.NUMBER:
        return f"the number of {fact.unit}"
    return fact.documentation[:1].lower() + fact.documentation[1:]


def _hinge_fact(
    name: str,
    values: Sequence[Value],
    topic: Topic,
    limits: Mapping[str, Limit],
    after: Mapping[str, Value],
    before: Mapping[str, Value],
    elsewhere: str | None,
    knowledge: Knowledge,
) -> HingeFact:
    fact = knowledge.vocabulary[name]
    answers: dict[str, FactStated] = {}
    for value in values:
        said = stated(fact, value, topic, limits, after)
        answers.setdefault(said.answer, said)
    now = before.get(name)
    return HingeFact(
        name,
        question_in(topic, fact),
        tuple(answers.values()),
        now,
        "" if now is None else value_words(fact, now),
        elsewhere or fact.documentation,
        "" if elsewhere or now not in (None, UNDOCUMENTED) else _untold(fact, knowledge),
        asked_for_by(topic, fact),
    )
