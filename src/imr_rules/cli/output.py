"""Where a command writes: the terminal, or a file that appears whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from imr_rules.errors import InputError, not_writable


def write_document(document: bytes, path: Path | None, *, is_text: bool) -> None:
    """Write *document* to the file at *path*, or to stdout where it is text or goes to a pipe.

    Raises:
        InputError: the file cannot be written, or a terminal would be flooded with bytes.
    """
    if path is None:
        if not is_text and sys.stdout.isatty():
            raise InputError("is no text for a terminal.", hint="Name a file with --out FILE.")
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
        return
    with _appearing(path) as name:
        name.write_bytes(document)


@contextmanager
def output_to(path: Path | None) -> Iterator[IO[str]]:
    """Yield stdout, or a stream whose contents become the file at *path* when all went well.

    Raises:
        InputError: the folder of *path* does not exist or cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    with _appearing(path) as name, name.open("w", encoding="utf-8") as stream:
        yield stream


@contextmanager
def _appearing(path: Path) -> Iterator[Path]:
    """Yield a file beside *path* that takes its place when all went well, and else vanishes."""
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise not_writable(path, error) from None
    os.close(handle)
    # A temporary file is for its owner alone; what takes its place follows the user's own mask.
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)
    try:
        yield Path(name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
