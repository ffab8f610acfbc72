"""Every number of scores.json, computed again from items.parquet by other means."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
import polars
import pytest
from scipy import stats
from sklearn import metrics

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.model import Corpus
from imr_rules.audit.write import write_audit

from .conftest import PERMUTATIONS, RESAMPLES
from .written_determinations import Written

Item = dict[str, Any]
SEED = 20170105


@pytest.fixture(scope="module")
def written(shipped_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The scores as written, and the items as written."""
    folder = tmp_path_factory.mktemp("audit")
    write_audit(shipped_audit, [], folder)
    return (
        json.loads((folder / "scores.json").read_text(encoding="utf-8")),
        polars.read_parquet(folder / "items.parquet").to_dicts(),
    )


def close(value: float) -> Any:
    return pytest.approx(value, abs=1e-9)


def wilson(count: int, n: int) -> Any:
    interval = stats.binomtest(count, n).proportion_ci(0.95, method="wilson")
    return pytest.approx([interval.low, interval.high], abs=1e-9)


def resampled(items: list[Item]) -> Iterable[list[Item]]:
    """Draw letters with all their items, written out item by item."""
    by_letter: dict[str, list[Item]] = {}
    for item in items:
        by_letter.setdefault(item["case_number"], []).append(item)
    chance = random.Random(SEED)
    for _ in range(RESAMPLES):
        drawn = chance.choices(sorted(by_letter), k=len(by_letter))
        yield [item for letter in drawn for item in by_letter[letter]]


def measures(basis: str) -> dict[str, Callable[[list[Item]], float]]:
    def truth(items: list[Item]) -> list[bool]:
        return [item["actual"] == "overturned" for item in items]

    def guess(items: list[Item]) -> list[bool]:
        return [item[f"{basis}_prediction"] == "overturned" for item in items]

    def likely(items: list[Item]) -> list[float]:
        return [item[f"{basis}_likelihood"] for item in items]

    def ac1(items: list[Item]) -> float:
        agreed = numpy.mean(numpy.array(truth(items)) == numpy.array(guess(items)))
        share = (numpy.mean(truth(items)) + numpy.mean(guess(items))) / 2
        chance = 2 * share * (1 - share)
        return float((agreed - chance) / (1 - chance))

    def alpha(items: list[Item]) -> float:
        values = numpy.array([truth(items), guess(items)])
        unlike = numpy.mean(values[0] != values[1])
        ones, n = values.sum(), values.size
        return float(1 - unlike / (2 * ones * (n - ones) / (n * (n - 1))))

    return {
        "agreement": lambda i: metrics.accuracy_score(truth(i), guess(i)),
        "balanced_accuracy": lambda i: metrics.balanced_accuracy_score(truth(i), guess(i)),
        "recall_overturned": lambda i: metrics.recall_score(truth(i), guess(i)),
        "recall_upheld": lambda i: metrics.recall_score(truth(i), guess(i), pos_label=False),
        "precision_overturned": lambda i: metrics.precision_score(truth(i), guess(i)),
        "mcc": lambda i: metrics.matthews_corrcoef(truth(i), guess(i)),
        "cohen_kappa": lambda i: metrics.cohen_kappa_score(truth(i), guess(i)),
        "gwet_ac1": ac1,
        "krippendorff_alpha": alpha,
        "auc": lambda i: metrics.roc_auc_score(truth(i), likely(i)),
        "average_precision": lambda i: metrics.average_precision_score(truth(i), likely(i)),
        "brier": lambda i: metrics.brier_score_loss(truth(i), likely(i)),
    }


