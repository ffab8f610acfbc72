"""A program with its networks built: fact sheet in, value of every variable out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from imr_rules.engines.durable.builder import Rule
from imr_rules.engines.durable.network import MOST_PROPERTIES, MOST_RULES, Network
from imr_rules.engines.durable.program import Program
from imr_rules.engines.durable.variables import (
    ConclusionVariable,
    CountVariable,
    FactVariable,
    NumberVariable,
    RankVariable,
    Test,
    Variable,
    spell_fact,
    spell_number,
)
from imr_rules.engines.model import Facts


@dataclass(frozen=True, slots=True)
class _Step:
    """One message to one network: which variables it carries, and what each rule sets."""

    network: Network
    template: str
    carried: tuple[int, ...]
    sets: tuple[tuple[int, str], ...]


class Runner:
    """Runs one program; callers hold a lock around every call."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._begin = [""] * len(program.variables)
        self._facts: list[tuple[int, str, Mapping[str, str]]] = []
        self._numbers: list[tuple[int, str]] = []
        for index, variable in enumerate(program.variables):
            match variable:
                case FactVariable():
                    self._facts.append((index, variable.fact, variable.code_by_value()))
                case NumberVariable():
                    self._numbers.append((index, variable.fact))
                case ConclusionVariable() | RankVariable():
                    self._begin[index] = variable.codes[program.begin[index]]
                case CountVariable():
                    pass
        self._counts = [
            tuple(_counts(program, program.counts.get(wave, ())))
            for wave in range(len(program.waves) + 1)
        ]
        self._waves: list[list[_Step]] = []
        try:
            for rules in program.waves:
                steps: list[_Step] = []
                self._waves.append(steps)
                # One by one, so that those already built are freed if the next fails.
                for part in _parts(rules):
                    steps.append(_step(program, part))
        except BaseException:
            self.close()
            raise

    @property
    def networks(self) -> int:
        """How many networks are alive."""
        return sum(map(len, self._waves))

    def run(self, facts: Facts) -> list[str]:
        """Return the code of every variable once no rule is left to fire."""
        values = self._begin.copy()
        for index, fact, code_by_value in self._facts:
            values[index] = spell_fact(facts.get(fact), code_by_value)
        for index, fact in self._numbers:
            values[index] = spell_number(facts.get(fact))
        self._take_counts(0, values)
        for wave, steps in enumerate(self._waves, start=1):
            for step in steps:
                message = step.template % tuple([values[index] for index in step.carried])
                for rule in step.network.match(message):
                    variable, code = step.sets[rule]
                    values[variable] = code
            self._take_counts(wave, values)
        return values

    def _take_counts(self, wave: int, values: list[str]) -> None:
        for index, variable in self._counts[wave]:
            values[index] = str(
                sum(values[counted] == variable.outcome for counted in variable.counted)
            )

    def close(self) -> None:
        """Free the networks; the runner cannot be used afterwards."""
        for steps in self._waves:
            for step in steps:
                step.network.close()
        self._waves = []


def _counts(program: Program, indexes: Sequence[int]) -> Iterator[tuple[int, CountVariable]]:
    for index in indexes:
        variable = program.variables[index]
        assert isinstance(variable, CountVariable)
        yield index, variable


def _tests(program: Program, rule: Rule) -> list[Test]:
    # Sorted by variable, so that rules which begin alike share their first nodes.
    return [
        test
        for index in sorted(rule.term)
        for test in program.variables[index].tests(rule.term[index])
    ]


def _parts(rules: Sequence[Rule]) -> Iterator[list[Rule]]:
    """Split the rules of a wave so that each part keeps within the limits of a network."""
    part: list[Rule] = []
    carried: set[int] = set()
    for rule in rules:
        if part and (len(part) == MOST_RULES or len(carried | set(rule.term)) > MOST_PROPERTIES):
            yield part
            part, carried = [], set()
        part.append(rule)
        carried.update(rule.term)
    if part:
        yield part


def _step(program: Program, rules: Sequence[Rule]) -> _Step:
    carried = tuple(sorted({index for rule in rules for index in rule.term}))
    properties = ",".join(
        f'"{variable.name}":{_slot(variable)}'
        for variable in map(program.variables.__getitem__, carried)
    )
    return _Step(
        network=Network([_tests(program, rule) for rule in rules]),
        template=f'{{"id":"1",{properties}}}',
        carried=carried,
        sets=tuple((rule.variable, _code(program, rule)) for rule in rules),
    )


def _slot(variable: Variable) -> str:
    """Where a message takes the variable's code: words in quotes, numbers bare."""
    return '"%s"' if isinstance(variable, FactVariable | ConclusionVariable) else "%s"


def _code(program: Program, rule: Rule) -> str:
    variable = program.variables[rule.variable]
    assert isinstance(variable, ConclusionVariable | RankVariable)
    return variable.codes[rule.to]
