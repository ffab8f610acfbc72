"""The reader ends when it takes too long or breaks, and the next question finds a new one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.conftest import START

from imr_rules.errors import PackError
from imr_rules.serve.model import Sent
from imr_rules.serve.worker import Worker

ASKED = Sent("token", {"titles": "lumbar MRI", "text": "Low back pain."})


@pytest.fixture
def worker() -> Iterator[Worker]:
    started = Worker(None)
    yield started
    started.end()


def test_a_reading_that_takes_too_long_is_stopped(worker: Worker) -> None:
    """The page says so with a remedy, and what is asked next is answered."""
    worker.longest_seconds = 0.05
    long = Sent("token", {"titles": "lumbar MRI", "text": "Numb leg, weak. " * 30_000})
    stopped = worker.ask(long)
    assert stopped.status == 503
    assert b"took too long" in stopped.body
    worker.longest_seconds = 60
    assert worker.ask(ASKED).status == 200


def test_a_reader_that_broke_is_started_anew(worker: Worker) -> None:
    """As after a file that brings down what reads it."""
    os.kill(worker.process_id, signal.SIGKILL)
    assert worker.ask(ASKED).status == 503
    assert worker.ask(ASKED).status == 200


def test_a_reader_does_not_outlive_its_server(worker: Worker) -> None:
    """Once nobody can ask it any more it is gone."""
    reader = worker.process_id
    worker.end()
    with pytest.raises(ProcessLookupError):
        os.kill(reader, 0)


def test_rules_that_cannot_be_loaded_are_told_at_the_start(tmp_path: Path) -> None:
    """With the error of the rules, not of the process that could not start."""
    with pytest.raises(PackError, match="vocabulary"):
        Worker(tmp_path)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_a_port_that_is_taken_is_told_with_the_remedy() -> None:
    """In one line, with the status of wrong usage."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(*START, "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port} cannot be had" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize("package", ["waitress", "werkzeug"])
def test_a_missing_package_is_told_with_the_remedy(package: str) -> None:
    """The page comes with the extra `serve`."""
    hide = f"import sys; sys.modules[{package!r}] = None; sys.argv = ['imr-rules', 'serve']"
    done = run(sys.executable, "-c", f"{hide}; from imr_rules.cli import main; main()")
    assert done.returncode == 2
    assert done.stderr == (
        f"error[missing-extra]: the page needs the package {package}, which is not installed."
        " Install it with: pip install 'imr-rules[serve]'\n"
    )
