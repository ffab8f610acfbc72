"""An explanation: why a prediction is what it is, taken from the trace and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from imr_rules.cases.evaluate import Conclusion
from imr_rules.engines.model import Status
from imr_rules.explain.also_asked import AlsoAsked
from imr_rules.facts.model import Evidence, Value
from imr_rules.guidelines.model import Citation, Standing


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """The published share of overturned denials (0 to 1), and in words what it is the share of."""

    overturned: float
    of: str


@dataclass(frozen=True, slots=True)
class FactShown:
    """A fact that a reason rests on: its value (None: nobody mentions it) and where it stands."""

    fact: str
    value: Value | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion with what the facts make of it.

    *decisive*: it holds the prediction up on the way that comes closest to another outcome.
    *bars*: it rules the treatment out rather than being required. *presumed*: it counts while the
    letter is silent. *lacking*: it does not count as established under the burden of documentation.
    """

    criterion: str
    status: Status
    statement: str
    question: str
    cite: Citation
    standing: Standing
    source: str
    attested_by: tuple[str, ...]
    decisive: bool
    bars: bool
    presumed: bool
    lacking: bool
    facts: tuple[FactShown, ...]
    other_reading: str

    @property
    def only_presumed(self) -> bool:
        """Whether it counts for no other reason than that nobody denies it."""
        return self.presumed and self.status is Status.UNKNOWN and not self.lacking


@dataclass(frozen=True, slots=True)
class Explanation:
    """A conclusion with its reasons, the nearest ways to another outcome, and how likely it is.

    *distance* is the least number of facts that flip the prediction, None where nothing does.
    *hinges_on* lists the smallest sets of facts that would, cheapest first. *on_background_alone*
    tells that no decisive criterion is attested or seen in a public text, those left out that are
    only presumed. *also_asked* is what the title asks for too, and nothing here judges.
    """

    conclusion: Conclusion
    reasons: tuple[Reason, ...]
    route: str | None
    distance: int | None
    hinges_on: tuple[tuple[str, ...], ...]
    likelihood_overturned: float | None
    likelihood_n: int
    base_rate: PublishedRate | None
    on_background_alone: bool
    also_asked: tuple[AlsoAsked, ...] = ()
