"""YAML of ``rules/audit`` → the policy of the audit, every name in it looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from imr_rules import strict_yaml
from imr_rules.audit.phrases import Phrases
from imr_rules.audit.policy import (
    CauseWords,
    CitationPolicy,
    ConflictPolicy,
    ContradictionPolicy,
    NoisePolicy,
    Policy,
    RuleId,
    RulePolicy,
    UnaddressedWords,
    Words,
)
from imr_rules.errors import PackError, PackErrors, UnknownNameError, WrongTypeError, gathered
from imr_rules.facts.model import UNDOCUMENTED
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.strict_yaml import Document
from imr_rules.treatments.catalogue import Catalogue


class _RulesFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    rules: Mapping[str, RulePolicy]


class _ConflictsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    speaks_for: Mapping[str, Words]
    other_causes: Mapping[str, Phrases]
    because: Phrases
    brings: Phrases
    conflicts: Mapping[str, ConflictPolicy]


def load_policy(rules: Path, vocabulary: Vocabulary, catalogue: Catalogue) -> Policy:
    """Read the folder ``audit`` of the *rules* folder.

    Raises:
        PackErrors: every problem found: files that cannot be read or do not hold what they
            should, phrases of which no expression can be made, names that nothing defines.
    """
    folder = rules / "audit"
    problems: list[PackError] = []
    with gathered(problems):
        document = strict_yaml.read(folder / "rules.yaml")
        stated = strict_yaml.validate(_RulesFile, document).rules
        problems.extend(_wrong_rules(stated, document))
    with gathered(problems):
        document = strict_yaml.read(folder / "evidence_conflict.yaml")
        conflicts = strict_yaml.validate(_ConflictsFile, document)
        problems.extend(_wrong_conflicts(conflicts, document, vocabulary, catalogue))
    with gathered(problems):
        document = strict_yaml.read(folder / "self_contradiction.yaml")
        contradiction = strict_yaml.validate(ContradictionPolicy, document)
        problems.extend(_wrong_contradiction(contradiction, document, catalogue))
    with gathered(problems):
        document = strict_yaml.read(folder / "citation.yaml")
        citation = strict_yaml.validate(CitationPolicy, document)
        problems.extend(_wrong_citation(citation, document, catalogue))
    with gathered(problems):
        document = strict_yaml.read(folder / "unaddressed.yaml")
        unaddressed = strict_yaml.validate(UnaddressedWords, document)
    with gathered(problems):
        noise = strict_yaml.validate(NoisePolicy, strict_yaml.read(folder / "noise.yaml"))
    if problems:
        raise PackErrors(problems)
    return Policy(
        rules={rule: stated[rule] for rule in RuleId},
        conflicts=conflicts.conflicts,
        speaks_for=conflicts.speaks_for,
        causes=CauseWords(conflicts.other_causes, conflicts.because, conflicts.brings),
        contradiction=contradiction,
        unaddressed=unaddressed,
        citation=citation,
        noise=noise,
    )


def _unknown(
    what: str, names: Iterable[str], known: Collection[str], document: Document, *loc: str | int
) -> Iterator[PackError]:
    """Yield those of *names*, the list or the keys at *loc*, that are none of *known*."""
    for index, name in enumerate(names):
        if name not in known:
            # The place of a key where one stands, else that of the entry of the list.
            step = name if (*loc, name) in document.places else index
            yield UnknownNameError(what, name, known, at=document.at(*loc, step))


def _wrong_rules(stated: Mapping[str, RulePolicy], document: Document) -> Iterator[PackError]:
    """Yield what is no rule, and the rules left out: their first finding would have no title."""
    yield from _unknown("rule", stated, tuple(RuleId), document, "rules")
    for rule in RuleId:
        if rule not in stated:
            yield WrongTypeError(f"rule {rule.value!r} is missing.", at=document.at("rules"))


def _wrong_conflicts(
    file: _ConflictsFile, document: Document, vocabulary: Vocabulary, catalogue: Catalogue
) -> Iterator[PackError]:
    yield from _unknown("body part", file.speaks_for, catalogue.body_parts, document, "speaks_for")
    for part, others in file.speaks_for.items():
        loc = ("speaks_for", part)
        yield from _unknown("body part", others, catalogue.body_parts, document, *loc)
    causes, known = file.other_causes, catalogue.body_parts
    yield from _unknown("body part", causes, known, document, "other_causes")
    yield from _unknown("fact", file.conflicts, vocabulary, document, "conflicts")
    for fact, policy in file.conflicts.items():
        loc = ("conflicts", fact)
        yield from _unknown("fact", policy.counts_for, vocabulary, document, *loc, "counts_for")
        if fact in vocabulary:
            values = (*vocabulary[fact].known_values, UNDOCUMENTED)
            what = f"value of {fact!r}"
            yield from _unknown(what, policy.affirms, values, document, *loc, "affirms")
            yield from _unknown(what, policy.denies, values, document, *loc, "denies")


def _wrong_contradiction(
    policy: ContradictionPolicy, document: Document, catalogue: Catalogue
) -> Iterator[PackError]:
    for index, group in enumerate(policy.near):
        yield from _unknown("body part", group, catalogue.body_parts, document, "near", index)
    topical = policy.forms.topical_treatments
    loc = ("forms", "topical_treatments")
    yield from _unknown("treatment", topical, catalogue.names, document, *loc)
    categories = policy.study_categories
    yield from _unknown("category", categories, catalogue.categories, document, "study_categories")


def _wrong_citation(
    policy: CitationPolicy, document: Document, catalogue: Catalogue
) -> Iterator[PackError]:
    for chapter, parts in policy.chapters.items():
        loc = ("chapters", chapter)
        yield from _unknown("body part", parts, catalogue.body_parts, document, *loc)
    known = catalogue.categories
    yield from _unknown("category", policy.anywhere, known, document, "anywhere")
    for index, later in enumerate(policy.later):
        asked = later.categories
        yield from _unknown("category", asked, known, document, "later", index, "categories")
