"""Letters → a facts table, on all cores: in chunks, resumable, in bounded memory."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path

import polars as pl

from imr_rules.cases.from_paths import PassedOver, Rejected
from imr_rules.errors import ImrRulesError, InputError
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.table.from_case import Row, rows_of_case
from imr_rules.table.journal import Commit, Journal, Settings, open_journal
from imr_rules.table.parts import PARTITIONED, write_parts
from imr_rules.table.schema import CASE_NUMBER, LETTER, table_schema
from imr_rules.table.sources import cases_of, letter_sources, stamp_of
from imr_rules.whole_files import whole_file

LETTERS_PER_TASK = 16
"""Handed to a worker at a time: a fraction of a second's work, so that Ctrl-C is answered soon."""
REJECTED = "rejected.jsonl"
"""Lists beside a table, by its name, what could not be read into it."""
LETTERS_PER_PART = 2048
"""Committed at a time: what a kill can cost is this much reading."""
TASKS_PER_WORKER = 3

_THREAD_POOLS = (
    "POLARS_MAX_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an extraction is, in letters; *before* were finished by an earlier run."""

    done: int
    total: int
    rejected: int
    before: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a facts table holds once its extraction is done, and what was not even tried.

    *letters* and *items* are all of the table, *read_now* the letters that this run added.
    *unfound* are counted among the *rejected*. *changed* are files of the table that are no longer
    what was read: it holds what they were. *repeated* counts the letters of the table whose case
    and day of decision another one of it has.
    """

    letters: int
    items: int
    rejected: int
    read_now: int
    changed: tuple[str, ...] = ()
    repeated: int = 0
    unfound: tuple[Rejected, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRead:
    """What a worker made of a file: the rows of its *letters*, or the reason why there are none."""

    source: str
    stamp: str = ""
    letters: int = 0
    rows: list[Row] = field(default_factory=list)
    reason: str = ""


def extract_table(
    paths: Sequence[Path],
    out: Path,
    *,
    rules: Path | None = None,
    as_of: date | None = None,
    workers: int | None = None,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Extracted:
    """Extract the letters at *paths* into the facts table *out*, going on where a run was ended.

    What cannot be read is listed in ``rejected.jsonl`` beside *out*, and tried again by the next
    run that names it. Where no path names anything to read, no table is made. *tell* hears of
    progress, in files.

    Raises:
        InputError: *out* cannot be written or holds something else.
        KeyboardInterrupt: after what was read has been written.
    """
    knowledge = load_knowledge(rules)
    knowledge.load_reading()
    named = list(letter_sources(paths))
    sources = [source for source in named if isinstance(source, str)]
    unfound = tuple(source for source in named if isinstance(source, Rejected))
    passed_over = tuple(source for source in named if isinstance(source, PassedOver))
    if not sources:
        return Extracted(0, 0, len(unfound), 0, unfound=unfound, passed_over=passed_over)
    settings = Settings(_digest(knowledge.folder), as_of.isoformat() if as_of else None)
    with open_journal(out, settings) as journal:
        before = [source for source in sources if source in journal.sources]
        todo = [source for source in sources if source not in journal.sources]
        changed = tuple(s for s in before if stamp_of(s) != journal.sources[s])
        letters_before = journal.letters
        part = _Part(journal, knowledge.vocabulary)
        read = _read_all(todo, rules, as_of, workers or os.cpu_count() or 1)
        done = len(before)
        try:
            tell(Progress(done, len(sources), len(journal.rejected), len(before)))
            for chunk in read:
                part.add(chunk)
                done += len(chunk)
                rejected = len(journal.rejected) + len(part.rejected)
                tell(Progress(done, len(sources), rejected, len(before)))
        finally:
            read.close()
            part.commit()
            not_found = {str(one.path): one.reason for one in unfound}
            _list_rejected(_still_there(journal.rejected) | not_found, out)
        rejected = len(journal.rejected.keys() & set(sources)) + len(unfound)
        return Extracted(
            letters=journal.letters,
            items=journal.items,
            rejected=rejected,
            read_now=journal.letters - letters_before,
            changed=changed,
            repeated=_repeated(out),
            unfound=unfound,
            passed_over=passed_over,
        )


class _Part:
    """The rows that wait to be written together."""

    def __init__(self, journal: Journal, vocabulary: Vocabulary) -> None:
        self.rejected: list[tuple[str, str]] = []
        self._journal = journal
        self._schema = table_schema(vocabulary)
        self._rows: list[Row] = []
        self._sources: list[tuple[str, str]] = []
        self._letters = 0

    def add(self, chunk: Sequence[LetterRead]) -> None:
        for file in chunk:
            if file.reason:
                self.rejected.append((file.source, file.reason))
            else:
                self._sources.append((file.source, file.stamp))
                self._letters += file.letters
                self._rows.extend(file.rows)
        if len(self._sources) + len(self.rejected) >= LETTERS_PER_PART:
            self.commit()

    def commit(self) -> None:
        rows, sources, letters, rejected = self._rows, self._sources, self._letters, self.rejected
        if not sources and not rejected:
            return
        # Emptied first: Ctrl-C may come while they are written, and what is named twice in the
        # journal is counted twice. What is not named there is read again by the next run.
        self._rows, self._sources, self._letters, self.rejected = [], [], 0, []
        name = f"part-{self._journal.commits:06d}"
        if rows:
            columns = {
                name: pl.Series(name, [row.get(name) for row in rows], kind, strict=True)
                for name, kind in self._schema.items()
            }
            write_parts(pl.DataFrame(columns), self._journal.folder, name)
        self._journal.write(Commit(name, tuple(sources), letters, len(rows) // 2, tuple(rejected)))


def _read_all(
    sources: Sequence[str], rules: Path | None, as_of: date | None, workers: int
) -> Generator[list[LetterRead], None, None]:
    """Yield what workers read, chunk by chunk as it comes; few chunks are under way at a time."""
    chunks = iter(
        [sources[i : i + LETTERS_PER_TASK] for i in range(0, len(sources), LETTERS_PER_TASK)]
    )
    while True:
        suspects: list[Sequence[str]] = []
        with _pool(rules, as_of, workers) as pool:
            running: dict[Future[list[LetterRead]], Sequence[str]] = {}
            for chunk in islice(chunks, workers * TASKS_PER_WORKER):
                running[pool.submit(_read_chunk, chunk)] = chunk
            while running:
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    chunk = running.pop(future)
                    try:
                        result = future.result()
                    except BrokenProcessPool:
                        suspects.append(chunk)
                        continue
                    yield result
                    following = None if suspects else next(chunks, None)
                    if following is not None:
                        try:
                            running[pool.submit(_read_chunk, following)] = following
                        except BrokenProcessPool:
                            suspects.append(following)
        if not suspects:
            return
        # A letter ended its worker, and with it the pool: find it by reading one at a time.
        yield from _read_apart([source for chunk in suspects for source in chunk], rules, as_of)


def _read_apart(
    sources: Sequence[str], rules: Path | None, as_of: date | None
) -> Iterator[list[LetterRead]]:
    """Read *sources* one at a time, so that what ends the reader is known by name."""
    left = list(reversed(sources))
    while left:
        with _pool(rules, as_of, 1) as pool:
            try:
                while left:
                    yield pool.submit(_read_chunk, left[-1:]).result()
                    left.pop()
            except BrokenProcessPool:
                source = left.pop()
                reason = f"{source}: error[input]: ended the program that was reading it."
                yield [LetterRead(source, reason=reason)]


@contextmanager
def _pool(rules: Path | None, as_of: date | None, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Start workers, each with one thread: more would fight over the cores they already fill."""
    kept = {name: os.environ.get(name) for name in _THREAD_POOLS}
    os.environ.update(dict.fromkeys(_THREAD_POOLS, "1"))
    # Forked children would inherit the locks of Polars' threads, held for ever.
    pool = ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(rules, as_of)
    )
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@dataclass(frozen=True, slots=True)
class _Worker:
    knowledge: Knowledge
    as_of: date | None


