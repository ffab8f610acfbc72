"""A stub of a chat server on the loopback interface, which does what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

Behaviour = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Stub(ThreadingHTTPServer):
    """Answers every question by the next of its behaviours; the last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behaviours: list[Behaviour] = []
        self.questions: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """The server's root."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients of these tests hang up on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        question = json.loads(body)
        self.server.questions.append(question)
        self.server.headers.append(dict(self.headers))
        behave = self.server.behaviours
        (behave.pop(0) if len(behave) > 1 else behave[0])(self, question)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


def send(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def says(content: str) -> Behaviour:
    """A well-formed chat answer with *content*."""
    body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
    return lambda handler, _: send(handler, body)


def finds(*findings: Any) -> Behaviour:
    """A chat answer that lists *findings*."""
    return says(json.dumps({"findings": findings}))


@pytest.fixture
def stub() -> Iterator[Stub]:
    """The running server."""
    server = Stub()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
