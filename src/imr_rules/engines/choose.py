"""Which engine decides: forward chaining checked against the reference, where it is installed."""

from __future__ import annotations

from imr_rules.engines.checked import CheckedEngine
from imr_rules.engines.durable import DurableEngine, durable_available
from imr_rules.engines.model import Engine
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import MissingExtraError, UnknownNameError

ENGINES = ("durable", "reference")

_ABSENT = (
    "durable-rules is not installed (it does not build for Python 3.13 and later): "
    "the reference engine decides; its conclusions are the same."
)


def default_engine() -> tuple[Engine, str]:
    """Return the engine that decides unless told otherwise, and a note for the user or ``""``.

    It is the durable engine, every conclusion compared with the reference engine's; without
    durable-rules it is the reference engine alone, and the note says so.
    """
    if durable_available():
        return CheckedEngine(DurableEngine(), ReferenceEngine()), ""
    return ReferenceEngine(), _ABSENT


def engine_named(name: str | None) -> tuple[Engine, str]:
    """Return the engine *name* (None: the default), and a note for the user or ``""``.

    Raises:
        UnknownNameError: there is no engine of that name.
        MissingExtraError: the engine was asked for by name and is not installed.
    """
    if name is None:
        return default_engine()
    if name not in ENGINES:
        raise UnknownNameError("engine", name, ENGINES)
    if name == "reference":
        return ReferenceEngine(), ""
    if not durable_available():
        raise MissingExtraError(
            "the engine 'durable' needs durable-rules, which is not installed.",
            hint="It builds on Python 3.11 and 3.12; --engine reference concludes the same.",
        )
    return default_engine()
