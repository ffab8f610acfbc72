"""``rules/reading/second_reader.yaml``: what the model is told, and all bounds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from imr_rules import strict_yaml
from imr_rules.facts.vocabulary import Vocabulary

_Count = Annotated[int, Field(ge=1)]


class PassageLines(BaseModel):
    """The lines around a passage that is put to the model, with ``{day}`` and the like in them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    day: str
    items: str
    section: str
    section_of_item: str
    facts: str
    text: str


class SecondReaderPolicy(BaseModel):
    """The instructions and bounds; every one of them is a limit on what a bad endpoint can do."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    instructions: str
    lines: PassageLines
    conventions: Mapping[str, str]
    """How a fact is written down, by the fact's id; told where the fact is asked for."""
    seconds_an_answer: Annotated[float | int, Field(gt=0)]
    attempts: _Count
    seconds_between: Annotated[float | int, Field(ge=0)]
    largest_answer: _Count
    largest_passage: _Count
    most_findings: _Count
    shortest_quote: _Count
    longest_quote: _Count
    give_up_after: _Count


def load_policy(rules: Path, vocabulary: Vocabulary) -> SecondReaderPolicy:
    """Read the policy of the *rules* folder.

    Raises:
        PackErrors: every problem of the file, each with its line and column.
        UnknownNameError: it tells how a fact is written down that *vocabulary* does not hold.
    """
    document = strict_yaml.read(rules / "reading" / "second_reader.yaml")
    policy = strict_yaml.validate(SecondReaderPolicy, document)
    for fact in policy.conventions:
        vocabulary.require(fact, document.at("conventions", fact))
    return policy
