"""Whose a finding is: the items of a letter that the words of a cue speak of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from imr_rules.facts.vocabulary import Scope, Vocabulary
from imr_rules.reading.lexicon import Cue, Lexicon
from imr_rules.reading.model import Passage, Subject
from imr_rules.reading.occurrence import words_of

_BOTH_SIDES = "bilateral"
_KIND_REACH = 40  # characters behind a count of visits that may name the care
_PAUSE = re.compile(r"[,;]|\band\b")
_PAUSE_OF_CLAUSE = re.compile(r"[,;]")
_JOINS = frozenset(("and", "with", "but", "while"))
_LEADS_IN = 60  # characters before a finding in which its part may be named
_GOES_ON = re.compile(
    r"(?: \w+){0,3}[ ,]*(?:of|in|over|at|to|about|along|for|on|throughout) [^;:]{1,60}"
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a letter is read with: its text, its items, and the knowledge."""

    text: str
    subjects: Sequence[Subject]
    lexicon: Lexicon
    vocabulary: Vocabulary
    on: date | None


def items_of(
    cue: Cue,
    match: re.Match[str],
    passage: Passage,
    sentence: str,
    parts: frozenset[str],
    context: Context,
) -> list[int | None]:
    """Return the items a finding speaks of; ``[None]`` is the whole letter."""
    if passage.item is not None:
        own = [s for s in context.subjects if s.number == passage.item]
        fits = not own or any(_can_concern(s, cue, match, context.lexicon) for s in own)
        fits = fits and not _of_other_parts(own, cue, match, context)
        return [passage.item] if fits else []
    subjects = [s for s in context.subjects if _can_concern(s, cue, match, context.lexicon)]
    if context.subjects and not subjects:
        return []
    scope = context.vocabulary[cue.fact].scope
    if cue.nearest_part and len(parts) > 1:
        lexicon = context.lexicon
        last = _parts_last_named(match.string[: match.start()], lexicon)
        parts = _parts_at(match, lexicon) or last or parts
        parts |= _parts_it_radiates_from(match, lexicon)
    if cue.nearest_part:
        sentence = _with_its_side(match, context.lexicon) or sentence
    if cue.about_item and context.subjects:
        subjects = [s for s in subjects if speaks_of(s, sentence, context.lexicon)]
        if scope is Scope.BODY_PART and parts:
            subjects = [
                s for s in subjects if _is_about(s, cue.fact, parts, sentence, context.lexicon)
            ]
        return [s.number for s in subjects]
    if scope is Scope.BODY_PART and parts:
        named = [s for s in subjects if _is_about(s, cue.fact, parts, sentence, context.lexicon)]
        if len(named) < len(context.subjects):
            return [s.number for s in named]
        return [None]
    if len(subjects) == len(context.subjects):
        return [None]
    return [s.number for s in subjects]


def _of_other_parts(
    own: Sequence[Subject], cue: Cue, match: re.Match[str], context: Context
) -> bool:
    """Whether words of a rationale on the item *own* speak of a part that it is not about."""
    if context.vocabulary[cue.fact].scope is not Scope.BODY_PART:
        return False
    if not all(subject.body_parts for subject in own):
        return False
    parts = _parts_at(match, context.lexicon)
    return bool(parts and own) and not any(
        _is_of_parts(subject, cue.fact, parts, context.lexicon) for subject in own
    )


