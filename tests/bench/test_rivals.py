"""The engines that the benchmarks hold the table engine against do the same work."""

from __future__ import annotations

import importlib.util

import polars as pl
from tests.bench.rivals.compare import rivals_over

from imr_rules.knowledge import load_knowledge
from imr_rules.table.evaluate import TableRules
from imr_rules.table.synthetic import rows_of_packs, synthetic_items

INSTALLED = {"zen": "zen-engine", "clips": "clipspy"}


def test_every_rival_installed_here_finds_what_the_table_engine_finds() -> None:
    """Over items of many topics, statuses and predictions are the same; a pace needs no less."""
    knowledge = load_knowledge()
    some_topics = rows_of_packs(knowledge, 1, seed=3).filter(pl.col("basis") == "review")
    items = synthetic_items(some_topics.gather_every(6), knowledge, 300, seed=4).with_columns(
        pl.lit(None, pl.Int32).alias("parent_item")
    )
    found = rivals_over(items, 300, TableRules(knowledge))
    present = {name for module, name in INSTALLED.items() if importlib.util.find_spec(module)}
    assert {"table", "reference", "naive loop", *present} <= found.keys()
    assert {name: one["differing"] for name, one in found.items() if one["differing"]} == {}
