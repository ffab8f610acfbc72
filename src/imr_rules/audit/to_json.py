"""Findings and scores → the files of ``audit --out`` (``imr.audit.v1``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from imr_rules import __version__
from imr_rules.audit.model import AuditFinding, Kind, Severity
from imr_rules.audit.policy import Policy
from imr_rules.facts.model import Evidence
from imr_rules.notice import NOTICE

FORMAT = "imr.audit.v1"


def findings_to_json(findings: Sequence[AuditFinding], policy: Policy) -> dict[str, Any]:
    """Return *findings*, all that there are, as the contents of ``findings.json``."""
    counts = Counter((finding.kind, finding.severity) for finding in findings)
    return gravest_to_json(findings, policy, counts, "findings.json")


def gravest_to_json(
    findings: Sequence[AuditFinding],
    policy: Policy,
    counts: Mapping[tuple[Kind, Severity], int],
    listed_in: str,
) -> dict[str, Any]:
    """Return *findings*, the gravest of those that *counts* counts, as ``findings.json``.

    *listed_in* is the file that lists all of them; ``left_out`` says how many are only there.
    """
    return {
        "format": FORMAT,
        "rules_version": __version__,
        "notice": NOTICE,
        "counts": counts_by_kind(counts),
        "left_out": sum(counts.values()) - len(findings),
        "listed_in": listed_in,
        "findings": [finding_to_json(finding, policy) for finding in findings],
    }


def counts_by_kind(counts: Mapping[tuple[Kind, Severity], int]) -> dict[str, int]:
    """Return how many findings there are of each kind, kinds without any included."""
    return {
        kind.value: sum(n for (counted, _), n in counts.items() if counted is kind) for kind in Kind
    }


def finding_to_json(finding: AuditFinding, policy: Policy) -> dict[str, Any]:
    """Return one finding as plain data; *item* and *case_number* are null for groups."""
    return {
        "kind": finding.kind.value,
        "rule": finding.rule.value,
        "title": policy.rules[finding.rule].title,
        "case_number": finding.case_number,
        "item": finding.item,
        "severity": finding.severity.value,
        "confidence": finding.confidence,
        "explanation": finding.explanation,
        "criterion": finding.criterion,
        "cite": finding.cite,
        "against": list(finding.against),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
        "evidence_against": [_evidence(evidence) for evidence in finding.evidence_against],
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    """A quotation with its offsets; where only a note is known, the offsets are null."""
    quoted = bool(evidence.quote)
    return {
        "section": evidence.section.value,
        "start": evidence.start if quoted else None,
        "end": evidence.end if quoted else None,
        "quote": evidence.quote if quoted else None,
        "note": evidence.note or None,
    }
