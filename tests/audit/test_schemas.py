"""What an audit writes is what its schemas say, and nothing else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.model import Corpus, Kind
from imr_rules.audit.write import write_audit
from imr_rules.schemas import schema_of

from .written_determinations import Written

FILES = {"audit": "findings.json", "audit-scores": "scores.json"}


def written(found: Audit, folder: Path) -> dict[str, Any]:
    write_audit(found, [], folder)
    return {
        name: json.loads((folder / file).read_text(encoding="utf-8"))
        for name, file in FILES.items()
    }


def check(name: str, data: Any) -> None:
    schema = schema_of(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)


def test_the_audit_of_the_cases_that_ship_is_as_its_schemas_say(
    shipped_audit: Audit, tmp_path: Path
) -> None:
    """Every finding, score, group and interval."""
    files = written(shipped_audit, tmp_path)
    assert files["audit"]["findings"]
    assert set(files["audit"]["counts"]) == {kind.value for kind in Kind}
    for name, data in files.items():
        check(name, data)


def test_an_audit_of_next_to_nothing_is_as_its_schemas_say(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus], tmp_path: Path
) -> None:
    """Quotations with offsets, and scores that are not defined."""
    files = written(audit(corpus_of_letters([Written()])), tmp_path)
    for name, data in files.items():
        check(name, data)


def test_what_the_schemas_do_not_say_is_refused(shipped_audit: Audit, tmp_path: Path) -> None:
    """A kind that is none, a confidence above one, a score under another name, a key too many."""
    files = written(shipped_audit, tmp_path)
    spoiled: list[tuple[str, Callable[[Any], object]]] = [
        ("audit", lambda d: d["findings"][0].update(kind="suspicion")),
        ("audit", lambda d: d["findings"][0].update(confidence=1.5)),
        ("audit", lambda d: d["findings"][0].update(verdict="wrong")),
        ("audit", lambda d: d.update(format="imr.audit.v2")),
        ("audit-scores", lambda d: d["bases"]["record"]["scores"].update(f1=0.5)),
        ("audit-scores", lambda d: d["noise"]["level"][0].pop("spread")),
        ("audit-scores", lambda d: d["bases"]["review"]["base_rate"].update(interval=[0.1])),
    ]
    for name, spoil in spoiled:
        data = copy.deepcopy(files[name])
        spoil(data)
        with pytest.raises(jsonschema.ValidationError):
            check(name, data)
