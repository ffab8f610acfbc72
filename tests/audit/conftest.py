"""Corpora of letters written here, and the audit of the cases that ship."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.from_cases import corpus_of
from imr_rules.audit.kinds import find_all
from imr_rules.audit.model import AuditFinding, Corpus
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.data_folders import cases_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters.parse import parse_letter

from .written_determinations import Written

RESAMPLES, PERMUTATIONS = 40, 60
"""Enough to compare two computations, and quick."""


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.fixture(scope="session")
def corpus_of_letters(knowledge: Knowledge) -> Callable[[Sequence[Written]], Corpus]:
    """Reads written letters into a corpus."""

    def build(letters: Sequence[Written]) -> Corpus:
        cases = [
            case_from_letter(
                parse_letter(one.text, knowledge.letter_phrases, source=one.number), knowledge
            )[0]
            for one in letters
        ]
        return corpus_of(cases, knowledge, ReferenceEngine())

    return build


@pytest.fixture(scope="session")
def findings_in(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus],
) -> Callable[..., list[AuditFinding]]:
    """Audits written letters and returns what was found."""

    def find(*letters: Written) -> list[AuditFinding]:
        return list(find_all(corpus_of_letters(letters)))

    return find


@pytest.fixture(scope="session")
def shipped_audit(knowledge: Knowledge) -> Audit:
    """The audit of the cases that ship, with few resamples."""
    cases = [one.case for one in load_cases([cases_folder()], knowledge) if isinstance(one, Loaded)]
    corpus = corpus_of(cases, knowledge, ReferenceEngine())
    noise = corpus.policy.noise.model_copy(
        update={"resamples": RESAMPLES, "permutations": PERMUTATIONS}
    )
    return audit(replace(corpus, policy=replace(corpus.policy, noise=noise)))


@pytest.fixture(scope="session")
def real_letters() -> Path:
    """The folder of real letters; skips the test where it is absent."""
    folder = Path(os.environ.get("IMR_LETTERS", Path(__file__).parents[2] / "../shared/letters"))
    if not folder.is_dir():
        pytest.skip("no real letters here: set IMR_LETTERS to their folder")
    return folder
