"""Extraction: every letter once, whatever ends a run, and nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from imr_rules.data_folders import rules_folder
from imr_rules.errors import InputError
from imr_rules.facts.model import Basis
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.knowledge import Knowledge
from imr_rules.table.extract import Progress, extract_table
from imr_rules.table.journal import NAME
from imr_rules.table.parts import batches, part_files, write_parts
from imr_rules.table.sources import letter_sources
from imr_rules.table.synthetic import rows_of_cases

LETTER = """\
Dated: 03/02/2016

Case Number: CM16-{number:07d}
Date of Injury: 05/06/2014
Date of UR Decision: 01/20/2016
Date of Assignment: 02/01/2016

CLINICAL CASE SUMMARY
The injured worker is a 44 year old female with low back pain.

IMR ISSUES, DECISIONS AND RATIONALES
The final determination was based on decisions for the disputed items set forth below:

1. Soma 350mg #60 is not medically necessary and appropriate.
Claims Administrator guideline: The claims administrator based its decision on the MTUS.
MAXIMUS guideline: The Expert Reviewer based his/her decision on the MTUS.
Rationale: There is no documentation of muscle spasm on examination.
"""

_CRASH = """\
import os
from imr_rules.table import extract

def crash(source, *rest, cases_of=extract.cases_of, **more):
    if source.endswith("00013.txt"):
        os._exit(3)
    return cases_of(source, *rest, **more)

extract.cases_of = crash
"""

_THREADS = """\
import os
import polars
from imr_rules.errors import InputError
from imr_rules.table import extract

def tell(*rest, **more):
    pools = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    counts = [polars.thread_pool_size(), *(os.environ[name] for name in pools)]
    raise InputError(" ".join(map(str, counts)) + ".")

extract.cases_of = tell
"""

_RUN = """\
import sys
from imr_rules.cli.main import group
from imr_rules.table import extract
extract.LETTERS_PER_PART = 16
extract.LETTERS_PER_TASK = 4
if __name__ == "__main__":
    letters, out, rules = sys.argv[1:]
    group(
        ["extract", letters, "--out", out, "--rules", rules, "--workers", "2"],
        standalone_mode=False,
    )
"""


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder of forty short letters."""
    return write_letters(tmp_path / "letters", 40)


@pytest.fixture(scope="module")
def rules_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules that ship, cut down: workers load them over and over."""
    copy = Path(shutil.copytree(rules_folder(), tmp_path_factory.mktemp("copy") / "rules"))
    for path in (copy / "reading" / "cues").iterdir():
        if path.name != "muscle_spasm_on_exam.yaml":
            path.unlink()
    for edition in (copy / "guidelines").iterdir():
        if edition.name != "mtus-2009":
            shutil.rmtree(edition)
    return copy


def write_letters(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05d}.txt").write_text(LETTER.format(number=number))
    return folder


def read_table(out: Path, vocabulary: Vocabulary) -> pl.DataFrame:
    """Return both bases of a table, sorted, without the folder the letters stood in."""
    both = pl.concat(
        [batch for basis in Basis for batch in batches(out, vocabulary, basis)]
    ).with_columns(pl.col("letter").str.split("/").list.last())
    return both.sort("letter", "item", "basis")


def left_behind(out: Path) -> list[str]:
    return [p.name for p in out.parent.rglob(".*")]


def test_folders_archives_and_lists_give_the_same_table(
    letters: Path, tmp_path: Path, knowledge: Knowledge, rules_copy: Path
) -> None:
    """A letter reads the same from a folder, from a zip archive and by a list of paths."""
    archive = tmp_path / "letters.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in letters.iterdir():
            packed.write(path, f"inside/{path.name}")
        packed.writestr("inside/notes.csv", "not,a,letter")
    listed = tmp_path / "list.txt"
    listed.write_text("\n".join(f"letters/{p.name}" for p in sorted(letters.iterdir())) + "\n")
    tables = []
    for name, source in (("a", letters), ("b", archive), ("c", Path(f"@{listed}"))):
        out = tmp_path / name / "facts.parquet"
        made = extract_table([source], out, rules=rules_copy, workers=2)
        assert (made.letters, made.items, made.rejected) == (40, 40, 0)
        assert left_behind(out) == []
        tables.append(read_table(out, knowledge.vocabulary))
    assert tables[0].height == 80
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_a_killed_run_goes_on_without_losing_or_doubling_a_letter(
    tmp_path: Path, knowledge: Knowledge, rules_copy: Path
) -> None:
    """Killed twice with part of the letters committed, the table ends as an unbroken run's."""
    letters = write_letters(tmp_path / "letters", 300)
    program = tmp_path / "run.py"
    program.write_text(_RUN)
    out = tmp_path / "killed" / "facts.parquet"
    for parts in (2, 6):
        process = subprocess.Popen(
            [sys.executable, str(program), str(letters), str(out), str(rules_copy)],
            start_new_session=True,
        )
        _wait_for_parts(out, parts, process)
        process.kill()
        process.wait()
        _wait_for_end_of_group(process.pid)
        # What a run leaves when it dies between a part and its line in the journal.
        stray = out / "decision_year=2016" / "basis=review" / "part-009999.parquet"
        stray.write_bytes(b"half")
    so_far = len(list(out.rglob("part-*.parquet")))
    assert 0 < so_far
    resumed = extract_table([letters], out, rules=rules_copy, workers=2)
    assert (resumed.letters, resumed.items) == (300, 300)
    assert 0 < resumed.read_now < 300
    unbroken = tmp_path / "unbroken" / "facts.parquet"
    extract_table([letters], unbroken, rules=rules_copy, workers=2)
    vocabulary: Vocabulary = knowledge.vocabulary
    assert read_table(out, vocabulary).equals(read_table(unbroken, vocabulary))
    assert left_behind(out) == []


