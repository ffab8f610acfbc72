"""What a page sends → the page or the document that answers it."""

from __future__ import annotations

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.subject import subject_of
from imr_rules.checklist.wording import languages, load_wording
from imr_rules.checklist.write import checklist_bytes
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import ImrRulesError
from imr_rules.knowledge import Knowledge
from imr_rules.preview.build import preview_case
from imr_rules.preview.model import Preview
from imr_rules.serve.asked import PASTED, Record, asked_about, record_of
from imr_rules.serve.model import Reply, Sent
from imr_rules.serve.page import message_page, preview_page, start_page

_CHECKLIST = "checklist"
"""The button that asks for a document: the number of an item, format and language, "1.pdf.en"."""
_DOCUMENTS = {
    "md": ("md", "text/markdown; charset=utf-8"),
    "html": ("html", "text/html; charset=utf-8"),
    "pdf": ("pdf", "application/pdf"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "fhir": ("json", "application/fhir+json; charset=utf-8"),
}
"""By format the ending of a file and its media type."""


def answer(sent: Sent, knowledge: Knowledge) -> Reply:
    """Return the preview of what *sent* asks about, or the checklist that its button names."""
    record = Record(sent.fields.get("text", ""))
    try:
        record = record_of(sent)
        asked = asked_about(sent, record, knowledge)
    except ImrRulesError as error:
        return start_page(sent, record, problem=_told(error), status=422)
    previews = preview_case(asked.case, knowledge, ReferenceEngine())
    if wanted := sent.fields.get(_CHECKLIST, ""):
        return _checklist(wanted, previews, knowledge)
    return preview_page(sent, record, asked, previews, knowledge)


def _told(error: ImrRulesError) -> str:
    """Return *error* as a sentence: one about a file begins with the file's name."""
    told = f"{error.message} {error.hint}".strip()
    if not told[:1].islower():
        return told
    return f"{error.at.path if error.at is not None else PASTED} {told}"


def _checklist(wanted: str, previews: tuple[Preview, ...], knowledge: Knowledge) -> Reply:
    number, form, lang = (*wanted.split("."), "", "")[:3]
    conclusions = {str(p.explanation.conclusion.item.number): p for p in previews}
    is_known = form in _DOCUMENTS and lang in languages(knowledge.folder)
    if not is_known or number not in conclusions:
        return message_page(400, "There is no such checklist.")
    conclusion = conclusions[number].explanation.conclusion
    subject = subject_of(conclusion.item.request, knowledge, conclusion.on)
    checklist = build_checklist(subject, knowledge.vocabulary, filled_from=conclusion)
    wording, units = load_wording(knowledge.folder, lang), load_units(knowledge.folder)
    ending, media_type = _DOCUMENTS[form]
    return Reply(
        checklist_bytes(checklist, form, wording, units),
        media_type=media_type,
        file_name=f"checklist-{number}.{ending}",
    )
