"""Random packs and fact sheets: everything the loader accepts, values on and around thresholds.

A strategy made anew with every draw is checked anew, which takes longer than most tests: those
drawn from again and again are made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from math import isfinite

from hypothesis import strategies as st

from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType, Origin, Scope, Vocabulary
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    Applies,
    AtLeast,
    AtLeastReq,
    Bar,
    Citation,
    Comparison,
    Condition,
    Criterion,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Route,
    Stance,
    Standing,
    Topic,
    Unless,
)

YES_NO = ("y0", "y1", "y2", "y3", "y4", "y5")
ENUMS: Mapping[str, tuple[str, ...]] = {
    "e0": ("left", "right", "both"),
    # Words that look like an engine's own marks, and text that would break careless quoting.
    "e1": ("unknown", "?", "!", "=0", 'say "no", 50%', "it's \\ é\N{SNOWMAN}"),
    "e2": tuple(f"v{index}" for index in range(30)),
}
NUMBERS = ("n0", "n1", "n2")
FIRST_DAY = date(2009, 7, 18)
DAYS = [FIRST_DAY + timedelta(days=400 * step) for step in range(4)]
AS_OF = [FIRST_DAY - timedelta(days=1), *DAYS, *(day + timedelta(days=1) for day in DAYS)]

THRESHOLDS = (0.0, 1.0, 2.0, 2.5, 6.0, 24.0, 120.0, 0.0000005, -3.0, 1e17)
EDGES: tuple[Value, ...] = (
    *(value for t in THRESHOLDS for value in (t, t - 1, t + 1, t - 1e-9)),
    -0.0, 0, 2, 24, 1e-7, 5e-324, 1.7e308, -1.7e308, 10**17, 10**17 + 1, 2**63, -(2**63) - 1,
    10**400, float("inf"), float("-inf"), float("nan"),
)  # fmt: skip


@cache
def vocabulary() -> Vocabulary:
    """Return the facts that random packs read."""

    def fact(name: str, kind: FactType, **more: object) -> Fact:
        return Fact.model_validate(
            {"id": name, "type": kind, "scope": Scope.ITEM, "question": f"{name}?"} | more
        )

    facts = [fact(name, FactType.YES_NO) for name in YES_NO]
    facts += [fact(name, FactType.ENUM, values=values) for name, values in ENUMS.items()]
    facts += [fact(name, FactType.NUMBER, unit="visits", origin=Origin.READ) for name in NUMBERS]
    return Vocabulary({entry.id: entry for entry in facts})


# --- facts ------------------------------------------------------------------------------------


@cache
def values_of(fact: str) -> st.SearchStrategy[Value]:
    """Draw a value of *fact*, undocumented included."""
    if fact in NUMBERS:
        number: st.SearchStrategy[Value] = st.sampled_from(EDGES)
        return st.one_of(number, st.integers(-5, 30), st.just(UNDOCUMENTED))
    return st.sampled_from((*(ENUMS.get(fact) or ("yes", "no")), UNDOCUMENTED))


def answers_to(fact: str) -> st.SearchStrategy[Value]:
    """Draw what a document can answer of *fact*: a value that it can be, or that it is missing."""
    return values_of(fact).filter(
        lambda value: isinstance(value, str) or (0 <= value < 10**300 and isfinite(value))
    )


def facts_read(topic: Topic, parameters: Mapping[str, Parameter]) -> tuple[str, ...]:
    """Return the facts that *topic* reads, and those that its thresholds go by."""
    keys = [parameters[name].by for name in topic.thresholds if parameters[name].by]
    return tuple(dict.fromkeys([*topic.facts, *keys]))


@st.composite
def fact_sheets(
    draw: st.DrawFn, topic: Topic, parameters: Mapping[str, Parameter]
) -> dict[str, Value]:
    """Draw what a letter says: of each fact that *topic* reads a value, or silence."""
    facts = facts_read(topic, parameters)
    spoken = draw(st.sets(st.sampled_from(facts))) if facts else set()
    if draw(st.booleans()):
        spoken = set(facts) - spoken
    return {fact: draw(values_of(fact)) for fact in facts if fact in spoken}


ILL_TYPED: st.SearchStrategy[Value] = st.one_of(
    st.text(max_size=40),
    st.sampled_from(EDGES),
    st.sampled_from(("", "x" * 5000, '"', "\\", "}", "\0", "\ud800", "%s", "%", "yes", "no")),
)
"""Values that no vocabulary lets through: an engine must neither break nor be misled."""


# --- parameters -------------------------------------------------------------------------------


_THRESHOLD = st.sampled_from(THRESHOLDS)
_SOME_DAYS = st.sets(st.sampled_from(DAYS), min_size=1, max_size=3)
_KEYED_BY = st.sampled_from(("", "", *ENUMS))
_KEYS = {
    name: st.lists(st.sampled_from(values), min_size=1, unique=True)
    for name, values in ENUMS.items()
}


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    """Draw a threshold by date, or by date and value of an enum fact."""

    def dated() -> tuple[tuple[date, float], ...]:
        return tuple((day, draw(_THRESHOLD)) for day in sorted(draw(_SOME_DAYS)))

    by = draw(_KEYED_BY)
    keys = draw(_KEYS[by]) if by else []
    return Parameter(
        id=name,
        unit="visits",
        description="A number.",
        source="None.",
        values=dated(),
        by=by,
        table={key: dated() for key in keys},
    )


# --- conditions and requirements --------------------------------------------------------------

PARAMETERS = ("p0", "p1", "p2")


def _leaf(*, numbers: bool) -> st.SearchStrategy[Condition]:
    names = (*YES_NO, *ENUMS)

    @cache
    def is_one_of(fact: str) -> st.SearchStrategy[Condition]:
        values = ENUMS.get(fact, ("yes", "no"))
        chosen = st.lists(st.sampled_from(values), min_size=1, max_size=25, unique=True)
        return chosen.map(lambda found: FactIs(fact, tuple(found)))

    leaves: list[st.SearchStrategy[Condition]] = [
        st.sampled_from(names).flatmap(is_one_of),
        st.sampled_from(YES_NO).map(lambda fact: FactIs(fact, ("yes",))),
        st.sampled_from((*names, *(NUMBERS if numbers else ()))).map(FactKnown),
    ]
    if numbers:
        leaves.append(
            st.builds(
                FactCompares,
                st.sampled_from(NUMBERS),
                st.sampled_from(Comparison),
                st.sampled_from(PARAMETERS),
            )
        )
    return st.one_of(leaves)


@cache
def conditions(*, numbers: bool = True, widest: int = 4) -> st.SearchStrategy[Condition]:
    """Draw a condition; *widest* bounds the parts of one node."""

    def larger(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(part, min_size=1, max_size=widest).map(tuple)
        return st.one_of(
            parts.map(AllOf),
            parts.map(AnyOf),
            part.map(Not),
            parts.flatmap(
                lambda found: st.integers(1, len(found)).map(lambda n: AtLeast(n, found))
            ),
        )

    return st.recursive(_leaf(numbers=numbers), larger, max_leaves=3 * widest)


@cache
def requirements(names: tuple[str, ...], widest: int) -> st.SearchStrategy[Requirement]:
    """Draw a requirement over the criteria *names*."""

    def larger(part: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
        parts = st.lists(part, min_size=1, max_size=widest).map(tuple)
        exceptions = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)
        return st.one_of(
            parts.map(AllReq),
            parts.map(AnyReq),
            parts.flatmap(
                lambda found: st.integers(1, len(found)).map(lambda n: AtLeastReq(n, found))
            ),
            st.builds(Unless, part, exceptions.map(tuple)),
        )

    return st.recursive(st.sampled_from(names).map(Ref), larger, max_leaves=2 * widest)


# --- topics -----------------------------------------------------------------------------------


@cache
def _some_of(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=2, unique=True).map(tuple)


@cache
def _bars_of(names: tuple[str, ...]) -> st.SearchStrategy[tuple[Bar, ...]]:
    bar = st.builds(Bar, st.sampled_from(names), _some_of(names))
    return st.lists(bar, max_size=2).map(tuple)


@st.composite
def topics(draw: st.DrawFn, *, most_criteria: int = 6, widest: int = 4) -> Topic:
    """Draw a topic as the loader would build it: every criterion is used."""
    names = tuple(f"c-{index}" for index in range(draw(st.integers(1, most_criteria))))
    criteria = {name: _criterion(draw, name, widest) for name in names}
    some, bars = _some_of(names), _bars_of(names)
    routes = tuple(
        Route(
            id=f"route-{index}",
            title="A way",
            applies=draw(some),
            requires=draw(requirements(names, widest)),
            bars=draw(bars),
        )
        for index in range(draw(st.integers(0, 3)))
    )
    topic_bars = draw(bars)
    used = {c for route in routes for c in route.criteria}
    used |= {c for bar in topic_bars for c in (bar.criterion, *bar.exceptions)}
    unused = tuple(name for name in names if name not in used)
    if unused and draw(st.booleans()):
        rest = Route("rest", "All others", (), AllReq(tuple(map(Ref, unused))))
        routes = (*routes, rest)
    else:
        topic_bars = (*topic_bars, *map(Bar, unused))
    return Topic(
        id="random",
        title="Random",
        about="A topic drawn at random.",
        edition="edition",
        applies_to=Applies(("massage",)),
        stance=Stance.RECOMMENDED_IF if routes else Stance.NOT_RECOMMENDED,
        cite=Citation("Random"),
        criteria=criteria,
        routes=routes,
        bars=topic_bars,
        vocabulary=vocabulary(),
    )


_PRESUMED = st.sampled_from((False, False, False, True))


def _criterion(draw: st.DrawFn, name: str, widest: int) -> Criterion:
    presumed = draw(_PRESUMED)
    return Criterion(
        id=name,
        statement=f"{name} holds.",
        question=f"Does {name} hold?",
        when=draw(conditions(numbers=not presumed, widest=widest)),
        cite=Citation("Random"),
        standing=Standing.BACKGROUND,
        presumed=presumed,
    )


@st.composite
def packs(
    draw: st.DrawFn, *, most_criteria: int = 6, widest: int = 4
) -> tuple[Topic, dict[str, Parameter]]:
    """Draw a topic with the parameters of its edition."""
    topic = draw(topics(most_criteria=most_criteria, widest=widest))
    return topic, {name: draw(parameters(name)) for name in PARAMETERS}


_DAY = st.sampled_from(AS_OF)


@st.composite
def cases(
    draw: st.DrawFn, *, most_criteria: int = 6, widest: int = 4
) -> tuple[Topic, dict[str, Parameter], date, dict[str, Value]]:
    """Draw everything an engine is asked: a pack, a day, a fact sheet."""
    topic, numbers = draw(packs(most_criteria=most_criteria, widest=widest))
    return topic, numbers, draw(_DAY), draw(fact_sheets(topic, numbers))


def crowded_cases() -> st.SearchStrategy[
    tuple[Topic, dict[str, Parameter], date, dict[str, Value]]
]:
    """Draw cases whose criteria read the same few facts, and want different things of them."""
    return cases(most_criteria=4, widest=3).map(_crowded)


def _crowded(
    case: tuple[Topic, dict[str, Parameter], date, dict[str, Value]],
) -> tuple[Topic, dict[str, Parameter], date, dict[str, Value]]:
    topic, numbers, on, facts = case
    criteria = {
        name: replace(c, when=_with_few_facts(c.when)) for name, c in topic.criteria.items()
    }
    few = {_one_of_few(fact): value for fact, value in facts.items()}
    return replace(topic, criteria=criteria), numbers, on, few


def _with_few_facts(condition: Condition) -> Condition:
    match condition:
        case Not(part=part):
            return Not(_with_few_facts(part))
        case AllOf(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            return replace(condition, parts=tuple(map(_with_few_facts, parts)))
        case _:
            return replace(condition, fact=_one_of_few(condition.fact))


def _one_of_few(fact: str) -> str:
    return {"y2": "y0", "y3": "y1", "y4": "y0", "y5": "y1", "n1": "n0", "n2": "n0"}.get(fact, fact)
