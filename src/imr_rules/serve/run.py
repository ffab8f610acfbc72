"""The server: on this machine's own address, with nothing on disk and no log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import waitress

from imr_rules.errors import InputError
from imr_rules.serve.app import make_app
from imr_rules.serve.model import MOST_BYTES, Reply, Sent
from imr_rules.serve.worker import LONGEST_SECONDS, Worker

ADDRESS = "127.0.0.1"
_MOST_CONNECTIONS = 50
_MOST_HEADER_BYTES = 32_000
_IDLE_SECONDS = 30
_IN_MEMORY = 1 << 30


class Server:
    """A server that is bound to its port and has its reader ready."""

    def __init__(
        self, port: int, rules: Path | None, *, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        """Bind to *port*, 0 for any that is free; answers take *longest_seconds* at most.

        Raises:
            InputError: the port cannot be had.
            PackErrors: the *rules* cannot be loaded.
        """
        # It tells of exceptions and connections; the former might quote a record.
        logging.getLogger("waitress").addHandler(logging.NullHandler())
        logging.getLogger("waitress").propagate = False
        try:
            self._server: Any = waitress.create_server(
                make_app(self._ask),
                host=ADDRESS,
                port=port,
                ident=None,
                threads=4,
                connection_limit=_MOST_CONNECTIONS,
                channel_timeout=_IDLE_SECONDS,
                max_request_header_size=_MOST_HEADER_BYTES,
                max_request_body_size=MOST_BYTES,
                # Above these sizes it would go on in a temporary file.
                inbuf_overflow=_IN_MEMORY,
                outbuf_overflow=_IN_MEMORY,
            )
        except OSError as error:
            raise InputError(
                f"port {port} cannot be had ({error.strerror or error}).",
                hint="Name another with --port, or 0 for any that is free.",
            ) from None
        try:
            self._worker = Worker(rules, longest_seconds=longest_seconds)
        except BaseException:
            self._server.close()
            raise

    def _ask(self, sent: Sent) -> Reply:
        return self._worker.ask(sent)

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"http://{ADDRESS}:{self._server.effective_port}/"

    def run(self) -> None:
        """Answer until Ctrl-C."""
        try:
            self._server.run()
        finally:
            self.close()

    def close(self) -> None:
        """Give the port back and end the reader."""
        self._server.close()
        self._worker.end()
