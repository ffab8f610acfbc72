"""The catalogue of treatments: what can be asked for, how titles name it, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from imr_rules.treatments.model import Phase, Request


@dataclass(frozen=True, slots=True)
class Category:
    """A group of treatments, with its place in the Division's own taxonomy of requests."""

    id: str
    title: str
    dwc: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Treatment:
    """One thing that can be asked for.

    ``names`` are the words titles use; ``parents`` the classes it belongs to, nearest first
    (a drug's class, ``opioid``; a study's kind, ``imaging``).
    """

    id: str
    title: str
    category: str
    names: tuple[str, ...]
    parents: tuple[str, ...] = ()
    unit: str = ""
    accompanies: bool = False


@dataclass(frozen=True, slots=True)
class Drug:
    """A product name: its ingredients and the treatment it is."""

    names: tuple[str, ...]
    ingredients: tuple[str, ...]
    treatment: str
    drug_class: str
    topical: bool = False
    excluded_ingredients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """Everything under ``rules/treatments/``, looked up by name."""

    categories: Mapping[str, Category]
    treatments: Mapping[str, Treatment]
    drugs: tuple[Drug, ...] = ()
    body_parts: tuple[str, ...] = ()
    body_part_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def phases(self) -> tuple[str, ...]:
        return tuple(Phase)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every id that a topic may name: treatments, their parents, and categories."""
        parents = (p for t in self.treatments.values() for p in t.parents)
        return frozenset((*self.treatments, *parents, *self.categories))

    def lineage(self, request: Request) -> tuple[str, ...]:
        """Return the ids *request* can be called by, the closest first."""
        if request.treatment is None:
            return (request.category,) if request.category else ()
        treatment = self.treatments[request.treatment]
        return tuple(dict.fromkeys((treatment.id, *treatment.parents, treatment.category)))
