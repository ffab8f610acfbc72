"""The catalogue against the topics: requests that no text speaks to, or two speak to alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise

from imr_rules.guidelines.library import Library, days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.lint.model import Kind, Level, LintFinding
from imr_rules.treatments.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class _Claim:
    """A topic that speaks to a treatment, from one day until another, and how closely."""

    edition: Edition
    topic: Topic
    start: date
    end: date
    closeness: int

    @property
    def is_general(self) -> bool:
        """Whether it speaks to the treatment for every body part and phase."""
        return not self.topic.applies_to.body_parts and not self.topic.applies_to.phases


def gap_findings(library: Library) -> Iterator[LintFinding]:
    """Yield the treatments to which no topic speaks on some day since the first edition.

    A treatment is a gap for the days without a topic that speaks to it whatever the body part and
    phase. Where topics for single parts or phases do speak, that is said.
    """
    claims = {name: tuple(_claims(library, lineage)) for name, lineage in _lineages(library)}
    turns = sorted({day for found in claims.values() for c in found for day in (c.start, c.end)})
    alike: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for name, found in claims.items():
        gaps = _gaps(found, turns)
        if gaps:
            category = library.catalogue.treatments[name].category
            alike[category, "; ".join(_days(*gap) for gap in gaps)].append(name)
    for (category, days), names in alike.items():
        message = f"no topic speaks {days}: to {', '.join(names)}."
        yield LintFinding(Kind.GAP, Level.INFO, category, message)


def _gaps(claims: Sequence[_Claim], turns: Sequence[date]) -> list[tuple[date, date, bool]]:
    """Return the days without a general topic, and whether narrower ones speak meanwhile."""
    gaps: list[tuple[date, date, bool]] = []
    for start, end in pairwise(turns):
        present = [claim for claim in claims if claim.start <= start < claim.end]
        if any(claim.is_general for claim in present):
            continue
        if gaps and gaps[-1][1] == start and gaps[-1][2] == bool(present):
            gaps[-1] = (gaps[-1][0], end, gaps[-1][2])
        else:
            gaps.append((start, end, bool(present)))
    return gaps


def _days(start: date, end: date, partly: bool) -> str:
    until = "on" if end == date.max else f"to {end}"
    note = " (but for single body parts or phases)" if partly else ""
    return f"from {start} {until}{note}"


def overlap_findings(library: Library) -> Iterator[LintFinding]:
    """Yield pairs of topics that speak equally closely to one request on one day.

    The search order then decides: the newer edition, or the first file. A request that names
    several body parts is left out: there each part has its own topic.
    """
    told: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    first: dict[tuple[str, str], _Claim] = {}
    for name, lineage in _lineages(library):
        for one, other in combinations(tuple(_claims(library, lineage)), 2):
            if _clash(one, other):
                names = (_name(one), _name(other))
                told[names].append(name)
                first.setdefault(names, other)
    for (one_name, other_name), treatments in told.items():
        shown = ", ".join(treatments[:5]) + (", ..." if len(treatments) > 5 else "")
        yield LintFinding(
            Kind.OVERLAP,
            Level.WARNING,
            other_name,
            f"{one_name} and {other_name} speak equally closely to the same requests ({shown}).",
            first[one_name, other_name].topic.at,
        )


def _clash(one: _Claim, other: _Claim) -> bool:
    a, b = one.topic.applies_to, other.topic.applies_to
    return (
        one.edition.rank == other.edition.rank
        and one.closeness == other.closeness
        and one.start < other.end
        and other.start < one.end
        and bool(a.body_parts) == bool(b.body_parts)
        and bool(a.phases) == bool(b.phases)
        and (not a.body_parts or bool(set(a.body_parts) & set(b.body_parts)))
        and (not a.phases or bool(set(a.phases) & set(b.phases)))
    )


def _name(claim: _Claim) -> str:
    return f"{claim.edition.id}/{claim.topic.id}"


def _lineages(library: Library) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every treatment with the ids that it can be called by, the closest first."""
    catalogue: Catalogue = library.catalogue
    for treatment in catalogue.treatments.values():
        yield (
            treatment.id,
            tuple(dict.fromkeys((treatment.id, *treatment.parents, treatment.category))),
        )


def _claims(library: Library, lineage: tuple[str, ...]) -> Iterator[_Claim]:
    for edition, topic in library.pairs():
        place = topic.applies_to.place_in(lineage)
        start, end = days_in_force(edition, topic)
        if place < len(lineage) and start < end:
            yield _Claim(edition, topic, start, end, place)
