"""The questionnaires are valid FHIR R4, value sets included, and responses are read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from syrupy.assertion import SnapshotAssertion

from imr_rules.cases.draft import case_from_draft
from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.from_paths import Loaded, load_cases
from imr_rules.cases.from_response import read_response
from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.model import Checklist
from imr_rules.checklist.sheet import sheet_of
from imr_rules.checklist.subject import subject_of
from imr_rules.checklist.to_fhir import checklist_to_fhir
from imr_rules.checklist.wording import Wording
from imr_rules.data_folders import cases_folder
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError
from imr_rules.facts.model import Basis, Reading
from imr_rules.guidelines.library import is_in_force
from imr_rules.knowledge import Knowledge, load_knowledge

# From the definitions of FHIR R4 (4.0.1): required bindings and value sets of the elements used.
PUBLICATION_STATUS = {"draft", "active", "retired", "unknown"}
ITEM_TYPES = {
    "group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string",
    "text", "url", "choice", "open-choice", "attachment", "reference", "quantity",
}  # fmt: skip
OPERATORS = {"exists", "=", "!=", ">", "<", ">=", "<="}
BEHAVIORS = {"all", "any"}
RESPONSE_STATUS = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
ITEM_CONTROLS = {"help", "prompt", "inline", "unit", "lower", "upper", "flyover", "legal"}
V2_0136 = "http://terminology.hl7.org/CodeSystem/v2-0136"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
YES_NO_DONT_KNOW = {(V2_0136, "Y"), (V2_0136, "N"), (ABSENT, "asked-unknown")}
ANSWER_OF = {
    "choice": {"answerCoding"},
    "decimal": {"answerDecimal"},
}
ORIGINS_DTR_2_0 = {"auto", "override", "manual"}

ENGINE = ReferenceEngine()


def items_of(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every item, however deep, in document order."""
    for item in resource.get("item", []):
        yield item
        yield from items_of(item)


def problems_of(questionnaire: dict[str, Any]) -> list[str]:
    """Return what breaks R4's invariants or value sets in *questionnaire*."""
    problems: list[str] = []
    items = list(items_of(questionnaire))
    by_link: dict[str, dict[str, Any]] = {}
    for item in items:
        link = item["linkId"]
        if link in by_link:
            problems.append(f"que-2 {link} twice")
        kind = item["type"]
        if kind not in ITEM_TYPES:
            problems.append(f"item-type {kind}")
        if kind == "group" and not item.get("item"):
            problems.append(f"que-1 {link}: an empty group")
        if kind == "display" and item.get("item"):
            problems.append(f"que-1 {link}: a display with items")
        if "answerOption" in item and "answerValueSet" in item:
            problems.append(f"que-4 {link}")
        if "answerOption" in item and kind not in ("choice", "open-choice"):
            problems.append(f"que-5 {link}")
        if kind == "choice" and not item.get("answerOption"):
            problems.append(f"{link}: a choice of nothing")
        if "initial" in item and kind in ("group", "display"):
            problems.append(f"que-8 {link}")
        clauses = item.get("enableWhen", [])
        if len(clauses) > 1 and item.get("enableBehavior") not in BEHAVIORS:
            problems.append(f"que-12 {link}")
        for clause in clauses:
            problems += clause_problems(link, clause, by_link)
        for extension in item.get("extension", []):
            control = extension.get("valueCodeableConcept", {}).get("coding", [{}])[0].get("code")
            if extension["url"].endswith("itemControl") and control not in ITEM_CONTROLS:
                problems.append(f"item-control {control}")
        by_link[link] = item
    if questionnaire["status"] not in PUBLICATION_STATUS:
        problems.append("publication-status")
    return problems


