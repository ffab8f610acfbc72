"""Whether the words of a cue are affirmed, denied or said to be missing, in their sentence.

A negation before the words reaches them unless something ends its scope in between ("but",
"and reports"); one after them ("was not documented") reaches back over the clause. Any
"not documented" in reach outweighs plain negations ("did not indicate that the patient had not
responded" leaves the response undocumented); two plain negations cancel each other where one
follows at once upon the other ("does not deny"), not in a list ("no swelling, no effusion"). A
plain "no" that a word of saying follows ("no relief was documented") leaves the thing
undocumented, and so does a plain denial of words of saying ("documentation of relief is absent"),
while "no evidence of" it on examination denies it. "Was not indicated" is the verdict on a
treatment; of a finding ("the relief was not indicated") it leaves undocumented what nothing before
it denies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imr_rules.facts.model import Assertion
from imr_rules.reading.answers import Answer, answer_to, find_answers, heads_of_rows
from imr_rules.reading.lexicon import MISSING, NEGATIONS, Mark
from imr_rules.reading.pattern import Pattern

_BACKWARD_REACH = 90  # characters between a cue and a negation that follows it
_SAYING_REACH = 80  # characters between a denied cue, or a mark, and the words that go with it
_PROOF_REACH = 120  # characters between a cue and the words that turn it, in its quotation
_HEAD_REACH = 40  # characters between a negation and the colon of the list it stands above
_CHAIN = 2  # characters between two negations that cancel each other


Places = Mapping[Mark, tuple[tuple[int, int], ...]]
"""Where marks stand in a sentence, each as ``(start, end)``."""


@dataclass(frozen=True, slots=True)
class Scopes:
    """Where the marks of one sentence stand, and what its commas mean for them."""

    at: Places
    new_clauses: tuple[tuple[int, int], ...] = ()
    """Commas that a clause of its own follows: "no swelling, range of motion is full"."""
    new_parts: tuple[tuple[int, int], ...] = ()
    """Commas that no list goes on behind: "without myelopathy, cervicalgia"."""
    done_clauses: tuple[tuple[int, int], ...] = ()
    """Commas that a clause with its own verb ends at: "a pact is signed, misuse is denied"."""
    answers: tuple[Answer, ...] = ()
    """What stands in rows: "Spurling's: negative"."""

    def has(self, mark: Mark) -> bool:
        """Whether the sentence holds such a mark at all."""
        return bool(self.at.get(mark))


def places_of(
    marks: Mapping[Mark, Sequence[Pattern]], sentence: str
) -> dict[Mark, tuple[tuple[int, int], ...]]:
    """Find where those of *marks* that occur in the flat, lower-case *sentence* stand."""
    found = {mark: _spans(sentence, patterns) for mark, patterns in marks.items()}
    return {mark: spans for mark, spans in found.items() if spans}


def find_scopes(
    sentence: str,
    marks: Mapping[Mark, Sequence[Pattern]],
    talk: Places,
) -> Scopes:
    """Find every mark of *marks* in the flat, lower-case *sentence*, beside those of its *talk*."""
    found = {**talk, **places_of({m: marks[m] for m in marks.keys() - _AT_TIMES}, sentence)}
    if Mark.ANOTHER_PERSON in talk and Mark.WORKER_AGAIN in marks:
        found[Mark.WORKER_AGAIN] = _spans(sentence, marks[Mark.WORKER_AGAIN])
    if found.keys() & _TURNING:
        for mark in _BESIDE_NEGATIONS & marks.keys():
            found[mark] = _spans(sentence, marks[mark])
    answers = _answers(sentence, found) if found.keys() & _ANSWERS else ()
    # The "not" of a verdict denies no fact that stands in the same sentence.
    pseudo = (*found.get(Mark.NOT_NEGATION, ()), *found.get(Mark.CONCLUSION, ()))
    if pseudo:
        for mark in _IN_VERDICTS & found.keys():
            found[mark] = tuple(s for s in found[mark] if not lies_within(s, pseudo))
    # The "no" of "no documentation of" is part of the longer phrase.
    for group in (_BEFORE, _AFTER):
        spans = tuple(span for mark in group for span in found.get(mark, ()))
        if len(spans) > 1:
            for mark in group & found.keys():
                found[mark] = tuple(s for s in found[mark] if not _within_longer(s, spans))
    missing = tuple(span for mark in MISSING for span in found.get(mark, ()))
    if missing:
        for mark in (_DENIED | {Mark.HYPOTHETICAL}) & found.keys():
            found[mark] = tuple(s for s in found[mark] if not lies_within(s, missing))
    return Scopes(found, *_commas(sentence, found), _done_clauses(sentence, found), answers)


def _answers(sentence: str, found: dict[Mark, tuple[tuple[int, int], ...]]) -> tuple[Answer, ...]:
    """Find the answers of rows; their words are then no marks of a running sentence."""
    no = found.pop(Mark.ANSWER_NO, ())
    apart, yes = found.pop(Mark.ANSWER_NO_APART, ()), found.pop(Mark.ANSWER_YES, ())
    answers = find_answers(sentence, no, apart, yes)
    spans = [(answer.start, answer.end) for answer in answers]
    for mark in _DENIED & found.keys():
        found[mark] = tuple(s for s in found[mark] if not lies_within(s, spans))
    heads = heads_of_rows(sentence, (span for span in no if span not in spans))
    if heads:
        found[Mark.DENIED_NEXT] = tuple(sorted({*found.get(Mark.DENIED_NEXT, ()), *heads}))
    return answers


def _spans(sentence: str, patterns: Sequence[Pattern]) -> tuple[tuple[int, int], ...]:
    spans = [span for pattern in patterns for span in pattern.places_in(sentence)]
    return tuple(sorted(set(spans))) if len(spans) > 1 else tuple(spans)


def _commas(
    sentence: str, found: Mapping[Mark, Sequence[tuple[int, int]]]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Find the commas that end the reach of a plain negation, and those that end a short one."""
    if not (found.get(Mark.DENIED_BEFORE) or found.get(Mark.DENIED_NEXT)):
        return (), ()
    commas = [m.span() for m in _COMMA.finditer(sentence)]
    ends = [*(start for start, _ in commas), len(sentence)][1:]
    clauses: list[tuple[int, int]] = []
    parts: list[tuple[int, int]] = []
    for (start, end), until in zip(commas, ends, strict=True):
        joints = [s for s, _ in found.get(Mark.LIST, ()) if end <= s < until]
        if not joints:
            parts.append((start, end))
        # "No motor, sensory or reflex loss was seen" is one list with one verb behind it.
        until = min(joints, default=until)
        if end not in joints and any(end <= s < until for s, _ in found.get(Mark.CLAUSE, ())):
            clauses.append((start, end))
    return tuple(clauses), tuple(parts)