def _can_concern(subject: Subject, cue: Cue, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether *cue* is meant for such an item, and its words for another drug where it says so."""
    if cue.categories and cue.categories.isdisjoint(subject.kinds):
        return False
    if not names_one_of((subject,), match, lexicon):
        return False
    if cue.own_kind and _counts_another_kind(subject, match, lexicon):
        return False
    if cue.own_part and _counts_for_another_part(subject, cue.fact, match, lexicon):
        return False
    return not (cue.names_another and subject.names and subject.names.search(match.group()))


def _counts_another_kind(subject: Subject, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether *match*, or else the words that go on with it, names other care than the item's."""
    goes_on = _PAUSE.split(match.string[match.end() : match.end() + _KIND_REACH], 1)[0]
    for words in (match.group(), goes_on):
        kinds = [kind for kind, names in lexicon.kinds_of_care.items() if names.search(words)]
        if kinds:
            return not set(kinds).intersection(subject.kinds[-1:])
    return False


def _counts_for_another_part(
    subject: Subject, fact: str, match: re.Match[str], lexicon: Lexicon
) -> bool:
    """Whether *match*, with the words that go on with it, counts care of another part or side."""
    words = _words_at(match, lexicon)
    parts = lexicon.body_parts(words)
    return bool(parts and subject.body_parts) and not _is_about(
        subject, fact, parts, " ".join(words), lexicon
    )


def _parts_at(match: re.Match[str], lexicon: Lexicon) -> frozenset[str]:
    """Return the parts that the words of *match* name, that lead up to it or go on with it.

    "Tenderness of the low back, decreased motion of the right shoulder" measures the shoulder.
    """
    return lexicon.body_parts(_words_at(match, lexicon))


def _words_at(match: re.Match[str], lexicon: Lexicon) -> Sequence[str]:
    """Return the words of *match*, the parts that lead up to it, and what it goes on with."""
    words = words_of(match.group())
    before = words_of(_leading_in(match))
    if before and before[-1] in lexicon.words_of_parts:
        listed = lexicon.words_of_parts | lexicon.between_parts
        while before and before[-1] in listed:
            words.insert(0, before.pop())
    if goes_on := _GOES_ON.match(match.string, match.end()):
        words += _up_to_another_thing(words_of(goes_on.group()), lexicon)
    return words


def _up_to_another_thing(words: Sequence[str], lexicon: Lexicon) -> Sequence[str]:
    """Return *words* up to an "and" that joins no parts to a list.

    "Giving way on uneven ground and mild low back stiffness" is not of the low back, nor are ten
    visits "for the shoulder and none for the low back".
    """
    joins = [n for n, word in enumerate(words) if word in _JOINS]
    ends = [
        n
        for n in joins
        if n and (words[n - 1] not in lexicon.words_of_parts or words[n + 1 : n + 2] == ["none"])
    ]
    return words[: ends[0]] if ends else words


def _leading_in(match: re.Match[str]) -> str:
    """Return the words that lead up to *match*, as far back as they may name what it is of."""
    return match.string[max(0, match.start() - _LEADS_IN) : match.start()]


def _parts_it_radiates_from(match: re.Match[str], lexicon: Lexicon) -> frozenset[str]:
    """Return where pain begins that the words right before *match* let radiate.

    "Low back pain radiating down the left leg rated 6/10" rates the low back too.
    """
    reached = _PAUSE_OF_CLAUSE.split(_leading_in(match))[-1]
    if lexicon.radiates.isdisjoint(words_of(reached)):
        return frozenset()
    start = max(reached.rfind(word) for word in lexicon.radiates)
    return _parts_last_named(match.string[: match.start() - len(reached) + start], lexicon)


def _parts_last_named(text: str, lexicon: Lexicon) -> frozenset[str]:
    """Return the parts that *text* names last, as the neck in "neck pain, rated 3/10"."""
    before = words_of(text)
    for last in range(len(before) - 1, -1, -1):
        if before[last] in lexicon.words_of_parts:
            first = last
            while first and before[first - 1] in lexicon.words_of_parts:
                first -= 1
            return lexicon.body_parts(before[first : last + 1])
    return frozenset()


def _with_its_side(match: re.Match[str], lexicon: Lexicon) -> str:
    """Return *match* and the words that lead up to it from the side named last, if one is named.

    "Right knee pain rated 6/10 and left knee pain rated 2/10" rates each knee by itself.
    """
    before = _leading_in(match)
    sides = [m for words in lexicon.sides.values() for m in words.finditer(before)]
    if not sides:
        return ""
    return before[max(m.start() for m in sides) :] + match.group()


def _is_about(
    subject: Subject, fact: str, parts: frozenset[str], sentence: str, lexicon: Lexicon
) -> bool:
    """Whether what a sentence about *parts* says of *fact* holds for the item's part."""
    if subject.side and _names_other_side(subject.side, sentence, lexicon):
        return not subject.body_parts
    return _is_of_parts(subject, fact, parts, lexicon)


def _is_of_parts(subject: Subject, fact: str, parts: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether one of *parts* is the item's own, or speaks for it."""
    if not subject.body_parts:
        return True
    along_nerves = fact in lexicon.same_thing.along_nerves
    speaks_for = lexicon.along_nerves if along_nerves else lexicon.speaks_for
    return any(speaks_for[own] & parts for own in subject.body_parts if own in speaks_for)


def _names_other_side(side: str, sentence: str, lexicon: Lexicon) -> bool:
    named = {name for name, words in lexicon.sides.items() if words.search(sentence)}
    return bool(named) and _BOTH_SIDES not in (side, *named) and side not in named


def speaks_of(subject: Subject, sentence: str, lexicon: Lexicon) -> bool:
    """Whether the lower-case *sentence* names what *subject* asks for, or speaks of its kind."""
    if subject.names is not None and subject.names.search(sentence):
        return True
    return any(words.search(sentence) for words in _words_for(subject, lexicon))


def _words_for(subject: Subject, lexicon: Lexicon) -> list[re.Pattern[str]]:
    """Return the words by which sentences speak of treatments of the item's kinds."""
    return [lexicon.item_words[kind] for kind in subject.kinds if kind in lexicon.item_words]


def names_one_of(subjects: Sequence[Subject], match: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether the words that must name the treatment of an item (``@item``) do so, if any must."""
    if "item" not in match.re.groupindex:
        return True
    named = match["item"]
    return named is None or any(_is_named(subject, named, lexicon) for subject in subjects)


def _is_named(subject: Subject, words: str, lexicon: Lexicon) -> bool:
    """Whether *words* name the item's treatment: by its own names, or as its title does."""
    if subject.names is None:
        return speaks_of(subject, words, lexicon)
    if subject.names.search(words):
        return True
    title = subject.title.lower()
    found = (m for names in _words_for(subject, lexicon) for m in names.finditer(words))
    return any(m.group() in title for m in found)
