"""Every number of scores.json and report.html, computed again from items and findings."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import polars
import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.model import Corpus
from imr_rules.audit.write import write_audit

from .conftest import PERMUTATIONS, RESAMPLES
from .independent_scores import rates, scores_of_items, wilson
from .written_determinations import Written

WORDS = ("format", "notice", "intervals", "overlapping")
"""What of scores.json is no number."""
TITLES = {
    "agreement": "Agreement",
    "balanced_accuracy": "Balanced accuracy",
    "recall_overturned": "Recall of overturned",
    "recall_upheld": "Recall of upheld",
    "precision_overturned": "Precision of overturned",
    "mcc": "Matthews correlation",
    "cohen_kappa": "Cohen's kappa",
    "gwet_ac1": "Gwet's AC1",
    "krippendorff_alpha": "Krippendorff's alpha",
    "auc": "Area under the curve",
    "average_precision": "Average precision",
    "brier": "Brier score",
}


@dataclass(frozen=True)
class Files:
    """What an audit wrote, and its scores computed again."""

    scores: dict[str, Any]
    findings: list[dict[str, Any]]
    page: str
    again: dict[str, Any]
    category_titles: dict[str, str]


@pytest.fixture(scope="module")
def files(shipped_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The audit of the cases that ship."""
    folder = tmp_path_factory.mktemp("audit")
    write_audit(shipped_audit, [], folder)
    items = polars.read_parquet(folder / "items.parquet").to_dicts()
    assert len(items) > 200
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))["findings"]
    again = scores_of_items(items, findings, resamples=RESAMPLES, permutations=PERMUTATIONS)
    categories = shipped_audit.corpus.knowledge.catalogue.categories.values()
    return Files(
        json.loads((folder / "scores.json").read_text(encoding="utf-8")),
        findings,
        (folder / "report.html").read_text(encoding="utf-8"),
        again,
        {category.id: category.title for category in categories},
    )


def leaves(data: Any, path: str = "") -> dict[str, Any]:
    """Every value of plain *data* that holds no other, by where it stands."""
    if isinstance(data, dict):
        return {k: v for name in data for k, v in leaves(data[name], f"{path}/{name}").items()}
    if isinstance(data, list):
        return {k: v for n, part in enumerate(data) for k, v in leaves(part, f"{path}/{n}").items()}
    return {path: data}


@pytest.mark.parametrize("part", ["bases", "breakdowns", "noise"])
def test_every_score_is_what_the_items_say(part: str, files: Files) -> None:
    """Leaf by leaf: scores, intervals, bins, groups, p-values; none is left out or added."""
    told, again = leaves(files.scores[part]), leaves(files.again[part])
    assert set(told) == set(again)
    for path, value in again.items():
        if isinstance(value, float):
            assert told[path] == pytest.approx(value, abs=1e-9), path
        else:
            assert told[path] == value, path


def test_every_count_is_what_the_items_and_findings_say(files: Files) -> None:
    """Letters, items, decisions, and the findings of each kind; beside them there are words."""
    assert ["specialty", "licensure"] == files.scores["overlapping"]
    rest = {name: value for name, value in files.scores.items() if not isinstance(value, dict)}
    counts = ("letters", "items", "decided", "overturned")
    assert set(rest) == {*counts, *WORDS}
    assert [rest[name] for name in counts] == [files.again[name] for name in counts]
    told = {kind: n for kind, n in files.scores["findings"].items() if n}
    assert told == dict(files.again["findings"])
    assert not any(re.search(r"\d", rest[name]) for name in ("notice",))
    assert f"({RESAMPLES} resamples, seed 20170105)" in rest["intervals"]


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
        for name, (count, of) in rates(covered, basis).items():
            score = scores["bases"][basis]["scores"][name]
            if of:
                assert score["method"] == "wilson"
                assert score["interval"] == pytest.approx(wilson(count, of), abs=1e-9)
                seen += 1
    assert seen >= 4


# --- the page ---------------------------------------------------------------------------------


