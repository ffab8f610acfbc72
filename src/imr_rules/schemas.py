"""The JSON Schemas of our formats, built from the models that read and write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from imr_rules.audit import file_model
from imr_rules.cases import draft_yaml, from_json, from_yaml
from imr_rules.explain import trace_model
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.shapes import EditionFile, ParameterFile, TopicFile
from imr_rules.guidelines.situations import SituationsFile
from imr_rules.preview import line_model

SCHEMAS: Mapping[str, str] = {
    "case": "a file of cases/: one determination with its facts in own words",
    "request": "a request file of preview: what is asked for, and the facts its record shows",
    "determination": "a line of extract --format jsonl (imr.determination.v1)",
    "trace": "a line of evaluate --format jsonl (imr.trace.v1)",
    "preview": "an entry of preview --format json (imr.preview.v1)",
    "audit": "findings.json of audit --out (imr.audit.v1)",
    "audit-scores": "scores.json of audit --out (imr.audit-scores.v1)",
    "fact": "an entry of rules/vocabulary",
    "topic": "a topic of rules/guidelines",
    "situations": "the pack tests beside a topic",
    "edition": "edition.yaml of rules/guidelines",
    "parameter": "an entry of a parameters file of rules/guidelines",
}

_MODELS: Mapping[str, Callable[[], Any]] = {
    "case": lambda: from_yaml.CaseFile,
    "request": lambda: draft_yaml.RequestFile,
    "determination": lambda: from_json.DeterminationLine,
    "trace": lambda: trace_model.TraceLine,
    "preview": lambda: line_model.PreviewLine,
    "audit": lambda: file_model.FindingsFile,
    "audit-scores": lambda: file_model.ScoresFile,
    "fact": lambda: Fact,
    "topic": lambda: TopicFile,
    "situations": lambda: SituationsFile,
    "edition": lambda: EditionFile,
    "parameter": lambda: ParameterFile,
}


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema called *name* (a key of :data:`SCHEMAS`)."""
    schema = TypeAdapter(_MODELS[name]()).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
