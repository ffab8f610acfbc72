"""Every pack test that ships holds, and what packs claim of themselves is so."""

from __future__ import annotations

from collections import defaultdict

import pytest

from imr_rules.data_folders import cases_folder
from imr_rules.engines.model import Status
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.guidelines.model import Topic
from imr_rules.guidelines.situations import Situation, load_situations
from imr_rules.knowledge import load_knowledge
from imr_rules.lint.situation_run import run_situation, unexercised
from imr_rules.lint.situations_text import failure_lines

ENGINE = ReferenceEngine()
SITUATIONS = load_situations(load_knowledge().library, load_knowledge().folder)
TOPICS = tuple(load_knowledge().library.topics())


def name_of(thing: Situation | Topic) -> str:
    if isinstance(thing, Topic):
        return f"{thing.edition}/{thing.id}"
    return f"{name_of(thing.topic)}: {thing.name}"


def test_the_situations_are_found() -> None:
    """Collecting nothing would pass everything."""
    assert len(SITUATIONS) > 500


@pytest.mark.parametrize("situation", SITUATIONS, ids=name_of)
def test_a_situation_ends_as_its_author_expects(situation: Situation) -> None:
    """Prediction, certainty and the named criteria are what the situation says."""
    run = run_situation(situation, ENGINE)
    assert run.passed, "\n".join(failure_lines(run))


def test_every_criterion_is_tried_both_ways() -> None:
    """Of every topic each criterion is met in one situation and unmet in another."""
    runs = [run_situation(situation, ENGINE) for situation in SITUATIONS]
    assert [] == [(name_of(u.topic), u.criterion, u.never) for u in unexercised(TOPICS, runs)]


def test_every_topic_has_a_situation_that_leaves_a_criterion_unknown() -> None:
    """Silence is tried everywhere."""
    silent: defaultdict[str, int] = defaultdict(int)
    for situation in SITUATIONS:
        run = run_situation(situation, ENGINE)
        silent[name_of(situation.topic)] += Status.UNKNOWN in run.trace.statuses.values()
    assert [] == [name_of(t) for t in TOPICS if t.criteria and not silent[name_of(t)]]


def test_every_attestation_names_a_case_that_ships() -> None:
    """Whoever doubts a criterion can open the determination that restates it."""
    cases = {path.stem for path in cases_folder().glob("*.yaml")}
    dangling = [
        (name_of(topic), criterion.id, case)
        for topic in TOPICS
        for criterion in topic.criteria.values()
        for case in criterion.attested_by
        if case not in cases
    ]
    assert [] == dangling


def test_every_criterion_says_what_it_asks_and_where_it_stands() -> None:
    """No statement, question or section is empty."""
    bare = [
        (name_of(topic), criterion.id)
        for topic in TOPICS
        for criterion in topic.criteria.values()
        if not (criterion.statement.strip() and criterion.question.strip())
        or not criterion.cite.section.strip()
    ]
    assert [] == bare
