"""Phrases of ``rules/reading``, compiled; what cannot be read is told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from imr_rules import strict_yaml
from imr_rules.errors import WrongTypeError
from imr_rules.misfits import Loc
from imr_rules.reading.pattern import (
    Expression,
    Pattern,
    PatternError,
    WordLists,
    any_of,
    compile_phrase,
)
from imr_rules.reading.rarity import Rarity
from imr_rules.reading.shapes import PhrasesFile
from imr_rules.strict_yaml import Document


class Phrases:
    """Compiles phrases with the word lists of ``words.yaml``."""

    def __init__(self, path: Path, rarity: Rarity | None = None) -> None:
        """Read the word lists at *path*.

        Raises:
            PackError: the file does not map names to lists of phrases.
        """
        lists = strict_yaml.validate(PhrasesFile, strict_yaml.read(path)).root
        self._words = WordLists(lists, rarity)

    def compiled(self, phrase: str, document: Document, loc: Loc) -> Pattern:
        """Compile *phrase*, which stands at *loc* of *document*.

        Raises:
            WrongTypeError: it cannot be read.
        """
        try:
            return compile_phrase(phrase, self._words)
        except PatternError as error:
            raise WrongTypeError(f"phrase {phrase!r}: {error}", at=document.at(*loc)) from None

    def any_of(self, phrases: Iterable[str], document: Document, loc: Loc) -> Expression:
        """Compile one expression for any of *phrases*, which stand at *loc* of *document*.

        Raises:
            WrongTypeError: one of them cannot be read.
        """
        return any_of(
            self.compiled(phrase, document, (*loc, index)) for index, phrase in enumerate(phrases)
        )

    def plain(self, phrases: Iterable[str], document: Document, loc: Loc) -> re.Pattern[str]:
        """Compile one regular expression for any of *phrases*, which stand at *loc* of *document*.

        Raises:
            WrongTypeError: one of them cannot be read, or compares numbers.
        """
        try:
            return self.any_of(phrases, document, loc).plain
        except PatternError as error:
            raise WrongTypeError(str(error), at=document.at(*loc)) from None
