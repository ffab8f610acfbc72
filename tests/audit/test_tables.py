"""Facts tables are audited as letters are, as far as a table tells, and as a stream."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from imr_rules import statistics as one_by_one
from imr_rules.audit.audit import Audit
from imr_rules.audit.model import Kind, Severity
from imr_rules.audit.noise import GROUPINGS, level_noise
from imr_rules.audit.rows import Row, columns_of
from imr_rules.audit.tables.audit import audit_tables
from imr_rules.audit.tables.findings import LISTED, SHOWN
from imr_rules.audit.tables.noise import streamed_levels
from imr_rules.audit.tables.rows import Concluder, judged_batches
from imr_rules.audit.tables.scores import graded_scores
from imr_rules.audit.write import write_table_audit
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cli.audit_table import concluder
from imr_rules.cli.main import group
from imr_rules.data_folders import cases_folder
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import TableRules, conclude
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.once import Once
from imr_rules.table.parts import write_parts
from imr_rules.table.schema import table_schema
from imr_rules.table.synthetic import rows_of_cases, synthetic_items

pytestmark = pytest.mark.corpora
NO_TEXT = {Kind.EVIDENCE_CONFLICT, Kind.SELF_CONTRADICTION, Kind.UNADDRESSED}


@pytest.fixture(scope="module")
def rules(knowledge: Knowledge) -> TableRules:
    """The guidelines that ship, compiled for tables."""
    return TableRules(knowledge)


@pytest.fixture(scope="module")
def facts(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases that ship, as a facts table."""
    rows = [
        row
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for row in rows_of_case(entry.case, str(entry.path), knowledge)
    ]
    table = tmp_path_factory.mktemp("facts") / "facts.parquet"
    write_parts(pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary)), table, "part-0")
    return table


Audited = Callable[..., tuple[Audit, Path]]


