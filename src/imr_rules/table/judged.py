"""Rows of conclusions → the conclusions that explanations are made of, once for all like rows.

A row of a table of conclusions holds its criteria as sets of bits. Millions of rows hold few
different ones, so that what is worked out in plain Python is worked out once for each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
"""The criteria with a fact that has a value, one bit each."""

STATED = "stated"
"""Those of them with a fact that is known, and not from dates, title and tables."""

JUDGED_BY = (PLACE, OVERTURNED, IN_FAVOUR, SETTLED, MET, COUNTED, UNKNOWN, SPOKEN, STATED)
"""What of a row its explanation hangs on; rows that are equal in these are explained alike."""

JudgedKey = tuple[int, bool, bool, bool, int, int, int, int, int]


def spoken_of(items: pl.DataFrame, places: pl.Series, rules: TableRules) -> pl.DataFrame:
    """Return for each of *items*, governed as *places* tell, the criteria that are spoken of.

    The columns are ``spoken`` and ``stated``.
    """
    rows = pl.DataFrame({PLACE: places, "row": pl.int_range(places.len(), eager=True)})
    found = [pl.DataFrame(schema={"row": pl.Int64, SPOKEN: pl.Int64, STATED: pl.Int64})]
    for (place,), part in rows.drop_nulls(PLACE).group_by(PLACE):
        own = part["row"]
        topic = rules.governors[int(str(place))].topic
        # Only what the topic reads is gathered: a table has ten times as many columns.
        read = [name for name in (*topic.facts, UNDOCUMENTED_NUMBERS) if name in items.columns]
        own_items = items.select(read)[own]
        bits = own_items.select(_spoken(topic, read), _stated(topic, own_items.schema))
        found.append(bits.select(own, pl.all()))
    spoken = rows.join(pl.concat(found), on="row", how="left", maintain_order="left")
    return spoken.select(SPOKEN, STATED)


def _spoken(topic: Topic, columns: list[str]) -> pl.Expr:
    """Return the bits of the criteria of *topic* with a fact that has a value."""
    # A number that is said to be undocumented has a value, though its column has none.
    missing = pl.col(UNDOCUMENTED_NUMBERS).str.split(LIST_SEPARATOR)
    said = {
        fact: pl.col(fact).is_not_null() | missing.list.contains(fact).fill_null(False)
        for fact in topic.facts
        if fact in columns
    }
    return _bits([c.facts for c in topic.criteria.values()], said).alias(SPOKEN)


def _stated(topic: Topic, schema: pl.Schema) -> pl.Expr:
    """Return the bits of the criteria of *topic* with a stated fact that is known."""
    known = {
        fact: pl.col(fact).is_not_null()
        if schema[fact].is_numeric()
        else pl.col(fact).ne(UNDOCUMENTED).fill_null(False)
        for fact in topic.facts
        if fact in schema
    }
    return _bits([topic.stated_facts(name) for name in topic.criteria], known).alias(STATED)


def _bits(read: Sequence[Sequence[str]], holds: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return a bit for each group of facts *read*: whether one of them *holds*."""
    total = pl.repeat(0, pl.len(), dtype=pl.Int64)
    for bit, facts in enumerate(read):
        asked = [holds[fact] for fact in facts if fact in holds]
        if asked:
            total = total + pl.any_horizontal(asked).cast(pl.Int64) * (1 << bit)
    return total


class Judgements:
    """Conclusions by what they hang on; each is built when it is first asked for."""

    def __init__(self, rules: TableRules, basis: Basis) -> None:
        self._rules = rules
        self._basis = basis
        self._engine = ReferenceEngine()
        self._facts: dict[tuple[int, int, int], dict[str, str]] = {}
        """By place, spoken and stated criteria, facts that make just these so."""

    def conclusion(
        self, key: JudgedKey, *, request: Request, on: date, actual: str | None = None
    ) -> Conclusion:
        """Return the conclusion that *key* stands for, about *request* on the day *on*.

        Its sheet holds what the text speaks of and what it states, not what it says: enough to
        tell which route the text follows, which criteria decide and which are documented.
        """
        place, overturned, in_favour, settled, met, counted, unknown, spoken, stated = key
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
            sheet=FactSheet(self._basis, self._spoken_facts(place, spoken, stated)),
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

    def _spoken_facts(self, place: int, spoken: int, stated: int) -> dict[str, str]:
        key = place, spoken, stated
        if key not in self._facts:
            self._facts[key] = _spoken_facts(self._rules.governors[place].topic, spoken, stated)
        return self._facts[key]

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


def _spoken_facts(topic: Topic, spoken: int, stated: int) -> dict[str, str]:
    """Return facts that stand in the *spoken* criteria and in no other, with some value.

    A fact that stands in a criterion nobody speaks of has no value itself; so these are enough
    for every spoken criterion to have one. Likewise those of *stated* criteria, which are known.
    """
    all_read = {name: criterion.facts for name, criterion in topic.criteria.items()}
    all_stated = {name: topic.stated_facts(name) for name in topic.criteria}
    return {
        **dict.fromkeys(_in_these_alone(all_read, spoken), UNDOCUMENTED),
        **dict.fromkeys(_in_these_alone(all_stated, stated), "known"),
    }


def _in_these_alone(facts: Mapping[str, Sequence[str]], criteria: int) -> set[str]:
    """Return those *facts*, by criterion in their order, that no criterion but *criteria* reads."""
    every = {fact for read in facts.values() for fact in read}
    return every - {
        fact for bit, read in enumerate(facts.values()) if not criteria >> bit & 1 for fact in read
    }
