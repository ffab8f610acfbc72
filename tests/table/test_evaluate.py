"""Tables are decided as single items are, whatever their size, order and parts."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError
from imr_rules.facts.derive import facts_behind
from imr_rules.facts.model import UNDOCUMENTED, Basis, Value
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.table.evaluate import CONCLUDED, HANGS_ON_PARENT, PLACE, TableRules, conclude
from imr_rules.table.outcomes import (
    BY_OUTCOME,
    CERTAINTY,
    COUNT,
    PREDICTION,
    named,
    statuses,
    tally,
)
from imr_rules.table.selection import Selector
from imr_rules.table.synthetic import rows_of_packs, synthetic_items
from imr_rules.treatments.model import Phase, Request

GENERATED = 3_000


def test_cases_that_ship_conclude_as_item_by_item(
    decided: dict[str, Case], items: pl.DataFrame, rules: TableRules, knowledge: Knowledge
) -> None:
    """Topic, prediction, certainty and the status of every criterion are those of the reference.

    So is the certainty of what hangs on an operation.
    """
    engine = ReferenceEngine()
    expected = {
        (path, conclusion.item.number, basis.value): _by_reference(conclusion)
        for path, case in decided.items()
        for basis in Basis
        for conclusion in evaluate_case(case, basis, knowledge, engine)
    }
    found = with_conclusions(items, rules)
    by_item: dict[tuple[str, int, str], dict[str, str]] = {}
    for row in statuses(found, rules).iter_rows(named=True):
        key = (row["letter"], row["item"], row["basis"])
        by_item.setdefault(key, {})[row["criterion"]] = row["status"]
    concluded = {
        key: (
            row["edition"],
            row["topic"],
            row[PREDICTION],
            row[CERTAINTY],
            row["settled"],
            by_item.get(key, {}),
        )
        for row in found.iter_rows(named=True)
        for key in [(row["letter"], row["item"], row["basis"])]
    }
    assert len(concluded) > 400
    assert concluded == expected
    assert conclude(items, rules)[HANGS_ON_PARENT].sum() > 0


def with_conclusions(items: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """Return *items* (whole letters) with their conclusions beside them."""
    return pl.concat([items, named(conclude(items, rules), rules)], how="horizontal")


def _by_reference(conclusion: Conclusion) -> tuple[object, ...]:
    if conclusion.governing is None or conclusion.trace is None:
        return (None, None, "no_guideline", None, None, {})
    return (
        conclusion.governing.edition.id,
        conclusion.governing.topic.id,
        conclusion.prediction.value,
        conclusion.certainty,
        conclusion.settled,
        {name: status.value for name, status in conclusion.trace.statuses.items()},
    )


@pytest.mark.parametrize("mix", ["cases", "packs"])
def test_generated_items_conclude_as_the_reference_does(
    mix: str, items: pl.DataFrame, rules: TableRules, knowledge: Knowledge
) -> None:
    """On made-up items of every pack, the table engine and the reference agree bit by bit."""
    like = items if mix == "cases" else rows_of_packs(knowledge, 4, seed=3)
    reviewed = like.filter(pl.col("basis") == "review")
    made = synthetic_items(reviewed, knowledge, GENERATED, seed=7)
    differing = differences_from_reference(made, rules, knowledge)
    assert differing == []


def differences_from_reference(
    made: pl.DataFrame, rules: TableRules, knowledge: Knowledge
) -> list[tuple[dict[str, object], dict[str, object]]]:
    """Return the conclusions on *made* that differ from the reference, each with what it says."""
    engine = ReferenceEngine()
    facts = [name for name in knowledge.vocabulary if name in made.columns]
    found = conclude(made, rules).to_dicts()
    settled = _told(made, found, rules)
    differing = []
    for row, conclusion in zip(settled, found, strict=True):
        if conclusion[PLACE] is None:
            continue
        governor = rules.governors[conclusion[PLACE]]
        sheet: dict[str, Value] = {f: row[f] for f in facts if row[f] is not None}
        trace = engine.trace(governor.topic, governor.edition.parameters, row["on"], sheet)
        bits = {name: 1 << place for place, name in enumerate(governor.topic.criteria)}
        expected = {
            PLACE: conclusion[PLACE],
            "overturned": trace.verdict.prediction.value == "overturned",
            "in_favour": trace.verdict.certainty.value != "barred",
            "settled": trace.settled,
            "met": sum(bits[n] for n, s in trace.statuses.items() if s.value == "met"),
            "counted": sum(bits[n] for n in trace.counted),
            "unknown": sum(bits[n] for n, s in trace.statuses.items() if s.value == "unknown"),
        }
        if expected["overturned"]:
            # An overturned item was not asked in its favour by the reference.
            expected["in_favour"] = conclusion["in_favour"]
        # What documents on another item do is no part of a topic's own verdict.
        expected[HANGS_ON_PARENT] = conclusion[HANGS_ON_PARENT]
        if conclusion != expected:
            differing.append((conclusion, expected))
    return differing


def _told(
    made: pl.DataFrame, found: list[dict[str, object]], rules: TableRules
) -> list[dict[str, object]]:
    """Return the rows of *made*, accompanying items told what became of their operation."""
    rows = made.to_dicts()
    outcome = {
        (row["letter"], row["item"]): bool(conclusion["overturned"])
        for row, conclusion in zip(rows, found, strict=True)
    }
    for row in rows:
        if row["parent_item"] is not None:
            approved = outcome[row["letter"], row["parent_item"]]
            for fact in rules.parent_facts:
                row[fact] = "approved" if approved else "not_approved"
    return rows


def test_rows_and_letters_in_any_order_conclude_the_same(
    items: pl.DataFrame, rules: TableRules
) -> None:
    """A conclusion belongs to its row, however the table is sorted."""
    numbered = items.with_row_index("place_in_file")
    shuffled = numbered.sample(fraction=1.0, shuffle=True, seed=4)
    straight = conclude(items, rules)
    mixed = conclude(shuffled.drop("place_in_file"), rules)
    back = mixed.with_columns(shuffled["place_in_file"]).sort("place_in_file")
    assert back.drop("place_in_file").equals(straight)


def test_an_empty_table_has_no_conclusions(items: pl.DataFrame, rules: TableRules) -> None:
    """No rows in, no rows out, with the same columns."""
    found = conclude(items.clear(), rules)
    assert (found.height, found.columns) == (0, list(CONCLUDED))


def test_a_fact_that_the_table_lacks_is_silent(items: pl.DataFrame, rules: TableRules) -> None:
    """A table extracted before a fact was known reads as if nobody spoke of it."""
    fact = "first_line_failed"
    assert fact in items.columns
    silent = items.with_columns(pl.lit(None, items.schema[fact]).alias(fact))
    assert conclude(items.drop(fact), rules).equals(conclude(silent, rules))


def test_a_treatment_of_other_rules_is_refused(items: pl.DataFrame, rules: TableRules) -> None:
    """A treatment that no catalogue entry has is an error that says what to do."""
    strange = items.head(1).with_columns(pl.lit("leech_therapy").alias("treatment"))
    with pytest.raises(InputError, match=r"'leech_therapy'.*extract the letters again"):
        conclude(strange, rules)


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_selection_by_kind_of_request_is_the_search_of_the_guidelines(
    knowledge: Knowledge, rules: TableRules, data: st.DataObject
) -> None:
    """The narrowed, remembered search finds what the full search finds, on any day."""
    catalogue = knowledge.library.catalogue
    selector: Selector = rules.selector
    treatment = data.draw(st.sampled_from([None, *catalogue.treatments]))
    own = catalogue.treatments[treatment].category if treatment else None
    categories = sorted({t.category for t in catalogue.treatments.values()})
    category = data.draw(st.sampled_from([own, None, *categories]))
    parts = sorted({p for g in rules.governors for p in g.topic.applies_to.body_parts})
    body_parts = data.draw(st.lists(st.sampled_from(parts), max_size=2, unique=True))
    phase = data.draw(st.sampled_from([None, *Phase]))
    on = data.draw(st.sampled_from(selector.change_days) | st.dates())
    request = Request(
        title="", treatment=treatment, category=category, body_parts=tuple(body_parts), phase=phase
    )
    governing = governing_topic(knowledge.library, request, on)
    key = (treatment, category, "; ".join(body_parts), phase.value if phase else None)
    asked = (key, selector.stretch_of(on))
    place = selector.places([asked])[asked]
    found = selector.governors[place].key if place is not None else None
    assert found == ((governing.edition.id, governing.topic.id) if governing else None)


def test_counting_by_batches_counts_every_row_once(items: pl.DataFrame, rules: TableRules) -> None:
    """A tally over uneven batches of whole letters equals the tally of the whole table."""
    letters = items["letter"].unique().sort().to_list()
    Random(5).shuffle(letters)
    parts = [letters[:1], letters[1:40], letters[40:]]
    batches = [
        with_conclusions(items.filter(pl.col("letter").is_in(part)), rules) for part in parts
    ]
    whole = tally([with_conclusions(items, rules)], BY_OUTCOME)
    assert tally(batches, BY_OUTCOME).equals(whole)
    assert whole[COUNT].sum() == items.height


@pytest.mark.parametrize("basis", ["record", "review"])
def test_made_up_tables_keep_base_rates_and_gaps(
    basis: str, items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """Category mix, decisions and how often each fact is known stay near those of the cases."""
    like = items.filter(pl.col("basis") == basis)
    made = synthetic_items(like, knowledge, 20_000, seed=1)
    assert made.equals(synthetic_items(like, knowledge, 20_000, seed=1))
    assert not made.equals(synthetic_items(like, knowledge, 20_000, seed=2))
    assert abs((made["actual"] == "upheld").mean() - (like["actual"] == "upheld").mean()) < 0.02
    for category, share in like["category"].value_counts(normalize=True).iter_rows():
        assert abs((made["category"] == category).mean() - share) < 0.02
    for name in like.columns:
        known = like[name].is_not_null().mean()
        if made.schema[name] == pl.Float64 or isinstance(made.schema[name], pl.Enum):
            assert abs(made[name].is_not_null().mean() - known) < 0.05
    assert made["case_number"].str.starts_with("SYNTHETIC").all()


def test_made_up_letters_hold_as_many_items_as_decided_ones(
    items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """Most are about a single item, few about many."""
    shares = [
        dict(one.group_by("letter").len()["len"].value_counts(normalize=True).iter_rows())
        for one in (
            items.filter(pl.col("basis") == "review"),
            synthetic_items(items, knowledge, 20_000, seed=1).filter(pl.col("basis") == "review"),
        )
    ]
    assert len(shares[0]) > 4
    for size in shares[0] | shares[1]:
        assert abs(shares[0].get(size, 0) - shares[1].get(size, 0)) < 0.02


@pytest.mark.parametrize("mix", ["cases", "packs"])
def test_made_up_rows_do_not_contradict_themselves(
    mix: str, items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """What follows from dates and numbers does, and numbers are ones that their facts can be."""
    like = items if mix == "cases" else rows_of_packs(knowledge, 4, seed=3)
    made = synthetic_items(like, knowledge, 20_000, seed=6)
    days = (pl.col("denial_date") - pl.col("injury_date")).dt.total_days()
    units = pl.col("prior_units_completed"), pl.col("requested_units")
    assert made["total_units"].count() > 100
    assert made.filter(pl.col("days_since_injury").ne_missing(days)).is_empty()
    assert made.filter(pl.col("injury_year").ne_missing(pl.col("injury_date").dt.year())).is_empty()
    assert made.filter(pl.sum_horizontal(units) > pl.col("total_units")).is_empty()
    given = pl.col("prior_units_completed").gt(0) | pl.col("drug_use_days").gt(0)
    alone = made.filter(pl.col("parent_item").is_null() & pl.col("phase").is_null())
    assert alone.filter(given & pl.col("first_request").is_null()).is_empty()
    for name, fact in knowledge.vocabulary.items():
        if fact.type is FactType.NUMBER:
            assert all(fact.can_be(number) for number in made[name].drop_nulls().unique()), name
            marked = pl.col("undocumented_numbers").str.split("; ").list.contains(name)
            assert made.filter(marked & pl.col(name).is_not_null()).is_empty(), name


def test_made_up_decisions_cite_what_was_in_force(
    items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """No line names a guideline of another time; it is empty where no decided item has one."""
    made = synthetic_items(items, knowledge, 20_000, seed=6)
    cited = [pl.col(f"{who}_guideline") for who in ("claims_administrator", "reviewer")]
    assert (
        made.filter(pl.any_horizontal(line.str.contains("2016") for line in cited))
        .filter(~pl.col("on").is_between(date(2016, 7, 28), date(2017, 11, 30)))
        .is_empty()
    )
    decided_in_2017 = made.filter(pl.col("on").is_between(date(2016, 8, 1), date(2017, 11, 30)))
    for line in cited:
        assert decided_in_2017.select(line.is_not_null().mean()).item() > 0.5


def test_made_up_records_hold_nothing_that_only_a_rationale_told(
    items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """Each item stands on both bases; a value of the record is one that records give it."""
    made = synthetic_items(items, knowledge, 5_000, seed=6)
    by_basis = made.partition_by("basis", as_dict=True, include_key=False)
    assert [5_000, 5_000] == [rows.height for rows in by_basis.values()]
    review, record = by_basis[("review",)], by_basis[("record",)]
    same = ["letter", "item", "treatment", "on", "injury_date", "actual", "reviewer_guideline"]
    assert review.select(same).equals(record.select(same))
    in_records = items.filter(pl.col("basis") == "record")
    only_told = [
        name
        for name, fact in knowledge.vocabulary.items()
        if fact.type is not FactType.NUMBER and not in_records[name].count()
    ]
    assert sum(review[name].count() for name in only_told) > 0
    assert 0 == sum(record[name].count() for name in only_told)
    pairs = zip(review.iter_rows(named=True), record.iter_rows(named=True), strict=True)
    decided = items.partition_by("basis", as_dict=True, include_key=False)
    # What follows from the numbers of a row follows on each basis from those that it tells.
    following = {name for name, way in knowledge.derivations.items() if facts_behind(way)}
    seen = {
        name: set(zip(decided[("review",)][name], decided[("record",)][name], strict=True))
        for name, fact in knowledge.vocabulary.items()
        if fact.type is not FactType.NUMBER and name not in following
    }
    for told, recorded in pairs:
        assert all((told[name], recorded[name]) in seen[name] for name in seen)


def test_made_up_letters_do_not_keep_the_reviewer_of_their_items(
    items: pl.DataFrame, knowledge: Knowledge
) -> None:
    """Who reviewed and what was cited is drawn apart from the facts, and a letter has one of it."""
    like = items.filter(pl.col("basis") == "review", pl.col("category") == "opioid")
    pairs = ["specialties", "reviewer_guideline"]
    made = synthetic_items(like, knowledge, 2_000, seed=3)
    seen = set(like.select(pairs).iter_rows())
    assert len(set(made.select(pairs).iter_rows()) - seen) > len(seen)
    assert made.group_by("letter").agg(pl.col("specialties").n_unique())["specialties"].max() == 1


def test_number_columns_hold_no_mark_for_undocumented(
    items: pl.DataFrame, decided: dict[str, Case], knowledge: Knowledge
) -> None:
    """What is undocumented is null among numbers and named in a column of its own."""
    stated = [
        (path, item.number, fact)
        for path, case in decided.items()
        for item in case.items
        for reading in item.readings.values()
        for fact, value in reading.items()
        if value == UNDOCUMENTED and knowledge.vocabulary[fact].type is FactType.NUMBER
    ]
    named = {
        (row["letter"], row["item"], fact)
        for row in items.iter_rows(named=True)
        for fact in (row["undocumented_numbers"] or "").split("; ")
        if fact and row[fact] is None
    }
    assert named <= set(stated)
    assert bool(named) == bool(stated)
