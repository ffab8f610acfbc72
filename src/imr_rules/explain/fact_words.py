"""A fact with a value, in the words of a question and its answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from imr_rules.engines.model import Facts
from imr_rules.engines.thresholds import Limit
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.guidelines.model import Comparison, Criterion, FactCompares, FactIs, Topic


@dataclass(frozen=True, slots=True)
class FactStated:
    """A fact as an answered question; *answer* gives of numbers the stretch that does the same."""

    fact: str
    value: Value
    question: str
    answer: str
    documentation: str

    def __str__(self) -> str:
        return f"{self.question} {self.answer}"


def stated(
    fact: Fact, value: Value, topic: Topic, limits: Mapping[str, Limit], facts: Facts
) -> FactStated:
    """Return *fact* with *value* in words, numbers held against the *limits* of *topic*.

    *facts* are the other known facts: some limits depend on a diagnosis.
    """
    return FactStated(
        fact.id,
        value,
        question_in(topic, fact),
        _answer(fact, value, topic, limits, facts),
        fact.documentation,
    )


def question_in(topic: Topic, fact: Fact) -> str:
    """Return the question of the criterion of *topic* that asks for *fact* alone, if one does.

    It names the conditions, the drug or the part that the vocabulary leaves to the topic. Where
    several criteria ask for the fact, each in its own words, the question of the vocabulary stands
    for all of them.
    """
    own = _asking_alone(topic, fact)
    return own[0].question if len(own) == 1 else fact.question


def asked_for_by(topic: Topic, fact: Fact) -> tuple[str, ...]:
    """Return what *topic* asks *fact* for, where :func:`question_in` does not already say it."""
    if len(_asking_alone(topic, fact)) == 1:
        return ()
    reading = [c for c in topic.criteria.values() if fact.id in c.facts and not c.presumed]
    return tuple(dict.fromkeys(criterion.statement for criterion in reading))


def _asking_alone(topic: Topic, fact: Fact) -> list[Criterion]:
    # A presumed criterion asks whether somebody denies it, which is no question about the record.
    yes = FactIs(fact.id, ("yes",))
    return [c for c in topic.criteria.values() if c.when == yes and not c.presumed]


def value_words(fact: Fact, value: Value) -> str:
    """Return *value* of *fact* in plain words."""
    if value == UNDOCUMENTED:
        return "not documented"
    if isinstance(value, str):
        return value.replace("_", " ")
    return _amount(value, fact.unit)


def _answer(
    fact: Fact, value: Value, topic: Topic, limits: Mapping[str, Limit], facts: Facts
) -> str:
    if fact.type is not FactType.NUMBER or isinstance(value, str):
        return value_words(fact, value)
    lowest, highest = _stretch(fact.id, value, topic, limits, facts)
    bounds: list[tuple[Comparison, float]] = []
    if lowest is not None:
        comparison = Comparison.AT_LEAST if lowest[1] else Comparison.MORE_THAN
        bounds.append(plain_limit(fact, comparison, lowest[0]))
    if highest is not None:
        comparison = Comparison.AT_MOST if highest[1] else Comparison.LESS_THAN
        bounds.append(plain_limit(fact, comparison, highest[0]))
        # Numbers of the vocabulary are never negative.
        if bounds[-1][1] == (bounds[0][1] if lowest is not None else 0):
            return _amount(bounds[-1][1], fact.unit)
    if not bounds:
        return f"any number of {fact.unit}, stated"
    said = [f"{comparison.value.replace('_', ' ')} " for comparison, _ in bounds]
    said[-1] += _amount(bounds[-1][1], fact.unit)
    if len(bounds) == 2:
        said[0] += _number(bounds[0][1])
    return " and ".join(said)


def plain_limit(fact: Fact, comparison: Comparison, number: float) -> tuple[Comparison, float]:
    """Return the comparison of *fact* with *number* as it is said of things that are counted.

    More than no visits is at least one; of weeks, which have parts, it stays what it is.
    """
    if fact.whole and comparison is Comparison.MORE_THAN:
        return Comparison.AT_LEAST, math.floor(number) + 1
    if fact.whole and comparison is Comparison.LESS_THAN:
        return Comparison.AT_MOST, math.ceil(number) - 1
    return comparison, number


_Bound = tuple[float, bool]
"""A number, and whether it belongs to the stretch itself."""


def _stretch(
    fact: str, value: float, topic: Topic, limits: Mapping[str, Limit], facts: Facts
) -> tuple[_Bound | None, _Bound | None]:
    """Return the bounds between which no comparison of *topic* tells numbers apart from *value*."""
    lowest: _Bound | None = None
    highest: _Bound | None = None
    for leaf in topic.leaves:
        if not isinstance(leaf, FactCompares) or leaf.fact != fact:
            continue
        number = limit_number(limits[leaf.threshold], facts)
        if number is None:
            continue
        # "at most 6" and "more than 6" part the numbers at the same place: 6 goes down.
        goes_down = leaf.comparison in (Comparison.AT_MOST, Comparison.MORE_THAN)
        if value < number or (value == number and goes_down):
            if highest is None or (number, goes_down) < highest:
                highest = (number, goes_down)
        elif lowest is None or (number, goes_down) > (lowest[0], not lowest[1]):
            lowest = (number, not goes_down)
    return lowest, highest


def limit_number(limit: Limit, facts: Facts) -> float | None:
    """Return the number of *limit*, looked up by what *facts* say where it has a table."""
    if limit.by:
        key = facts.get(limit.by)
        if key is not None and key != UNDOCUMENTED:
            return dict(limit.table).get(str(key), limit.default)
    return limit.default


def _amount(number: float, unit: str) -> str:
    """Return *number* with its *unit*, said of one where the unit is a plural: "1 visit"."""
    of_one = unit.removesuffix("s") if number == 1 and unit.isalpha() else unit
    return f"{_number(number)} {of_one}".strip()


def _number(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else f"{number:g}"