def _done_clauses(
    sentence: str, found: Mapping[Mark, Sequence[tuple[int, int]]]
) -> tuple[tuple[int, int], ...]:
    """Find the commas that a negation behind them does not reach back over."""
    if not any(found.get(mark) for mark in _AFTER):
        return ()
    verbs = found.get(Mark.CLAUSE, ())
    joints = found.get(Mark.LIST, ())
    done: list[tuple[int, int]] = []
    since = 0
    for comma in _COMMA.finditer(sentence):
        # "That he had failed NSAIDs, opioids or braces was not documented" goes on with its list.
        listed = any(comma.end() <= start for start, _ in joints)
        if not listed and any(since <= s and e <= comma.start() for s, e in verbs):
            done.append(comma.span())
        since = comma.end()
    return tuple(done)


# Marks that mean nothing in the half of all sentences that deny nothing: not looked for there.
_DENIED = frozenset((Mark.DENIED_BEFORE, Mark.DENIED_NEXT, Mark.DENIED_AFTER))
_AFTER = frozenset((Mark.DENIED_AFTER, Mark.UNDOCUMENTED_AFTER, Mark.UNSUPPORTED_AFTER))
_BEFORE = NEGATIONS - _AFTER
_ANSWERS = frozenset((Mark.ANSWER_NO, Mark.ANSWER_NO_APART, Mark.ANSWER_YES))
_BESIDE_NEGATIONS = frozenset(
    (
        Mark.NOT_NEGATION,
        Mark.ENDS_SCOPE,
        Mark.ENDS_DENIAL,
        Mark.EXAMINED,
        Mark.SAID_AFTER,
        Mark.SAID_BEFORE,
        Mark.CLAUSE,
        Mark.LIST,
        Mark.WHETHER,
    )
)
_AT_TIMES = _BESIDE_NEGATIONS | {Mark.WORKER_AGAIN}
_TURNING = NEGATIONS | {
    Mark.WANTING_AFTER,
    Mark.HYPOTHETICAL,
    Mark.WORKER_SAYS,
    Mark.TREATING_SAYS,
    Mark.UTILIZATION_REVIEW,
}
_IN_VERDICTS = NEGATIONS | {Mark.ENDS_SCOPE}
_COMMA = re.compile(r"[,;]\s")