@pytest.fixture
def audited(
    rules: TableRules, shipped_audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Audited:
    """Audits a table with the few resamples of the other tests; returns the folder of files too."""
    monkeypatch.setattr(
        "imr_rules.audit.tables.audit.load_policy", lambda *_: shipped_audit.corpus.policy
    )

    def here(items: pl.DataFrame, _: Basis) -> pl.DataFrame:
        return conclude(items, rules)

    def run(table: Path, concludes: Concluder = here, **options: Any) -> tuple[Audit, Path]:
        work = Path(tempfile.mkdtemp(dir=tmp_path))
        found, files = audit_tables([table], rules, concludes, work, Once(), **options)
        write_table_audit(found, files, [], tmp_path / "out")
        return found, tmp_path / "out"

    return run


def numbers(data: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of plain *data* by where it stands; groups by their name, not their place."""
    if isinstance(data, dict):
        return {k: v for name in data for k, v in numbers(data[name], f"{path}/{name}").items()}
    if isinstance(data, list):
        return {
            k: v
            for place, one in enumerate(data)
            for k, v in numbers(
                one, f"{path}/{one.get('group', place) if isinstance(one, dict) else place}"
            ).items()
        }
    return {path: data}


def test_a_small_table_has_exactly_the_scores_of_its_letters(
    facts: Path, audited: Audited, shipped_audit: Audit
) -> None:
    """Values, intervals and p-values: every number but the counts of findings on texts."""
    found, _ = audited(facts)
    expected, told = numbers(shipped_audit.scores), numbers(found.scores)
    assert set(told) == set(expected)
    for path, value in expected.items():
        if path.startswith("/findings"):
            continue
        if isinstance(value, float):
            assert told[path] == pytest.approx(value, abs=1e-9), path
        else:
            assert told[path] == value, path


def test_a_stream_has_the_scores_of_its_letters(
    facts: Path, audited: Audited, shipped_audit: Audit
) -> None:
    """By sums alone: the same values, and intervals and p-values that are near."""
    found, _ = audited(facts, most_in_memory=0)
    expected, told = numbers(shipped_audit.scores), numbers(found.scores)
    assert set(told) == set(expected) or all(
        "interval" in path for path in set(told) ^ set(expected)
    )
    compared = Counter[str]()
    for path, value in expected.items():
        name = path.rsplit("/", 1)[-1]
        if path.startswith("/findings") or "interval" in path or path not in told:
            continue
        if isinstance(value, float) and name not in ("p", "adjusted_p"):
            assert told[path] == pytest.approx(value, abs=1e-9), path
        elif name not in ("differs", "method", "p", "adjusted_p"):
            assert told[path] == value, path
        compared[name] += 1
    assert {"value", "rate", "count", "variance_within", "rate_of_all_pairs"} <= set(compared)
    for path, value in expected.items():
        if "/interval" in path and isinstance(value, float) and isinstance(told.get(path), float):
            # Forty resamples of a group of five letters are a coarse measure.
            assert told[path] == pytest.approx(value, abs=0.2), path


def test_a_stream_tells_chance_from_difference(
    knowledge: Knowledge, audited: Audited, tmp_path: Path
) -> None:
    """A specialty that overturns more is found; made-up letters that hardly differ are not."""
    made_up = synthetic_items(rows_of_cases(knowledge), knowledge, 6000, 11)
    lenient = pl.col("letter").hash(3) % 7 == 0
    luck = pl.col("letter").hash(4) % 5 == 0
    made_up = made_up.with_columns(
        pl.when(lenient)
        .then(pl.lit("Pediatrics"))
        .otherwise(pl.lit("Surgery"))
        .alias("specialties"),
        pl.when(lenient & luck).then(pl.lit("overturned")).otherwise("actual").alias("actual"),
    )
    table = tmp_path / "made-up.parquet"
    write_parts(made_up, table, "part-0")
    found, _ = audited(table)
    groups = {
        group["group"]: group
        for level in found.scores["noise"]["level"]
        if level["grouping"] == "specialty"
        for group in level["groups"]
    }
    assert groups["Pediatrics"]["differs"]
    assert groups["Pediatrics"]["p"] < 1e-6
    quarters = next(x for x in found.scores["noise"]["level"] if x["grouping"] == "quarter")
    assert sum(group["differs"] for group in quarters["groups"]) <= 1
    assert any(f.rule == "group-differs" and "Pediatrics" in f.explanation for f in found.findings)


def test_the_limit_of_shuffling_is_what_shuffling_gives(
    knowledge: Knowledge, rules: TableRules, shipped_audit: Audit, tmp_path: Path
) -> None:
    """The p-values of the stream are those of shuffling three hundred letters a thousand times."""
    policy = shipped_audit.corpus.policy.noise.model_copy(update={"permutations": 1000})
    made_up = synthetic_items(rows_of_cases(knowledge), knowledge, 800, 23).with_columns(
        pl.when(pl.col("letter").hash(5) % 3 == 0)
        .then(pl.lit("Family Practice"))
        .otherwise(pl.lit("Neurology"))
        .alias("specialties"),
    )
    table, items = tmp_path / "made-up.parquet", tmp_path / "items.parquet"
    write_parts(made_up, table, "part-0")
    batches = judged_batches(table, rules, policy, lambda items, _: conclude(items, rules), Once())
    counted = pl.concat([batch.counted for batch in batches])
    counted.write_parquet(items)
    rows = [Row(**row) for row in counted.iter_rows(named=True)]
    streamed = {level.grouping: level for level in streamed_levels(items, policy)}
    compared = 0
    for grouping in (GROUPINGS[0], GROUPINGS[3]):
        shuffled = {one.name: one for one in level_noise(rows, grouping, policy).groups}
        for told in streamed[grouping].groups:
            expected = shuffled[told.name]
            assert (told.n, told.letters, told.rate) == (
                expected.n, expected.letters, expected.rate
            )  # fmt: skip
            if told.p is not None and expected.p is not None:
                assert told.p == pytest.approx(expected.p, abs=0.05), told.name
                compared += 1
            if told.by_letter is not None and expected.by_letter is not None and told.ranked:
                assert told.by_letter.low == pytest.approx(expected.by_letter.low, abs=0.04)
                assert told.by_letter.high == pytest.approx(expected.by_letter.high, abs=0.04)
    assert compared >= 4


def test_items_are_written_as_the_audit_of_letters_writes_them(
    facts: Path, rules: TableRules, shipped_audit: Audit
) -> None:
    """Row by row, likelihoods and signatures too; only distances are not worked out."""
    policy = shipped_audit.corpus.policy.noise
    batches = judged_batches(facts, rules, policy, lambda items, _: conclude(items, rules), Once())
    told = pl.concat([batch.counted for batch in batches]).sort("case_number", "item")
    expected = pl.DataFrame(columns_of(shipped_audit.rows), infer_schema_length=None)
    expected = expected.sort("case_number", "item")
    assert told.columns == expected.columns
    for name in told.columns:
        if name.endswith("_distance"):
            assert told[name].null_count() == told.height
        elif told.schema[name] == pl.Float64:
            assert told[name].to_list() == pytest.approx(expected[name].to_list(), abs=1e-12)
        else:
            assert told[name].to_list() == expected[name].to_list(), name


def test_findings_that_need_no_text_are_those_of_the_letters(
    facts: Path, audited: Audited, shipped_audit: Audit
) -> None:
    """Disagreements are the same but for whose findings they rest on, which a table does not
    tell; citations where a line tells what was cited."""
    found, _ = audited(facts)
    assert not NO_TEXT & {finding.kind for finding in found.findings}

    def told(audit: Audit, kind: Kind) -> set[tuple[Any, ...]]:
        return {
            (
                *(f.rule, f.case_number, f.item, f.severity, f.criterion, f.cite),
                f.explanation.partition(" applied to ")[0] + f.explanation.partition(" gives ")[2],
            )
            for f in audit.findings
            if f.kind is kind and f.rule != "none-cited"
        }

    for kind in (Kind.DISAGREEMENT, Kind.CITATION, Kind.NOISE, Kind.LIKE_CASES):
        assert told(found, kind) == told(shipped_audit, kind), kind
    assert told(found, Kind.DISAGREEMENT)
    assert told(found, Kind.CITATION)


@pytest.fixture(scope="module")
def made_up(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up table with more findings than are told in full."""
    table = tmp_path_factory.mktemp("made-up") / "made-up.parquet"
    write_parts(synthetic_items(rows_of_cases(knowledge), knowledge, 8000, 5), table, "part-0")
    return table


def test_every_finding_is_listed_and_the_gravest_are_told(made_up: Path, audited: Audited) -> None:
    """findings.parquet holds all, findings.json so many of each kind and how many are left out."""
    found, out = audited(made_up)
    listed = pl.read_parquet(out / "findings.parquet")
    assert listed.columns == list(LISTED)
    counted = Counter(
        (Kind(kind), Severity(severity))
        for kind, severity in listed.select("kind", "severity").iter_rows()
    )
    assert dict(found.counts) == counted
    told = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    kinds = Counter(one["kind"] for one in told["findings"])
    assert max(kinds.values()) <= 2 * SHOWN
    assert kinds["disagreement"] == SHOWN
    assert told["left_out"] == listed.height - len(told["findings"]) > 0
    assert told["listed_in"] == "findings.parquet"
    shown = [one for one in told["findings"] if one["kind"] == "disagreement"]
    assert {one["severity"] for one in shown} == {"high"}
    page = (out / "report.html").read_text(encoding="utf-8")
    assert f"of {listed.height:,} findings are shown; findings.parquet lists" in page
    assert page.count(">not looked for<") == len(NO_TEXT)
    assert len(page) < 5_000_000


def test_an_audit_comes_to_the_same_bytes_again(made_up: Path, audited: Audited) -> None:
    """Findings in one order and numbers to the last digit, streamed or not."""
    for most_in_memory in (0, 10_000):
        runs = []
        for _ in range(2):
            found, out = audited(made_up, most_in_memory=most_in_memory)
            runs.append((found.scores, pl.read_parquet(out / "findings.parquet")))
        (scores, listed), (again, listed_again) = runs
        assert scores == again
        assert listed.equals(listed_again)


def test_like_cases_are_found_among_many(made_up: Path, audited: Audited) -> None:
    """Each listed item departs from most like ones, and a fellow of another letter bears it out."""
    _, out = audited(made_up)
    listed = pl.read_parquet(out / "findings.parquet").filter(pl.col("rule") == "like-cases")
    assert listed.height > 20
    items = pl.read_parquet(out / "items.parquet").filter(pl.col("actual").is_not_null())
    cells: dict[str, list[dict[str, Any]]] = {}
    for item in items.iter_rows(named=True):
        cells.setdefault(item["review_signature"], []).append(item)
    expected = set()
    for signature, cell in cells.items():
        if signature is None or len(signature.split()) < 3:
            continue
        sides = Counter(item["actual"] for item in cell)
        if len(sides) < 2:
            continue
        even = sides["upheld"] == sides["overturned"]
        fewer = min(sides, key=lambda side: sides[side])
        for item in cell:
            departs = (
                item["review_prediction"] != item["actual"] if even else item["actual"] == fewer
            )
            fellows = any(
                o["actual"] != item["actual"] and o["case_number"] != item["case_number"]
                for o in cell
            )
            if departs and fellows:
                expected.add((item["case_number"], item["item"]))
    assert set(listed.select("case_number", "item").iter_rows()) == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40
    )
)
def test_scores_of_weighted_rows_are_those_of_one_by_one(
    data: list[tuple[int, bool, int]],
) -> None:
    """The vectorised formulas give what the plain ones give, undefined values included."""
    scores = sorted({score / 10 for score, _, _ in data}, reverse=True)
    hits, rest = np.zeros((1, len(scores))), np.zeros((1, len(scores)))
    for score, truth, weight in data:
        (hits if truth else rest)[0, scores.index(score / 10)] += weight
    steps = one_by_one.steps(
        [score / 10 for score, _, _ in data],
        [truth for _, truth, _ in data],
        [float(weight) for _, _, weight in data],
    )
    told = graded_scores(np.array(scores), hits, rest)
    plain = {
        "auc": one_by_one.area_under_curve(steps),
        "average_precision": one_by_one.average_precision(steps),
        "brier": one_by_one.brier(steps),
    }
    for name, value in plain.items():
        if value is None:
            assert not np.isfinite(told[name][0])
        else:
            assert told[name][0] == pytest.approx(value, abs=1e-9)


