"""What a preview tells of one requested treatment."""

from __future__ import annotations

from dataclasses import dataclass

from imr_rules.engines.model import Certainty, Prediction
from imr_rules.explain.fact_words import FactStated
from imr_rules.explain.hinges import Hinge
from imr_rules.explain.model import Explanation


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
