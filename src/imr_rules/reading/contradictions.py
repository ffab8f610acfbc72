"""One reading that both affirms and denies a fact: the two sides, each with its quotations.

The merged value stays what the vocabulary's rule says; this tells that the letter says otherwise
too. Most opposite findings are no contradiction: an exam that finds one thing and not another, a
change from one visit to the next, a left and a right side. Two statements count only where nothing
tells apart what they speak of, and they stand in sentences of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product

from imr_rules.facts.model import UNDOCUMENTED, Evidence, Finding, InnerConflict, Reading, Value
from imr_rules.facts.vocabulary import Scope, Vocabulary
from imr_rules.letters.dates import WRITTEN
from imr_rules.reading.flat import flatten
from imr_rules.reading.lexicon import Lexicon
from imr_rules.reading.occurrence import words_of
from imr_rules.reading.same_thing import Named
from imr_rules.reading.sentences import sentence_bounds
from imr_rules.reading.times import day_told

_MOST_A_SIDE = 12  # statements of one value that are compared: bounds the work on hostile text
_LONGEST = 1_000  # characters on either side of a finding in which its sentence is looked for
_BEFORE = 4_000  # characters before the sentence in which its day may be named
_DATE = re.compile(rf"\b{WRITTEN}\b")


@dataclass(frozen=True, slots=True)
class _About:
    """What a finding's sentence tells of where and when; *aspects* is empty for all of them."""

    sentence: tuple[int, int]
    day: str
    not_now: bool
    qualified: bool
    aspects: frozenset[str]
    sides: frozenset[str]
    places: frozenset[str]
    parts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Looks for contradictions in what was read of one letter, whose text is *text*."""

    text: str
    lexicon: Lexicon
    vocabulary: Vocabulary
    _seen: dict[tuple[str, int, int], _About] = field(default_factory=dict)
    """A summary's findings come up again with every item."""

    def among(
        self,
        reading: Reading,
        merged: Mapping[str, tuple[Value, Sequence[Finding]]],
        findings: Sequence[Finding],
    ) -> Iterator[InnerConflict]:
        """Yield the contradictions among the *findings* of one *reading* of one item.

        *merged* is what :func:`imr_rules.reading.read.merge_values` made of them.
        """
        for fact, (value, carriers) in merged.items():
            pairs = self.vocabulary[fact].contradictions
            if not pairs:
                continue
            surest = max(finding.confidence for finding in carriers)
            stated = [f for f in findings if f.fact == fact and f.confidence == surest]
            said = {finding.value for finding in stated}
            for denial, affirmation in pairs:
                if not {denial, affirmation} <= said:
                    continue
                against = self._opposed(stated, denial, affirmation)
                if against is not None:
                    yield InnerConflict(
                        fact,
                        reading,
                        value,
                        affirmation,
                        denial,
                        (_evidence(against[1]),),
                        (_evidence(against[0]),),
                    )

    def overtaken(self, told: Finding, others: Iterable[Finding], *, since: int) -> bool:
        """Whether one of *others* tells otherwise of the same thing and fact, on a later visit.

        The visits are those told of from *since* on. That a later visit leaves a thing out
        overtakes nothing.
        """
        about, day = self._about(told), self.day_told(told, since=since)

        def overtakes(other: Finding) -> bool:
            if other.fact != told.fact or other.value in (told.value, UNDOCUMENTED):
                return False
            later = self._about(other)
            # "Left 4/5 on the first visit, right 5/5 on the last": which side is whose, only the
            # words between tell.
            is_mixed = later.sentence == about.sentence and len(about.sides) > 1
            return (
                not is_mixed
                and not later.qualified
                and self.day_told(other, since=since) > day
                and _speak_of_one_thing(later, about, self.vocabulary, told.fact, self.lexicon)
            )

        return any(overtakes(other) for other in others)

    def day_told(self, finding: Finding, *, since: int) -> date:
        """Return the day of the visit that *finding* tells of, among those told of from *since*."""
        sentence, same_thing = self._about(finding).sentence, self.lexicon.same_thing
        return day_told(self.text, (finding.start, finding.end), sentence, since, same_thing)

    def _opposed(
        self, stated: Sequence[Finding], denial: str, affirmation: str
    ) -> tuple[Finding, Finding] | None:
        """Return the first denial and affirmation that speak of the same thing, or None."""
        denials = [f for f in stated if f.value == denial][:_MOST_A_SIDE]
        affirmations = [f for f in stated if f.value == affirmation][:_MOST_A_SIDE]
        for one, other in product(denials, affirmations):
            if _of_the_same(
                self._about(one), self._about(other), self.vocabulary, one.fact, self.lexicon
            ):
                return one, other
        return None

    def _about(self, finding: Finding) -> _About:
        key = (finding.fact, finding.start, finding.end)
        if key not in self._seen:
            self._seen[key] = _about(self.text, finding, self.lexicon)
        return self._seen[key]


