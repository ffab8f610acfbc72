"""Groups of decisions: who is counted in which, and what chance alone gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars
import pytest
from scipy import stats

from imr_rules.audit.audit import Audit
from imr_rules.audit.model import Corpus
from imr_rules.audit.noise import GROUPINGS, Grouping, GroupLevel, LevelNoise, level_noise
from imr_rules.audit.policy import NoisePolicy
from imr_rules.audit.rows import Row, columns_of, rows_of
from imr_rules.audit.scores import grouped
from imr_rules.audit.tables.noise import streamed_levels
from imr_rules.audit.tables.rows import citation_group

from .written_determinations import Written

GROUPING = {grouping.column: grouping for grouping in GROUPINGS}
CITATION, LICENSURE = GROUPING["administrator_citation"], GROUPING["licensure"]


@pytest.fixture(scope="module")
def policy(shipped_audit: Audit) -> NoisePolicy:
    """The limits that ship, with as many permutations."""
    return shipped_audit.corpus.policy.noise.model_copy(
        update={"permutations": 2000, "resamples": 20}
    )


@pytest.fixture(scope="module")
def row(shipped_audit: Audit) -> Row:
    """Any item; the tests change what they are about."""
    return shipped_audit.rows[0]


def compared(
    rows: Sequence[Row], grouping: Grouping, policy: NoisePolicy, folder: Path
) -> list[dict[str, GroupLevel]]:
    """The groups of *rows* by name, letter by letter and as a stream."""
    items = folder / "items.parquet"
    polars.DataFrame(columns_of(rows), infer_schema_length=None).write_parquet(items)
    streamed = {level.grouping: level for level in streamed_levels(items, policy)}
    found: tuple[LevelNoise, ...] = (level_noise(rows, grouping, policy), streamed[grouping])
    return [{group.name: group for group in level.groups} for level in found]


def pairs(row: Row, none_cited: int) -> list[Row]:
    """Letters of two items, one overturned: so many times the one whose denial cites nothing."""
    return [
        replace(
            row,
            case_number=f"CM17-{letter:07d}",
            item=place + 1,
            administrator_citation=cited,
            actual="overturned" if (place == 0) is (letter < none_cited) else "upheld",
        )
        for letter in range(24)
        for place, cited in enumerate(("none cited", "MTUS"))
    ]


@pytest.mark.parametrize("overturned", [12, 15, 18, 24])
def test_a_difference_within_letters_is_tested(
    overturned: int, row: Row, policy: NoisePolicy, tmp_path: Path
) -> None:
    """Where every letter holds an item of either group, p-values are those of the sign test."""
    exact = float(stats.binomtest(overturned, 24).pvalue)
    normal = float(2 * stats.norm.sf((2 * overturned - 24) / 24**0.5))
    shuffled, streamed = compared(pairs(row, overturned), CITATION, policy, tmp_path)
    for name in ("none cited", "MTUS"):
        assert shuffled[name].p == pytest.approx(exact, abs=0.03)
        assert streamed[name].p == pytest.approx(normal, abs=1e-9)
        assert shuffled[name].differs == (exact < 0.05)


def test_a_letter_partly_in_a_group_gives_its_share_to_letters_of_any_size(
    row: Row, policy: NoisePolicy, tmp_path: Path
) -> None:
    """The normal limit of a stream is what shuffling and drawing give, parts of items included."""
    rows = [
        replace(
            row,
            case_number=f"CM17-{letter:07d}",
            item=item,
            administrator_citation="MTUS" if (letter * 7 + item) % 3 else "none cited",
            actual="overturned" if (letter * 5 + item * item) % 4 == 0 else "upheld",
        )
        for letter in range(150)
        for item in range(1, 2 + letter % 5)
    ]
    shuffled, streamed = compared(rows, CITATION, policy, tmp_path)
    for name, group in shuffled.items():
        assert group.p is not None
        assert streamed[name].p == pytest.approx(group.p, abs=0.04)


def test_a_reviewer_counts_in_the_group_of_each_licence(
    row: Row, policy: NoisePolicy, tmp_path: Path
) -> None:
    """Each group is held against all items outside it, however the groups overlap."""
    licences = ["Texas; California", "California", "Oregon", None]
    rows = [
        replace(
            row,
            case_number=f"CM17-{letter:07d}",
            licensure=licences[letter % 4],
            actual="overturned" if letter % 4 == 0 and letter % 5 else "upheld",
        )
        for letter in range(100)
    ]
    sizes = {name: len(own) for name, own in grouped(rows, "licensure").items()}
    assert {"California": 50, "Texas": 25, "Oregon": 25, "not told": 25} == sizes
    for groups in compared(rows, LICENSURE, policy, tmp_path):
        assert sizes == {name: group.n for name, group in groups.items()}
        assert (20, 0.0) == (groups["California"].overturned, groups["California"].rest_rate)
        assert (20, 0.0) == (groups["Texas"].overturned, groups["Texas"].rest_rate)
        assert groups["Oregon"].rest_rate == pytest.approx(20 / 75)
        assert groups["Texas"].differs
        assert groups["California"].differs


def test_a_group_of_everything_is_compared_with_nothing(
    row: Row, policy: NoisePolicy, tmp_path: Path
) -> None:
    """There is no rate of the rest, and no p-value."""
    rows = [
        replace(
            row,
            case_number=f"CM17-{letter:07d}",
            licensure="California; Texas" if letter % 2 else "California",
            actual="upheld",
        )
        for letter in range(60)
    ]
    for groups in compared(rows, LICENSURE, policy, tmp_path):
        assert (None, None) == (groups["California"].rest_rate, groups["California"].p)
        assert groups["Texas"].rest_rate == 0.0


CITED = [
    ("The Claims Administrator did not cite any medical evidence.", "none cited"),
    ("Decision based on MTUS Low Back Complaints 2004.", "MTUS"),
    ("Decision based on MTUS Low Back Complaints 2004. Decision based on Non-MTUS Citation ODG.",
     "MTUS and another guideline"),
    ("MTUS Low Back Complaints 2004; non-MTUS: ODG", "MTUS and another guideline"),
    ("The treatment is outside of the MTUS Guidelines. Decision based on Non-MTUS Citation ODG.",
     "another guideline"),
    ("outside MTUS: ODG", "another guideline"),
    ("Decision based on Non-MTUS Citation ODG.", "another guideline"),
    (None, "none cited"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "group"), CITED)
def test_a_denial_cites_mtus_only_where_it_is_named_as_cited(
    line: str | None,
    group: str,
    policy: NoisePolicy,
    corpus_of_letters: Callable[[Sequence[Written]], Corpus],
    shipped_audit: Audit,
) -> None:
    """The words "Non-MTUS" and "outside of the MTUS" name it to say that it is not cited."""
    case = shipped_audit.corpus.cases[0]
    item = case.items[0]
    told = replace(item, item=replace(item.item, claims_administrator_guideline=line))
    corpus = replace(shipped_audit.corpus, cases=(replace(case, items=(told,)),))
    assert [group] == [row.administrator_citation for row in rows_of(corpus)]
    lines = polars.DataFrame(
        {"claims_administrator_guideline": [line]},
        schema={"claims_administrator_guideline": polars.String},
    )
    assert [group] == lines.select(citation_group(policy)).to_series().to_list()
