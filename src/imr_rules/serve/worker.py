"""The process that reads and answers: ended when it takes too long, and unable to write a file."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from imr_rules.errors import InputError
from imr_rules.knowledge import load_knowledge
from imr_rules.serve.answer import answer
from imr_rules.serve.asked import Record
from imr_rules.serve.model import Reply, Sent
from imr_rules.serve.page import start_page

LONGEST_SECONDS = 120.0
"""What a scan of a dozen pages takes to be recognised."""
_LONGEST_START = 120.0
_MOST_MEMORY = 4_000_000_000

_TOO_LONG = (
    "Reading this took too long and was stopped. Give the pages that speak of the request, or read"
    " the file with imr-rules preview FILE."
)
_BROKE_OFF = "Reading this broke off. Save the record as text or as another PDF, and give that."


class Worker:
    """One process, asked one thing at a time; the next question starts it anew if it ended."""

    def __init__(self, rules: Path | None, *, longest_seconds: float = LONGEST_SECONDS) -> None:
        """Start it with the *rules* folder.

        Raises:
            PackErrors: the rules cannot be loaded.
            InputError: the process ends for another reason.
        """
        self._rules = rules
        self.longest_seconds = longest_seconds
        self._one_at_a_time = threading.Lock()
        self._start()

    def ask(self, sent: Sent) -> Reply:
        """Return the answer to *sent*, or a page that says why there is none."""
        with self._one_at_a_time:
            try:
                self._pipe.send(sent)
                if self._pipe.poll(self.longest_seconds):
                    reply: Reply = self._pipe.recv()
                    return reply
                why = _TOO_LONG
            except (EOFError, OSError):
                why = _BROKE_OFF
            self.end()
            self._start()
            return _unanswered(sent, why, 503)

    @property
    def process_id(self) -> int | None:
        """The process that reads now."""
        return self._process.pid

    def end(self) -> None:
        """End the process, and what it started to recognise a scan."""
        self._pipe.close()
        if sys.platform != "win32" and self._process.pid is not None:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        context = get_context("spawn")
        self._pipe, other_end = context.Pipe()
        self._process = context.Process(
            target=_answer_all, args=(other_end, self._rules), daemon=True
        )
        self._process.start()
        other_end.close()
        try:
            if self._pipe.poll(_LONGEST_START) and self._pipe.recv():
                return
        except (EOFError, OSError):
            load_knowledge(self._rules)  # where the rules are to blame, this says why
        self.end()
        raise InputError("what reads the records cannot be started.", hint="Try imr-rules lint.")


def _answer_all(pipe: Connection, rules: Path | None) -> None:
    _confine()
    knowledge = load_knowledge(rules)
    knowledge.load_reading()
    pipe.send(True)
    with suppress(EOFError, OSError):
        while True:
            sent = pipe.recv()
            try:
                reply = answer(sent, knowledge)
            except Exception:
                # Its message may quote the record, and goes nowhere.
                reply = _unanswered(sent, _BROKE_OFF, 500)
            pipe.send(reply)


def _unanswered(sent: Sent, why: str, status: int) -> Reply:
    """Return the form as it was typed: a page that is not stored cannot be gone back to."""
    return start_page(sent, Record(sent.fields.get("text", "")), problem=why, status=status)


def _confine() -> None:
    """Let this process write no file, say nothing, and outlive no server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError):
        os.setsid()  # so that a program that recognises scans ends with it
    for limit, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _MOST_MEMORY),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
