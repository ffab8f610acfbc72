"""One request to a chat endpoint: bounded in time and size, never redirected, never proxied.

The text of a letter goes to the host that the user named and nowhere else; that is why no
redirect is followed and no proxy of the environment is used.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from imr_rules.errors import InputError
from imr_rules.reading.model import Refusal

_CHAT = "/chat/completions"
_VERSION = "/v1"
_HINT = "Write it like http://localhost:8080/v1."


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask; *key* is sent as a bearer token and never shown."""

    host: str
    port: int
    path: str
    encrypted: bool
    key: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class NoAnswerError(Exception):
    """A request that gave nothing to use, and why; *status* where a server did answer."""

    def __init__(self, refusal: Refusal, *, status: int | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.status = status


def parse_endpoint(url: str, *, key: str | None = None) -> Endpoint:
    """Return the endpoint at *url*: the server's root, its ``/v1``, or the full address.

    Raises:
        InputError: *url* is no http or https address of a host.

    >>> parse_endpoint("http://localhost:8080").path
    '/v1/chat/completions'
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(f"{url!r} is no address ({error}).", hint=_HINT) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(f"{url!r} is no http or https address.", hint=_HINT)
    if parts.username or parts.query or parts.fragment:
        raise InputError(
            f"the address of {parts.hostname} holds more than host and path.", hint=_HINT
        )
    path = parts.path.rstrip("/")
    if not path.endswith(_CHAT):
        path += _CHAT if path.endswith(_VERSION) else _VERSION + _CHAT
    encrypted = parts.scheme == "https"
    return Endpoint(parts.hostname, port or (443 if encrypted else 80), path, encrypted, key)


def ask(
    endpoint: Endpoint, question: Mapping[str, Any], *, seconds: float, largest: int
) -> dict[str, Any]:
    """Post *question* and return the JSON object that is answered.

    *seconds* bound the whole exchange, however slowly the other side drips; *largest* bounds the
    answer, in bytes.

    Raises:
        NoAnswerError: nothing usable came back in time.
    """
    body = json.dumps(question).encode("ascii")
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    make = http.client.HTTPSConnection if endpoint.encrypted else http.client.HTTPConnection
    connection = make(endpoint.host, endpoint.port, timeout=seconds)
    until = time.monotonic() + seconds
    try:
        connection.connect()
        with _cut_off_at(until, connection.sock):
            connection.request("POST", endpoint.path, body=body, headers=headers)
            response = connection.getresponse()
            if response.status != 200:
                raise NoAnswerError(Refusal.REFUSED_BY_SERVER, status=response.status)
            raw = response.read(largest + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= until or isinstance(error, TimeoutError):
            raise NoAnswerError(Refusal.TIMED_OUT) from None
        broken = isinstance(error, OSError)
        raise NoAnswerError(Refusal.NO_CONNECTION if broken else Refusal.NOT_JSON) from None
    finally:
        connection.close()
    if time.monotonic() >= until:
        raise NoAnswerError(Refusal.TIMED_OUT)
    if len(raw) > largest:
        raise NoAnswerError(Refusal.TOO_LARGE)
    return json_object(raw)


def json_object(raw: bytes | str) -> dict[str, Any]:
    """Return the JSON object in *raw*.

    Raises:
        NoAnswerError: it is none, or so deeply nested that it cannot be meant.
    """
    try:
        found = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NoAnswerError(Refusal.NOT_JSON) from None
    if not isinstance(found, dict):
        raise NoAnswerError(Refusal.NOT_JSON)
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


@contextmanager
def _cut_off_at(until: float, sock: socket.socket) -> Iterator[None]:
    """End the exchange over *sock* at *until*: its own timeout starts anew with every byte.

    The connection itself lets go of *sock* as soon as the other side says that it will close.
    """

    def cut_off() -> None:
        # Past the TLS layer, whose state belongs to the thread that reads.
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, until - time.monotonic()), cut_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
