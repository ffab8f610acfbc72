"""What a changed pack flips, and what each criterion holds up."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.model import Case
from imr_rules.cli.whatif import command
from imr_rules.data_folders import cases_folder, rules_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import Basis
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Bar,
    Ref,
    Requirement,
    Topic,
    Unless,
    criteria_of,
)
from imr_rules.knowledge import load_knowledge
from imr_rules.whatif.ablate import ablate, without_criterion
from imr_rules.whatif.compare import compare_packs
from imr_rules.whatif.model import FlippedItem, WhatIf, change_of
from imr_rules.whatif.to_text import ablation_text

KNOWLEDGE = load_knowledge()
TOPICS = tuple(KNOWLEDGE.library.topics())


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """The cases that ship."""
    return [one.case for one in load_cases([cases_folder()], KNOWLEDGE) if isinstance(one, Loaded)]


def test_the_same_pack_flips_nothing(cases: list[Case]) -> None:
    """A pack held against itself is no change."""
    same = (KNOWLEDGE, cases)
    assert compare_packs(same, same, Basis.REVIEW, ReferenceEngine()).flipped == ()


STRUCK = [(topic, name) for topic in TOPICS for name in topic.criteria]


@given(st.sampled_from(STRUCK))
def test_a_struck_criterion_is_nowhere_in_the_topic(chosen: tuple[Topic, str]) -> None:
    """After striking, no route, bar or exception speaks of the criterion, and the others stay."""
    topic, name = chosen
    changed = without_criterion(topic, name)
    left = {
        *changed.criteria,
        *(c for route in changed.routes for c in route.criteria),
        *(c for bar in changed.all_bars for c in (bar.criterion, *bar.exceptions)),
    }
    assert name not in left
    assert left <= set(topic.criteria)
    assert set(topic.criteria) - {name} == set(changed.criteria)


def test_striking_follows_where_the_criterion_stood() -> None:
    """Required: no longer asked. An alternative: no longer a way. A bar: gone."""
    topic = next(t for t in TOPICS if t.routes)
    a, b, c = Ref("a"), Ref("b"), Ref("c")
    wanted: list[tuple[Requirement, Requirement]] = [
        (AllReq((a, b)), AllReq((b,))),
        (AnyReq((a, b)), AnyReq((b,))),
        (AtLeastReq(2, (a, b, c)), AtLeastReq(2, (b, c))),
        (AtLeastReq(2, (a, b)), AtLeastReq(1, (b,))),
        (Unless(b, ("a",)), Unless(b, ())),
        (Unless(a, ("b",)), AllReq(())),
    ]
    for before, after in wanted:
        route = replace(topic.routes[0], applies=("a",), requires=before, bars=(Bar("a"),))
        changed = without_criterion(replace(topic, routes=(route,), bars=(Bar("b", ("a",)),)), "a")
        assert after == changed.routes[0].requires
        assert () == changed.routes[0].applies == changed.routes[0].bars
        assert (Bar("b"),) == changed.bars
        assert "a" not in set(criteria_of(changed.routes[0].requires))


def test_a_route_of_one_criterion_goes_with_it() -> None:
    """Where a criterion was a route of its own, striking it closes that way."""
    topic = next(t for t in TOPICS if t.routes)
    alone = replace(topic.routes[0], id="alone", requires=Ref("a"))
    other = replace(topic.routes[0], id="other", requires=Ref("b"))
    changed = without_criterion(replace(topic, routes=(alone, other)), "a")
    assert ["other"] == [route.id for route in changed.routes]


def test_what_ablation_counts_is_what_the_engine_concludes(cases: list[Case]) -> None:
    """Each flip it reports is a flip when the case is concluded with the criterion struck out."""
    engine = ReferenceEngine()
    found = ablate(KNOWLEDGE, cases[:12], Basis.REVIEW, engine)
    assert found.flipped
    by_number = {case.case_number: case for case in cases}
    for change in found.criteria:
        for item in change.flipped:
            plain = evaluate_case(by_number[item.case_number], Basis.REVIEW, KNOWLEDGE, engine)
            before = next(one for one in plain if one.item.number == item.item)
            assert item.before == before.prediction.value != item.after
    counts = [len(change.flipped) for change in found.criteria]
    assert counts == sorted(counts, reverse=True)


@pytest.fixture
def turned_rules(tmp_path: Path) -> Path:
    """The rules that ship, with the nerve criterion of neck imaging turned on its head."""
    rules = tmp_path / "rules"
    shutil.copytree(rules_folder(), rules)
    path = rules / "guidelines" / "acoem-2004" / "imaging" / "neck-mri-ct.yaml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("is: unequivocal}", "is: [equivocal, none]}")
    assert changed != text
    path.write_text(changed, encoding="utf-8")
    return rules


def test_the_command_names_what_a_changed_pack_flips(turned_rules: Path) -> None:
    """A changed criterion flips outcomes both ways, and is named for each of them."""
    result = CliRunner().invoke(
        command, [str(cases_folder()), "--rules", str(turned_rules), "--format", "json"]
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["format"] == "imr.whatif.v1"
    assert {("overturned", "upheld"), ("upheld", "overturned")} == {
        (flip["before"], flip["after"]) for flip in found["flipped"]
    }
    (criterion,) = found["criteria"]
    assert criterion["criterion"] == "acoem-2004/neck-mri-ct/nerve-compromise"
    assert len(found["flipped"]) == criterion["flipped"] == len(criterion["items"])
    assert criterion["flipped"] == criterion["to_overturned"] + criterion["to_upheld"]
    assert criterion["net_agreement"] < 0


def test_the_command_asks_for_a_change() -> None:
    """Without changed rules there is nothing to compare, and it says what to give."""
    result = CliRunner().invoke(command, [str(cases_folder())])
    assert result.exit_code == 2
    assert "--rules" in result.stderr


def test_a_record_without_items_is_rejected(tmp_path: Path) -> None:
    """Nothing of it could flip; counting it among what did not would hide that."""
    note = tmp_path / "note.txt"
    note.write_text("Follow-up visit.\nPlan: refill.\n", encoding="utf-8")
    result = CliRunner().invoke(
        command, [str(note), str(cases_folder() / "CM16-0231706.yaml"), "--ablate"]
    )
    assert 2 == result.exit_code
    assert "note.txt: error[input]: holds no item in dispute" in result.stderr
    assert "1 of 2 files rejected." in result.stderr


def test_names_of_criteria_stay_whole_in_text() -> None:
    """A name stands on a line of its own, to be read, copied and searched for."""
    runner = CliRunner(env={"COLUMNS": "64"})
    found = runner.invoke(command, [str(cases_folder()), "--ablate", "--format", "json"])
    flipping = [one["criterion"] for one in json.loads(found.stdout)["criteria"] if one["flipped"]]
    assert max(map(len, flipping)) > 40
    printed = runner.invoke(command, [str(cases_folder()), "--ablate"]).stdout
    lines = [line.rstrip() for line in printed.splitlines()]
    assert flipping == [line for line in lines if line in flipping]


def test_what_flips_is_not_told_as_a_part_of_what_the_topic_governs() -> None:
    """What goes with an operation flips with it: two flips under one governed item."""
    flipped = tuple(
        FlippedItem("A", number, "", "upheld", "upheld", "overturned", ("e/t/c",))
        for number in (1, 2)
    )
    found = WhatIf(Basis.REVIEW, 2, 2, flipped, (change_of("e/t/c", "Said.", 1, flipped),))
    console = Console(file=StringIO(), width=120)
    console.print(ablation_text(found))
    assert isinstance(console.file, StringIO)
    told = " ".join(console.file.getvalue().split())
    assert "2 flip: 2 overturned, 0 upheld, agreement -2, 1 item under its topic (A.1, A.2)" in told


@pytest.fixture
def requests(tmp_path: Path) -> list[str]:
    """Two unfinished requests, which have no number of their own, and three items in all."""
    first, second = tmp_path / "neck.yaml", tmp_path / "both.yaml"
    neck = "facts: {neuro_deficit_objective: unequivocal}\nrequest_date: 2016-11-01\n"
    first.write_text(f"request: MRI of the cervical spine\n{neck}", encoding="utf-8")
    second.write_text(f"request: Cervical MRI\nbeside: [Norco 10/325]\n{neck}", encoding="utf-8")
    return [str(first), str(second)]


def _whatif(*arguments: str) -> Any:
    result = CliRunner().invoke(command, [*arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_requests_without_a_number_are_compared_one_by_one(
    requests: list[str], turned_rules: Path
) -> None:
    """Each is held against itself under the other pack, counted, and goes by its file's name."""
    found = _whatif(*requests, "--rules", str(turned_rules), "--basis", "record")
    assert found["items"] == 3
    assert [flip["title"] for flip in found["flipped"]] == [
        "MRI of the cervical spine",
        "Cervical MRI",
    ]
    (criterion,) = found["criteria"]
    assert criterion["governed"] == criterion["flipped"] == 2
    assert criterion["items"] == ["neck.1", "both.1"]


def test_requests_without_a_number_are_ablated_one_by_one(requests: list[str]) -> None:
    """A criterion left out is left out of each request, however many items each has."""
    together = _whatif(*requests, "--ablate", "--basis", "record")
    alone = [_whatif(request, "--ablate", "--basis", "record") for request in requests]
    assert together["items"] == sum(one["items"] for one in alone) == 3
    assert together["flips"] == sum(one["flips"] for one in alone) > 0
    assert together["flips"] == len(together["flipped"])
    for counted in ("flipped", "governed"):
        held = {one["criterion"]: one[counted] for one in together["criteria"]}
        parts: Counter[str] = Counter()
        for found in alone:
            parts.update({one["criterion"]: one[counted] for one in found["criteria"]})
        assert held == parts
