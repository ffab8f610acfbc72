"""A letter → Case: its items parsed, its passages read, the two readings kept apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from imr_rules.cases.dates import dates_out_of_order, deciding_date
from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.derive import impossible_fields
from imr_rules.facts.model import (
    Evidence,
    Finding,
    InnerConflict,
    Reading,
    Section,
    Value,
    quoted,
)
from imr_rules.facts.vocabulary import Origin
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.letters.dates import latest_date_in
from imr_rules.letters.model import Determination, DisputedItem, Layout
from imr_rules.reading.contradictions import Contradictions
from imr_rules.reading.model import Passage, ReadResult, Subject, Task
from imr_rules.reading.read import merge_values
from imr_rules.reading.reader import CueReader, Reader
from imr_rules.reading.times import in_order_of_visits
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.model import Request


def case_from_letter(
    letter: Determination,
    knowledge: Knowledge,
    *,
    as_of: date | None = None,
    reader: Reader | None = None,
) -> tuple[Case, ReadResult]:
    """Read *letter* by its cues, or with *reader*; return its case and all that reading it gave.

    The edition whose topics say which facts an item's criteria use is the one of *as_of*, or of
    the utilization review decision.
    """
    requests = [_request(item, letter.text, knowledge) for item in letter.items]
    summary = letter.summary
    today = date.today()
    told = letter.text[summary.start : summary.end] if summary else ""
    signed = letter.signed_date
    case = Case(
        case_number=letter.case_number or Path(letter.source).stem,
        source=letter.source,
        injury_date=letter.injury_date,
        denial_date=letter.denial_date,
        decision_date=letter.decision_date,
        # A day to come is a misprint.
        latest_date=signed if signed and signed <= today else latest_date_in(told, until=today),
        items=(),
        specialties=letter.reviewer.specialties,
        licensure=letter.reviewer.licensure,
        text=letter.text,
        confidence=letter.confidence,
    )
    on = deciding_date(case, as_of, today=today)
    weights = [_weights(request, on, knowledge) for request in requests]
    subjects = [
        subject_of_request(item.number, request, weighs.anywhere, knowledge)
        for item, request, weighs in zip(letter.items, requests, weights, strict=True)
    ]
    reader = reader or CueReader(knowledge.lexicon, knowledge.vocabulary)
    result = reader.read(Task(letter.text, _passages(letter), subjects, on))
    contradictions = Contradictions(letter.text, knowledge.lexicon, knowledge.vocabulary)
    items: list[CaseItem] = []
    for item, request, weighs in zip(letter.items, requests, weights, strict=True):
        mine = [
            f
            for f in result.findings
            if f.item in (None, item.number)
            and f.fact in (weighs.in_summary if f.section is Section.SUMMARY else weighs.anywhere)
            # What dates and titles tell surely is not read out of a record.
            and (
                f.reading is Reading.RATIONALE or knowledge.vocabulary[f.fact].origin is Origin.READ
            )
        ]
        readings, evidence, conflicts = _readings(mine, contradictions)
        administrator, reviewer = item.claims_administrator_guideline, item.reviewer_guideline
        items.append(
            CaseItem(
                number=item.number,
                title=request.title,
                request=request,
                actual=item.actual.value if item.actual else None,
                readings=readings,
                evidence=evidence,
                claims_administrator_guideline=administrator.text if administrator else None,
                reviewer_guideline=reviewer.text if reviewer else None,
                conflicts=conflicts,
            )
        )
    # A text without items, a chart note for instance, states its facts of nobody's request.
    whole, _, contradicted = _readings(() if items else result.findings, contradictions)
    age = knowledge.vocabulary["age_years"]
    ages = [f.value for f in result.findings if f.fact == age.id and not isinstance(f.value, str)]
    read = replace(
        case,
        items=tuple(items),
        age_years=float(age.merged(ages)) if ages else None,
        findings=result.findings,
        readings={} if items else whole,
        conflicts=contradicted,
        missing=(
            *letter.missing,
            *dates_out_of_order(
                injury=letter.injury_date,
                denial=letter.denial_date,
                decision=letter.decision_date,
                request_form=signed,
            ),
            *result.unread,
            *_impossible(items, knowledge),
        ),
    )
    return read, result


def _request(item: DisputedItem, text: str, knowledge: Knowledge) -> Request:
    """Return what *item* asks for; a service that names no part is for that of its diagnosis."""
    catalogue = knowledge.catalogue
    request = parse_request(item.title, catalogue)
    if not item.diagnosis or request.body_parts or request.drug_class:
        return request
    words = " ".join(span.of(text) for span in item.diagnosis)
    reason = parse_request(words, catalogue)
    # Whoever reads the case again has its title alone.
    named = [f"{reason.side or ''} {part.replace('_', ' ')}".strip() for part in reason.body_parts]
    return parse_request(", ".join((item.title, *named)), catalogue)


@dataclass(frozen=True, slots=True)
class _Weights:
    """The facts that weigh on an item."""

    anywhere: frozenset[str]
    """In a rationale, or in a chart note: the very record that criteria are held against."""
    in_summary: frozenset[str]
    """In the summary of a decided letter, which tells of much by the way."""


def _weights(request: Request, on: date, knowledge: Knowledge) -> _Weights:
    """Return the facts by which *request* is judged.

    Those that the criteria of its topic use and those of ``relevant.yaml``; what stands there as
    ``raised`` weighs in a rationale alone.
    """
    lexicon = knowledge.lexicon
    used = facts_used(request, on, knowledge)
    judged = lexicon.relevant_facts(request.category, request.body_parts, request.treatment)
    raised = lexicon.raised_facts(request.category, request.treatment)
    return _Weights(used | judged | raised, (used - raised) | judged)


def facts_used(request: Request, on: date, knowledge: Knowledge) -> frozenset[str]:
    """Return the facts that the criteria of the request's topic use.

    Those by which a threshold of theirs is looked up count too: the diagnosis, where the number
    of visits depends on it.
    """
    governing = governing_topic(knowledge.library, request, on)
    return frozenset(governing.topic.vocabulary if governing else ())


def _impossible(items: Sequence[CaseItem], knowledge: Knowledge) -> Iterator[str]:
    """Tell which numbers of the titles cannot be, so that nothing follows from them."""
    for item in items:
        found = impossible_fields(knowledge.derivations, item.request, knowledge.vocabulary)
        for fact, value in found.items():
            yield f"item {item.number}: {fact.replace('_', ' ')} cannot be {value:,}: left out"


def _passages(letter: Determination) -> list[Passage]:
    passages: list[Passage] = []
    if letter.layout is Layout.NOTE and letter.summary is None:
        passages.extend(_around_the_form(letter))
    elif letter.summary is not None:
        is_note = letter.layout is Layout.NOTE or not letter.items
        section = Section.NOTE if is_note else Section.SUMMARY
        passages.append(Passage(section, letter.summary.start, letter.summary.end))
    passages.extend(
        Passage(Section.RATIONALE, item.rationale.start, item.rationale.end, item.number)
        for item in letter.items
        if item.rationale is not None
    )
    return passages


def _around_the_form(letter: Determination) -> Iterator[Passage]:
    """Yield the note beside the rows of its request form; of a row, the diagnosis is its item's."""
    place = 0
    for item in letter.items:
        row = (item.title_span, *item.diagnosis)
        start, end = min(span.start for span in row), max(span.end for span in row)
        if place < start:
            yield Passage(Section.NOTE, place, start)
        for span in item.diagnosis:
            yield Passage(Section.NOTE, span.start, span.end, item.number)
        place = max(place, end)
    if place < len(letter.text):
        yield Passage(Section.NOTE, place, len(letter.text))


