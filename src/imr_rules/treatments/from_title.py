"""Item title → :class:`Request`: what is asked for, as far as the title says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from imr_rules.treatments import counts, strengths
from imr_rules.treatments.catalogue import Catalogue, Drug, Named, Refinement, Treatment
from imr_rules.treatments.model import Ingredient, Phase, Request, Surroundings
from imr_rules.treatments.names import Match, Token, tokens
from imr_rules.treatments.words import TitleWords

_READ_AT_MOST = 4000
"""Characters of a title that are read. The longest real title has about 600; what is longer is
no title, and must not cost more than one."""

_SHORT_REMAINDER = re.compile(
    r"[,;]? ?\(?\bremaining (\d{1,4}) of (\d{1,4})\b(?P<rest>.*?)\((\d{1,4}) [^()]*authorized\)"
)


def parse_request(title: str, catalogue: Catalogue) -> Request:
    """Read *title* against *catalogue*; what it does not say stays None.

    A request that was granted in part is written in three clauses: the whole, what the claims
    administrator authorized, the rest. The treatment is that of the rest, which is what is in
    dispute; numbers come from all three.
    """
    words = catalogue.words
    if words is None:
        return Request(title=title)
    text = words.fold(title[:_READ_AT_MOST])
    clauses = _clauses(text, words)
    if clauses is not None:
        return _partial(title, clauses, catalogue)
    short = _SHORT_REMAINDER.search(text)
    if short is not None:
        return _short_remainder(title, text, short, catalogue)
    return _read(title, text, catalogue)


# --- one clause ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cues:
    """What a clause says beside the treatment."""

    surroundings: Surroundings | None
    phase: Phase | None
    said: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Named:
    """A treatment found in a clause, with the drugs that make it up."""

    treatment: Treatment
    start: int
    drugs: tuple[Match[Drug], ...] = ()


def _read(title: str, text: str, catalogue: Catalogue) -> Request:
    words = catalogue.words
    assert words is not None
    row = tokens(text)
    cues = _cues(row, words)
    parts = _body_parts(row, catalogue)
    form = _form(row, words)
    found = catalogue.service_index.find(row)
    named = _named(found, text, form, catalogue)
    if not named:
        return Request(
            title=title,
            body_parts=parts,
            side=_side(row, parts, catalogue),
            phase=_phase(cues),
            retrospective="retrospective" in cues.said,
            repeated="repeated" in cues.said,
        )
    main = max(named, key=lambda n: n.treatment.precedence)  # the first of equals
    ingredients, drug_class, fixed_form = _drug(main, found, text, catalogue)
    form = fixed_form or form
    settings = (parts, cues.surroundings, drug_class, form)
    treatment = _refined(main.treatment, settings, catalogue)
    category, accompanies = _category(treatment, cues.surroundings, catalogue)
    services = dict.fromkeys(
        _refined(n.treatment, settings, catalogue).id
        for n in named
        if n is main or n.treatment.precedence > _FRAME or main.treatment.precedence <= _FRAME
    )
    is_drug = bool(main.drugs) and not main.treatment.administers_drugs
    quantity, quantity_unit = counts.quantity(text, words) if is_drug else (None, None)
    days_supply = counts.days_supply(text) if is_drug else None
    duration = counts.duration_days(text)
    strength_told = any(i.strength_mg is not None for i in ingredients)
    topical = treatment.category == catalogue.topicals.category
    return Request(
        title=title,
        treatment=treatment.id,
        category=category,
        services=tuple(services),
        drug_class=drug_class if is_drug else None,
        ingredients=ingredients,
        excluded_ingredients=(catalogue.topicals.excluded_of(ingredients, form) if topical else ()),
        form=form if main.drugs else None,
        quantity=quantity,
        quantity_unit=quantity_unit,
        refills=counts.refills(text) if is_drug else None,
        units_per_day=(
            counts.units_per_day(text, strength_told=strength_told) if is_drug else None
        ),
        days_supply=days_supply if days_supply is not None else duration if is_drug else None,
        units=None if is_drug else _units(text, main, treatment, words),
        duration_days=duration,
        body_parts=parts,
        side=_side(row, parts, catalogue),
        phase=_phase(cues),
        rental_or_purchase=_one_of(cues, "rental", "purchase"),
        approach=(
            _one_of(cues, "arthroscopic", "endoscopic", "open")
            if treatment.unit == "operations"
            else None
        ),
        contrast=_contrast(cues),
        repeated="repeated" in cues.said,
        retrospective="retrospective" in cues.said,
        accompanies=accompanies,
    )


_FRAME = 20
"""Precedence up to which a word ("referral", "injection") only frames another service."""


def _named(
    found: Sequence[Match[Named]], text: str, form: str | None, catalogue: Catalogue
) -> list[_Named]:
    """Return the treatments of a clause, in order; drugs that are injected join the injection."""
    drugs = tuple(
        Match(m.start, m.end, m.words, m.value) for m in found if isinstance(m.value, Drug)
    )
    given = any(isinstance(m.value, Treatment) and m.value.administers_drugs for m in found)
    named: list[_Named] = []
    for match in found:
        if isinstance(match.value, Treatment):
            mixed_in = drugs if match.value.administers_drugs else ()
            named.append(_Named(match.value, match.start, mixed_in))
    if drugs and not given:
        named.extend(_prescribed(drugs, text, form, catalogue))
    return sorted(named, key=lambda n: n.start)


def _prescribed(
    drugs: tuple[Match[Drug], ...], text: str, form: str | None, catalogue: Catalogue
) -> list[_Named]:
    """Return the drugs as treatments: one mixture where they are for the skin, else each."""
    table = catalogue.topicals
    of_skin = [d for d in drugs if d.value.topical or d.value.ingredients[0].name in table.alone]
    on_skin = bool(of_skin) and (
        form in table.forms or strengths.has_percent(text) or any(d.value.topical for d in of_skin)
    )
    if not on_skin:
        return _alike(drugs, catalogue)
    names = dict.fromkeys(i.name for d in drugs for i in d.value.ingredients)
    products = [d for d in drugs if d.value.topical and len(d.value.ingredients) > 1]
    if len({d.value.treatment for d in drugs}) == 1 and drugs[0].value.topical:
        treatment = drugs[0].value.treatment
    elif len(names) == 1:
        treatment = table.alone[next(iter(names))]
    elif products:
        treatment = products[0].value.treatment
    else:
        treatment = table.mixture
    return [_Named(catalogue.treatments[treatment], drugs[0].start, drugs)]


def _alike(drugs: tuple[Match[Drug], ...], catalogue: Catalogue) -> list[_Named]:
    """Group the names of one drug ("Ultram (tramadol)"), keeping different drugs apart."""
    groups: dict[str, list[Match[Drug]]] = {}
    for drug in drugs:
        groups.setdefault(drug.value.treatment, []).append(drug)
    return [
        _Named(catalogue.treatments[treatment], same[0].start, tuple(same))
        for treatment, same in groups.items()
    ]


def _drug(
    main: _Named, found: Sequence[Match[Named]], text: str, catalogue: Catalogue
) -> tuple[tuple[Ingredient, ...], str | None, str | None]:
    """Return the ingredients with their strengths, the class, and the form a product fixes."""
    if not main.drugs:
        return (), None, None
    starts = [m.start for m in found]
    percents_first = _percents_first(main.drugs, text)
    by_name: dict[str, Ingredient] = {}
    for drug in main.drugs:
        following = next((s for s in starts if s > drug.start), len(text))
        behind = text[drug.end : following]
        if percents_first:
            before = max((d.end for d in main.drugs if d.end <= drug.start), default=0)
            behind = text[before : drug.start]
        for ingredient in strengths.with_strengths(drug.value.ingredients, behind):
            known = by_name.get(ingredient.name)
            if known is None or known.strength_mg is known.strength_percent is None:
                by_name[ingredient.name] = ingredient
    drug_class = main.drugs[0].value.drug_class
    if main.treatment.category == catalogue.topicals.category:
        drug_class = main.treatment.category
    form = next((d.value.form for d in main.drugs if d.value.form), None)
    return tuple(by_name.values()), drug_class, form


def _percents_first(drugs: Sequence[Match[Drug]], text: str) -> bool:
    """Tell whether strengths stand before the names ("10% flurbiprofen, 4% lidocaine")."""
    return len(drugs) > 1 and strengths.has_percent(text[: drugs[0].start])


def _refined(
    treatment: Treatment,
    settings: tuple[tuple[str, ...], Surroundings | None, str | None, str | None],
    catalogue: Catalogue,
) -> Treatment:
    """Follow the refinements of *treatment* as far as the clause's details carry."""
    while True:
        closer = next((r.to for r in treatment.refine if _holds(r, *settings)), None)
        if closer is None:
            return treatment
        treatment = catalogue.treatments[closer]


