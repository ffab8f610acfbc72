"""A checklist keeps the shape of its topic: bars first, each question once, exceptions as such."""

from __future__ import annotations

from datetime import date

import pytest
from syrupy.assertion import SnapshotAssertion

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.model import Checklist, Excepted, Group, Join, questions_of
from imr_rules.checklist.sheet import RowKind, Tone, sheet_of
from imr_rules.checklist.subject import subject_named
from imr_rules.checklist.to_markdown import sheet_to_markdown
from imr_rules.checklist.wording import Wording
from imr_rules.errors import UnknownNameError
from imr_rules.guidelines.model import criteria_of
from imr_rules.knowledge import Knowledge

TODAY = date(2026, 1, 1)


def test_every_criterion_of_every_topic_is_asked_exactly_once(
    topic_checklists: list[Checklist], words: Wording
) -> None:
    """What a route or bar names is a numbered question; a second mention only points back."""
    assert len(topic_checklists) > 300
    for checklist in topic_checklists:
        topic = checklist.topic
        assert topic is not None
        named = {
            name
            for route in topic.routes
            for name in (*route.applies, *criteria_of(route.requires))
        } | {name for bar in topic.all_bars for name in (bar.criterion, *bar.exceptions)}
        questions = list(checklist.questions())
        assert list(range(1, len(questions) + 1)) == [q.number for q in questions]
        assert named == {q.criterion.id for q in questions}
        rows = [row for section in sheet_of(checklist, words).sections for row in section.rows]
        numbers = [row.number for row in rows if row.kind is RowKind.QUESTION]
        assert sorted(numbers) == list(range(1, len(questions) + 1)), topic.id


def test_what_rules_out_comes_first(topic_checklists: list[Checklist], words: Wording) -> None:
    """Where a topic has bars, its first section is about them."""
    barred = [c for c in topic_checklists if c.bars]
    assert barred
    for checklist in barred:
        assert Tone.BAR is sheet_of(checklist, words).sections[0].tone


def test_the_sample_in_words(
    sample: Checklist, words: Wording, snapshot: SnapshotAssertion
) -> None:
    """The whole Markdown of a topic that has every shape in it."""
    assert snapshot == sheet_to_markdown(sheet_of(sample, words), words)


def test_what_all_ways_need_is_asked_once(sample: Checklist) -> None:
    """The need that stands in every route is common, and in no way any more."""
    (common,) = sample.common
    assert ["need"] == [q.criterion.id for q in questions_of(common)]
    assert all(
        "need" not in [q.criterion.id for node in way.needs for q in questions_of(node)]
        for way in sample.ways
    )


def test_k_of_n_and_exceptions_stay_visible(sample: Checklist) -> None:
    """Two of three is a group that says so; "unless" hangs its exception under the rule."""
    first, again, _ = sample.ways
    (excepted,) = [node for node in first.needs if isinstance(node, Excepted)]
    assert ["reason"] == [q.criterion.id for n in excepted.exceptions for q in questions_of(n)]
    (group,) = [node for node in again.needs if isinstance(node, Group)]
    assert (Join.AT_LEAST, 2, 3) == (group.join, group.count, len(group.parts))


def test_presumed_criteria_stand_apart(sample: Checklist) -> None:
    """What is raised only if missing is in no way's list, and names the way it belongs to."""
    (presumed,) = sample.presumed
    assert ("A",) == presumed.ways
    assert ["named"] == [q.criterion.id for q in questions_of(presumed.question)]


def test_a_topic_that_never_recommends_says_so(knowledge: Knowledge, words: Wording) -> None:
    """Without a way no box helps, and the list says it at the top."""
    subject = subject_named("mtus-2009/low-level-laser", knowledge, None, today=TODAY)
    sheet = sheet_of(build_checklist(subject, knowledge.vocabulary), words)
    assert words.never == sheet.warning
    assert () == sheet.intro


def test_a_request_is_governed_by_the_text_of_its_day(knowledge: Knowledge) -> None:
    """The same drug, two days, two editions."""
    old = subject_named("Norco 10/325 #120", knowledge, date(2015, 6, 1), today=TODAY)
    new = subject_named("Norco 10/325 #120", knowledge, None, today=TODAY)
    assert old.edition is not None
    assert new.edition is not None
    assert ("mtus-2009", TODAY) == (old.edition.id, new.on)
    assert "mtus-2009" != new.edition.id


def test_a_topic_of_the_past_is_taken_on_its_last_day(knowledge: Knowledge) -> None:
    """A topic named with its edition needs no date to be found."""
    subject = subject_named("mtus-2009/carisoprodol", knowledge, None, today=TODAY)
    assert subject.edition is not None
    assert subject.edition.is_in_force(subject.on)


def test_an_unknown_name_is_told_with_the_nearest(knowledge: Knowledge) -> None:
    """A slip of the pen is answered with what was probably meant."""
    with pytest.raises(UnknownNameError, match="carisoprodol"):
        subject_named("carisoprodl", knowledge, None, today=TODAY)
