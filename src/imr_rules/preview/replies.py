"""What is typed in answer to a question → the value, or what else is wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact, FactType


class Wish(StrEnum):
    """What a reply asks for instead of giving an answer."""

    BACK = "back"
    SKIP = "skip"
    QUIT = "quit"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Unclear:
    """A reply that is no answer, and why."""

    why: str


_UNKNOWN = ("u", "unknown", "not shown", UNDOCUMENTED)
_WISHES = {
    "b": Wish.BACK,
    "back": Wish.BACK,
    "s": Wish.SKIP,
    "skip": Wish.SKIP,
    "q": Wish.QUIT,
    "quit": Wish.QUIT,
    "?": Wish.HELP,
    "h": Wish.HELP,
    "help": Wish.HELP,
}
# The unit may be typed too ("6 weeks"), but no second number: a range is no answer.
_NUMBER = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*(?:[A-Za-z%][A-Za-z%/, ]*)?\Z")


def wish_in(typed: str) -> Wish | None:
    """Return what *typed* wishes where a title or a day is asked for, None where it is an answer.

    What is not known there is left open, as a skipped question is.
    """
    words = " ".join(typed.lower().split())
    return Wish.SKIP if words in _UNKNOWN else _WISHES.get(words)


def reply_to(fact: Fact, typed: str) -> Value | Wish | Unclear:
    """Return what *typed* says in answer to the question about *fact*."""
    words = " ".join(typed.lower().split())
    if words in _UNKNOWN:
        return UNDOCUMENTED
    if words in _WISHES:
        return _WISHES[words]
    if not words:
        return Unclear("Nothing was typed.")
    if fact.type is FactType.NUMBER:
        return _number(fact, words)
    if fact.type is FactType.YES_NO:
        answers = {"y": "yes", "yes": "yes", "n": "no", "no": "no"}
        return answers.get(words) or Unclear("Type y, n or u.")
    return _choice(fact, words)


def _number(fact: Fact, words: str) -> Value | Unclear:
    match = _NUMBER.match(words)
    if match is None:
        return Unclear(f"Type a number of {fact.unit}.")
    number = float(match.group(1))
    if fact.maximum is not None and number > fact.maximum:
        return Unclear(f"It is {fact.maximum:g} at most.")
    if fact.minimum is not None and number < fact.minimum:
        return Unclear(f"It is {fact.minimum:g} at least.")
    return int(number) if number.is_integer() else number


def _choice(fact: Fact, words: str) -> Value | Unclear:
    if words.isdecimal() and 1 <= int(words) <= len(fact.values):
        return fact.values[int(words) - 1]
    plain = words.replace(" ", "_")
    exact = [value for value in fact.values if value.lower() == plain]
    close = exact or [value for value in fact.values if value.lower().startswith(plain)]
    if len(close) == 1:
        return close[0]
    return Unclear(f"Type a number from 1 to {len(fact.values)}.")
