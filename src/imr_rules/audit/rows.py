"""The corpus as a table: one row a disputed item, and everything that the scores are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from imr_rules.audit.model import AuditItem, Corpus
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.signature import signature_of
from imr_rules.cases.model import LIST_SEPARATOR
from imr_rules.explain.model import Explanation
from imr_rules.facts.model import Basis


class CitationGroup(StrEnum):
    """What the claims administrator rested a denial on."""

    NONE = "none cited"
    MTUS = "MTUS"
    BOTH = "MTUS and another guideline"
    ANOTHER = "another guideline"


@dataclass(frozen=True, slots=True)
class Row:
    """One disputed item. Texts, numbers and None only, so that any table format takes it.

    *year* and *quarter* are those of the decision, or of the denial where it is not told.
    *specialty* and *licensure* hold all that the reviewer has, joined by ``; ``. *signature*
    strings are equal for like cases. A basis of which nothing is known has no prediction.
    """

    case_number: str
    item: int
    title: str
    treatment: str | None
    category: str | None
    body_parts: str
    edition: str | None
    topic: str | None
    as_of: str
    injury_date: str | None
    denial_date: str | None
    decision_date: str | None
    quarter: str | None
    specialty: str | None
    licensure: str | None
    administrator_citation: str
    actual: str | None
    base_rate_overturned: float | None
    record_prediction: str | None
    record_certainty: str | None
    record_likelihood: float | None
    record_distance: int | None
    record_signature: str | None
    review_prediction: str | None
    review_certainty: str | None
    review_likelihood: float | None
    review_distance: int | None
    review_signature: str | None


def rows_of(corpus: Corpus) -> tuple[Row, ...]:
    """Return the rows of *corpus*, in the order of its cases and items."""
    return tuple(_row(item, corpus.policy.noise) for item in corpus.items)


def columns_of(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return *rows* as columns by name."""
    values = [asdict(row) for row in rows]
    return {field.name: [value[field.name] for value in values] for field in fields(Row)}


def _row(item: AuditItem, policy: NoisePolicy) -> Row:
    case, request = item.case, item.item.request
    governing = item.review.conclusion.governing
    decided = case.decision_date or case.denial_date
    record, review = _half(item, Basis.RECORD), _half(item, Basis.REVIEW)
    rate = item.record.base_rate
    return Row(
        case_number=case.case_number,
        item=item.item.number,
        title=item.item.title,
        treatment=request.treatment,
        category=request.category,
        body_parts=", ".join(request.body_parts),
        edition=governing.edition.id if governing else None,
        topic=governing.topic.id if governing else None,
        as_of=item.on.isoformat(),
        injury_date=_day(case.injury_date),
        denial_date=_day(case.denial_date),
        decision_date=_day(case.decision_date),
        quarter=f"{decided.year} Q{(decided.month + 2) // 3}" if decided else None,
        specialty=LIST_SEPARATOR.join(case.specialties) or None,
        licensure=LIST_SEPARATOR.join(case.licensure) or None,
        administrator_citation=_citation_group(item, policy),
        actual=item.actual,
        base_rate_overturned=None if rate is None else rate.overturned,
        record_prediction=record[0],
        record_certainty=record[1],
        record_likelihood=record[2],
        record_distance=record[3],
        record_signature=record[4],
        review_prediction=review[0],
        review_certainty=review[1],
        review_likelihood=review[2],
        review_distance=review[3],
        review_signature=review[4],
    )


def _half(
    item: AuditItem, basis: Basis
) -> tuple[str, str | None, float | None, int | None, str | None]:
    explanation: Explanation = item.on_basis(basis)
    conclusion = explanation.conclusion
    signature = signature_of(item, basis)
    return (
        conclusion.prediction.value,
        conclusion.certainty.value if conclusion.certainty else None,
        explanation.likelihood_overturned,
        explanation.distance,
        " ".join(signature) if signature is not None else None,
    )


def _day(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def _citation_group(item: AuditItem, policy: NoisePolicy) -> str:
    said = (item.item.claims_administrator_guideline or "").lower()
    words = policy.administrator_citation
    if not said or any(word in said for word in words.none_cited):
        return CitationGroup.NONE.value
    another = any(word in said for word in words.not_mtus)
    for word in words.not_mtus:
        said = said.replace(word, "")
    if not any(word in said for word in words.mtus):
        return CitationGroup.ANOTHER.value
    return (CitationGroup.BOTH if another else CitationGroup.MTUS).value