def counted(items: list[Item], basis: str) -> dict[str, tuple[int, int]]:
    """The scores that are plain rates: hits, and of how many."""
    pairs = [(item[f"{basis}_prediction"], item["actual"]) for item in items]
    hits = pairs.count(("overturned", "overturned"))
    rejections = pairs.count(("upheld", "upheld"))
    return {
        "agreement": (hits + rejections, len(pairs)),
        "recall_overturned": (hits, sum(actual == "overturned" for _, actual in pairs)),
        "recall_upheld": (rejections, sum(actual == "upheld" for _, actual in pairs)),
        "precision_overturned": (hits, sum(guess == "overturned" for guess, _ in pairs)),
    }


def test_a_rate_without_spread_takes_wilsons_interval(
    corpus_of_letters: Callable[..., Corpus], tmp_path: Path
) -> None:
    """Where every resample gives the same rate, its interval is scipy's Wilson interval."""
    letters = [replace(Written(), number=f"CM17-000{n:04d}") for n in range(1, 8)]
    write_audit(audit(corpus_of_letters(letters)), [], tmp_path)
    scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    items = polars.read_parquet(tmp_path / "items.parquet").to_dicts()
    seen = 0
    for basis in ("record", "review"):
        covered = [i for i in items if i["actual"] and i[f"{basis}_prediction"] != "no_guideline"]
        for name, (count, of) in counted(covered, basis).items():
            score = scores["bases"][basis]["scores"][name]
            if of:
                assert score["method"] == "wilson"
                assert score["interval"] == wilson(count, of)
                seen += 1
    assert seen >= 4


def test_the_counts_are_those_of_the_items(written: tuple[Any, Any]) -> None:
    """Letters, items, decided and overturned items are counted right."""
    scores, items = written
    assert scores["letters"] == len({item["case_number"] for item in items}) > 100
    assert scores["items"] == len(items) > 200
    assert scores["decided"] == sum(item["actual"] is not None for item in items)
    assert scores["overturned"] == sum(item["actual"] == "overturned" for item in items)


@pytest.mark.parametrize("basis", ["record", "review"])
def test_each_score_and_its_interval_come_from_the_items(
    basis: str, written: tuple[Any, Any]
) -> None:
    """Scores by scikit-learn, intervals by drawing letters item by item."""
    scores, items = written
    told = scores["bases"][basis]
    covered = [i for i in items if i["actual"] and i[f"{basis}_prediction"] != "no_guideline"]
    assert told["n"] == len(covered)
    assert told["coverage"]["rate"] == close(len(covered) / scores["decided"])
    upheld = sum(item["actual"] == "upheld" for item in covered)
    assert told["base_rate"]["rate"] == close(upheld / len(covered))
    assert told["base_rate"]["interval"] == wilson(upheld, len(covered))
    share = upheld / len(covered)
    assert told["base_rate_brier"] == close(
        sum((1 - share - (item["actual"] == "overturned")) ** 2 for item in covered) / len(covered)
    )
    samples = list(resampled(covered))
    functions = measures(basis)
    assert set(functions) == set(told["scores"])
    for name, function in functions.items():
        score = told["scores"][name]
        assert score["value"] == close(function(covered)), name
        drawn = [function(sample) for sample in samples]
        if score["method"] == "bootstrap":
            expected = numpy.quantile(drawn, [0.025, 0.975])
            assert score["interval"] == pytest.approx(list(expected), abs=1e-9), name
            continue
        assert len(set(drawn)) == 1, f"{name} varies, so the bootstrap has an interval"
        if score["method"] == "wilson":
            assert score["interval"] == wilson(*counted(covered, basis)[name]), name
        else:
            assert score["interval"] is None, name
            assert name not in counted(covered, basis), f"{name} is a rate and has Wilson's"