def _wait_for_parts(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    journal = out / NAME
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if journal.exists() and journal.read_text().count('"part-') >= count:
            return
        time.sleep(0.005)
    pytest.fail("the run ended, or committed nothing in a minute")


def _wait_for_end_of_group(group: int) -> None:
    """Workers must go by themselves once their parent is dead."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("workers outlived their parent")


def test_ctrl_c_keeps_what_was_read(tmp_path: Path, knowledge: Knowledge, rules_copy: Path) -> None:
    """An interrupt ends the run soon, with no file half written; the next run does the rest."""
    letters = write_letters(tmp_path / "letters", 300)
    program = tmp_path / "run.py"
    program.write_text(_RUN)
    out = tmp_path / "facts.parquet"
    process = subprocess.Popen(
        [sys.executable, str(program), str(letters), str(out), str(rules_copy)],
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    _wait_for_parts(out, 2, process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert b"run it again to go on" in errors
    assert left_behind(out) == []
    journal = [json.loads(line) for line in (out / NAME).read_text().splitlines()]
    assert {path.stem for path in part_files(out)} == {line["name"] for line in journal[1:]}
    made = extract_table([letters], out, rules=rules_copy, workers=2)
    assert 0 < made.read_now <= 300 - 32 < made.letters == 300
    assert left_behind(out) == []
    names = read_table(out, knowledge.vocabulary)["letter"]
    assert (names.len(), names.n_unique()) == (600, 300)


def test_workers_have_one_thread_each(letters: Path, tmp_path: Path, rules_copy: Path) -> None:
    """Thread pools of workers would fight over the cores; the caller's own stay as they are."""
    program = tmp_path / "run.py"
    program.write_text(_THREADS + _RUN + "    print(os.environ['POLARS_MAX_THREADS'])\n")
    out = tmp_path / "facts.parquet"
    done = subprocess.run(
        [sys.executable, str(program), str(letters), str(out), str(rules_copy)],
        check=True,
        timeout=120,
        env=os.environ | {"POLARS_MAX_THREADS": "3"},
        stdout=subprocess.PIPE,
    )
    rejected = [json.loads(x) for x in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert {entry["reason"].split(": ")[-1] for entry in rejected} == {"1 1 1 1."}
    assert done.stdout.split() == [b"3"]


def test_bad_files_are_listed_and_do_not_stop_the_rest(
    letters: Path, tmp_path: Path, rules_copy: Path
) -> None:
    """Each bad file has its reason in rejected.jsonl; mended, the next run takes it in."""
    (letters / "00003.txt").write_bytes(b"")
    (letters / "00007.pdf").write_bytes(b"%PDF-1.4 broken")
    out = tmp_path / "facts.parquet"
    made = extract_table([letters], out, rules=rules_copy, workers=1)
    assert (made.letters, made.rejected) == (39, 2)
    listed = [json.loads(x) for x in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert sorted(Path(entry["path"]).name for entry in listed) == ["00003.txt", "00007.pdf"]
    assert "is empty" in next(e["reason"] for e in listed if e["path"].endswith("3.txt"))
    (letters / "00003.txt").write_text(LETTER.format(number=3))
    again = extract_table([letters], out, rules=rules_copy, workers=1)
    assert (again.letters, again.rejected, again.read_now) == (40, 1, 1)


def test_a_letter_that_ends_its_reader_is_rejected_alone(
    letters: Path, tmp_path: Path, rules_copy: Path
) -> None:
    """A crash of the process that reads costs the letter that caused it, and no other."""
    program = tmp_path / "run.py"
    program.write_text(_CRASH + _RUN)
    out = tmp_path / "facts.parquet"
    subprocess.run(
        [sys.executable, str(program), str(letters), str(out), str(rules_copy)],
        check=True,
        timeout=120,
    )
    assert "ended the program" in (tmp_path / "rejected.jsonl").read_text()
    made = extract_table([letters], out, rules=rules_copy, workers=1)
    assert (made.read_now, made.letters) == (1, 40)


def test_progress_counts_up_to_every_letter(
    letters: Path, tmp_path: Path, rules_copy: Path
) -> None:
    """Progress starts at what an earlier run did and ends at the whole."""
    heard: list[Progress] = []
    extract_table(
        [letters], tmp_path / "facts.parquet", rules=rules_copy, workers=1, tell=heard.append
    )
    assert heard[0] == Progress(0, 40, 0, 0)
    assert heard[-1].done == 40
    assert [p.done for p in heard] == sorted(p.done for p in heard)


def test_other_rules_or_days_need_another_folder(
    letters: Path, tmp_path: Path, rules_copy: Path
) -> None:
    """Parts that were extracted differently are never mixed."""
    out = tmp_path / "facts.parquet"
    extract_table([letters], out, rules=rules_copy, workers=1)
    with pytest.raises(InputError, match="another --as-of"):
        extract_table([letters], out, rules=rules_copy, workers=1, as_of=date(2018, 1, 1))


def test_a_folder_of_other_things_is_left_alone(letters: Path, rules_copy: Path) -> None:
    """Extraction never writes into a folder that is not its own."""
    with pytest.raises(InputError, match="holds no extraction"):
        extract_table([letters], letters, rules=rules_copy, workers=1)


def test_a_journal_line_cut_off_is_forgotten(
    letters: Path, tmp_path: Path, rules_copy: Path
) -> None:
    """A line that was being written when the power went counts as not written."""
    out = tmp_path / "facts.parquet"
    extract_table([letters], out, rules=rules_copy, workers=1)
    journal = out / NAME
    text = journal.read_text()
    journal.write_text(text[: len(text) - 20])
    made = extract_table([letters], out, rules=rules_copy, workers=1)
    assert (made.letters, made.items, made.read_now) == (40, 40, 40)
    assert len(part_files(out)) == 2


def test_a_path_given_twice_is_read_once(letters: Path) -> None:
    """A letter named by its folder and by itself is one letter."""
    first = next(iter(sorted(letters.iterdir())))
    assert len(list(letter_sources([letters, first, letters]))) == 40


def test_a_table_of_the_other_basis_says_which_it_holds(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    """A table that holds findings of the review alone is no missing table."""
    reviewed = rows_of_cases(knowledge).filter(pl.col("basis") == "review")
    write_parts(reviewed, tmp_path / "made.parquet", "part-000000")
    assert part_files(tmp_path / "made.parquet", Basis.REVIEW)
    with pytest.raises(InputError, match="of the review basis alone, none of the record") as caught:
        part_files(tmp_path / "made.parquet", Basis.RECORD)
    assert "Use --basis review." == caught.value.hint
