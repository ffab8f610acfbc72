"""A model behind an endpoint is believed only where it quotes the letter, however it misbehaves."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from imr_rules.cases.from_letter import case_from_letter
from imr_rules.errors import InputError, ReaderUnavailableError, UnknownNameError
from imr_rules.facts.model import UNDOCUMENTED, Assertion, Reading, Section
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.letters.model import Determination, DisputedItem, Layout, Span
from imr_rules.reading.model import Refusal
from imr_rules.reading.second import ModelReader, load_policy, parse_endpoint
from imr_rules.reading.second.endpoint import NoAnswerError, ask

from .conftest import Stub, finds, says, send

SUMMARY = "She takes the pills daily and\n\nher pain   fell by half. Strength is full."
TEXT = f"Norco 10/325mg #60\n{SUMMARY}\n"
GOOD = {
    "fact": "pain_reduction",
    "value": "yes",
    "assertion": "affirmed",
    "item": 1,
    "quote": "her pain fell by half",
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def letter() -> Determination:
    title = Span(0, TEXT.index("\n"))
    summary = Span(title.end + 1, len(TEXT))
    item = DisputedItem(1, title.of(TEXT), title, None, None, None, None, None)
    return Determination("stub", TEXT, Layout.SECTIONS, summary=summary, items=(item,))


def reader(stub: Stub, knowledge: Knowledge, **bounds: Any) -> ModelReader:
    quick = {"seconds_an_answer": 5.0, "seconds_between": 0.01, "attempts": 2, **bounds}
    policy = load_policy(knowledge.folder, knowledge.vocabulary).model_copy(update=quick)
    return ModelReader(parse_endpoint(stub.url), "a-model", knowledge.vocabulary, policy)


def test_a_quoted_finding_becomes_a_fact_with_its_place(stub: Stub, knowledge: Knowledge) -> None:
    """White space may differ; the quotation kept is the letter's own."""
    stub.behaviours = [finds(GOOD)]
    case, result = case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    (finding,) = result.findings
    assert "her pain   fell by half" == finding.quote == TEXT[finding.start : finding.end]
    assert (Section.SUMMARY, Assertion.AFFIRMED) == (finding.section, finding.assertion)
    assert {"pain_reduction": "yes"} == case.items[0].readings[Reading.RECORD]
    assert {} == result.refusals


def test_the_question_names_facts_values_and_items(stub: Stub, knowledge: Knowledge) -> None:
    """The schema holds the vocabulary's own names; the text is sent once, to the chat path."""
    stub.behaviours = [finds()]
    case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    (question,) = stub.questions
    schema = question["response_format"]["json_schema"]["schema"]
    variants = schema["properties"]["findings"]["items"]["anyOf"]
    told, missing = (
        v["properties"] for v in variants if "pain_reduction" in v["properties"]["fact"]["enum"]
    )
    assert ["yes", "no"] == told["value"]["enum"]
    assert ["affirmed", "denied"] == told["assertion"]["enum"]
    assert [UNDOCUMENTED] == missing["value"]["enum"] == missing["assertion"]["enum"]
    assert [1, None] == told["item"]["enum"] == missing["item"]["enum"]
    assert SUMMARY in question["messages"][1]["content"]
    assert "Authorization" not in stub.headers[0]


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        ({**GOOD, "quote": "her pain fell by two thirds"}, Refusal.NOT_IN_LETTER),
        ({**GOOD, "quote": "her pain fell by hal"}, Refusal.NOT_IN_LETTER),
        ({**GOOD, "quote": "Norco 10/325mg"}, Refusal.NOT_IN_LETTER),
        ({**GOOD, "quote": "HER PAIN FELL"}, Refusal.NOT_IN_LETTER),
        ({**GOOD, "quote": None}, Refusal.NOT_IN_LETTER),
        ({**GOOD, "quote": "her"}, Refusal.QUOTE_TOO_SHORT),
        ({**GOOD, "quote": " " * 80}, Refusal.QUOTE_TOO_SHORT),
        ({**GOOD, "fact": "the_moon_is_full"}, Refusal.UNKNOWN_FACT),
        ({**GOOD, "fact": ["pain_reduction"]}, Refusal.UNKNOWN_FACT),
        ({**GOOD, "value": "maybe"}, Refusal.WRONG_VALUE),
        ({**GOOD, "value": True}, Refusal.WRONG_VALUE),
        ({**GOOD, "assertion": "shouted"}, Refusal.WRONG_VALUE),
        ({**GOOD, "assertion": "undocumented"}, Refusal.WRONG_VALUE),
        ({**GOOD, "fact": "drug_use_days", "value": 10**400}, Refusal.WRONG_VALUE),
        ({**GOOD, "fact": "drug_use_days", "value": "1e999"}, Refusal.WRONG_VALUE),
        ({**GOOD, "item": 2}, Refusal.WRONG_ITEM),
        ({**GOOD, "item": True}, Refusal.WRONG_ITEM),
        ("pain fell", Refusal.NO_FINDING),
    ],
)
def test_a_finding_that_proves_nothing_is_counted_and_dropped(
    stub: Stub, knowledge: Knowledge, entry: Any, refusal: Refusal
) -> None:
    """The good finding beside it stays."""
    stub.behaviours = [finds(entry, GOOD)]
    _, result = case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    assert ["pain_reduction"] == [finding.fact for finding in result.findings]
    assert {refusal: 1} == result.refusals


