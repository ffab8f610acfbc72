"""Checklist → sheet: titled sections of rows, in words, ready for any kind of page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from imr_rules.checklist.model import (
    Again,
    Answer,
    BarLine,
    Checklist,
    Excepted,
    FactAnswer,
    Group,
    Join,
    LimitTable,
    Node,
    NumberLimit,
    Presumed,
    Question,
    Way,
)
from imr_rules.checklist.wording import Wording
from imr_rules.explain.also_asked import AlsoAsked
from imr_rules.explain.to_text import title_shown
from imr_rules.facts.model import Evidence
from imr_rules.guidelines.model import Citation, Stance, Standing


class Tone(StrEnum):
    """How a section speaks: it rules out, it asks, or it only reminds."""

    BAR = "bar"
    ASK = "ask"
    QUIET = "quiet"


class RowKind(StrEnum):
    """A question to tick, a pointer to one asked before, or a line that joins others."""

    QUESTION = "question"
    AGAIN = "again"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a section, *depth* steps in.

    *mark* tells the standing (``†`` unverified, ``‡`` seen), *cite* the full place and
    *short_cite* only what differs from the sheet's own. *warns* is a label over what rules out.
    """

    kind: RowKind
    text: str
    depth: int = 0
    number: int = 0
    mark: str = ""
    cite: str = ""
    short_cite: str = ""
    hints: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    answer: Answer | None = None
    evidence: tuple[str, ...] = ()
    aside: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A titled stretch of rows."""

    title: str
    note: str
    tone: Tone
    rows: tuple[Row, ...]
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A checklist in words."""

    lang: str
    kind: str
    title: str
    subtitle: str
    governed_by: str
    day: str
    source: str
    intro: tuple[str, ...]
    warning: str
    sections: tuple[Section, ...]
    ways_title: str
    legend: tuple[str, ...]
    notice: str


_MARKS = {Standing.ATTESTED: "", Standing.SEEN: "‡", Standing.BACKGROUND: "†"}


def sheet_of(checklist: Checklist, words: Wording) -> Sheet:
    """Return *checklist* in *words*."""
    topic, edition = checklist.topic, checklist.edition
    filled = checklist.filled
    source = ""
    if filled and not checklist.is_blank:
        source = words.filled_from.format(source=Path(filled.source).name)
    day = words.as_of.format(day=checklist.on.isoformat())
    if topic is None or edition is None:
        return Sheet(
            lang=words.lang,
            kind=words.checklist,
            title=title_shown(checklist.title),
            subtitle=checklist.treatment or "",
            governed_by="",
            day=day,
            source=source,
            intro=tuple(intro_lines(checklist, words)),
            warning="",
            sections=(),
            ways_title="",
            legend=(),
            notice=words.notice,
        )
    ways = len(checklist.ways)
    return Sheet(
        lang=words.lang,
        kind=words.checklist,
        title=title_shown(checklist.title),
        subtitle="" if topic.title == checklist.title else topic.title,
        governed_by=f"{edition.cite_as}: {topic.cite}. {edition.legal}",
        day=day,
        source=source,
        intro=tuple(intro_lines(checklist, words)),
        warning=warning_line(checklist, words),
        sections=tuple(_Writer(topic.cite, words).sections(checklist)),
        ways_title=words.ways_title.format(count=ways) if ways > 1 else "",
        legend=tuple(_legend(checklist, words, topic.cite)),
        notice=words.notice,
    )


def warning_line(checklist: Checklist, words: Wording) -> str:
    """Return that the treatment is not recommended, and whether anything lets it pass; or ""."""
    if checklist.topic is None:
        return ""
    if not checklist.ways:
        return words.never
    return words.exception_only if checklist.topic.stance is Stance.NOT_RECOMMENDED else ""


def intro_lines(checklist: Checklist, words: Wording) -> Iterator[str]:
    """Yield what is said before the questions, first of all of the record."""
    yield from record_remarks(checklist, words)
    if checklist.also_asked:
        yield also_asked_sentence(checklist.also_asked, words)
    added = ", ".join(checklist.add)
    if checklist.topic is None:
        yield words.no_guideline
        if added:
            yield words.add.format(words=added)
        yield words.no_guideline_help
        return
    if checklist.ways:
        yield words.how_to_ways if len(checklist.ways) > 1 else words.how_to
    if added:
        yield words.add_closer.format(words=added)


def also_asked_sentence(others: Sequence[AlsoAsked], words: Wording) -> str:
    """Return that the title asks for *others* too, which a sheet of one request leaves out."""
    return words.also_asked.format(others="; ".join(map(str, others)))


def record_remarks(checklist: Checklist, words: Wording) -> Iterator[str]:
    """Yield what a reader must know of the record that *checklist* was to be filled in from."""
    filled = checklist.filled
    if filled is None:
        return
    source = Path(filled.source).name
    if checklist.is_blank:
        if any(checklist.questions()):
            yield words.answers_nothing.format(source=source)
    elif filled.instead == "":
        yield words.asks_nothing.format(source=source)
    if filled.instead:
        yield words.asks_instead.format(source=source, title=title_shown(filled.instead))


def _legend(checklist: Checklist, words: Wording, cite: Citation) -> Iterator[str]:
    standings = {question.criterion.standing for question in checklist.questions()}
    if standings:
        yield words.default_cite.format(cite=cite)
    if Standing.BACKGROUND in standings:
        yield f"{_MARKS[Standing.BACKGROUND]} {words.unverified_note}"
    if Standing.SEEN in standings:
        yield f"{_MARKS[Standing.SEEN]} {words.seen_note}"
    if Standing.ATTESTED in standings:
        yield words.attested_note


