"""Packs of the model written out as the YAML of an edition, for the loader to read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.engines.strategies import FIRST_DAY, vocabulary

from imr_rules.engines.durable.variables import plain_decimal
from imr_rules.guidelines.library import Library
from imr_rules.guidelines.load import load_library
from imr_rules.guidelines.model import (
    AllOf,
    AllReq,
    AnyOf,
    AnyReq,
    AtLeast,
    AtLeastReq,
    Bar,
    Condition,
    FactCompares,
    FactIs,
    FactKnown,
    Not,
    Parameter,
    Ref,
    Requirement,
    Topic,
    Unless,
)

_CATALOGUE: Any = SimpleNamespace(names={"massage"}, body_parts=(), phases=())
"""All that the loader asks of the catalogue."""


def load_written(folder: Path, topic: Topic, parameters: Mapping[str, Parameter]) -> Library:
    """Write *topic* and *parameters* as an edition under *folder*, and load it."""
    edition = folder / "guidelines" / topic.edition
    (edition / "parameters").mkdir(parents=True, exist_ok=True)
    (edition / "edition.yaml").write_text(
        f"edition: {topic.edition}\ntitle: Drawn\ncite_as: Drawn\nlegal: none\nrank: 1\n"
        f"in_force: {{from: {FIRST_DAY}}}\n",
        encoding="utf-8",
    )
    numbers = "\n".join(_parameter(parameter) for parameter in parameters.values())
    (edition / "parameters" / "numbers.yaml").write_text(numbers, encoding="utf-8")
    # JSON is YAML with every word quoted, so nothing is left to how a plain word is read.
    (edition / "topic.yaml").write_text(json.dumps(_topic(topic)), encoding="utf-8")
    return load_library(folder, vocabulary(), _CATALOGUE)


def _parameter(parameter: Parameter) -> str:
    def dated(values: tuple[tuple[date, float], ...]) -> str:
        pairs = ", ".join(f'"{day}": {plain_decimal(number)}' for day, number in values)
        return f"{{{pairs}}}"

    lines = [
        f"{parameter.id}:",
        f"  unit: {parameter.unit}",
        f"  description: {parameter.description}",
        f"  source: {parameter.source}",
        f"  values: {dated(parameter.values)}",
    ]
    if parameter.by:
        lines.append(f"  by: {parameter.by}")
        lines.append("  table:")
        lines += [f"    {json.dumps(key)}: {dated(v)}" for key, v in parameter.table.items()]
    return "\n".join(lines)


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "topic": topic.id,
        "title": topic.title,
        "about": topic.about,
        "applies_to": {"treatment": list(topic.applies_to.treatments)},
        "stance": topic.stance.value,
        "cite": {"section": topic.cite.section},
        "criteria": {
            criterion.id: {
                "statement": criterion.statement,
                "question": criterion.question,
                "when": _condition(criterion.when),
                "unverified": True,
                "presumed": criterion.presumed,
            }
            for criterion in topic.criteria.values()
        },
        "routes": {
            route.id: {
                "title": route.title,
                "applies": list(route.applies),
                "requires": _requirement(route.requires),
                "bars": [_bar(bar) for bar in route.bars],
            }
            for route in topic.routes
        },
        "bars": [_bar(bar) for bar in topic.bars],
    }


def _bar(bar: Bar) -> Any:
    if not bar.exceptions:
        return bar.criterion
    return {"criterion": bar.criterion, "unless": list(bar.exceptions)}


def _condition(condition: Condition) -> dict[str, Any]:
    match condition:
        case FactIs(fact=fact, values=values):
            return {"fact": fact, "is": list(values)}
        case FactKnown(fact=fact):
            return {"fact": fact, "known": True}
        case FactCompares(fact=fact, comparison=comparison, threshold=threshold):
            return {"fact": fact, comparison.value: threshold}
        case Not(part=part):
            return {"not": _condition(part)}
        case AllOf(parts=parts):
            return {"all": [_condition(part) for part in parts]}
        case AnyOf(parts=parts):
            return {"any": [_condition(part) for part in parts]}
        case AtLeast(count=count, parts=parts):
            return {"at_least": {"count": count, "of": [_condition(part) for part in parts]}}


def _requirement(requirement: Requirement) -> Any:
    match requirement:
        case Ref(criterion=criterion):
            return criterion
        case AllReq(parts=parts):
            return {"all": [_requirement(part) for part in parts]}
        case AnyReq(parts=parts):
            return {"any": [_requirement(part) for part in parts]}
        case AtLeastReq(count=count, parts=parts):
            return {"at_least": {"count": count, "of": [_requirement(part) for part in parts]}}
        case Unless(part=part, exceptions=exceptions):
            return {"require": _requirement(part), "unless": list(exceptions)}
