"""The compiled lexicon: how letters say each fact, and what turns or frames what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice, pairwise, takewhile

from imr_rules.facts.model import Value
from imr_rules.reading.occurrence import Bits, Occurring, PatternIndex, joined_bits
from imr_rules.reading.pattern import Expression, Pattern
from imr_rules.reading.results import Results
from imr_rules.reading.same_thing import SameThing


class Reach(StrEnum):
    """Which readings a cue is good for."""

    BOTH = "both"
    RECORD = "record"
    RATIONALE = "rationale"


class Mark(StrEnum):
    """What a phrase of ``assertion.yaml`` or ``talk.yaml`` does to the words around it."""

    DENIED_BEFORE = "denied_before"
    DENIED_NEXT = "denied_next"
    DENIED_AFTER = "denied_after"
    UNDOCUMENTED_BEFORE = "undocumented_before"
    UNDOCUMENTED_AFTER = "undocumented_after"
    UNSEEN_BEFORE = "unseen_before"
    UNSUPPORTED_AFTER = "unsupported_after"
    WANTING_AFTER = "wanting_after"
    SAID_AFTER = "said_after"
    SAID_BEFORE = "said_before"
    NOT_NEGATION = "not_negation"
    ENDS_SCOPE = "ends_scope"
    ENDS_DENIAL = "ends_denial"
    ANSWER_NO = "answer_no"
    ANSWER_NO_APART = "answer_no_apart"
    ANSWER_YES = "answer_yes"
    CLAUSE = "clause"
    LIST = "list"
    WHETHER = "whether"
    EXAMINED = "examined"
    GUIDELINE = "guideline"
    CASE = "case"
    PARTICULAR = "particular"
    GENERAL = "general"
    CONCLUSION = "conclusion"
    WORKER_SAYS = "worker_says"
    TREATING_SAYS = "treating_says"
    UTILIZATION_REVIEW = "utilization_review"
    ANOTHER_PERSON = "another_person"
    WORKER_AGAIN = "worker_again"
    HYPOTHETICAL = "hypothetical"


MISSING = (
    Mark.UNDOCUMENTED_BEFORE,
    Mark.UNDOCUMENTED_AFTER,
    Mark.UNSEEN_BEFORE,
    Mark.UNSUPPORTED_AFTER,
)
NEGATIONS = frozenset((Mark.DENIED_BEFORE, Mark.DENIED_NEXT, Mark.DENIED_AFTER, *MISSING))
ONLY_IN_RATIONALE = frozenset((Mark.GUIDELINE, Mark.CASE, Mark.PARTICULAR, Mark.GENERAL))
"""What tells talk of the guideline from talk of the case, where there may be both."""
TALK = ONLY_IN_RATIONALE | {Mark.CONCLUSION, Mark.UTILIZATION_REVIEW, Mark.ANOTHER_PERSON}
"""What tells whether a sentence speaks of the case, and from where: looked for in every one."""
RAISED = "raised"
"""In ``relevant.yaml``, beside body parts: facts that weigh only if a rationale raises them."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One way a letter says a fact.

    *value* is what the words mean when affirmed (None: the captured number, times *times*),
    *denied* and *undocumented* what they mean under a negation (None: nothing). With
    *as_it_stands* the words carry their own polarity and negations around them are ignored.
    *about_item*: the sentence must speak of the item's own treatment. *names_part*: only a body
    part named in the sentence itself narrows it to some items; otherwise the part of the sentences
    before it does as well ("Right shoulder: ... Strength was reduced."). *nearest_part*:
    of several parts that a sentence names, the one at the words. *own_kind*: visits counted by the
    name of another kind of care are not meant. *own_part*: nor are those made for another part
    of the body. *names_another*: the words
    themselves must name something else (the other opioid beside the one that is asked for). With
    *only_if_missing* the affirmed words mean nothing: a pain score tells of no relief, but one that
    is missing leaves the relief undocumented. *broad*: a wide net for what the exact cues leave; it
    counts only where no exact cue speaks of the fact in the same reading. *of_guideline*: it is
    read in talk of the guideline too, for facts that are the guideline's own stance.
    """

    fact: str
    pattern: Pattern
    value: Value | None
    denied: Value | None
    undocumented: Value | None
    times: float
    only_in: Reach
    near: Expression | None
    unless_near: Expression | None
    about_item: bool
    categories: frozenset[str]
    as_it_stands: bool
    names_another: bool
    only_if_missing: bool
    names_part: bool
    own_kind: bool = False
    own_part: bool = False
    nearest_part: bool = False
    broad: bool = False
    of_guideline: bool = False
    own_negation: bool = False
    """Whether the phrase itself holds a negation; one inside the words then belongs to them."""
    own_missing: bool = False
    """Whether the phrase itself says that something is missing from the file."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in a passage, by number: marks, cues, and cues that read the guideline."""

    talk: Bits
    """The marks that every sentence is looked through for."""
    marks: Bits
    """The others, looked for where a sentence states something."""
    cues: Bits
    of_guideline: Bits


@dataclass(frozen=True)
class Kinds:
    """The numbers of cues and marks, kind by kind."""

    marks_in: Mapping[Reach, Bits]
    talk: Bits
    cues_in: Mapping[Reach, Bits]
    cues_for: Mapping[str | None, Bits]
    """By category; by None: those for every one."""
    cues_of: Mapping[str, Bits]
    """By fact."""
    exact_cues: Bits
    cues_of_guideline: Bits


