"""The table of what was not understood: sentences that touch a fact and gave no finding.

It holds text of records. It is written only to the file that the user names, and shown nowhere.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from imr_rules.cli.output import output_to
from imr_rules.reading.model import Miss

COLUMNS = ("source", "section", "start", "end", "facts", "sentence")
_FORMULA = ("=", "+", "-", "@")


def write_misses(path: Path, misses: Iterable[tuple[Path, Miss]]) -> int:
    """Write *misses*, each with its letter, as CSV to *path*; return how many there are.

    Sentences have single spaces. One that a spreadsheet would take for a formula begins with an
    apostrophe.

    Raises:
        InputError: the file cannot be written.
    """
    count = 0
    with output_to(path) as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for source, miss in misses:
            facts = " ".join(miss.facts)
            row = (str(source), miss.section.value, miss.start, miss.end, facts, miss.quote)
            table.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    flat = " ".join(value.split())
    return f"'{flat}" if flat.startswith(_FORMULA) else flat
