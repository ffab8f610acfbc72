"""The names by which a FHIR questionnaire asks for facts and a response gives them.

Whoever writes a questionnaire and whoever reads a response meet here and nowhere else. Yes, no and
"not known" are the codes of the R4 value set ``http://hl7.org/fhir/ValueSet/yesnodontknow``.
"""

from __future__ import annotations

BASE = "http://imr-rules.example.org/fhir"
"""Ours to name things by; a reserved domain, nothing is served from it."""

TITLE = "request/title"
REQUEST_DATE = "request/date"
INJURY_DATE = "request/injury-date"
AGE = "request/age"

YES_NO_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0136"
YES_CODE, NO_CODE = "Y", "N"
ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
UNKNOWN_CODE = "asked-unknown"

_FACT = "fact/"


def fact_link(fact: str) -> str:
    """Return the link id of the question about *fact*."""
    return f"{_FACT}{fact}"


def linked_fact(link_id: str) -> str | None:
    """Return the fact that *link_id* asks for, or None where it asks for none."""
    return link_id.removeprefix(_FACT) if link_id.startswith(_FACT) else None


def values_system(fact: str) -> str:
    """Return the code system of the values of the enum *fact*."""
    return f"{BASE}/CodeSystem/{fact.replace('_', '-')}"