def standing_mark(standing: Standing) -> str:
    """Return the sign that stands behind what is known with *standing*."""
    return _MARKS[standing]


def evidence_words(evidence: Evidence, words: Wording) -> str:
    """Return a quotation with its place, or the note that stands for one."""
    place = words.section(evidence.section.value)
    if evidence.quote:
        where = words.characters.format(start=evidence.start, end=evidence.end)
        return f"“{' '.join(evidence.quote.split())}” ({place}, {where})"
    return f"{evidence.note} ({place})" if evidence.note else place


def group_label(group: Group, words: Wording) -> str:
    """Return in *words* how many parts of *group* are needed."""
    total = len(group.parts)
    if group.join is Join.AT_LEAST and 1 < group.count < total:
        return words.at_least.format(count=group.count, total=total)
    one = group.join is Join.ANY or group.count == 1
    return (words.one_of if one else words.all_of).format(total=total)


def limit_words(limit: NumberLimit | LimitTable, words: Wording) -> str:
    """Return a number, or a table of numbers, that a question holds the record against."""
    if isinstance(limit, LimitTable):
        return ", ".join(f"{key.replace('_', ' ')} {number:g}" for key, number in limit.rows)
    said = words.compared(limit.comparison.value)
    return said.format(number=words.amount(limit.number, limit.unit))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the rows of one checklist; *cite* is the place that goes without saying."""

    cite: Citation
    words: Wording

    def sections(self, checklist: Checklist) -> Iterator[Section]:
        words = self.words
        if checklist.bars:
            rows = tuple(row for bar in checklist.bars for row in self.bar(bar))
            yield Section(words.bars_title, words.bars_note, Tone.BAR, rows)
        if checklist.common:
            yield Section(words.common_title, "", Tone.ASK, tuple(self.all(checklist.common, 0)))
        many = len(checklist.ways) > 1
        for way in checklist.ways:
            title = f"{words.way.format(letter=way.letter)}: {way.title}" if many else way.title
            rows = tuple(self.way(way))
            if rows:
                yield Section(title, "", Tone.ASK, rows, way.letter if many else "")
        if checklist.presumed:
            rows = tuple(row for entry in checklist.presumed for row in self.presumed(entry))
            yield Section(words.presumed_title, words.presumed_note, Tone.QUIET, rows)

    def way(self, way: Way) -> Iterator[Row]:
        if way.applies:
            yield Row(RowKind.LABEL, self.words.applies)
            yield from self.all(way.applies, 1)
        yield from self.all(way.needs, 0)
        if way.bars:
            yield Row(RowKind.LABEL, self.words.bars_title, warns=True)
            for bar in way.bars:
                yield from self.bar(bar, 1)

    def bar(self, bar: BarLine, depth: int = 0) -> Iterator[Row]:
        yield from self.node(bar.question, depth)
        yield from self.exceptions(bar.exceptions, depth)

    def presumed(self, entry: Presumed) -> Iterator[Row]:
        only_in = self.words.only_in if len(entry.ways) == 1 else self.words.only_in_several
        aside = only_in.format(letters=", ".join(entry.ways)) if entry.ways else ""
        if isinstance(entry.question, Question):
            yield self.question(entry.question, 0, aside)
        else:
            yield from self.node(entry.question, 0)

    def all(self, nodes: Iterable[Node], depth: int) -> Iterator[Row]:
        for node in nodes:
            yield from self.node(node, depth)

    def exceptions(self, nodes: Iterable[Node], depth: int) -> Iterator[Row]:
        found = list(nodes)
        if found:
            yield Row(RowKind.LABEL, self.words.unless, depth + 1)
            yield from self.all(found, depth + 1)

    def node(self, node: Node, depth: int) -> Iterator[Row]:
        match node:
            case Question():
                yield self.question(node, depth)
            case Again(question=question):
                yield Row(
                    RowKind.AGAIN,
                    question.criterion.question,
                    depth,
                    question.number,
                    aside=self.words.again.format(number=question.number),
                    answer=question.answer,
                )
            case Group(parts=parts):
                yield Row(RowKind.LABEL, group_label(node, self.words), depth)
                yield from self.all(parts, depth + 1)
            case Excepted(part=part, exceptions=exceptions):
                yield from self.node(part, depth)
                yield from self.exceptions(exceptions, depth)

    def question(self, question: Question, depth: int, aside: str = "") -> Row:
        criterion = question.criterion
        return Row(
            RowKind.QUESTION,
            criterion.question,
            depth,
            question.number,
            mark=_MARKS[criterion.standing],
            cite=str(criterion.cite),
            short_cite=self.short(criterion.cite),
            hints=question.hints,
            limits=tuple(limit_words(limit, self.words) for limit in question.limits),
            answer=question.answer,
            evidence=tuple(line for fact in question.facts for line in self.evidence(fact)),
            aside=aside,
        )

    def short(self, cite: Citation) -> str:
        if cite == self.cite:
            return ""
        if cite.section == self.cite.section and cite.pages:
            return str(cite).removeprefix(f"{cite.section}, ")
        return str(cite)

    def evidence(self, answer: FactAnswer) -> Iterator[str]:
        if answer.value is None:
            return
        name = answer.fact.id.replace("_", " ")
        proofs = list(dict.fromkeys(evidence_words(e, self.words) for e in answer.evidence))[
            :2
        ] or [""]
        for proof in proofs:
            yield f"{name}: {answer.words}{f' · {proof}' if proof else ''}"