@pytest.mark.parametrize("basis", ["record", "review"])
def test_confusion_and_calibration_come_from_the_items(
    basis: str, written: tuple[Any, Any]
) -> None:
    """The four cells, and each bin of likelihood with its share overturned."""
    scores, items = written
    told = scores["bases"][basis]
    cells = {
        "overturned_as_predicted": ("overturned", "overturned"),
        "predicted_overturned_but_upheld": ("overturned", "upheld"),
        "predicted_upheld_but_overturned": ("upheld", "overturned"),
        "upheld_as_predicted": ("upheld", "upheld"),
    }
    for name, pair in cells.items():
        count = sum((i[f"{basis}_prediction"], i["actual"]) == pair for i in items)
        assert told["confusion"][name] == count
    assert sum(one["n"] for one in told["calibration"]) == told["n"]
    for one in told["calibration"]:
        last = one["high"] == 1.0
        inside = [
            i
            for i in items
            if one["low"] <= i[f"{basis}_likelihood"] < one["high"]
            or (last and i[f"{basis}_likelihood"] == 1.0)
        ]
        overturned = sum(i["actual"] == "overturned" for i in inside)
        assert (one["n"], one["count"]) == (len(inside), overturned)
        assert one["mean_likelihood"] == close(
            sum(i[f"{basis}_likelihood"] for i in inside) / len(inside)
        )
        assert one["interval"] == wilson(overturned, len(inside))


def test_each_breakdown_comes_from_the_items(written: tuple[Any, Any]) -> None:
    """Agreement and overturned items of every category, specialty, quarter and edition."""
    scores, items = written
    assert set(scores["breakdowns"]) == {"category", "specialty", "quarter", "edition"}
    for column, groups in scores["breakdowns"].items():
        assert sum(group["overturned"]["of"] for group in groups) == scores["decided"]
        for group in groups:
            own = [i for i in items if (i[column] or "not told") == group["group"]]
            overturned = sum(i["actual"] == "overturned" for i in own)
            assert group["letters"] == len({i["case_number"] for i in own})
            assert group["overturned"]["count"] == overturned
            assert group["overturned"]["interval"] == wilson(overturned, len(own))
            assert group["base_rate"]["rate"] == close(1 - overturned / len(own))
            for basis in ("record", "review"):
                agreed = sum(i[f"{basis}_prediction"] == i["actual"] for i in own)
                assert group["agreement"][basis]["count"] == agreed
                assert group["agreement"][basis]["interval"] == wilson(agreed, len(own))


def test_pattern_noise_comes_from_the_items(written: tuple[Any, Any]) -> None:
    """Pairs of like items are counted pair by pair."""
    scores, items = written
    every = [
        (one, other)
        for place, one in enumerate(items)
        for other in items[place + 1 :]
        if one["case_number"] != other["case_number"]
    ]
    unlike = sum(one["actual"] != other["actual"] for one, other in every)
    for pattern in scores["noise"]["pattern"]:
        key = f"{pattern['basis']}_signature"
        like = [(a, b) for a, b in every if a[key] is not None and a[key] == b[key]]
        differing = [(a, b) for a, b in like if a["actual"] != b["actual"]]
        assert (pattern["pairs"], pattern["decided_unlike"]) == (len(like), len(differing))
        assert pattern["rate"] == close(len(differing) / len(like))
        assert pattern["rate_of_all_pairs"] == close(unlike / len(every))
        cells: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            cells[item[key]].append(item)
        shared = [c for c in cells.values() if len({i["case_number"] for i in c}) > 1]
        assert pattern["groups_of_like_items"] == len(shared)
        assert pattern["items"] == sum(map(len, shared))
        outcomes = [[float(i["actual"] == "overturned") for i in cell] for cell in shared]
        squares = sum(numpy.var(cell) * len(cell) for cell in outcomes)
        assert pattern["variance_within"] == close(
            squares / sum(len(cell) - 1 for cell in outcomes)
        )
        assert pattern["variance_of_all"] == close(
            float(numpy.var([i["actual"] == "overturned" for i in items], ddof=1))
        )
        letters = sorted({i["case_number"] for cell in shared for i in cell})
        chance = random.Random(SEED)
        rates = []
        for _ in range(RESAMPLES):
            drawn = chance.choices(letters, k=len(letters))
            counts = {letter: drawn.count(letter) for letter in letters}
            weights = [counts[a["case_number"]] * counts[b["case_number"]] for a, b in like]
            apart = [a["actual"] != b["actual"] for a, b in like]
            rates.append(numpy.average(apart, weights=weights))
        if pattern["interval_by_letter"] is not None:
            expected = list(numpy.quantile(rates, [0.025, 0.975]))
            assert pattern["interval_by_letter"] == pytest.approx(expected, abs=1e-9)
        else:
            assert len(set(rates)) == 1


