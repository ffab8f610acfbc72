"""The fields of a page → the case that they speak of, with what is answered on the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.model import Case
from imr_rules.cases.record import asking_for
from imr_rules.cases.record_kind import RecordKind, kind_of_contents
from imr_rules.errors import InputError
from imr_rules.explain.hinges import with_facts
from imr_rules.facts.model import Basis, Evidence, Reading, Section, Value
from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.knowledge import Knowledge
from imr_rules.letters.clean import clean_text
from imr_rules.letters.model import Determination
from imr_rules.letters.parse import parse_letter
from imr_rules.letters.read import file_text
from imr_rules.preview.replies import Unclear, Wish, reply_to
from imr_rules.serve.model import Sent

LONGEST_TEXT = 500_000
"""In characters; the longest letter read here has 60,000."""
MOST_TITLES = 20
LONGEST_TITLE = 1_000
PASTED = "The text"
"""What a record that was typed or pasted is called."""
_ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Record:
    """The text of a record, what it is called, and how surely and fully it was read."""

    text: str = ""
    source: str = PASTED
    confidence: float = 1.0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks about.

    *case* holds what is answered on the page, and *as_read* what it was without. *letter* is None
    where no record was given. *typed* holds the answers as they stand in their fields, and
    *unclear* why some are none, by those fields' names.
    """

    case: Case
    as_read: Case
    letter: Determination | None
    typed: Mapping[str, str]
    unclear: Mapping[str, str]


def field_name(item: int, fact: str) -> str:
    """Return the name of the field that answers the question about *fact* for *item*."""
    return f"{_ANSWER}-{item}-{fact}"


def record_of(sent: Sent) -> Record:
    """Return the record that *sent* holds: the file where one was chosen, else the text.

    Raises:
        InputError: the file holds no readable text, or more than a record can be.
    """
    fields = sent.fields
    if sent.file:
        name = Path(sent.file_name.replace("\\", "/")).name or "The file"
        content = file_text(sent.file, Path(name))
        record = Record(clean_text(content.text), name, content.confidence, content.unread)
    else:
        share = fields.get("confidence", "")
        record = Record(
            clean_text(fields.get("text", "")),
            fields.get("source") or PASTED,
            float(share) if share.replace(".", "", 1).isdecimal() else 1.0,
            tuple(filter(None, fields.get("unread", "").splitlines())),
        )
    if len(record.text) > LONGEST_TEXT:
        raise InputError(
            f"holds {len(record.text):,} characters; a record here has at most {LONGEST_TEXT:,}.",
            hint="Give the part that speaks of the request.",
        )
    return record


def asked_about(sent: Sent, record: Record, knowledge: Knowledge) -> Asked:
    """Return what *sent* asks about; what is typed stands in place of what *record* says.

    Raises:
        InputError: nothing says what is asked for, a day is none or impossible, or the record is
            no text.
    """
    titles = _titles(sent.fields.get("titles", ""))
    denied, injured = _day(sent.fields, "denied_on"), _day(sent.fields, "injured_on")
    if denied and injured and injured > denied:
        raise InputError(
            f"The injury ({injured}) comes after the denial ({denied}).",
            hint="Correct one of the two days, or leave one open.",
        )
    letter = None
    if record.text.strip():
        letter = _letter(record, knowledge)
        denied, injured = denied or letter.denial_date, injured or letter.injury_date
        letter = replace(letter, denial_date=denied, injury_date=injured)
        if titles or not letter.items:
            letter = asking_for(letter, titles)
        case, _ = case_from_letter(letter, knowledge)
    elif titles:
        draft = Draft(titles[0], denied, injured, beside=titles[1:])
        case = case_from_draft(draft, knowledge.catalogue, source="request")
    else:
        raise InputError("Nothing was given yet.", hint="Say what is asked for, or give a record.")
    if not case.items:
        raise InputError(
            "What a note asks for is not read out of it.",
            hint="Write it under “What is asked for”, as it stands on the request form.",
        )
    # Answers that come with a new file were about the record before it.
    typed = {} if sent.file else sent.fields
    return _with_answers(case, letter, typed, knowledge.vocabulary)


def _letter(record: Record, knowledge: Knowledge) -> Determination:
    # Read as prose, a form or a request file would give facts that nobody stated.
    kind = kind_of_contents(record.text.encode(), Path("record.txt"))
    if kind is not RecordKind.LETTER:
        raise InputError(
            f"{record.source} is no text but a {kind.value}.",
            hint="Give a request, chart note or letter; imr-rules preview FILE reads the rest.",
        )
    return parse_letter(
        record.text,
        knowledge.letter_phrases,
        source=record.source,
        confidence=record.confidence,
        unread=record.unread,
    )


def _titles(typed: str) -> tuple[str, ...]:
    titles = tuple(" ".join(line.split()) for line in typed.splitlines() if line.strip())
    if len(titles) > MOST_TITLES or any(len(title) > LONGEST_TITLE for title in titles):
        raise InputError(
            f"At most {MOST_TITLES} treatments of {LONGEST_TITLE:,} characters can be asked for.",
            hint="Write one a line, without the reasons.",
        )
    return titles


def _day(fields: Mapping[str, str], name: str) -> date | None:
    typed = fields.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise InputError(f"{typed[:20]!r} is no day.", hint="Write it as YYYY-MM-DD.") from None


def _with_answers(
    as_read: Case, letter: Determination | None, fields: Mapping[str, str], vocabulary: Vocabulary
) -> Asked:
    """Return *as_read* with what *fields* answer; that it was answered here is their evidence."""
    case, typed, unclear = as_read, {}, {}
    for item in as_read.items:
        changes: dict[str, Value] = {}
        for fact in vocabulary.values():
            name = field_name(item.number, fact.id)
            words = fields.get(name, "").strip()
            if not words:
                continue
            typed[name] = words
            said = reply_to(fact, words)
            if isinstance(said, Unclear):
                unclear[name] = said.why
            elif isinstance(said, Wish):
                unclear[name] = "Give an answer, or leave it open."
            else:
                changes[fact.id] = said
        here = {
            (Reading.RECORD, fact): (Evidence(Section.NOTE, note="answered here"),)
            for fact in changes
        }
        told = replace(item, evidence={**item.evidence, **here})
        case = with_facts(case, told, changes, Basis.RECORD)
    return Asked(case, as_read, letter, typed, unclear)
