"""A file that a command writes appears whole or not at all, and for whom the user says."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.audit.write import FILES
from imr_rules.cli.audit import command as audit
from imr_rules.cli.extract import command as extract
from imr_rules.data_folders import cases_folder
from imr_rules.errors import InputError
from imr_rules.whole_files import whole_file


@pytest.fixture
def a_private_mask() -> Iterator[None]:
    """The mask of a user whose files are nobody else's."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def _write_half(path: Path) -> None:
    with whole_file(path) as unfinished:
        unfinished.write_text("half of the new", encoding="utf-8")
        raise KeyboardInterrupt


def test_what_was_there_stays_until_all_is_written(tmp_path: Path) -> None:
    """A writer that fails leaves the old file, and nothing beside it."""
    path = tmp_path / "report.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        _write_half(path)
    assert [path] == list(tmp_path.iterdir())
    assert path.read_text(encoding="utf-8") == "old"
    with whole_file(path) as unfinished:
        unfinished.write_text("new", encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())
    assert path.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("name", ["", "no/such/folder/report.txt"])
def test_where_no_file_can_stand_the_user_is_told(tmp_path: Path, name: str) -> None:
    """A folder, and a place in a folder that is none."""
    with pytest.raises(InputError, match="cannot be written"), whole_file(tmp_path / name):
        pytest.fail("nothing is written")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("a_private_mask")
def test_every_file_follows_the_mask(tmp_path: Path) -> None:
    """An audit quotes letters: where the user's files are private, its files are."""
    case = str(min(cases_folder().glob("*.yaml")))
    out = tmp_path / "audit"
    table = tmp_path / "facts.parquet"
    for command, arguments in (
        (audit, ["--out", str(out)]),
        (extract, ["--out", str(tmp_path / "case.json")]),
        (extract, ["--out", str(table)]),
    ):
        result = CliRunner().invoke(command, [case, *arguments])
        assert result.exit_code == 0, result.output
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert set(FILES) < {path.name for path in files}
    assert any(table in path.parents for path in files)
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
