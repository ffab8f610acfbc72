"""How topics and treatments are named: what is meant is found, what is not is never guessed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from imr_rules.cli.main import group
from imr_rules.errors import UnknownNameError, nearest
from imr_rules.knowledge import load_knowledge


def said(*arguments: str) -> str:
    """Return what the command prints."""
    done = CliRunner().invoke(group, list(arguments), catch_exceptions=False)
    assert 0 == done.exit_code
    return done.stdout


def refusal(*arguments: str) -> UnknownNameError:
    """Return the error with which the command refuses a name."""
    with pytest.raises(UnknownNameError) as caught:
        said(*arguments)
    return caught.value


@pytest.mark.parametrize("command", ["show", "checklist", "sql", "test"])
def test_an_edition_and_its_topic_are_found_in_any_case(command: str) -> None:
    """What is copied from a heading names the same text, not today's of some treatment."""
    assert said(command, "mtus-2016/physical-medicine") == (
        said(command, "MTUS-2016/Physical-Medicine")
    )


@pytest.mark.parametrize("command", ["show", "checklist", "sql", "test"])
@pytest.mark.parametrize(
    ("name", "suggestions"),
    [
        ("mtus-2016/opiods", ["mtus-2016/opioids", "mtus-2009/opioids"]),
        ("mtus-2009/carisoprodo", ["mtus-2009/carisoprodol", "mtus-2016/carisoprodol"]),
        ("MTUS-2017/Opioids", ["mtus-2016/opioids", "mtus-2009/opioids"]),
    ],
)
def test_a_misspelt_topic_is_refused_with_the_nearest(
    command: str, name: str, suggestions: list[str]
) -> None:
    """Its words may name a treatment: that one's text is another than was asked for."""
    assert set(suggestions) == set(refusal(command, name).suggestions)


@pytest.mark.parametrize("command", ["show", "checklist", "sql", "test"])
def test_a_name_that_is_near_to_nothing_is_refused_with_a_remedy(command: str) -> None:
    """The error says where the names are."""
    assert "imr-rules show lists the " in refusal(command, "nosuch").hint


def test_slashes_of_requests_are_no_topics() -> None:
    """Request forms write strengths and either-or with one."""
    library = load_knowledge().library
    for request in ("Norco 10/325 #120", "PT/OT", "MRI w/o contrast", "CT/MRI neck", "1/2 tablet"):
        assert not library.is_meant_as_topic(request), request


def test_a_name_is_suggested_once_and_whatever_its_case() -> None:
    """Topics of two editions have one id; a suggestion repeats none."""
    assert ["opioids"] == nearest("opiods", ["opioids", "opioids"])
    assert ["mtus-2016"] == nearest("MTUS-2016", ["mtus-2009", "mtus-2016"])
