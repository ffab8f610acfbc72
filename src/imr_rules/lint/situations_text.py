"""Situations that fail, and what situations leave untried, as lines a pack author can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imr_rules.counted import counted
from imr_rules.facts.model import Value
from imr_rules.lint.situation_run import SituationRun, Unexercised
from imr_rules.strict_yaml import written


def failure_lines(run: SituationRun) -> Iterator[str]:
    """Yield what was expected of *run*, what came instead, and the criteria behind it."""
    situation = run.situation
    yield f"{situation.at}: {situation.edition.id}/{situation.topic.id}: {situation.name}"
    for difference in run.differences:
        yield (f"    {difference.about}: expected {difference.expected}, is {difference.actual}")
    yield f"    facts: {facts_flow(situation.facts)}   (on {situation.on})"
    for criterion, status in run.trace.statuses.items():
        reads = situation.topic.criteria[criterion].facts
        said = {fact: situation.facts[fact] for fact in reads if fact in situation.facts}
        presumed = status == "unknown" and criterion in run.trace.counted
        note = ", presumed" if presumed else ""
        silent = [fact for fact in reads if fact not in situation.facts]
        read = "; ".join(
            part for part in (facts_flow(said) if said else "", _silence(silent)) if part
        )
        yield f"    {criterion}: {status.value}{note} ({read})"
    opened = [route for route, is_open in run.trace.routes.items() if is_open]
    yield f"    routes satisfied: {', '.join(opened) or 'none'}"
    if run.trace.barred_by:
        yield f"    barred by: {', '.join(run.trace.barred_by)}"


def coverage_lines(gaps: Iterable[Unexercised]) -> Iterator[str]:
    """Yield a line for each criterion that is not tried both ways."""
    for gap in gaps:
        yield (
            f"{gap.topic.at}: {gap.topic.edition}/{gap.topic.id}: "
            f"no situation has {gap.criterion!r} {gap.never.value}"
        )


def count_line(runs: Sequence[SituationRun], topics: int) -> str:
    """Return the last line of a run: how many situations of how many topics, and how many fail."""
    failed = sum(not run.passed for run in runs)
    tried = f"{counted(len(runs), 'situation')} of {counted(topics, 'topic')}"
    return f"{tried}, {failed} failed."


def facts_flow(facts: Mapping[str, Value]) -> str:
    """Return *facts* as a YAML flow mapping, as situations write them."""
    return "{" + ", ".join(f"{fact}: {written(value)}" for fact, value in facts.items()) + "}"


def _silence(facts: Sequence[str]) -> str:
    return f"silent: {', '.join(facts)}" if facts else ""
