"""Checklist → FHIR R4 Questionnaire, and a Bundle with a QuestionnaireResponse where filled in.

After the conventions of Da Vinci DTR: stable link ids, coded answers, ``enableWhen``, help texts,
the origin of answers that were filled in. Every fact is asked once, so that a response can be
read back without loss (:mod:`imr_rules.cases.from_response`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from imr_rules import __version__
from imr_rules.cases.fhir_links import AGE, BASE, INJURY_DATE, REQUEST_DATE, TITLE, fact_link
from imr_rules.checklist.fhir_enable import (
    Enabling,
    coding,
    unknown_coding,
    when_met,
    when_not_met,
)
from imr_rules.checklist.fhir_response import response_to
from imr_rules.checklist.fhir_units import ucum_code
from imr_rules.checklist.model import (
    Again,
    BarLine,
    Checklist,
    Excepted,
    Group,
    Join,
    Node,
    Question,
    Way,
    questions_of,
)
from imr_rules.checklist.sheet import group_label, intro_lines, warning_line
from imr_rules.checklist.wording import Wording
from imr_rules.engines.thresholds import limits_on
from imr_rules.explain.also_asked import AlsoAsked
from imr_rules.facts.vocabulary import Fact, FactType
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import FactIs

Item = dict[str, Any]

_CITATION = f"{BASE}/StructureDefinition/citation"
_STANDING = f"{BASE}/StructureDefinition/standing"
_ALSO_ASKED = f"{BASE}/StructureDefinition/also-asked"
_NEEDED = f"{BASE}/StructureDefinition/parts-needed"
_ITEM_CONTROL = "http://hl7.org/fhir/StructureDefinition/questionnaire-itemControl"
_UNIT = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit"
_RESOURCE_CITATION = "http://hl7.org/fhir/StructureDefinition/cqf-citation"


def checklist_to_fhir(
    checklist: Checklist, words: Wording, units: Mapping[str, str]
) -> dict[str, Any]:
    """Return *checklist* as a Questionnaire, or a collection of it and its response.

    *units* are the UCUM codes of the vocabulary's units.
    """
    questionnaire = _questionnaire(checklist, words, units)
    if checklist.filled is None:
        return questionnaire
    return response_to(questionnaire, checklist)


def _questionnaire(
    checklist: Checklist, words: Wording, units: Mapping[str, str]
) -> dict[str, Any]:
    topic, edition = checklist.topic, checklist.edition
    name = f"{edition.id}-{topic.id}" if topic and edition else "no-guideline"
    resource: dict[str, Any] = {
        "resourceType": "Questionnaire",
        "id": name[:64].strip("-"),
        "language": words.lang,
        "url": f"{BASE}/Questionnaire/{name}",
        "version": f"{__version__}-{checklist.on.isoformat()}",
        "name": "Checklist" + "".join(p.capitalize() for p in re.split(r"[^A-Za-z0-9]+", name)),
        "title": f"{words.checklist}: {topic.title if topic else checklist.title}",
        "status": "active",
        "subjectType": ["Patient"],
        "date": checklist.on.isoformat(),
        "publisher": "imr-rules",
        "description": words.notice,
    }
    if topic and edition:
        resource["extension"] = [
            {
                "url": _RESOURCE_CITATION,
                "valueString": f"{edition.cite_as}: {topic.cite} ({edition.legal})",
            }
        ]
        start, end = days_in_force(edition, topic)
        resource["effectivePeriod"] = {"start": start.isoformat()}
        if end != date.max:
            # A period of FHIR holds its last day.
            resource["effectivePeriod"]["end"] = (end - timedelta(days=1)).isoformat()
    if checklist.also_asked:
        own = resource.setdefault("extension", [])
        own.extend(_also_asked(other) for other in checklist.also_asked)
    items = [_request_group(checklist, words), *_remarks(checklist, words)]
    if topic and edition:
        items += _Items(checklist, words, units).all()
    resource["item"] = items
    return resource


def _also_asked(other: AlsoAsked) -> Item:
    topic = f"{other.governing.edition.id}/{other.governing.topic.id}"
    told = [("topic", "valueString", topic)]
    if other.treatment is not None:
        told.append(("treatment", "valueCode", other.treatment))
    told += [("body-part", "valueCode", part) for part in other.body_parts]
    return {"url": _ALSO_ASKED, "extension": [{"url": u, kind: v} for u, kind, v in told]}


def _request_group(checklist: Checklist, words: Wording) -> Item:
    title: Item = {"linkId": TITLE, "text": words.request, "type": "string"}
    if checklist.treatment is not None:
        title["initial"] = [{"valueString": checklist.title}]
    return {
        "linkId": "request",
        "text": words.request,
        "type": "group",
        "item": [
            title,
            {"linkId": REQUEST_DATE, "text": words.date, "type": "date"},
            {"linkId": INJURY_DATE, "text": words.injury_date, "type": "date"},
            {"linkId": AGE, "text": words.age, "type": "decimal"},
        ],
    }


def _remarks(checklist: Checklist, words: Wording) -> Iterator[Item]:
    lines = filter(None, (warning_line(checklist, words), *intro_lines(checklist, words)))
    for index, line in enumerate((*lines, words.notice), start=1):
        yield {"linkId": f"remark/{index}", "text": line, "type": "display"}


@dataclass(slots=True)
class _Items:
    """Writes the items of one checklist; a fact is asked the first time it is needed."""

    checklist: Checklist
    words: Wording
    units: Mapping[str, str]
    _asked: set[str] = field(default_factory=set)
    _links: Counter[str] = field(default_factory=Counter)

    def all(self) -> list[Item]:
        """Return the groups of the checklist, in its order."""
        checklist, words = self.checklist, self.words
        items: list[Item] = []
        if checklist.bars:
            bars = [item for bar in checklist.bars for item in self._bar(bar)]
            items.append(self._group_item("bars", words.bars_title, bars))
        if checklist.common:
            common = self._nodes(checklist.common)
            items.append(self._group_item("common", words.common_title, common))
        items.extend(item for way in checklist.ways for item in self._way(way))
        if checklist.presumed:
            presumed = self._nodes(entry.question for entry in checklist.presumed)
            note = f"{words.presumed_title}. {words.presumed_note}"
            items.append(self._group_item("presumed", note, presumed))
        return items

    def _way(self, way: Way) -> Iterator[Item]:
        many = len(self.checklist.ways) > 1
        lead = f"{self.words.way.format(letter=way.letter)}: " if many else ""
        applies = self._nodes(way.applies)
        needs = self._nodes(way.needs)
        bars = [item for bar in way.bars for item in self._bar(bar)]
        if not applies and not needs and not bars:
            return
        link = f"way/{way.letter}"
        inner: list[Item] = []
        if needs:
            inner.append(self._group_item(f"{link}/needs", self.words.needs_title, needs))
        if bars:
            inner.append(self._group_item(f"{link}/bars", self.words.bars_title, bars))
        enabling = self._applies(way)
        if enabling is not None and self._is_all_its_own(way):
            for group in inner:
                group |= enabling.as_fields()
        yield self._group_item(link, f"{lead}{way.title}", [*applies, *inner])

    def _applies(self, way: Way) -> Enabling | None:
        if len(way.applies) != 1:
            return None
        for question in questions_of(way.applies[0]):
            return self._enabling(question, met=True)
        return None

    def _is_all_its_own(self, way: Way) -> bool:
        """Whether nothing outside *way* reads the facts it needs: hiding it hides no more."""
        nodes = (*way.needs, *(n for bar in way.bars for n in (bar.question, *bar.exceptions)))
        inside = [question.number for node in nodes for question in questions_of(node)]
        return self._read_only_by(set(inside))

    def _read_only_by(self, numbers: set[int]) -> bool:
        questions = list(self.checklist.questions())
        mine = {f for q in questions if q.number in numbers for f in q.criterion.facts}
        return not any(mine & set(q.criterion.facts) for q in questions if q.number not in numbers)

    def _bar(self, bar: BarLine) -> list[Item]:
        items = self._node(bar.question)
        for question in questions_of(bar.question):
            enabling = self._enabling(question, met=True)
            items += self._exceptions(bar.exceptions, enabling)
        return items

    def _exceptions(self, nodes: Iterable[Node], enabling: Enabling | None) -> list[Item]:
        nodes = tuple(nodes)
        items = self._nodes(nodes)
        if not items:
            return []
        group = self._group_item(self._link("unless"), self.words.unless, items)
        own = self._read_only_by({q.number for node in nodes for q in questions_of(node)})
        if enabling is not None and own:
            group |= enabling.as_fields()
        return [group]

    def _enabling(self, question: Question, *, met: bool) -> Enabling | None:
        """Return when *question* is answered so, if its facts were asked before."""
        assert self.checklist.topic is not None
        assert self.checklist.edition is not None
        limits = limits_on(
            self.checklist.topic, self.checklist.edition.parameters, self.checklist.on
        )
        facts = {answer.fact.id: answer.fact for answer in question.facts}
        if met:
            return when_met(question.criterion.when, facts, limits)
        return when_not_met(question.criterion.when, facts, limits)

    def _nodes(self, nodes: Iterable[Node]) -> list[Item]:
        return [item for node in nodes for item in self._node(node)]

    def _node(self, node: Node) -> list[Item]:
        match node:
            case Question():
                return [self._question(node)]
            case Again(question=question):
                return [self._see(question)]
            case Group(join=join, count=count, parts=parts):
                text = group_label(node, self.words)
                item = self._group_item(self._link("of"), text, self._nodes(parts))
                if join is not Join.ALL:
                    item["extension"] = [{"url": _NEEDED, "valueInteger": count}]
                return [item]
            case Excepted(part=part, exceptions=exceptions):
                items = self._node(part)
                enabling = None
                if isinstance(part, Question | Again):
                    inner = part.question if isinstance(part, Again) else part
                    enabling = self._enabling(inner, met=False)
                return items + self._exceptions(exceptions, enabling)

    def _question(self, question: Question) -> Item:
        criterion = question.criterion
        facts = [answer.fact for answer in question.facts]
        when = criterion.when
        about = [
            {"url": _CITATION, "valueString": str(criterion.cite)},
            {"url": _STANDING, "valueCode": criterion.standing.value},
        ]
        alone = isinstance(when, FactIs) and when.values == ("yes",)
        if alone and facts[0].id not in self._asked:
            item = self._fact(facts[0], criterion.question)
            item["extension"] = [*about, *item.get("extension", [])]
            return {"linkId": item.pop("linkId"), "prefix": str(question.number), **item}
        inner = [
            self._fact(fact, fact.question) if fact.id not in self._asked else self._see_fact(fact)
            for fact in facts
        ]
        return {
            "linkId": f"criterion/{criterion.id}",
            "prefix": str(question.number),
            "text": criterion.question,
            "type": "group",
            "extension": about,
            "item": inner,
        }

    def _fact(self, fact: Fact, text: str) -> Item:
        self._asked.add(fact.id)
        item: Item = {"linkId": fact_link(fact.id), "text": text}
        if fact.type is FactType.NUMBER:
            item["type"] = "decimal"
            unit = {
                "system": "http://unitsofmeasure.org",
                "code": ucum_code(fact.unit, self.units),
                "display": self.words.units.get(fact.unit, fact.unit),
            }
            item["extension"] = [{"url": _UNIT, "valueCoding": unit}]
        else:
            item["type"] = "choice"
            codings = [*(coding(fact, value) for value in fact.known_values), unknown_coding()]
            item["answerOption"] = [{"valueCoding": each} for each in codings]
        if fact.documentation:
            help_text = f"{self.words.what_counts}: {fact.documentation}"
            item["item"] = [_help(f"{fact_link(fact.id)}/help", help_text)]
        return item

    def _see(self, question: Question) -> Item:
        text = f"{self.words.again.format(number=question.number)}: {question.criterion.question}"
        return {"linkId": self._link("see"), "text": text, "type": "display"}

    def _see_fact(self, fact: Fact) -> Item:
        text = f"{self.words.asked_before}: {fact.question}"
        return {"linkId": self._link("see"), "text": text, "type": "display"}

    def _group_item(self, link_id: str, text: str, items: list[Item]) -> Item:
        return {"linkId": link_id, "text": text, "type": "group", "item": items}

    def _link(self, kind: str) -> str:
        self._links[kind] += 1
        return f"{kind}/{self._links[kind]}"


def _help(link_id: str, text: str) -> Item:
    control: Mapping[str, Any] = {
        "coding": [{"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}]
    }
    return {
        "linkId": link_id,
        "text": text,
        "type": "display",
        "extension": [{"url": _ITEM_CONTROL, "valueCodeableConcept": control}],
    }
