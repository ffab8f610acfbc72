"""Which text governs where a title names more than one part of the body."""

from __future__ import annotations

from datetime import date

import pytest

from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import load_knowledge
from imr_rules.treatments.from_title import parse_request


@pytest.mark.parametrize(
    ("title", "topic"),
    [
        ("CT of the low back and right knee", "low-back-mri-ct"),
        ("CT of the right knee and low back", "knee-mri-ct"),
        ("CT of the low back with EMG/NCV of the left leg", "low-back-mri-ct"),
        ("EMG/NCV of the left leg; CT of the neck", "emg-ncs-lower"),
        ("Neck X-ray and low back X-ray", "neck-xray"),
        ("Low back and neck epidural steroid injections", "epidural-low-back"),
        ("CT of the right leg (knee)", "knee-mri-ct"),
    ],
)
def test_the_part_named_first_with_the_service_chooses_its_text(title: str, topic: str) -> None:
    """Neither the part of another service nor the name of a file does."""
    knowledge = load_knowledge()
    request = parse_request(title, knowledge.catalogue)
    governing = governing_topic(knowledge.library, request, date(2016, 11, 20))
    assert governing is not None
    assert governing.topic.id == topic
