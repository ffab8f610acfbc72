"""Topic → Checklist: its criteria numbered in reading order, each asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from imr_rules.cases.evaluate import Conclusion
from imr_rules.checklist.model import (
    Again,
    Answer,
    BarLine,
    Checklist,
    Excepted,
    FactAnswer,
    Filled,
    Group,
    Join,
    LimitTable,
    Node,
    NumberLimit,
    Presumed,
    Question,
    Way,
)
from imr_rules.checklist.subject import Subject
from imr_rules.engines.model import Status
from imr_rules.engines.thresholds import Limit, limits_on
from imr_rules.explain.fact_words import limit_number, plain_limit, value_words
from imr_rules.facts.model import UNDOCUMENTED
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Bar,
    Criterion,
    FactCompares,
    Ref,
    Requirement,
    Topic,
    Unless,
    leaves_of,
)


def build_checklist(
    subject: Subject,
    vocabulary: Vocabulary,
    *,
    filled_from: Conclusion | None = None,
    instead: str | None = None,
) -> Checklist:
    """Return the checklist of *subject*, filled in with what *filled_from* knows of it.

    *instead* is what the record asks for in the subject's place, as in :class:`Filled`.
    """
    filled = None
    if filled_from is not None:
        case = filled_from.case
        title = filled_from.item.title
        filled = Filled(case.source, title, instead, case.injury_date, case.age_years)
    if subject.topic is None or subject.edition is None:
        return Checklist(
            subject.title,
            subject.treatment,
            subject.on,
            searched=subject.searched,
            add=subject.add,
            also_asked=subject.also_asked,
            filled=filled,
        )
    topic = subject.topic
    limits = limits_on(topic, subject.edition.parameters, subject.on)
    asker = _Asker(topic, vocabulary, limits, filled_from)
    shape = _Shape.of(topic)
    bars = tuple(asker.bar(bar) for bar in shape.bars)
    common = tuple(asker.node(part) for part in shape.common)
    ways = tuple(
        Way(
            _letter(index),
            route.title,
            tuple(asker.ask(name) for name in route.applies),
            tuple(asker.node(part) for part in shape.needs[index]),
            tuple(asker.bar(bar) for bar in shape.way_bars[index]),
        )
        for index, route in enumerate(topic.routes)
    )
    presumed = tuple(
        Presumed(asker.ask(name), tuple(_letter(i) for i in ways_of))
        for name, ways_of in shape.presumed.items()
    )
    return Checklist(
        title=subject.title,
        treatment=subject.treatment,
        on=subject.on,
        edition=subject.edition,
        topic=topic,
        bars=bars,
        common=common,
        ways=ways,
        presumed=presumed,
        searched=subject.searched,
        add=subject.add,
        also_asked=subject.also_asked,
        filled=filled,
    )


def _letter(index: int) -> str:
    return ascii_uppercase[index] if index < len(ascii_uppercase) else str(index + 1)


# --- the shape: what all ways share comes first, once -------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """The parts of a topic sorted by where a checklist shows them."""

    bars: tuple[Bar, ...]
    common: tuple[Requirement, ...]
    needs: tuple[tuple[Requirement, ...], ...]
    way_bars: tuple[tuple[Bar, ...], ...]
    presumed: Mapping[str, tuple[int, ...]]
    """By criterion the ways it belongs to; none for all of them."""

    @staticmethod
    def of(topic: Topic) -> _Shape:
        wanted = [_flat(route.requires) for route in topic.routes]
        many = len(wanted) > 1
        presumed: dict[str, list[int]] = {}
        needs: list[list[Requirement]] = []
        for index, parts in enumerate(wanted):
            needs.append([])
            for part in parts:
                if isinstance(part, Ref) and topic.criteria[part.criterion].presumed:
                    presumed.setdefault(part.criterion, []).append(index)
                else:
                    needs[index].append(part)
        common = (
            [p for p in needs[0] if many and all(p in other for other in needs)] if needs else []
        )
        shared_bars = [
            bar
            for bar in (topic.routes[0].bars if topic.routes else ())
            if all(bar in route.bars for route in topic.routes)
        ]
        return _Shape(
            bars=tuple(dict.fromkeys((*topic.bars, *shared_bars))),
            common=tuple(common),
            needs=tuple(tuple(p for p in parts if p not in common) for parts in needs),
            way_bars=tuple(
                tuple(bar for bar in route.bars if bar not in shared_bars) for route in topic.routes
            ),
            presumed={
                name: () if len(ways) == len(wanted) else tuple(ways)
                for name, ways in presumed.items()
            },
        )


def _flat(requirement: Requirement) -> tuple[Requirement, ...]:
    """Return the parts that are all required, nested lists opened, each once."""
    if isinstance(requirement, AllReq):
        return tuple(dict.fromkeys(p for part in requirement.parts for p in _flat(part)))
    return (requirement,)


# --- questions ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Asker:
    """Numbers the questions as they are asked; a second time only points back."""

    topic: Topic
    vocabulary: Vocabulary
    limits: Mapping[str, Limit]
    known: Conclusion | None
    _asked: dict[str, Question] = field(default_factory=dict)
    _hinted: set[str] = field(default_factory=set)

    def ask(self, name: str) -> Question | Again:
        """Return the question of the criterion *name*."""
        if name in self._asked:
            return Again(self._asked[name])
        criterion = self.topic.criteria[name]
        facts = [self.vocabulary[fact] for fact in self._read(criterion)]
        hints = [f.documentation for f in facts if f.documentation and f.id not in self._hinted]
        self._hinted.update(fact.id for fact in facts)
        question = Question(
            number=len(self._asked) + 1,
            criterion=criterion,
            hints=tuple(dict.fromkeys(hints)),
            limits=self._limits(criterion),
            facts=tuple(self._fact(fact.id) for fact in facts),
            answer=self._answer(criterion),
        )
        self._asked[name] = question
        return question

    def _read(self, criterion: Criterion) -> tuple[str, ...]:
        """Return the facts that *criterion* reads, those that its limits are looked up by too."""
        keys = (self.limits[name].by for name in criterion.thresholds)
        return tuple(dict.fromkeys((*criterion.facts, *filter(None, keys))))

    def bar(self, bar: Bar) -> BarLine:
        """Return *bar* with its exceptions."""
        return BarLine(self.ask(bar.criterion), tuple(self.ask(name) for name in bar.exceptions))

    def node(self, requirement: Requirement) -> Node:
        """Return *requirement* as a node of the checklist."""
        match requirement:
            case Ref(criterion=name):
                return self.ask(name)
            case AllReq(parts=parts):
                return self._group(Join.ALL, len(parts), parts)
            case AnyReq(parts=parts):
                return self._group(Join.ANY, 1, parts)
            case AtLeastReq(count=count, parts=parts):
                return self._group(Join.AT_LEAST, count, parts)
            case Unless(part=part, exceptions=exceptions):
                inner = self.node(part)
                return Excepted(inner, tuple(self.ask(name) for name in exceptions))

    def _group(self, join: Join, count: int, parts: Sequence[Requirement]) -> Node:
        nodes = tuple(self.node(part) for part in parts)
        return nodes[0] if len(nodes) == 1 else Group(join, count, nodes)

    def _limits(self, criterion: Criterion) -> tuple[NumberLimit | LimitTable, ...]:
        """Return the numbers that *criterion* asks for, as the diagnosis has them."""
        facts = self.known.sheet.values if self.known else {}
        lines: dict[NumberLimit | LimitTable, None] = {}
        for leaf in leaves_of(criterion.when):
            if not isinstance(leaf, FactCompares):
                continue
            limit, fact = self.limits[leaf.threshold], self.vocabulary[leaf.fact]
            number = limit_number(limit, facts)
            if number is not None:
                lines[NumberLimit(*plain_limit(fact, leaf.comparison, number), fact.unit)] = None
            if limit.by and facts.get(limit.by) in (None, UNDOCUMENTED):
                rows = tuple(
                    (key, plain_limit(fact, leaf.comparison, value)[1])
                    for key, value in limit.table
                    if value is not None
                )
                lines[LimitTable(rows)] = None
        return tuple(lines)

    def _fact(self, name: str) -> FactAnswer:
        fact = self.vocabulary[name]
        if self.known is None or name not in self.known.sheet.values:
            return FactAnswer(fact)
        value = self.known.sheet.values[name]
        evidence = tuple(self.known.sheet.evidence.get(name, ()))
        return FactAnswer(fact, value, value_words(fact, value), evidence)

    def _answer(self, criterion: Criterion) -> Answer | None:
        if self.known is None or self.known.trace is None:
            return None
        status = self.known.trace.statuses.get(criterion.id)
        if status is Status.MET:
            return Answer.YES
        if status is Status.UNMET:
            return Answer.NO
        said = self.known.sheet.values
        missing = any(said.get(fact) == UNDOCUMENTED for fact in criterion.facts)
        return Answer.NOT_SHOWN if missing else None
