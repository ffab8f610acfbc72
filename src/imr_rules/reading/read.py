"""Text → findings: each fact a passage states, proved by its own words.

The matching knows no medicine: what to look for is all in ``rules/reading``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from imr_rules.facts.model import UNDOCUMENTED, Assertion, Finding, Section, Speaker, Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.reading.assertion import (
    Scopes,
    Talk,
    assertion_of,
    find_scopes,
    list_head,
    missing_around,
    not_yet_so,
    places_of,
    turned_inside,
)
from imr_rules.reading.dates import parse_date
from imr_rules.reading.flat import flatten
from imr_rules.reading.lexicon import Cue, Lexicon, Mark, Reach
from imr_rules.reading.model import Miss, Passage, ReadResult, Subject
from imr_rules.reading.occurrence import words_of
from imr_rules.reading.pattern import count_of, number_of
from imr_rules.reading.sentences import sentence_bounds
from imr_rules.reading.whose import Context, items_of, names_one_of

# A quotation of some length; a shorter one is a word of the worker's or of a note.
_QUOTATION = re.compile(r'(?<![\w"])"(?=\w)[^"]{60,1500}"(?!\w)')
_SHORTEST_TITLE = 20  # characters; a shorter one is the plain name of the treatment
_QUOTED_AT_ONCE = 30  # characters, such as "The guideline says: ", before it
_NEAR = 110  # characters on either side of a broad cue that count as near it
# Bounds for hostile input; no letter comes near them: the longest seen has 60,000 characters.
_MAX_PASSAGE = 200_000  # characters
_MAX_LETTER = 400_000  # characters of all its passages
_MAX_SHARED = 4_000_000  # characters of a passage times the items that it may speak of
_SPEAKERS = {
    Mark.WORKER_SAYS: Speaker.PATIENT,
    Mark.TREATING_SAYS: Speaker.TREATING,
    Mark.UTILIZATION_REVIEW: Speaker.UTILIZATION_REVIEW,
}
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
    return ReadResult(tuple(findings), tuple(misses), tuple(dict.fromkeys(unread)))


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


def _passage(passage: Passage, context: Context) -> Iterator[tuple[list[Finding], Miss | None]]:
    flat = flatten(context.text, passage.start, passage.end)
    # A rationale opens with the guideline more often than with the case.
    about_case = passage.section is not Section.RATIONALE
    parts: frozenset[str] = frozenset()
    head: Assertion | None = None
    quotations = [] if about_case else [m.span() for m in _QUOTATION.finditer(flat.text)]
    concerned = [s for s in context.subjects if passage.item in (None, s.number)]
    titles = [] if about_case else _quoted_titles(flat.lower, concerned)
    lexicon = context.lexicon
    sought = lexicon.sought(
        Reach.RATIONALE if passage.section is Section.RATIONALE else Reach.RECORD,
        frozenset(kind for subject in concerned for kind in subject.kinds or (None,)),
        frozenset().union(*(subject.facts for subject in concerned)),
    )
    for start, end in sentence_bounds(flat.text):
        sentence = flat.lower[start:end]
        words = words_of(sentence)
        occurring = lexicon.occurring(words)
        own_parts = lexicon.body_parts(words)
        parts = own_parts or parts
        # "The following are not documented: ...; ...": each item of the list hangs on its head.
        head = head if flat.text[max(0, start - 2) : start].strip() == ";" else None
        has_fact = ":" in sentence or occurring.may_hold(sought.cues)
        # In a rationale even a sentence without facts may turn the talk to the case.
        if not has_fact and passage.section is not Section.RATIONALE:
            continue
        talk = places_of(lexicon.marks_among(occurring, sought.talk), sentence)
        # A sentence may begin with the mark that closes a quotation.
        quoted = [q for q in quotations if q[0] < end and start < q[1] - 1]
        if quoted and _quotes_guideline(quoted[0], start, talk, about_case):
            about_case = False
            if quoted[0][0] - start < _QUOTED_AT_ONCE:
                continue
        opens, about_case = _case_talk(talk, passage.section, about_case)
        cues = lexicon.cues_among(occurring, sought.of_guideline if opens is None else sought.cues)
        matches = _matches(sentence, cues, opens, talk, concerned, lexicon) if cues else []
        if not matches and ":" not in sentence:
            continue
        scopes = find_scopes(sentence, lexicon.marks_among(occurring, sought.marks), talk)
        head = list_head(sentence, scopes) if ":" in sentence else head
        found: list[Finding] = []
        touched: list[str] = []
        for cue, match in matches:
            if titles and _within((start + match.start(), start + match.end()), titles):
                continue
            if not_yet_so(match.start(), scopes):
                continue
            touched.append(cue.fact)
            assertion = _assertion(cue, *match.span(), scopes)
            if head is not None and assertion is Assertion.AFFIRMED and not cue.as_it_stands:
                assertion = head
            value = _value(cue, match, assertion, context)
            if value is None:
                continue
            if value == UNDOCUMENTED:
                assertion = Assertion.UNDOCUMENTED
            first, last = flat.original(start + match.start(), start + match.end())
            about = own_parts if cue.names_part else parts
            for item in items_of(cue, match, passage, sentence, about, context):
                found.append(
                    Finding(
                        fact=cue.fact,
                        value=value,
                        assertion=assertion,
                        section=passage.section,
                        start=first,
                        end=last,
                        quote=context.text[first:last],
                        item=item,
                        speaker=_speaker(match.start(), scopes, passage.section),
                        confidence=_BROAD if cue.broad else 1.0,
                    )
                )
        missed: Miss | None = None
        if touched and not found:
            first, last = flat.original(start, end)
            quote = context.text[first:last]
            missed = Miss(passage.section, first, last, quote, tuple(dict.fromkeys(touched)))
        yield found, missed


def _quoted_titles(text: str, subjects: Sequence[Subject]) -> list[tuple[int, int]]:
    """Find where *text* repeats a title word for word: what is asked for, and no finding of it."""
    titles = {" ".join(subject.title.lower().split()) for subject in subjects}
    return [
        match.span()
        for title in titles
        if len(title) >= _SHORTEST_TITLE
        for match in re.finditer(re.escape(title), text)
    ]


def _quotes_guideline(quotation: tuple[int, int], start: int, talk: Talk, about_case: bool) -> bool:
    """Whether what is quoted in the sentence that begins at *start* is the guideline.

    It is where the talk was of the guideline, or is so before the quotation opens.
    """
    before = quotation[0] - start
    if any(c[0] < before for c in talk.get(Mark.CASE, ())):
        return False
    return not about_case or any(g[0] < before for g in talk.get(Mark.GUIDELINE, ()))


def _case_talk(talk: Talk, section: Section, before: bool) -> tuple[int | None, bool]:
    """Return from where the sentence speaks of the case (None: nowhere), and whether it does.

    Talk about the guideline goes on until a sentence speaks of this worker or these records.
    """
    if section is not Section.RATIONALE:
        return (None, before) if Mark.UTILIZATION_REVIEW in talk else (0, True)
    guideline = talk.get(Mark.GUIDELINE, ())
    # "if there is no improvement" is the guideline's own condition, whatever stands inside it.
    case = tuple(c for c in talk.get(Mark.CASE, ()) if not _within(c, guideline))
    if guideline and case:
        # "Per the guideline ...; in this case the records ...": the case begins at its own words.
        return (0, True) if case[0][0] < guideline[0][0] else (case[0][0], True)
    if case:
        # "The request for therapy is not medically necessary." often stands before the guideline.
        return 0, before if Mark.CONCLUSION in talk else True
    if guideline:
        return None, False
    return (0, True) if before or Mark.PARTICULAR in talk else (None, False)


def _within(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _matches(
    sentence: str,
    cues: Sequence[Cue],
    opens: int | None,
    talk: Talk,
    concerned: Sequence[Subject],
    lexicon: Lexicon,
) -> list[tuple[Cue, re.Match[str]]]:
    """Match every one of *cues* that is for a subject *concerned*, if there is any at all.

    Of matches of one fact that overlap the longest stays, and one whose bare words mean something
    before one whose words do not. A broad cue and an exact one never take each other's place.
    """
    conclusions = talk.get(Mark.CONCLUSION, ())
    hits: list[tuple[Cue, re.Match[str]]] = []
    for cue in cues:
        begin = 0 if cue.of_guideline else opens
        if begin is None:
            continue
        regex = cue.pattern.regex
        first = regex.search(sentence, begin)
        if first is None:
            continue
        if not cue.broad and not _in_place(cue, sentence):
            continue
        for match in _occurrences(first, concerned, lexicon):
            if cue.broad and not _in_place(cue, _around(match)):
                continue
            if conclusions and any(_concludes(cue, match.span(), c) for c in conclusions):
                continue
            hits.append((cue, match))
    if len(hits) < 2:
        return hits
    hits.sort(key=lambda h: (h[0].fact, _is_mute(h[0]), h[1].start() - h[1].end()))
    kept: list[tuple[Cue, re.Match[str]]] = []
    for cue, match in hits:
        overlaps = any(
            (other.fact, other.broad) == (cue.fact, cue.broad)
            and m.start() < match.end()
            and match.start() < m.end()
            for other, m in kept
        )
        if not overlaps:
            kept.append((cue, match))
    return sorted(kept, key=lambda hit: hit[1].start())


def _occurrences(
    first: re.Match[str], concerned: Sequence[Subject], lexicon: Lexicon
) -> Iterator[re.Match[str]]:
    """Yield *first* and what the phrase finds behind it that names what it must name.

    Of "naproxen since May and Norco since June" the words of the Norco come to be read although
    the phrase begins at the naproxen first: what names another treatment uses up no words.
    """
    match: re.Match[str] | None = first
    while match is not None:
        if names_one_of(concerned, match, lexicon):
            yield match
            position = max(match.end(), match.start() + 1)
        else:
            position = match.start() + 1
        match = match.re.search(match.string, position)


def _in_place(cue: Cue, words: str) -> bool:
    """Whether *words* hold what must stand near *cue*, and nothing that must not."""
    if cue.near is not None and not cue.near.search(words):
        return False
    return cue.unless_near is None or not cue.unless_near.search(words)


def _around(match: re.Match[str]) -> str:
    """Return *match* with the words around it that a broad cue looks at."""
    start, end = match.span()
    start = match.string.find(" ", max(0, start - _NEAR)) + 1 if start > _NEAR else 0
    return match.string[start : end + _NEAR]


def _is_mute(cue: Cue) -> bool:
    """Whether *cue* tells something only where its words are denied or said to be missing."""
    return cue.value is None and not cue.pattern.regex.groups


def _concludes(cue: Cue, span: tuple[int, int], conclusion: tuple[int, int]) -> bool:
    """Whether the words at *span* are the verdict, which is no fact.

    A cue that carries its own polarity may hold a verdict: on the operation that this service
    goes with.
    """
    if cue.as_it_stands and span[0] <= conclusion[0] and conclusion[1] <= span[1]:
        return False
    return conclusion[0] < span[1] and span[0] < conclusion[1]


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


def _speaker(start: int, scopes: Scopes, section: Section) -> Speaker:
    """Return who says what stands at *start*: whom the last words of saying before it name.

    What ends the reach of a negation ends the speech too: "he reports pain, but the exam ...".
    """
    stops = [stop for stop, _ in scopes.at.get(Mark.ENDS_SCOPE, ()) if stop < start]
    since = max(stops, default=-1)
    said = [
        (mark[0], speaker)
        for words, speaker in _SPEAKERS.items()
        for mark in scopes.at.get(words, ())
        if since <= mark[0] <= start
    ]
    if said:
        return max(said)[1]
    return Speaker.REVIEWER if section is Section.RATIONALE else Speaker.RECORD


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
