"""What rules match on: variables with a finite domain, and how each is written in a message.

Every value is written as a code of our own or as a plain decimal number, so no text of a pack or
of a fact sheet ever reaches the native JSON reader, which knows no escapes and no exponents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from imr_rules.engines.durable.alternatives import Values
from imr_rules.engines.thresholds import number_of
from imr_rules.facts.model import UNDOCUMENTED, Value

Test = str
"""One comparison, in the JSON of durable-rules."""

SILENT, MISSING, OTHER, NUMBER = range(4)
"""What a fact can say besides the values a topic asks for: nothing, "undocumented", some other
value, some number."""
FIRST_VALUE = 4
"""The first of the values that a topic asks for."""
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class FactVariable:
    """What a fact says. *classes*: the values asked for, alike ones (to this topic) together."""

    name: str
    fact: str
    classes: tuple[tuple[str, ...], ...]

    @property
    def domain(self) -> Values:
        return frozenset(range(FIRST_VALUE + len(self.classes)))

    @property
    def codes(self) -> tuple[str, ...]:
        """The spelling of each value of the domain; ``?!*#`` can be no plain word of a pack."""
        words = (
            group[0] if len(group) == 1 and _PLAIN.fullmatch(group[0]) else f"={index}"
            for index, group in enumerate(self.classes)
        )
        return ("?", "!", "*", "#", *words)

    def accepting(self, values: Iterable[str]) -> Values:
        """Return the part of the domain that stands for *values*."""
        wanted = set(values)
        return frozenset(
            FIRST_VALUE + index for index, group in enumerate(self.classes) if wanted & {*group}
        )

    def tests(self, accepted: Values) -> list[Test]:
        return _word_tests(self.name, self.codes, accepted)

    def code_by_value(self) -> Mapping[str, str]:
        """Return the spelling of every value that is asked for."""
        return {
            value: code
            for group, code in zip(self.classes, self.codes[FIRST_VALUE:], strict=True)
            for value in group
        }


@dataclass(frozen=True, slots=True)
class NumberVariable:
    """Where the number of a fact lies: below, at and between *thresholds* (2n + 1 places)."""

    name: str
    fact: str
    thresholds: tuple[float, ...]

    @property
    def domain(self) -> Values:
        return frozenset(range(2 * len(self.thresholds) + 1))

    def tests(self, accepted: Values) -> list[Test]:
        low, high = _ends(accepted)
        tests: list[Test] = []
        if low > 0:
            at = self.thresholds[(low - 1) // 2]
            tests.append(_comparison("$gte" if low % 2 else "$gt", self.name, plain_decimal(at)))
        if high < 2 * len(self.thresholds):
            at = self.thresholds[high // 2]
            tests.append(_comparison("$lte" if high % 2 else "$lt", self.name, plain_decimal(at)))
        return tests


@dataclass(frozen=True, slots=True)
class ConclusionVariable:
    """What an earlier wave concluded: nothing yet, no, or yes."""

    name: str
    codes = ("?", "no", "yes")
    domain = frozenset(range(3))

    def tests(self, accepted: Values) -> list[Test]:
        return _word_tests(self.name, self.codes, accepted)


@dataclass(frozen=True, slots=True)
class CountVariable:
    """How many of *counted* conclusions came out as *outcome*."""

    name: str
    counted: tuple[int, ...]
    outcome: str

    @property
    def domain(self) -> Values:
        return frozenset(range(len(self.counted) + 1))

    def tests(self, accepted: Values) -> list[Test]:
        return _whole_number_tests(self.name, self.domain, accepted)


@dataclass(frozen=True, slots=True)
class RankVariable:
    """How a criterion stands: 0 unmet, 1 unknown, 2 unknown but presumed, 3 met."""

    name: str
    codes = ("0", "1", "2", "3")
    domain = frozenset(range(4))

    def tests(self, accepted: Values) -> list[Test]:
        return _whole_number_tests(self.name, self.domain, accepted)


Variable = FactVariable | NumberVariable | ConclusionVariable | CountVariable | RankVariable

UNMET, UNKNOWN, PRESUMED, MET = range(4)
NO, YES = 1, 2


def plain_decimal(number: float) -> str:
    """Write *number* without exponent, to the last digit.

    >>> plain_decimal(5e-7), plain_decimal(2.0)
    ('0.0000005', '2.0')
    """
    written = repr(number)
    if "e" not in written:
        return written
    # The native reader takes "1e-7" for the integer 1 followed by garbage.
    written = format(Decimal(written), "f")
    return written if "." in written else f"{written}.0"


def spell_fact(value: Value | None, code_by_value: Mapping[str, str]) -> str:
    """Return the code of what a fact says; *code_by_value* holds those a topic tells apart."""
    if value is None:
        return "?"
    if isinstance(value, str):
        return "!" if value == UNDOCUMENTED else code_by_value.get(value, "*")
    return "*" if number_of(value) is None else "#"


def spell_number(value: Value | None) -> str:
    """Return the decimal of a fact's number; 0.0 beside the code that says there is none."""
    number = number_of(value)
    return "0.0" if number is None else plain_decimal(number)


def _word_tests(name: str, codes: tuple[str, ...], accepted: Values) -> list[Test]:
    if len(accepted) == 1:
        return [f'{{"{name}":"{codes[next(iter(accepted))]}"}}']
    refused = [code for index, code in enumerate(codes) if index not in accepted]
    return [_comparison("$neq", name, f'"{code}"') for code in refused]


def _whole_number_tests(name: str, domain: Values, accepted: Values) -> list[Test]:
    low, high = _ends(accepted)
    if low == high:
        return [f'{{"{name}":{low}}}']
    tests: list[Test] = []
    if low > 0:
        tests.append(_comparison("$gte", name, str(low)))
    if high < max(domain):
        tests.append(_comparison("$lte", name, str(high)))
    return tests


def _comparison(operator: str, name: str, literal: str) -> Test:
    return f'{{"{operator}":{{"{name}":{literal}}}}}'


def _ends(accepted: Values) -> tuple[int, int]:
    low, high = min(accepted), max(accepted)
    # Every accepted set is an intersection of "at least" and "at most", so it has no gaps.
    assert len(accepted) == high - low + 1
    return low, high
