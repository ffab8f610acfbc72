"""Gap list → sheet: one page of words for one upheld item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imr_rules.checklist.gaps import Gap, GapList
from imr_rules.checklist.sheet import also_asked_sentence, evidence_words, standing_mark
from imr_rules.checklist.wording import Wording
from imr_rules.explain.hinges import Hinge, HingeFact, Need
from imr_rules.explain.to_text import title_shown
from imr_rules.facts.model import Evidence
from imr_rules.guidelines.model import Criterion, Standing

_MOST_WAYS = 3
"""One page: the cheapest ways suffice to start with."""
_MOST_QUOTES = 2


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap: the question, what was said of it, and what the record has.

    *record_lead* tells how the record has it, and is empty where the record is silent.
    """

    question: str
    found: str
    needed_for: tuple[str, ...]
    said: tuple[str, ...]
    record: str
    shown: tuple[str, ...]
    record_lead: str
    had_it: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, the answer that would do, and what the record says now."""

    question: str
    answer: str
    now: str


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way to turn the outcome: what the record would have to show, all of it."""

    asks: tuple[Ask, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapSheet:
    """The gap list of one item, in words."""

    lang: str
    kind: str
    title: str
    case: str
    governed_by: str
    intro: str
    also_asked: str
    warning: str
    gaps: tuple[GapRow, ...]
    remains_note: str
    remains: tuple[WayRow, ...]
    legend: tuple[str, ...]
    notice: str


def gap_sheet(gaps: GapList, words: Wording) -> GapSheet:
    """Return *gaps* in *words*."""
    conclusion = gaps.conclusion
    case, governing = conclusion.case, conclusion.governing
    about = [case.case_number, words.as_of.format(day=conclusion.on.isoformat())]
    if gaps.item.actual:
        outcome = words.upheld if gaps.item.actual == "upheld" else words.overturned
        about.append(words.decided.format(outcome=outcome))
    standings = {c.standing for gap in gaps.gaps for c in gap.criteria}
    legend = [f"{standing_mark(Standing.BACKGROUND)} {words.unverified_note}"]
    warning = words.packet_barred if gaps.barred else ""
    if governing is None:
        warning = words.no_guideline
    elif not governing.topic.routes:
        warning = words.never
    note, ways = _remains(gaps, words)
    return GapSheet(
        lang=words.lang,
        kind=words.packet,
        title=f"{gaps.item.number}. {title_shown(gaps.item.title)}",
        case=" · ".join(about),
        governed_by=f"{governing.edition.cite_as}: {governing.topic.cite}" if governing else "",
        intro=words.packet_how if gaps.gaps else words.packet_none,
        also_asked=also_asked_sentence(gaps.also_asked, words) if gaps.also_asked else "",
        warning=warning,
        gaps=tuple(_gap(gap, words) for gap in gaps.gaps),
        remains_note=note,
        remains=ways,
        legend=tuple(legend) if Standing.BACKGROUND in standings else (),
        notice=words.notice,
    )


def _gap(gap: Gap, words: Wording) -> GapRow:
    return GapRow(
        question=gap.question,
        found=gap.found_words,
        needed_for=tuple(_needed_for(c) for c in gap.criteria[:1]),
        said=tuple(_quotes(gap.found_evidence, words)),
        record=gap.record_words or words.record_had_it_not,
        shown=tuple(_quotes(gap.record_evidence, words)),
        record_lead=_record_lead(gap, words),
        had_it=gap.record_shows_it,
    )


def _record_lead(gap: Gap, words: Wording) -> str:
    if gap.record_shows_it:
        return words.record_had_it
    return words.record_says if gap.record_speaks else ""


def _needed_for(criterion: Criterion) -> str:
    return f"{criterion.statement}{standing_mark(criterion.standing)} [{criterion.cite}]"


def _quotes(evidence: tuple[Evidence, ...], words: Wording) -> Iterator[str]:
    yield from list(dict.fromkeys(evidence_words(e, words) for e in evidence))[:_MOST_QUOTES]


def _remains(gaps: GapList, words: Wording) -> tuple[str, tuple[WayRow, ...]]:
    if gaps.settles_it:
        return words.had_all, ()
    documenting = [hinge for hinge in gaps.remains if hinge.need is not Need.CORRECT]
    chosen = documenting or list(gaps.remains)
    if not chosen:
        return words.remains_nothing, ()
    note = words.remains_note if documenting else words.remains_correct
    return note, tuple(_way(hinge, words) for hinge in chosen[:_MOST_WAYS])


def _way(hinge: Hinge, words: Wording) -> WayRow:
    return WayRow(
        tuple(_ask(part, words) for part in hinge.facts),
        tuple(part.documentation for part in hinge.facts if part.documentation),
    )


def _ask(part: HingeFact, words: Wording) -> Ask:
    answer = " / ".join(stated.answer for stated in part.answers)
    now = words.now.format(words=part.now_words) if part.now is not None else ""
    return Ask(part.question, answer, now)
