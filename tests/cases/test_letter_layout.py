"""How letters are laid out is knowledge of the rules folder, like how they say their facts."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from imr_rules.audit.from_cases import corpus_of
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_record
from imr_rules.data_folders import rules_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import ImrRulesError, PackErrors
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters import load_letter_phrases
from imr_rules.table.sources import cases_of

LETTER = """\
Case Number: CM17-0000001
Date of Injury: 11/02/2016 UR Denial Date: 01/10/2017
WHAT THE FILE TELLS
A fictional cook of 41 hurt the low back while lifting a pot.
IMR ISSUES, DECISIONS AND RATIONALES
The decisions for the disputed services are set forth below:
MRI of the lumbar spine: Upheld
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004.
Panel guideline: Relying on MTUS Low Back Complaints 2004, Section(s): Special Studies.
Decision rationale: There are no red flags.
"""
LINE = "Relying on MTUS Low Back Complaints 2004, Section(s): Special Studies."
CASE = f"""\
case: CM17-0000002
items:
  - item: 1
    title: MRI of the lumbar spine
    reviewer_guideline: "{LINE}"
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules for letters of another house: with its heading, its label and its way to cite."""
    copy = Path(shutil.copytree(rules_folder(), tmp_path_factory.mktemp("house") / "rules"))
    path = copy / "reading" / "letter_layout.yaml"
    text = path.read_text(encoding="utf-8")
    for shipped, other in (
        ("    - CASE SUMMARY\n", "    - WHAT THE FILE TELLS\n"),
        ('    - "MAXIMUS guide~line:"\n', '    - "Panel guide~line:"\n'),
        ("  opening: Decision based on\n", "  opening: Relying on\n"),
    ):
        assert shipped in text
        text = text.replace(shipped, other)
    path.write_text(text, encoding="utf-8")
    return copy


@pytest.fixture(scope="module")
def knowledge(rules: Path) -> Knowledge:
    """The rules of that house."""
    return load_knowledge(rules)


def _loaded(path: Path, knowledge: Knowledge) -> Case:
    (entry,) = load_cases([path], knowledge)
    assert isinstance(entry, Loaded), entry
    return entry.case


def test_a_letter_is_laid_out_as_its_rules_say(tmp_path: Path, knowledge: Knowledge) -> None:
    """In a batch, asked about alone, and out of an archive."""
    path, archive = tmp_path / "letter.txt", tmp_path / "letters.zip"
    path.write_text(LETTER, encoding="utf-8")
    with zipfile.ZipFile(archive, "w") as made:
        made.write(path, path.name)
    ((_, packed),) = cases_of(f"{archive}!{path.name}", knowledge)
    for case in (_loaded(path, knowledge), load_record(path, knowledge), packed):
        assert [LINE] == [item.reviewer_guideline for item in case.items]
        assert "clinical case summary" not in case.missing
    (item,) = _loaded(path, load_knowledge()).items
    assert item.reviewer_guideline is None


def test_an_audit_takes_letters_and_lines_apart_as_its_rules_say(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """The same section is cited in the letter, and in a case that carries the letter's line."""
    for name, text in (("letter.txt", LETTER), ("case.yaml", CASE)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    cases = [_loaded(path, knowledge) for path in sorted(tmp_path.iterdir())]
    for audited in corpus_of(cases, knowledge, ReferenceEngine()).cases:
        (item,) = audited.items
        assert [("Special Studies",)] == [c.sections for c in item.cited.citations]
        assert (audited.case.text == "") is (item.summary is None)


def _layout_with(rules: Path, shipped: str, wrong: str) -> Path:
    path = rules / "reading" / "letter_layout.yaml"
    path.parent.mkdir(exist_ok=True)
    text = (rules_folder() / "reading" / path.name).read_text(encoding="utf-8")
    assert shipped in text
    path.write_text(text.replace(shipped, wrong, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("shipped", "wrong", "said"),
    [
        ("  injury_date: [", "  injry_date: [", "'injury_date'"),
        ("    - CASE SUMMARY\n", '    - ""\n', "headings.summary.1 is empty."),
        ("verdicts:\n", "verdicts: [\n", "is not valid YAML"),
    ],
)
def test_a_layout_that_is_none_is_refused(
    tmp_path: Path, shipped: str, wrong: str, said: str
) -> None:
    """A name that no part of a letter has would be a part that is never found."""
    path = _layout_with(tmp_path, shipped, wrong)
    with pytest.raises(ImrRulesError) as refused:
        load_letter_phrases(tmp_path)
    assert f"{path}:" in str(refused.value)
    assert said in str(refused.value)


def test_rules_of_reading_that_cannot_be_loaded_reject_no_letter(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """The batch ends with what is wrong in the rules; its letters are not at fault, one by one."""
    letter, case = tmp_path / "letter.txt", tmp_path / "case.yaml"
    letter.write_text(LETTER, encoding="utf-8")
    case.write_text(CASE, encoding="utf-8")
    path = _layout_with(tmp_path, "  injury_date: [", "  injry_date: [")
    broken = replace(knowledge, folder=tmp_path)
    with pytest.raises(PackErrors, match=path.name):
        list(load_cases([letter], broken))
    assert isinstance(next(load_cases([case, letter], broken)), Loaded)
