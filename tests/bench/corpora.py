"""Measures the engines and the reader, and writes docs/benchmarks.md.

    python -m tests.bench.corpora [--quick] [--out docs/benchmarks.md]
    python -m tests.bench.corpora --one by_hand 1000000

Every figure is taken in a process of its own, so that memory is its own too. What is compared is
measured in one run, on the same work.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench import measures

from imr_rules.knowledge import load_knowledge

LETTERS = Path(os.environ.get("IMR_LETTERS", Path(__file__).parents[2] / "../shared/letters"))
PACKAGES = (
    "ibis-framework", "polars", "duckdb", "pyspark", "durable-rules", "zen-engine", "clipspy",
    "pypdfium2", "medspacy",
)  # fmt: skip


def _apart(name: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.corpora", "--one", name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        told = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        print(f"{name}: {told[-1]}", file=sys.stderr)
        return {}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    print(name, *arguments, found, file=sys.stderr)
    return found


def _changed_rules(folder: Path) -> Path:
    """Return a copy of the rules in which no opioid topic presumes anything any more."""
    copy = folder / "rules"
    shutil.copytree(load_knowledge().folder, copy)
    for path in (copy / "guidelines").rglob("*.yaml"):
        text = path.read_text()
        if "opioid" in path.as_posix() and "presumed: true" in text:
            path.write_text(text.replace("presumed: true", "presumed: false"))
    return copy


def _page(quick: bool) -> str:
    intro = "Written by `make bench`; what is compared was measured in one run."
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000, 5_000_000]
    begun, idle, own = time.perf_counter(), _busy_seconds(), _own_seconds()
    at_start = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = _table_engine(sizes[1] if quick else 1_000_000, 5_000 if quick else 100_000)
        lines += _rivals(20_000 if quick else 200_000, 2_000 if quick else 10_000)
        lines += _scaling(folder, sizes)
        lines += _other_backends(folder, sizes[1])
        lines += _extraction(folder, 300 if quick else 5_000, 4 if quick else 20)
    minutes = (time.perf_counter() - begun) / 60
    others = (_busy_seconds() - idle) - (_own_seconds() - own)
    share = 100 * others / (minutes * 60 * (os.cpu_count() or 1))
    loaded = (
        f"The run took {minutes:.0f} minutes. Load average at its start {at_start:.1f}; programs "
        f"that are no part of it took {max(share, 0):.0f}% of the cores while it ran."
    )
    head = ["# Benchmarks", "", intro, "", *_machine(), loaded, "", *_commands()]
    return "\n".join([*head, *lines]) + "\n"


def _busy_seconds() -> float:
    """Return for how long the cores have been busy, whatever with; 0 where no one tells."""
    try:
        line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except OSError:
        return 0.0
    user, nice, system, _idle, _wait, *interrupts = map(int, line.split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _machine() -> list[str]:
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} absent")
    return [
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()} "
        f"{platform.release()}. Python {platform.python_version()}; {', '.join(versions)}. "
        f"{date.today()}.",
    ]


def _commands() -> list[str]:
    return [
        "Each figure can be had alone, by the name of its function in `tests/bench/measures.py`:",
        "",
        "```",
        "make bench                                                       all, and this page",
        ".venv-bench/bin/python -m tests.bench.corpora --one by_hand 1000000",
        ".venv-bench/bin/python -m tests.bench.corpora --one make FACTS.parquet 5000000",
        ".venv-bench/bin/python -m tests.bench.corpora --one evaluate FACTS.parquet signature",
        ".venv-bench/bin/python -m tests.bench.corpora --one extract LETTERS 2",
        "```",
        "",
    ]


def _table_engine(items: int, compared: int) -> list[str]:
    hand = _apart("by_hand", items)
    same = _apart("agree", compared)
    lines = ["## The table engine", ""]
    if hand:
        lines += [
            f"{hand['items']:,} items of all packs ({hand['topics']} topics), every criterion's "
            f"status, from a table in memory: **{hand['engine']:.2f} s** "
            f"({hand['per_million']:.2f} s a million); the same with Polars expressions written by "
            f"hand: {hand['hand']:.2f} s; **ratio {hand['ratio']:.2f}**; statuses and predictions "
            f"the same: {hand['same']}. Compiling every topic that ships, once a process: "
            f"{hand['compile']:.1f} s.",
            "",
        ]
    if same:
        lines += [f"Items of {same['items']:,} made-up ones on which table, reference and durable "
                  f"engines differ: **{same['differing']}**.", ""]  # fmt: skip
    return lines


def _rivals(items: int, alone: int) -> list[str]:
    found = _apart("rivals", items, alone)
    if not found:
        return []
    engines = found["engines"]
    lines = [
        "## Item by item",
        "",
        f"The status of every criterion and the prediction, over the same items: {items:,} as a "
        f"table, the first {alone:,} of them one at a time. The naive loop walks through the "
        "criteria as they stand. zen-engine and CLIPS have no third value: each criterion is "
        "written for them twice, when it is met and when it is unmet. What documents could still "
        "change, and items that hang on other items, only this project's engines work out.",
        "",
        "| engine | µs an item | times the table engine | items that differ |",
        "|---|---:|---:|---:|",
    ]
    lines += [
        f"| {name} | {one['seconds'] * 1e6:.1f} "
        f"| {one['seconds'] / engines['table']['seconds']:.0f} | {one['differing']:.0f} |"
        for name, one in engines.items()
    ]
    return [*lines, ""]


def _scaling(folder: Path, sizes: list[int]) -> list[str]:
    lines = ["## From thousands to millions", "",
             "Parquet in, counts out; compiling the topics included.", "",
             "| items | seconds | µs an item | peak memory, MB | signatures |",
             "|---:|---:|---:|---:|---:|"]  # fmt: skip
    for size in sizes:
        table = folder / f"facts-{size}.parquet"
        _apart("make", table, size)
        counted = _apart("evaluate", table, "outcome")
        signed = _apart("evaluate", table, "signature")
        if counted and signed:
            lines.append(
                f"| {size:,} | {counted['seconds']:.1f} | {counted['seconds'] / size * 1e6:.1f} "
                f"| {signed['peak_mb']:.0f} | {signed['groups']:,} |"
            )
    found = _apart("whatif", folder / f"facts-{sizes[-1]}.parquet", _changed_rules(folder))
    if found:
        lines += ["", f"Two sets of rules over {sizes[-1]:,} items: **{found['seconds']:.1f} s**, "
                  f"{found['flips']:,} outcomes flip."]  # fmt: skip
    return [*lines, ""]


def _other_backends(folder: Path, size: int) -> list[str]:
    table = folder / f"facts-{size}.parquet"
    lines = [
        "## Other backends",
        "",
        f"{size:,} items, every column of the conclusion held against Polars. The first run "
        "writes, plans and warms up the SQL of each topic.",
        "",
        "| backend | first run, s | again, s | same as Polars |",
        "|---|---:|---:|---|",
    ]
    backends = {
        "DuckDB": "duckdb",
        "Spark, 1 worker": "spark://local[1]",
        "Spark, 2 workers": "spark://local[2]",
    }
    for name, backend in backends.items():
        found = _apart("sql", table, backend)
        if found:
            lines.append(
                f"| {name} | {found['first']:.1f} | {found['again']:.1f} | {found['same']} |"
            )
    return [*lines, ""]


def _extraction(folder: Path, count: int, by_medspacy: int) -> list[str]:
    originals = sorted(LETTERS.rglob("*.pdf"))
    lines = ["## Reading letters", ""]
    if not originals:
        return [*lines, "No letters here: set IMR_LETTERS to their folder.", ""]
    letters = folder / "letters"
    letters.mkdir()
    for number in range(count):
        shutil.copy(originals[number % len(originals)], letters / f"{number:06d}.pdf")
    # The paces that are compared are taken twice, the better one counts: letters are read from
    # a cold disk, on cores that heat up.
    bare, both = _best("bare_pdf", letters, 1), _best("bare_pdf", letters, 2)
    one, two = _apart("extract", letters, 1), _apart("extract", letters, 2)
    if bare and both and one and two:
        rows = {
            "pypdfium2, text alone, 1 process": bare,
            "pypdfium2, text alone, 2 processes": both,
            "extraction, 1 worker": one,
            "extraction, 2 workers": two,
        }
        lines += [
            f"{count:,} PDF letters ({len(originals)} different ones), letters a second once the "
            "workers run:",
            "",
            "| work | letters a second | ms a letter |",
            "|---|---:|---:|",
            *(f"| {name} | {row['rate']:.0f} | {1000 / row['rate']:.1f} |"
              for name, row in rows.items()),
            "",
            f"Two workers are **{two['rate'] / one['rate']:.2f}** times one (bare decoding by two "
            f"processes that share nothing: {both['rate'] / bare['rate']:.2f}); extraction costs "
            f"**{bare['rate'] / one['rate']:.1f}** times the bare text. From start to end, "
            f"the rules loaded and the table written: {one['seconds']:.0f} s and "
            f"{two['seconds']:.0f} s.",
            "",
        ]  # fmt: skip
    found = _apart("medspacy", letters, by_medspacy)
    if found:
        lines += [
            f"medspaCy with the same cues as target rules, its own sentences and its own rules of "
            f"context takes **{1000 * found['seconds']:.0f} ms** for the text of a letter, this "
            f"reader {1000 * found['own']:.1f} ms ({found['letters']} letters). Of {found['ours']} "
            f"facts read by us medspaCy finds {found['both']}, {found['same_polarity']} of them "
            f"with the same polarity; it finds {found['theirs']} in all, because it cannot tell "
            "what a guideline says from what is said of the case. It has no word for values, "
            "whose item it is, and who speaks.",
            "",
        ]
    return lines


def _best(name: str, *arguments: object) -> dict[str, Any]:
    runs = [_apart(name, *arguments) for _ in range(2)]
    return max(runs, key=lambda run: run.get("rate", 0.0))


def main(arguments: list[str]) -> None:
    """Run one measurement, or all of them and write the page."""
    if arguments[:1] == ["--one"]:
        values = [int(a) if a.isdigit() else a for a in arguments[2:]]
        found = getattr(measures, arguments[1])(*values)
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        print(json.dumps(found))
        return
    page = _page("--quick" in arguments)
    out = Path(arguments[arguments.index("--out") + 1]) if "--out" in arguments else None
    if out is None:
        print(page)
    else:
        out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
