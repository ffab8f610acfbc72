"""Topics as decision models of zen-engine: one expression node each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import zen
from tests.bench.rivals.two_valued import (
    Enough,
    Every,
    Is,
    Named,
    Neither,
    Number,
    Said,
    Some,
    Test,
    TwoValued,
)

Answer = Mapping[str, bool]


def zen_decision(topic: TwoValued) -> zen.ZenDecision:
    """Return *topic* as a decision; its context holds the facts under ``f``."""
    expressions = [{"id": name, "key": name, "value": zen_text(test)} for name, test in topic.tests]
    content = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {
                "id": "do",
                "type": "expressionNode",
                "name": "do",
                "content": {"expressions": expressions},
            },
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "e1", "type": "edge", "sourceId": "in", "targetId": "do"},
            {"id": "e2", "type": "edge", "sourceId": "do", "targetId": "out"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(content))


def zen_answer(decision: zen.ZenDecision, facts: Mapping[str, Any]) -> Answer:
    """Decide one item."""
    answer: Answer = decision.evaluate({"f": facts})["result"]
    return answer


def zen_text(test: Test) -> str:
    """Write *test* in zen's language."""
    match test:
        case Is(fact=fact, values=values):
            return "(" + " or ".join(f"f.{fact} == '{value}'" for value in values) + ")"
        case Said(fact=fact):
            return f"(f.{fact} != null)"
        case Number(fact=fact, sign=sign, limit=limit):
            return f"(f.{fact} != null and f.{fact} {sign} {limit})"
        case Named(name=name):
            return f"$.{name}"
        case Every(parts=parts):
            return "(" + " and ".join(map(zen_text, parts)) + ")" if parts else "true"
        case Some(parts=parts):
            return "(" + " or ".join(map(zen_text, parts)) + ")" if parts else "false"
        case Neither(part=part):
            return f"(not {zen_text(part)})"
        case Enough(count=count, parts=parts):
            return "(" + " + ".join(f"({zen_text(p)} ? 1 : 0)" for p in parts) + f" >= {count})"
