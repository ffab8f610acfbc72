"""One clause of a title → :class:`Request`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from imr_rules.treatments import counts
from imr_rules.treatments.apart import asked_apart, main_of
from imr_rules.treatments.catalogue import Catalogue, Refinement, Treatment
from imr_rules.treatments.levels import levels_named
from imr_rules.treatments.model import Link, Phase, Request, Surroundings
from imr_rules.treatments.names import Token, tokens
from imr_rules.treatments.occasion import (
    WAYS,
    Cue,
    Occasion,
    asked_of,
    occasions_of,
    without,
)
from imr_rules.treatments.prescribed import ingredients_of
from imr_rules.treatments.service import FRAME, OPERATIONS, Service, services_of
from imr_rules.treatments.words import TitleWords

_APPROACHES = ("arthroscopic", "endoscopic", "open")
_SURROUNDINGS = {
    Link.AFTER: Surroundings.POSTOPERATIVE,
    Link.BEFORE: Surroundings.PREOPERATIVE,
}
_HOURS_A_DAY = "hours a day"


@dataclass(frozen=True, slots=True)
class _Cues:
    """What a clause says beside the treatment.

    ``surroundings`` are those of a request that goes with an operation, ``around`` also those of
    one that follows an operation long done.
    """

    surroundings: frozenset[Surroundings]
    around: frozenset[Surroundings]
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


@dataclass(frozen=True, slots=True)
class _Clause:
    """The words of a folded clause: what it names and what it asks for.

    From *row_asked* and *text* the occasions are left out; *found* are its cues one by one, *cues*
    together.
    """

    row: Sequence[Token]
    row_asked: Sequence[Token]
    text: str
    form: str | None
    services: Sequence[Service]
    asked: Sequence[Service]
    found: Sequence[Cue]
    cues: _Cues


def _clause(text: str, catalogue: Catalogue, words: TitleWords) -> _Clause:
    row = tokens(text)
    form = next((m.value for m in words.form_index.find(row)), None)
    services = services_of(catalogue.service_index.find(row), text, form, catalogue)
    found = words.cue_index.find(row)
    occasions = occasions_of(services, found, text)
    asked_text = without(text, occasions)
    return _Clause(
        row,
        tokens(asked_text) if occasions else row,
        asked_text,
        form,
        services,
        asked_of(services, occasions),
        found,
        _cues(found, occasions),
    )


def read_clause(title: str, text: str, catalogue: Catalogue, words: TitleWords) -> Request:
    """Read *text*, a folded clause of *title*; what it does not say stays None."""
    clause = _clause(text, catalogue, words)
    row, services, asked, cues = clause.row, clause.services, clause.asked, clause.cues
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
    if not services:
        return common
    text = clause.text
    main = main_of(asked, text)
    form = next((m.drug.form for m in main.mentions if m.drug.form), clause.form)
    classes = frozenset(m.drug.drug_class for m in main.mentions)
    own = _own_words(main, clause, catalogue)
    side = common.side
    if len(own) < len(row):
        own_parts = _body_parts(own, catalogue) or parts
        own_side = _side(own, own_parts, catalogue)
        # "MRI of the neck; left elbow brace": a side that is told of another part is not its own.
        if own_side or own_parts != parts:
            side = own_side
        parts = own_parts
    settings = _Settings(parts, cues.around, classes, form)
    treatment = _refined(main.treatment, settings, catalogue)
    category, accompanies = _category(treatment, cues, catalogue)
    told: dict[str, object] = {
        "treatment": treatment.id,
        "category": category,
        "body_parts": parts,
        "side": side,
        "services": _service_ids(services, main, settings, catalogue),
        "accompanies": accompanies,
    }
    if main.is_drug:
        told |= _drug_fields(main, treatment, form, _own_text(main, asked, text), catalogue)
        return common.model_copy(update=told)
    told |= {
        "ingredients": ingredients_of(main.mentions, form),
        "form": form if main.mentions else None,
        "units": _units(text, main, treatment, words),
    }
    if treatment.unit == OPERATIONS:
        # Days, visits, rentals and "post-op" beside an operation are those of what goes with it.
        told["approach"] = cues.one_of(*_APPROACHES)
        told["phase"] = None if cues.around else cues.phase
        told |= {"rental_or_purchase": None, "contrast": None}
        if len(asked) > 1:
            told["units"] = None
    else:
        told["duration_days"] = counts.duration_days(text)
        told["hours_per_week"] = counts.hours_per_week(text)
    if treatment.levels is not None:
        told["levels"] = levels_named(text, treatment.levels)
    return common.model_copy(update=told)


def read_beside(text: str, catalogue: Catalogue, words: TitleWords) -> tuple[Request, ...]:
    """Read what *text*, a folded clause, asks for beside what :func:`read_clause` makes of it.

    Each is its treatment, category, parts of the body and phase; numbers are left out. What is of
    the same category and part ("arthroscopy with meniscectomy") is one with what is read.
    """
    clause = _clause(text, catalogue, words)
    cues, asked = clause.cues, clause.asked
    if len(asked) < 2:
        return ()
    main = main_of(asked, clause.text)
    own = _body_parts(_own_words(main, clause, catalogue), catalogue)
    main_parts = own or _body_parts(clause.row, catalogue)
    apart = asked_apart(asked, clause.text)
    mine = next(a for a in apart if main in a.services)
    beside: list[Request] = []
    for other in apart:
        service = other.services[0]
        parts = _body_parts(_own_words(service, clause, catalogue), catalogue)
        is_alike = service.treatment.category == main.treatment.category
        if not other.is_apart_from(mine) or (is_alike and set(parts) <= set(main_parts)):
            continue
        parts = parts or main_parts
        classes = frozenset(m.drug.drug_class for m in service.mentions)
        settings = _Settings(parts, cues.around, classes, clause.form)
        treatment = _refined(service.treatment, settings, catalogue)
        category, accompanies = _category(treatment, cues, catalogue)
        beside.append(
            Request(
                title=clause.text[other.start : other.end],
                treatment=treatment.id,
                category=category,
                body_parts=parts,
                phase=cues.phase,
                accompanies=accompanies,
            )
        )
    return tuple(beside)


def _service_ids(
    services: Sequence[Service], main: Service, settings: _Settings, catalogue: Catalogue
) -> tuple[str, ...]:
    framed = main.treatment.precedence > FRAME
    named = (s for s in services if s.treatment.precedence > FRAME or not framed)
    return tuple(dict.fromkeys(_refined(s.treatment, settings, catalogue).id for s in named))


def _refined(treatment: Treatment, settings: _Settings, catalogue: Catalogue) -> Treatment:
    """Follow the refinements of *treatment* as far as the clause's details carry."""
    while True:
        closer = next((r.to for r in treatment.refine if settings.allow(r)), None)
        if closer is None:
            return treatment
        treatment = catalogue.treatments[closer]