_worker: list[_Worker | ImrRulesError] = []
"""What this process reads letters with; set once when it starts, because tasks cannot carry it."""


def _start(rules: Path | None, as_of: date | None) -> None:
    # Ctrl-C reaches the whole group; the parent decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        knowledge = load_knowledge(rules)
        knowledge.load_reading()
        _worker.append(_Worker(knowledge, as_of))
    except ImrRulesError as error:
        # Someone is editing the rules. Raised here it would only look like a crash of the worker.
        _worker.append(error)


def _end_with_parent() -> None:
    """End this process when its parent has gone, even killed: nobody would ever hear of it."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _read_chunk(sources: Sequence[str]) -> list[LetterRead]:
    worker = _worker[0]
    if isinstance(worker, ImrRulesError):
        raise InputError(f"the rules cannot be loaded any more: {worker}")
    return [_read(source, worker) for source in sources]


def _read(source: str, worker: _Worker) -> LetterRead:
    stamp = stamp_of(source)  # before it is read: a change meanwhile is one the table lacks
    letters = 0
    rows: list[Row] = []
    try:
        for letter, case in cases_of(source, worker.knowledge, as_of=worker.as_of):
            letters += 1
            rows.extend(rows_of_case(case, letter, worker.knowledge, as_of=worker.as_of))
    except ImrRulesError as error:
        return LetterRead(source, reason=str(error))
    except Exception as error:
        # A defect of ours in one letter of a million must not cost the others.
        return LetterRead(
            source, reason=f"{source}: error[defect]: {type(error).__name__}: {error}"
        )
    return LetterRead(source, stamp, letters, rows)


def _repeated(table: Path) -> int:
    """Count the letters of *table* whose case and day of decision another one of it has."""
    parts = sorted(table.glob(PARTITIONED))
    if not parts:
        return 0
    case = (pl.col(CASE_NUMBER).str.to_lowercase(), pl.col("decision_date"))
    # As numbers of 64 bits: the names of millions of letters would fill the memory.
    return int(
        pl.scan_parquet(parts, hive_partitioning=False)
        .filter(*(column.is_not_null() for column in case), pl.col(CASE_NUMBER) != "")
        .group_by(pl.struct(*case).hash())
        .agg(pl.col(LETTER).hash().n_unique().alias("letters"))
        .select((pl.col("letters") - 1).sum())
        .collect(engine="streaming")
        .item()
    )


def _digest(rules: Path) -> str:
    """Return what tells the contents of the *rules* folder from those of another."""
    digest = sha256()
    for path in sorted(rules.rglob("*.yaml")):
        digest.update(str(path.relative_to(rules)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _still_there(rejected: Mapping[str, str]) -> dict[str, str]:
    """Return those of the *rejected* files that could be tried again."""
    return {source: reason for source, reason in rejected.items() if stamp_of(source)}


def _list_rejected(rejected: Mapping[str, str], table: Path) -> None:
    """List what *table* lacks in ``rejected.jsonl`` beside it, where other tables' lines stay."""
    path = table.with_name(REJECTED)
    lines = [line for line in _lines_of(path) if line.get("table") != table.name]
    lines += [
        {"path": source, "reason": reason, "table": table.name}
        for source, reason in rejected.items()
    ]
    if not lines:
        path.unlink(missing_ok=True)
        return
    with whole_file(path) as unfinished:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        unfinished.write_text(text, encoding="utf-8")


def _lines_of(path: Path) -> list[dict[str, str]]:
    """Return the lines of the list at *path*; what is none was not written here, and goes."""
    lines: list[dict[str, str]] = []
    with suppress(OSError, UnicodeDecodeError):
        for text in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                line = json.loads(text)
                if isinstance(line, dict) and "table" in line:
                    lines.append(line)
    return lines
