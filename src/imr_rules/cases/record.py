"""One record, whatever form it has → the case it speaks of, for whoever asks about a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.draft_yaml import read_draft
from imr_rules.cases.from_json import evidence_among
from imr_rules.cases.from_letter import case_from_letter
from imr_rules.cases.from_paths import cases_of_data, draft_of, not_read_from_a_note, nothing_asked
from imr_rules.cases.model import Case, CaseItem
from imr_rules.cases.record_kind import RecordKind, kind_of_record
from imr_rules.errors import InputError, Location
from imr_rules.knowledge import Knowledge
from imr_rules.letters.model import Determination, DisputedItem, Span
from imr_rules.letters.read import read_letter
from imr_rules.treatments.from_title import parse_request


def load_record(
    path: Path,
    knowledge: Knowledge,
    *,
    requests: Sequence[str] = (),
    otherwise: Sequence[str] = (),
    as_of: date | None = None,
) -> Case:
    """Return the case of a letter, chart note, request file, case file or FHIR response.

    *requests* are what is asked for, in place of what the record says of it; *otherwise* where
    it says nothing, as a chart note does.

    Raises:
        InputError: the file cannot be read, nothing says what is asked for, or *requests* are to
            stand in place of the items of a case file.
    """
    if not path.exists():
        raise InputError("does not exist.", at=Location(path), hint="Check the path.")
    if path.is_dir():
        raise InputError("is a folder; one record is asked about.", at=Location(path))
    kind = kind_of_record(path)
    if kind in (RecordKind.REQUEST, RecordKind.RESPONSE):
        draft = draft_of(path, kind, knowledge)
        if requests:
            draft = replace(draft, request=requests[0], beside=tuple(requests[1:]))
        if not draft.request and otherwise:
            draft = replace(draft, request=otherwise[0], beside=tuple(otherwise[1:]))
        if not draft.request:
            raise nothing_asked(path)
        return case_from_draft(draft, knowledge.catalogue, source=str(path))
    if kind is not RecordKind.LETTER:
        cases = list(cases_of_data(path, kind, knowledge))
        if len(cases) != 1:
            raise InputError(f"holds {len(cases)} cases; one is asked about.", at=Location(path))
        (case,) = cases
        if case.items and requests:
            raise InputError(
                "says what is asked for; its facts are of that, and of no other request.",
                at=Location(path),
                hint="Leave out --request, or ask with the letter or note the case was made from.",
            )
        if not case.items:
            case = _note_asking_for(case, requests or otherwise, knowledge)
        if not case.items:
            raise nothing_asked(path)
        return case
    letter = read_letter(path, knowledge.letter_phrases)
    if requests or not letter.items:
        letter = asking_for(letter, requests or otherwise)
    case, _ = case_from_letter(letter, knowledge, as_of=as_of)
    if not case.items:
        raise not_read_from_a_note(path)
    return case


def load_request_file(path: Path, knowledge: Knowledge) -> Draft | None:
    """Return the draft of the request file at *path*, or None where it is another kind of record.

    Raises:
        InputError: nothing tells what the file is.
        PackErrors: it is a request file with problems, each with its line and column.
    """
    if not path.exists() or kind_of_record(path) is not RecordKind.REQUEST:
        return None
    return read_draft(path, knowledge.vocabulary)


def _note_asking_for(case: Case, requests: Sequence[str], knowledge: Knowledge) -> Case:
    """Return the note *case* with *requests* as its items, each on all the facts it states."""
    items = tuple(
        CaseItem(
            number=number,
            title=title,
            request=parse_request(title, knowledge.catalogue),
            actual=None,
            readings=case.readings,
            evidence=evidence_among(case.findings, case.readings, number, knowledge.vocabulary),
            conflicts=case.conflicts,
        )
        for number, title in enumerate(requests, start=1)
    )
    return replace(case, items=items, readings={}, conflicts=())


def asking_for(letter: Determination, requests: Sequence[str]) -> Determination:
    """Return *letter* with *requests* as its items; nothing of them was decided."""
    nowhere = Span(0, 0)
    items = tuple(
        DisputedItem(number, title, nowhere, None, None, None, None, None)
        for number, title in enumerate(requests, start=1)
    )
    return replace(letter, items=items)
