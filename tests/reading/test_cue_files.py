"""The files of cues: one for each fact, and what is said of one that cannot be read."""

import shutil
from pathlib import Path

import pytest

from imr_rules.errors import PackErrors
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.reading.load_lexicon import load_lexicon
from imr_rules.treatments.load import load_catalogue

RULES = Path(__file__).parents[2] / "rules"
VOCABULARY = load_vocabulary(RULES)
CATALOGUE = load_catalogue(RULES)


def problems_with(tmp_path: Path, name: str, text: str) -> str:
    """Return what loading the rules says when the cue file *name* holds *text*."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES / "reading", rules / "reading", ignore=shutil.ignore_patterns("cues"))
    (rules / "reading" / "cues").mkdir()
    (rules / "reading" / "cues" / name).write_text(text)
    with pytest.raises(PackErrors) as raised:
        load_lexicon(rules, VOCABULARY, CATALOGUE)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pain_reductoin.yaml", 'cues:\n  - say: "less pain"\n', "pain_reductoin.yaml:1"),
        ("pain_reductoin.yaml", 'cues:\n  - say: "less pain"\n', "pain_reduction"),
        ("pain_reduction.yaml", 'cues:\n  - sya: "less pain"\n', "pain_reduction.yaml:2"),
        ("pain_reduction.yaml", 'broad:\n  - say: "{less pain"\n', "pain_reduction.yaml:2"),
        ("pain_reduction.yaml", 'cues:\n  - say: "less pain"\n    value: 3\n', "pain_reduction"),
        (
            "pain_reduction.yaml",
            'groups:\n  drugs: [opioid, nsaid]\ncues:\n  - say: "less pain"\n',
            "pain_reduction.yaml:2:3: error[unknown-name]: category 'nsaid'",
        ),
        (
            "pain_reduction.yaml",
            'groups:\n  opioid: [nsaid_oral]\ncues:\n  - say: "less pain"\n',
            "'opioid' is a category",
        ),
        (
            "pain_reduction.yaml",
            'groups:\n  drugs: [opioid]\ncues:\n  - say: "less pain"\n    categories: [drug]\n',
            "pain_reduction.yaml:5:5: error[unknown-name]: category 'drug'",
        ),
        (
            "pain_reduction.yaml",
            'cues:\n  - say: ["less pain", "pain of #lower/10"]\n',
            "pain_reduction.yaml:2:5: error[wrong-type]: phrase 'pain of #lower/10'",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_line_and_remedy(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    """A fact nobody knows, a wrong key, an open bracket, a value it cannot have, a lone number."""
    assert says in problems_with(tmp_path, name, text)


def problems_of_tables(tmp_path: Path, **texts: str) -> str:
    """Return what loading the rules says when each file NAME.yaml of words holds that text."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES / "reading", rules / "reading", ignore=shutil.ignore_patterns("cues"))
    for name, text in texts.items():
        (rules / "reading" / f"{name}.yaml").write_text(text)
    with pytest.raises(PackErrors) as raised:
        load_lexicon(rules, VOCABULARY, CATALOGUE)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("regions", "speaks_for: {}\nalong_nerves: {}\n", "regions.yaml:1:1: error[wrong-type]: b"),
        ("regions", "speaks_for:\n  neck: [head]\n", "along_nerves is missing."),
        (
            "relevant",
            "imaging: [red_flag_present]\n",
            "relevant.yaml:1:1: error[wrong-type]: imagi",
        ),
        ("relevant", "imaging:\n  any: [work_statsu]\n", "Did you mean 'work_status'"),
        ("assertion", 'clause: "but"\n', "assertion.yaml:1:1: error[wrong-type]: clause: 'but'"),
        ("talk", 'guidelin: ["the guideline"]\n', "Did you mean 'guideline'"),
        ("item_words", "imaging:\n  - scan\n  - {a: b}\n", "item_words.yaml:3:5"),
        ("kinds_of_care", 'opioid: ["opioids", "{opiates"]\n', "kinds_of_care.yaml:1:21"),
        ("kinds_of_care", 'opioid: ["# to #lower pills"]\n', "compared in cues and marks only"),
        ("kinds_of_care", "opioid: []\n", "kinds_of_care.yaml:1:1: error[wrong-type]: opioid: "),
        ("read_as", "- home_aide\n", "read_as.yaml:1:1: error[wrong-type]: the file: a list"),
        ("common_words", "the: often\n", "the: 'often' is not a whole number"),
        ("same_thing", "", "same_thing.yaml:1:1: error[wrong-type]: the file is empty."),
        (
            "results",
            'result: ["positive"]\n',
            "results.yaml:1:1: error[wrong-type]: the lists must be",
        ),
        ("words", "- worker\n", "words.yaml:1:1: error[wrong-type]: the file: a list"),
    ],
)
def test_a_table_of_words_is_refused_where_it_is_wrong(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    """A part cut off, text or a list in place of keys, a name that is none: each has its line."""
    assert says in problems_of_tables(tmp_path, **{name: text})


def test_every_table_of_words_is_told_of_at_once(tmp_path: Path) -> None:
    """What is wrong with one file hides nothing that is wrong with another."""
    told = problems_of_tables(tmp_path, regions="- a\n", read_as="- b\n", talk='a: "b\n')
    assert ["talk.yaml", "regions.yaml", "read_as.yaml"] == [
        Path(line.split(":")[0]).name for line in told.splitlines()
    ]


def test_broad_cues_yield_to_exact_ones() -> None:
    """What a file lists under ``broad`` is loaded as a wide net, the rest is not."""
    lexicon = load_lexicon(RULES, VOCABULARY, CATALOGUE)
    kinds = {cue.broad for cue in lexicon.cues if cue.fact == "functional_improvement"}
    assert kinds == {True, False}


def test_a_group_stands_for_its_categories(tmp_path: Path) -> None:
    """A cue names it beside categories; a file may name it for all of its cues."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES / "reading", rules / "reading", ignore=shutil.ignore_patterns("cues"))
    (rules / "reading" / "cues").mkdir()
    (rules / "reading" / "cues" / "pain_reduction.yaml").write_text(
        "groups:\n  drugs: [opioid, nsaid_oral]\n  visits: [pt_ot]\ncategories: [visits]\n"
        'cues:\n  - say: "less pain"\n    categories: [drugs, topical]\n  - say: "pain eased"\n'
    )
    cues = load_lexicon(rules, VOCABULARY, CATALOGUE).cues
    assert [{"opioid", "nsaid_oral", "topical"}, {"pt_ot"}] == [cue.categories for cue in cues]