@pytest.mark.parametrize("value", [42, 42.0, "42"])
def test_a_number_in_quotation_marks_is_one(
    stub: Stub, knowledge: Knowledge, value: object
) -> None:
    """Models that know no schema write all values alike."""
    stub.behaviours = [finds({**GOOD, "fact": "drug_use_days", "value": value})]
    case, result = case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    assert 42 == case.items[0].readings[Reading.RECORD]["drug_use_days"]
    assert {} == result.refusals


def test_the_question_tells_to_what_day_durations_run(stub: Stub, knowledge: Knowledge) -> None:
    """Without it "since October 2016" is no number to a model."""
    stub.behaviours = [finds()]
    until = date(2017, 1, 9)
    case_from_letter(letter(), knowledge, as_of=until, reader=reader(stub, knowledge))
    (question,) = stub.questions
    assert "2017-01-09" in question["messages"][1]["content"]


def test_a_fact_is_asked_for_with_its_convention(stub: Stub, knowledge: Knowledge) -> None:
    """Told with the facts in question alone: the others would only make the question longer."""
    stub.behaviours = [finds()]
    conventions = {"pain_reduction": "a convention", "surgery_extent": "of no opioid"}
    mine = reader(stub, knowledge, conventions=conventions)
    case_from_letter(letter(), knowledge, reader=mine)
    (question,) = stub.questions
    (line,) = [li for li in question["messages"][1]["content"].splitlines() if "convention" in li]
    assert line.startswith("- pain_reduction (")
    assert line.endswith("[a convention]")


def test_a_convention_of_an_unknown_fact_is_refused(knowledge: Knowledge, tmp_path: Path) -> None:
    """With the file and the line."""
    shipped = (knowledge.folder / "reading" / "second_reader.yaml").read_text(encoding="utf-8")
    copy = tmp_path / "reading" / "second_reader.yaml"
    copy.parent.mkdir()
    copy.write_text(shipped.replace("  surgery_extent:", "  surgery_extend:"), encoding="utf-8")
    with pytest.raises(UnknownNameError, match="surgery_extend") as refused:
        load_policy(tmp_path, knowledge.vocabulary)
    assert refused.value.at is not None
    assert str(refused.value.at).startswith(f"{copy}:")


def test_what_is_said_to_be_missing_is_undocumented(stub: Stub, knowledge: Knowledge) -> None:
    """Value and assertion agree, whatever the model calls the assertion."""
    stub.behaviours = [finds({**GOOD, "value": UNDOCUMENTED, "assertion": "denied"})]
    _, result = case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    assert [Assertion.UNDOCUMENTED] == [finding.assertion for finding in result.findings]


def _hangs(handler: Any, _: Any) -> None:
    time.sleep(1.5)


def _drips(handler: Any, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "200")
    _drip(handler)


def _drips_to_the_end(handler: Any, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Connection", "close")
    _drip(handler)


def _drip(handler: Any) -> None:
    handler.end_headers()
    for _tick in range(200):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)


def _drips_headers(handler: Any, _: Any) -> None:
    for _tick in range(200):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if not _tick else b"X: y\r\n")
        time.sleep(0.05)


def _hangs_up(handler: Any, _: Any) -> None:
    handler.close_connection = True


