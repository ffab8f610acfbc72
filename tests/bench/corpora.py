"""Measures the table engine and extraction, and writes docs/benchmarks.md.

    python -m tests.bench.corpora [--quick] [--out docs/benchmarks.md]

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
from collections.abc import Callable
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from imr_rules.engines.reference import ReferenceEngine
from imr_rules.facts.model import Basis, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.table.compare import flips
from imr_rules.table.evaluate import CONCLUDED, PLACE, TableRules, conclude, governing_places
from imr_rules.table.extract import extract_table
from imr_rules.table.on_sql import conclude_by_sql
from imr_rules.table.outcomes import BY_OUTCOME, SIGNATURE, outcomes, tally
from imr_rules.table.parts import batches, part_files, write_parts
from imr_rules.table.synthetic import rows_of_cases, rows_of_packs, synthetic_items, synthetic_parts
from imr_rules.table.warehouse import warehouse_named

LETTERS = Path(os.environ.get("IMR_LETTERS", Path(__file__).parents[2] / "../shared/letters"))
BASIS = Basis.REVIEW


# --- what is measured, each in a process of its own -------------------------------------------


def make(folder: str, items: int) -> dict[str, Any]:
    """Make a table of *items* items."""
    like = rows_of_cases(load_knowledge())
    for number, part in enumerate(synthetic_parts(like, items, 1)):
        write_parts(part, Path(folder), f"part-{number:06d}")
    return {}


def by_hand(items: int) -> dict[str, Any]:
    """Hold the engine's expressions beside those written by hand, over every pack that ships."""
    from tests.bench.by_hand import topic_by_hand

    knowledge = load_knowledge()
    made = synthetic_items(rows_of_packs(knowledge, 4, seed=2), items, seed=1)
    engine, hand = TableRules(knowledge), TableRules(knowledge)
    compile_seconds = _seconds(lambda: [engine.topic(p) for p in range(len(engine.governors))])
    places = governing_places(made, engine)
    for place, governor in enumerate(hand.governors):
        parameters = governor.edition.parameters
        hand._compiled[place] = topic_by_hand(
            governor.topic, parameters, governor.first, hand.numbers
        )
    same = conclude(made, engine).equals(conclude(made, hand))
    rounds = [(_seconds(lambda: conclude(made, engine)), _seconds(lambda: conclude(made, hand)))
              for _ in range(5)]  # fmt: skip
    mine, theirs = (min(times) for times in zip(*rounds, strict=True))
    return {
        "items": items, "topics": places.n_unique(), "same": same, "compile": compile_seconds,
        "engine": mine, "hand": theirs, "ratio": mine / theirs,
        "per_million": mine / items * 1e6,
    }  # fmt: skip


def naive(items: int) -> dict[str, Any]:
    """Decide items one by one with the reference, and by a loop without anything compiled."""
    from imr_rules.engines.reference import compile_topic

    knowledge = load_knowledge()
    made = synthetic_items(rows_of_cases(knowledge), items, seed=1)
    rules, engine = TableRules(knowledge), ReferenceEngine()
    places = conclude(made, rules)[PLACE].to_list()
    facts = list(knowledge.vocabulary)
    asked = [
        (rules.governors[p], row["on"], {f: row[f] for f in facts if row[f] is not None})
        for p, row in zip(places[:20_000], made.head(20_000).to_dicts(), strict=True)
        if p is not None
    ]

    def loop() -> None:
        for governor, on, sheet in asked[:2000]:
            compile_topic(governor.topic, governor.edition.parameters, on).trace(sheet)

    def reference() -> None:
        for governor, on, sheet in asked:
            engine.trace(governor.topic, governor.edition.parameters, on, sheet)

    found = {
        "table": _seconds(lambda: conclude(made, rules)) / items,
        "reference": _seconds(reference) / len(asked),
        "naive": _seconds(loop) / min(2000, len(asked)),
    }
    try:
        from imr_rules.engines.durable import DurableEngine

        durable = DurableEngine()

        def chain() -> None:
            for governor, on, sheet in asked[:5000]:
                durable.trace(governor.topic, governor.edition.parameters, on, sheet)

        chain()
        found["durable"] = _seconds(chain) / min(5000, len(asked))
    except ImportError:
        pass
    return found


