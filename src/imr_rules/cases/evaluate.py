"""Every item of a case decided, in the order in which conclusions become each other's facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from imr_rules.cases.dates import deciding_date
from imr_rules.cases.fact_sheet import fact_sheet
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.model import Certainty, Engine, Prediction, Trace
from imr_rules.facts.model import (
    UNDOCUMENTED,
    Basis,
    Evidence,
    FactSheet,
    ParentService,
    Section,
    ServiceFate,
)
from imr_rules.guidelines.select import Governing, governing_topic
from imr_rules.knowledge import Knowledge

_PARENT = "parent_service"


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the rules make of one disputed item.

    *governing* and *trace* are None where no guideline speaks to the request.
    """

    case: Case
    item: CaseItem
    sheet: FactSheet
    on: date
    prediction: Prediction
    governing: Governing | None
    trace: Trace | None
    engine: str
    parent: Conclusion | None = None
    """The conclusion on the item this one accompanies, where the letter does not state it."""
    with_other_parent: Conclusion | None = None
    """What would follow for this item had its parent been decided the other way."""

    @property
    def agrees(self) -> bool | None:
        """Whether the prediction is what was decided; None without either."""
        if self.item.actual is None or self.prediction is Prediction.NO_GUIDELINE:
            return None
        return self.prediction.value == self.item.actual

    @property
    def certainty(self) -> Certainty | None:
        """How firm the prediction is, its parent's doubt included; None without a guideline.

        The verdict of the trace takes what became of the parent for given.
        """
        if self.trace is None:
            return None
        return Certainty.UNDOCUMENTED if self.hangs_on_parent else self.trace.verdict.certainty

    @property
    def settled(self) -> bool | None:
        """Whether all documents end alike, those on its parent included."""
        return None if self.trace is None else self.trace.settled and not self.hangs_on_parent

    @property
    def hangs_on_parent(self) -> bool:
        """Whether it is barred only until documents get its parent approved."""
        parent, other = self.parent, self.with_other_parent
        if parent is None or parent.certainty is not Certainty.UNDOCUMENTED:
            return False
        barred = self.trace is not None and self.trace.verdict.certainty is Certainty.BARRED
        return barred and other is not None and other.certainty is not Certainty.BARRED


def evaluate_case(
    case: Case,
    basis: Basis,
    knowledge: Knowledge,
    engine: Engine,
    *,
    as_of: date | None = None,
) -> tuple[Conclusion, ...]:
    """Decide every item of *case* on *basis*; the order of the answer is that of the items."""
    on = deciding_date(case, as_of)
    parents = parents_of(case)
    all_told = parents_told(case, basis)
    concluded: dict[int, Conclusion] = {}
    for wave in waves(parents):
        for index in wave:
            item = case.items[index]
            above = parents[index]
            parent = concluded.get(above) if above is not None else None
            told = all_told[index]
            if parent is None or told is not None:
                sheet = fact_sheet(case, item, basis, knowledge, on=on, parent=told)
                concluded[index] = _conclude(case, item, sheet, on, knowledge, engine)
                continue
            follows, other = (
                _conclude(
                    case,
                    item,
                    fact_sheet(case, item, basis, knowledge, on=on, parent=fate),
                    on,
                    knowledge,
                    engine,
                )
                for fate in _fates(parent)
            )
            concluded[index] = replace(follows, parent=parent, with_other_parent=other)
    return tuple(concluded[index] for index in range(len(case.items)))


def _fates(parent: Conclusion) -> tuple[ParentService, ParentService]:
    """Return what follows from *parent* for what accompanies it, then the other fate."""
    number = parent.item.number
    approved = _concluded(ServiceFate.APPROVED, f"item {number} is approved on what is known")
    refused = _concluded(
        ServiceFate.NOT_APPROVED, f"item {number} is not approved on what is documented"
    )
    return (
        (approved, refused) if parent.prediction is Prediction.OVERTURNED else (refused, approved)
    )


def _concluded(fate: ServiceFate, note: str) -> ParentService:
    return ParentService(fate.value, (Evidence(Section.CONCLUSION, note=note),))


def parents_told(case: Case, basis: Basis) -> list[ParentService | None]:
    """Return for each item what the letter tells became of the operation that it accompanies.

    What is said of it with one item holds for all that go with it. Where nothing is said with the
    item itself, and with the others nothing or both, None.
    """
    parents = parents_of(case)
    said = [_said_of_parent(item, basis) for item in case.items]
    # Whatever accompanies anything goes with the same item.
    shared = [
        one
        for one, above in zip(said, parents, strict=True)
        if above is not None and one is not None and one.fate != UNDOCUMENTED
    ]
    agreed = shared[0] if len({one.fate for one in shared}) == 1 else None
    return [
        own if own is not None or above is None else agreed
        for own, above in zip(said, parents, strict=True)
    ]


def _said_of_parent(item: CaseItem, basis: Basis) -> ParentService | None:
    for reading in reversed(basis.readings):
        if _PARENT in item.readings.get(reading, {}):
            shown = item.evidence.get((reading, _PARENT), ())
            return ParentService(item.readings[reading][_PARENT], shown)
    return None


def _conclude(
    case: Case, item: CaseItem, sheet: FactSheet, on: date, knowledge: Knowledge, engine: Engine
) -> Conclusion:
    governing = governing_topic(knowledge.library, item.request, on)
    if governing is None:
        return Conclusion(case, item, sheet, on, Prediction.NO_GUIDELINE, None, None, engine.name)
    trace = engine.trace(governing.topic, governing.edition.parameters, on, sheet.values)
    prediction = trace.verdict.prediction
    return Conclusion(case, item, sheet, on, prediction, governing, trace, engine.name)


def parents_of(case: Case) -> list[int | None]:
    """Return for each item the index of the item that it only accompanies, or None.

    An accompanying service goes with the first item of the letter that does not itself
    accompany another: letters list the operation first and what hangs on it after.
    """
    accompanies = [item.request.accompanies for item in case.items]
    main = accompanies.index(False) if False in accompanies else None
    return [main if hangs else None for hangs in accompanies]


def waves(parents: Sequence[int | None]) -> list[list[int]]:
    """Order item indexes so that each comes after its parent; a circle comes last, as it is."""
    done: set[int] = set()
    ordered: list[list[int]] = []
    rest = set(range(len(parents)))
    while rest:
        ready = sorted(i for i in rest if parents[i] is None or parents[i] in done)
        ready = ready or sorted(rest)
        ordered.append(ready)
        done.update(ready)
        rest.difference_update(ready)
    return ordered
