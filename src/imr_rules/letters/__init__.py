"""A letter or chart note, in any of its file formats → a :class:`Determination`.

Layout only: where the blocks are, which items are in dispute, what was decided, which guideline
was cited. Nothing here knows medicine.
"""

from imr_rules.letters.model import (
    Determination,
    DisputedItem,
    Guideline,
    GuidelineCitation,
    Layout,
    Outcome,
    Reviewer,
    Span,
)
from imr_rules.letters.parse import parse_letter
from imr_rules.letters.phrases import LetterPhrases, load_letter_phrases
from imr_rules.letters.read import read_letter

__all__ = [
    "Determination",
    "DisputedItem",
    "Guideline",
    "GuidelineCitation",
    "Layout",
    "LetterPhrases",
    "Outcome",
    "Reviewer",
    "Span",
    "load_letter_phrases",
    "parse_letter",
    "read_letter",
]