def agree(items: int) -> dict[str, Any]:
    """Count the items on which table, reference and durable engines differ."""
    from imr_rules.engines.durable import DurableEngine

    knowledge = load_knowledge()
    rules, reference, durable = TableRules(knowledge), ReferenceEngine(), DurableEngine()
    like = pl.concat([rows_of_cases(knowledge), rows_of_packs(knowledge, 1, seed=5)])
    made = synthetic_items(like, items, seed=9).with_columns(
        pl.lit(None, pl.Int32).alias("parent_item")
    )
    facts = list(knowledge.vocabulary)
    differing = 0
    for row, found in zip(made.to_dicts(), conclude(made, rules).to_dicts(), strict=True):
        if found[PLACE] is None:
            continue
        governor = rules.governors[found[PLACE]]
        sheet: dict[str, Value] = {f: row[f] for f in facts if row[f] is not None}
        asked = (governor.topic, governor.edition.parameters, row["on"], sheet)
        trace = reference.trace(*asked)
        bits = {name: 1 << place for place, name in enumerate(governor.topic.criteria)}
        expected = (
            trace.verdict.prediction.value == "overturned", trace.settled,
            sum(bits[n] for n, s in trace.statuses.items() if s.value == "met"),
            sum(bits[n] for n in trace.counted),
            sum(bits[n] for n, s in trace.statuses.items() if s.value == "unknown"),
        )  # fmt: skip
        mine = tuple(found[k] for k in ("overturned", "settled", "met", "counted", "unknown"))
        barred = trace.verdict.certainty.value == "barred"
        differing += (
            mine != expected
            or (not found["overturned"] and found["in_favour"] == barred)
            or durable.trace(*asked) != trace
        )
    return {"items": items, "differing": differing}


def evaluate(folder: str, by: str) -> dict[str, Any]:
    """Decide a whole table from Parquet, counted by outcome or by signature."""
    rules = TableRules(load_knowledge())
    columns = (*SIGNATURE, "actual") if by == "signature" else BY_OUTCOME
    counted: list[pl.DataFrame] = []
    seconds = _seconds(lambda: counted.append(tally(outcomes(Path(folder), rules, BASIS), columns)))
    return {"seconds": seconds, "items": int(counted[0]["n"].sum()), "groups": counted[0].height}


def whatif(folder: str, changed: str) -> dict[str, Any]:
    """Compare two sets of rules over a whole table."""
    before, after = TableRules(load_knowledge()), TableRules(load_knowledge(Path(changed)))
    found: list[int] = []
    seconds = _seconds(
        lambda: found.extend(f.height for f in flips(Path(folder), before, after, BASIS))
    )
    return {"seconds": seconds, "flips": sum(found)}


def sql(folder: str, backend: str) -> dict[str, Any]:
    """Decide a table on another backend, and compare with Polars."""
    knowledge = load_knowledge()
    rules = TableRules(knowledge)
    files = part_files(Path(folder), BASIS)
    with warehouse_named(backend) as warehouse:
        kept: list[pl.DataFrame] = []
        runs = [
            _seconds(lambda: kept.append(conclude_by_sql(files, rules, warehouse, BASIS)))
            for _ in range(2)
        ]
    read = pl.concat(list(batches(Path(folder), knowledge.vocabulary, BASIS)))
    polars = pl.concat([read.select("letter", "item"), conclude(read, rules)], how="horizontal")
    mine = kept[0].select("letter", "item", *CONCLUDED).cast(dict(polars.schema))
    same = mine.sort("letter", "item").equals(polars.sort("letter", "item"))
    return {"first": runs[0], "again": runs[1], "same": same, "items": read.height}


