"""The fixed phrases of letters, from ``rules/reading/letter_layout.yaml``, ready to search for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.letters.model import Outcome

_Phrase = Annotated[str, Field(min_length=1)]
_Names = Annotated[tuple[_Phrase, ...], Field(strict=False, min_length=1)]

_NOT_COUNTED = re.compile(r"[\s\-~]+")


class Hit(NamedTuple):
    """One phrase found: the group it belongs to and where it stands."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class PhraseSet:
    """Phrases in named groups, searched for in one pass over a text."""

    pattern: re.Pattern[str]
    kinds: Mapping[str, str]

    @classmethod
    def of(cls, groups: Mapping[str, Iterable[str]]) -> PhraseSet:
        """Compile *groups*; where two phrases begin alike, the longer one is tried first."""
        kinds = {_key(phrase): kind for kind, phrases in groups.items() for phrase in phrases}
        ordered = sorted({p for phrases in groups.values() for p in phrases}, key=len, reverse=True)
        # A flat alternation of literals: the engine then skips ahead by first letter, which
        # named groups would forbid.
        return cls(re.compile("|".join(_source(phrase) for phrase in ordered)), kinds)

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Yield every phrase in ``text[start:end]``, in order, none overlapping another."""
        for match in self.pattern.finditer(text, start, len(text) if end is None else end):
            yield Hit(self.kinds[_key(match.group())], match.start(), match.end())

    def first(self, text: str, start: int = 0, end: int | None = None) -> Hit | None:
        """Return the first phrase in ``text[start:end]``."""
        return next(self.find(text, start, end), None)


def next_start(hits: Sequence[Hit], place: int, end: int) -> int:
    """Return where the hit after ``hits[place]`` begins, or *end* behind the last one."""
    return hits[place + 1].start if place + 1 < len(hits) else end


def _key(phrase: str) -> str:
    return _NOT_COUNTED.sub("", phrase).casefold()


def _source(phrase: str) -> str:
    """Write *phrase* as a pattern whose every repetition is bounded, so that no text is slow."""
    parts: list[str] = []
    for piece in re.findall(r"\s+|~|-|:|[^\s~:-]+", phrase):
        if piece.isspace():
            # Wide enough for a page break in double-spaced text.
            parts.append(r"\s{1,12}")
        elif piece == "~":
            parts.append(r"(?:-\s{0,12})?")
        elif piece == "-":
            parts.append(r"-\s{0,12}")
        elif piece == ":":
            parts.append(r"\s{0,4}:")
        else:
            parts.append(re.escape(piece))
    source = "".join(parts)
    first = source[0]
    if first.isupper():
        return f"{first}(?i:{source[1:]})"
    if first.islower():
        return f"[{first}{first.upper()}](?i:{source[1:]})"
    return f"(?i:{source})"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Headings(_Frozen):
    """The headings of every period."""

    method: _Names
    documents: _Names
    summary: _Names
    decisions: _Names
    current_decisions: _Names
    numbered_decisions: _Names
    professional: _Names
    issue: _Names
    professional_guideline: _Names
    professional_rationale: _Names
    professional_decision: _Names
    qualifications: _Names


class Labels(_Frozen):
    """The labels of a disputed item since 2014."""

    claims_administrator_guideline: _Names
    reviewer_guideline: _Names
    current_reviewer_guideline: _Names
    rationale: _Names


class Verdicts(_Frozen):
    """How a professional review says its outcome."""

    denied: _Names
    granted: _Names


class HeaderLabels(_Frozen):
    """The labels of the header's case number, priority and dates."""

    case_number: _Names
    priority: _Names
    injury_date: _Names
    assigned_date: _Names
    received_date: _Names
    denial_date: _Names
    decision_date: _Names


class PartialApproval(_Frozen):
    """The clauses by which a title tells that part of a request was authorized."""

    original: _Phrase
    remaining: _Phrase


class Numbered(_Frozen):
    """The sentences of a disputed item in letters of 2013."""

    lead_in: _Names
    detail: _Names
    denied: _Names
    granted: _Names
    claims_administrator_guideline: _Names
    claims_administrator_statement: _Names
    reviewer_guideline: _Names
    reviewer_statement: _Names
    rationale: _Names


class ReviewerLabels(_Frozen):
    """How the reviewer's credentials are introduced, in labelled lines or in prose."""

    licensure: _Names
    specialty: _Names
    prose_licensure: _Names
    prose_specialty: _Names
    prose_subspecialty: _Names


class RequestForm(_Frozen):
    """The words of the form that requests are sent on: its table, and where it is signed."""

    head: _Names
    columns: _Names
    signature: _Names
    signed_on: _Names
    end: _Names
    quantity_words: _Names


