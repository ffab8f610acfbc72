"""The knowledge that ships, and a topic written for tests that has every shape in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.model import Checklist
from imr_rules.checklist.subject import Subject, subject_named
from imr_rules.checklist.wording import Wording, load_wording
from imr_rules.facts.vocabulary import Fact, FactType, Scope, Vocabulary
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    Applies,
    AtLeastReq,
    Bar,
    Citation,
    Comparison,
    Criterion,
    Edition,
    FactCompares,
    FactIs,
    Parameter,
    Ref,
    Route,
    Stance,
    Standing,
    Topic,
    Unless,
)
from imr_rules.knowledge import Knowledge, load_knowledge

DAY = date(2015, 6, 1)
CITE = Citation("Section on aids", (7,))


def yes_no(name: str) -> Fact:
    """Return a fact with a question and a hint of its own."""
    words = name.replace("_", " ")
    return Fact(
        id=name,
        type=FactType.YES_NO,
        scope=Scope.ITEM,
        question=f"Is {words} on record?",
        documentation=f"A dated note of {words}",
    )


def asks(name: str, *, standing: Standing = Standing.ATTESTED, presumed: bool = False) -> Criterion:
    """Return the criterion that the fact *name* is yes."""
    return Criterion(
        name.replace("_", "-"),
        f"There is {name}.",
        f"Is there {name.replace('_', ' ')}?",
        FactIs(name, ("yes",)),
        CITE,
        standing,
        presumed=presumed,
    )


WEEKS = Criterion(
    "within-weeks",
    "Not more weeks than the limit.",
    "Are the weeks within the limit?",
    FactCompares("weeks", Comparison.AT_MOST, "most-weeks"),
    Citation("Section on aids", (9,)),
    Standing.SEEN,
)
NAMES = ("alarm", "spared", "need", "trial", "gain", "plan", "goal", "reason", "named")
CRITERIA = {
    c.id: c
    for c in (
        *(asks(n) for n in NAMES if n not in ("reason", "named")),
        asks("reason", standing=Standing.BACKGROUND),
        asks("named", presumed=True),
        WEEKS,
    )
}
SAMPLE_TOPIC = Topic(
    id="aid",
    title="An aid",
    about="",
    edition="sample",
    applies_to=Applies(("cane",)),
    stance=Stance.NOT_RECOMMENDED,
    cite=CITE,
    criteria=CRITERIA,
    routes=(
        Route(
            "first",
            "A first aid",
            (),
            AllReq(
                (
                    Ref("need"),
                    Ref("trial"),
                    Unless(Ref("within-weeks"), ("reason",)),
                    Ref("named"),
                )
            ),
        ),
        Route(
            "again",
            "Another aid",
            ("gain",),
            AllReq((Ref("need"), AtLeastReq(2, (Ref("plan"), Ref("goal"), Ref("trial"))))),
        ),
        Route("other", "Some other way", (), AllReq((Ref("need"), AnyReq((Ref("plan"),))))),
    ),
    bars=(Bar("alarm", ("spared",)),),
)
SAMPLE_VOCABULARY = Vocabulary(
    {
        **{name: yes_no(name) for name in NAMES},
        "weeks": Fact(
            id="weeks",
            type=FactType.NUMBER,
            scope=Scope.ITEM,
            unit="weeks",
            question="For how many weeks?",
            documentation="The request form",
        ),
    }
)
SAMPLE_EDITION = Edition(
    id="sample",
    title="Sample guideline",
    cite_as="Sample Guideline 2009",
    legal="none",
    rank=1,
    in_force_from=date(2009, 1, 1),
    in_force_until=None,
    topics={"aid": SAMPLE_TOPIC},
    parameters={"most-weeks": Parameter("most-weeks", "weeks", "", "", ((date(2009, 1, 1), 6.0),))},
    sections={},
)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


@pytest.fixture(scope="session")
def words(knowledge: Knowledge) -> Wording:
    """The English words."""
    return load_wording(knowledge.folder, "en")


@pytest.fixture(scope="session")
def units(knowledge: Knowledge) -> Mapping[str, str]:
    """The UCUM codes."""
    return load_units(knowledge.folder)


@pytest.fixture(scope="session")
def sample() -> Checklist:
    """A checklist with a bar, exceptions, a common need, k of n, and a presumed criterion."""
    subject = Subject("One aid", "Aid", DAY, None, SAMPLE_EDITION, SAMPLE_TOPIC)
    return build_checklist(subject, SAMPLE_VOCABULARY)


@pytest.fixture(scope="session")
def topic_checklists(knowledge: Knowledge) -> list[Checklist]:
    """The checklist of every topic that ships."""
    return [
        build_checklist(
            subject_named(f"{topic.edition}/{topic.id}", knowledge, None, today=date(2026, 1, 1)),
            knowledge.vocabulary,
        )
        for topic in knowledge.library.topics()
    ]
