"""How long reading a letter takes, its file already decoded; ``make bench`` prints it.

The target is 5 ms a letter on a core of its own. A machine busy with other things takes longer,
so the test fails only at three times that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.knowledge import load_knowledge
from imr_rules.letters import Determination, read_letter

TARGET_MS = 5
LARGEST_MS = 3 * TARGET_MS


@pytest.fixture(scope="module")
def letters() -> list[Determination]:
    """Real letters, read from their files."""
    folder = Path(os.environ.get("IMR_LETTERS", Path(__file__).parents[2] / "../shared/letters"))
    files = [p for p in sorted(folder.rglob("*")) if p.suffix in (".pdf", ".txt")]
    if not files:
        pytest.skip("no real letters here: set IMR_LETTERS to their folder")
    return [read_letter(path, load_knowledge().letter_phrases) for path in files]


@pytest.mark.letters
def test_reading_a_letter(benchmark: Any, letters: list[Determination]) -> None:
    """Items, findings and both readings of a letter; the mean over all letters, best round."""
    knowledge = load_knowledge()

    def read_all() -> None:
        for letter in letters:
            case_from_letter(letter, knowledge)

    read_all()
    benchmark.pedantic(read_all, rounds=5)
    per_letter_ms = 1000 * benchmark.stats.stats.min / len(letters)
    print(f"\n{len(letters)} letters, {per_letter_ms:.1f} ms each (target {TARGET_MS})")
    assert per_letter_ms < LARGEST_MS