def test_the_command_audits_tables_and_cases_as_tables(facts: Path, tmp_path: Path) -> None:
    """A facts table by its name, cases by --engine table: one and the same summary."""
    runner = CliRunner()
    out = tmp_path / "out"
    by_name = runner.invoke(group, ["audit", str(facts), "--out", str(out), "--format", "json"])
    assert by_name.exit_code == 0, by_name.output
    assert sorted(path.name for path in out.iterdir()) == [
        "findings.json", "findings.parquet", "items.parquet", "rejected.jsonl", "report.html",
        "scores.json",
    ]  # fmt: skip
    as_table = runner.invoke(
        group, ["audit", str(cases_folder()), "--engine", "table", "--format", "json"]
    )
    assert as_table.exit_code == 0, as_table.output
    assert json.loads(by_name.stdout) == json.loads(as_table.stdout)


def test_a_letter_of_two_tables_counts_once(facts: Path, tmp_path: Path) -> None:
    """A table and its copy, a part of it under other file names: the numbers of the table alone."""
    parts = [pl.read_parquet(part) for part in sorted(facts.rglob("part-*.parquet"))]
    dated = pl.col("decision_date").is_not_null()
    for part, name in ((pl.lit(True), "copy"), (dated, "elsewhere")):
        for frame, file in zip(parts, sorted(facts.rglob("part-*.parquet")), strict=True):
            other = frame.filter(part)
            if name == "elsewhere":
                other = other.with_columns(pl.format("elsewhere/{}", "letter").alias("letter"))
            target = tmp_path / f"{name}.parquet" / file.relative_to(facts)
            target.parent.mkdir(parents=True, exist_ok=True)
            other.write_parquet(target)
    alone = CliRunner().invoke(group, ["audit", str(facts), "--format", "json"])
    tables = [facts, tmp_path / "copy.parquet", tmp_path / "elsewhere.parquet"]
    three = CliRunner().invoke(group, ["audit", *map(str, tables), "--format", "json"])
    assert 0 == three.exit_code, three.output
    assert json.loads(alone.stdout) == json.loads(three.stdout)
    assert "letters of cases that were read already count once: " in three.stderr
    assert "count once" not in alone.stderr


def test_another_backend_gives_the_same_audit(
    facts: Path, audited: Audited, rules: TableRules, tmp_path: Path
) -> None:
    """DuckDB concludes what Polars concludes: equal scores and findings."""
    here, _ = audited(facts)
    with concluder("duckdb", rules, tmp_path) as conclude_there:
        there, _ = audited(facts, conclude_there)
    assert here.scores == there.scores
    assert here.findings == there.findings


def test_what_a_table_cannot_do_is_said(facts: Path) -> None:
    """One determination's page needs its letter, and a table belongs to its day."""
    runner = CliRunner()
    for option in (["--case", "CM16-0000001"], ["--as-of", "2016-01-01"]):
        done = runner.invoke(group, ["audit", str(facts), *option])
        assert done.exit_code != 0
        assert "table" in done.output + str(done.exception)