def clause_problems(
    link: str, clause: dict[str, Any], before: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """Yield what is wrong with a clause of ``enableWhen``; *before* are the items above it."""
    asked = before.get(clause["question"])
    if asked is None:
        yield f"{link} waits for {clause['question']}, which is not asked before"
        return
    if clause["operator"] not in OPERATORS:
        yield f"operator {clause['operator']}"
    (answer,) = (key for key in clause if key.startswith("answer"))
    if clause["operator"] == "exists":
        if answer != "answerBoolean":
            yield f"que-7 {link}"
    elif answer not in ANSWER_OF[asked["type"]]:
        yield f"{link}: {answer} for a {asked['type']}"
    elif answer == "answerCoding":
        offered = [o["valueCoding"] for o in asked["answerOption"]]
        if clause[answer] not in offered:
            yield f"{link} waits for an answer that is not offered"


def test_every_topic_gives_a_valid_questionnaire(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """The R4 definitions hold for all of them: shape, cardinalities, invariants, value sets."""
    for checklist in topic_checklists:
        resource = checklist_to_fhir(checklist, words, units)
        Questionnaire.model_validate_json(json.dumps(resource))
        assert [] == problems_of(resource), resource["url"]


def test_a_yes_no_question_offers_the_r4_value_set(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """Yes, no and unknown are the codes of ``yesnodontknow``; other choices add only unknown."""
    seen = 0
    for checklist in topic_checklists:
        for item in items_of(checklist_to_fhir(checklist, words, units)):
            codings = [o["valueCoding"] for o in item.get("answerOption", [])]
            codes = {(c["system"], c["code"]) for c in codings}
            if (V2_0136, "Y") in codes:
                seen += 1
                assert YES_NO_DONT_KNOW == codes
            elif codes:
                assert (ABSENT, "asked-unknown") in codes
    assert seen > 1000


def test_every_fact_of_a_topic_is_asked_once(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """A response holds all that the topic reads, each fact in one place."""
    for checklist in topic_checklists:
        links = [i["linkId"] for i in items_of(checklist_to_fhir(checklist, words, units))]
        facts = [link for link in links if link.startswith("fact/") and "/help" not in link]
        asked = {f"fact/{a.fact.id}" for q in checklist.questions() for a in q.facts}
        assert sorted(asked) == sorted(facts)


def test_every_question_carries_its_citation(
    sample: Checklist, words: Wording, units: Mapping[str, str]
) -> None:
    """A numbered item names the place that it comes from."""
    numbered = [i for i in items_of(checklist_to_fhir(sample, words, units)) if "prefix" in i]
    assert len(list(sample.questions())) == len(numbered)
    for item in numbered:
        assert any(e["url"].endswith("/citation") for e in item["extension"])


def test_what_rules_a_way_out_stands_under_that_heading(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """Each way has a group for what it needs and one for what rules it out, where it has any."""
    seen = 0
    for checklist in topic_checklists:
        groups = {i["linkId"]: i for i in items_of(checklist_to_fhir(checklist, words, units))}
        for way in checklist.ways:
            needs, bars = (groups.get(f"way/{way.letter}/{part}") for part in ("needs", "bars"))
            assert bool(way.needs) == (needs is not None)
            assert bool(way.bars) == (bars is not None)
            if bars is not None:
                seen += len(way.bars)
                assert words.bars_title == bars["text"]
                held = [i for i in bars["item"] if not i["linkId"].startswith("unless/")]
                assert len(way.bars) == len(held)
    assert seen > 100


def test_an_exception_waits_for_its_rule(
    sample: Checklist, words: Wording, units: Mapping[str, str]
) -> None:
    """What spares from a bar is asked once the bar holds; "unless" once the rule fails."""
    groups = {i["linkId"]: i for i in items_of(checklist_to_fhir(sample, words, units))}
    (spared,) = groups["unless/1"]["enableWhen"]
    assert ("fact/alarm", "=", "Y") == (
        spared["question"], spared["operator"], spared["answerCoding"]["code"]
    )  # fmt: skip
    beyond, unanswered = groups["unless/2"]["enableWhen"]
    assert (">", 6.0) == (beyond["operator"], beyond["answerDecimal"])
    assert ("exists", False) == (unanswered["operator"], unanswered["answerBoolean"])
    assert "any" == groups["unless/2"]["enableBehavior"]


def test_the_sample_questionnaire(
    sample: Checklist, words: Wording, units: Mapping[str, str], snapshot: SnapshotAssertion
) -> None:
    """The whole resource of a topic that has every shape in it."""
    resource = checklist_to_fhir(sample, words, units) | {"version": "of this release"}
    assert snapshot == json.dumps(resource, indent=1, ensure_ascii=False)


def concluded() -> list[Conclusion]:
    """Return the conclusion of every governed item of the cases, on the record alone."""
    knowledge = load_knowledge()
    return [
        conclusion
        for entry in load_cases([cases_folder()], knowledge)
        if isinstance(entry, Loaded)
        for conclusion in evaluate_case(entry.case, Basis.RECORD, knowledge, ENGINE)
        if conclusion.governing is not None
    ]


def test_what_a_record_fills_in_is_read_back_and_decides_alike(
    knowledge: Knowledge, words: Wording, tmp_path: Path, units: Mapping[str, str]
) -> None:
    """Record → response → draft keeps facts, title and day, and with them the prediction."""
    tried = 0
    for conclusion in concluded():
        subject = subject_of(conclusion.item.request, knowledge, conclusion.on)
        checklist = build_checklist(subject, knowledge.vocabulary, filled_from=conclusion)
        bundle = checklist_to_fhir(checklist, words, units)
        Bundle.model_validate_json(json.dumps(bundle))
        path = tmp_path / "response.json"
        path.write_text(json.dumps(bundle), encoding="utf-8")
        draft = read_response(path, knowledge.vocabulary)
        read = {a.fact.id: a.value for q in checklist.questions() for a in q.facts}
        assert {f: v for f, v in read.items() if v is not None} == draft.facts
        assert (conclusion.item.title, conclusion.on) == (draft.request, draft.request_date)
        again = evaluate_case(
            case_from_draft(draft, knowledge.catalogue), Basis.RECORD, knowledge, ENGINE
        )[0]
        assert conclusion.prediction is again.prediction, conclusion.item.title
        tried += 1
    assert tried > 150


def test_a_response_mirrors_its_questionnaire(
    knowledge: Knowledge, words: Wording, units: Mapping[str, str]
) -> None:
    """Items nest as in the questionnaire, answers tell their origin, nothing else is in it."""
    conclusion = next(c for c in concluded() if c.item.readings.get(Reading.RECORD))
    subject = subject_of(conclusion.item.request, knowledge, conclusion.on)
    checklist = build_checklist(subject, knowledge.vocabulary, filled_from=conclusion)
    questionnaire, response = (
        e["resource"] for e in checklist_to_fhir(checklist, words, units)["entry"]
    )
    assert response["status"] in RESPONSE_STATUS
    assert f"{questionnaire['url']}|{questionnaire['version']}" == response["questionnaire"]

    def mirrored(asked: list[dict[str, Any]], answered: list[dict[str, Any]]) -> None:
        order = [item["linkId"] for item in asked]
        places = [order.index(item["linkId"]) for item in answered]
        assert sorted(places) == places
        for item in answered:
            mirrored(asked[order.index(item["linkId"])].get("item", []), item.get("item", []))

    mirrored(questionnaire["item"], response["item"])
    filled = [i for i in items_of(response) if i["linkId"].startswith("fact/")]
    assert filled
    for item in filled:
        (answer,) = item["answer"]
        assert answer["extension"][0]["extension"][0]["valueCode"] in ORIGINS_DTR_2_0


@pytest.mark.parametrize(
    ("text", "words_of_it"),
    [
        ("{", "not JSON"),
        ("[]", "no FHIR QuestionnaireResponse"),
        ('{"resourceType": "Patient"}', "no FHIR QuestionnaireResponse"),
        (
            '{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "fact/pain_reduction",'
            ' "answer": [{"valueString": "maybe"}]}]}',
            "does not offer. Answer with a valueCoding: Y or N of http",
        ),
        (
            '{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "fact/no_such_fact",'
            ' "answer": [{"valueDecimal": 1}]}]}',
            "'no_such_fact' is not defined. ",
        ),
        (
            '{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "fact/qqqqqq",'
            ' "answer": [{"valueDecimal": 1}]}]}',
            "Keep the linkId as the questionnaire has it. Make one with: imr-rules checklist",
        ),
        (
            '{"resourceType": "QuestionnaireResponse", "item": [{"linkId": "request/date",'
            ' "answer": [{"valueDate": "2015"}]}]}',
            "whole day is needed. Write it as YYYY-MM-DD.",
        ),
    ],
)
def test_a_response_that_is_none_is_refused(
    text: str, words_of_it: str, knowledge: Knowledge, tmp_path: Path
) -> None:
    """The message says what is wrong; nothing is guessed."""
    path = tmp_path / "r.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words_of_it):
        read_response(path, knowledge.vocabulary)


def test_the_day_of_a_snapshot_is_fixed(sample: Checklist) -> None:
    """The sample stands on its own day, so that its documents never change by themselves."""
    assert date(2015, 6, 1) == sample.on


def test_a_questionnaire_tells_when_its_text_is_in_force(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """The period holds its last day, and is open only where the text is still in force."""
    ended = 0
    for checklist in topic_checklists:
        edition, topic = checklist.edition, checklist.topic
        assert edition is not None
        assert topic is not None
        period = checklist_to_fhir(checklist, words, units)["effectivePeriod"]
        first = date.fromisoformat(period["start"])
        assert is_in_force(edition, topic, first)
        assert not is_in_force(edition, topic, first - timedelta(days=1))
        if "end" in period:
            last = date.fromisoformat(period["end"])
            assert is_in_force(edition, topic, last)
            assert not is_in_force(edition, topic, last + timedelta(days=1))
            ended += 1
        else:
            assert is_in_force(edition, topic, date.max - timedelta(days=1))
    assert 0 < ended < len(topic_checklists)


def test_a_questionnaire_says_what_the_sheet_says_before_the_questions(
    topic_checklists: list[Checklist], words: Wording, units: Mapping[str, str]
) -> None:
    """Remarks, warning and notice are those of the page, also where no guideline speaks."""
    unknown = Checklist("Moon water", None, date(2017, 1, 1), add=("a drug",))
    for checklist in (unknown, *topic_checklists):
        sheet = sheet_of(checklist, words)
        items = items_of(checklist_to_fhir(checklist, words, units))
        said = {item["text"] for item in items if item["linkId"].startswith("remark/")}
        assert {*sheet.intro, sheet.warning, sheet.notice} - {""} == said
