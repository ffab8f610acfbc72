"""A row of a facts table as an item that the rules of the audit can look at, without its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from imr_rules.audit.from_cases import cited_in_facts
from imr_rules.audit.kinds.citation import find_citations
from imr_rules.audit.kinds.disagreement import find_disagreements
from imr_rules.audit.model import (
    AuditCase,
    AuditFinding,
    AuditItem,
    CitedGuideline,
    Corpus,
    Kind,
)
from imr_rules.audit.policy import Policy
from imr_rules.cases.evaluate import Conclusion
from imr_rules.cases.model import Case
from imr_rules.explain.explain import rests_on_background
from imr_rules.explain.model import Explanation
from imr_rules.explain.reasons import reasons_for
from imr_rules.facts.model import Basis
from imr_rules.table.evaluate import TableRules
from imr_rules.table.judged import JUDGED_BY, JudgedKey, Judgements
from imr_rules.table.schema import LIST_SEPARATOR
from imr_rules.treatments.model import Phase, Request

Row = Mapping[str, Any]

ASKED = ("treatment", "category", "drug_class", "body_parts", "phase")
"""The columns that a request is made of."""
DATED = ("on", "injury_date")

_FIND = {Kind.DISAGREEMENT: find_disagreements, Kind.CITATION: find_citations}


class Representatives:
    """Looks at rows one by one; each row holds `ASKED`, `DATED`, `JUDGED_BY` and what was said."""

    def __init__(self, rules: TableRules, policy: Policy) -> None:
        self._rules = rules
        self._policy = policy
        self._judgements = Judgements(rules, Basis.REVIEW)

    def find(self, kind: Kind, row: Row) -> Iterator[AuditFinding]:
        """Yield the findings of *kind* on *row*, a disagreement or a citation.

        A table does not tell who found its facts: of the confidences in facts that were read by
        program and by a person the lower one counts.
        """
        item = self._item(row)
        corpus = Corpus((AuditCase(item.case, (item,)),), self._rules.knowledge, self._policy)
        for finding in _FIND[kind](corpus):
            stated = self._policy.rules[finding.rule]
            yield replace(
                finding,
                case_number=row.get("case_number"),
                item=row.get("item"),
                confidence=min(finding.confidence, stated.from_letter, stated.from_facts),
            )

    def _item(self, row: Row) -> AuditItem:
        conclusion = self._conclusion(row)
        said = row.get("reviewer_guideline")
        case = Case("", "", row["injury_date"], None, None, (conclusion.item,))
        item = replace(conclusion.item, reviewer_guideline=said)
        # Where a table has no line of the reviewer's, nobody knows whether anything was cited.
        names = self._rules.knowledge.letter_phrases.citations
        cited = cited_in_facts(item, self._policy.citation, names) if said else CitedGuideline(None)
        explanation = explained(replace(conclusion, item=item, case=case))
        return AuditItem(case, item, record=explanation, review=explanation, cited=cited)

    def _conclusion(self, row: Row) -> Conclusion:
        request = request_of(row)
        on: date = row["on"]
        actual: str | None = row.get("actual")
        if row["place"] is None:
            return self._judgements.silent(request=request, on=on, actual=actual)
        key: JudgedKey = tuple(row[name] for name in JUDGED_BY)
        return self._judgements.conclusion(key, request=request, on=on, actual=actual)


def request_of(row: Row) -> Request:
    """Return what *row* asks for, as far as a facts table tells."""
    parts = row["body_parts"]
    return Request(
        title="",
        treatment=row["treatment"],
        category=row["category"],
        drug_class=row["drug_class"],
        body_parts=tuple(parts.split(LIST_SEPARATOR)) if parts else (),
        phase=Phase(row["phase"]) if row["phase"] else None,
    )


def explained(conclusion: Conclusion) -> Explanation:
    """Return the reasons of *conclusion*; what would flip it is not asked of tables."""
    reasons = reasons_for(conclusion)
    return Explanation(
        conclusion=conclusion,
        reasons=reasons,
        route=None,
        distance=None,
        hinges_on=(),
        likelihood_overturned=None,
        likelihood_n=0,
        base_rate=None,
        on_background_alone=rests_on_background(reasons),
    )
