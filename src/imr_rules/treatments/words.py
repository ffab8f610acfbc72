"""How titles speak, besides the names of treatments: numbers, surroundings, forms, units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from imr_rules.treatments.model import Link, Phase, Surroundings
from imr_rules.treatments.names import NameIndex, index_of

_SPACE = re.compile(r"\s+")
_SAID_TWICE = re.compile(r"(?<![\d.])(\d{1,4}) ?\( ?\1 ?\)")  # "six (6) weeks"
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3}),(\d{3})(?![\d,])")
_FOLD = str.maketrans(
    {
        "½": " 1/2",
        "¼": " 1/4",
        "¾": " 3/4",
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "×": "x",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
    }
)


class PartialWords(BaseModel):
    """The words between the clauses of a request that was granted in part."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    original: list[str]
    authorized: list[str]
    remaining: list[str]
    whole: list[str]
    rest: list[str]
    granted: list[str]
    not_granted: list[str]


class TitleWords(BaseModel):
    """``rules/treatments/titles.yaml``, checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    numbers: dict[str, int]
    small_words: list[str]
    rewrite: dict[str, list[str]]
    surroundings: dict[str, list[str]]
    phases: dict[str, list[str]]
    links: dict[str, list[str]]
    cues: dict[str, list[str]]
    forms: dict[str, list[str]]
    visit_words: list[str]
    tablet_words: list[str]
    count_words: list[str]
    short_for: dict[str, str]
    dose_words: list[str]
    dose_verbs: list[str]
    mass_words: dict[str, list[str]]
    partial: PartialWords

    def fold(self, title: str) -> str:
        """Return *title* in lower case, evenly spaced, in one spelling, with digits for numbers."""
        text = _SPACE.sub(" ", title.translate(_FOLD).lower()).strip()
        text = _THOUSANDS.sub(r"\1\2", text)
        text = self._rewrites.sub(self._rewritten, text)
        text = self._number_words.sub(self._number, text)
        return _SAID_TWICE.sub(r"\1", text)

    @cached_property
    def cue_index(self) -> NameIndex[tuple[str, str]]:
        """Cues, surroundings, phases and links by their phrases, as (kind, value)."""
        return index_of(
            [
                *((("surroundings", Surroundings(k)), v) for k, v in self.surroundings.items()),
                *((("phase", Phase(k)), v) for k, v in self.phases.items()),
                *((("link", Link(k)), v) for k, v in self.links.items()),
                *((("cue", k), v) for k, v in self.cues.items()),
            ],
            prepare=self.fold,
        )

    @cached_property
    def form_index(self) -> NameIndex[str]:
        """Forms of a drug by their words."""
        return index_of(self.forms.items(), prepare=self.fold)

    @cached_property
    def mass_unit(self) -> Mapping[str, str]:
        """Words for a mass or volume → its unit."""
        return {word: unit for unit, words in self.mass_words.items() for word in words}

    @cached_property
    def rest_in_short(self) -> re.Pattern[str]:
        """A rest and a whole, what follows them up to a bracket, and in it the number granted."""
        rest, granted = _one_of(self.partial.rest), _one_of(self.partial.granted)
        return re.compile(
            rf"[,;]? ?\(?\b(?:{rest}) (\d{{1,4}}) of (\d{{1,4}})\b(?P<behind>.*?)"
            rf"\((\d{{1,4}}) [^()]*(?:{granted})\)"
        )

    @cached_property
    def dose(self) -> re.Pattern[str]:
        """How much is taken at a time, its groups the number and the upper end, in three forms."""
        verb = rf"\b(?:{_one_of(self.dose_verbs)})"
        number = r"(?<![\d.])(\d(?:\.\d+)?)(?: ?(?:-|to|or) ?(\d(?:\.\d+)?))?"
        return re.compile(
            rf"(?:{verb} )?{number} ?(?:{_one_of(self.dose_words)})(?:e?s)?\b"
            rf"|{verb} {number}(?! ?(?:mg|mcg|times|x))|{number} (?:by mouth|oral)"
        )

    @cached_property
    def grant(self) -> re.Pattern[str]:
        """A word that grants; its group is the rest of its clause."""
        return re.compile(rf"\b(?:{_one_of(self.partial.granted)})\b([^,;()]*)")

    @cached_property
    def before_grant(self) -> re.Pattern[str]:
        """The end of a text in front of a word that grants; its group is the number granted."""
        nouns = _one_of([*self.visit_words, *self.tablet_words])
        return re.compile(
            r"(?<![\w./#-])#? ?(\d{1,4})(?: of (?:the )?\d{1,4})?"
            rf"(?: (?:{nouns})(?:e?s)?)?(?: (?:were|was|are|is|have been|has been))? $"
        )

    @cached_property
    def no_grant(self) -> re.Pattern[str]:
        """The end of a text after which a word that grants does not grant this request."""
        return re.compile(rf"\b(?:{_one_of(self.partial.not_granted)})(?: [a-z]+)?[ -]?$")

    @cached_property
    def _rewritings(self) -> Mapping[str, str]:
        return {_key(phrase): to for to, phrases in self.rewrite.items() for phrase in phrases}

    @cached_property
    def _rewrites(self) -> re.Pattern[str]:
        phrases = sorted((p for v in self.rewrite.values() for p in v), key=len, reverse=True)
        spelled = (r"[\s-]*".join(map(re.escape, phrase.split())) for phrase in phrases)
        return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spelled)})(?![a-z0-9])")

    def _rewritten(self, match: re.Match[str]) -> str:
        return self._rewritings[_key(match.group())]

    @cached_property
    def _number_words(self) -> re.Pattern[str]:
        words = "|".join(sorted(self.numbers, key=len, reverse=True))
        return re.compile(rf"(?<![a-z0-9])({words})(?:[ -]({words}))?(?![a-z0-9])")

    def _number(self, match: re.Match[str]) -> str:
        first = self.numbers[match.group(1)]
        if match.group(2) is None:
            return str(first)
        second = self.numbers[match.group(2)]
        if first >= 20 and first % 10 == 0 and second < 10:
            return str(first + second)
        return f"{first} {second}"


def _one_of(phrases: Sequence[str]) -> str:
    return "|".join(map(re.escape, phrases))


def _key(phrase: str) -> str:
    return re.sub(r"[\s-]", "", phrase)
