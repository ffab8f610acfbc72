"""Where a command writes: the terminal, or a file that appears whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from imr_rules.errors import InputError, Location


@contextmanager
def output_to(path: Path | None) -> Iterator[IO[str]]:
    """Yield stdout, or a stream whose contents become the file at *path* when all went well.

    Raises:
        InputError: the folder of *path* does not exist or cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=True)
    except OSError as error:
        raise InputError(
            f"cannot be written ({error.strerror or error}).", at=Location(path)
        ) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield stream
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
