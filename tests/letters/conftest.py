"""Where the real letters are, and the letters written for these tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from imr_rules.letters import Determination, parse_letter

from .written_letters import BY_LAYOUT, PHRASES


@pytest.fixture(scope="session")
def real_letters() -> list[Path]:
    """The files of the folder of real letters; skips the test where it is absent."""
    folder = Path(os.environ.get("IMR_LETTERS", Path(__file__).parents[2] / "../shared/letters"))
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".pdf", ".txt"))
    if not files:
        pytest.skip("no real letters here: set IMR_LETTERS to their folder")
    return files


@pytest.fixture(scope="session")
def written() -> dict[str, Determination]:
    """The written letters, parsed, by layout."""
    return {name: parse_letter(text, PHRASES, source=name) for name, text in BY_LAYOUT.items()}
