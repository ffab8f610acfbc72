"""The engine: topics kept compiled, conclusions read off as verdicts and traces."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock

from imr_rules.engines.durable.program import Program, compile_program
from imr_rules.engines.durable.runner import Runner
from imr_rules.engines.model import Facts, Status, Trace, Verdict, verdict_of
from imr_rules.engines.thresholds import change_days, limits_on, span_of
from imr_rules.guidelines.model import Parameter, Topic

MOST_NETWORKS = 256
"""Rule sets kept alive, 0.3 to 1.0 MB each; a topic that was freed is compiled again (1 ms)."""

_STATUS = {"0": Status.UNMET, "1": Status.UNKNOWN, "2": Status.UNKNOWN, "3": Status.MET}
_COUNTED = frozenset({"2", "3"})
_YES = "yes"


@dataclass(slots=True)
class _Kept:
    """A topic with its parameters, the days on which they change, and how often it is compiled.

    It holds both objects so that their ids, by which it is found, are not given to others.
    """

    topic: Topic
    parameters: Mapping[str, Parameter]
    days: tuple[date, ...]
    runners: int = 0


class DurableEngine:
    """Forward chaining on durable-rules; concludes what the reference engine concludes.

    Two days between which no threshold of a topic changes share its rules. Beyond
    *most_networks* rule sets those of the topics used least recently are freed. One engine may be
    used from several threads, which then take turns.

    Raises:
        ImportError: on first use, where durable-rules is not installed
            (see :func:`imr_rules.engines.durable.durable_available`).
    """

    name = "durable"

    def __init__(self, *, most_networks: int = MOST_NETWORKS) -> None:
        self._most_networks = most_networks
        self._networks = 0
        self._lock = Lock()
        self._kept: dict[tuple[int, int], _Kept] = {}
        self._runners: OrderedDict[tuple[int, int, int], Runner] = OrderedDict()
        """By topic, parameters and stretch of days; the one used last stands last."""

    def decide(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Verdict:
        """Decide *facts* under *topic* on the day *on*, without the reasons."""
        program, values = self._run(topic, parameters, on, facts)
        return _verdict(program, values)

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic* on the day *on*, with every status."""
        program, values = self._run(topic, parameters, on, facts)
        ranks = program.criteria.items()
        in_favour = values[program.recommended_in_favour]
        return Trace(
            verdict=_verdict(program, values),
            statuses={name: _STATUS[values[rank]] for name, rank in ranks},
            counted=frozenset([name for name, rank in ranks if values[rank] in _COUNTED]),
            routes={name: values[index] == _YES for name, index in program.routes.items()},
            barred_by=tuple([name for name, index in program.bars if values[index] == _YES]),
            settled=in_favour == values[program.recommended_against],
        )

    def close(self) -> None:
        """Free the memory of every rule set; the engine compiles anew when used again."""
        with self._lock:
            while self._runners:
                self._free_oldest()

    def _run(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> tuple[Program, list[str]]:
        with self._lock:
            found = self._kept.get((id(topic), id(parameters)))
            kept = found or _Kept(topic, parameters, change_days(topic, parameters))
            key = (id(topic), id(parameters), span_of(kept.days, on))
            runner = self._runners.get(key)
            if runner is None:
                runner = Runner(compile_program(topic, limits_on(topic, parameters, on)))
                self._keep(key, kept, runner)
            self._runners.move_to_end(key)
            try:
                return runner.program, runner.run(facts)
            except BaseException:
                # Interrupted between two actions, a network would report the rest next time.
                # It is not closed: nothing is known of what the interruption left of it.
                self._drop(key)
                raise

    def _keep(self, key: tuple[int, int, int], kept: _Kept, runner: Runner) -> None:
        self._runners[key] = runner
        self._kept[key[:2]] = kept
        kept.runners += 1
        self._networks += runner.networks
        while self._networks > self._most_networks and len(self._runners) > 1:
            self._free_oldest()

    def _free_oldest(self) -> None:
        self._drop(next(iter(self._runners))).close()

    def _drop(self, key: tuple[int, int, int]) -> Runner:
        runner = self._runners.pop(key)
        self._networks -= runner.networks
        kept = self._kept[key[:2]]
        kept.runners -= 1
        if not kept.runners:
            del self._kept[key[:2]]
        return runner


def _verdict(program: Program, values: list[str]) -> Verdict:
    return verdict_of(
        recommended=values[program.recommended] == _YES,
        in_favour=values[program.recommended_in_favour] == _YES,
    )
