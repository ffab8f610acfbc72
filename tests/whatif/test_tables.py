"""What flips in facts tables: the same as in the cases that they were made of."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result

from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cli.whatif import command
from imr_rules.data_folders import cases_folder, rules_folder
from imr_rules.engines.table.topic import OVERTURNED
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.table.compare import compared_batches
from imr_rules.table.evaluate import PLACE, TableRules, conclude, conclude_on_polars
from imr_rules.table.from_case import rows_of_case
from imr_rules.table.once import Once
from imr_rules.table.parts import batches, write_parts
from imr_rules.table.schema import CASE_NUMBER, ITEM, LETTER, PARENT_ITEM, table_schema
from imr_rules.table.synthetic import rows_of_cases, synthetic_items
from imr_rules.whatif.ablate import without_criterion
from imr_rules.whatif.ablate_tables import ablate_tables
from imr_rules.whatif.tally import NAMED


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases that ship, as a facts table."""
    folder = tmp_path_factory.mktemp("facts") / "cases.parquet"
    write_parts(_rows(), folder, "part-000000")
    return folder


def _rows() -> pl.DataFrame:
    knowledge = load_knowledge()
    rows = [
        row
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for row in rows_of_case(entry.case, str(entry.path), knowledge)
    ]
    return pl.DataFrame(rows, schema=table_schema(knowledge.vocabulary))


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rules that presume nothing any more, and that turn one criterion on its head."""
    rules = tmp_path_factory.mktemp("changed") / "rules"
    shutil.copytree(rules_folder(), rules)
    for path in (rules / "guidelines").rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("presumed: true", "presumed: false"), encoding="utf-8")
    neck = rules / "guidelines" / "acoem-2004" / "imaging" / "neck-mri-ct.yaml"
    text = neck.read_text(encoding="utf-8")
    neck.write_text(text.replace("is: unequivocal}", "is: [equivocal, none]}"), encoding="utf-8")
    return rules


def _asked(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def _found(*arguments: object) -> dict[str, Any]:
    result = _asked(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _comparable(found: dict[str, Any]) -> dict[str, Any]:
    """*found* without order and without letters, which cases do not have."""
    flipped = [{k: v for k, v in one.items() if k != "letter"} for one in found["flipped"]]
    criteria = [one | {"items": sorted(one["items"])} for one in found["criteria"]]
    return found | {"flipped": sorted(flipped, key=str), "criteria": criteria}


@pytest.mark.parametrize("basis", ["review", "record"])
def test_a_table_flips_as_its_cases_do(table: Path, changed: Path, basis: str) -> None:
    """Flips, counts, the criteria that turned and the items governed are those of the cases."""
    asked = ("--rules", changed, "--basis", basis)
    expected, found = _found(cases_folder(), *asked), _found(table, *asked)
    assert expected["flips"] > 0
    assert max(one["flipped"] for one in expected["criteria"]) <= NAMED
    assert _comparable(expected) == _comparable(found)


@pytest.mark.parametrize("basis", ["review", "record"])
def test_criteria_hold_up_in_a_table_what_they_hold_up_in_its_cases(
    table: Path, basis: str
) -> None:
    """Every criterion left out flips the same items, what accompanies another among them."""
    asked = ("--ablate", "--basis", basis)
    expected, found = _found(cases_folder(), *asked), _found(table, *asked)
    assert (expected["items"], expected["flips"]) == (found["items"], found["flips"])
    named = {one["criterion"]: set(one["items"]) for one in expected["criteria"]}
    for mine, theirs in zip(found["criteria"], expected["criteria"], strict=True):
        assert set(mine["items"]) <= named[mine["criterion"]]
        assert len(mine["items"]) == min(mine["flipped"], NAMED)
        assert mine | {"items": []} == theirs | {"items": []}


def test_the_same_question_has_the_same_answer(table: Path) -> None:
    """Counts and the items that are named come in one order, run after run."""
    answers = {_asked(table, "--ablate", "--format", "json").stdout for _ in range(3)}
    assert len(answers) == 1


@pytest.mark.corpora
def test_a_warehouse_finds_the_same_flips(table: Path, changed: Path) -> None:
    """DuckDB and Polars agree."""
    asked = (table, "--rules", changed)
    assert _found(*asked) == _found(*asked, "--backend", "duckdb")


@pytest.mark.corpora
def test_of_many_flips_the_first_are_named_and_all_are_counted(
    table: Path, changed: Path, tmp_path: Path
) -> None:
    """A table of many parts is counted whole; letters tell the items that are named apart."""
    many = tmp_path / "many.parquet"
    for copy in range(NAMED + 5):
        rows = _rows().with_columns(
            pl.concat_str(pl.lit(f"{copy}/"), name).alias(name) for name in (LETTER, CASE_NUMBER)
        )
        write_parts(rows, many, f"part-{copy:06d}")
    one, found = _found(table, "--rules", changed), _found(many, "--rules", changed)
    assert found["flips"] == one["flips"] * (NAMED + 5)
    assert found["items"] == one["items"] * (NAMED + 5)
    for mine, single in zip(found["criteria"], one["criteria"], strict=True):
        for count in ("governed", "flipped", "to_overturned", "to_upheld", "net_agreement"):
            assert mine[count] == single[count] * (NAMED + 5)
        assert len(mine["items"]) == NAMED
    letters = {(item["letter"], item["item"]) for item in found["flipped"]}
    assert len(letters) == len(found["flipped"]) <= NAMED * len(found["criteria"])
    told = _asked(many, "--rules", changed)
    assert f"{found['flips']} of {found['items']} predictions flip" in told.stdout
    assert " more" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2015-01-01"], "belongs to the day"),
        (["--engine", "reference"], "--engine table"),
        (["--backend", "abacus"], "no backend 'abacus'"),
    ],
)
def test_what_a_table_cannot_answer_is_refused(
    table: Path, arguments: list[str], said: str
) -> None:
    """A table belongs to its day and its engine; it says so."""
    result = _asked(table, "--ablate", *arguments)
    assert result.exit_code != 0
    assert said in str(result.exception) + result.output


def test_cases_are_no_table() -> None:
    """The table engine takes tables, and says how to make one."""
    result = _asked(cases_folder(), "--ablate", "--engine", "table")
    said = f"{cases_folder()}: error[input]: is no facts table, and --engine table decides nothing"
    assert said in str(result.exception)
    assert f"imr-rules extract {cases_folder()} --out" in str(result.exception)


@pytest.fixture(scope="module")
def made_up() -> pl.DataFrame:
    """Made-up items in the mix of the cases, those that accompany an operation among them."""
    knowledge = load_knowledge()
    return synthetic_items(rows_of_cases(knowledge), knowledge, 6_000, seed=4)


@pytest.mark.corpora
def test_a_struck_criterion_flips_what_accompanies_the_item_too(
    made_up: pl.DataFrame, tmp_path: Path
) -> None:
    """Ablation and comparison count what deciding every item again without it does."""
    rules = TableRules(load_knowledge())
    write_parts(made_up, tmp_path / "facts.parquet", "part-000000")
    tables = [tmp_path / "facts.parquet"]
    found = ablate_tables(tables, rules, Basis.RECORD, conclude_on_polars, Once())
    items = pl.concat(batches(tables[0], rules.knowledge.vocabulary, Basis.RECORD))
    plain = conclude(items, rules)
    operations = _topics_with_followers(items, plain, rules)
    chosen = [c for c in found.criteria if c.criterion.rpartition("/")[0] in operations][:4]
    assert chosen
    followed = 0
    for change in chosen:
        changed = TableRules(_struck(rules.knowledge, change.criterion))
        without = conclude(items, changed)
        flipped = ~plain[OVERTURNED].eq_missing(without[OVERTURNED])
        assert flipped.sum() == change.counts.flips
        compared = compared_batches(tables[0], rules, changed, Basis.RECORD, Once())
        assert flipped.sum() == sum(batch.flipped.height for batch in compared)
        followed += items.filter(flipped)[PARENT_ITEM].is_not_null().sum()
        assert (without[OVERTURNED] & flipped).sum() == change.counts.to_overturned
    assert followed > 0


def _topics_with_followers(
    items: pl.DataFrame, concluded: pl.DataFrame, rules: TableRules
) -> set[str]:
    placed = items.select(LETTER, ITEM, PARENT_ITEM).with_columns(concluded[PLACE])
    followers = placed.filter(pl.col(PARENT_ITEM).is_not_null() & pl.col(PLACE).is_not_null())
    above = placed.join(
        followers, left_on=[LETTER, ITEM], right_on=[LETTER, PARENT_ITEM], how="semi"
    )
    return {"/".join(rules.governors[place].key) for place in above[PLACE].drop_nulls()}


def _struck(knowledge: Knowledge, name: str) -> Knowledge:
    edition_id, topic_id, criterion = name.split("/")
    edition = knowledge.library.editions[edition_id]
    topic = without_criterion(edition.topics[topic_id], criterion)
    changed = replace(edition, topics={**edition.topics, topic_id: topic})
    library = replace(
        knowledge.library, editions={**knowledge.library.editions, edition_id: changed}
    )
    return replace(knowledge, library=library)
