"""What ``show`` and ``sql`` print of a day, and what they say of a text that is not of that day."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from imr_rules.cli.main import group
from imr_rules.errors import InputError


def words_of(*arguments: str) -> str:
    """Return what the command prints, in one line."""
    done = CliRunner().invoke(group, list(arguments), catch_exceptions=False)
    assert 0 == done.exit_code
    return " ".join(done.stdout.split())


def test_of_each_edition_is_told_when_its_text_is_in_force() -> None:
    """A name that several editions have is in force on the days of any of them."""
    with pytest.raises(InputError) as caught:
        words_of("sql", "cyclobenzaprine", "--as-of", "1999-10-01")
    assert (
        "cyclobenzaprine is not in force on 1999-10-01:"
        " mtus-2016/cyclobenzaprine is from 2016-07-28 until 2017-11-30,"
        " mtus-2009/cyclobenzaprine is from 2009-07-18 until 2016-07-27."
    ) == caught.value.message


@pytest.mark.parametrize("command", ["sql", "show"])
def test_a_topic_that_exists_is_not_said_to_be_undefined(command: str) -> None:
    """The error tells from when until when it is in force."""
    with pytest.raises(InputError) as caught:
        words_of(command, "mtus-2016/cyclobenzaprine", "--as-of", "2020-10-01")
    assert (
        "mtus-2016/cyclobenzaprine is not in force on 2020-10-01:"
        " it is from 2016-07-28 until 2017-11-30."
    ) == caught.value.message


def test_an_edition_of_another_day_is_not_shown() -> None:
    """It is named with its own days, not with those of each of its topics."""
    with pytest.raises(InputError, match=": mtus-2016 is not in force on 2010-01-01: it is"):
        words_of("show", "mtus-2016", "--as-of", "2010-01-01")


@pytest.mark.parametrize(("command", "name"), [("show", "opioids"), ("sql", "cyclobenzaprine")])
def test_a_day_leaves_the_texts_of_that_day(command: str, name: str) -> None:
    """Without a day every edition is printed, with one only what was in force."""
    old, new = "Chronic Pain Medical Treatment Guidelines (2009)", "2016"
    if command == "show":
        old, new = "mtus-2009/opioids", "mtus-2016/opioids"
    always = words_of(command, name)
    assert old in always
    assert new in always
    then = words_of(command, name, "--as-of", "2010-01-01")
    assert old in then
    assert then.count("in force from") <= 1
    assert "mtus-2016" not in then


def test_a_day_leaves_the_overview_and_the_users_of_a_fact_of_that_day() -> None:
    """Nothing of a later edition is among them."""
    assert "mtus-2016" in words_of("show")
    assert "mtus-2016" not in words_of("show", "--as-of", "2010-01-01")
    assert "topics in force on 2010-01-01: " in words_of(
        "show", "pain_reduction", "--as-of", "2010-01-01"
    )


def test_a_topic_of_another_day_gives_way_to_the_treatment_of_its_name() -> None:
    """Whoever asks for a drug on a day learns what governed it then."""
    words = words_of("show", "cyclobenzaprine", "--as-of", "1999-01-01")
    assert "No guideline in force on 1999-01-01 speaks to it." in words


@pytest.mark.parametrize("command", ["show", "sql", "checklist"])
def test_no_command_without_a_decision_says_that_one_is_its_day(command: str) -> None:
    """The default of --as-of is told as it is."""
    words = words_of(command, "--help")
    assert "--as-of" in words
    assert "utilization review" not in words


def test_every_topic_that_uses_a_fact_is_named() -> None:
    """As many names as the line counts."""
    words = words_of("show", "pain_reduction")
    counted, _, listed = words.partition("used by ")[2].partition(" topics: ")
    names = listed.split(" Information about")[0].split(", ")
    assert int(counted) == len(names) > 12
