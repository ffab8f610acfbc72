"""The fields of a page → the case that they speak of, with what is answered on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.model import Case, CaseItem
from imr_rules.cases.record import asking_for
from imr_rules.cases.record_kind import RecordKind, kind_of_contents
from imr_rules.errors import InputError
from imr_rules.explain.hinges import with_facts
from imr_rules.facts.model import Basis, Evidence, Reading, Section, Value
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
_NOT_DOCUMENTED = "undocumented"
_NO_RECORD = (
    "Paste a request, chart note or letter; a request file is read by imr-rules preview FILE."
)


@dataclass(frozen=True, slots=True)
class Record:
    """The text of a record, what it is called, and how surely and fully it was read."""

    text: str = ""
    source: str = PASTED
    confidence: float = 1.0
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """A case with the answers given on the page; *letter* is None where no record was given.

    *answers* hold by item and fact what was typed, *unclear* why some of it is no answer.
    """

    case: Case
    letter: Determination | None
    answers: Mapping[tuple[int, str], str] = field(default_factory=dict)
    unclear: Mapping[tuple[int, str], str] = field(default_factory=dict)


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
        record = Record(
            clean_text(fields.get("text", "")).strip("\n"),
            fields.get("source") or PASTED,
            _share(fields.get("confidence", "")),
            tuple(filter(None, fields.get("unread", "").split("\n"))),
        )
    if len(record.text) > LONGEST_TEXT:
        raise InputError(
            f"holds {len(record.text):,} characters; a record here has at most {LONGEST_TEXT:,}.",
            at=None,
            hint="Give the part that speaks of the request.",
        )
    return record


def answered_case(sent: Sent, record: Record, knowledge: Knowledge) -> Answered:
    """Return the case that *sent* speaks of; what is typed stands in place of what *record* says.

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
        letter = replace(
            letter,
            denial_date=denied or letter.denial_date,
            injury_date=injured or letter.injury_date,
        )
        if titles or not letter.items:
            letter = asking_for(letter, titles)
        case, _ = case_from_letter(letter, knowledge)
    elif titles:
        first, *beside = titles
        draft = Draft(first, denied, injured, beside=tuple(beside))
        case = case_from_draft(draft, knowledge.catalogue, source="request")
    else:
        raise InputError("Nothing was given yet.", hint="Say what is asked for, or give a record.")
    if not case.items:
        raise InputError(
            "What a note asks for is not read out of it.",
            hint="Write it under “What is asked for”, as it stands on the request form.",
        )
    if sent.file:
        return Answered(case, letter)  # the answers on the page were about another record
    return _with_answers(case, letter, sent.fields, knowledge)


def field_name(item: int, fact: str) -> str:
    """Return the name of the field that answers the question about *fact* for *item*."""
    return f"{_ANSWER}-{item}-{fact}"


def _letter(record: Record, knowledge: Knowledge) -> Determination:
    # Read as prose, a form or a request file would give facts that nobody stated.
    kind = kind_of_contents(record.text.encode(), Path("record.txt"))
    if kind is not RecordKind.LETTER:
        raise InputError(f"{record.source} is no text but a {kind.value}.", hint=_NO_RECORD)
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
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        shown = typed[:20]
        raise InputError(f"{shown!r} is no day.", hint="Write it as YYYY-MM-DD.") from None


def _share(typed: str) -> float:
    try:
        return min(max(float(typed), 0.0), 1.0)
    except ValueError:
        return 1.0


def _typed_answers(fields: Mapping[str, str]) -> Iterator[tuple[tuple[int, str], str]]:
    for name, typed in fields.items():
        kind, _, rest = name.partition("-")
        number, _, fact = rest.partition("-")
        if kind == _ANSWER and number.isdecimal() and len(number) < 5 and typed.strip():
            yield (int(number), fact), typed.strip()


def _with_answers(
    case: Case, letter: Determination | None, fields: Mapping[str, str], knowledge: Knowledge
) -> Answered:
    """Return *case* with what is answered in *fields*; that the page says it is its evidence."""
    answers: dict[tuple[int, str], str] = {}
    unclear: dict[tuple[int, str], str] = {}
    changes: dict[int, dict[str, Value]] = {}
    for (number, name), typed in _typed_answers(fields):
        if name not in knowledge.vocabulary:
            continue
        answers[number, name] = typed
        said = reply_to(knowledge.vocabulary[name], typed)
        if isinstance(said, Unclear):
            unclear[number, name] = said.why
        elif isinstance(said, Wish):
            unclear[number, name] = "Give an answer, or leave it open."
        else:
            changes.setdefault(number, {})[name] = said
    for item in case.items:
        if item.number in changes:
            case = _answered_item(case, item, changes[item.number])
    return Answered(case, letter, answers, unclear)


def _answered_item(case: Case, item: CaseItem, changes: Mapping[str, Value]) -> Case:
    said = {
        (Reading.RECORD, fact): (Evidence(Section.NOTE, note="answered here"),) for fact in changes
    }
    told = replace(item, evidence={**item.evidence, **said})
    return with_facts(case, told, changes, Basis.RECORD)
