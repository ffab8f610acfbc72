"""The catalogue that ships, and what the real letters ask for."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.letters import read_letter
from imr_rules.letters.phrases import load_letter_phrases
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.load import load_catalogue

_BESIDE = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue of the rules that ship."""
    return load_catalogue(rules_folder())


@pytest.fixture(scope="session")
def real_titles() -> list[tuple[str, str, str]]:
    """(case, title as printed, topic by hand) of every item of the real letters."""
    letters = Path(os.environ.get("IMR_LETTERS", _BESIDE / "letters"))
    inventory = letters.parent / "guidelines" / "items.csv"
    files = sorted(p for p in letters.rglob("*") if p.suffix in (".pdf", ".txt"))
    if not files or not inventory.exists():
        pytest.skip("no real letters here: set IMR_LETTERS to their folder")
    with inventory.open(encoding="utf-8") as rows:
        topics = {(r["case"], int(r["item"])): r["topic"] for r in csv.DictReader(rows)}
    phrases = load_letter_phrases(rules_folder())
    return [
        (file.stem, item.title, topics[file.stem, number])
        for file in files
        for number, item in enumerate(read_letter(file, phrases).items, start=1)
        if (file.stem, number) in topics
    ]