class Citations(_Frozen):
    """The fixed words of guideline lines."""

    opening: _Phrase
    outside: _Phrase
    inside: _Phrase
    none_cited: _Names
    outside_mtus: _Names
    not_part: _Phrase
    relied_on: _Names
    sections: _Names
    pages: _Names
    documents: _Names
    comma_names: _Names


class LetterPhrases(_Frozen):
    """Every phrase of ``letter_layout.yaml``, with the searches built from them."""

    headings: Headings
    decisions_intro: _Names
    summary_intro: _Names
    outcomes: Mapping[_Phrase, Annotated[Outcome, Field(strict=False)]]
    labels: Labels
    numbered: Numbered
    verdicts: Verdicts
    partial_approval: PartialApproval
    rationale_closings: _Names
    letter_closings: _Names
    sentence_words: _Names
    abbreviations: _Names
    page_furniture: _Names
    header: HeaderLabels
    reviewer: ReviewerLabels
    request_form: RequestForm
    citations: Citations

    @cached_property
    def heading_set(self) -> PhraseSet:
        return PhraseSet.of(self.headings.model_dump())

    @cached_property
    def label_set(self) -> PhraseSet:
        return PhraseSet.of(self.labels.model_dump())

    @cached_property
    def header_set(self) -> PhraseSet:
        return PhraseSet.of(self.header.model_dump())

    @cached_property
    def intro_set(self) -> PhraseSet:
        return PhraseSet.of({"decisions": self.decisions_intro, "summary": self.summary_intro})

    @cached_property
    def closing_set(self) -> PhraseSet:
        return PhraseSet.of({"closing": self.rationale_closings})

    @cached_property
    def letter_closing_set(self) -> PhraseSet:
        return PhraseSet.of({"letter_closing": self.letter_closings})

    @cached_property
    def partial_set(self) -> PhraseSet:
        return PhraseSet.of(
            {
                "original": (self.partial_approval.original,),
                "remaining": (self.partial_approval.remaining,),
            }
        )

    @cached_property
    def furniture_set(self) -> PhraseSet:
        return PhraseSet.of({"furniture": self.page_furniture})

    @cached_property
    def reviewer_set(self) -> PhraseSet:
        return PhraseSet.of(self.reviewer.model_dump())

    @cached_property
    def numbered_set(self) -> PhraseSet:
        labels = self.numbered.model_dump()
        return PhraseSet.of({kind: labels[kind] for kind in labels if kind != "lead_in"})

    @cached_property
    def form_head_set(self) -> PhraseSet:
        return PhraseSet.of({"head": self.request_form.head})

    @cached_property
    def form_column(self) -> re.Pattern[str]:
        """One word or sign of the head of the form's table, with the white space around it."""
        words = PhraseSet.of({"column": self.request_form.columns}).pattern.pattern
        return re.compile(rf"[\s:]{{0,12}}(?:{words})[\s:]{{0,12}}")

    @cached_property
    def form_end_set(self) -> PhraseSet:
        form = self.request_form
        return PhraseSet.of({"signature": form.signature, "end": form.end})

    @cached_property
    def signed_on_set(self) -> PhraseSet:
        return PhraseSet.of({"signed_on": self.request_form.signed_on})

    @cached_property
    def form_quantity(self) -> re.Pattern[str]:
        """A line of how often or how much: with a number in front, or a word of such lines."""
        words = "|".join(map(re.escape, self.request_form.quantity_words))
        return re.compile(rf"[#x(]? ?\d|.*\b(?:{words})s?\b", re.I)

    @cached_property
    def verdict_set(self) -> PhraseSet:
        return PhraseSet.of(self.verdicts.model_dump())

    @cached_property
    def lead_in_set(self) -> PhraseSet:
        return PhraseSet.of({"lead_in": self.numbered.lead_in})

    @cached_property
    def outcome_words(self) -> re.Pattern[str]:
        forms = {form for word in self.outcomes for form in (word, word.upper())}
        return re.compile("|".join(sorted(map(re.escape, forms), key=len, reverse=True)))

    def outcome_of(self, word: str) -> Outcome:
        """Return what the outcome word *word*, in either case, stands for."""
        return next(kind for known, kind in self.outcomes.items() if known.upper() == word.upper())

    @cached_property
    def known_abbreviations(self) -> frozenset[str]:
        return frozenset(self.abbreviations)

    @cached_property
    def sentence_word(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(map(re.escape, self.sentence_words))})\b")


def load_letter_phrases(rules: Path) -> LetterPhrases:
    """Read the phrases of letters from ``reading/letter_layout.yaml`` of the *rules* folder.

    Raises:
        PackError: the file cannot be read.
        PackErrors: every problem in it, each with its line and column.
    """
    path = rules / "reading" / "letter_layout.yaml"
    return strict_yaml.validate(LetterPhrases, strict_yaml.read(path))
