"""Everything under ``rules/``, loaded once and checked together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from imr_rules.data_folders import rules_folder
from imr_rules.facts.derive import Derivation
from imr_rules.facts.load_derivations import load_derivations
from imr_rules.facts.vocabulary import Vocabulary, load_vocabulary
from imr_rules.guidelines.library import Library
from imr_rules.guidelines.load import load_library
from imr_rules.letters.phrases import LetterPhrases, load_letter_phrases
from imr_rules.reading.lexicon import Lexicon
from imr_rules.reading.load_lexicon import load_lexicon
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.load import load_catalogue
from imr_rules.treatments.morphine import ConversionFactors, load_conversion_factors


@dataclass(frozen=True)
class Knowledge:
    """The vocabulary, the catalogue, the derived facts and the guidelines of one rules folder."""

    folder: Path
    vocabulary: Vocabulary
    catalogue: Catalogue
    derivations: Mapping[str, Derivation]
    conversion: tuple[ConversionFactors, ...]
    library: Library

    @cached_property
    def lexicon(self) -> Lexicon:
        """The compiled cues; loaded when the first letter is read, cases do not need them."""
        return load_lexicon(self.folder, self.vocabulary, self.catalogue)

    @cached_property
    def letter_phrases(self) -> LetterPhrases:
        """The fixed phrases of letters; loaded with the first, like the cues."""
        return load_letter_phrases(self.folder)

    def load_reading(self) -> None:
        """Load what letters are read by, before the first of many is.

        Raises:
            PackErrors: it cannot be loaded, which is no fault of any letter.
        """
        _ = self.letter_phrases, self.lexicon

    @cached_property
    def drug_names(self) -> Mapping[frozenset[str] | str, tuple[str, ...]]:
        """The names of drugs by what they contain, and by the treatment they are."""
        names: dict[frozenset[str] | str, list[str]] = {}
        for drug in self.catalogue.drugs:
            contained = frozenset(ingredient.name for ingredient in drug.ingredients)
            names.setdefault(contained, []).extend(drug.names)
            if drug.treatment is not None:
                names.setdefault(drug.treatment, []).extend(drug.names)
        return {key: tuple(found) for key, found in names.items()}


@cache
def load_knowledge(folder: Path | None = None) -> Knowledge:
    """Load the rules in *folder* (by default those that ship).

    Raises:
        PackErrors: every problem found, each with file, line and column.
    """
    folder = folder or rules_folder()
    vocabulary = load_vocabulary(folder)
    catalogue = load_catalogue(folder)
    return Knowledge(
        folder=folder,
        vocabulary=vocabulary,
        catalogue=catalogue,
        derivations=load_derivations(folder, vocabulary, catalogue),
        conversion=load_conversion_factors(folder),
        library=load_library(folder, vocabulary, catalogue),
    )