def _of_the_same(
    denied: _About, affirmed: _About, vocabulary: Vocabulary, fact: str, lexicon: Lexicon
) -> bool:
    if denied.sentence == affirmed.sentence or denied.day != affirmed.day:
        return False
    if denied.not_now != affirmed.not_now or denied.qualified or affirmed.qualified:
        return False
    return _speak_of_one_thing(denied, affirmed, vocabulary, fact, lexicon)


def _speak_of_one_thing(
    denied: _About, affirmed: _About, vocabulary: Vocabulary, fact: str, lexicon: Lexicon
) -> bool:
    # "No deficits" denies every kind of them; "strength 5/5" denies no loss of feeling.
    if denied.aspects and not denied.aspects & affirmed.aspects:
        return False
    if _differ(denied.sides, affirmed.sides) or _differ(denied.places, affirmed.places):
        return False
    if vocabulary[fact].scope is not Scope.BODY_PART:
        return True
    if fact in lexicon.same_thing.along_nerves:
        return not denied.parts or not affirmed.parts or _near(denied, affirmed, lexicon)
    return not _differ(denied.parts, affirmed.parts)


def _differ(ones: frozenset[str], others: frozenset[str]) -> bool:
    return bool(ones and others and ones.isdisjoint(others))


def _near(denied: _About, affirmed: _About, lexicon: Lexicon) -> bool:
    return any(
        one == other
        or other in lexicon.speaks_for.get(one, ())
        or one in lexicon.speaks_for.get(other, ())
        for one, other in product(denied.parts, affirmed.parts)
    )


def _about(text: str, finding: Finding, lexicon: Lexicon) -> _About:
    first = max(0, finding.start - _LONGEST)
    flat = flatten(text, first, min(len(text), finding.end + _LONGEST))
    at = next(
        (
            (start, end)
            for start, end in sentence_bounds(flat.text)
            if flat.original(start, end)[0] <= finding.start < flat.original(start, end)[1]
        ),
        (0, len(flat.lower)),
    )
    sentence = flat.lower[slice(*at)]
    quote = " ".join(finding.quote.lower().split())
    same_thing = lexicon.same_thing
    found = max(0, sentence.find(quote))
    bounds = flat.original(*at)
    before = text[max(0, bounds[0] - _BEFORE) : bounds[0]]
    days = _DATE.findall(sentence) or _DATE.findall(before.lower())
    return _About(
        sentence=bounds,
        day=" ".join(days[-1].split()) if days else "",
        not_now=bool(same_thing.earlier.search(sentence) or same_thing.at_times.search(sentence)),
        qualified=same_thing.qualified.search(sentence) is not None,
        aspects=_aspects(same_thing.aspects.get(finding.fact, {}), quote, sentence[:found]),
        sides=_named(same_thing.sides, sentence),
        places=_named(same_thing.places, sentence),
        parts=lexicon.body_parts(words_of(sentence)),
    )


def _aspects(of_fact: Named, quote: str, before: str) -> frozenset[str]:
    """Return the aspects that the words themselves name, or else the last one named before them."""
    own = _named(of_fact, quote)
    if own:
        return own
    last = max(
        ((m.start(), name) for name, p in of_fact.items() for m in p.finditer(before)),
        default=None,
    )
    return frozenset((last[1],)) if last else frozenset()


def _named(patterns: Named, text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in patterns.items() if pattern.search(text))


def _evidence(finding: Finding) -> Evidence:
    return Evidence(finding.section, quote=finding.quote, start=finding.start, end=finding.end)
