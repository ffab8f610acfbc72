"""Two engines asked at once: the second must conclude what the first does, or nothing is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date

from imr_rules.engines.model import Engine, Facts, Trace
from imr_rules.errors import EngineDisagreementError
from imr_rules.guidelines.model import Parameter, Topic


class CheckedEngine:
    """Concludes with *engine*, each time compared with *against*; it goes by the name of *engine*.

    The comparison is of the whole trace, so that two engines which agree for different reasons
    are caught as well.
    """

    def __init__(self, engine: Engine, against: Engine) -> None:
        self.name = engine.name
        self._engine = engine
        self._against = against

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic* on the day *on*.

        Raises:
            EngineDisagreementError: the engines differ; the message names both and what differs.
        """
        concluded = self._engine.trace(topic, parameters, on, facts)
        expected = self._against.trace(topic, parameters, on, facts)
        if concluded != expected:
            raise EngineDisagreementError(
                f"engines {self._engine.name!r} and {self._against.name!r} conclude differently on "
                f"topic {topic.id!r} of {topic.edition!r} as of {on}: "
                f"{'; '.join(_differences(concluded, expected))}.",
                at=topic.at,
                hint="This is a defect of the program; please report it. "
                f"--engine {self._against.name} goes on without the comparison.",
            )
        return concluded


def _differences(concluded: Trace, expected: Trace) -> list[str]:
    return [
        f"{field.name} {getattr(concluded, field.name)!r} against {getattr(expected, field.name)!r}"
        for field in fields(Trace)
        if getattr(concluded, field.name) != getattr(expected, field.name)
    ]
