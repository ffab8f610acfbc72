"""Proofs about one topic on one day: what can never happen, and what should never happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from imr_rules.engines.cells import MISSING, SILENT, FactCells
from imr_rules.engines.formula import ALWAYS, NEVER, Formula, Formulas
from imr_rules.engines.symbolic import Reading, SymbolicTopic
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import Fact, FactType, Vocabulary
from imr_rules.lint.prover import Cells, Prover


@dataclass(frozen=True, slots=True)
class Hurt:
    """On the sheet *before* the request succeeds; once *fact* is *after*, it fails."""

    fact: str
    after: Value
    before: Cells


def unreachable_routes(prover: Prover) -> Iterator[str]:
    """Yield the routes that no sheet satisfies, topic-wide bars included."""
    symbolic = prover.symbolic
    for route in symbolic.topic.routes:
        alone = replace(symbolic.topic, routes=(route,))
        if not prover.can_hold(symbolic.recommends(alone, symbolic.burden)):
            yield route.id


def is_satisfiable(prover: Prover) -> bool:
    """Tell whether any sheet overturns the denial."""
    return prover.can_hold(prover.symbolic.recommended)


def idle_criteria(prover: Prover) -> Iterator[str]:
    """Yield the criteria whose state never moves the prediction, whatever the sheet.

    Then it moves no certainty either: that is made of the predictions on other sheets.
    """
    for criterion in prover.symbolic.topic.criteria:
        if not any(prover.can_hold(moves) for moves in _moves(prover.symbolic, criterion)):
            yield criterion


def _moves(symbolic: SymbolicTopic, criterion: str) -> Iterator[Formula]:
    """Yield for each pair of states of *criterion* when the prediction differs between them."""
    presumed = symbolic.topic.criteria[criterion].presumed
    # As (counts as met, bars): met, unmet, unknown.
    states = dict.fromkeys(
        [(ALWAYS, ALWAYS), (NEVER, NEVER), (ALWAYS if presumed else NEVER, NEVER)]
    )
    outcomes = dict.fromkeys(
        symbolic.recommends(symbolic.topic, _with_state(symbolic.burden, criterion, *state))
        for state in states
    )
    for one, other in combinations(outcomes, 2):
        yield differs(symbolic.formulas, one, other)


def _with_state(reading: Reading, criterion: str, met: Formula, barring: Formula) -> Reading:
    return Reading({**reading.met, criterion: met}, {**reading.barring, criterion: barring})


def differs(formulas: Formulas, one: Formula, other: Formula) -> Formula:
    """Return when exactly one of the two formulas holds."""
    return formulas.any_of(
        [
            formulas.all_of([one, formulas.negation(other)]),
            formulas.all_of([other, formulas.negation(one)]),
        ]
    )


def identical_criteria(prover: Prover) -> Iterator[tuple[str, str]]:
    """Yield pairs of criteria, equally presumed, that every sheet puts into the same state."""
    symbolic = prover.symbolic
    for (one, a), (other, b) in combinations(symbolic.criteria.items(), 2):
        criteria = symbolic.topic.criteria
        if criteria[one].presumed != criteria[other].presumed:
            continue
        if set(criteria[one].facts) != set(criteria[other].facts):
            continue
        formulas = symbolic.formulas
        if not any(
            prover.can_hold(differs(formulas, x, y))
            for x, y in ((a.met, b.met), (a.possible, b.possible), (a.counted, b.counted))
        ):
            yield one, other


def documentation_that_hurts(prover: Prover, vocabulary: Vocabulary) -> Iterator[Hurt]:
    """Yield for each fact a sheet on which stating what favours the request defeats it."""
    symbolic = prover.symbolic
    formulas = symbolic.formulas
    for number, fact in enumerate(symbolic.facts):
        for before, after in improvements(vocabulary[fact], symbolic.cells[fact]):
            lost = formulas.all_of(
                [
                    formulas.given(symbolic.recommended, number, before),
                    formulas.negation(formulas.given(symbolic.recommended, number, after)),
                ]
            )
            sheet = prover.example(lost)
            if sheet is not None:
                value = symbolic.cells[fact].cells[after].offers[0]
                yield Hurt(fact, value, (*sheet[:number], before, *sheet[number + 1 :]))
                break


def improvements(fact: Fact, cells: FactCells) -> Iterator[tuple[int, int]]:
    """Yield the moves from cell to cell that speak for the treatment, by what the fact favours.

    Words: from silence, a gap or any other value to a favoured one. Numbers: from silence or a
    gap to the end that is favoured, and from each stretch towards it.
    """
    if not fact.favours:
        return
    offered = cells.offered
    if fact.type is FactType.NUMBER:
        if len(fact.favours) == 1 and offered:
            rising = sorted(offered, key=lambda place: _number(cells, place))
            if fact.favours == ("low",):
                rising.reverse()
            yield from ((unknown, rising[-1]) for unknown in (SILENT, MISSING))
            yield from combinations(rising, 2)
        return
    favoured = [p for p in offered if set(cells.cells[p].offers) & set(fact.favours)]
    other = [p for p in offered if set(cells.cells[p].offers) - set(fact.favours)]
    for after in favoured:
        yield from ((before, after) for before in (SILENT, MISSING, *other) if before != after)


def _number(cells: FactCells, place: int) -> float:
    value = cells.cells[place].offers[0]
    return 0.0 if isinstance(value, str) else float(value)