def lies_within(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    """Whether one of *others* holds the whole *span*."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _within_longer(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(
        start <= span[0] and span[1] <= end and (start, end) != span for start, end in others
    )


def assertion_of(start: int, end: int, scopes: Scopes) -> Assertion:
    """Return how the words at ``[start, end)`` of the sentence are asserted."""
    answered = answer_to(start, end, scopes.answers)
    if answered is not None:
        return answered.assertion
    stops = scopes.at.get(Mark.ENDS_SCOPE, ())
    before_missing = _reaching(scopes.at.get(Mark.UNDOCUMENTED_BEFORE, ()), start, stops)
    denied = scopes.at.get(Mark.DENIED_BEFORE, ())
    denied_next = scopes.at.get(Mark.DENIED_NEXT, ())
    plain = (*stops, *scopes.at.get(Mark.ENDS_DENIAL, ()))
    before_denied = sorted(
        (
            *_reaching(denied, start, (*plain, *scopes.new_clauses)),
            *_reaching(denied_next, start, (*plain, *scopes.new_parts)),
        )
    )
    ended = (*stops, *scopes.done_clauses)
    after_missing = _following(scopes.at.get(Mark.UNDOCUMENTED_AFTER, ()), start, end, ended)
    after_denied = _following(scopes.at.get(Mark.DENIED_AFTER, ()), start, end, ended)
    if before_missing or after_missing or _wanting(start, end, scopes, stops):
        return Assertion.UNDOCUMENTED
    if _reaching(scopes.at.get(Mark.UNSEEN_BEFORE, ()), start, stops):
        return Assertion.DENIED if scopes.has(Mark.EXAMINED) else Assertion.UNDOCUMENTED
    unsupported = scopes.at.get(Mark.UNSUPPORTED_AFTER, ())
    if not before_denied and _following(unsupported, start, end, ended):
        return Assertion.UNDOCUMENTED
    if (_chained(before_denied) + len(after_denied)) % 2 == 0:
        return Assertion.AFFIRMED
    if before_denied:
        saying = scopes.at.get(Mark.SAID_AFTER, ())
        # "No trial has been documented": a cue may hold the word of saying itself.
        said = [mark for mark in saying if start < mark[0] and mark[1] <= end]
        said = said or _following(saying, start, end, stops, _SAYING_REACH)
    else:
        said = _reaching(scopes.at.get(Mark.SAID_BEFORE, ()), start, stops)
    return Assertion.UNDOCUMENTED if said else Assertion.DENIED


def proof_of(start: int, end: int, assertion: Assertion, scopes: Scopes) -> tuple[int, int]:
    """Return where the words at ``[start, end)`` stand together with what turns them.

    "Numbness" alone would prove the opposite of "denies any numbness".
    """
    if assertion is Assertion.AFFIRMED:
        return start, end
    answered = answer_to(start, end, scopes.answers)
    if answered is not None:
        return start, answered.end
    stops = scopes.at.get(Mark.ENDS_SCOPE, ())
    turning: list[tuple[Mark, tuple[int, int]]] = []
    for mark in NEGATIONS & scopes.at.keys():
        reaching = (
            _following(scopes.at[mark], start, end, stops)
            if mark in _AFTER
            else _reaching(scopes.at[mark], start, stops)
        )
        turning += [(mark, span) for span in reaching]
    missing = [span for mark, span in turning if mark in MISSING]
    wanted = missing if assertion is Assertion.UNDOCUMENTED and missing else [s for _, s in turning]
    within = [
        (max(start - first, last - end), first, last)
        for first, last in wanted
        if start - first <= _PROOF_REACH and last - end <= _PROOF_REACH
    ]
    _, first, last = min(within, default=(0, start, end))
    return min(start, first), max(end, last)


def _wanting(start: int, end: int, scopes: Scopes, stops: Sequence[tuple[int, int]]) -> bool:
    """Whether words of saying before the cue are said to be wanting behind it."""
    wanting = scopes.at.get(Mark.WANTING_AFTER, ())
    said = scopes.at.get(Mark.SAID_BEFORE, ())
    return bool(_following(wanting, start, end, stops) and _reaching(said, start, stops))


def list_head(sentence: str, scopes: Scopes) -> Assertion | None:
    """Return what the words before a colon make of the list behind it; None: nothing."""
    colon = sentence.find(":")
    for marks, assertion in (
        (MISSING, Assertion.UNDOCUMENTED),
        ((Mark.DENIED_BEFORE, Mark.DENIED_NEXT), Assertion.DENIED),
    ):
        for mark in marks:
            ends = [end for _, end in scopes.at.get(mark, ())]
            if any(end <= colon + 1 and colon - end <= _HEAD_REACH for end in ends):
                return assertion
    return None


def missing_around(start: int, scopes: Scopes) -> bool:
    """Whether words that carry their own polarity are said to be missing from the file.

    A clause can be: "there is no documentation that conservative care has failed"; and what the
    words of want name at once: "no evidence of failed injections".
    """
    stops = scopes.at.get(Mark.ENDS_SCOPE, ())
    marks = (
        *scopes.at.get(Mark.UNDOCUMENTED_BEFORE, ()),
        *scopes.at.get(Mark.UNSEEN_BEFORE, ()),
    )
    joints = [joint for joint in scopes.at.get(Mark.WHETHER, ()) if joint[1] <= start + 1]
    names = [
        said for said in scopes.at.get(Mark.SAID_BEFORE, ()) if said[1] <= start <= said[1] + 1
    ]
    return any(
        mark[1] <= start + 1
        and (
            any(mark[0] <= j[0] <= mark[1] + _SAYING_REACH for j in joints)
            or any(mark[0] <= said[0] <= mark[1] + 1 for said in names)
        )
        for mark in _reaching(marks, start, stops)
    )


def not_yet_so(start: int, end: int, scopes: Scopes) -> bool:
    """Whether the words at ``[start, end)`` tell what may come.

    "Contingent upon the response to therapy" does, and "functional improvement is expected", which
    lends its "improvement" to both.
    """
    stops = scopes.at.get(Mark.ENDS_SCOPE, ())
    return any(
        start <= mark[0] < end < mark[1]
        or (mark[0] < start and not any(mark[1] <= s and e <= start + 1 for s, e in stops))
        for mark in scopes.at.get(Mark.HYPOTHETICAL, ())
    )


def of_another_person(start: int, scopes: Scopes) -> bool:
    """Whether the words at *start* are said of somebody who is not the worker.

    What stands before the other person is still the worker's: "takes naproxen, his wife Xanax".
    """
    again = scopes.at.get(Mark.WORKER_AGAIN, ())
    return any(
        mark[0] <= start and not any(mark[1] <= s <= start for s, _ in again)
        for mark in scopes.at.get(Mark.ANOTHER_PERSON, ())
    )


def turned_inside(assertion: Assertion, start: int, end: int, scopes: Scopes) -> Assertion:
    """Return *assertion* as negations between the words themselves turn it.

    "Pain has not been reduced" holds the words of "pain reduced" with a gap between them.
    """
    # "Neither X nor Y": the "nor" goes on with what is denied already.
    joints = scopes.at.get(Mark.LIST, ()) if assertion is Assertion.DENIED else ()
    inside = {
        mark
        for mark in NEGATIONS
        for s, e in scopes.at.get(mark, ())
        if start <= s and e <= end and (s, e) not in joints
    }
    if not inside or assertion is Assertion.UNDOCUMENTED:
        return assertion
    if inside.intersection(MISSING):
        return Assertion.UNDOCUMENTED
    return Assertion.DENIED if assertion is Assertion.AFFIRMED else Assertion.AFFIRMED


def _chained(marks: Sequence[tuple[int, int]]) -> int:
    """Count the last negation and those that it follows upon."""
    count = 0
    start: int | None = None
    for mark in reversed(marks):
        if start is not None and start - mark[1] > _CHAIN:
            break
        count += start is None or mark[1] <= start
        start = mark[0]
    return count


def _reaching(
    marks: Sequence[tuple[int, int]], start: int, stops: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the marks before *start* that reach it, also those whose last words the cue shares.

    "A lack of studies demonstrating X" lends its "studies demonstrating" to both.
    """
    return [
        mark
        for mark in marks
        if (mark[1] <= start + 1 or mark[0] < start < mark[1])
        and not any(mark[1] <= s < start for s, _ in stops)
    ]


def _following(
    marks: Sequence[tuple[int, int]],
    start: int,
    end: int,
    stops: Sequence[tuple[int, int]],
    reach: int = _BACKWARD_REACH,
) -> list[tuple[int, int]]:
    """Return the marks behind *end* that reach back to it, also those that begin in the cue.

    "Improvement was not documented" lends its "was" to both.
    """
    return [
        mark
        for mark in marks
        if (end - 1 <= mark[0] <= end + reach or start <= mark[0] < end < mark[1])
        and not any(end <= s < mark[0] for s, _ in stops)
    ]
