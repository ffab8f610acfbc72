"""Rules as they are added one by one: variables with the wave that settles them, and joins.

What is too large for one step of matching is cut here: parts become conclusions of an earlier wave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from imr_rules.engines.durable.alternatives import (
    ALWAYS,
    NEVER,
    Alternatives,
    Term,
    TooLarge,
    Values,
    all_of,
    any_of,
    at_least,
)
from imr_rules.engines.durable.variables import (
    NO,
    YES,
    ConclusionVariable,
    CountVariable,
    Variable,
)

_GROUP = 8
"""Parts concluded together where all of them are too many for one step."""
_SHORT = 3
"""Variables of a term that need not be concluded first: at most a number, whether there is one,
and the fact its threshold goes by. ``_GROUP * _SHORT`` keeps within ``MOST_TESTS``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where *term* holds, *variable* has the value *to*."""

    term: Term
    variable: int
    to: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where something is concluded to hold, and where it is concluded not to."""

    yes: Alternatives
    no: Alternatives

    @property
    def is_single(self) -> bool:
        """Whether each side is one short term, so that a group of them fits in one step."""
        return all(
            len(side) <= 1 and all(len(term) <= _SHORT for term in side)
            for side in (self.yes, self.no)
        )


Join = Callable[[Sequence[Outcome]], Outcome]
"""How outcomes become one; joining in groups must give the same as joining at once."""


@dataclass
class Builder:
    """The variables and rules of a program in the making."""

    variables: list[Variable] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    """By variable: the wave after which its value is final."""
    rules: list[tuple[int, Rule]] = field(default_factory=list)
    """Each rule after the number of its wave."""
    begin: dict[int, int] = field(default_factory=dict)
    """The values of concluded variables before any rule ran."""

    def add(self, variable: Variable, ready: int) -> int:
        """Add *variable*, final after the wave *ready* (so far), and return its number."""
        self.variables.append(variable)
        self.ready.append(ready)
        return len(self.variables) - 1

    def where(self, variable: int, accepted: Values) -> Alternatives:
        """Return the alternatives that hold where *variable* has one of the *accepted* values."""
        if not accepted:
            return NEVER
        # A test that accepts everything would leave a rule without tests, which never returns.
        return ALWAYS if accepted == self.variables[variable].domain else ({variable: accepted},)

    def set(self, variable: int, to: int, where: Alternatives) -> None:
        """Add the rules that give *variable* the value *to* where one of *where* holds."""
        if where == ALWAYS:
            self.begin[variable] = to
            return
        for term in where:
            wave = 1 + max(self.ready[read] for read in term)
            self.rules.append((wave, Rule(term, variable, to)))
            self.ready[variable] = max(self.ready[variable], wave)

    def conclude(self, outcome: Outcome) -> int:
        """Add a variable that says whether *outcome* holds, and return it."""
        variable = self.add(ConclusionVariable(f"c{len(self.variables)}"), 0)
        self.begin[variable] = 0
        self.set(variable, YES, outcome.yes)
        self.set(variable, NO, outcome.no)
        return variable

    def lift(self, outcome: Outcome) -> Outcome:
        """Conclude *outcome* in a wave of its own, and return it as one test."""
        variable = self.conclude(outcome)
        yes = self.where(variable, frozenset({YES}))
        return Outcome(yes, self.where(variable, frozenset({NO})))

    def join(self, parts: Sequence[Outcome], join: Join) -> Outcome:
        """Join *parts*, in steps of bounded size; *join* is associative."""
        try:
            return join(parts)
        except TooLarge:
            pass
        single = [part if part.is_single else self.lift(part) for part in parts]
        try:
            return join(single)
        except TooLarge:
            groups = [single[i : i + _GROUP] for i in range(0, len(single), _GROUP)]
            return self.join([self.lift(join(group)) for group in groups], join)

    def count(self, parts: Sequence[Outcome], count: int) -> Outcome:
        """Tell whether *count* of *parts* hold, by counting them where that is shorter."""
        most_no = len(parts) - count + 1
        try:
            return Outcome(
                at_least(count, [part.yes for part in parts]),
                at_least(most_no, [part.no for part in parts]),
            )
        except TooLarge:
            pass
        counted = tuple(self.conclude(part) for part in parts)
        ready = max(self.ready[variable] for variable in counted)
        yes = self.add(CountVariable(f"y{len(self.variables)}", counted, "yes"), ready)
        no = self.add(CountVariable(f"x{len(self.variables)}", counted, "no"), ready)
        return Outcome(
            self.where(yes, frozenset(range(count, len(parts) + 1))),
            self.where(no, frozenset(range(most_no, len(parts) + 1))),
        )

    def waves(self) -> tuple[tuple[Rule, ...], ...]:
        """Return the rules by wave, in the order in which they were added."""
        waves: list[list[Rule]] = [[] for _ in range(max((w for w, _ in self.rules), default=0))]
        for wave, rule in self.rules:
            waves[wave - 1].append(rule)
        return tuple(map(tuple, waves))

    def counts(self) -> Mapping[int, tuple[int, ...]]:
        """Return the variables to be counted after each wave."""
        counts: dict[int, tuple[int, ...]] = {}
        for index, variable in enumerate(self.variables):
            if isinstance(variable, CountVariable):
                counts[self.ready[index]] = (*counts.get(self.ready[index], ()), index)
        return counts


def every(parts: Sequence[Outcome]) -> Outcome:
    """Return the outcome that holds where every part does; one that does not settles it."""
    return Outcome(all_of([part.yes for part in parts]), any_of(part.no for part in parts))


def some(parts: Sequence[Outcome]) -> Outcome:
    """Return the outcome that holds where one of the parts does; each must fail for a no."""
    return Outcome(any_of(part.yes for part in parts), all_of([part.no for part in parts]))
