"""A treatment found in a clause, with the drugs it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imr_rules.treatments.catalogue import Catalogue, Drug, Named, Treatment
from imr_rules.treatments.names import Match
from imr_rules.treatments.prescribed import Mention, mentions_of, prescriptions_of

FRAME = 20
"""Precedence up to which a word ("referral", "injection") only frames another service."""

OPERATIONS = "operations"
_INJECTIONS = "injections"


@dataclass(frozen=True, slots=True)
class Service:
    """A treatment found in a clause, from *start* to *end*, with the drugs it is made of."""

    treatment: Treatment
    start: int
    end: int
    mentions: tuple[Mention, ...] = ()

    @property
    def is_drug(self) -> bool:
        return bool(self.mentions) and not self.treatment.administers_drugs

    @property
    def is_frame(self) -> bool:
        return self.treatment.precedence <= FRAME

    @property
    def is_operation(self) -> bool:
        return self.treatment.unit == OPERATIONS

    @property
    def is_procedure(self) -> bool:
        return self.treatment.unit in (OPERATIONS, _INJECTIONS)


def services_of(
    found: Sequence[Match[Named]], text: str, form: str | None, catalogue: Catalogue
) -> list[Service]:
    """Return the services of a clause, in order; drugs that are injected join the injection."""
    starts = [m.start for m in found]
    drugs = [Match(m.start, m.end, m.words, m.value) for m in found if isinstance(m.value, Drug)]
    mentions = tuple(mentions_of(drugs, text, starts))
    services: list[Service] = []
    given = False
    for match in found:
        if isinstance(match.value, Treatment):
            given = given or match.value.administers_drugs
            inside = mentions if match.value.administers_drugs else ()
            services.append(Service(match.value, match.start, match.end, inside))
    if not given:
        services.extend(
            Service(p.treatment, p.start, p.mentions[0].end, p.mentions)
            for p in prescriptions_of(mentions, form, catalogue)
        )
    return sorted(services, key=lambda s: s.start)
