"""The report as a file: complete, closed to the outside, and never a way in."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.case_page import case_html
from imr_rules.audit.model import Corpus, Kind
from imr_rules.audit.report.environment import between, number, percent
from imr_rules.audit.report.page import report_html
from imr_rules.facts.model import Basis
from imr_rules.notice import NOTICE

from .written_determinations import Written

ATTACK = '<img src=x onerror="alert(1)">'
VOID = {"meta", "input", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """Every element with its attributes, and whether all of them are closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Check the nesting."""
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(shipped_audit: Audit) -> str:
    return report_html(shipped_audit)


def test_nothing_is_fetched(report: str) -> None:
    """No element names a source, and every link stays within the page."""
    for tag, attributes in Page(report).elements:
        assert "src" not in attributes, tag
        for name in ("href", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith("#"), (tag, attributes)
    assert not re.search(r"@import|url\((?!#)", report)


def test_the_policy_admits_the_one_script_by_its_hash(report: str) -> None:
    """A browser that obeys the policy runs our script and nothing else."""
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', report)
    assert policy is not None
    scripts = re.findall(r"<script>(.*?)</script>", report, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    allowed = policy[1].replace("&#39;", "'")
    assert allowed == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not re.search(r"\son[a-z]+=", report)


def test_the_page_is_well_formed_and_its_ids_are_its_own(report: str) -> None:
    """Every element is closed in order, no id stands twice, every inner link has its target."""
    page = Page(report)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"] for tag, a in page.elements if tag == "a"]
    assert targets
    assert {str(target)[1:] for target in targets} <= set(ids)


def test_every_drawing_has_words_that_say_the_same(report: str) -> None:
    """A chart is hidden from screen readers, and its figure says what it shows and where."""
    figures = [
        a for tag, a in Page(report).elements if tag == "figure" and a.get("class") == "chart"
    ]
    assert len(figures) >= 6
    assert all("table" in str(figure["aria-label"]) for figure in figures)
    assert report.count("<svg") == report.count('<svg aria-hidden="true"') == 2 * len(figures)


def test_every_score_stands_in_the_report(report: str, shipped_audit: Audit) -> None:
    """Each score of both bases is printed with its interval, beside the base rate."""
    for basis in Basis:
        told = shipped_audit.scores["bases"][basis.value]
        assert percent(told["base_rate"]["rate"]) in report
        for score in told["scores"].values():
            assert number(score["value"]) in report
            assert between(score["interval"]) in report


def test_every_finding_stands_in_the_report_once(report: str, shipped_audit: Audit) -> None:
    """Findings are neither lost nor doubled, and carry what the filter looks at."""
    articles = [a for tag, a in Page(report).elements if tag == "article"]
    assert len(shipped_audit.findings) == len(articles)
    assert {a["data-kind"] for a in articles} <= {kind.value for kind in Kind}
    assert all(0 <= float(str(a["data-confidence"])) <= 1 for a in articles)


def test_the_notice_stands_once(report: str) -> None:
    """One plain line says what this is not; it is not repeated."""
    assert report.count(NOTICE) == 1


def test_words_of_a_letter_never_become_markup(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus],
) -> None:
    """A letter that holds markup is shown as it is written, in report and page alike."""
    letter = replace(
        Written(),
        number="CM17-0000009",
        title=f"MRI of the right knee {ATTACK}",
        summary=f"A fictional cook {ATTACK} with a date of injury of 01/01/2016 {ATTACK}.",
        cited=f"Decision based on MTUS Low Back Complaints 2004, Section(s): 308 {ATTACK}.",
    )
    found = audit(corpus_of_letters([letter]))
    assert found.findings
    for html in (report_html(found), case_html(found.corpus.cases[0], found)):
        assert "<img" not in html
        assert "&lt;img" in html


def test_a_report_of_one_undecided_item_is_still_a_report(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus],
) -> None:
    """With next to nothing to count, scores are "not defined" and nothing fails."""
    html = report_html(audit(corpus_of_letters([Written()])))
    assert "not defined" in html
    assert Page(html).open == []
