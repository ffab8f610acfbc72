"""Titles of decided cases come to the kinds of treatment that were written down for them."""

from __future__ import annotations

import yaml

from imr_rules.data_folders import cases_folder
from imr_rules.knowledge import load_knowledge
from imr_rules.treatments.from_title import parse_request


def test_every_title_is_of_the_category_written_beside_it() -> None:
    """Of all 206 items; the category of a case file is not read, it is what to hold against."""
    catalogue = load_knowledge().catalogue
    items = [
        item
        for path in sorted(cases_folder().glob("*.yaml"))
        for item in yaml.safe_load(path.read_text(encoding="utf-8")).get("items", ())
    ]
    assert 206 == len(items)
    wrong = {
        item["title"]: (item["category"], parse_request(item["title"], catalogue).category)
        for item in items
        if item["category"] != parse_request(item["title"], catalogue).category
    }
    assert {} == wrong
