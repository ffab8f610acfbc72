"""The server as users start it: a process of its own, on a free port."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

START = (sys.executable, "-c", "from imr_rules.cli import main; main()", "serve")


@dataclass(frozen=True)
class Served:
    """A running server: where it listens, its process, and the folder it was started in."""

    port: int
    process: subprocess.Popen[str]
    folder: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose working and temporary folder is empty; it must end in peace on Ctrl-C."""
    folder = tmp_path_factory.mktemp("served")
    source = os.pathsep.join(str(Path(entry).resolve()) for entry in sys.path if entry)
    process = subprocess.Popen(
        [*START, "--port", "0"],
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.fullmatch(r"Open http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)\n", line)
    assert found is not None, line or process.communicate()
    yield Served(int(found[1]), process, folder)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture
def port(served: Served) -> int:
    return served.port
