"""One clause of a title → :class:`Request`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from imr_rules.treatments import counts
from imr_rules.treatments.catalogue import Catalogue, Drug, Named, Refinement, Treatment
from imr_rules.treatments.model import Phase, Request, Surroundings
from imr_rules.treatments.names import Match, Token, tokens
from imr_rules.treatments.prescribed import (
    Mention,
    ingredients_of,
    mentions_of,
    prescriptions_of,
)
from imr_rules.treatments.words import TitleWords

_FRAME = 20
"""Precedence up to which a word ("referral", "injection") only frames another service."""

_APPROACHES = ("arthroscopic", "endoscopic", "open")
_OPERATIONS = "operations"
_HOURS_A_DAY = "hours a day"


@dataclass(frozen=True, slots=True)
class _Service:
    """A treatment found in a clause, with the drugs it is made of."""

    treatment: Treatment
    start: int
    mentions: tuple[Mention, ...] = ()

    @property
    def is_drug(self) -> bool:
        return bool(self.mentions) and not self.treatment.administers_drugs


@dataclass(frozen=True, slots=True)
class _Cues:
    """What a clause says beside the treatment."""

    surroundings: frozenset[Surroundings]
    phase: Phase | None
    said: frozenset[str]

    def one_of(self, *values: str) -> str | None:
        """Return the one of *values* that is said, None where none or several are."""
        said = [v for v in values if v in self.said]
        return said[0] if len(said) == 1 else None

    @property
    def contrast(self) -> str | None:
        said = [v.removesuffix("_contrast") for v in self.said if v.endswith("_contrast")]
        return said[0] if len(said) == 1 else None


@dataclass(frozen=True, slots=True)
class _Settings:
    """What a refinement may hang on."""

    parts: tuple[str, ...]
    surroundings: frozenset[Surroundings]
    drug_classes: frozenset[str]
    form: str | None

    def allow(self, refinement: Refinement) -> bool:
        """Tell whether every condition of *refinement* holds."""
        return (
            _meets(refinement.body_part, self.parts)
            and _meets(refinement.surroundings, self.surroundings)
            and _meets(refinement.drug_class, self.drug_classes)
            and _meets(refinement.form, (self.form,))
        )


def _meets(asked: Collection[str], there: Iterable[str | None]) -> bool:
    return not asked or any(value in asked for value in there)


def read_clause(title: str, text: str, catalogue: Catalogue, words: TitleWords) -> Request:
    """Read *text*, a folded clause of *title*; what it does not say stays None."""
    row = tokens(text)
    cues = _cues(row, words)
    parts = _body_parts(row, catalogue)
    common = Request(
        title=title,
        body_parts=parts,
        side=_side(row, parts, catalogue),
        phase=cues.phase,
        rental_or_purchase=cues.one_of("rental", "purchase"),
        contrast=cues.contrast,
        repeated="repeated" in cues.said,
        retrospective="retrospective" in cues.said,
    )
    form = next((m.value for m in words.form_index.find(row)), None)
    services = _services(catalogue.service_index.find(row), text, form, catalogue)
    if not services:
        return common
    main = max(services, key=lambda s: s.treatment.precedence)  # the first of equals
    form = next((m.drug.form for m in main.mentions if m.drug.form), form)
    classes = frozenset(m.drug.drug_class for m in main.mentions)
    settings = _Settings(parts, cues.surroundings, classes, form)
    treatment = _refined(main.treatment, settings, catalogue)
    category, accompanies = _category(treatment, cues.surroundings, catalogue)
    told = {
        "treatment": treatment.id,
        "category": category,
        "services": _service_ids(services, main, settings, catalogue),
        "accompanies": accompanies,
    }
    if main.is_drug:
        told |= _drug_fields(main, treatment, form, _own_text(main, services, text), catalogue)
        return common.model_copy(update=told)
    told |= {
        "ingredients": ingredients_of(main.mentions),
        "form": form if main.mentions else None,
        "units": _units(text, main, treatment, words),
    }
    if treatment.unit == _OPERATIONS:
        # Days, visits and "post-op" beside an operation are those of what goes with it.
        told["approach"] = cues.one_of(*_APPROACHES)
        told["phase"] = None if cues.surroundings else cues.phase
        if len(services) > 1:
            told["units"] = None
    else:
        told["duration_days"] = counts.duration_days(text)
    return common.model_copy(update=told)


def _services(
    found: Sequence[Match[Named]], text: str, form: str | None, catalogue: Catalogue
) -> list[_Service]:
    """Return the services of a clause, in order; drugs that are injected join the injection."""
    starts = [m.start for m in found]
    drugs = [Match(m.start, m.end, m.words, m.value) for m in found if isinstance(m.value, Drug)]
    mentions = tuple(mentions_of(drugs, text, starts))
    services: list[_Service] = []
    given = False
    for match in found:
        if isinstance(match.value, Treatment):
            given = given or match.value.administers_drugs
            inside = mentions if match.value.administers_drugs else ()
            services.append(_Service(match.value, match.start, inside))
    if not given:
        services.extend(
            _Service(p.treatment, p.start, p.mentions)
            for p in prescriptions_of(mentions, form, catalogue)
        )
    return sorted(services, key=lambda s: s.start)


def _service_ids(
    services: Sequence[_Service], main: _Service, settings: _Settings, catalogue: Catalogue
) -> tuple[str, ...]:
    framed = main.treatment.precedence > _FRAME
    named = (s for s in services if s.treatment.precedence > _FRAME or not framed)
    return tuple(dict.fromkeys(_refined(s.treatment, settings, catalogue).id for s in named))


def _refined(treatment: Treatment, settings: _Settings, catalogue: Catalogue) -> Treatment:
    """Follow the refinements of *treatment* as far as the clause's details carry."""
    while True:
        closer = next((r.to for r in treatment.refine if settings.allow(r)), None)
        if closer is None:
            return treatment
        treatment = catalogue.treatments[closer]


