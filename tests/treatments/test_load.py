"""Mistakes in the catalogue's files are refused, all at once and each with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import PackError, PackErrors
from imr_rules.treatments.load import load_catalogue


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the rules that ship, to be spoiled."""
    shutil.copytree(rules_folder() / "treatments", tmp_path / "treatments")
    return tmp_path


def _add_service(rules: Path, entry: str) -> None:
    path = rules / "treatments" / "services" / "zz_added.yaml"
    path.write_text(f"treatments:\n{entry}\n", encoding="utf-8")


def _problems(rules: Path) -> tuple[PackError, ...]:
    with pytest.raises(PackErrors) as raised:
        load_catalogue(rules)
    return raised.value.problems


@pytest.mark.parametrize(
    ("entry", "code", "words"),
    [
        ("  a: {title: A, category: imagin, names: [zzz]}", "unknown-name", "'imaging'"),
        (
            "  a: {title: A, category: imaging, parents: [mrj], names: [zzz]}",
            "unknown-name",
            "'mri'",
        ),
        (
            "  a: {title: A, category: imaging, names: [MRIs of the]}",
            "overlap",
            "stands for a and for mri",
        ),
        ("  a: {title: A, category: opioid, names: [Norco]}", "overlap", "stands for hydrocodone"),
        ("  mri: {title: A, category: imaging}", "overlap", "defined twice"),
        ("  a: {title: A, category: imaging, names: [the]}", "wrong-type", "no word that counts"),
        ("  a: {title: A, category: imaging, refine: [{to: b}]}", "unknown-name", "treatment 'b'"),
        ("  a: {title: A, category: imaging, refine: [{to: a}]}", "inconsistent", "to itself"),
        (
            "  a: {title: A, category: imaging, refine: [{body_part: [kneee], to: mri}]}",
            "unknown-name",
            "'knee'",
        ),
        (
            "  a: {title: A, category: imaging, dwc: [Surgery, Spien]}",
            "unknown-name",
            "Surgery / Spien",
        ),
        ("  a: {title: A, category: imaging, nmes: [x]}", "unknown-name", "'names'"),
        ("  a: {category: imaging}", "wrong-type", "title is missing"),
    ],
)
def test_a_bad_treatment_is_refused(rules: Path, entry: str, code: str, words: str) -> None:
    """The message names the kind of mistake, the offender, and where it can be told the place."""
    _add_service(rules, entry)
    problems = _problems(rules)
    assert [code] == [p.code for p in problems]
    assert words in str(problems[0])
    assert problems[0].at is not None


def test_the_place_is_the_line_of_the_entry(rules: Path) -> None:
    """A reader is led to the entry, not only to the file."""
    _add_service(rules, "  # a remark\n  a: {title: A, category: imagin}")
    (problem,) = _problems(rules)
    assert problem.at is not None
    assert (Path(problem.at.path).name, problem.at.line) == ("zz_added.yaml", 3)


def test_all_problems_come_at_once(rules: Path) -> None:
    """Two mistakes in two files are both reported."""
    _add_service(rules, "  a: {title: A, category: imagin}")
    drugs = rules / "treatments" / "drugs" / "zz_added.yaml"
    drugs.write_text("groups:\n  opiod:\n    b: {products: {b: [zzza]}}\n", encoding="utf-8")
    assert [p.code for p in _problems(rules)] == ["unknown-name"] * 3


def test_a_form_of_no_product_is_refused(rules: Path) -> None:
    """A form for a name that no product of the file has would silently do nothing."""
    drugs = rules / "treatments" / "drugs" / "zz_added.yaml"
    drugs.write_text(
        "groups:\n  opioid:\n    a: {products: {morphine: [zzza]}}\nforms:\n  patch: [zzzb]\n",
        encoding="utf-8",
    )
    (problem,) = _problems(rules)
    assert "zzzb" in str(problem)


def test_a_missing_file_is_named(rules: Path) -> None:
    """Without one of its files the catalogue does not load, and the message says which."""
    (rules / "treatments" / "titles.yaml").unlink()
    (problem,) = _problems(rules)
    assert "titles.yaml" in str(problem)


@pytest.mark.parametrize(
    ("old", "new"),
    [("status: non-exempt", "status: non-exmpt"), ("evidence: background", "evidence: backgrond")],
)
def test_a_misspelt_mark_of_the_drug_list_is_refused(rules: Path, old: str, new: str) -> None:
    """A status or a ground that is none is told with its line and those that there are."""
    path = rules / "treatments" / "formulary.yaml"
    text = path.read_text(encoding="utf-8").replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    [problem] = _problems(rules)
    assert f"{new.split()[1]!r} is not '" in problem.message
    assert problem.at is not None
    assert text[: text.index(new)].count("\n") + 1 == problem.at.line


def test_a_name_of_a_body_part_without_a_word_is_refused(rules: Path) -> None:
    """Letters are searched for its first word."""
    path = rules / "treatments" / "body_parts.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("head: [head,", 'head: ["-",', 1))
    [problem] = _problems(rules)
    assert "name '-' of 'head' holds no word." == problem.message
