"""Strengths in a title → the ingredients of a drug with what each unit holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from imr_rules.treatments.model import Ingredient

_AMOUNT = r"(\d{1,3}(?:,\d{3})+|\d{1,5}(?:\.\d+)?)"
_PATCH = "patch"
_PERCENT = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d+)?|\.\d+) ?(?:%|percent\b)")
_RATE = re.compile(rf"(?<![\d.#]){_AMOUNT} ?mcg ?(?:/|per|an) ?(?:hr|h|hour)\b")
_COMBINED = re.compile(
    rf"(?<![\d.#/])(?![123]/[234](?![\d./]))"  # not the 1/2 of "1/2 tablet"
    rf"{_AMOUNT} ?(?:mg|mcg)? ?[/-] ?{_AMOUNT}(?: ?(?:mg|mcg)? ?[/-] ?{_AMOUNT})?"
    r" ?(mg|mcg)?(?![\d.])"
)
_SINGLE = re.compile(
    rf"(?<![\d.#/-]){_AMOUNT} ?(mg|mcg|milligrams?|micrograms?)\b(?! ?/ ?(?:g|ml)\b)"
)


def has_percent(text: str) -> bool:
    """Tell whether *text* states a strength in percent."""
    return _PERCENT.search(text) is not None


def has_milligrams(text: str) -> bool:
    """Tell whether *text* states a strength in milligrams, or in numbers joined by a slash."""
    return _SINGLE.search(text) is not None or _COMBINED.search(text) is not None


def with_strengths(
    ingredients: Sequence[Ingredient], text: str, form: str | None
) -> tuple[Ingredient, ...]:
    """Return *ingredients* with the strengths that *text*, what follows their name, states.

    Numbers joined by a slash or hyphen go to the ingredients in their order; a single number of
    milligrams belongs to the first. The micrograms of a patch are what it releases in an hour,
    with or without "per hour". What *text* does not say stays as it is.
    """
    if not ingredients:
        return ()
    first, rest = ingredients[0], tuple(ingredients[1:])
    if rest and (match := _COMBINED.search(text)) is not None:
        amounts = [_number(a) for a in match.groups()[:3] if a]
        scale = 0.001 if match.group(4) == "mcg" else 1.0
        return tuple(
            i.model_copy(update={"strength_mg": amounts[n] * scale}) if n < len(amounts) else i
            for n, i in enumerate(ingredients)
        )
    told: dict[str, float] = {}
    if (percent := _PERCENT.search(text)) is not None:
        told["strength_percent"] = float(percent.group(1))
    if (rate := _RATE.search(text)) is not None:
        told["strength_mcg_per_hour"] = _number(rate.group(1))
    elif (single := _SINGLE.search(text)) is not None:
        amount = _number(single.group(1))
        if single.group(2).startswith(("mg", "milli")):
            told["strength_mg"] = amount
        elif form == _PATCH:
            told["strength_mcg_per_hour"] = amount
        else:
            told["strength_mg"] = amount / 1000
    return (first.model_copy(update=told), *rest) if told else tuple(ingredients)


def _number(text: str) -> float:
    return float(text.replace(",", ""))
