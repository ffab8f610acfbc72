"""What a page sends → the page or the document that answers it."""

from __future__ import annotations

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.subject import subject_of
from imr_rules.checklist.wording import load_wording
from imr_rules.checklist.write import FORMATS, checklist_bytes
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import ImrRulesError
from imr_rules.knowledge import Knowledge
from imr_rules.preview.build import preview_case
from imr_rules.preview.model import Preview
from imr_rules.serve.asked import PASTED, Record, answered_case, record_of
from imr_rules.serve.model import Reply, Sent
from imr_rules.serve.page import message_page, preview_page, start_page

CHECKLIST = "checklist"
"""The button that asks for a document: the number of an item and a format, "1.pdf"."""
_MEDIA_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "fhir": "application/fhir+json; charset=utf-8",
}
_ENDINGS = {"fhir": "json"}


def answer(sent: Sent, knowledge: Knowledge) -> Reply:
    """Return the preview of what *sent* asks about, or the checklist that its button names."""
    record = Record()
    try:
        record = record_of(sent)
        answered = answered_case(sent, record, knowledge)
    except ImrRulesError as error:
        return start_page(sent, record, problem=_told(error))
    previews = preview_case(answered.case, knowledge, ReferenceEngine())
    if wanted := sent.fields.get(CHECKLIST, ""):
        return _checklist(wanted, previews, knowledge)
    return preview_page(sent, record, answered, previews, knowledge)


def _told(error: ImrRulesError) -> str:
    """Return *error* as a sentence; that of a file begins with its name."""
    name = str(error.at.path) if error.at is not None else ""
    if not error.message[:1].islower():
        return f"{error.message} {error.hint}".strip()
    return f"{name or PASTED} {error.message} {error.hint}".strip()


def _checklist(wanted: str, previews: tuple[Preview, ...], knowledge: Knowledge) -> Reply:
    number, _, form = wanted.partition(".")
    conclusions = [preview.explanation.conclusion for preview in previews]
    found = [c for c in conclusions if str(c.item.number) == number]
    if form not in FORMATS or not found:
        return message_page(400, "There is no such checklist.")
    conclusion = found[0]
    checklist = build_checklist(
        subject_of(conclusion.item.request, knowledge, conclusion.on),
        knowledge.vocabulary,
        filled_from=conclusion,
    )
    document = checklist_bytes(
        checklist, form, load_wording(knowledge.folder, "en"), load_units(knowledge.folder)
    )
    return Reply(
        document,
        media_type=_MEDIA_TYPES[form],
        file_name=f"checklist-{number}.{_ENDINGS.get(form, form)}",
    )
