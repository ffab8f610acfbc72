"""What lint finds: the kind, how grave it is, where it stands, and a sheet that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from imr_rules.errors import Location
from imr_rules.facts.model import Value


class Level(StrEnum):
    """``error``: the pack cannot mean this; ``warning``: mend or explain; ``info``: to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    """What lint looks for."""

    UNREACHABLE_ROUTE = "unreachable-route"
    UNSATISFIABLE_TOPIC = "unsatisfiable-topic"
    IDLE_CRITERION = "idle-criterion"
    IDENTICAL_CRITERIA = "identical-criteria"
    DOCUMENTATION_HURTS = "documentation-hurts"
    NEEDLESS_EXCEPTION = "needless-exception"
    OPEN_QUESTION = "open-question"
    INEXACT_BOUND = "inexact-bound"
    GAP = "gap"
    OVERLAP = "overlap"
    UNUSED_FACT = "unused-fact"
    UNUSED_PARAMETER = "unused-parameter"
    UNTRIED_THRESHOLD = "untried-threshold"
    UNTRIED_CRITERION = "untried-criterion"
    NO_SITUATIONS = "no-situations"


@dataclass(frozen=True, slots=True)
class Example:
    """A pack test that shows a finding: its name, and what the rules as they stand conclude."""

    name: str
    facts: Mapping[str, Value]
    on: date
    prediction: str
    certainty: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding; *subject* names what it is about (a topic, fact, parameter or treatment)."""

    kind: Kind
    level: Level
    subject: str
    message: str
    at: Location | None = None
    example: Example | None = None
