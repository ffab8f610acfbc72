"""Whether a sentence speaks of this case or of a guideline, and who says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from imr_rules.facts.model import Section, Speaker
from imr_rules.reading.assertion import Places, Scopes, lies_within
from imr_rules.reading.lexicon import Mark
from imr_rules.reading.model import Subject

# A quotation of some length; a shorter one is a word of the worker's or of a note.
_QUOTATION = re.compile(r'"(?<![\w"]")(?=\w)[^"]{60,1500}"(?!\w)')
_QUOTED_AT_ONCE = 30  # characters, such as "The guideline says: ", before it
_SHORTEST_TITLE = 20  # characters; a shorter one is the plain name of the treatment
# A sentence joined to the one before it, or numbered in a list.
_JOINED = re.compile(r"(?:;|(?<!\d)\d{1,2}[.)])\s?\Z")
_SPEAKERS = {
    Mark.WORKER_SAYS: Speaker.PATIENT,
    Mark.TREATING_SAYS: Speaker.TREATING,
    Mark.UTILIZATION_REVIEW: Speaker.UTILIZATION_REVIEW,
}


@dataclass(slots=True)
class CaseTalk:
    """Follows, sentence by sentence, whether the flat *text* of a *section* speaks of the case.

    A summary does, but for what utilization review said. A rationale speaks of the case where no
    guideline is named; what may be said of anybody, and what a semicolon joins to the sentence
    before it, goes on with what that one spoke of.
    """

    text: str
    section: Section
    _about_case: bool = field(default=False, init=False)
    _quotations: Sequence[tuple[int, int]] = field(default=(), init=False)

    def __post_init__(self) -> None:
        if self.section is Section.RATIONALE:
            self._quotations = [m.span() for m in _QUOTATION.finditer(self.text)]

    def opens_at(self, start: int, end: int, talk: Places) -> int | None:
        """Return from where the sentence ``[start, end)`` speaks of the case; None: nowhere.

        *talk* are its marks of talk; the sentences of the text are asked about in order.
        """
        if self.section is not Section.RATIONALE:
            return None if Mark.UTILIZATION_REVIEW in talk else 0
        guideline = talk.get(Mark.GUIDELINE, ())
        # "if there is no improvement" is the guideline's own condition, whatever stands inside it.
        case = [c for c in talk.get(Mark.CASE, ()) if not lies_within(c, guideline)]
        # A sentence may begin with the mark that closes a quotation.
        quoted = [
            (q[0] - start, q[1] - start)
            for q in self._quotations
            if q[0] < end and start < q[1] - 1
        ]
        if quoted and self._quotes_guideline(quoted[0][0], talk):
            self._about_case = False
            case = [c for c in case if not lies_within(c, quoted)]
            # '... and so on." In this case': what begins behind the quotation is not its own.
            behind = [c for c in case if c[0] >= quoted[-1][1]]
            if behind:
                self._about_case = True
                return behind[0][0]
            if quoted[0][0] < _QUOTED_AT_ONCE:
                return None
        if case and not guideline:
            # "The request is not medically necessary." often stands before the guideline.
            self._about_case = self._about_case or Mark.CONCLUSION not in talk
            return 0
        if case:
            self._about_case = True
            # "Per the guideline ...; in this case the records ...": it begins at its own words.
            return 0 if case[0][0] < guideline[0][0] else case[0][0]
        joined = _JOINED.search(self.text[max(0, start - 5) : start])
        goes_on = Mark.GENERAL in talk or joined
        # A criterion in a row of them may tell what "has persisted" as a case does.
        particular = Mark.PARTICULAR in talk and not joined
        self._about_case = not guideline and (self._about_case or particular or not goes_on)
        return 0 if self._about_case else None

    def _quotes_guideline(self, before: int, talk: Places) -> bool:
        """Whether what is quoted *before* characters into a sentence is the guideline.

        It is where the talk was of the guideline, or is so before the quotation opens.
        """
        if any(c[0] < before for c in talk.get(Mark.CASE, ())):
            return False
        return not self._about_case or any(g[0] < before for g in talk.get(Mark.GUIDELINE, ()))


def quoted_titles(text: str, subjects: Sequence[Subject]) -> list[tuple[int, int]]:
    """Find where *text* repeats a title word for word: what is asked for, and no finding of it."""
    titles = {" ".join(subject.title.lower().split()) for subject in subjects}
    found: list[tuple[int, int]] = []
    for title in titles:
        if len(title) < _SHORTEST_TITLE:
            continue
        start = text.find(title)
        while start >= 0:
            found.append((start, start + len(title)))
            start = text.find(title, start + len(title))
    return found


def speaker_at(start: int, scopes: Scopes, section: Section) -> Speaker:
    """Return who says what stands at *start*: whom the last words of saying before it name.

    What ends the reach of a negation ends the speech too: "he reports pain, but the exam ...";
    not where it is one of the words of saying: "utilization review denied it because ...".
    """
    stops = [stop for stop, _ in scopes.at.get(Mark.ENDS_SCOPE, ()) if stop < start]
    since = max(stops, default=-1)
    # Of "utilization review physician noted" and its "physician noted" the longer one speaks.
    said = [
        (mark[1], -mark[0], speaker)
        for words, speaker in _SPEAKERS.items()
        for mark in scopes.at.get(words, ())
        if since < mark[1] and mark[0] <= start
    ]
    if said:
        return max(said)[2]
    return Speaker.REVIEWER if section is Section.RATIONALE else Speaker.RECORD
