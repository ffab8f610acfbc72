"""An audit → the files of its folder, each of which appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from imr_rules.audit.audit import Audit
from imr_rules.audit.report.page import report_html
from imr_rules.audit.rows import Row, columns_of
from imr_rules.audit.to_json import gravest_to_json
from imr_rules.cases.from_paths import Rejected, Repeated
from imr_rules.errors import not_writable
from imr_rules.whole_files import whole_file

FILES = ("findings.json", "scores.json", "items.parquet", "rejected.jsonl", "report.html")


def write_audit(
    audit: Audit,
    rejected: Sequence[Rejected | Repeated],
    folder: Path,
    *,
    index_lines: tuple[str, ...] = (),
) -> None:
    """Write the :data:`FILES` of *audit* into *folder*, which is made if need be.

    Raises:
        InputError: the folder cannot be made or written.
    """
    with writing_into(folder):
        _parquet(folder / "items.parquet", audit)
        _write_words(audit, rejected, folder, index_lines)


def write_table_audit(
    audit: Audit, tables: Sequence[Path], rejected: Sequence[Rejected | Repeated], folder: Path
) -> None:
    """Write *audit* into *folder*, and move its *tables* there; all are on one file system.

    Raises:
        InputError: the folder cannot be written.
    """
    with writing_into(folder):
        for table in tables:
            table.replace(folder / table.name)
        _write_words(audit, rejected, folder, ())


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Make *folder*, and tell in one line why it cannot be made or written.

    Raises:
        InputError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise not_writable(folder, error) from None


def _write_words(
    audit: Audit,
    rejected: Sequence[Rejected | Repeated],
    folder: Path,
    index_lines: tuple[str, ...],
) -> None:
    problems = "".join(
        json.dumps({"path": str(one.path), "reason": one.reason}, ensure_ascii=False) + "\n"
        for one in rejected
    )
    findings = gravest_to_json(audit.findings, audit.corpus.policy, audit.counts, audit.listed_in)
    page = report_html(audit, rejected=tuple(rejected), index_lines=index_lines)
    _text(folder / "findings.json", _json(findings))
    _text(folder / "scores.json", _json(audit.scores))
    _text(folder / "rejected.jsonl", problems)
    _text(folder / "report.html", page)


def _text(path: Path, text: str) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _parquet(path: Path, audit: Audit) -> None:
    # Polars takes a quarter of a second to import: only a written audit needs it.
    import polars

    numbers = {int: polars.Int64, float: polars.Float64}
    schema = {
        field.name: next(
            (kind for python, kind in numbers.items() if python.__name__ in str(field.type)),
            polars.String,
        )
        for field in fields(Row)
    }
    with whole_file(path) as unfinished:
        polars.DataFrame(columns_of(audit.rows), schema=schema).write_parquet(unfinished)
