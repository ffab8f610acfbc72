"""A passage → what the model is asked: the facts to look for, the text, the form of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from imr_rules.facts.model import UNDOCUMENTED, Assertion
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.reading.model import Passage, Subject
from imr_rules.reading.second.policy import SecondReaderPolicy


def question(
    text: str,
    passage: Passage,
    subjects: Sequence[Subject],
    facts: Sequence[Fact],
    *,
    on: date | None,
    model: str,
    policy: SecondReaderPolicy,
) -> dict[str, Any]:
    """Return the request that asks *model* for *facts* in the passage's *text*.

    *on* is the day to which what has gone on "since May" runs.
    """
    lines = policy.lines
    section = lines.section if passage.item is None else lines.section_of_item
    section = section.replace("{section}", passage.section.value)
    told = "\n".join(
        (
            *((lines.day.replace("{day}", on.isoformat()), "") if on else ()),
            lines.items,
            *(f"{subject.number}. {subject.title}" for subject in subjects),
            "",
            section.replace("{item}", str(passage.item)),
            "",
            lines.facts,
            *(_line(fact, policy.conventions.get(fact.id)) for fact in facts),
            "",
            lines.text,
            text,
        )
    )
    return {
        "model": model,
        "temperature": 0,
        "messages": [
            {"role": "system", "content": policy.instructions},
            {"role": "user", "content": told},
        ],
    }


def in_every_form(
    asked: Mapping[str, Any], facts: Sequence[Fact], items: Iterable[int]
) -> tuple[Mapping[str, Any], ...]:
    """Return *asked* in the forms that servers know, the strictest first.

    The answer's JSON schema as OpenAI names it, then as llama.cpp does, and none: the
    instructions alone ask for the same.
    """
    schema = answer_schema(facts, sorted(items))
    named = {"name": "findings", "strict": True, "schema": schema}
    return (
        {**asked, "response_format": {"type": "json_schema", "json_schema": named}},
        {**asked, "response_format": {"type": "json_object", "schema": schema}},
        asked,
    )


def answer_schema(facts: Sequence[Fact], items: Sequence[int]) -> dict[str, Any]:
    """Return the JSON schema of an answer: the vocabulary's own facts, each with its values.

    The quotation comes first, so that a model proves before it tells; and what is said to be
    undocumented has that for a value, as nothing else has.
    """
    by_values: dict[tuple[str, ...], list[str]] = {}
    for fact in facts:
        by_values.setdefault(fact.known_values, []).append(fact.id)
    told = _among(a.value for a in Assertion if a is not Assertion.UNDOCUMENTED)
    variants = [
        _finding(names, items, _among(values) if values else {"type": "number"}, told)
        for values, names in by_values.items()
    ]
    if facts:
        missing = _among([UNDOCUMENTED])
        variants.append(_finding([fact.id for fact in facts], items, missing, missing))
    each = {"anyOf": variants} if variants else _object({})
    return _object({"findings": {"type": "array", "items": each}})


def _finding(
    names: Sequence[str],
    items: Sequence[int],
    value: Mapping[str, Any],
    assertion: Mapping[str, Any],
) -> dict[str, Any]:
    return _object(
        {
            "quote": {"type": "string"},
            "fact": _among(names),
            "assertion": assertion,
            "value": value,
            "item": {"type": ["integer", "null"], "enum": [*items, None]},
        }
    )


def _among(words: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(words)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _line(fact: Fact, convention: str | None) -> str:
    is_number = fact.type is FactType.NUMBER
    values = f"number, {fact.unit}" if is_number else "|".join(fact.known_values)
    line = f"- {fact.id} ({values}|{UNDOCUMENTED}): {fact.question}"
    return f"{line} [{convention}]" if convention else line