@dataclass(frozen=True)
class Lexicon:
    """Every cue, found by the beginning of a word that its sentence must hold."""

    cues: tuple[Cue, ...]
    marks: tuple[tuple[Mark, Pattern], ...]
    item_words: Mapping[str, re.Pattern[str]] = field(repr=False)
    """By category: the words by which a sentence speaks of such a treatment."""
    sides: Mapping[str, re.Pattern[str]] = field(repr=False)
    """By side: the words that name it."""
    kinds_of_care: Mapping[str, re.Pattern[str]] = field(repr=False)
    """By category: the names of care that is counted in visits."""
    results: Results = field(repr=False)
    along_nerves: Mapping[str, frozenset[str]] = field(repr=False)
    """By body part: the parts whose mention speaks for it where a fact runs along nerves."""
    speaks_for: Mapping[str, frozenset[str]] = field(repr=False)
    """By body part: the parts whose mention also speaks for it, itself included."""
    same_thing: SameThing = field(repr=False)
    read_as: Mapping[str, str] = field(repr=False)
    """By treatment: the category it is spoken of as, where that is not its own."""
    _relevant: Mapping[str, Mapping[str, tuple[str, ...]]] = field(repr=False)
    _body_names: Mapping[str, tuple[tuple[tuple[str, ...], str | None], ...]] = field(repr=False)
    """By its first word: each name with its part; before them, under None, what names no part."""
    words_of_parts: frozenset[str] = field(repr=False)
    """The words of which the names of parts and sides are made."""
    between_parts: frozenset[str] = field(repr=False)
    """The words that join such names to a list."""
    radiates: frozenset[str] = field(repr=False)
    """The words between the part where pain begins and the parts that it reaches."""
    _examined: frozenset[str] = field(repr=False)
    """The words that an examination opens with: "of" and the part examined stand behind them."""
    _index: PatternIndex = field(repr=False)
    """The marks, and behind them the cues: marks are fewer, and asked for in every sentence."""
    _kinds: Kinds = field(repr=False)

    def sought(
        self, reading: Reach, categories: Iterable[str | None], facts: Iterable[str]
    ) -> Sought:
        """Return what is looked for in a passage of *reading*.

        The cues that are for one of *categories*, and of the broad ones those of *facts*; of no
        categories or facts means of any.
        """
        kinds = self._kinds
        cues = kinds.cues_in[reading]
        if categories := list(categories):
            cues &= joined_bits(kinds.cues_for.get(name, 0) for name in (None, *categories))
        if facts := list(facts):
            cues &= kinds.exact_cues | joined_bits(kinds.cues_of.get(f, 0) for f in facts)
        of_guideline = kinds.cues_of_guideline if reading is Reach.RATIONALE else 0
        marks = kinds.marks_in[reading]
        return Sought(marks & kinds.talk, marks & ~kinds.talk, cues, cues & of_guideline)

    def occurring(self, words: Iterable[str]) -> Occurring:
        """Return what the *words* (lower case) of a sentence bring up."""
        return self._index.occurring(words)

    def marks_among(self, occurring: Occurring, sought: Bits) -> Mapping[Mark, tuple[Pattern, ...]]:
        """Return the marks *sought* that can occur in the sentence."""
        marks: dict[Mark, tuple[Pattern, ...]] = {}
        for number in self._index.numbers(occurring, sought):
            mark, pattern = self.marks[number]
            marks[mark] = (*marks.get(mark, ()), pattern)
        return marks

    def cues_among(self, occurring: Occurring, sought: Bits) -> tuple[Cue, ...]:
        """Return the cues *sought* that can occur in the sentence."""
        cues, first = self.cues, len(self.marks)
        return tuple([cues[number - first] for number in self._index.numbers(occurring, sought)])

    def relevant_facts(
        self, category: str | None, body_parts: Iterable[str], treatment: str | None = None
    ) -> frozenset[str]:
        """Return the facts that *treatment*, one of *category*, is judged by for *body_parts*."""
        return self._listed(("any", *body_parts), category, treatment)

    def raised_facts(self, category: str | None, treatment: str | None = None) -> frozenset[str]:
        """Return the facts that weigh on *treatment*, one of *category*, only if a rationale does.

        A summary tells of them by the way.
        """
        return self._listed((RAISED,), category, treatment)

    def _listed(
        self, under: Iterable[str], category: str | None, treatment: str | None
    ) -> frozenset[str]:
        tables = [self._relevant.get(name or "", {}) for name in (category, treatment)]
        return frozenset(f for key in under for table in tables for f in table.get(key, ()))

    def body_parts(self, words: Sequence[str]) -> frozenset[str]:
        """Return the body parts that the sentence of these *words* names.

        A name within a longer one is none of its own: "cervical spine" is not the spine, and
        "came back" and "hand therapy" name no part at all.
        """
        if self._body_names.keys().isdisjoint(words):
            return frozenset()
        found: set[str] = set()
        covered = longest = 0
        for position, word in enumerate(words):
            for name, part in self._body_names.get(word, ()):
                end = position + len(name)
                if end > covered and tuple(words[position:end]) == name:
                    longest = max(longest, end)
                    if part is None:
                        break
                    found.add(part)
            covered = longest
        return frozenset(found)

    def examined_parts(self, words: Sequence[str]) -> frozenset[str]:
        """Return the parts whose examination the sentence of these *words* tells of."""
        found: frozenset[str] = frozenset()
        if self._examined.isdisjoint(words):
            return found
        named = self.words_of_parts | self.between_parts
        for start, (word, following) in enumerate(pairwise(words)):
            if word in self._examined and following == "of":
                behind = takewhile(named.__contains__, islice(words, start + 2, None))
                found |= self.body_parts(list(behind))
        return found
