"""The files of cues: one for each fact, and what is said of one that cannot be read."""

import shutil
from pathlib import Path

import pytest

from imr_rules.errors import PackErrors
from imr_rules.facts.vocabulary import load_vocabulary
from imr_rules.reading.load_lexicon import load_lexicon
from imr_rules.treatments.load import load_catalogue

RULES = Path(__file__).parents[2] / "rules"


def problems_with(tmp_path: Path, name: str, text: str) -> str:
    """Return what loading the rules says when the cue file *name* holds *text*."""
    rules = tmp_path / "rules"
    shutil.copytree(RULES / "reading", rules / "reading", ignore=shutil.ignore_patterns("cues"))
    (rules / "reading" / "cues").mkdir()
    (rules / "reading" / "cues" / name).write_text(text)
    with pytest.raises(PackErrors) as raised:
        load_lexicon(rules, load_vocabulary(RULES), load_catalogue(RULES))
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("pain_reductoin.yaml", 'cues:\n  - say: "less pain"\n', "pain_reductoin.yaml:1"),
        ("pain_reductoin.yaml", 'cues:\n  - say: "less pain"\n', "pain_reduction"),
        ("pain_reduction.yaml", 'cues:\n  - sya: "less pain"\n', "pain_reduction.yaml:2"),
        ("pain_reduction.yaml", 'broad:\n  - say: "{less pain"\n', "pain_reduction.yaml:2"),
        ("pain_reduction.yaml", 'cues:\n  - say: "less pain"\n    value: 3\n', "pain_reduction"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_line_and_remedy(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    """A fact nobody knows, a wrong key, an open bracket, a value the fact cannot have."""
    assert says in problems_with(tmp_path, name, text)


def test_broad_cues_yield_to_exact_ones() -> None:
    """What a file lists under ``broad`` is loaded as a wide net, the rest is not."""
    lexicon = load_lexicon(RULES, load_vocabulary(RULES), load_catalogue(RULES))
    kinds = {cue.broad for cue in lexicon.cues if cue.fact == "functional_improvement"}
    assert kinds == {True, False}
