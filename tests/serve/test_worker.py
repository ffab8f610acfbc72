"""The reader ends when it takes too long or breaks, and the next question finds a new one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
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


def test_a_reader_does_not_outlive_a_server_that_was_killed(tmp_path: Path) -> None:
    """However the server ended, its reader finds that nobody can ask, and ends."""
    code = (
        "import os, signal; from imr_rules.serve.worker import Worker\n"
        "if __name__ == '__main__':\n"
        "    print(Worker(None).process_id, flush=True); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "start.py").write_text(code, encoding="utf-8")
    reader = int(run(sys.executable, str(tmp_path / "start.py")).stdout)
    for _ in range(100):
        if not is_running(reader):
            return
        time.sleep(0.1)
    os.kill(reader, signal.SIGKILL)
    pytest.fail("the reader went on")


def is_running(process: int) -> bool:
    """Whether *process* runs; one that ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


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
