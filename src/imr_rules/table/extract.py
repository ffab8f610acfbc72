"""Letters → a facts table, on all cores: in chunks, resumable, in bounded memory."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
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
from imr_rules.table.parts import write_parts
from imr_rules.table.schema import table_schema
from imr_rules.table.sources import cases_of, letter_sources
from imr_rules.whole_files import whole_file

LETTERS_PER_TASK = 16
"""Handed to a worker at a time: a fraction of a second's work, so that Ctrl-C is answered soon."""
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

    *unfound* are counted among the *rejected*.
    """

    letters: int
    items: int
    rejected: int
    before: int
    unfound: tuple[Rejected, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()


@dataclass(frozen=True, slots=True)
class LetterRead:
    """What a worker made of a letter: its rows, or the reason why there are none."""

    source: str
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

    Letters that cannot be read are listed in ``rejected.jsonl`` beside *out*, and tried again by
    the next run. Where no path names anything to read, no table is made. *tell* hears of progress.

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
        return Extracted(0, 0, len(unfound), 0, unfound, passed_over)
    settings = Settings(_digest(knowledge.folder), as_of.isoformat() if as_of else None)
    with open_journal(out, settings) as journal:
        before = journal.letters.intersection(sources)
        todo = [source for source in sources if source not in before]
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
            listed = journal.rejected | {str(one.path): one.reason for one in unfound}
            _list_rejected(listed, out.with_name("rejected.jsonl"))
        return Extracted(
            len(journal.letters), journal.items, len(listed), len(before), unfound, passed_over
        )


class _Part:
    """The rows that wait to be written together."""

    def __init__(self, journal: Journal, vocabulary: Vocabulary) -> None:
        self.rejected: list[tuple[str, str]] = []
        self._journal = journal
        self._schema = table_schema(vocabulary)
        self._rows: list[Row] = []
        self._letters: list[str] = []

    def add(self, chunk: Sequence[LetterRead]) -> None:
        for letter in chunk:
            if letter.reason:
                self.rejected.append((letter.source, letter.reason))
            else:
                self._letters.append(letter.source)
                self._rows.extend(letter.rows)
        if len(self._letters) + len(self.rejected) >= LETTERS_PER_PART:
            self.commit()

    def commit(self) -> None:
        if not self._letters and not self.rejected:
            return
        name = f"part-{self._journal.commits:06d}"
        if self._rows:
            columns = {
                name: pl.Series(name, [row.get(name) for row in self._rows], kind, strict=True)
                for name, kind in self._schema.items()
            }
            write_parts(pl.DataFrame(columns), self._journal.folder, name)
        self._journal.write(
            Commit(name, tuple(self._letters), len(self._rows) // 2, tuple(self.rejected))
        )
        self._rows, self._letters, self.rejected = [], [], []


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
    try:
        rows = [
            row
            for letter, case in cases_of(source, worker.knowledge, as_of=worker.as_of)
            for row in rows_of_case(case, letter, worker.knowledge, as_of=worker.as_of)
        ]
    except ImrRulesError as error:
        return LetterRead(source, reason=str(error))
    except Exception as error:
        # A defect of ours in one letter of a million must not cost the others.
        return LetterRead(
            source, reason=f"{source}: error[defect]: {type(error).__name__}: {error}"
        )
    return LetterRead(source, rows)


def _digest(rules: Path) -> str:
    """Return what tells the contents of the *rules* folder from those of another."""
    digest = sha256()
    for path in sorted(rules.rglob("*.yaml")):
        digest.update(str(path.relative_to(rules)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _list_rejected(rejected: Mapping[str, str], path: Path) -> None:
    if not rejected:
        return
    lines = (
        json.dumps({"path": letter, "reason": reason}, ensure_ascii=False) + "\n"
        for letter, reason in rejected.items()
    )
    with whole_file(path) as unfinished:
        unfinished.write_text("".join(lines), encoding="utf-8")
