"""The drugs of a title → what is prescribed: one drug by its several names, or a mixture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imr_rules.treatments import strengths
from imr_rules.treatments.catalogue import Catalogue, Drug, Treatment
from imr_rules.treatments.model import Ingredient
from imr_rules.treatments.names import Match


@dataclass(frozen=True, slots=True)
class Mention:
    """A drug named in a title, with the words before and after it up to its neighbours."""

    drug: Drug
    start: int
    end: int
    before: str
    behind: str


@dataclass(frozen=True, slots=True)
class Prescription:
    """One treatment made of the drugs that *mentions* name."""

    treatment: Treatment
    mentions: tuple[Mention, ...]

    @property
    def start(self) -> int:
        """Where its first name stands."""
        return self.mentions[0].start


def mentions_of(drugs: Sequence[Match[Drug]], text: str, starts: Sequence[int]) -> list[Mention]:
    """Return *drugs* as they stand in *text*; *starts* are where all services' names begin."""
    mentions: list[Mention] = []
    last_end = 0
    for match in drugs:
        following = next((s for s in starts if s > match.start), len(text))
        mentions.append(
            Mention(
                match.value,
                match.start,
                match.end,
                before=text[last_end : match.start],
                behind=text[match.end : max(following, match.end)],
            )
        )
        last_end = match.end
    return mentions


def prescriptions_of(
    mentions: Sequence[Mention], form: str | None, catalogue: Catalogue
) -> list[Prescription]:
    """Return what is prescribed: what goes on the skin as one mixture, the rest drug by drug."""
    on_skin = [m for m in mentions if _may_go_on_skin(m, catalogue)]
    told = form in catalogue.topicals.forms or any(
        is_for_skin(m.drug, catalogue) or strengths.has_percent(m.before + m.behind)
        for m in on_skin
    )
    if not on_skin or not told:
        return _by_drug(mentions, catalogue)
    rest = [m for m in mentions if m not in on_skin]
    treatment = catalogue.treatments[_skin_treatment(on_skin, catalogue)]
    mixture = Prescription(treatment, tuple(on_skin))
    return [mixture, *_by_drug(rest, catalogue)]


def is_for_skin(drug: Drug, catalogue: Catalogue) -> bool:
    """Tell whether *drug* is a product for the skin by its name alone."""
    return catalogue.treatments[drug.treatment].category == catalogue.topicals.category


def _may_go_on_skin(mention: Mention, catalogue: Catalogue) -> bool:
    if is_for_skin(mention.drug, catalogue):
        return True
    ingredients = mention.drug.ingredients
    if len(ingredients) != 1 or ingredients[0].name not in catalogue.topicals.alone:
        return False
    # "Naproxen 550 mg and Lidoderm": milligrams a tablet tell a drug to swallow.
    return strengths.has_percent(mention.behind) or not strengths.has_milligrams(mention.behind)


def _skin_treatment(mentions: Sequence[Mention], catalogue: Catalogue) -> str:
    own = {m.drug.treatment for m in mentions if is_for_skin(m.drug, catalogue)}
    names = {i.name for m in mentions for i in m.drug.ingredients}
    if len(own) == 1 and all(is_for_skin(m.drug, catalogue) for m in mentions):
        return next(iter(own))
    if len(names) == 1:
        return catalogue.topicals.alone[next(iter(names))]
    return catalogue.topicals.mixture


def _by_drug(mentions: Sequence[Mention], catalogue: Catalogue) -> list[Prescription]:
    """Group the names of one drug ("Ultram (tramadol)"), keeping different drugs apart."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        groups.setdefault(mention.drug.treatment, []).append(mention)
    return [
        Prescription(catalogue.treatments[treatment], tuple(same))
        for treatment, same in groups.items()
    ]


def ingredients_of(mentions: Sequence[Mention], form: str | None) -> tuple[Ingredient, ...]:
    """Return the ingredients of what is given in *form* with their strengths, each once.

    Strengths stand behind the names, or before them in a list that opens with one ("10%
    flurbiprofen, 4% lidocaine").
    """
    if not mentions:
        return ()
    ahead = len(mentions) > 1 and strengths.has_percent(mentions[0].before)
    by_name: dict[str, Ingredient] = {}
    for mention in mentions:
        beside = mention.before if ahead else mention.behind
        for ingredient in strengths.with_strengths(mention.drug.ingredients, beside, form):
            known = by_name.get(ingredient.name)
            if known is None or (known.strength_mg is None and known.strength_percent is None):
                by_name[ingredient.name] = ingredient
    return tuple(by_name.values())
