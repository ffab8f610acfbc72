"""Topics as CLIPS rules: the criteria fire on the item, the conclusion after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import clips
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
_NULL = clips.Symbol("nil")


class ClipsTopic:
    """A topic as an environment of its own, with a rule for each test."""

    def __init__(self, topic: TwoValued) -> None:
        self._facts = topic.facts
        self._environment = clips.Environment()
        slots = " ".join(f"(slot {fact})" for fact in (*topic.facts, "on"))
        self._environment.build(f"(deftemplate item {slots})")
        for name, _ in topic.tests:
            self._environment.build(f"(defglobal ?*{name}* = FALSE)")
        for number, (name, test) in enumerate(topic.tests):
            read = "" if _is_of_names(test) else f" (test (and TRUE {clips_text(test)}))"
            done = (
                f"(bind ?*{name}* {clips_text(test)})"
                if _is_of_names(test)
                else f"(bind ?*{name}* TRUE)"
            )
            slots = " ".join(f"({fact} ?{fact})" for fact in sorted(_read(test)))
            # What is named must have been computed: rules fire in the order of their tests.
            self._environment.build(
                f"(defrule {name} (declare (salience {-number})) (item {slots}){read} => {done})"
            )
        self._template = self._environment.find_template("item")
        self._globals = [(name, self._environment.find_global(name)) for name, _ in topic.tests]

    def answer(self, facts: Mapping[str, Any]) -> Answer:
        """Decide one item."""
        self._environment.reset()
        self._template.assert_fact(
            on=facts["on"],
            **{fact: _NULL if (v := facts[fact]) is None else v for fact in self._facts},
        )
        self._environment.run()
        return {name: str(found.value) == "TRUE" for name, found in self._globals}


def clips_text(test: Test) -> str:
    """Write *test* in the language of CLIPS."""
    match test:
        case Is(fact=fact, values=values):
            equal = " ".join(f'(eq ?{fact} "{value}")' for value in values)
            return f"(or {equal} FALSE)"
        case Said(fact=fact):
            return f"(neq ?{fact} nil)"
        case Number(fact=fact, sign=sign, limit=limit):
            return f"(and (numberp ?{fact}) ({sign} ?{fact} {limit}))"
        case Named(name=name):
            return f"?*{name}*"
        case Every(parts=parts):
            return f"(and TRUE {' '.join(map(clips_text, parts))})" if parts else "TRUE"
        case Some(parts=parts):
            return f"(or FALSE {' '.join(map(clips_text, parts))})" if parts else "FALSE"
        case Neither(part=part):
            return f"(not {clips_text(part)})"
        case Enough(count=count, parts=parts):
            counted = " ".join(f"(if {clips_text(p)} then 1 else 0)" for p in parts)
            return f"(>= (+ 0 0 {counted}) {count})"


def _read(test: Test) -> frozenset[str]:
    match test:
        case Is(fact=fact) | Said(fact=fact) | Number(fact=fact):
            return frozenset((fact,))
        case Named():
            return frozenset()
        case Neither(part=part):
            return _read(part)
        case Every(parts=parts) | Some(parts=parts) | Enough(parts=parts):
            return frozenset().union(*map(_read, parts))


def _is_of_names(test: Test) -> bool:
    match test:
        case Named():
            return True
        case Neither(part=part):
            return _is_of_names(part)
        case Every(parts=parts) | Some(parts=parts) | Enough(parts=parts):
            return any(map(_is_of_names, parts))
        case _:
            return False
