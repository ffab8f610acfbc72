"""The page in a real browser, at desktop and phone width (``make test-browser``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.chromium import CHROMIUM, Tab, tab
from tests.serve.test_pages import ASKED, NOTE

pytestmark = pytest.mark.browser

WIDTHS = (1280, 390)
VERDICT = "document.querySelector('.verdict p').innerText"
TAB, SPACE = ("Tab", 9), (" ", 32, " ")
SMALLEST = """Math.min(...[...document.querySelectorAll("p, li, span, label, legend, summary")]
  .filter((e) => e.offsetParent).map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
TOO_SMALL_TO_HIT = """[...document.querySelectorAll("button, label:has(input), select, input")]
  .filter((e) => e.offsetParent && !e.closest("label") && e.getBoundingClientRect().height < 24)
  .map((e) => e.outerHTML)"""


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Tab]:
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    with tab(tmp_path) as opened:
        yield opened


def fill_in(browser: Tab, port: int) -> None:
    """Open the page, type the request and the record, and press the button."""
    browser.open(f"http://localhost:{port}/")
    for name, typed in {**ASKED, "text": NOTE}.items():
        if name in ("titles", "text"):
            browser.click(f"#{name}")
            browser.type(typed)
        else:
            # A date is typed in the order of whoever's country it is.
            browser.evaluate(f"document.getElementById('{name}').value = '{typed}'")
    browser.click("button.main")
    browser.until("document.querySelector('.verdict') !== null")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_and_can_be_read_and_hit(browser: Tab, port: int, width: int) -> None:
    """Nothing hangs over the edge, words are large enough, and so is what is to be pressed."""
    browser.resize(width)
    browser.open(f"http://localhost:{port}/")
    for _ in ("the form", "the answer"):
        assert browser.evaluate("window.innerWidth") == width
        page = "document.documentElement"
        assert browser.evaluate(f"{page}.scrollWidth <= {page}.clientWidth")
        assert browser.evaluate(SMALLEST) >= 11
        assert browser.evaluate(TOO_SMALL_TO_HIT) == []
        fill_in(browser, port)
    assert browser.told == []


@pytest.mark.parametrize("width", WIDTHS)
def test_an_answer_changes_the_outcome_at_once(browser: Tab, port: int, width: int) -> None:
    """Without a new page, by keyboard; the focus stays, and the outcome is read out."""
    browser.resize(width)
    fill_in(browser, port)
    assert browser.evaluate(VERDICT) == "Likely outcome: upheld undocumented"
    browser.evaluate("window.sameAsBefore = true")
    chosen = "answer-1-drug_test_on_file-"
    browser.evaluate(f"document.getElementById('{chosen}').focus()")
    browser.press("ArrowRight", 39)
    browser.until(f"{VERDICT} === 'Likely outcome: overturned met'")
    assert browser.evaluate("window.sameAsBefore") is True
    assert browser.evaluate("document.activeElement.id") == f"{chosen}yes"
    said = "document.getElementById('said').textContent"
    browser.until(f"{said} !== ''")
    assert browser.evaluate(said) == "Likely outcome: overturned met"
    browser.click(f"[id='{chosen}']")
    browser.until(f"{VERDICT} === 'Likely outcome: upheld undocumented'")
    assert browser.told == []


def test_everything_can_be_done_without_scripts(browser: Tab, port: int) -> None:
    """The form, its answer, and an answer to a question, by buttons alone."""
    browser.disable_scripts()
    fill_in(browser, port)
    assert browser.evaluate(VERDICT) == "Likely outcome: upheld undocumented"
    browser.click("[id='answer-1-drug_test_on_file-yes']")
    browser.click(".send button")
    browser.until(f"{VERDICT} === 'Likely outcome: overturned met'")


def test_the_way_by_keyboard_is_that_of_the_page(browser: Tab, port: int) -> None:
    """Tab goes from the link to the content through each field to the button, and Space presses."""
    browser.open(f"http://localhost:{port}/")
    passed: list[str] = []
    while not passed or passed[-1] != "button":
        browser.press(*TAB)
        passed.append(
            browser.evaluate(
                "document.activeElement.id || document.activeElement.className"
                " || document.activeElement.localName"
            ).replace("main", "button")
        )
        assert len(passed) < 30, passed
    order = [name for index, name in enumerate(passed) if name not in passed[:index]]
    assert order == ["skip", "a", "titles", "denied_on", "injured_on", "text", "file", "button"]
    browser.press(*SPACE)
    browser.until("document.querySelector('.problem') !== null")


def test_a_server_that_ended_is_told_and_nothing_typed_is_lost(browser: Tab, port: int) -> None:
    """The page says so where an answer cannot be sent."""
    fill_in(browser, port)
    browser.evaluate("window.fetch = () => Promise.reject(new TypeError('refused'))")
    browser.click("[id='answer-1-drug_test_on_file-yes']")
    browser.until("document.querySelector('#said.problem') !== null")
    assert "does not answer" in browser.evaluate("document.getElementById('said').textContent")
    assert browser.evaluate("document.getElementById('text').value.length") > 100
