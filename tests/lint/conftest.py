"""A rules folder with one small topic, whose files a test replaces."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from imr_rules.data_folders import rules_folder

TOPIC = (Path(__file__).parents[1] / "guidelines" / "good_topic.yaml").read_text(encoding="utf-8")


@pytest.fixture
def one_topic_rules(tmp_path: Path) -> Path:
    """The shipped rules without cues, with an edition ``test-2016`` of one topic alone."""
    rules = tmp_path / "rules"
    # Nearly all of what takes time to load, and no topic is judged by how letters say it.
    shutil.copytree(rules_folder(), rules, ignore=shutil.ignore_patterns("guidelines", "cues"))
    edition = rules / "guidelines" / "test-2016"
    (edition / "parameters").mkdir(parents=True)
    (edition / "edition.yaml").write_text(
        "edition: test-2016\ntitle: A test edition\ncite_as: TEST 2016\nlegal: none\nrank: 1\n"
        "in_force:\n  from: 2016-07-28\n  until: 2017-12-01\n",
        encoding="utf-8",
    )
    (edition / "parameters" / "visits.yaml").write_text(
        "trial-visits:\n  unit: visits\n  description: A first trial\n  source: test\n"
        '  values: {"2016-07-28": 6}\n',
        encoding="utf-8",
    )
    (edition / "topic.yaml").write_text(TOPIC, encoding="utf-8")
    return rules
