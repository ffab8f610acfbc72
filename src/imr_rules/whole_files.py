"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from imr_rules.errors import not_writable


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a file beside *path* that takes its place when all went well, and else vanishes.

    Raises:
        InputError: *path* is a folder, or the folder it is to stand in does not exist or cannot
            be written.
    """
    # The leading dot keeps Spark, DuckDB and a later run from reading what is half written.
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        # Unlike the files of tempfile, which are for their owner alone, this one follows the
        # user's own mask.
        unfinished.touch(exist_ok=False)
    except OSError as error:
        raise not_writable(path, error) from None
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
