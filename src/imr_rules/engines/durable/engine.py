"""The engine: topics kept compiled, conclusions read off as verdicts and traces."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock

from imr_rules.engines.durable.program import Program, compile_program
from imr_rules.engines.durable.runner import Runner
from imr_rules.engines.kept import Kept, KeptTopics
from imr_rules.engines.model import Facts, Status, Trace, Verdict, verdict_of
from imr_rules.engines.symbolic import symbolic_topic
from imr_rules.guidelines.model import Parameter, Topic

MOST_NETWORKS = 256
"""Rule sets kept alive: two a topic, 0.3 to 1 MB each. A topic that was freed is compiled again,
in 2 ms."""

_STATUS = {"0": Status.UNMET, "1": Status.UNKNOWN, "2": Status.UNKNOWN, "3": Status.MET}
_COUNTED = frozenset({"2", "3"})
_YES = "yes"


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
        self._kept: KeptTopics[Runner] = KeptTopics()
        self._used: OrderedDict[Runner, tuple[Kept[Runner], int]] = OrderedDict()
        """Where each runner is kept; the one used last stands last."""

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
        in_favour = values[program.recommended_in_favour] == _YES
        against = values[program.recommended_against] == _YES
        return Trace(
            verdict=_verdict(program, values),
            statuses={name: _STATUS[values[rank]] for name, rank in ranks},
            counted=frozenset([name for name, rank in ranks if values[rank] in _COUNTED]),
            routes={name: values[index] == _YES for name, index in program.routes.items()},
            barred_by=tuple([name for name, index in program.bars if values[index] == _YES]),
            settled=in_favour == against,
        )

    def close(self) -> None:
        """Free the memory of every rule set; the engine compiles anew when used again."""
        with self._lock:
            while self._used:
                self._free_oldest()

    def _run(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> tuple[Program, list[str]]:
        with self._lock:
            kept = self._kept.find(topic, parameters)
            span = kept.span(on)
            runner = kept.compiled.get(span)
            if runner is None:
                runner = self._compile(kept, span, on)
            self._used.move_to_end(runner)
            try:
                return runner.program, runner.run(facts)
            except BaseException:
                # Interrupted between two actions, a network would report the rest next time.
                # It is not closed: nothing is known of what the interruption left of it.
                self._drop(runner)
                raise

    def _compile(self, kept: Kept[Runner], span: int, on: date) -> Runner:
        topic = kept.topic
        symbolic = symbolic_topic(topic, kept.parameters, on, topic.vocabulary)
        runner = Runner(compile_program(symbolic))
        kept.compiled[span] = runner
        self._used[runner] = (kept, span)
        self._networks += runner.networks
        while self._networks > self._most_networks and len(self._used) > 1:
            self._free_oldest()
        return runner

    def _free_oldest(self) -> None:
        runner = next(iter(self._used))
        self._drop(runner)
        runner.close()

    def _drop(self, runner: Runner) -> None:
        kept, span = self._used.pop(runner)
        self._networks -= runner.networks
        del kept.compiled[span]
        if not kept.compiled:
            self._kept.forget(kept)


def _verdict(program: Program, values: list[str]) -> Verdict:
    return verdict_of(
        recommended=values[program.recommended] == _YES,
        in_favour=values[program.recommended_in_favour] == _YES,
    )
