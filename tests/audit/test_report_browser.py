"""The report in a real browser, at desktop and phone width (``make test-browser``)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

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
  const pen = document.createElement("canvas").getContext("2d");
  const extent = (font) => { pen.font = "40px " + font; return pen.measureText("Report").width; };
  const measure = {
    font: extent('"%FONT%", monospace') !== extent("monospace"),
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
    """A width at which the report is looked at, and how far down: to the first charts."""

    name: str
    width: int
    height: int


LOOKS = (Look("desktop", 1280, 1600), Look("phone", 390, 3200))
FONT = "DejaVu Sans"
"""What the page asks for first; without it words break elsewhere."""
STARTS = 3
"""How often a browser is started that hangs before it paints, as it does at times."""
MOST_SHADES = 8
"""By how much any part of a picture may differ, of 255 shades, once it is made small."""


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
        f'<iframe src="report.html" style="border:0;width:{look.width}px;height:{look.height}px">'
        f'</iframe><pre id="out"></pre><script>{PROBE.replace("%FONT%", FONT)}</script></body>',
        encoding="utf-8",
    )
    window = f"--window-size={max(look.width, LEAST_WINDOW)},{look.height}"
    for attempt in range(STARTS):
        profile = f"--user-data-dir={folder / f'profile-{look.name}-{attempt}'}"
        command = [str(CHROMIUM), *FLAGS, window, profile, *arguments, frame.as_uri()]
        with suppress(subprocess.TimeoutExpired):
            done = subprocess.run(command, capture_output=True, timeout=60, check=True)
            return done.stdout.decode()
    pytest.fail(f"the browser hung {STARTS} times")


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


@pytest.fixture(scope="module")
def font(page: Path) -> None:
    """Skips where the page would be set in another font than the kept pictures."""
    if not measured(page.parent, LOOKS[0])["font"]:
        pytest.skip(f"no {FONT} here: apt-get install fonts-dejavu-core")


def picture(folder: Path, look: Look) -> Image.Image:
    """Return the first screens of the report in *folder*, small and grey."""
    shot = folder / f"{look.name}.png"
    browse(folder, look, f"--screenshot={shot}")
    with Image.open(shot) as screen:
        cut = screen.convert("L").crop((0, 0, look.width, look.height))
        return cut.resize((look.width // 10, look.height // 10), Image.Resampling.BOX)


def most_shades(one: Image.Image, other: Image.Image) -> int:
    """Return by how many shades two pictures differ where they differ most.

    Parts of 160 by 160 points are compared: a number that changed is lost in them, a chart or a
    column that is gone is not.
    """
    assert one.size == other.size
    apart = ImageChops.difference(one, other)
    parts = apart.resize((apart.width // 16, apart.height // 16), Image.Resampling.BOX)
    return int(parts.getextrema()[1])


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_report_looks_as_it_did(page: Path, look: Look) -> None:
    """The first screens are those that were looked at and kept, whatever the numbers.

    A picture that is not kept yet is written beside the others and must be looked at.
    """
    kept = Path(__file__).parent / "looks" / f"{look.name}.png"
    small = picture(page.parent, look)
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        small.save(kept)
        pytest.fail(f"{kept} was not there and is now: look at it, and keep it if it is right")
    with Image.open(kept) as expected:
        assert most_shades(expected.convert("L"), small) <= MOST_SHADES


SPOILED = {
    "no style": lambda html: re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL),
    "no charts": lambda html: re.sub(r"<svg.*?</svg>", "", html, flags=re.DOTALL),
    "no cards": lambda html: re.sub(r'<dl class="cards">.*?</dl>', "", html, flags=re.DOTALL),
    "no scores": lambda html: re.sub(r"<table>.*?</table>", "", html, count=1, flags=re.DOTALL),
}


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("spoiled", SPOILED)
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_a_spoiled_report_is_noticed(page: Path, look: Look, spoiled: str, tmp_path: Path) -> None:
    """The comparison is worth something: a page that lost a part of itself fails it."""
    html = SPOILED[spoiled](page.read_text(encoding="utf-8"))
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    with Image.open(Path(__file__).parent / "looks" / f"{look.name}.png") as expected:
        assert most_shades(expected.convert("L"), picture(tmp_path, look)) > MOST_SHADES
