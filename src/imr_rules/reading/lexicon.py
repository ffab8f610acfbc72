"""``rules/reading/`` → the compiled lexicon: how letters say each fact.

One lexicon serves any number of letters; compiling it takes a fraction of a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import PackError, PackErrors, UnknownNameError, WrongTypeError
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.reading.pattern import WORD_END, Pattern, PatternError, compile_phrase
from imr_rules.reading.same_thing import SameThing, load_same_thing
from imr_rules.strict_yaml import Document, Loc
from imr_rules.treatments.catalogue import Catalogue

_Key = TypeVar("_Key", str, str | None)


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Texts = Annotated[list[str], Field(default_factory=list)]
_Scalar = str | int | float | None


class Reach(StrEnum):
    """Which readings a cue is good for."""

    BOTH = "both"
    RECORD = "record"
    RATIONALE = "rationale"


class _RawCue(_Raw):
    say: str | list[str]
    value: _Scalar = None
    denied: _Scalar = None
    undocumented: _Scalar = None
    times: float | int | None = None
    only_in: Annotated[Reach, Field(strict=False)] = Reach.BOTH
    near: _Texts
    unless_near: _Texts
    about_item: bool | None = None
    categories: _Texts
    as_it_stands: bool = False
    affirms: bool = True
    names_another: bool = False
    only_if_missing: bool = False
    broad: bool = False
    of_guideline: bool = False


class _RawFactCues(_Raw):
    about_item: bool = False
    names_part: bool = False
    own_kind: bool = False
    nearest_part: bool = False
    categories: _Texts
    cues: list[_RawCue]


class Mark(StrEnum):
    """What a phrase of ``assertion.yaml`` or ``talk.yaml`` does to the words around it."""

    DENIED_BEFORE = "denied_before"
    DENIED_NEXT = "denied_next"
    DENIED_AFTER = "denied_after"
    UNDOCUMENTED_BEFORE = "undocumented_before"
    UNDOCUMENTED_AFTER = "undocumented_after"
    UNSEEN_BEFORE = "unseen_before"
    WANTING_AFTER = "wanting_after"
    SAID_AFTER = "said_after"
    SAID_BEFORE = "said_before"
    NOT_NEGATION = "not_negation"
    ENDS_SCOPE = "ends_scope"
    ANSWER_NO = "answer_no"
    ANSWER_NO_APART = "answer_no_apart"
    ANSWER_YES = "answer_yes"
    CLAUSE = "clause"
    LIST = "list"
    WHETHER = "whether"
    EXAMINED = "examined"
    GUIDELINE = "guideline"
    CASE = "case"
    PATIENT = "patient"
    UTILIZATION_REVIEW = "utilization_review"
    CONCLUSION = "conclusion"
    TREATING = "treating"
    HYPOTHETICAL = "hypothetical"


MISSING = (Mark.UNDOCUMENTED_BEFORE, Mark.UNDOCUMENTED_AFTER, Mark.UNSEEN_BEFORE)
NEGATIONS = frozenset((Mark.DENIED_BEFORE, Mark.DENIED_NEXT, Mark.DENIED_AFTER, *MISSING))


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
    name of another kind of care are not meant. *names_another*: the words
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
    near: re.Pattern[str] | None
    unless_near: re.Pattern[str] | None
    about_item: bool
    categories: frozenset[str]
    as_it_stands: bool
    names_another: bool
    only_if_missing: bool
    names_part: bool
    own_kind: bool = False
    nearest_part: bool = False
    broad: bool = False
    of_guideline: bool = False
    own_negation: bool = False
    """Whether the phrase itself holds a negation; one inside the words then belongs to them."""
    own_missing: bool = False
    """Whether the phrase itself says that something is missing from the file."""


@dataclass(frozen=True)
class Candidates:
    """What of the lexicon can occur in one sentence."""

    cues: tuple[Cue, ...]
    marks: Mapping[Mark, tuple[re.Pattern[str], ...]]


# Sets of numbered things, as the bits of a number: joined and met at once, however many there are.
_Bits = int
_WordIndex = tuple[_Bits, _Bits, _Bits]
_MOST_WORDS = 20_000  # a text of ever new words must not fill the memory


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
    along_nerves: Mapping[str, frozenset[str]] = field(repr=False)
    """By body part: the parts whose mention speaks for it where a fact runs along nerves."""
    speaks_for: Mapping[str, frozenset[str]] = field(repr=False)
    """By body part: the parts whose mention also speaks for it, itself included."""
    same_thing: SameThing = field(repr=False)
    _relevant: Mapping[str, Mapping[str, tuple[str, ...]]] = field(repr=False)
    _body_names: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = field(repr=False)
    words_of_parts: frozenset[str] = field(repr=False)
    """The words of which the names of parts and sides are made."""
    between_parts: frozenset[str] = field(repr=False)
    """The words that join such names to a list."""
    _cues_by_anchor: Mapping[str, _Bits] = field(repr=False)
    _marks_by_anchor: Mapping[str, _Bits] = field(repr=False)
    _cue_needs: tuple[_Bits, ...] = field(repr=False)
    _mark_needs: tuple[_Bits, ...] = field(repr=False)
    _needs_by_beginning: Mapping[str, _Bits] = field(repr=False)
    """By word beginning: the needs of cues and marks that such a word meets."""
    _cues_in: Mapping[Reach, _Bits] = field(repr=False)
    """By reading: the cues that are good for it."""
    _cues_for: Mapping[str | None, _Bits] = field(repr=False)
    """By category: the cues that are for it; by None: those for every one."""
    _exact_cues: _Bits = field(repr=False)
    _cues_of: Mapping[str, _Bits] = field(repr=False)
    """By fact: its cues."""
    _words: dict[str, _WordIndex] = field(default_factory=dict, repr=False, compare=False)
    """What words met so far bring up: letters use few words, over and over."""

    def cues_for(
        self, reading: Reach, categories: Iterable[str | None], facts: Iterable[str]
    ) -> _Bits:
        """Return what :meth:`candidates` may choose from in a passage.

        The cues good for *reading* that are for one of *categories*, and of the broad ones those
        of *facts*; of no categories or facts means of any.
        """
        chosen = self._cues_in[reading]
        if categories := list(categories):
            chosen &= _joined_bits(self._cues_for.get(name, 0) for name in (None, *categories))
        if facts := list(facts):
            chosen &= self._exact_cues | _joined_bits(self._cues_of.get(f, 0) for f in facts)
        return chosen

    def candidates(self, words: Sequence[str], among: _Bits | None = None) -> Candidates:
        """Return what can occur in the sentence of these *words* (lower case).

        *among* are the cues that count there at all, as :meth:`cues_for` returns them.
        """
        met = found = marked = 0
        for word in set(words):
            needs, anchored, marking = self._words.get(word) or self._word(word)
            met |= needs
            found |= anchored
            marked |= marking
        if among is not None:
            found &= among
        unmet = ~met
        cues, needed = self.cues, self._cue_needs
        possible = tuple([cues[i] for i in _numbers(found) if not needed[i] & unmet])
        marks: dict[Mark, tuple[re.Pattern[str], ...]] = {}
        for index in _numbers(marked):
            if not self._mark_needs[index] & unmet:
                mark, pattern = self.marks[index]
                marks[mark] = (*marks.get(mark, ()), pattern.regex)
        return Candidates(possible, marks)

    def _word(self, word: str) -> _WordIndex:
        """Return what *word* brings up: the needs it meets, the cues and marks it anchors."""
        beginnings = {word[:length] for length in range(1, _KEY + 1)} | {word[:_KEY] + WORD_END}
        found: _WordIndex = (
            _found(beginnings, self._needs_by_beginning),
            _found(beginnings, self._cues_by_anchor),
            _found(beginnings, self._marks_by_anchor),
        )
        if len(self._words) < _MOST_WORDS:
            self._words[word] = found
        return found

    def relevant_facts(
        self, category: str | None, body_parts: Iterable[str], treatment: str | None = None
    ) -> frozenset[str]:
        """Return the facts that *treatment*, one of *category*, is judged by for *body_parts*."""
        tables = [self._relevant.get(name or "", {}) for name in (category, treatment)]
        wanted = ("any", *body_parts)
        return frozenset(f for table in tables for part in wanted for f in table.get(part, ()))

    def body_parts(self, words: Sequence[str]) -> frozenset[str]:
        """Return the body parts that the sentence of these *words* names.

        A name within a longer one is none of its own: "cervical spine" is not the spine.
        """
        found: set[str] = set()
        covered = longest = 0
        for position, word in enumerate(words):
            for name, part in self._body_names.get(word, ()):
                end = position + len(name)
                if end > covered and tuple(words[position:end]) == name:
                    found.add(part)
                    longest = max(longest, end)
            covered = longest
        return frozenset(found)


def words_of(lower_sentence: str) -> list[str]:
    """Return the words of a flat, lower-case sentence."""
    return _WORD.findall(lower_sentence)


_WORD = re.compile(r"\w+|\+")
_KEY = 12  # word beginnings are indexed up to this length


def load_lexicon(rules: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Lexicon:
    """Read and compile ``reading/`` of the *rules* folder.

    Raises:
        PackErrors: every problem, each with file, line and column.
    """
    folder = rules / "reading"
    words = _word_lists(folder)
    problems: list[PackError] = []
    cues: list[Cue] = []
    for path in sorted((folder / "cues").glob("*.yaml")):
        document = strict_yaml.read(path)
        if not isinstance(document.data, dict):
            raise WrongTypeError("the file maps facts to their cues.", at=document.at())
        for fact in document.data:
            try:
                cues.extend(_fact_cues(document, fact, words, vocabulary, catalogue))
            except PackErrors as errors:
                problems.extend(errors.problems)
            except PackError as error:
                problems.append(error)
    marks: list[tuple[Mark, Pattern]] = []
    for name in ("assertion.yaml", "talk.yaml"):
        try:
            marks.extend(_marks(folder / name, words))
        except PackErrors as errors:
            problems.extend(errors.problems)
    if problems:
        raise PackErrors(problems)
    needs, met_by = _numbered_needs([*(c.pattern for c in cues), *(p for _, p in marks)])
    return Lexicon(
        cues=tuple(
            replace(
                cue,
                own_negation=_holds(cue, marks, NEGATIONS),
                own_missing=_holds(cue, marks, frozenset(MISSING)),
            )
            for cue in cues
        ),
        marks=tuple(marks),
        item_words=_item_words(folder / "item_words.yaml", words, catalogue),
        sides=_sides(catalogue),
        kinds_of_care=_item_words(folder / "kinds_of_care.yaml", words, catalogue),
        along_nerves=_regions(folder / "regions.yaml", catalogue, "speaks_for", "along_nerves"),
        speaks_for=_regions(folder / "regions.yaml", catalogue, "speaks_for"),
        same_thing=load_same_thing(folder / "same_thing.yaml", words, vocabulary),
        _relevant=_relevant(folder / "relevant.yaml", vocabulary, catalogue),
        _body_names=_body_names(catalogue),
        words_of_parts=_words_of_parts(catalogue),
        between_parts=frozenset(strict_yaml.read(folder / "regions.yaml").data["between_parts"]),
        _cues_by_anchor=_by_anchor(cue.pattern for cue in cues),
        _marks_by_anchor=_by_anchor(pattern for _, pattern in marks),
        _cue_needs=tuple(_bits_of(numbers) for numbers in needs[: len(cues)]),
        _mark_needs=tuple(_bits_of(numbers) for numbers in needs[len(cues) :]),
        _needs_by_beginning={word: _bits_of(numbers) for word, numbers in met_by.items()},
        _cues_in={
            reading: _bits_of(i for i, c in enumerate(cues) if c.only_in in (reading, Reach.BOTH))
            for reading in Reach
        },
        _cues_for=_grouped(
            (name, i) for i, c in enumerate(cues) for name in c.categories or [None]
        ),
        _exact_cues=_bits_of(i for i, c in enumerate(cues) if not c.broad),
        _cues_of=_grouped((c.fact, i) for i, c in enumerate(cues)),
    )


def _key(anchor: str) -> str:
    """Return the word beginning under which *anchor* is indexed."""
    whole = anchor.endswith(WORD_END)
    return anchor.removesuffix(WORD_END)[:_KEY] + (WORD_END if whole else "")


def _numbers(bits: _Bits) -> list[int]:
    """Return the places of the ones of *bits*; in digits they are found faster than by shifts."""
    digits = bin(bits)[:1:-1]
    numbers: list[int] = []
    place = digits.find("1")
    while place >= 0:
        numbers.append(place)
        place = digits.find("1", place + 1)
    return numbers


def _joined_bits(sets: Iterable[_Bits]) -> _Bits:
    joined = 0
    for one in sets:
        joined |= one
    return joined


def _bits_of(numbers: Iterable[int]) -> _Bits:
    return _joined_bits(1 << number for number in numbers)


def _grouped(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, _Bits]:
    found: dict[_Key, _Bits] = {}
    for key, number in pairs:
        found[key] = found.get(key, 0) | 1 << number
    return found


def _found(beginnings: set[str], indexes: Mapping[str, _Bits]) -> _Bits:
    return _joined_bits(indexes[key] for key in beginnings & indexes.keys())


def _numbered_needs(
    patterns: Sequence[Pattern],
) -> tuple[list[frozenset[int]], dict[str, set[int]]]:
    """Number what the words of *patterns* need, each choice of words once.

    Returns the numbers that each pattern needs, and those that each word beginning meets: whether
    a pattern can occur in a sentence is then a comparison of two small sets.
    """
    numbers: dict[frozenset[str], int] = {}
    of_patterns: list[frozenset[int]] = []
    for pattern in patterns:
        # The anchors brought the pattern up; only what it needs besides is still open.
        others = {frozenset(_key(w) for w in n) for n in pattern.needs if n != pattern.anchors}
        of_patterns.append(frozenset(numbers.setdefault(need, len(numbers)) for need in others))
    met_by: dict[str, set[int]] = {}
    for need, number in numbers.items():
        for beginning in need:
            met_by.setdefault(beginning, set()).add(number)
    return of_patterns, met_by


def _holds(cue: Cue, marks: Iterable[tuple[Mark, Pattern]], of: frozenset[Mark]) -> bool:
    words = " ".join(words_of(cue.pattern.phrase.lower()))
    return any(mark in of and pattern.regex.search(words) for mark, pattern in marks)


def _by_anchor(patterns: Iterable[Pattern]) -> Mapping[str, _Bits]:
    found: dict[str, _Bits] = {}
    for index, pattern in enumerate(patterns):
        for anchor in pattern.anchors:
            found[_key(anchor)] = found.get(_key(anchor), 0) | 1 << index
    return found


def _word_lists(folder: Path) -> Mapping[str, Sequence[str]]:
    document = strict_yaml.read(folder / "words.yaml")
    if not isinstance(document.data, dict):
        raise WrongTypeError("words.yaml maps names to lists of phrases.", at=document.at())
    return document.data


def _fact_cues(
    document: Document,
    name: str,
    words: Mapping[str, Sequence[str]],
    vocabulary: Vocabulary,
    catalogue: Catalogue,
) -> Iterable[Cue]:
    fact = vocabulary.require(name, document.at(name))
    raw = strict_yaml.validate(_RawFactCues, document, document.data[name], loc=(name,))
    for category in raw.categories:
        _category(category, catalogue, document, (name, "categories"))
    for index, entry in enumerate(raw.cues):
        loc: Loc = (name, "cues", index)
        for category in entry.categories:
            _category(category, catalogue, document, (*loc, "categories"))
        values = _values(entry, fact.type)
        for value in values:
            if value is not None:
                fact.check(value, at=document.at(*loc))
        for phrase in [entry.say] if isinstance(entry.say, str) else entry.say:
            pattern = _compiled(phrase, words, document, (*loc, "say"))
            counts = fact.type is FactType.NUMBER and not entry.only_if_missing
            if counts and values[0] is None and not _captures(pattern):
                raise WrongTypeError(
                    "a number cue captures one with '#', '@count' or '@date', or gives a value.",
                    at=document.at(*loc),
                )
            yield Cue(
                fact=name,
                pattern=pattern,
                value=values[0],
                denied=values[1],
                undocumented=values[2],
                times=float(entry.times or 1),
                only_in=entry.only_in,
                near=_near(entry.near, words, document, loc),
                unless_near=_near(entry.unless_near, words, document, loc),
                about_item=raw.about_item if entry.about_item is None else entry.about_item,
                categories=frozenset(entry.categories or raw.categories),
                as_it_stands=entry.as_it_stands,
                names_another=entry.names_another,
                only_if_missing=entry.only_if_missing,
                names_part=raw.names_part,
                own_kind=raw.own_kind,
                nearest_part=raw.nearest_part,
                broad=entry.broad,
                of_guideline=entry.of_guideline,
            )


def _values(entry: _RawCue, kind: FactType) -> tuple[Value | None, Value | None, Value | None]:
    """Fill what a cue leaves out: yes, denied no, undocumented undocumented.

    With ``affirms: false`` the bare words mean nothing: "conservative care" tells something only
    under "there is no documentation of".
    """
    missing = "undocumented" if entry.undocumented is None else entry.undocumented
    if entry.only_if_missing:
        return None, missing if entry.denied is None else entry.denied, missing
    if kind is not FactType.YES_NO:
        return entry.value, entry.denied, missing
    value = "yes" if entry.value is None else entry.value
    opposite = {"yes": "no", "no": "yes"}.get(str(value))
    denied = opposite if entry.denied is None else entry.denied
    return (value if entry.affirms else None), denied, missing


def _captures(pattern: Pattern) -> bool:
    return bool({"number", "count", "date"} & set(pattern.regex.groupindex))


def _category(name: str, catalogue: Catalogue, document: Document, loc: Loc) -> None:
    if name not in catalogue.categories:
        raise UnknownNameError("category", name, catalogue.categories, at=document.at(*loc))


def _compiled(
    phrase: str, words: Mapping[str, Sequence[str]], document: Document, loc: Loc
) -> Pattern:
    try:
        return compile_phrase(phrase, words)
    except (PatternError, re.error) as error:
        raise WrongTypeError(f"cue {phrase!r}: {error}", at=document.at(*loc)) from None


def _near(
    phrases: list[str], words: Mapping[str, Sequence[str]], document: Document, loc: Loc
) -> re.Pattern[str] | None:
    return _joined(phrases, words, document, loc) if phrases else None


def _joined(
    phrases: Sequence[str], words: Mapping[str, Sequence[str]], document: Document, loc: Loc
) -> re.Pattern[str]:
    patterns = [_compiled(p, words, document, loc).regex.pattern for p in phrases]
    return re.compile("|".join(_uncaptured(p) for p in patterns))


def _uncaptured(expression: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", expression)


def _marks(path: Path, words: Mapping[str, Sequence[str]]) -> list[tuple[Mark, Pattern]]:
    document = strict_yaml.read(path)
    data: dict[str, list[str]] = document.data
    problems: list[PackError] = []
    marks: list[tuple[Mark, Pattern]] = []
    for name, phrases in data.items():
        if name not in set(Mark):
            problems.append(UnknownNameError("mark", name, list(Mark), at=document.at(name)))
            continue
        for index, phrase in enumerate(phrases):
            try:
                marks.append((Mark(name), _compiled(phrase, words, document, (name, index))))
            except PackError as error:
                problems.append(error)
    if problems:
        raise PackErrors(problems)
    return marks


def _item_words(
    path: Path, words: Mapping[str, Sequence[str]], catalogue: Catalogue
) -> Mapping[str, re.Pattern[str]]:
    document = strict_yaml.read(path)
    data: dict[str, Any] = document.data or {}
    for category in data:
        _category(category, catalogue, document, (category,))
    return {
        category: _joined(phrases, words, document, (category,))
        for category, phrases in data.items()
    }


def _sides(catalogue: Catalogue) -> Mapping[str, re.Pattern[str]]:
    """Return the words of each side; single letters are too often something else."""
    return {
        side: re.compile(r"(?<!\w)(?:" + "|".join(w for w in words if len(w) > 1) + r")(?!\w)")
        for side, words in catalogue.sides.items()
    }


def _regions(path: Path, catalogue: Catalogue, *tables: str) -> Mapping[str, frozenset[str]]:
    """Return by body part the parts that speak for it by any of *tables*, itself included."""
    document = strict_yaml.read(path)
    speaking: dict[str, set[str]] = {part: {part} for part in catalogue.body_parts}
    for table in tables:
        for part, others in document.data[table].items():
            for name in (part, *others):
                if name not in catalogue.body_parts:
                    at = document.at(table, part)
                    raise UnknownNameError("body part", name, catalogue.body_parts, at=at)
            speaking[part].update(others)
    return {part: frozenset(others) for part, others in speaking.items()}


def _relevant(
    path: Path, vocabulary: Vocabulary, catalogue: Catalogue
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    document = strict_yaml.read(path)
    data: dict[str, dict[str, list[str]]] = document.data or {}
    for category, by_part in data.items():
        if category not in catalogue.treatments:
            _category(category, catalogue, document, (category,))
        for part, facts in by_part.items():
            at = document.at(category, part)
            if part != "any" and part not in catalogue.body_parts:
                raise UnknownNameError("body part", part, catalogue.body_parts, at=at)
            for fact in facts:
                vocabulary.require(fact, at)
    return {
        category: {part: tuple(facts) for part, facts in by_part.items()}
        for category, by_part in data.items()
    }


def _words_of_parts(catalogue: Catalogue) -> frozenset[str]:
    names = _body_names(catalogue).values()
    of_names = {word for entries in names for name, _ in entries for word in name}
    return frozenset(of_names.union(*catalogue.sides.values()))


def _body_names(
    catalogue: Catalogue,
) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for part, names in catalogue.body_part_names.items():
        for name in names:
            words = tuple(words_of(name.lower()))
            for variant in (words, (*words[:-1], words[-1] + "s")):
                found.setdefault(variant[0], []).append((variant, part))
    return {word: tuple(entries) for word, entries in found.items()}
