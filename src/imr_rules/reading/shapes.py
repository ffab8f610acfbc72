"""How the files of ``rules/reading`` look that are tables of words; nothing but their shape."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

_Texts = Annotated[list[str], Field(min_length=1)]
_Parts = dict[str, list[str]]


class PhrasesFile(RootModel[dict[str, _Texts]]):
    """Phrases by name: word lists, marks, or the words of a category."""

    model_config = ConfigDict(frozen=True, strict=True)


class RegionsFile(BaseModel):
    """``regions.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    speaks_for: _Parts
    along_nerves: _Parts
    between_parts: list[str]
    radiates: list[str]
    examined: list[str]
    no_part: list[str]


class ReadAsFile(RootModel[dict[str, str]]):
    """``read_as.yaml``: categories by treatment."""

    model_config = ConfigDict(frozen=True, strict=True)


class CommonWordsFile(RootModel[dict[str, int]]):
    """``common_words.yaml``: how often each word occurs."""

    model_config = ConfigDict(frozen=True, strict=True)


class RelevantFile(RootModel[dict[str, dict[str, list[str]]]]):
    """``relevant.yaml``: facts by category or treatment, and by body part."""

    model_config = ConfigDict(frozen=True, strict=True)
