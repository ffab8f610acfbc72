"""What the benchmarks measure; each is run in a process of its own by tests/bench/corpora.py.

A measurement returns what can be written as JSON.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from imr_rules.cli.whatif_table import whatif_of_tables
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.engines.table.topic import COUNTED, MET, OVERTURNED, UNKNOWN
from imr_rules.facts.model import Basis, Value
from imr_rules.knowledge import load_knowledge
from imr_rules.table.evaluate import CONCLUDED, PLACE, TableRules, conclude, governing_places
from imr_rules.table.extract import extract_table
from imr_rules.table.on_sql import conclude_by_sql
from imr_rules.table.once import Once
from imr_rules.table.outcomes import BY_OUTCOME, SIGNATURE, outcomes, tally
from imr_rules.table.parts import batches, part_files, write_parts
from imr_rules.table.synthetic import rows_of_cases, rows_of_packs, synthetic_items, synthetic_parts
from imr_rules.table.warehouse import warehouse_named
from imr_rules.whatif.model import WhatIf

BASIS = Basis.REVIEW
BY_STATUS = (PLACE, OVERTURNED, MET, COUNTED, UNKNOWN)
"""The conclusion but for what documents could still change, which only this engine works out."""


def make(folder: str, items: int) -> dict[str, Any]:
    """Make a table of *items* items."""
    knowledge = load_knowledge()
    like = rows_of_cases(knowledge).filter(pl.col("basis") == BASIS.value)
    for number, part in enumerate(synthetic_parts(like, knowledge, items, 1)):
        write_parts(part, Path(folder), f"part-{number:06d}")
    return {}


def by_hand(items: int) -> dict[str, Any]:
    """Hold the engine's expressions beside those written by hand, over every pack that ships."""
    from tests.bench.by_hand import topic_by_hand

    knowledge = load_knowledge()
    like = rows_of_packs(knowledge, 4, seed=2).filter(pl.col("basis") == BASIS.value)
    made = synthetic_items(like, knowledge, items, seed=1)
    engine, hand = TableRules(knowledge), TableRules(knowledge)
    compile_seconds = _seconds(lambda: [engine.topic(p) for p in range(len(engine.governors))])
    places = governing_places(made, engine)
    for place, governor in enumerate(hand.governors):
        parameters = governor.edition.parameters
        hand._compiled[place] = topic_by_hand(
            governor.topic, parameters, governor.first, hand.numbers
        )
    found, expected = conclude(made, engine), conclude(made, hand)
    same = all(found[name].equals(expected[name]) for name in BY_STATUS)
    rounds = [(_seconds(lambda: conclude(made, engine)), _seconds(lambda: conclude(made, hand)))
              for _ in range(5)]  # fmt: skip
    mine, theirs = (min(times) for times in zip(*rounds, strict=True))
    return {
        "items": items, "topics": places.n_unique(), "same": same, "compile": compile_seconds,
        "engine": mine, "hand": theirs, "ratio": mine / theirs,
        "per_million": mine / items * 1e6,
    }  # fmt: skip


def rivals(items: int, alone: int) -> dict[str, Any]:
    """Decide *items* items as a table, and *alone* of them by engines that take one at a time."""
    from tests.bench.rivals.compare import rivals_over

    knowledge = load_knowledge()
    like = pl.concat([rows_of_cases(knowledge), rows_of_packs(knowledge, 1, seed=5)])
    reviewed = like.filter(pl.col("basis") == BASIS.value)
    made = synthetic_items(reviewed, knowledge, items, seed=1).with_columns(
        pl.lit(None, pl.Int32).alias("parent_item")
    )
    return {
        "items": items,
        "alone": alone,
        "engines": rivals_over(made, alone, TableRules(knowledge)),
    }