def extract(folder: str, workers: int) -> dict[str, Any]:
    """Extract the letters of *folder*, the start of the workers left out by a run of few."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "facts.parquet"
        made: list[Any] = []
        heard: list[tuple[float, int]] = []
        begun = time.perf_counter()
        made.append(
            extract_table([Path(folder)], out, workers=workers,
                          tell=lambda p: heard.append((time.perf_counter(), p.done)))
        )  # fmt: skip
        whole = time.perf_counter() - begun
    # From the first chunk that came back: before it the workers load the rules.
    (start, at), (end, done) = heard[1], heard[-1]
    return {"seconds": whole, "letters": made[0].letters, "rate": (done - at) / (end - start),
            "rejected": made[0].rejected}  # fmt: skip


def bare_pdf(folder: str) -> dict[str, Any]:
    """Only take the text out of the PDFs of *folder*."""
    import pypdfium2

    files = sorted(Path(folder).rglob("*.pdf"))

    def decode() -> None:
        for file in files:
            with pypdfium2.PdfDocument(file) as document:
                for page in document:
                    page.get_textpage().get_text_bounded()

    return {"letters": len(files), "rate": len(files) / _seconds(decode)}


# --- putting them together --------------------------------------------------------------------


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _apart(name: str, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.corpora", "--one", name, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
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
    lines = ["# Benchmarks", "", intro, "", *_machine(), ""]
    sizes = [10_000, 100_000] if quick else [10_000, 100_000, 1_000_000, 5_000_000]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines += _table_engine(sizes[1] if quick else 1_000_000, 5_000 if quick else 100_000)
        lines += _scaling(folder, sizes)
        lines += _other_backends(folder, sizes[1])
        lines += _extraction(folder, 200 if quick else 1_000)
    return "\n".join(lines) + "\n"


def _machine() -> list[str]:
    packages = ("ibis-framework", "polars", "duckdb", "pyspark", "durable-rules", "pypdfium2")
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} absent")
    return [
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()} "
        f"{platform.release()}; load average at the start {os.getloadavg()[0]:.1f}. "
        f"Python {platform.python_version()}; {', '.join(versions)}. {date.today()}.",
    ]


def _table_engine(items: int, compared: int) -> list[str]:
    hand = _apart("by_hand", items)
    loops = _apart("naive", min(items, 200_000))
    same = _apart("agree", compared)
    lines = ["## The table engine", ""]
    if hand:
        lines += [
            f"{hand['items']:,} items of all packs ({hand['topics']} topics), every criterion's "
            f"status, from a table in memory: **{hand['engine']:.2f} s** "
            f"({hand['per_million']:.2f} s a million); the same with Polars expressions written by "
            f"hand: {hand['hand']:.2f} s; **ratio {hand['ratio']:.2f}**; results the same: "
            f"{hand['same']}. Compiling every topic that ships, once a process: "
            f"{hand['compile']:.1f} s.",
            "",
        ]
    if same:
        lines += [f"Items of {same['items']:,} made-up ones on which table, reference and durable "
                  f"engines differ: **{same['differing']}**.", ""]  # fmt: skip
    if loops:
        lines += ["| engine | µs an item | times the table engine |", "|---|---:|---:|"]
        lines += [
            f"| {name} | {seconds * 1e6:.1f} | {seconds / loops['table']:.0f} |"
            for name, seconds in loops.items()
        ]
        lines.append("")
    return lines


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
    intro = f"{size:,} items. The first run writes and plans the SQL of each topic."
    head = ["| backend | first run, s | again, s | same as Polars |", "|---|---:|---:|---|"]
    lines = ["## Other backends", "", intro, "", *head]
    for backend in ("duckdb", "spark://local[1]", "spark://local[2]"):
        found = _apart("sql", table, backend)
        if found:
            lines.append(f"| {backend} | {found['first']:.1f} | {found['again']:.1f} "
                         f"| {found['same']} |")  # fmt: skip
    return [*lines, ""]


def _extraction(folder: Path, count: int) -> list[str]:
    originals = sorted(LETTERS.rglob("*.pdf"))
    if not originals:
        return ["## Reading letters", "", "No letters here: set IMR_LETTERS to their folder.", ""]
    letters = folder / "letters"
    letters.mkdir()
    for number in range(count):
        shutil.copy(originals[number % len(originals)], letters / f"{number:06d}.pdf")
    bare = _apart("bare_pdf", letters)
    one, two = _apart("extract", letters, 1), _apart("extract", letters, 2)
    lines = ["## Reading letters", ""]
    if bare and one and two:
        lines += [
            f"{count:,} PDF letters ({len(originals)} different ones), letters a second once the "
            "workers run:",
            "",
            "| work | letters a second | ms a letter |",
            "|---|---:|---:|",
            f"| pypdfium2, text alone | {bare['rate']:.0f} | {1000 / bare['rate']:.1f} |",
            f"| extraction, 1 worker | {one['rate']:.0f} | {1000 / one['rate']:.1f} |",
            f"| extraction, 2 workers | {two['rate']:.0f} | {1000 / two['rate']:.1f} |",
            "",
            f"Two workers are **{two['rate'] / one['rate']:.2f}** times one; extraction costs "
            f"**{bare['rate'] / one['rate']:.1f}** times the bare text.",
            "",
        ]
    return lines


def main(arguments: list[str]) -> None:
    """Run one measurement, or all of them and write the page."""
    if arguments[:1] == ["--one"]:
        values = [int(a) if a.isdigit() else a for a in arguments[2:]]
        found = globals()[arguments[1]](*values)
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
