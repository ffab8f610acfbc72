"""What a title asks for beside the one thing that is judged is told, and only that."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from imr_rules.cli.main import group
from imr_rules.explain.also_asked import also_asked
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import load_knowledge
from imr_rules.treatments.from_title import parse_request


def _told(title: str) -> list[str]:
    knowledge, on = load_knowledge(), date(2016, 11, 20)
    request = parse_request(title, knowledge.catalogue)
    governing = governing_topic(knowledge.library, request, on)
    return [o.governing.topic.id for o in also_asked(request, governing, knowledge, on)]


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("CT of the low back; EMG/NCV of the left leg", ["emg-ncs-lower"]),
        ("Neck, low back and left knee X-rays", ["low-back-xray", "knee-xray"]),
        ("CT of the neck and CT of the left shoulder", ["shoulder-mri-ct"]),
        ("Bone scan of the neck and left wrist", ["bone-scan"]),
        ("Massage for the neck, CT of the right knee", ["knee-mri-ct"]),
        ("Left knee arthroscopy with cold therapy unit", ["cold-therapy"]),
        ("Right shoulder arthroscopy, post-op PT 2x6", ["postsurgical-therapy"]),
        # one and the same text, place or procedure
        ("CT of the low back and sacroiliac joint", []),
        ("CT of the right leg (knee)", []),
        ("EMG (electromyography)/NCV (nerve conduction velocity) of the legs", []),
        ("Left knee arthroscopy with chondroplasty and meniscectomy", []),
        # what the request serves, follows or is done with
        ("Transportation to and from acupuncture", []),
        ("CT of the low back after left knee arthroscopy", []),
        ("Epidural steroid injection L5-S1 and fluoroscopy", []),
    ],
)
def test_what_has_a_text_of_its_own_is_told(title: str, topics: list[str]) -> None:
    """Another part of the service, or another service."""
    assert _told(title) == topics


_TITLE = "CT of the low back; EMG/NCV of the left leg"


@pytest.mark.parametrize(
    "command", [["show", _TITLE], ["preview", "request.yaml"], ["evaluate", "request.yaml"]]
)
def test_commands_say_that_it_is_not_judged(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for two things at once does not take the answer on one for both."""
    monkeypatch.chdir(tmp_path)
    Path("request.yaml").write_text(f"request: {_TITLE!r}\n")
    answer = CliRunner().invoke(group, [*command, "--as-of", "2016-11-20"])
    told = " ".join(answer.output.split())
    assert "not judged here: Electromyography with nerve conduction study, lower" in told
    assert "(acoem-2004/emg-ncs-lower)" in told


def test_a_line_of_json_names_the_other_text(tmp_path: Path) -> None:
    """Treatment, parts and text stand in fields of their own."""
    request = tmp_path / "request.yaml"
    request.write_text(f"request: {_TITLE!r}\n")
    command = ["evaluate", str(request), "--as-of", "2016-11-20", "--format", "jsonl"]
    line = json.loads(CliRunner().invoke(group, command).output.splitlines()[0])
    assert line["also_asked"] == [
        {
            "treatment": "emg_ncs",
            "body_parts": ["lower_extremity"],
            "edition": "acoem-2004",
            "topic": "emg-ncs-lower",
        }
    ]
