"""The server: on this machine's own address, with nothing on disk and no log."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path

import waitress

from imr_rules.errors import InputError
from imr_rules.serve.app import make_app
from imr_rules.serve.model import MOST_BYTES
from imr_rules.serve.worker import Worker

_ADDRESS = "127.0.0.1"
_IN_MEMORY = 1 << 30
"""In bytes; what is larger, waitress would go on with in a temporary file."""


def serve(port: int, rules: Path | None, announce: Callable[[str], None]) -> None:
    """Answer on *port*, 0 for any that is free, until Ctrl-C; *announce* is told the address.

    Raises:
        InputError: the port cannot be had.
        PackErrors: the *rules* cannot be loaded.
    """
    # It would log exceptions, whose messages may quote a record.
    logging.getLogger("waitress").disabled = True
    try:
        listener = socket.create_server((_ADDRESS, port))
    except OSError as error:
        raise InputError(
            f"port {port} cannot be had ({error.strerror or error}).",
            hint="Name another with --port, or 0 for any that is free.",
        ) from None
    with listener:
        worker = Worker(rules)
        try:
            server = waitress.create_server(
                make_app(worker.ask),
                sockets=[listener],
                ident=None,
                connection_limit=50,
                channel_timeout=30,
                max_request_header_size=32_000,
                # What is a little too large is refused by the application, in a page that says so.
                max_request_body_size=3 * MOST_BYTES,
                inbuf_overflow=_IN_MEMORY,
                outbuf_overflow=_IN_MEMORY,
            )
            announce(f"http://{_ADDRESS}:{listener.getsockname()[1]}/")
            server.run()
        finally:
            worker.end()
