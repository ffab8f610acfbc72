"""``rules/reading/`` → the compiled lexicon.

One lexicon serves any number of letters: reading the files takes a few seconds, and each expression
is compiled when a letter first needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.errors import PackError, PackErrors, UnknownNameError, WrongTypeError, gathered
from imr_rules.facts.model import Value
from imr_rules.facts.vocabulary import FactType, Vocabulary
from imr_rules.misfits import Loc
from imr_rules.reading.lexicon import (
    MISSING,
    NEGATIONS,
    ONLY_IN_RATIONALE,
    RAISED,
    TALK,
    Cue,
    Kinds,
    Lexicon,
    Mark,
    Reach,
)
from imr_rules.reading.occurrence import Bits, PatternIndex, bits_of, words_of
from imr_rules.reading.pattern import Pattern, any_of
from imr_rules.reading.phrases import Phrases
from imr_rules.reading.rarity import Rarity
from imr_rules.reading.results import load_results
from imr_rules.reading.same_thing import load_same_thing
from imr_rules.reading.shapes import (
    CommonWordsFile,
    PhrasesFile,
    ReadAsFile,
    RegionsFile,
    RelevantFile,
)
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue

_Key = TypeVar("_Key", str, str | None)


class _Raw(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_Texts = Annotated[list[str], Field(default_factory=list)]
_Scalar = str | int | float | None


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
    of_guideline: bool = False


class _RawFactCues(_Raw):
    about_item: bool = False
    names_part: bool = False
    own_kind: bool = False
    own_part: bool = False
    nearest_part: bool = False
    groups: Annotated[dict[str, list[str]], Field(default_factory=dict)]
    categories: _Texts
    cues: Annotated[list[_RawCue], Field(default_factory=list)]
    broad: Annotated[list[_RawCue], Field(default_factory=list)]


def load_lexicon(rules: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Lexicon:
    """Read and compile ``reading/`` of the *rules* folder.

    Raises:
        PackErrors: every problem, each with file, line and column.
    """
    folder = rules / "reading"
    problems: list[PackError] = []
    rarity = Rarity()
    with gathered(problems):
        rarity = _rarity(folder / "common_words.yaml")
    phrases = Phrases(folder / "words.yaml", rarity)
    cues: list[Cue] = []
    for path in sorted((folder / "cues").glob("*.yaml")):
        with gathered(problems):
            cues.extend(_fact_cues(strict_yaml.read(path), phrases, vocabulary, catalogue))
    marks: list[tuple[Mark, Pattern]] = []
    for name in ("assertion.yaml", "talk.yaml"):
        with gathered(problems):
            marks.extend(_marks(folder / name, phrases))
    with gathered(problems):
        regions = _regions(folder / "regions.yaml", catalogue)
    with gathered(problems):
        item_words = _item_words(folder / "item_words.yaml", phrases, catalogue)
    with gathered(problems):
        kinds_of_care = _item_words(folder / "kinds_of_care.yaml", phrases, catalogue)
    with gathered(problems):
        results = load_results(folder / "results.yaml", phrases)
    with gathered(problems):
        same_thing = load_same_thing(folder / "same_thing.yaml", phrases, vocabulary)
    with gathered(problems):
        read_as = _read_as(folder / "read_as.yaml", catalogue)
    with gathered(problems):
        relevant = _relevant(folder / "relevant.yaml", vocabulary, catalogue)
    if problems:
        raise PackErrors(problems)
    return Lexicon(
        cues=tuple(_with_own_marks(cues, marks)),
        marks=tuple(marks),
        item_words=item_words,
        sides=_sides(catalogue),
        kinds_of_care=kinds_of_care,
        results=results,
        along_nerves=_speaking(catalogue, regions.speaks_for, regions.along_nerves),
        speaks_for=_speaking(catalogue, regions.speaks_for),
        same_thing=same_thing,
        read_as=read_as,
        _relevant=relevant,
        _body_names=_body_names(catalogue, regions.no_part),
        words_of_parts=_words_of_parts(catalogue),
        between_parts=frozenset(regions.between_parts),
        radiates=frozenset(regions.radiates),
        _examined=frozenset(regions.examined),
        _index=PatternIndex(
            [*(pattern for _, pattern in marks), *(cue.pattern for cue in cues)],
            rarity,
        ),
        _kinds=_kinds(cues, [mark for mark, _ in marks]),
    )


def _kinds(cues: Sequence[Cue], marks: Sequence[Mark]) -> Kinds:
    """Number *marks*, and *cues* behind them, kind by kind."""
    numbered = list(enumerate(cues, start=len(marks)))
    return Kinds(
        marks_in={
            reading: bits_of(
                i
                for i, m in enumerate(marks)
                if reading is not Reach.RECORD or m not in ONLY_IN_RATIONALE
            )
            for reading in Reach
        },
        talk=bits_of(i for i, m in enumerate(marks) if m in TALK),
        cues_in={
            reading: bits_of(i for i, c in numbered if c.only_in in (reading, Reach.BOTH))
            for reading in Reach
        },
        cues_for=_grouped((name, i) for i, c in numbered for name in c.categories or [None]),
        cues_of=_grouped((c.fact, i) for i, c in numbered),
        exact_cues=bits_of(i for i, c in numbered if not c.broad),
        cues_of_guideline=bits_of(i for i, c in numbered if c.of_guideline),
    )


def _grouped(pairs: Iterable[tuple[_Key, int]]) -> dict[_Key, Bits]:
    found: dict[_Key, Bits] = {}
    for key, number in pairs:
        found[key] = found.get(key, 0) | 1 << number
    return found


def _with_own_marks(cues: Iterable[Cue], marks: Iterable[tuple[Mark, Pattern]]) -> Iterator[Cue]:
    """Yield *cues*, each knowing which negations its own words hold."""
    negations = [(mark, pattern) for mark, pattern in marks if mark in NEGATIONS]
    index = PatternIndex([pattern for _, pattern in negations], Rarity())
    all_of_them = bits_of(range(len(negations)))
    for cue in cues:
        words = words_of(cue.pattern.phrase.lower())
        near = index.numbers(index.occurring(words), all_of_them)
        said = " ".join(words)
        held = {negations[n][0] for n in near if negations[n][1].first_in(said)}
        yield replace(cue, own_negation=bool(held), own_missing=not held.isdisjoint(MISSING))


def _fact_cues(
    document: Document,
    phrases: Phrases,
    vocabulary: Vocabulary,
    catalogue: Catalogue,
) -> Iterable[Cue]:
    """Yield the cues of the fact that the file is named for."""
    name = document.path.stem
    fact = vocabulary.require(name, document.at())
    raw = strict_yaml.validate(_RawFactCues, document)
    for group, members in raw.groups.items():
        if group in catalogue.categories:
            raise WrongTypeError(f"{group!r} is a category.", at=document.at("groups", group))
        for category in members:
            _category(category, catalogue, document, ("groups", group))
    for_all = _grouped_categories(raw.categories, raw.groups, catalogue, document, ("categories",))
    exact: list[tuple[Loc, _RawCue]] = [(("cues", i), cue) for i, cue in enumerate(raw.cues)]
    broad: list[tuple[Loc, _RawCue]] = [(("broad", i), cue) for i, cue in enumerate(raw.broad)]
    for loc, entry in (*exact, *broad):
        categories = _grouped_categories(
            entry.categories, raw.groups, catalogue, document, (*loc, "categories")
        )
        values = _values(entry, fact.type)
        for value in values:
            if value is not None:
                fact.check(value, at=document.at(*loc))
        near = [phrases.compiled(phrase, document, (*loc, "near")) for phrase in entry.near]
        # Words that must stand near are words that the sentence must hold.
        beside = frozenset[str]().union(*(other.anchors for other in near))
        must_stand = any_of(near) if near else None
        must_not = (
            phrases.any_of(entry.unless_near, document, (*loc, "unless_near"))
            if entry.unless_near
            else None
        )
        for phrase in [entry.say] if isinstance(entry.say, str) else entry.say:
            pattern = phrases.compiled(phrase, document, (*loc, "say"))
            pattern = replace(pattern, beside=beside)
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
                near=must_stand,
                unless_near=must_not,
                about_item=raw.about_item if entry.about_item is None else entry.about_item,
                categories=categories or for_all,
                as_it_stands=entry.as_it_stands,
                names_another=entry.names_another,
                only_if_missing=entry.only_if_missing,
                names_part=raw.names_part,
                own_kind=raw.own_kind,
                own_part=raw.own_part,
                nearest_part=raw.nearest_part,
                broad=loc[0] == "broad",
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
    return any(f"(?P<{group}>" in pattern.source for group in ("number", "count", "date"))


def _grouped_categories(
    names: Iterable[str],
    groups: Mapping[str, Iterable[str]],
    catalogue: Catalogue,
    document: Document,
    loc: Loc,
) -> frozenset[str]:
    """Return the categories that *names* stand for, each its own or that of one of *groups*."""
    found: set[str] = set()
    for name in names:
        if name not in groups:
            _category(name, catalogue, document, loc)
        found.update(groups.get(name, (name,)))
    return frozenset(found)


def _category(name: str, catalogue: Catalogue, document: Document, loc: Loc) -> None:
    if name not in catalogue.categories:
        raise UnknownNameError("category", name, catalogue.categories, at=document.at(*loc))


def _marks(path: Path, phrases: Phrases) -> list[tuple[Mark, Pattern]]:
    document = strict_yaml.read(path)
    problems: list[PackError] = []
    marks: list[tuple[Mark, Pattern]] = []
    for name, said in strict_yaml.validate(PhrasesFile, document).root.items():
        if name not in set(Mark):
            problems.append(UnknownNameError("mark", name, Mark, at=document.at(name)))
            continue
        for index, phrase in enumerate(said):
            with gathered(problems):
                marks.append((Mark(name), phrases.compiled(phrase, document, (name, index))))
    if problems:
        raise PackErrors(problems)
    return marks


def _item_words(
    path: Path, phrases: Phrases, catalogue: Catalogue
) -> Mapping[str, re.Pattern[str]]:
    document = strict_yaml.read(path)
    said = strict_yaml.validate(PhrasesFile, document).root
    for category in said:
        _category(category, catalogue, document, (category,))
    return {
        category: phrases.plain(names, document, (category,)) for category, names in said.items()
    }


def _sides(catalogue: Catalogue) -> Mapping[str, re.Pattern[str]]:
    """Return the words of each side; single letters are too often something else."""
    return {
        side: re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(w) for w in words if len(w) > 1)})(?!\w)")
        for side, words in catalogue.sides.items()
    }


def _regions(path: Path, catalogue: Catalogue) -> RegionsFile:
    document = strict_yaml.read(path)
    regions = strict_yaml.validate(RegionsFile, document)
    problems: list[PackError] = [
        UnknownNameError("body part", name, catalogue.body_parts, at=document.at(table, part))
        for table, parts in (
            ("speaks_for", regions.speaks_for),
            ("along_nerves", regions.along_nerves),
        )
        for part, others in parts.items()
        for name in (part, *others)
        if name not in catalogue.body_parts
    ]
    problems += [
        WrongTypeError(f"{said!r} holds no word.", at=document.at("no_part", index))
        for index, said in enumerate(regions.no_part)
        if not words_of(said)
    ]
    if problems:
        raise PackErrors(problems)
    return regions


def _speaking(
    catalogue: Catalogue, *tables: Mapping[str, Iterable[str]]
) -> Mapping[str, frozenset[str]]:
    """Return by body part the parts that speak for it by any of *tables*, itself included."""
    return {
        part: frozenset((part, *(other for table in tables for other in table.get(part, ()))))
        for part in catalogue.body_parts
    }


def _read_as(path: Path, catalogue: Catalogue) -> Mapping[str, str]:
    document = strict_yaml.read(path)
    read_as = strict_yaml.validate(ReadAsFile, document).root
    for treatment, category in read_as.items():
        if treatment not in catalogue.treatments:
            at = document.at(treatment)
            raise UnknownNameError("treatment", treatment, catalogue.treatments, at=at)
        _category(category, catalogue, document, (treatment,))
    return read_as


def _rarity(path: Path) -> Rarity:
    return Rarity(strict_yaml.validate(CommonWordsFile, strict_yaml.read(path)).root)


def _relevant(
    path: Path, vocabulary: Vocabulary, catalogue: Catalogue
) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    document = strict_yaml.read(path)
    relevant = strict_yaml.validate(RelevantFile, document).root
    for category, by_part in relevant.items():
        if category not in catalogue.treatments:
            _category(category, catalogue, document, (category,))
        for part, facts in by_part.items():
            at = document.at(category, part)
            if part not in ("any", RAISED) and part not in catalogue.body_parts:
                raise UnknownNameError("body part", part, catalogue.body_parts, at=at)
            for fact in facts:
                vocabulary.require(fact, at)
    return {
        category: {part: tuple(facts) for part, facts in by_part.items()}
        for category, by_part in relevant.items()
    }


def _words_of_parts(catalogue: Catalogue) -> frozenset[str]:
    names = _body_names(catalogue, ()).values()
    of_names = {word for entries in names for name, _ in entries for word in name}
    return frozenset(of_names.union(*catalogue.sides.values()))


def _body_names(
    catalogue: Catalogue, no_part: Iterable[str]
) -> Mapping[str, tuple[tuple[tuple[str, ...], str | None], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str | None]]] = {}
    for name in no_part:
        words = tuple(words_of(name))
        found.setdefault(words[0], []).append((words, None))
    for part, names in catalogue.body_part_names.items():
        for name in names:
            words = tuple(words_of(name.lower()))
            for variant in (words, (*words[:-1], words[-1] + "s")):
                found.setdefault(variant[0], []).append((variant, part))
    return {word: tuple(entries) for word, entries in found.items()}
