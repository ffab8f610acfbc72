"""A drug by mouth judged under the section on drugs for the skin."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.policy import FormWords, RuleId
from imr_rules.facts.model import Evidence, Section


def find_drug_form(corpus: Corpus, case: AuditCase) -> Iterator[AuditFinding]:
    """Yield the items for an oral drug whose every cited section is about topical drugs."""
    words = corpus.policy.contradiction.forms
    for item in case.items:
        sections = [s for c in item.cited.citations if c.is_mtus for s in c.sections]
        if not sections or not all(_is_topical(section, words) for section in sections):
            continue
        if _is_for_the_skin(corpus, item, words) or not item.item.request.ingredients:
            continue
        span = item.cited.span
        said = item.cited.said or ""
        yield finding_of(
            corpus.policy,
            Kind.SELF_CONTRADICTION,
            RuleId.DRUG_FORM,
            item,
            f"The request names no form for the skin; it is judged under {', '.join(sections)}.",
            (
                Evidence(
                    Section.RATIONALE,
                    quote=case.case.text[span.start : span.end],
                    start=span.start,
                    end=span.end,
                )
                if span and case.case.text
                else Evidence(Section.RATIONALE, note=f"cites {said}"),
            ),
        )


def _is_topical(section: str, words: FormWords) -> bool:
    return any(name in section.lower() for name in words.topical_sections)


def _is_for_the_skin(corpus: Corpus, item: AuditItem, words: FormWords) -> bool:
    request = item.item.request
    lineage = corpus.knowledge.catalogue.lineage(request)
    return (
        request.form in words.topical_forms
        or any(name in words.topical_treatments for name in lineage)
        or any(form in item.item.title.lower() for form in words.topical_forms)
    )