def _category(
    treatment: Treatment, surroundings: frozenset[Surroundings], catalogue: Catalogue
) -> tuple[str, bool]:
    """Return the category, and whether the service only accompanies an operation."""
    category = catalogue.categories[treatment.category]
    beside = not surroundings.isdisjoint(category.ancillary_when)
    if beside and catalogue.ancillary_category is not None:
        return catalogue.ancillary_category, True
    return category.id, treatment.accompanies


def _own_text(main: _Service, services: Sequence[_Service], text: str) -> str:
    """Return the part of *text* whose numbers are the main drug's, without its names.

    The names are blanked: the 3 of "Tylenol #3" is no quantity.
    """
    drugs = [s.start for s in services if s.is_drug]
    begin = main.start if main.start != min(drugs) else 0
    end = next((start for start in drugs if start > main.start), len(text))
    for mention in main.mentions:
        blank = " " * (mention.end - mention.start)
        text = text[: mention.start] + blank + text[mention.end :]
    return text[begin:end]


def _drug_fields(
    main: _Service, treatment: Treatment, form: str | None, text: str, catalogue: Catalogue
) -> dict[str, object]:
    words = catalogue.words
    assert words is not None
    ingredients = ingredients_of(main.mentions)
    on_skin = treatment.category == catalogue.topicals.category
    quantity, quantity_unit = counts.quantity(text, words)
    duration = counts.duration_days(text)
    supply = counts.days_supply(text)
    strength_told = any(i.strength_mg is not None for i in ingredients)
    return {
        "drug_class": treatment.category if on_skin else main.mentions[0].drug.drug_class,
        "ingredients": ingredients,
        "excluded_ingredients": (
            catalogue.topicals.excluded_of(ingredients, form) if on_skin else ()
        ),
        "form": form,
        "quantity": quantity,
        "quantity_unit": quantity_unit,
        "refills": counts.refills(text),
        "units_per_day": counts.units_per_day(text, strength_told=strength_told),
        "days_supply": duration if supply is None else supply,
        "duration_days": duration,
    }


def _units(text: str, main: _Service, treatment: Treatment, words: TitleWords) -> int | None:
    if treatment.unit == _HOURS_A_DAY:
        return counts.hours_a_day(text)
    return counts.units_asked(text, text[: main.start], words)


def _cues(row: Sequence[Token], words: TitleWords) -> _Cues:
    surroundings: set[Surroundings] = set()
    phase: Phase | None = None
    said: set[str] = set()
    for match in words.cue_index.find(row):
        kind, value = match.value
        if kind == "surroundings":
            surroundings.add(Surroundings(value))
        elif kind == "phase":
            phase = phase or Phase(value)
        else:
            said.add(value)
    if Surroundings.POSTOPERATIVE in surroundings:
        phase = Phase.POSTOPERATIVE
    elif Surroundings.PREOPERATIVE in surroundings:
        phase = Phase.PREOPERATIVE
    return _Cues(frozenset(surroundings), phase, frozenset(said))


def _body_parts(row: Sequence[Token], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the parts named, in order; a vague one gives way to a part within it."""
    parts = list(dict.fromkeys(m.value for m in catalogue.body_part_index.find(row)))
    precise = {catalogue.within.get(p) for p in parts}
    return tuple(p for p in parts if p not in catalogue.vague_parts or p not in precise)


def _side(row: Sequence[Token], parts: Sequence[str], catalogue: Catalogue) -> str | None:
    """Return the side; left and right of several parts together say nothing of each."""
    # The "l" of "l spine" is the lumbar spine, not the left.
    inside = {
        t.start
        for m in catalogue.body_part_index.find(row)
        for t in row
        if m.words > 1 and m.start <= t.start < m.end
    }
    sides = {m.value for m in catalogue.side_index.find([t for t in row if t.start not in inside])}
    if len(sides) == 1:
        return next(iter(sides))
    if sides == {"left", "right"} and len(parts) == 1:
        return "bilateral"
    return None
