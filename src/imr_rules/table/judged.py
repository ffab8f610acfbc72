"""Rows of conclusions → the conclusions that explanations are made of, once for all like rows.

A row of a table of conclusions holds its criteria as sets of bits. Millions of rows hold few
different ones, so that what is worked out in plain Python is worked out once for each.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from imr_rules.cases.evaluate import Conclusion
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.model import Prediction, Status, Trace, verdict_of
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.engines.table.topic import (
    COUNTED,
    IN_FAVOUR,
    MET,
    OVERTURNED,
    SETTLED,
    UNKNOWN,
)
from imr_rules.facts.model import UNDOCUMENTED, Basis, FactSheet
from imr_rules.guidelines.model import Topic
from imr_rules.guidelines.select import Governing
from imr_rules.table.evaluate import PLACE, TableRules
from imr_rules.table.schema import LIST_SEPARATOR, UNDOCUMENTED_NUMBERS
from imr_rules.table.selection import Governor
from imr_rules.treatments.model import Request

SPOKEN = "spoken"
"""The criteria of which a text says anything at all, one bit each."""

JUDGED_BY = (PLACE, OVERTURNED, IN_FAVOUR, SETTLED, MET, COUNTED, UNKNOWN, SPOKEN)
"""What of a row its explanation hangs on; rows that are equal in these are explained alike."""

JudgedKey = tuple[int, bool, bool, bool, int, int, int, int]


def spoken_of(items: pl.DataFrame, places: pl.Series, rules: TableRules) -> pl.Series:
    """Return for each of *items*, governed as *places* tell, the criteria that are spoken of."""
    rows = pl.DataFrame({PLACE: places, "row": pl.int_range(places.len(), eager=True)})
    found = [pl.DataFrame(schema={"row": pl.Int64, SPOKEN: pl.Int64})]
    for (place,), part in rows.drop_nulls(PLACE).group_by(PLACE):
        own = part["row"]
        topic = rules.governors[int(str(place))].topic
        # Only what the topic reads is gathered: a table has ten times as many columns.
        read = [name for name in (*topic.facts, UNDOCUMENTED_NUMBERS) if name in items.columns]
        bits = items.select(read)[own].select(_spoken(topic, read).alias(SPOKEN))
        found.append(pl.DataFrame({"row": own, SPOKEN: bits[SPOKEN]}))
    spoken = rows.join(pl.concat(found), on="row", how="left", maintain_order="left")
    return spoken[SPOKEN]


def _spoken(topic: Topic, columns: list[str]) -> pl.Expr:
    """Return the bits of the criteria of *topic* with a fact that has a value."""
    # A number that is said to be undocumented has a value, though its column has none.
    missing = pl.col(UNDOCUMENTED_NUMBERS).str.split(LIST_SEPARATOR)
    total = pl.repeat(0, pl.len(), dtype=pl.Int64)
    for bit, criterion in enumerate(topic.criteria.values()):
        present = [fact for fact in criterion.facts if fact in columns]
        said = [pl.col(fact).is_not_null() for fact in present]
        said += [missing.list.contains(fact).fill_null(False) for fact in present]
        if said:
            total = total + pl.any_horizontal(said).cast(pl.Int64) * (1 << bit)
    return total


class Judgements:
    """Conclusions by what they hang on; each is built when it is first asked for."""

    def __init__(self, rules: TableRules, basis: Basis) -> None:
        self._rules = rules
        self._basis = basis
        self._engine = ReferenceEngine()
        self._facts: dict[tuple[int, int], dict[str, str]] = {}
        """By place and spoken criteria, facts that make just these criteria spoken of."""

    def conclusion(
        self, key: JudgedKey, *, request: Request, on: date, actual: str | None = None
    ) -> Conclusion:
        """Return the conclusion that *key* stands for, about *request* on the day *on*.

        Its sheet holds what the text speaks of, not what it says: enough to tell which route the
        text follows and which criteria decide.
        """
        place, overturned, in_favour, settled, met, counted, unknown, spoken = key
        governor = self._rules.governors[place]
        topic, names = governor.topic, tuple(governor.topic.criteria)
        trace = Trace(
            verdict=verdict_of(recommended=overturned, in_favour=in_favour),
            statuses={
                name: _status(met >> bit & 1, unknown >> bit & 1) for bit, name in enumerate(names)
            },
            counted=frozenset(name for bit, name in enumerate(names) if counted >> bit & 1),
            routes=self._routes(governor, met, counted),
            barred_by=self._bars(governor, met, counted),
            settled=settled,
        )
        item = CaseItem(number=1, title="", request=request, actual=actual, readings={})
        return Conclusion(
            case=Case("", "", None, None, None, (item,)),
            item=item,
            sheet=FactSheet(self._basis, self._spoken_facts(place, spoken)),
            on=on,
            prediction=trace.verdict.prediction,
            governing=Governing(governor.edition, topic, ()),
            trace=trace,
            engine="table",
        )

    def silent(self, *, request: Request, on: date, actual: str | None = None) -> Conclusion:
        """Return the conclusion where no guideline speaks to *request*."""
        item = CaseItem(number=1, title="", request=request, actual=actual, readings={})
        case = Case("", "", None, None, None, (item,))
        sheet = FactSheet(self._basis, {})
        return Conclusion(case, item, sheet, on, Prediction.NO_GUIDELINE, None, None, "table")

    def _spoken_facts(self, place: int, spoken: int) -> dict[str, str]:
        if (place, spoken) not in self._facts:
            topic = self._rules.governors[place].topic
            self._facts[place, spoken] = _spoken_facts(topic, spoken)
        return self._facts[place, spoken]

    def _routes(self, governor: Governor, met: int, counted: int) -> dict[str, bool]:
        compiled = self._engine.compiled(
            governor.topic, governor.edition.parameters, governor.first
        )
        return {route.id: route.is_open(counted, met) for route in compiled.routes}

    def _bars(self, governor: Governor, met: int, counted: int) -> tuple[str, ...]:
        compiled = self._engine.compiled(
            governor.topic, governor.edition.parameters, governor.first
        )
        return tuple(bar.criterion for bar in compiled.all_bars if bar.holds(counted, met))


def _status(met: int, unknown: int) -> Status:
    return Status.MET if met else Status.UNKNOWN if unknown else Status.UNMET


def _spoken_facts(topic: Topic, spoken: int) -> dict[str, str]:
    """Return facts that stand in the *spoken* criteria and in no other.

    A fact that stands in a criterion nobody speaks of has no value itself; so these are enough
    for every spoken criterion to have one.
    """
    in_silence = {
        fact
        for bit, criterion in enumerate(topic.criteria.values())
        if not spoken >> bit & 1
        for fact in criterion.facts
    }
    return dict.fromkeys(set(topic.facts) - in_silence, UNDOCUMENTED)