def _category(treatment: Treatment, cues: _Cues, catalogue: Catalogue) -> tuple[str, bool]:
    """Return the category, and whether the service only accompanies an operation.

    An operation that is done is no item of the letter: what follows it accompanies none.
    """
    category = catalogue.categories[treatment.category]
    beside = not cues.surroundings.isdisjoint(category.ancillary_when)
    if beside and catalogue.ancillary_category is not None:
        return catalogue.ancillary_category, True
    return category.id, treatment.accompanies and cues.around == cues.surroundings


def _own_text(main: Service, services: Sequence[Service], text: str) -> str:
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
    main: Service, treatment: Treatment, form: str | None, text: str, catalogue: Catalogue
) -> dict[str, object]:
    words = catalogue.words
    assert words is not None
    ingredients = ingredients_of(main.mentions, form)
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
        "units_per_day": counts.units_per_day(text, words, strength_told=strength_told),
        "days_supply": duration if supply is None else supply,
        "duration_days": duration,
    }


def _units(text: str, main: Service, treatment: Treatment, words: TitleWords) -> int | None:
    if treatment.unit == _HOURS_A_DAY:
        return counts.hours_a_day(text)
    return counts.units_asked(text, text[: main.start], words)


def _cues(found: Sequence[Cue], occasions: Sequence[Occasion]) -> _Cues:
    inside = [span for occasion in occasions for span in occasion.spans]
    links = {occasion.link for occasion in occasions if occasion.is_operation}
    surroundings = {_SURROUNDINGS[link] for link in links if link in _SURROUNDINGS}
    phase: Phase | None = None
    said: set[str] = set()
    for match in found:
        kind, value = match.value
        if any(start <= match.start < end for start, end in inside):
            continue  # the trial of "evaluation for a stimulator trial" is not the evaluation's
        if kind == "surroundings":
            surroundings.add(Surroundings(value))
        elif kind == "phase":
            phase = phase or Phase(value)
        else:
            said.add(value)
    around = surroundings | ({Surroundings.POSTOPERATIVE} if Link.DONE in links else set())
    if Surroundings.POSTOPERATIVE in around:
        phase = Phase.POSTOPERATIVE
    elif Surroundings.PREOPERATIVE in around:
        phase = Phase.PREOPERATIVE
    return _Cues(frozenset(surroundings), frozenset(around), phase, frozenset(said))


def _own_words(main: Service, clause: _Clause, catalogue: Catalogue) -> list[Token]:
    """Return the words that are *main*'s own, not another service's or what it is done for.

    "MRI of the lumbar spine for leg pain; EMG of the arms" is of the spine. What is no study,
    injection or operation is of what it is done for.
    """
    mine = next(a for a in asked_apart(clause.asked, clause.text) if main in a.services)
    own = [t for t in clause.row_asked if mine.start <= t.start < mine.end]
    if main.treatment.unit in WAYS:
        reasons = (("link", Link.FOR), ("link", Link.CAUSE))
        ends = [c.start for c in clause.found if c.value in reasons and c.start >= mine.start]
        before = [t for t in own if t.start < min(ends, default=mine.end)]
        if _body_parts(before, catalogue):
            return before
    return own


def _body_parts(row: Sequence[Token], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the parts named, in order; a vague one gives way to a part within it.

    Any other that is larger stands behind it: what is asked for is of the part named first.
    """
    parts = list(dict.fromkeys(m.value for m in catalogue.body_part_index.find(row)))
    if len(parts) > 1:
        larger = {catalogue.within.get(p) for p in parts}
        parts = [p for p in parts if p not in catalogue.vague_parts or p not in larger]
        parts.sort(key=larger.__contains__)
    return tuple(parts)


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