def agree(items: int) -> dict[str, Any]:
    """Count the items on which table, reference and durable engines differ."""
    from imr_rules.engines.durable import DurableEngine

    knowledge = load_knowledge()
    rules, reference, durable = TableRules(knowledge), ReferenceEngine(), DurableEngine()
    like = pl.concat([rows_of_cases(knowledge), rows_of_packs(knowledge, 1, seed=5)])
    reviewed = like.filter(pl.col("basis") == BASIS.value)
    made = synthetic_items(reviewed, knowledge, items, seed=9).with_columns(
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
    seconds = _seconds(
        lambda: counted.append(tally(outcomes(Path(folder), rules, BASIS, Once()), columns))
    )
    return {"seconds": seconds, "items": int(counted[0]["n"].sum()), "groups": counted[0].height}


def whatif(folder: str, changed: str) -> dict[str, Any]:
    """Compare two sets of rules over a whole table, as the command does."""
    before, after = load_knowledge(), load_knowledge(Path(changed))
    found: list[WhatIf] = []
    seconds = _seconds(lambda: found.append(whatif_of_tables([Path(folder)], before, after, BASIS)))
    return {"seconds": seconds, "flips": found[0].flips}


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
    if backend.startswith("spark"):
        _end_java()
    read = pl.concat(list(batches(Path(folder), knowledge.vocabulary, BASIS)))
    polars = pl.concat([read.select("letter", "item"), conclude(read, rules)], how="horizontal")
    mine = kept[0].select("letter", "item", *CONCLUDED).cast(dict(polars.schema))
    same = mine.sort("letter", "item").equals(polars.sort("letter", "item"))
    return {"first": runs[0], "again": runs[1], "same": same, "items": read.height}


def _end_java() -> None:
    """Wait for Spark's process to end, so that what it took of the cores is known to be ours."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(30)


def bare_pdf(folder: str, processes: int) -> dict[str, Any]:
    """Only take the text out of the PDFs of *folder*; each of *processes* takes all of them."""
    with get_context("spawn").Pool(processes) as pool:
        taken = pool.map(_decode, [folder] * processes, chunksize=1)
    return {"rate": sum(letters / seconds for letters, seconds in taken)}


def _decode(folder: str) -> tuple[int, float]:
    import pypdfium2

    files = sorted(Path(folder).rglob("*.pdf"))

    def decode() -> None:
        for file in files:
            with pypdfium2.PdfDocument(file) as document:
                for page in document:
                    page.get_textpage().get_text_bounded()

    return len(files), _seconds(decode)


def extract(folder: str, workers: int) -> dict[str, Any]:
    """Extract the letters of *folder*; the pace is that of the time when all workers run."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "facts.parquet"
        heard: list[tuple[float, int]] = []
        begun = time.perf_counter()
        made = extract_table(
            [Path(folder)], out, workers=workers,
            tell=lambda p: heard.append((time.perf_counter(), p.done)),
        )  # fmt: skip
        whole = time.perf_counter() - begun
    # Until a tenth is done the workers load the rules; the last tasks are not shared evenly.
    running = [(at, done) for at, done in heard if made.letters * 0.1 <= done < made.letters * 0.97]
    (start, first), (end, last) = running[0], running[-1]
    return {"seconds": whole, "letters": made.letters, "rate": (last - first) / (end - start),
            "rejected": made.rejected}  # fmt: skip


def medspacy(folder: str, letters: int) -> dict[str, Any]:
    """Read *letters* letters of *folder* by medspaCy with our cues, and by our own reader."""
    from tests.bench.rivals.on_medspacy import medspacy_reader

    from imr_rules.cases.from_letter import case_from_letter
    from imr_rules.facts.model import Assertion
    from imr_rules.letters import read_letter
    from imr_rules.reading.flat import flatten

    knowledge = load_knowledge()
    read = medspacy_reader(knowledge.lexicon)
    found = [
        read_letter(path, knowledge.letter_phrases)
        for path in sorted(Path(folder).rglob("*.pdf"))[:letters]
    ]
    texts = [flatten(letter.text, 0, len(letter.text)).lower for letter in found]
    theirs: list[set[tuple[str, bool]]] = []
    seconds = _seconds(lambda: theirs.extend(map(read, texts)))
    ours: list[set[tuple[str, bool]]] = []

    def read_all() -> None:
        ours.clear()
        for letter in found:
            case, _ = case_from_letter(letter, knowledge)
            ours.append({(f.fact, f.assertion is not Assertion.AFFIRMED) for f in case.findings})

    read_all()
    own_seconds = min(_seconds(read_all) for _ in range(3))
    facts = [({f for f, _ in a}, {f for f, _ in b}) for a, b in zip(ours, theirs, strict=True)]
    return {
        "letters": len(found), "seconds": seconds / len(found), "own": own_seconds / len(found),
        "ours": sum(len(a) for a, _ in facts), "both": sum(len(a & b) for a, b in facts),
        "theirs": sum(len(b) for _, b in facts),
        "same_polarity": sum(
            len({f for f, _ in a & b}) for a, b in zip(ours, theirs, strict=True)
        ),
    }  # fmt: skip


def _seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
