"""Each mistake a pack author can make is refused with its place, its kind and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr_rules.errors import PackErrors
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.guidelines.library import Library
from imr_rules.guidelines.load import load_library
from imr_rules.treatments.load import load_catalogue

GOOD = (Path(__file__).parent / "good_topic.yaml").read_text(encoding="utf-8")


def load(rules: Path, topic: str) -> Library:
    (rules / "guidelines" / "test-2016" / "topic.yaml").write_text(topic, encoding="utf-8")
    return load_library(rules, load_vocabulary(rules), load_catalogue(rules))


def test_the_good_topic_loads(small_rules: Path) -> None:
    """The topic from which every bad one is made is itself accepted."""
    assert ["acupuncture"] == [topic.id for topic in load(small_rules, GOOD).topics()]


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "words"),
    [
        ("is: yes", "is: maybe", 11, "unknown-name", "value of 'functional_improvement' 'maybe'"),
        (
            "fact: functional_improvement",
            "fact: functional_improvment",
            11,
            "unknown-name",
            "Did you mean 'functional_improvement'?",
        ),
        ("at_most: trial-visits", "at_most: trial-visit", 16, "unknown-name", "'trial-visits'"),
        ("at_most: trial-visits", "at_most: 6", 16, "wrong-type", "a bare number has no unit"),
        ("treatment: acupuncture", "treatment: acupunture", 5, "unknown-name", "'acupuncture'"),
        ("requires: [gain]", "requires: [gian]", 24, "unknown-name", "Did you mean 'gain'?"),
        ("requires: [gain]", "requires: []", 22, "wrong-type", "requires nothing"),
        ("title: On gain", "titel: On gain", 23, "unknown-name", "'title'"),
        ("title: On gain", "title: yes: no", 23, "yaml-syntax", "not valid YAML"),
        ("title: On gain", "title: On gain\n    title: Twice", 24, "duplicate-key", "stands twice"),
        ("pages: [1]", "pages: [on]", 6, "ambiguous-value", "Put it in quotes"),
        ("pages: [1]", "pages: [one]", 6, "wrong-type", "pages"),
        ("    unverified: true\n  within", "  within", 8, "wrong-type", "names no ground"),
        (
            "requires: [gain]",
            "requires: {at_least: {count: 3, of: [gain]}}",
            24,
            "inconsistent",
            "3 of 1 can never be asked",
        ),
        ("requires: [gain]", "requires: [within-trial]", 8, "inconsistent", "used by no route"),
        ("is: yes}", "is: yes, at_most: trial-visits}", 11, "wrong-type", "takes one of"),
        ("gain:\n    statement", "gain: &g\n    statement", 8, "yaml-syntax", "anchor or alias"),
        ("about: A", "about: !!python/object:os.system A", 3, "yaml-syntax", "the tag"),
    ],
)
def test_a_mistake_is_refused_where_it_stands(
    small_rules: Path, old: str, new: str, line: int, code: str, words: str
) -> None:
    """The message names file and line, carries the code, and says what to do."""
    assert old in GOOD
    with pytest.raises(PackErrors) as caught:
        load(small_rules, GOOD.replace(old, new, 1))
    problems = [p for p in caught.value.problems if p.code == code and words in str(p)]
    assert problems, str(caught.value)
    at = problems[0].at
    assert at is not None
    assert (line, "topic.yaml") == (at.line, Path(at.path).name)


def test_every_problem_of_a_file_is_reported_at_once(small_rules: Path) -> None:
    """Two mistakes in one topic give two problems."""
    twice = GOOD.replace("is: yes", "is: maybe").replace("at_most: trial-visits", "at_most: none")
    with pytest.raises(PackErrors) as caught:
        load(small_rules, twice)
    places = {p.at.line for p in caught.value.problems if p.at}
    assert {11, 16} <= places


def test_an_empty_parameter_is_told_alone(small_rules: Path) -> None:
    """A name with nothing behind it is what is wrong; its neighbours are no unknown keys."""
    path = small_rules / "guidelines" / "test-2016" / "parameters" / "visits.yaml"
    path.write_text(path.read_text() + "full-course:\n")
    with pytest.raises(PackErrors) as caught:
        load(small_rules, GOOD)
    told = f"{path}:6:1: error[wrong-type]: full-course is empty. Write keys with values."
    assert [told] == [str(problem) for problem in caught.value.problems]


def test_an_edition_that_ends_before_it_begins_is_inconsistent(small_rules: Path) -> None:
    """Each of its days is well-formed, and nothing overlaps."""
    path = small_rules / "guidelines" / "test-2016" / "edition.yaml"
    path.write_text(path.read_text().replace("until: 2017", "until: 2015"))
    with pytest.raises(PackErrors) as caught:
        load(small_rules, GOOD)
    told = f"{path}:6:1: error[inconsistent]: the edition ends before it begins."
    assert [told] == [str(problem) for problem in caught.value.problems]


def test_editions_that_claim_the_same_request_on_the_same_day_are_refused(
    small_rules: Path,
) -> None:
    """Two editions of a rank may hold the same topic only if their dates do not meet."""
    other = small_rules / "guidelines" / "test-2017"
    other.mkdir()
    edition = (small_rules / "guidelines" / "test-2016" / "edition.yaml").read_text()
    edition = edition.replace("test-2016", "test-2017")
    (other / "edition.yaml").write_text(
        edition.replace("from: 2016-07-28", "from: 2017-06-01").replace("2017-12-01", "2018-06-01")
    )
    (other / "parameters").mkdir()
    (other / "parameters" / "visits.yaml").write_text(
        (small_rules / "guidelines/test-2016/parameters/visits.yaml").read_text()
    )
    (other / "topic.yaml").write_text(GOOD)
    with pytest.raises(PackErrors, match="claims the same requests on the same days"):
        load(small_rules, GOOD)


def test_a_file_of_aliases_is_refused_before_it_grows(small_rules: Path) -> None:
    """An alias bomb never reaches memory."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{c}: &{c} [*{p}, *{p}, *{p}, *{p}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(PackErrors, match="anchor or alias"):
        load(small_rules, bomb)


def test_deep_nesting_is_refused(small_rules: Path) -> None:
    """A hundred thousand brackets are one error, not a crash."""
    with pytest.raises(PackErrors, match="nested deeper"):
        load(small_rules, "topic: " + "[" * 100_000)
