"""One set of rules inside durable-rules: the only file that touches the native library.

The library's Python layer (``durable.engine``) serialises and restores a whole state object after
every single action, which takes twelve times as long as the matching (204 µs against 17 µs where
ten rules fire), and its ``Host`` keeps two background threads. So this file drives the compiled
core of the same distribution directly, inside the limits in which it is exact:

- a set has at most :data:`MOST_RULES` rules, because a message may have at most 64 branches
  pending, and pending branches hold different rules;
- one ``$and`` of at least one test under one alias a rule (an empty one never returns);
- facts are asserted under one message id and one session, read off, and retracted, whatever
  happens (events would be consumed by the first rule; sessions are never freed);
- messages are built from codes and plain decimals (its JSON reader knows no exponents).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol

from imr_rules.engines.durable.variables import Test

MOST_RULES = 60
MOST_PROPERTIES = 240
"""Of a message; the native limit is 254, id and session included."""

_MESSAGE_ID = '{"id":"1"}'
_WAKE = "w"
_HANDLED, _NOT_HANDLED = 0, 1


class _Native(Protocol):
    def create_ruleset(self, name: str, rules: str, /) -> int: ...
    def delete_ruleset(self, handle: int, /) -> None: ...
    def assert_fact(self, handle: int, message: str, /) -> tuple[int, int]: ...
    def retract_fact(self, handle: int, message: str, /) -> tuple[int, int]: ...
    def start_action_for_state(self, handle: int, state: int, /) -> tuple[str, str] | None: ...
    def complete_and_start_action(self, handle: int, state: int, /) -> str | None: ...
    def abandon_action(self, handle: int, state: int, /) -> None: ...
    def delete_state(self, handle: int, sid: str | None, /) -> None: ...


def durable_available() -> bool:
    """Whether the native library can be imported (it does not build for Python 3.13 and later)."""
    try:
        _load()
    except ImportError:
        return False
    return True


def _load() -> _Native:
    import durable_rules_engine  # absent on Python 3.13+

    native: _Native = durable_rules_engine
    return native


class Network:
    """Rules that a message is matched against; callers hold a lock around every call.

    Raises:
        ValueError: there are no rules, too many, or one without tests.
    """

    def __init__(self, rules: Sequence[Sequence[Test]]) -> None:
        if not 0 < len(rules) <= MOST_RULES:
            raise ValueError(f"a set holds 1 to {MOST_RULES} rules, not {len(rules)}")
        if not all(rules):
            raise ValueError("a rule without tests never returns")
        self._native = _load()
        self._numbers = {f"r{index}": index for index in range(len(rules))}
        self._numbers["wake"] = -1
        every = [*rules, [f'{{"{_WAKE}":1}}']]
        written = ",".join(
            f'"{rule}":{{"all":[{{"m":{{"$and":[{",".join(tests)}]}}}}]}}'
            for rule, tests in zip(self._numbers, every, strict=True)
        )
        definition = f"{{{written}}}"
        name = sha256(definition.encode()).hexdigest()
        self._handle = self._native.create_ruleset(name, definition)
        # Part of a session is only initialised by its first action, and freed all the same.
        if self.match(f'{{"id":"1","{_WAKE}":1}}') != [-1]:
            raise RuntimeError("durable-rules did not fire a rule that matches")

    def match(self, message: str) -> list[int]:
        """Return the numbers of the rules that *message* satisfies, ascending.

        *message* is JSON with the id ``1``.
        """
        native, handle = self._native, self._handle
        found: list[int] = []
        state = 0
        try:
            result, state = native.assert_fact(handle, message)
            if result == _NOT_HANDLED:
                return found
            if result != _HANDLED:
                raise RuntimeError(f"durable-rules answered {result} to a new message")
            started = native.start_action_for_state(handle, state)
            action = started[1] if started else None
            while action:
                # An action reads {"r7":{"m":{...}}}; only its rule is wanted.
                found.append(self._numbers[action[2 : action.index('"', 2)]])
                action = native.complete_and_start_action(handle, state)
        except BaseException:
            if state:
                native.abandon_action(handle, state)
            raise
        finally:
            native.retract_fact(handle, _MESSAGE_ID)
        found.sort()
        return found

    def close(self) -> None:
        """Free the memory of the rules; the network cannot be used afterwards."""
        self._native.delete_state(self._handle, "0")
        self._native.delete_ruleset(self._handle)
