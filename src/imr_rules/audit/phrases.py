"""Phrases of ``rules/audit``: compiled where they are read, and looked for in a rationale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticKnownError

from imr_rules.reading.pattern import PatternError, compile_phrase


def _compiled(phrase: Any) -> re.Pattern[str]:
    if not isinstance(phrase, str):
        raise PydanticKnownError("string_type")
    try:
        return compile_phrase(phrase).plain
    except PatternError as error:
        raise ValueError(f"phrase {phrase!r}: {error}") from None


def _with_number(phrase: re.Pattern[str]) -> re.Pattern[str]:
    if "number" not in phrase.groupindex:
        raise ValueError("the phrase captures a number with '#'")
    return phrase


def _with_date(phrase: re.Pattern[str]) -> re.Pattern[str]:
    if "date" not in phrase.groupindex:
        raise ValueError("the phrase captures a date with '@date'")
    return phrase


_Phrase = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
_NumberPhrase = Annotated[_Phrase, AfterValidator(_with_number)]
_DatePhrase = Annotated[_Phrase, AfterValidator(_with_date)]

Phrases = Annotated[tuple[_Phrase, ...], Field(strict=False)]
"""Phrases in the cue language of the reading room, compiled."""
NumberPhrases = Annotated[tuple[_NumberPhrase, ...], Field(strict=False)]
"""Phrases each of which captures a number."""
DatePhrases = Annotated[tuple[_DatePhrase, ...], Field(strict=False)]
"""Phrases each of which captures a date."""


def says(phrases: Phrases, text: str) -> bool:
    """Whether the flat, lower-case *text* holds one of *phrases*."""
    return any(phrase.search(text) for phrase in phrases)


def hits(phrases: Phrases, text: str) -> Iterator[re.Match[str]]:
    """Yield the places of *phrases* in the flat, lower-case *text*, phrase by phrase."""
    for phrase in phrases:
        yield from phrase.finditer(text)


def captured(
    name: Literal["number", "date"], phrases: Phrases, text: str
) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield what the group *name* of *phrases* holds in *text*, with the place of the phrase.

    A phrase may hold the group in one of its alternatives only; where it holds none it tells none.
    """
    for hit in hits(phrases, text):
        told = hit.groupdict().get(name)
        if told is not None:
            yield told, hit
