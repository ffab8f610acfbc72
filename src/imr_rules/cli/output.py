"""Where a command writes: the terminal, or a file that appears whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from imr_rules.errors import InputError
from imr_rules.whole_files import whole_file


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
    with whole_file(path) as name:
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
    with whole_file(path) as name, name.open("w", encoding="utf-8") as stream:
        yield stream
