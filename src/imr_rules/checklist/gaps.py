"""A decided letter → its gaps: what was found missing, where the record had it, what remains."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.fact_sheet import fact_sheet
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.model import Certainty, Engine, Prediction, Status
from imr_rules.errors import InputError, Location
from imr_rules.explain.also_asked import AlsoAsked, also_asked
from imr_rules.explain.fact_words import question_in, value_words
from imr_rules.explain.hinges import Hinge, hinges_of, with_facts
from imr_rules.explain.model import FactShown, Reason
from imr_rules.explain.reasons import reasons_for
from imr_rules.facts.model import UNDOCUMENTED, Basis, Evidence, Reading, Value
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.guidelines.model import Criterion, Topic, criteria_of
from imr_rules.knowledge import Knowledge

_NONE = ("no", "none")
"""Values by which a record says that there is nothing of the kind."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A fact that the reviewer found missing or against the request, and what the record has.

    *record* is None where nothing that was read of the record speaks of it.
    """

    fact: Fact
    question: str
    criteria: tuple[Criterion, ...]
    found: Value
    found_words: str
    found_evidence: tuple[Evidence, ...]
    record: Value | None
    record_words: str
    record_evidence: tuple[Evidence, ...]

    @property
    def record_had_it(self) -> bool:
        """Whether the record settles what the reviewer found missing, or says otherwise."""
        return self.record_speaks and self.record != self.found

    @property
    def record_speaks(self) -> bool:
        """Whether the record says anything of the fact, be it that there is none."""
        return self.record not in (None, UNDOCUMENTED)

    @property
    def record_shows_it(self) -> bool:
        """Whether the record had what was found missing, and not only a word that there is none."""
        speaks_for = self.fact.favours
        return (
            self.record_had_it
            and self.record not in _NONE
            and (self.fact.type is FactType.NUMBER or not speaks_for or self.record in speaks_for)
        )


@dataclass(frozen=True, slots=True)
class GapList:
    """The gaps of one upheld item.

    *settles_it*: with what the record already had, the rules come out the other way. *barred*: what
    was found rules the treatment out. *remains* is what would turn the outcome beyond that.
    *also_asked* is what the title asks for too, and nothing here judges.
    """

    conclusion: Conclusion
    gaps: tuple[Gap, ...]
    settles_it: bool
    barred: bool
    remains: tuple[Hinge, ...]
    also_asked: tuple[AlsoAsked, ...] = ()

    @property
    def item(self) -> CaseItem:
        return self.conclusion.item


def gap_lists(
    case: Case, knowledge: Knowledge, engine: Engine, *, as_of: date | None = None
) -> Iterator[GapList]:
    """Yield the gaps of every item of *case* that was upheld.

    An item whose decision could not be read counts as predicted, if a reviewer wrote of it.

    Raises:
        InputError: nothing of it was decided yet: no reviewer has found anything missing.
    """
    if not any(item.actual or item.readings.get(Reading.RATIONALE) for item in case.items):
        raise InputError(
            "was not denied yet, so no reviewer has found anything missing in it.",
            at=Location(case.source),
            hint=f"See what it still lacks with: imr-rules preview {case.source}",
        )
    for conclusion in evaluate_case(case, Basis.REVIEW, knowledge, engine, as_of=as_of):
        item = conclusion.item
        outcome = item.actual
        if outcome is None and item.readings.get(Reading.RATIONALE):
            outcome = conclusion.prediction.value
        if outcome == Prediction.UPHELD.value:
            yield _gap_list(conclusion, knowledge, engine, as_of)


def _gap_list(
    conclusion: Conclusion, knowledge: Knowledge, engine: Engine, as_of: date | None
) -> GapList:
    gaps = tuple(_gaps(conclusion, knowledge))
    had = {gap.fact.id: gap.record for gap in gaps if gap.record_had_it and gap.record is not None}
    pointed_out = conclusion
    if had:
        restored = with_facts(conclusion.case, conclusion.item, had, Basis.REVIEW)
        again = evaluate_case(restored, Basis.REVIEW, knowledge, engine, as_of=as_of)
        pointed_out = next(c for c in again if c.item.number == conclusion.item.number)
    settles_it = pointed_out.prediction is Prediction.OVERTURNED
    return GapList(
        conclusion,
        gaps,
        settles_it,
        pointed_out.certainty is Certainty.BARRED,
        () if settles_it else hinges_of(pointed_out, knowledge, engine, as_of=as_of),
        also_asked(conclusion.item.request, conclusion.governing, knowledge, conclusion.on),
    )


def _gaps(conclusion: Conclusion, knowledge: Knowledge) -> Iterator[Gap]:
    """Yield what the reviewer found about each criterion that is not established.

    What decides comes first. What was found missing on another way counts as well: the way that the
    rules come closest to need not be the one the reviewer denied.
    """
    if conclusion.governing is None:
        return
    rationale = conclusion.item.readings.get(Reading.RATIONALE, {})
    # What follows from title, dates or other facts of the record is in it too.
    recorded = fact_sheet(
        conclusion.case, conclusion.item, Basis.RECORD, knowledge, on=conclusion.on
    )
    topic = conclusion.governing.topic
    needed = _needed(topic)
    open_criteria = [
        reason for reason in reasons_for(conclusion) if reason.lacking is not reason.bars
    ]
    facts = dict.fromkeys(
        shown.fact
        for reason in open_criteria
        for shown in reason.facts
        if shown.fact in rationale
        and (
            rationale[shown.fact] == UNDOCUMENTED
            or (
                (reason.decisive or reason.criterion in needed)
                and _speaks_against(reason, rationale[shown.fact], knowledge, shown)
            )
        )
    )
    for name in facts:
        fact = knowledge.vocabulary[name]
        found, now = rationale[name], recorded.values.get(name)
        yield Gap(
            fact,
            question_in(topic, fact),
            tuple(
                topic.criteria[reason.criterion]
                for reason in open_criteria
                if any(shown.fact == name for shown in reason.facts)
            ),
            found,
            value_words(fact, found),
            conclusion.item.evidence.get((Reading.RATIONALE, name), ()),
            now,
            "" if now is None else value_words(fact, now),
            recorded.evidence.get(name, ()),
        )


def _needed(topic: Topic) -> frozenset[str]:
    """Return the criteria that *topic* requires or rules out by, in any way.

    Those that only tell for whom a way is stay out: not to be on one of them is no gap.
    """
    barring = (name for bar in topic.all_bars for name in (bar.criterion, *bar.exceptions))
    required = (name for route in topic.routes for name in criteria_of(route.requires))
    return frozenset((*barring, *required))


def _speaks_against(reason: Reason, value: Value, knowledge: Knowledge, shown: FactShown) -> bool:
    """Whether *value* is what *reason* fails by, or, for a bar, what it holds by."""
    if reason.bars:
        return True
    return reason.status is Status.UNMET and value not in knowledge.vocabulary[shown.fact].favours
