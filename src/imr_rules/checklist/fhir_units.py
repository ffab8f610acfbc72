"""The units of the vocabulary in UCUM, from ``rules/fhir/units.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from imr_rules import strict_yaml


class _UnitsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ucum: dict[str, str]


@cache
def load_units(rules: Path) -> Mapping[str, str]:
    """Read ``fhir/units.yaml`` of the *rules* folder: by unit its UCUM code."""
    return strict_yaml.validate(_UnitsFile, strict_yaml.read(rules / "fhir" / "units.yaml")).ucum


def ucum_code(unit: str, units: Mapping[str, str]) -> str:
    """Return *unit* in UCUM; what is counted becomes an annotation.

    >>> ucum_code("visits, pieces or studies", {})
    '{visits_pieces_or_studies}'
    """
    return units.get(unit) or "{" + re.sub(r"[^A-Za-z0-9]+", "_", unit).strip("_") + "}"
