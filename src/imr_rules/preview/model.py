"""What a preview tells of one requested treatment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imr_rules.engines.model import Certainty, Prediction
from imr_rules.explain.fact_words import FactStated
from imr_rules.explain.model import Explanation
from imr_rules.facts.model import Value


class Need(StrEnum):
    """What a hinge asks of the record: to show what it leaves open, or to say otherwise."""

    DOCUMENT = "document"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class HingeFact:
    """One fact of a hinge: the answers that do, and what the record says now (None: nothing)."""

    fact: str
    question: str
    answers: tuple[FactStated, ...]
    now: Value | None
    now_words: str
    documentation: str


@dataclass(frozen=True, slots=True)
class Hinge:
    """A smallest set of facts that would turn the prediction, if the record shows them."""

    facts: tuple[HingeFact, ...]
    need: Need
    cost: int

    @property
    def changes(self) -> dict[str, Value]:
        """The facts with a value each that turns the prediction."""
        return {part.fact: part.answers[0].value for part in self.facts}


@dataclass(frozen=True, slots=True)
class Preview:
    """An explanation, and the hinges by which its prediction would turn, cheapest first.

    *held_by* are the fewest known facts that alone hold the prediction, all others left silent.
    """

    explanation: Explanation
    hinges: tuple[Hinge, ...]
    held_by: tuple[FactStated, ...]

    @property
    def is_barred(self) -> bool:
        """Whether no documentation of what is open could change the outcome."""
        trace = self.explanation.conclusion.trace
        return trace is not None and trace.verdict.certainty is Certainty.BARRED

    @property
    def turns_to(self) -> Prediction:
        """What the prediction would turn to."""
        overturned = self.explanation.conclusion.prediction is Prediction.OVERTURNED
        return Prediction.UPHELD if overturned else Prediction.OVERTURNED
