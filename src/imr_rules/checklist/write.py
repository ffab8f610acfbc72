"""Checklist → the bytes of a document, in each of its formats."""

from __future__ import annotations

import json
from collections.abc import Mapping

from imr_rules.checklist.model import Checklist
from imr_rules.checklist.sheet import sheet_of
from imr_rules.checklist.wording import Wording

FORMATS = ("md", "html", "pdf", "docx", "fhir")
TEXT_FORMATS = ("md", "html", "fhir")


def checklist_bytes(
    checklist: Checklist, form: str, words: Wording, units: Mapping[str, str]
) -> bytes:
    """Return *checklist* as a document of the format *form*, one of :data:`FORMATS`.

    *units* are the UCUM codes of the vocabulary's units.
    """
    # The writers load what they need when they are first called: a Markdown list asks for none.
    if form == "fhir":
        from imr_rules.checklist.to_fhir import checklist_to_fhir

        resource = checklist_to_fhir(checklist, words, units)
        return (json.dumps(resource, ensure_ascii=False, indent=2) + "\n").encode()
    sheet = sheet_of(checklist, words)
    if form == "md":
        from imr_rules.checklist.to_markdown import sheet_to_markdown

        return sheet_to_markdown(sheet, words).encode()
    if form == "html":
        from imr_rules.checklist.to_html import sheet_to_html

        return sheet_to_html(sheet, words).encode()
    if form == "pdf":
        from imr_rules.checklist.to_pdf import sheet_to_pdf

        return sheet_to_pdf(sheet, words)
    from imr_rules.checklist.to_docx import sheet_to_docx

    return sheet_to_docx(sheet, words)
