"""What a preview tells of one requested treatment."""

from __future__ import annotations

from dataclasses import dataclass

from imr_rules.engines.model import Certainty, Prediction, Status
from imr_rules.explain.fact_words import FactStated
from imr_rules.explain.hinges import Hinge
from imr_rules.explain.model import Explanation, Reason


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

        What the title or the dates tell is no documentation. Empty where the record shows some of
        what decides.
        """
        conclusion = self.explanation.conclusion
        if conclusion.prediction is not Prediction.OVERTURNED:
            return ()
        shown = {fact for facts in conclusion.item.readings.values() for fact in facts}
        decisive = [reason for reason in self.explanation.reasons if reason.decisive]
        if any(r.status is Status.MET and shown & {f.fact for f in r.facts} for r in decisive):
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