def _holds(
    refinement: Refinement,
    parts: tuple[str, ...],
    surroundings: Surroundings | None,
    drug_class: str | None,
    form: str | None,
) -> bool:
    return (
        (not refinement.body_part or bool(set(refinement.body_part) & set(parts)))
        and (not refinement.surroundings or surroundings in refinement.surroundings)
        and (not refinement.drug_class or drug_class in refinement.drug_class)
        and (not refinement.form or form in refinement.form)
    )


def _category(
    treatment: Treatment, surroundings: Surroundings | None, catalogue: Catalogue
) -> tuple[str, bool]:
    """Return the category, and whether the service only accompanies an operation."""
    category = catalogue.categories[treatment.category]
    beside = surroundings is not None and surroundings in category.ancillary_when
    accompanies = treatment.accompanies or beside
    if beside and catalogue.ancillary_category is not None:
        return catalogue.ancillary_category, accompanies
    return category.id, accompanies


def _units(text: str, main: _Named, treatment: Treatment, words: TitleWords) -> int | None:
    if treatment.unit == "hours a day":
        return counts.hours_a_day(text)
    return counts.units_asked(text, text[: main.start], words)


# --- what stands beside the treatment -----------------------------------------------------------


def _cues(row: Sequence[Token], words: TitleWords) -> _Cues:
    surroundings: Surroundings | None = None
    phase: Phase | None = None
    said: set[str] = set()
    for match in words.cue_index.find(row):
        kind, value = match.value
        if kind == "surroundings":
            surroundings = surroundings or Surroundings(value)
        elif kind == "phase":
            phase = phase or Phase(value)
        else:
            said.add(value)
    return _Cues(surroundings, phase, frozenset(said))


