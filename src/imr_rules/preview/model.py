"""What a preview tells of one requested treatment."""

from __future__ import annotations

from dataclasses import dataclass

from imr_rules.engines.model import Certainty, Prediction
from imr_rules.explain.fact_words import FactStated
from imr_rules.explain.hinges import Hinge
from imr_rules.explain.model import Explanation, Reason
from imr_rules.explain.reasons import documented


@dataclass(frozen=True, slots=True)
class Preview:
    """An explanation, and the hinges by which its prediction would turn, cheapest first.

    *held_by* are the fewest known facts that alone hold the prediction, all others left silent.
    *add* names what the request leaves open that would find a text, or one that is closer.
    *is_of_its_day*: the day is the one the record gives itself, such as that of a signed form.
    """

    explanation: Explanation
    hinges: tuple[Hinge, ...]
    held_by: tuple[FactStated, ...]
    add: tuple[str, ...] = ()
    is_of_its_day: bool = False

    @property
    def is_barred(self) -> bool:
        """Whether no documentation of what is open could change the outcome."""
        return self.explanation.conclusion.certainty is Certainty.BARRED

    @property
    def rests_on(self) -> tuple[Reason, ...]:
        """The presumed criteria that an overturned outcome rests on, where nothing else is shown.

        Empty where any of what decides is documented.
        """
        conclusion = self.explanation.conclusion
        governing, trace = conclusion.governing, conclusion.trace
        if governing is None or trace is None or conclusion.prediction is Prediction.UPHELD:
            return ()
        decisive = [reason for reason in self.explanation.reasons if reason.decisive]
        names = [reason.criterion for reason in decisive]
        if documented(names, governing.topic, trace, conclusion.sheet):
            return ()
        return tuple(reason for reason in decisive if reason.only_presumed)

    @property
    def is_recognized(self) -> bool:
        """Whether anything is known by the name of what is asked for."""
        request = self.explanation.conclusion.item.request
        return request.treatment is not None or request.category is not None

    @property
    def nothing_documented(self) -> bool:
        """Whether no fact at all was given."""
        return not any(self.explanation.conclusion.item.readings.values())

    @property
    def turns_to(self) -> Prediction:
        """What the prediction would turn to."""
        overturned = self.explanation.conclusion.prediction is Prediction.OVERTURNED
        return Prediction.UPHELD if overturned else Prediction.OVERTURNED
