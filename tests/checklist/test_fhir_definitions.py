"""Every resource is as the published definitions of FHIR R4 say, value sets included.

The definitions (60 MB) are not part of the repository: ``make test-fhir`` fetches them once, and
runs these tests.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.checklist.r4_definitions import R4Definitions
from tests.checklist.test_fhir import YES_NO_DONT_KNOW, concluded

from imr_rules.checklist.build import build_checklist
from imr_rules.checklist.model import Checklist
from imr_rules.checklist.subject import subject_of
from imr_rules.checklist.to_fhir import checklist_to_fhir
from imr_rules.checklist.wording import Wording
from imr_rules.knowledge import Knowledge


@pytest.fixture(scope="module")
def r4() -> R4Definitions:
    """Return the definitions of R4, read once."""
    folder = os.environ.get("IMR_FHIR_R4", "")
    if not folder or not Path(folder, "profiles-resources.json").is_file():
        pytest.skip("no definitions of FHIR R4 here: set IMR_FHIR_R4 to their folder")
    return R4Definitions.read(Path(folder))


@pytest.fixture(scope="module")
def questionnaire(sample: Checklist, words: Wording, units: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the questionnaire of a topic that has every shape in it."""
    return checklist_to_fhir(sample, words, units)


def test_every_questionnaire_is_as_r4_defines_it(
    r4: R4Definitions,
    topic_checklists: list[Checklist],
    words: Wording,
    units: Mapping[str, str],
) -> None:
    """Of every topic that ships."""
    for checklist in topic_checklists:
        resource = checklist_to_fhir(checklist, words, units)
        assert [] == r4.problems(resource), resource["url"]


def test_every_response_is_as_r4_defines_it(
    r4: R4Definitions, knowledge: Knowledge, words: Wording, units: Mapping[str, str]
) -> None:
    """Of every item of the cases, in its bundle beside its questionnaire."""
    tried = 0
    for conclusion in concluded():
        subject = subject_of(conclusion.item.request, knowledge, conclusion.on)
        checklist = build_checklist(subject, knowledge.vocabulary, filled_from=conclusion)
        assert [] == r4.problems(checklist_to_fhir(checklist, words, units))
        tried += 1
    assert tried > 150


def test_yes_no_and_unknown_are_what_r4_lists(r4: R4Definitions) -> None:
    """The codes of our questions are exactly those of ``yesnodontknow``."""
    assert YES_NO_DONT_KNOW == r4.expand("http://hl7.org/fhir/ValueSet/yesnodontknow")


@pytest.mark.parametrize(
    ("place", "key", "value", "said"),
    [
        ((), "status", "open", "is not in"),
        ((), "status", None, "no status"),
        ((), "colour", "red", "is not defined"),
        ((), "date", "June 1", "is no dateTime"),
        ((), "title", ["x"], "a list"),
        (("item", 0), "type", "checkbox", "is not in"),
        (("item", 0), "linkId", None, "no linkId"),
        (("item", 0), "text", 3, "is no string"),
        (("item", 0), "item", [], "empty"),
    ],
)
def test_what_is_not_as_defined_is_noticed(
    r4: R4Definitions,
    questionnaire: Mapping[str, Any],
    place: tuple[str | int, ...],
    key: str,
    value: Any,
    said: str,
) -> None:
    """A check that accepts everything would prove nothing."""
    spoiled: Any = copy.deepcopy(dict(questionnaire))
    part = spoiled
    for step in place:
        part = part[step]
    if value is None:
        del part[key]
    else:
        part[key] = value
    assert any(said in problem for problem in r4.problems(spoiled))
