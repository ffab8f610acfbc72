"""``rules/reading/same_thing.yaml``: by which words two statements speak of the same thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.reading.phrases import Phrases

_Texts = list[str]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    aspects: dict[str, dict[str, _Texts]]
    along_nerves: list[str]
    sides: dict[str, _Texts]
    places: dict[str, _Texts]
    earlier: Annotated[_Texts, Field(min_length=1)]
    at_times: Annotated[_Texts, Field(min_length=1)]
    latest: Annotated[_Texts, Field(min_length=1)]
    qualified: Annotated[_Texts, Field(min_length=1)]
    no_visit: Annotated[_Texts, Field(min_length=1)]


Named = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True)
class SameThing:
    """The words that tell apart what statements of one fact are about.

    *aspects* are by fact; *sides* and *places* hold for every fact. *along_nerves* are the facts
    of one body part that are also told of the parts its nerves run to. *earlier* is what speaks of
    days before, *at_times* of a part of the time, *latest* of the last visit; *qualified* is what
    excepts instead of contradicting; behind *no_visit* a date is another day than that of a visit.
    """

    aspects: Mapping[str, Named] = field(repr=False)
    along_nerves: frozenset[str] = field(repr=False)
    sides: Named = field(repr=False)
    places: Named = field(repr=False)
    earlier: re.Pattern[str] = field(repr=False)
    at_times: re.Pattern[str] = field(repr=False)
    latest: re.Pattern[str] = field(repr=False)
    qualified: re.Pattern[str] = field(repr=False)
    no_visit: re.Pattern[str] = field(repr=False)


def load_same_thing(path: Path, phrases: Phrases, vocabulary: Vocabulary) -> SameThing:
    """Read the file at *path* and compile its *phrases*.

    Raises:
        PackError: the file is malformed, names an unknown fact or holds an unreadable phrase.
    """
    document = strict_yaml.read(path)
    raw = strict_yaml.validate(_File, document)
    for key, facts in (("aspects", raw.aspects), ("along_nerves", raw.along_nerves)):
        for fact in facts:
            vocabulary.require(fact, document.at(key))

    def compiled(said: Sequence[str], *loc: str) -> re.Pattern[str]:
        return phrases.plain(said, document, loc)

    return SameThing(
        aspects={
            fact: {name: compiled(p, "aspects", fact, name) for name, p in named.items()}
            for fact, named in raw.aspects.items()
        },
        along_nerves=frozenset(raw.along_nerves),
        sides={name: compiled(said, "sides", name) for name, said in raw.sides.items()},
        places={name: compiled(said, "places", name) for name, said in raw.places.items()},
        earlier=compiled(raw.earlier, "earlier"),
        at_times=compiled(raw.at_times, "at_times"),
        latest=compiled(raw.latest, "latest"),
        qualified=compiled(raw.qualified, "qualified"),
        no_visit=compiled(raw.no_visit, "no_visit"),
    )
