"""What lint proves of random packs is what trying every fact sheet finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from tests.engines import oracle, strategies

from imr_rules.engines.model import Certainty, Prediction, Status
from imr_rules.engines.reference import CompiledTopic, compile_topic
from imr_rules.engines.symbolic import SymbolicTopic, symbolic_topic
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.guidelines.model import Parameter, Topic
from imr_rules.lint.bounds import inexact_bounds
from imr_rules.lint.topic_proofs import (
    documentation_that_hurts,
    identical_criteria,
    idle_criteria,
    is_satisfiable,
    unreachable_routes,
)

pytest.importorskip("z3", reason="the proofs need the solver (extra prove)")
from imr_rules.lint.prover import Prover

Pack = tuple[Topic, dict[str, Parameter], date, dict[str, Value]]
Sheet = dict[str, Value]

_FAVOURS = {"y0": ("yes",), "y1": ("no",), "e0": ("left", "both"), "n0": ("high",), "n1": ("low",)}
VOCABULARY = Vocabulary(
    {
        name: fact.model_copy(update={"favours": _FAVOURS.get(name, ())})
        for name, fact in strategies.vocabulary().items()
    }
)
MOST_SHEETS = 3000


def all_sheets(symbolic: SymbolicTopic) -> list[Sheet]:
    """Every sheet that the topic can tell from others, silence and gaps included."""
    choices: list[list[Value | None]] = [
        [None, UNDOCUMENTED, *(cells.cells[c].offers[0] for c in cells.offered)]
        for cells in (symbolic.cells[f] for f in symbolic.facts)
    ]
    return [
        {f: v for f, v in zip(symbolic.facts, values, strict=True) if v is not None}
        for values in product(*choices)
    ]


def small(pack: Pack) -> tuple[SymbolicTopic, list[Sheet]] | None:
    topic, parameters, on, _ = pack
    symbolic = symbolic_topic(topic, parameters, on, VOCABULARY)
    count = 1
    for fact in symbolic.facts:
        count *= len(symbolic.cells[fact].offered) + 2
    return (symbolic, all_sheets(symbolic)) if count <= MOST_SHEETS else None


def overturned(compiled: CompiledTopic, sheet: Sheet) -> bool:
    return compiled.decide(sheet).prediction is Prediction.OVERTURNED


PACKS = strategies.cases(most_criteria=3, widest=2)


@settings(max_examples=120, deadline=None)
@given(PACKS)
def test_routes_and_topics_are_reachable_where_a_sheet_reaches_them(pack: Pack) -> None:
    """A route is unreachable, a topic unsatisfiable, exactly if no sheet satisfies it."""
    tried = small(pack)
    if tried is None:
        return
    symbolic, sheets = tried
    topic, parameters, on, _ = pack
    compiled = compile_topic(topic, parameters, on)
    reached: set[str] = set()
    for sheet in sheets:
        if overturned(compiled, sheet):
            trace = compiled.trace(sheet)
            reached.update(route for route, is_open in trace.routes.items() if is_open)
    prover = Prover(symbolic)
    assert {r.id for r in topic.routes} - reached == set(unreachable_routes(prover))
    assert is_satisfiable(prover) == any(overturned(compiled, sheet) for sheet in sheets)


def moves(topic: Topic, compiled_statuses: Mapping[str, Status], counted: frozenset[str],
          criterion: str) -> bool:  # fmt: skip
    """Whether another state of *criterion* changes the prediction."""
    met = {name for name, status in compiled_statuses.items() if status is Status.MET}
    unknown = (topic.criteria[criterion].presumed, False)
    outcomes = set()
    for holds, bars in ((True, True), (False, False), unknown):
        one = counted - {criterion} | ({criterion} if holds else set())
        two = met - {criterion} | ({criterion} if bars else set())
        outcomes.add(oracle.recommends(topic, frozenset(one), frozenset(two)))
    return len(outcomes) > 1


@settings(max_examples=120, deadline=None)
@given(PACKS)
def test_a_criterion_is_idle_where_no_sheet_lets_it_matter(pack: Pack) -> None:
    """Flipping its state, on every sheet, changes nothing."""
    tried = small(pack)
    if tried is None:
        return
    symbolic, sheets = tried
    topic, parameters, on, _ = pack
    compiled = compile_topic(topic, parameters, on)
    traces = [compiled.trace(sheet) for sheet in sheets]
    idle = {
        name
        for name in topic.criteria
        if not any(moves(topic, trace.statuses, trace.counted, name) for trace in traces)
    }
    assert idle == set(idle_criteria(Prover(symbolic)))
    alike = {
        (one, other)
        for one, other in product(topic.criteria, repeat=2)
        if list(topic.criteria).index(one) < list(topic.criteria).index(other)
        and topic.criteria[one].presumed == topic.criteria[other].presumed
        and set(topic.criteria[one].facts) == set(topic.criteria[other].facts)
        and all(t.statuses[one] == t.statuses[other] for t in traces)
        and all((one in t.counted) == (other in t.counted) for t in traces)
    }
    assert alike == set(identical_criteria(Prover(symbolic)))


def betters(fact: str, before: Value | None, after: Value) -> bool:
    """Whether moving *fact* from *before* to *after* speaks for the treatment."""
    entry = VOCABULARY[fact]
    unknown = before is None or before == UNDOCUMENTED
    if entry.type is FactType.NUMBER:
        if unknown:
            return False  # compared below with the favoured end alone
        up = float(after) > float(before)  # type: ignore[arg-type]
        return up if entry.favours == ("high",) else not up
    return after in entry.favours and (unknown or before not in entry.favours)


def alike(symbolic: SymbolicTopic, fact: str, value: Value | None) -> tuple[Value | None, ...]:
    """Return every value that the topic cannot tell from *value*."""
    cells = symbolic.cells[fact]
    return cells.cells[cells.cell_of(value)].offers or (value,)


@settings(max_examples=120, deadline=None)
@given(PACKS)
def test_documentation_hurts_where_a_sheet_shows_it(pack: Pack) -> None:
    """Exactly the facts are named for which some sheet loses by a better value."""
    tried = small(pack)
    if tried is None:
        return
    symbolic, sheets = tried
    topic, parameters, on, _ = pack
    compiled = compile_topic(topic, parameters, on)
    expected: set[str] = set()
    for fact in symbolic.facts:
        entry = VOCABULARY[fact]
        if not entry.favours:
            continue
        # Values that the topic cannot tell apart move nothing: a first offer stands for its cell,
        # but for words each value counts, for a cell can hold a favoured and another one.
        offered = [
            v for c in symbolic.cells[fact].offered for v in symbolic.cells[fact].cells[c].offers
        ]
        end = None
        if entry.type is FactType.NUMBER and offered:
            end = max(offered) if entry.favours == ("high",) else min(offered)  # type: ignore[type-var]
        for sheet in sheets:
            if not overturned(compiled, sheet):
                continue
            for before, after in product(alike(symbolic, fact, sheet.get(fact)), offered):
                unknown = before is None or before == UNDOCUMENTED
                worth = (unknown and after == end) or betters(fact, before, after)
                if worth and not overturned(compiled, {**sheet, fact: after}):
                    expected.add(fact)
    prover = Prover(symbolic)
    hurts = list(documentation_that_hurts(prover, VOCABULARY))
    assert expected == {hurt.fact for hurt in hurts}
    for hurt in hurts:
        sheet = prover.sheet(hurt.before)
        assert overturned(compiled, sheet)
        assert not overturned(compiled, {**sheet, hurt.fact: hurt.after})


def completions(symbolic: SymbolicTopic, sheet: Sheet) -> Iterator[Sheet]:
    """Yield *sheet* with unknown facts settled in every way, or left as they are."""
    open_facts = [f for f in symbolic.facts if sheet.get(f) in (None, UNDOCUMENTED)]
    choices: list[list[Value | None]] = [
        [None, *(symbolic.cells[f].cells[c].offers[0] for c in symbolic.cells[f].offered)]
        for f in open_facts
    ]
    for values in product(*choices):
        yield {**sheet, **{f: v for f, v in zip(open_facts, values, strict=True) if v is not None}}


@settings(max_examples=120, deadline=None)
@given(PACKS)
def test_certainties_are_what_completions_attain(pack: Pack) -> None:
    """No ``barred`` is called so that documents save, no ``undocumented`` that none do."""
    tried = small(pack)
    if tried is None or len(tried[1]) > MOST_SHEETS // 10:
        return
    symbolic, sheets = tried
    topic, parameters, on, _ = pack
    compiled = compile_topic(topic, parameters, on)
    for sheet in sheets:
        certainty = compiled.decide(sheet).certainty
        if certainty is not Certainty.MET:
            can_win = any(overturned(compiled, done) for done in completions(symbolic, sheet))
            assert can_win == (certainty is Certainty.UNDOCUMENTED)
    assert not list(inexact_bounds(symbolic))