def _breaks_off(handler: Any, _: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')


def _redirects(handler: Any, _: Any) -> None:
    handler.send_response(307)
    handler.send_header("Location", handler.server.url + "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


MISBEHAVIOURS = {
    "hangs": (_hangs, Refusal.TIMED_OUT),
    "drips": (_drips, Refusal.TIMED_OUT),
    "drips to the end": (_drips_to_the_end, Refusal.TIMED_OUT),
    "drips headers": (_drips_headers, Refusal.TIMED_OUT),
    "hangs up": (_hangs_up, Refusal.NO_CONNECTION),
    "breaks off": (_breaks_off, Refusal.NOT_JSON),
    "too large": (lambda h, _: send(h, b'{"a": "' + b"x" * 20_000 + b'"}'), Refusal.TOO_LARGE),
    "no JSON": (lambda h, _: send(h, b"<html>"), Refusal.NOT_JSON),
    "no UTF-8": (lambda h, _: send(h, b'{"a": "\xff\xfe"}'), Refusal.NOT_JSON),
    "a list": (lambda h, _: send(h, b"[1, 2]"), Refusal.NOT_JSON),
    "nested": (lambda h, _: send(h, b"[" * 9_000), Refusal.NOT_JSON),
    "no choices": (lambda h, _: send(h, b'{"choices": []}'), Refusal.NOT_JSON),
    "prose": (says("I cannot help with that."), Refusal.NOT_JSON),
    "NaN": (says('{"findings": [NaN]}'), Refusal.NOT_JSON),
    "findings no list": (says('{"findings": {"fact": 1}}'), Refusal.NOT_JSON),
    "cut off": (says('{"findings": [{"fact": "pain_red'), Refusal.NOT_JSON),
    "overloaded": (lambda h, _: send(h, b"", status=503), Refusal.REFUSED_BY_SERVER),
    "too many asked": (lambda h, _: send(h, b"", status=429), Refusal.REFUSED_BY_SERVER),
}


@pytest.mark.parametrize("name", sorted(MISBEHAVIOURS))
def test_every_misbehaviour_is_bounded_counted_and_told(
    stub: Stub, knowledge: Knowledge, name: str
) -> None:
    """Two attempts, then one error with the passage, the trouble and what to do about it."""
    behaviour, refusal = MISBEHAVIOURS[name]
    stub.behaviours = [behaviour]
    begin = time.monotonic()
    with pytest.raises(ReaderUnavailableError) as caught:
        case_from_letter(
            letter(),
            knowledge,
            reader=reader(stub, knowledge, seconds_an_answer=0.4, largest_answer=10_000),
        )
    assert time.monotonic() - begin < 4
    assert refusal.is_of_an_answer
    assert f"no usable answer about the summary (2 × {refusal})" in caught.value.message
    assert caught.value.hint


def test_an_encrypted_greeting_is_bounded_too(knowledge: Knowledge) -> None:
    """The time runs from the first byte: a handshake that drips is cut off like an answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            accepted, _ = server.accept()
            with accepted, suppress(OSError):
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    accepted.sendall(bytes([byte]))
                    time.sleep(0.05)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        endpoint = parse_endpoint(f"https://127.0.0.1:{server.getsockname()[1]}")
        begin = time.monotonic()
        with pytest.raises(NoAnswerError) as caught:
            ask(endpoint, {}, seconds=0.4, largest=10_000)
        assert caught.value.refusal is Refusal.TIMED_OUT
        assert time.monotonic() - begin < 2
        thread.join()


def test_a_letter_is_read_whole_or_not_at_all(stub: Stub, knowledge: Knowledge) -> None:
    """A rationale that nobody answered would be judged as one that says nothing."""
    stub.behaviours = [finds(GOOD), _hangs_up]
    whole = letter()
    item = replace(whole.items[0], rationale=whole.summary)
    both = replace(whole, items=(item,))
    with pytest.raises(ReaderUnavailableError, match="about the rationale of item 1"):
        case_from_letter(both, knowledge, reader=reader(stub, knowledge))


def test_a_second_attempt_can_mend_the_first(stub: Stub, knowledge: Knowledge) -> None:
    """A stumble is counted, its passage is read all the same."""
    stub.behaviours = [says("hm"), says("```json\n" + json.dumps({"findings": [GOOD]}) + "\n```")]
    _, result = case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    assert 1 == len(result.findings)
    assert {Refusal.NOT_JSON: 1} == result.refusals
    assert () == result.unread


def form(question: dict[str, Any]) -> str | None:
    """Return the form of answer that *question* asks for."""
    return question["response_format"]["type"] if "response_format" in question else None


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_is_asked_in_the_form_it_knows(
    stub: Stub, knowledge: Knowledge, status: int
) -> None:
    """One without OpenAI's name for a schema is asked by llama.cpp's, then by words alone."""

    def unknown(handler: Any, _: Any) -> None:
        send(handler, b"", status=status)

    stub.behaviours = [unknown, unknown, finds(GOOD)]
    mine = reader(stub, knowledge, attempts=3)
    for _ in range(2):
        _, result = case_from_letter(letter(), knowledge, reader=mine)
        assert 1 == len(result.findings)
    assert ["json_schema", "json_object", None, None] == [form(q) for q in stub.questions]


def test_a_server_that_answered_keeps_its_form(stub: Stub, knowledge: Knowledge) -> None:
    """A stumble later on says nothing of the form; the same question is asked again."""
    stub.behaviours = [finds(GOOD), lambda h, _: send(h, b"", status=500), finds(GOOD)]
    mine = reader(stub, knowledge)
    for _ in range(2):
        _, result = case_from_letter(letter(), knowledge, reader=mine)
        assert 1 == len(result.findings)
    assert ["json_schema"] * 3 == [form(q) for q in stub.questions]


def test_the_instructions_tell_the_form_that_the_schema_enforces(
    stub: Stub, knowledge: Knowledge
) -> None:
    """A server without schemas must learn from the words what an answer looks like."""
    stub.behaviours = [finds(GOOD)]
    case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    (question,) = stub.questions
    told = question["messages"][0]["content"]
    (example,) = json.loads(told[told.index('{"findings"') :])["findings"]
    schema = question["response_format"]["json_schema"]["schema"]
    for variant in schema["properties"]["findings"]["items"]["anyOf"]:
        assert set(variant["required"]) == example.keys()


@pytest.mark.parametrize("behaviour", [lambda h, _: send(h, b"", status=401), _redirects])
def test_a_refusal_ends_the_reading_at_once(
    stub: Stub, knowledge: Knowledge, behaviour: Any
) -> None:
    """A wrong key or a redirect is the user's to mend; the letter is not sent elsewhere."""
    stub.behaviours = [behaviour]
    with pytest.raises(ReaderUnavailableError):
        case_from_letter(letter(), knowledge, reader=reader(stub, knowledge))
    assert 1 == len(stub.questions)


def test_a_dead_endpoint_is_given_up(stub: Stub, knowledge: Knowledge) -> None:
    """After some unanswered passages nothing is asked any more."""
    stub.behaviours = [_hangs_up]
    mine = reader(stub, knowledge, give_up_after=2)
    for _ in range(2):
        with pytest.raises(ReaderUnavailableError, match="no connection"):
            case_from_letter(letter(), knowledge, reader=mine)
    with pytest.raises(ReaderUnavailableError, match="2 passages in a row"):
        case_from_letter(letter(), knowledge, reader=mine)
    assert 4 == len(stub.questions)


def test_too_many_findings_are_cut(stub: Stub, knowledge: Knowledge) -> None:
    """What one answer may hold is bounded; the rest is counted. Equal findings are one."""
    stub.behaviours = [finds(*[GOOD] * 50)]
    mine = reader(stub, knowledge, most_findings=10)
    _, result = case_from_letter(letter(), knowledge, reader=mine)
    assert 1 == len(result.findings)
    assert {Refusal.TOO_MANY: 40} == result.refusals


def test_an_overlong_passage_is_cut_and_told(stub: Stub, knowledge: Knowledge) -> None:
    """Only the beginning is sent."""
    stub.behaviours = [finds()]
    mine = reader(stub, knowledge, largest_passage=20)
    case, _ = case_from_letter(letter(), knowledge, reader=mine)
    assert any("beyond its first 20 characters" in missing for missing in case.missing)
    assert "Strength is full" not in stub.questions[0]["messages"][1]["content"]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://localhost:8080", "/v1/chat/completions"),
        ("http://localhost/v1/", "/v1/chat/completions"),
        ("https://host/api/v1/chat/completions", "/api/v1/chat/completions"),
    ],
)
def test_an_endpoint_may_be_named_in_short(url: str, path: str) -> None:
    """The root, its version, or the whole address."""
    assert path == parse_endpoint(url).path


@pytest.mark.parametrize(
    "url", ["", "localhost:8080", "ftp://host", "http://", "http://h:x", "http://u:secret@host/v1"]
)
def test_what_is_no_endpoint_is_refused(url: str) -> None:
    """No request is made, and no password repeated."""
    with pytest.raises(InputError) as caught:
        parse_endpoint(url)
    assert "secret" not in str(caught.value)


def test_the_key_is_sent_and_never_shown(stub: Stub, knowledge: Knowledge, tmp_path: Path) -> None:
    """It goes into one header and into no representation."""
    stub.behaviours = [finds()]
    mine = reader(stub, knowledge)
    mine.endpoint = parse_endpoint(stub.url, key="a-key")
    case_from_letter(letter(), knowledge, reader=mine)
    assert "Bearer a-key" == stub.headers[0]["Authorization"]
    assert "a-key" not in repr(mine)