def _phase(cues: _Cues) -> Phase | None:
    if cues.surroundings is Surroundings.POSTOPERATIVE:
        return Phase.POSTOPERATIVE
    if cues.surroundings is Surroundings.PREOPERATIVE:
        return Phase.PREOPERATIVE
    return cues.phase


def _one_of(cues: _Cues, *values: str) -> str | None:
    """Return the one of *values* that is said, None where none or several are."""
    said = [v for v in values if v in cues.said]
    return said[0] if len(said) == 1 else None


def _contrast(cues: _Cues) -> str | None:
    said = [v.removesuffix("_contrast") for v in cues.said if v.endswith("_contrast")]
    return said[0] if len(said) == 1 else None


def _form(row: Sequence[Token], words: TitleWords) -> str | None:
    forms = [m.value for m in words.form_index.find(row)]
    return forms[0] if forms else None


def _body_parts(row: Sequence[Token], catalogue: Catalogue) -> tuple[str, ...]:
    """Return the parts named, in order; a vague one gives way to a part within it."""
    parts = list(dict.fromkeys(m.value for m in catalogue.body_part_index.find(row)))
    precise = {catalogue.within.get(p) for p in parts}
    return tuple(p for p in parts if p not in catalogue.vague_parts or p not in precise)


def _side(row: Sequence[Token], parts: Sequence[str], catalogue: Catalogue) -> str | None:
    """Return the side; left and right of several parts together say nothing of each."""
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