def test_level_noise_comes_from_the_items(written: tuple[Any, Any]) -> None:
    """Rates of each group, what is compared, shuffled p-values and their correction."""
    scores, items = written
    for level in scores["noise"]["level"]:
        column = level["grouping"]
        ranked = [group for group in level["groups"] if group["ranked"]]
        for group in level["groups"]:
            own = [i for i in items if (i[column] or "not told") == group["group"]]
            rest = [i for i in items if (i[column] or "not told") != group["group"]]
            letters = {i["case_number"] for i in own}
            overturned = sum(i["actual"] == "overturned" for i in own)
            assert (group["n"], group["letters"]) == (len(own), len(letters))
            assert group["rate"] == close(overturned / len(own))
            assert group["interval"] == wilson(overturned, len(own))
            assert group["ranked"] == (len(own) >= 20 and len(letters) >= 5)
            if rest:
                assert group["rate_of_the_rest"] == close(
                    sum(i["actual"] == "overturned" for i in rest) / len(rest)
                )
            if group["interval_by_letter"] is not None:
                rates = [
                    numpy.mean([i["actual"] == "overturned" for i in s]) for s in resampled(own)
                ]
                assert group["interval_by_letter"] == pytest.approx(
                    list(numpy.quantile(rates, [0.025, 0.975])), abs=1e-9
                )
            if group["ranked"] and group["p"] is not None:
                assert group["p"] == close(_shuffled_p(items, column, group["group"]))
        tested = [group["p"] for group in ranked if group["p"] is not None]
        if tested:
            expected = list(stats.false_discovery_control(tested))
            assert [g["adjusted_p"] for g in ranked] == pytest.approx(expected, abs=1e-9)
        rates = [group["rate"] for group in ranked]
        if level["spread"] is not None:
            assert level["spread"] == close(float(numpy.std(rates, ddof=1)))


def _shuffled_p(items: list[Item], column: str, name: str) -> float:
    """Shuffle the letters' shares in the group and count the differences as large."""
    letters = sorted({item["case_number"] for item in items})
    own = {letter: [i for i in items if i["case_number"] == letter] for letter in letters}
    sizes = numpy.array([len(own[letter]) for letter in letters])
    hits = numpy.array(
        [sum(i["actual"] == "overturned" for i in own[letter]) for letter in letters]
    )
    shares = [
        sum((i[column] or "not told") == name for i in own[letter]) / len(own[letter])
        for letter in letters
    ]

    def gap(order: list[float]) -> float:
        inside = numpy.array(order)
        rate = (inside * hits).sum() / (inside * sizes).sum()
        rest = ((1 - inside) * hits).sum() / ((1 - inside) * sizes).sum()
        return float(abs(rate - rest))

    chance = random.Random(SEED)
    observed, order, as_large = gap(shares), list(shares), 0
    for _ in range(PERMUTATIONS):
        chance.shuffle(order)
        as_large += gap(order) >= observed - 1e-9
    return (as_large + 1) / (PERMUTATIONS + 1)


def test_findings_are_counted_as_they_are_listed(
    written: tuple[Any, Any], shipped_audit: Audit
) -> None:
    """The counts by kind are those of the list of findings."""
    scores, _ = written
    for kind, count in scores["findings"].items():
        assert count == sum(finding.kind.value == kind for finding in shipped_audit.findings)
