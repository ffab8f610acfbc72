"""Text → findings: each fact a passage states, proved by its own words.

The matching knows no medicine: what to look for is all in ``rules/reading``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from imr_rules.facts.model import UNDOCUMENTED, Assertion, Finding, Section, Speaker, Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.letters.dates import parse_date
from imr_rules.reading.assertion import (
    Scopes,
    assertion_of,
    find_scopes,
    lies_within,
    list_head,
    missing_around,
    not_yet_so,
    of_another_person,
    places_of,
    proof_of,
    turned_inside,
)
from imr_rules.reading.boxes import unticked
from imr_rules.reading.flat import FlatText, flatten
from imr_rules.reading.lexicon import Cue, Lexicon, Mark, Reach
from imr_rules.reading.matching import matches_in
from imr_rules.reading.model import Miss, Passage, ReadResult, Subject
from imr_rules.reading.numbers import count_of, number_of
from imr_rules.reading.occurrence import words_of
from imr_rules.reading.sentences import sentence_bounds
from imr_rules.reading.talk import CaseTalk, quoted_titles, speaker_at
from imr_rules.reading.whose import Context, items_of

# Bounds for hostile input; no letter comes near them: the longest seen has 60,000 characters.
_MAX_PASSAGE = 200_000  # characters
_MAX_LETTER = 400_000  # characters of all its passages
_MAX_SHARED = 4_000_000  # characters of a passage times the items that it may speak of
_BROAD = 0.7
"""The confidence of a finding by a broad cue; an exact one of the same fact outweighs it."""


def read_passages(
    text: str,
    passages: Sequence[Passage],
    subjects: Sequence[Subject],
    *,
    lexicon: Lexicon,
    vocabulary: Vocabulary,
    on: date | None = None,
) -> ReadResult:
    """Read *passages* of *text*; ``text[f.start:f.end] == f.quote`` for every finding f.

    What of an overlong passage stays unread is told in the result. *on* is the day of the denial,
    from which "since May 2016" counts.
    """
    context = Context(text, subjects, lexicon, vocabulary, on)
    findings: list[Finding] = []
    misses: list[Miss] = []
    unread: list[str] = []
    left = _MAX_LETTER
    for whole in passages:
        passage = _bounded(whole, left, len(subjects))
        left -= passage.end - passage.start
        if passage.end < whole.end:
            of = f" of item {whole.item}" if whole.item is not None else ""
            read = passage.end - passage.start
            unread.append(f"the {whole.section}{of} beyond its first {read:,} characters")
        for found, missed in _passage(passage, context):
            for finding in found:
                if vocabulary[finding.fact].can_be(finding.value):
                    findings.append(finding)
                else:
                    unread.append(_impossible(finding))
            if missed is not None:
                misses.append(missed)
    findings.sort(key=lambda f: (f.start, f.end, f.fact, f.item or 0))
    return ReadResult(tuple(_surest(findings)), tuple(misses), tuple(dict.fromkeys(unread)))


def _surest(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what wide nets caught where an exact cue tells the same fact of the same item."""
    exact = {(f.reading, f.item, f.fact) for f in findings if f.confidence > _BROAD}
    return [
        f for f in findings if f.confidence > _BROAD or (f.reading, f.item, f.fact) not in exact
    ]


def _impossible(finding: Finding) -> str:
    """Return what is told of a number that its fact cannot be: a slip of the pen, left out."""
    number = f"{finding.value:,}" if not isinstance(finding.value, str) else finding.value
    return f"{finding.fact.replace('_', ' ')} cannot be {number}: left out"


