"""The report in a real browser, at desktop and phone width (``make test-browser``)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from imr_rules.audit.audit import Audit
from imr_rules.audit.report.page import report_html

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--allow-file-access-from-files", "--force-device-scale-factor=1",
    "--virtual-time-budget=4000",
)  # fmt: skip
HEIGHT = 1600
LEAST_WINDOW = 500
"""Narrower windows are not to be had: a phone is a frame inside one."""

# Measured from outside the page, whose policy admits no other script than its own.
PROBE = """
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const shown = () => [...page.querySelectorAll("#findings article")].filter((f) => !f.hidden);
  const box = (e) => { const b = e.getBoundingClientRect(); return [b.left, b.right]; };
  const filter = page.getElementById("filter");
  const measure = {
    width: page.documentElement.clientWidth,
    scrollWidth: page.documentElement.scrollWidth,
    charts: [...page.querySelectorAll("figure.chart svg")].filter((s) => s.clientWidth).map(box),
    headings: [...page.querySelectorAll("h2")].map((h) => h.textContent),
    smallest: Math.min(...[...page.querySelectorAll("td, p, li, small, figcaption")]
      .filter((e) => e.offsetParent).map((e) => parseFloat(view.getComputedStyle(e).fontSize))),
    filterShown: !filter.hidden,
    all: shown().length,
  };
  const change = (name, value) => {
    filter.elements[name].value = value;
    filter.dispatchEvent(new view.Event("input", {bubbles: true}));
  };
  change("kind", "citation");
  measure.citations = shown().length;
  measure.count = page.getElementById("count").value;
  change("kind", "");
  change("search", "surely nobody wrote this");
  measure.none = shown().length;
  change("search", "");
  measure.again = shown().length;
  document.getElementById("out").textContent = JSON.stringify(measure);
});
"""


@dataclass(frozen=True)
class Look:
    """A width at which the report is looked at."""

    name: str
    width: int


LOOKS = (Look("desktop", 1280), Look("phone", 390))


@pytest.fixture(scope="module")
def page(shipped_audit: Audit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the cases that ship, in a folder of its own."""
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt-get install chromium")
    folder = tmp_path_factory.mktemp("browser")
    (folder / "report.html").write_text(report_html(shipped_audit), encoding="utf-8")
    return folder / "report.html"


def browse(folder: Path, look: Look, *arguments: str) -> str:
    """Open the report in a frame of the look's width and return what the browser prints."""
    frame = folder / f"{look.name}.html"
    frame.write_text(
        '<!DOCTYPE html><body style="margin:0">'
        f'<iframe src="report.html" style="border:0;width:{look.width}px;height:{HEIGHT}px">'
        f'</iframe><pre id="out"></pre><script>{PROBE}</script></body>',
        encoding="utf-8",
    )
    window = f"--window-size={max(look.width, LEAST_WINDOW)},{HEIGHT}"
    profile = f"--user-data-dir={folder / ('profile-' + look.name)}"
    done = subprocess.run(
        [str(CHROMIUM), *FLAGS, window, profile, *arguments, frame.as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return done.stdout.decode()


def measured(folder: Path, look: Look) -> Any:
    dom = browse(folder, look, "--dump-dom")
    found = re.search(r'<pre id="out">(.*?)</pre>', dom, re.DOTALL)
    assert found is not None
    assert found[1], "the probe did not run"
    return json.loads(found[1].replace("&amp;", "&"))


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_report_fits_and_its_filter_works(page: Path, look: Look) -> None:
    """Nothing hangs over the edge, words are large enough, and filter and search work."""
    found = measured(page.parent, look)
    assert found["width"] == look.width
    assert found["scrollWidth"] <= look.width
    assert len(found["charts"]) >= 6
    assert all(0 <= left < right <= look.width for left, right in found["charts"])
    assert found["smallest"] >= 11
    assert found["headings"][0] == "Scores"
    assert found["filterShown"]
    assert 0 < found["citations"] < found["all"] == found["again"]
    assert found["count"] == f"{found['citations']} of {found['all']} findings"
    assert found["none"] == 0


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_report_looks_as_it_did(page: Path, look: Look) -> None:
    """The first screens, made small and grey, are those that were looked at and kept.

    Numbers may change with the rules, so the comparison is of shape: both pictures are shrunk
    until letters are grey smudges, and may differ by a few shades on the whole. A picture that is
    not kept yet is written beside the others and must be looked at.
    """
    kept = Path(__file__).parent / "looks" / f"{look.name}.png"
    shot = page.parent / f"{look.name}.png"
    browse(page.parent, look, f"--screenshot={shot}")
    with Image.open(shot) as picture:
        cut = picture.convert("L").crop((0, 0, look.width, HEIGHT))
        small = cut.resize((look.width // 10, HEIGHT // 10), Image.Resampling.BOX)
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        small.save(kept)
        pytest.fail(f"{kept} was not there and is now: look at it, and keep it if it is right")
    with Image.open(kept) as expected:
        assert expected.size == small.size
        difference = ImageStat.Stat(ImageChops.difference(expected.convert("L"), small))
    assert difference.mean[0] < 6
    assert ImageStat.Stat(small).stddev[0] > 8, "the page is blank"
