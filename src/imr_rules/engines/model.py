"""What an engine is asked and what it answers: the same for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from imr_rules.facts.model import Value
from imr_rules.guidelines.model import Parameter, Topic


class Status(StrEnum):
    """What the facts make of a criterion."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Prediction(StrEnum):
    """How the denial ends: it stands, it falls, or no text speaks to the treatment."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    NO_GUIDELINE = "no_guideline"


class Certainty(StrEnum):
    """How firm a prediction is.

    ``met``: overturned. ``undocumented``: upheld, but some documentation would change it.
    ``barred``: upheld, and no further documentation could.
    """

    MET = "met"
    UNDOCUMENTED = "undocumented"
    BARRED = "barred"


Facts = Mapping[str, Value]
"""Fact values of one item; what nobody mentions is left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A conclusion without its reasons."""

    prediction: Prediction
    certainty: Certainty


_MET = Verdict(Prediction.OVERTURNED, Certainty.MET)
_UNDOCUMENTED = Verdict(Prediction.UPHELD, Certainty.UNDOCUMENTED)
_BARRED = Verdict(Prediction.UPHELD, Certainty.BARRED)


def verdict_of(*, recommended: bool, in_favour: bool) -> Verdict:
    """Return the verdict of two readings: by the burden of documentation, and in favour."""
    return _MET if recommended else _UNDOCUMENTED if in_favour else _BARRED


@dataclass(frozen=True, slots=True)
class Trace:
    """A conclusion with the status of every criterion and every route of the topic.

    *counted* holds the criteria that count as established under the burden of documentation:
    those that are met, and presumed ones that the letter leaves alone. *routes* tells which
    routes are satisfied, *barred_by* which bars hold (topic-wide and per route).
    """

    verdict: Verdict
    statuses: Mapping[str, Status]
    counted: frozenset[str]
    routes: Mapping[str, bool]
    barred_by: tuple[str, ...]
    settled: bool
    """The outcome is the same whichever way every unknown fact turns out."""


class Engine(Protocol):
    """What every engine can do; *name* appears in each conclusion."""

    name: str

    def trace(
        self, topic: Topic, parameters: Mapping[str, Parameter], on: date, facts: Facts
    ) -> Trace:
        """Decide *facts* under *topic*, thresholds as they stand on the day *on*."""
        ...