def _bounded(passage: Passage, left: int, items: int) -> Passage:
    """Return as much of *passage* as is read of a letter with *items*, *left* characters of it."""
    longest = min(_MAX_PASSAGE, left)
    if passage.item is None and items:
        longest = min(longest, _MAX_SHARED // items)
    return replace(passage, end=min(passage.end, passage.start + longest))


@dataclass(frozen=True, slots=True)
class _Whole:
    """A passage as it is read: flat, with the items it may speak of."""

    passage: Passage
    flat: FlatText
    concerned: Sequence[Subject]
    titles: Sequence[tuple[int, int]]
    """Where it repeats a title, in the flat text."""
    boxes: Sequence[tuple[int, int]]
    """Words behind an empty box, in the original."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence of a passage: where it begins in the flat text, and what its words turn on."""

    start: int
    text: str
    scopes: Scopes
    own_parts: frozenset[str]
    """The body parts that it names, or goes on with behind a semicolon."""
    parts: frozenset[str]
    """The same, or where it names none those named last before it."""
    examined: frozenset[str]
    """The parts whose examination it tells of, or goes on with behind a semicolon."""
    head: Assertion | None
    """What the head of the list it belongs to makes of what it affirms."""


def _passage(passage: Passage, context: Context) -> Iterator[tuple[list[Finding], Miss | None]]:
    whole = _whole(passage, context)
    flat, lexicon = whole.flat, context.lexicon
    in_rationale = passage.section is Section.RATIONALE
    case_talk = CaseTalk(flat.text, passage.section)
    own_parts: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    examined: frozenset[str] = frozenset()
    head: Assertion | None = None
    sought = lexicon.sought(
        Reach.RATIONALE if in_rationale else Reach.RECORD,
        frozenset(kind for subject in whole.concerned for kind in subject.kinds or (None,)),
        frozenset().union(*(subject.facts for subject in whole.concerned)),
    )
    for start, end in sentence_bounds(flat.text):
        text = flat.lower[start:end]
        words = words_of(text)
        occurring = lexicon.occurring(words)
        joined = flat.text[max(0, start - 2) : start].strip() == ";"
        # "Examination of the lumbar spine revealed spasm; strength was 4/5": still of the spine.
        own_parts = lexicon.body_parts(words) or (own_parts if joined else frozenset())
        parts = own_parts or parts
        examined = lexicon.examined_parts(words) or (examined if joined else frozenset())
        # "The following are not documented: ...; ...": each item of the list hangs on its head.
        head = head if joined else None
        has_fact = ":" in text or occurring.may_hold(sought.cues)
        # In a rationale even a sentence without facts may turn the talk to the case.
        if not has_fact and not in_rationale:
            continue
        talk = places_of(lexicon.marks_among(occurring, sought.talk), text)
        opens = case_talk.opens_at(start, end, talk)
        cues = lexicon.cues_among(occurring, sought.of_guideline if opens is None else sought.cues)
        verdicts = talk.get(Mark.CONCLUSION, ())
        matches = matches_in(text, cues, opens, verdicts, whole.concerned, lexicon)
        if not matches and ":" not in text:
            continue
        scopes = find_scopes(text, lexicon.marks_among(occurring, sought.marks), talk)
        head = list_head(text, scopes) if ":" in text else head
        sentence = _Sentence(start, text, scopes, own_parts, parts, examined, head)
        touching = [(c, m) for c, m in matches if not _says_nothing(m, sentence, whole)]
        found = [f for c, m in touching for f in _findings(c, m, sentence, whole, context)]
        missed: Miss | None = None
        if touching and not found:
            first, last = flat.original(start, end)
            facts = tuple(dict.fromkeys(cue.fact for cue, _ in touching))
            missed = Miss(passage.section, first, last, context.text[first:last], facts)
        yield found, missed


def _whole(passage: Passage, context: Context) -> _Whole:
    flat = flatten(context.text, passage.start, passage.end)
    concerned = [s for s in context.subjects if passage.item in (None, s.number)]
    in_rationale = passage.section is Section.RATIONALE
    is_note = passage.section is Section.NOTE
    return _Whole(
        passage,
        flat,
        concerned,
        quoted_titles(flat.lower, concerned) if in_rationale else (),
        unticked(context.text, passage.start, passage.end) if is_note else (),
    )


def _says_nothing(match: re.Match[str], sentence: _Sentence, whole: _Whole) -> bool:
    """Whether words of a cue are no statement of the worker.

    They only repeat a title, tell what may come or of somebody else, or stand by an empty box.
    """
    first, last = (sentence.start + at for at in match.span())
    if whole.titles and lies_within((first, last), whole.titles):
        return True
    if not_yet_so(*match.span(), sentence.scopes):
        return True
    if of_another_person(match.start(), sentence.scopes):
        return True
    return bool(whole.boxes) and lies_within(whole.flat.original(first, last), whole.boxes)


def _findings(
    cue: Cue, match: re.Match[str], sentence: _Sentence, whole: _Whole, context: Context
) -> list[Finding]:
    """Return what *match* of *cue* finds: a finding for each item it speaks of."""
    scopes, section = sentence.scopes, whole.passage.section
    assertion = _assertion(cue, *match.span(), scopes)
    if sentence.head is not None and assertion is Assertion.AFFIRMED and not cue.as_it_stands:
        assertion = sentence.head
    value = _value(cue, match, assertion, context)
    if value is None:
        return []
    if value == UNDOCUMENTED:
        assertion = Assertion.UNDOCUMENTED
    speaker = speaker_at(match.start(), scopes, section)
    # What utilization review found wanting is what the reviewer looks into, not finds.
    wanting = assertion is not Assertion.AFFIRMED or value == "no"
    if speaker is Speaker.UTILIZATION_REVIEW and wanting:
        return []
    proof = proof_of(*match.span(), assertion, scopes)
    # "Has not failed conservative care" holds its denial itself.
    if cue.own_negation and value == "no":
        assertion = Assertion.DENIED
    first, last = whole.flat.original(sentence.start + proof[0], sentence.start + proof[1])
    about = sentence.own_parts if cue.names_part else sentence.parts
    # "Of the lumbar spine: strength of 4/5 in the right leg" is no finding of the knee.
    if sentence.examined and cue.fact in context.lexicon.same_thing.along_nerves:
        about = sentence.examined
    return [
        Finding(
            fact=cue.fact,
            value=value,
            assertion=assertion,
            section=section,
            start=first,
            end=last,
            quote=context.text[first:last],
            item=item,
            speaker=speaker,
            confidence=_BROAD if cue.broad else 1.0,
        )
        for item in items_of(cue, match, whole.passage, sentence.text, about, context)
    ]


def _assertion(cue: Cue, start: int, end: int, scopes: Scopes) -> Assertion:
    """Return how the words of *cue* at ``[start, end)`` are asserted."""
    is_whole = (cue.as_it_stands or cue.own_negation) and not cue.own_missing
    if is_whole and missing_around(start, scopes):
        return Assertion.UNDOCUMENTED
    if cue.as_it_stands:
        return Assertion.AFFIRMED
    assertion = assertion_of(start, end, scopes)
    return assertion if cue.own_negation else turned_inside(assertion, start, end, scopes)


def _value(cue: Cue, match: re.Match[str], assertion: Assertion, context: Context) -> Value | None:
    if assertion is Assertion.DENIED:
        return cue.denied
    if assertion is Assertion.UNDOCUMENTED:
        return cue.undocumented
    if cue.value is not None or cue.only_if_missing:
        return cue.value
    fact = context.vocabulary[cue.fact]
    if fact.type is not FactType.NUMBER:
        return None
    groups = match.groupdict()
    if groups.get("number"):
        number = number_of(groups["number"]) * cue.times
        return int(number) if number == int(number) else number
    if groups.get("count"):
        return count_of(groups["count"])
    if groups.get("date") and context.on is not None:
        day = parse_date(groups["date"])
        if day is not None and day <= context.on:
            return (context.on - day).days
    return None


def merge_values(
    findings: Sequence[Finding], vocabulary: Vocabulary
) -> Mapping[str, tuple[Value, tuple[Finding, ...]]]:
    """Merge the findings of one reading of one item, fact by fact, as the vocabulary declares.

    Of findings of unlike confidence only the surest count. Returns the value of each fact with the
    findings that carry it.
    """
    by_fact: dict[str, list[Finding]] = {}
    for finding in findings:
        by_fact.setdefault(finding.fact, []).append(finding)
    merged: dict[str, tuple[Value, tuple[Finding, ...]]] = {}
    for fact, found in by_fact.items():
        surest = max(finding.confidence for finding in found)
        stated = [finding for finding in found if finding.confidence == surest]
        value = vocabulary[fact].merged([f.value for f in stated])
        telling = vocabulary[fact].told_by(value)
        merged[fact] = (value, tuple(f for f in stated if f.value in telling))
    return merged