@cache
def _any_name(names: frozenset[str]) -> re.Pattern[str] | None:
    """Return one expression for *names*, or None without any; treatments repeat, letters differ."""
    # The catalogue writes "x ray"; letters write "x-rays".
    words = (re.escape(name).replace(r"\ ", "[ -]") for name in names)
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    if not longest_first:
        return None
    return re.compile(r"(?<!\w)(?:" + "|".join(longest_first) + r")s?(?!\w)")


def subject_of_request(
    number: int, request: Request, facts: frozenset[str], knowledge: Knowledge
) -> Subject:
    """Return what sentences can speak of where item *number* asks for *request*.

    *facts* are those the item is judged by.
    """
    names = [ingredient.name for ingredient in request.ingredients]
    contained = frozenset(names)
    treatment = knowledge.catalogue.treatments.get(request.treatment or "")
    if treatment is not None:
        names.extend(treatment.names)
        if contained:
            names.extend(knowledge.drug_names.get(contained, ()))
            names.extend(knowledge.drug_names.get(treatment.id, ()))
    return Subject(
        number=number,
        category=request.category,
        names=_any_name(frozenset(name.lower() for name in names if name)),
        body_parts=frozenset(request.body_parts),
        title=request.title,
        facts=facts,
        side=request.side,
        spoken_of_as=knowledge.lexicon.read_as.get(request.treatment or ""),
    )


def _readings(
    findings: Sequence[Finding], contradictions: Contradictions
) -> tuple[
    Mapping[Reading, Mapping[str, Value]],
    Mapping[tuple[Reading, str], tuple[Evidence, ...]],
    tuple[InnerConflict, ...],
]:
    """Return what each reading makes of *findings*, on what words, and where it is at odds."""
    readings: dict[Reading, dict[str, Value]] = {Reading.RECORD: {}, Reading.RATIONALE: {}}
    evidence: dict[tuple[Reading, str], tuple[Evidence, ...]] = {}
    conflicts: list[InnerConflict] = []
    vocabulary = contradictions.vocabulary
    no_visit = contradictions.lexicon.same_thing.no_visit
    for reading in Reading:
        # A number that cannot be is a misprint: it stays among the findings and settles nothing.
        stated = [
            f for f in findings if f.reading is reading and vocabulary[f.fact].can_be(f.value)
        ]
        if reading is Reading.RECORD:
            stated = in_order_of_visits(contradictions.text, stated, no_visit)
        merged = merge_values(stated, vocabulary)
        for fact, (value, carriers) in merged.items():
            readings[reading][fact] = value
            evidence[reading, fact] = quoted(carriers)
        conflicts.extend(contradictions.among(reading, merged, stated))
    return readings, evidence, tuple(conflicts)
