"""A draft: a request that is still being written, with the facts its record is known to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from imr_rules.cases.model import Case, CaseItem
from imr_rules.facts.model import Evidence, Reading, Section, Value
from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.from_title import parse_request


@dataclass(frozen=True, slots=True)
class Draft:
    """What is asked for, and what is known so far.

    *facts* leaves out what nobody looked for; ``undocumented`` is what was looked for in the record
    and not found. *notes* tell in the writer's own words where a fact stands. *skipped* are
    questions put off, so that a resumed session asks them last. *beside* are the other treatments
    of the same request.
    """

    request: str
    request_date: date | None = None
    injury_date: date | None = None
    age_years: float | None = None
    beside: tuple[str, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def with_fact(self, fact: str, value: Value) -> Draft:
        """Return the draft with *fact* answered."""
        skipped = tuple(name for name in self.skipped if name != fact)
        return replace(self, facts={**self.facts, fact: value}, skipped=skipped)

    def with_skipped(self, fact: str) -> Draft:
        """Return the draft with the question about *fact* put off."""
        rest = tuple(name for name in self.skipped if name != fact)
        return replace(self, skipped=(*rest, fact))


def case_from_draft(draft: Draft, catalogue: Catalogue, *, source: str = "draft") -> Case:
    """Return *draft* as a case: its request is item 1, the treatments beside it follow."""
    evidence = {
        (Reading.RECORD, fact): (Evidence(Section.NOTE, note=note),)
        for fact, note in draft.notes.items()
    }
    first = CaseItem(
        number=1,
        title=draft.request,
        request=parse_request(draft.request, catalogue),
        actual=None,
        readings={Reading.RECORD: dict(draft.facts)},
        evidence=evidence,
    )
    others = tuple(
        CaseItem(number, title, parse_request(title, catalogue), None, {Reading.RECORD: {}})
        for number, title in enumerate(draft.beside, start=2)
    )
    return Case(
        # As a letter without a number is: several requests must be told apart in a list.
        case_number=Path(source).stem,
        source=source,
        injury_date=draft.injury_date,
        # The guideline in force when the request is reviewed governs; until then, its own day.
        denial_date=draft.request_date,
        decision_date=None,
        items=(first, *others),
        age_years=draft.age_years,
    )
