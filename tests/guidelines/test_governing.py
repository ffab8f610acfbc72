"""Which text governs a title on a day, where two texts are near each other."""

from __future__ import annotations

from datetime import date

import pytest

from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import load_knowledge
from imr_rules.treatments.from_title import parse_request

KNOWLEDGE = load_knowledge()
FACET = "acoem-2004/facet-procedures"
THERAPY = "mtus-2016/physical-medicine"
THERAPY_NOW = "mtus-acoem/physical-occupational-therapy"
TRACTION = "odg/traction-unit"
AFTER = "postsurgical-2009/postsurgical-therapy"


@pytest.mark.parametrize(
    ("title", "on", "topic"),
    [
        ("Cervical facet injection", "2015-03-01", f"{FACET}-neck"),
        ("Left C4, C5, C6 medial branch blocks", "2015-03-01", f"{FACET}-neck"),
        ("T6-7 facet injection", "2015-03-01", f"{FACET}-neck"),
        ("L4-5 facet injection", "2015-03-01", FACET),
        ("Facet injection", "2015-03-01", FACET),
        ("Home cervical traction unit", "2015-03-01", TRACTION),
        ("Home traction unit", "2015-03-01", TRACTION),
        ("Lumbar traction unit", "2015-03-01", f"{TRACTION}-low-back"),
        ("Pre-operative PT 6 visits prior to TKA", "2016-11-01", f"{THERAPY}-knee"),
        ("Physical therapy x6 before cervical fusion", "2016-11-01", THERAPY),
        ("Associated surgical service: pre-op physical therapy x6", "2016-11-01", THERAPY),
        ("Associated surgical service: physical therapy x6", "2016-11-01", AFTER),
        ("Pre and post operative physical therapy x12", "2016-11-01", AFTER),
        ("Pre-operative PT 6 visits right knee", "2019-06-01", THERAPY_NOW),
    ],
)
def test_a_title_is_governed_by_the_text_of_its_part_and_time(
    title: str, on: str, topic: str
) -> None:
    """Neck and back, before and after an operation, each go by their own text."""
    request = parse_request(title, KNOWLEDGE.catalogue)
    governing = governing_topic(KNOWLEDGE.library, request, date.fromisoformat(on))
    assert governing is not None
    assert topic == f"{governing.edition.id}/{governing.topic.id}"


def test_facet_procedures_of_the_neck_cite_nothing_of_the_low_back() -> None:
    """The topic and each of its criteria stand in the chapter of the neck."""
    ((_, topic),) = KNOWLEDGE.library.topics_named(f"{FACET}-neck")
    sections = {cite.section for cite in (topic.cite, *(c.cite for c in topic.criteria.values()))}
    assert {"Neck and Upper Back Complaints 2004: Initial Care"} == sections


@pytest.mark.parametrize(
    "name",
    [
        "facet-block",
        "facet-ablation",
        "heat-and-cold-pack",
        "bone-growth-stimulator",
        "studies-not-recommended",
    ],
)
def test_a_text_for_the_whole_spine_names_both_chapters(name: str) -> None:
    """Who asks for the neck is not sent to the chapter of the low back alone."""
    ((_, topic),) = KNOWLEDGE.library.topics_named(f"odg/{name}")
    assert not topic.applies_to.body_parts
    assert "Low Back" in topic.cite.section
    assert "Neck and Upper Back" in topic.cite.section