# --- granted in part ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The three clauses; *rest* is None where the whole request stayed in dispute."""

    original: str
    authorized: str
    rest: str | None


def _clauses(text: str, words: TitleWords) -> _Clauses | None:
    cues = words.partial
    first = _cut(text, cues.original)
    if first is None:
        return None
    original, tail = first
    middle_and_rest = _cut(tail, cues.remaining)
    if middle_and_rest is None:
        whole = _cut(tail, cues.whole)
        return _Clauses(original, _without(whole[0] if whole else tail, cues.authorized), None)
    middle, rest = middle_and_rest
    rest = rest.strip(" .,:").removesuffix(" is")
    return _Clauses(original, _without(middle, cues.authorized), rest or None)


def _cut(text: str, phrases: Sequence[str]) -> tuple[str, str] | None:
    """Return what stands before and after the first of *phrases* in *text*."""
    for phrase in phrases:
        before, found, after = text.partition(phrase)
        if found:
            return before, after
    return None


def _without(text: str, phrases: Sequence[str]) -> str:
    for phrase in phrases:
        text = text.replace(phrase, " ")
    return text.strip(" .,")


def _partial(title: str, clauses: _Clauses, catalogue: Catalogue) -> Request:
    whole = _read(title, clauses.original, catalogue)
    granted = _read(title, clauses.authorized, catalogue)
    # Another service granted instead (occupational for physical therapy) takes nothing off.
    same = granted.treatment is None or granted.treatment == whole.treatment
    rest = whole if clauses.rest is None else _read(title, clauses.rest, catalogue)
    asked = rest if rest.treatment is not None else whole
    authorized = granted.units if same else None
    disputed = rest.units
    if disputed is None and whole.units is not None and authorized is not None:
        disputed = whole.units - authorized
    mine = rest.treatment is None or rest.treatment == whole.treatment
    quantity = rest.quantity
    if quantity is None and whole.quantity is not None and granted.quantity is not None:
        quantity = whole.quantity - granted.quantity
    return asked.model_copy(
        update={
            "units": whole.units if mine else rest.units,
            "authorized_units": authorized if mine else None,
            "disputed_units": disputed,
            "quantity": quantity,
            "original_quantity": whole.quantity,
            "authorized_quantity": granted.quantity if same else None,
            "body_parts": rest.body_parts or (whole.body_parts if mine else ()),
            "side": rest.side or (whole.side if mine and not rest.body_parts else None),
            "phase": asked.phase or whole.phase,
            "duration_days": rest.duration_days or whole.duration_days,
            "refills": rest.refills if rest.refills is not None else whole.refills,
            "repeated": whole.repeated or rest.repeated,
            "retrospective": whole.retrospective or rest.retrospective,
            "remainder": clauses.rest is not None,
        }
    )


def _short_remainder(title: str, text: str, short: re.Match[str], catalogue: Catalogue) -> Request:
    """Read "…, remaining 6 of 12 visits (6 authorized)"."""
    rest, whole, granted = (int(short.group(i)) for i in (1, 2, 4))
    base = _read(title, f"{text[: short.start()]} {short.group('rest')}", catalogue)
    is_drug = base.drug_class is not None
    told: dict[str, object] = {"remainder": True}
    if is_drug:
        told |= {"quantity": rest, "original_quantity": whole, "authorized_quantity": granted}
    else:
        told |= {"units": whole, "disputed_units": rest, "authorized_units": granted}
    return base.model_copy(update=told)
