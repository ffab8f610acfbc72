"""An audit → ``report.html``."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence

from imr_rules.audit.audit import Audit
from imr_rules.audit.model import AuditFinding, Kind, Severity
from imr_rules.audit.report.charts import SCORE_NAMES, charts_of
from imr_rules.audit.report.environment import asset, render
from imr_rules.cases.from_paths import Rejected, Repeated
from imr_rules.notice import NOTICE

_MOST_FINDINGS = 3_000
"""A browser shows so many without trouble; the rest is in findings.json."""


def report_html(
    audit: Audit, *, rejected: Sequence[Rejected | Repeated] = (), index_lines: Sequence[str] = ()
) -> str:
    """Return the report of *audit* as one HTML file that fetches nothing.

    Its policy forbids every source but the style sheet and the one script inside it.
    """
    catalogue = audit.corpus.knowledge.catalogue
    titles = {category.id: category.title for category in catalogue.categories.values()}
    charts = charts_of(audit.scores, titles)
    return render(
        "report.html.j2",
        policy=content_policy(),
        scores=audit.scores,
        score_names=SCORE_NAMES,
        titles=titles,
        charts={name: charts.get(name) for name in _chart_names(audit)},
        findings=gravest(audit.findings)[:_MOST_FINDINGS],
        total=sum(audit.counts.values()),
        listed_in=audit.listed_in,
        sought=[kind for kind in Kind if kind in audit.sought],
        counts=Counter(audit.counts),
        kinds=list(Kind),
        severities=list(Severity),
        rules=audit.corpus.policy.rules,
        rejected=rejected,
        index_lines=index_lines,
        notice=NOTICE,
    )


def _chart_names(audit: Audit) -> list[str]:
    return [
        "scores",
        "calibration",
        *(f"agreement-{name}" for name in audit.scores["breakdowns"]),
        *(f"level-{level['grouping']}" for level in audit.scores["noise"]["level"]),
    ]


def gravest(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Return *findings* by kind, and within a kind by severity and confidence."""
    kinds, severities = list(Kind), list(Severity)
    return sorted(
        findings,
        key=lambda f: (
            kinds.index(f.kind),
            severities.index(f.severity),
            -f.confidence,
            f.case_number or "",
            f.item or 0,
        ),
    )


def content_policy() -> str:
    """Return the content security policy: the script inside by its hash, and nothing else."""
    digest = hashlib.sha256(asset("report.js").encode()).digest()
    script = base64.b64encode(digest).decode()
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{script}'"
