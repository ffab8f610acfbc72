"""The audit of one determination as a page to attach: facts, citations, quotations, no advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from imr_rules.audit.audit import Audit
from imr_rules.audit.model import AuditCase, AuditFinding, AuditItem, Kind
from imr_rules.audit.report.environment import render
from imr_rules.explain.to_text import case_heading, title_shown
from imr_rules.facts.model import Evidence
from imr_rules.notice import NOTICE


def findings_of(case: AuditCase, audit: Audit) -> tuple[AuditFinding, ...]:
    """Return the findings on *case*, in the order of its items and then of the kinds."""
    number = case.case.case_number
    kinds = list(Kind)
    own = [finding for finding in audit.findings if finding.case_number == number]
    return tuple(sorted(own, key=lambda f: (f.item or 0, kinds.index(f.kind), -f.confidence)))


def case_text(case: AuditCase, audit: Audit) -> RenderableType:
    """Return the page of *case* for a terminal."""
    found = findings_of(case, audit)
    parts: list[RenderableType] = [case_heading(case.case)]
    for item in case.items:
        parts += [Text(), _heading(item)]
        own = [finding for finding in found if finding.item == item.item.number]
        parts += [Padding(_finding(finding, audit), (1, 0, 0, 3)) for finding in own]
        if not own:
            parts.append(Padding(Text("No finding.", style="dim"), (0, 0, 0, 3)))
    parts += [Text(), Text(NOTICE, style="dim")]
    return Group(*parts)


def _heading(item: AuditItem) -> Text:
    line = Text()
    line.append(f"{item.item.number}. {title_shown(item.item.title)}", style="bold")
    line.append(f"   decided: {item.actual or 'not told'}", style="dim")
    governing = item.review.conclusion.governing
    if governing is not None:
        line.append(f"\n   governed on {item.on} by {governing.edition.cite_as}: ", style="dim")
        line.append(str(governing.topic.cite), style="dim")
    return line


def _finding(finding: AuditFinding, audit: Audit) -> RenderableType:
    head = Text()
    head.append(audit.corpus.policy.rules[finding.rule].title, style="bold")
    head.append(
        f"  ({finding.kind.value.replace('_', ' ')}, severity {finding.severity.value}, "
        f"confidence {finding.confidence:.2f})",
        style="dim",
    )
    lines: list[RenderableType] = [head, Text(finding.explanation)]
    lines += [Padding(Text(line, style="italic"), (0, 0, 0, 2)) for line in _proofs(finding)]
    if finding.cite:
        lines.append(Text(finding.cite, style="dim"))
    return Group(*lines)


def _proofs(finding: AuditFinding) -> Iterator[str]:
    for evidence in finding.evidence:
        yield proof_line(evidence)
    for evidence in finding.evidence_against:
        yield f"{finding.against[0]}, {proof_line(evidence)}"


def proof_line(evidence: Evidence) -> str:
    """Return *evidence* as one line: the quotation with its place, or the note."""
    if evidence.quote:
        words = " ".join(evidence.quote.split())
        return f"{evidence.section.value} [{evidence.start}-{evidence.end}]: “{words}”"
    return f"{evidence.section.value}: {evidence.note}"


def case_html(case: AuditCase, audit: Audit) -> str:
    """Return the page of *case* as one HTML file that fetches nothing."""
    return render(
        "case.html.j2",
        case=case.case,
        items=[(item, _own(item, findings_of(case, audit))) for item in case.items],
        rules=audit.corpus.policy.rules,
        notice=NOTICE,
    )


def _own(item: AuditItem, found: Iterable[AuditFinding]) -> list[AuditFinding]:
    return [finding for finding in found if finding.item == item.item.number]
