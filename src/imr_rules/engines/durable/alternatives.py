"""Conditions as alternatives of tests: the shape in which a Rete network can match them.

A *variable* takes one value of a finite domain: what a fact says, in which stretch between two
thresholds a number lies, what an earlier wave of rules concluded. A *term* maps variables to the
values it accepts and holds if each variable has one of them; of *alternatives* one has to hold.
``ALWAYS`` is the one empty term, ``NEVER`` no term at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import comb

Values = frozenset[int]
Term = Mapping[int, Values]
"""Variable number → numbers of the values it accepts, within the variable's domain."""
Alternatives = tuple[Term, ...]

ALWAYS: Alternatives = ({},)
NEVER: Alternatives = ()

MOST_TERMS = 24
MOST_TESTS = 32
"""Beyond this many alternatives, or variables in one of them, a condition is cut into parts that
are concluded first."""


class TooLarge(Exception):
    """There are more alternatives, or longer ones, than one step of matching carries."""


def all_of(parts: Sequence[Alternatives]) -> Alternatives:
    """Return the alternatives that hold where every part does.

    Raises:
        TooLarge: they are beyond :data:`MOST_TERMS` or :data:`MOST_TESTS`.
    """
    whole = ALWAYS
    for part in parts:
        joined = (_join(left, right) for left in whole for right in part)
        whole = _absorbed(term for term in joined if term is not None)
    return whole


def any_of(parts: Iterable[Alternatives]) -> Alternatives:
    """Return the alternatives that hold where one of the parts does.

    Raises:
        TooLarge: they are beyond :data:`MOST_TERMS` or :data:`MOST_TESTS`.
    """
    return _absorbed(term for part in parts for term in part)


def at_least(count: int, parts: Sequence[Alternatives]) -> Alternatives:
    """Return the alternatives that hold where *count* of the parts do.

    Raises:
        TooLarge: they are beyond :data:`MOST_TERMS` or :data:`MOST_TESTS`.
    """
    if count <= 0:
        return ALWAYS
    if count > len(parts):
        return NEVER
    if comb(len(parts), count) > MOST_TERMS:
        raise TooLarge
    return any_of([all_of(chosen) for chosen in combinations(parts, count)])


def _join(left: Term, right: Term) -> Term | None:
    """Return the term that asks for both, or None where they contradict each other."""
    joined = dict(left)
    for variable, values in right.items():
        known = joined.get(variable)
        accepted = values if known is None else known & values
        if not accepted:
            return None
        joined[variable] = accepted
    if len(joined) > MOST_TESTS:
        raise TooLarge
    return joined


def _absorbed(terms: Iterable[Term]) -> Alternatives:
    """Drop every term that another one already covers."""
    kept: list[Term] = []
    for term in terms:
        if any(_covers(other, term) for other in kept):
            continue
        kept = [other for other in kept if not _covers(term, other)]
        kept.append(term)
        if len(kept) > MOST_TERMS:
            raise TooLarge
    return tuple(kept)


def _covers(wide: Term, narrow: Term) -> bool:
    return all(
        variable in narrow and narrow[variable] <= values for variable, values in wide.items()
    )