class Page(HTMLParser):
    """The words of a page: of its tables row by row, of its findings, its charts, and the rest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.findings: list[str] = []
        self.charts: list[str] = []
        self.prose: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row, a cell, a finding or a label of a chart."""
        if tag in ("meta", "input", "br"):
            return
        self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "article":
            self.findings.append("")
        elif tag == "text":
            self.charts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Put words where they belong; style sheet and script have none."""
        if {"style", "script"} & set(self._open):
            return
        if "article" in self._open:
            self.findings[-1] += " " + data
        elif "text" in self._open:
            self.charts[-1] += data
        elif {"td", "th"} & set(self._open):
            self.tables[-1][-1][-1] += " " + data
        else:
            self.prose.append(data)


def numbers_in(text: str) -> list[str]:
    """The numbers of *text*, in order; digits inside a word (AC1) are part of the word."""
    return re.findall(r"(?<![\w.])[-−]?\d+(?:[.,]\d+)*(?![\w])", text)


def percent(share: float | None) -> list[str]:
    return [] if share is None else [f"{share * 100:.1f}"]


def three(value: float | None) -> list[str]:
    return [] if value is None else [f"{value:.3f}"]


def ends(interval: list[float] | None, form: Callable[[float], list[str]]) -> list[str]:
    return [] if interval is None else [*form(interval[0]), *form(interval[1])]


def shown(rate: dict[str, Any]) -> list[str]:
    """A rate: its share, what was counted, and its interval."""
    counted = [str(rate["count"]), str(rate["of"])]
    return [*percent(rate["rate"]), *counted, *ends(rate["interval"], percent)]


def expected_tables(files: Files) -> list[list[list[str]]]:
    """The numbers of each table of the page, row by row, from what was computed again."""
    again = files.again
    bases = [again["bases"][basis] for basis in ("record", "review")]

    def both(numbers: Callable[[dict[str, Any]], list[str]]) -> list[str]:
        return [number for basis in bases for number in numbers(basis)]

    scores = [both(lambda b: shown(b["base_rate"]))]
    for name in TITLES:
        scores.append(
            both(
                lambda b, name=name: [  # type: ignore[misc]
                    *three(b["scores"][name]["value"]),
                    *ends(b["scores"][name]["interval"], three),
                ]
            )
        )
    scores.append(both(lambda b: three(b["base_rate_brier"])))
    scores.append(both(lambda b: shown(b["coverage"])))
    confusion = [
        [str(basis["confusion"][name]) for basis in bases] for name in bases[0]["confusion"]
    ]
    calibration = [
        [
            [*percent(bin_["low"]), *percent(bin_["high"]), str(bin_["n"]),
             *percent(bin_["mean_likelihood"]), *shown(bin_)]
            for bin_ in basis["calibration"]
        ]
        for basis in bases
    ]  # fmt: skip
    groups = [
        [
            [*numbers_in(files.category_titles.get(group["group"], group["group"])),
             str(group["letters"]), *shown(group["overturned"]),
             *percent(group["base_rate"]["rate"]), *shown(group["agreement"]["record"]),
             *shown(group["agreement"]["review"])]
            for group in column
        ]
        for column in again["breakdowns"].values()
    ]  # fmt: skip
    patterns = again["noise"]["pattern"]

    def each(numbers: Callable[[dict[str, Any]], list[str]]) -> list[str]:
        return [number for pattern in patterns for number in numbers(pattern)]

    pattern = [
        each(lambda p: [str(p["groups_of_like_items"]), str(p["items"])]),
        each(lambda p: [str(p["decided_unlike"]), str(p["pairs"])]),
        each(lambda p: [*percent(p["rate"]), *ends(p["interval_by_letter"], percent)]),
        each(lambda p: percent(p["rate_of_all_pairs"])),
        each(lambda p: three(p["variance_within"])),
        each(lambda p: three(p["variance_of_all"])),
    ]
    levels = [
        [
            [*numbers_in(group["group"]), str(group["n"]), str(group["letters"]),
             *percent(group["rate"]), *ends(group["interval"], percent),
             *ends(group["interval_by_letter"], percent), *percent(group["rate_of_the_rest"]),
             *(three(group["adjusted_p"]) if group["p"] is not None else [])]
            for group in level["groups"]
        ]
        for level in again["noise"]["level"]
    ]  # fmt: skip
    counted = Counter((f["kind"], f["severity"]) for f in files.findings)
    counts = [
        [*(str(counted[kind, severity]) for severity in ("high", "medium", "low")),
         str(sum(n for (other, _), n in counted.items() if other == kind))]
        for kind in files.scores["findings"]
    ]  # fmt: skip
    return [scores, confusion, *calibration, *groups, pattern, *levels, counts]


def test_every_number_of_every_table_is_computed_again(files: Files) -> None:
    """Table by table and row by row, the page shows these numbers and no others."""
    told = [
        # The first row of each table names its columns.
        [[n for cell in row for n in numbers_in(cell)] for row in table[1:]]
        for table in Page(files.page).tables
    ]
    expected = expected_tables(files)
    assert len(told) == len(expected)
    for place, (table, wanted) in enumerate(zip(told, expected, strict=True)):
        assert table == wanted, f"table {place}"
    assert sum(len(row) for table in told for row in table) > 1000


def test_every_number_of_a_finding_is_its_own(files: Files) -> None:
    """What a finding shows stands in findings.json: its words, quotations and offsets."""
    articles = Page(files.page).findings
    assert len(articles) == len(files.findings) > 20
    own = Counter()
    for finding in files.findings:
        texts = [finding["title"], finding["explanation"], finding["cite"], finding["criterion"]]
        texts.append(f"{finding['case_number']}, item {finding['item']}")
        texts.append(f"{finding['confidence']:.2f}")
        texts.extend(finding["against"] if len(finding["against"]) > 3 else [])
        texts.extend([str(len(finding["against"]))] if len(finding["against"]) > 3 else [])
        for proof in finding["evidence"]:
            texts.append(proof["quote"] or proof["note"] or "")
            texts.append(f"{proof['start']} {proof['end']}" if proof["quote"] else "")
        for proof in finding["evidence_against"]:
            texts.append(f"{finding['against'][0]} {proof['quote'] or proof['note'] or ''}")
            texts.append(f"{proof['start']} {proof['end']}" if proof["quote"] else "")
        own[tuple(sorted(n for text in texts for n in numbers_in(text.replace("-", " "))))] += 1
    told = Counter(tuple(sorted(numbers_in(a.replace("-", " ")))) for a in articles)
    assert told == own


def test_every_number_of_the_text_is_accounted_for(files: Files) -> None:
    """Counts and cards are computed again; what else has digits says how it was made."""
    again = files.again
    review, record = again["bases"]["review"], again["bases"]["record"]
    agreement = [basis["scores"]["agreement"] for basis in (record, review)]
    total = sum(again["findings"].values())
    drawn = [*again["breakdowns"].values(), *(x["groups"] for x in again["noise"]["level"])]
    known = [
        # A chart of many groups says how many of them it draws.
        *(n for groups in drawn if len(groups) > 14 for n in ("14", str(len(groups)))),
        *(str(again["letters"]) for _ in ("title", "heading")),
        *(str(again[name]) for name in ("items", "decided", "overturned")),
        *percent(review["base_rate"]["rate"]),
        *(n for s in agreement for n in (*percent(s["value"]), *ends(s["interval"], percent))),
        *(str(again["findings"][k]) for k in ("evidence_conflict", "self_contradiction")),
        str(total),
        str(again["noise"]["least_group"]),
    ]
    told = Counter(n for text in Page(files.page).prose for n in numbers_in(text))
    missing = Counter(known) - told
    assert not missing
    fixed = Counter(
        {
            "30": 1,  # "where the rules call an item 30 % likely"
            "0": 2, "1": 1, "0.5": 2, "0.3": 1, "0.7": 1, "0.9": 1,  # the filter; scales of scores
            "95": 2, str(RESAMPLES): 1, "20170105": 1,  # how intervals were made
            "2013": 1, "2017": 1,  # what the rules were written from
        }
    )  # fmt: skip
    version = numbers_in(str(json.dumps(files.page[files.page.index("imr-rules ") :][:30])))
    left = told - Counter(known) - Counter(version)
    assert not left - fixed, left - fixed


def test_every_number_of_a_chart_is_a_tick_or_a_count(files: Files) -> None:
    """Labels name a group with its number of items; the other numbers are those of the axes."""
    sizes: Counter[str] = Counter()
    for column in files.again["breakdowns"].values():
        for group in column:
            name = files.category_titles.get(group["group"], group["group"])
            sizes[f"{name} ({group['overturned']['of']})"] += 1
    for level in files.again["noise"]["level"]:
        for group in level["groups"]:
            sizes[f"{group['group']} ({group['n']})"] += 1
    ticks = {f"{n}%" for n in range(0, 101, 10)} | {f"{n / 10:.1f}" for n in range(-10, 11)}
    labels = [label for label in Page(files.page).charts if numbers_in(label)]
    assert len(labels) > 100
    for label in labels:
        plain = label.replace("−", "-")
        cut = plain.removesuffix("…")
        assert plain in ticks or any(
            name == plain or (cut != plain and name.startswith(cut)) for name in sizes
        ), label
