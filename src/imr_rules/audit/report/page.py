"""An audit → ``report.html``."""

from __future__ import annotations

from collections.abc import Sequence

from imr_rules.audit.audit import Audit
from imr_rules.audit.report.environment import render
from imr_rules.cases.from_paths import Rejected
from imr_rules.explain.model import NOTICE


def report_html(
    audit: Audit, *, rejected: Sequence[Rejected] = (), index_lines: Sequence[str] = ()
) -> str:
    """Return the report of *audit* as one HTML file."""
    return render(
        "report.html.j2",
        scores=audit.scores,
        findings=audit.findings,
        rules=audit.corpus.policy.rules,
        rejected=rejected,
        index_lines=index_lines,
        notice=NOTICE,
    )
