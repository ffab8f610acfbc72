"""Which parts of the body a sentence names, and which parts go under each other's name."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from imr_rules.audit.model import Corpus


def are_near(one: Collection[str], other: Collection[str], corpus: Corpus) -> bool:
    """Whether the parts are the same, or go under each other's name."""
    groups = [set(group) for group in corpus.policy.contradiction.near]
    first, second = set(one), set(other)
    return bool(first & second) or any(first & group and second & group for group in groups)


def parts_named(text: str, corpus: Corpus) -> frozenset[str]:
    """Return the parts that *text* names."""
    names = corpus.knowledge.catalogue.body_part_names
    found = _pattern(tuple(sorted({name for known in names.values() for name in known})))
    said = {" ".join(word.split()) for word in found.findall(" ".join(text.lower().split()))}
    return frozenset(part for part, known in names.items() if said & set(known))


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")
