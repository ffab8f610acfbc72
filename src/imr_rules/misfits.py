"""Data that do not fit their model → errors in words: what stands there, and what to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from imr_rules.errors import (
    LONGEST_NAME,
    Location,
    PackError,
    UnknownNameError,
    WrongTypeError,
)

Loc = tuple[str | int, ...]


def misfits(
    model: type[BaseModel],
    data: Any,
    error: ValidationError,
    *,
    at: Callable[[Loc], Location],
    whole: str,
) -> Iterator[PackError]:
    """Yield why *data* are no *model*, of which *error* tells, place by place.

    *at* tells where a part stands in the file, and *whole* what to call all of it.
    """
    mismatches: dict[Loc, list[Any]] = {}
    others: list[Loc] = []
    for problem in error.errors(include_url=False):
        inner = tuple(part for part in problem["loc"])
        known = _known_part(data, inner)
        if problem["type"] == "extra_forbidden":
            yield UnknownNameError("key", str(inner[-1]), _keys_at(model, inner), at=at(known))
        elif problem["type"] == "missing":
            yield WrongTypeError(f"{_dotted(inner)} is missing.", at=at(known))
        elif _wanted(problem):
            mismatches.setdefault(known, []).append(problem)
            continue
        else:
            message = f"{_dotted(inner) or whole}: {_sentence(problem['msg'])}"
            yield WrongTypeError(message, at=at(known))
        others.append(known)
    for known, problems in mismatches.items():
        # Where one shape of several is meant, and wrong within, the other shapes are no news.
        if len(problems) == 1 or not any(other[: len(known)] == known for other in others):
            yield _mismatch(_dotted(known) or whole, problems, at(known))


_KINDS = {
    "string_type": "text",
    "string_too_short": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
}
_DAY = "a day of the calendar"


def _wanted(problem: Any) -> str:
    """Return in words what should stand where *problem* is; "" where its message must do."""
    kind: str = problem["type"]
    if kind.startswith("date_"):
        return _DAY
    if kind in ("literal_error", "enum"):
        return str(problem["ctx"]["expected"])
    return _KINDS.get(kind, "")


def _mismatch(name: str, problems: Sequence[Any], at: Location) -> WrongTypeError:
    """Return the error of the place *name* that holds none of what *problems* want there."""
    wanted = list(dict.fromkeys(map(_wanted, problems)))
    if "a number" in wanted and "a whole number" in wanted:
        wanted.remove("a whole number")
    value = problems[0]["input"]
    listed = " or ".join(wanted)
    hint = f"Write {listed}."
    if _DAY in wanted:
        hint = "Write year, month and day, as in 2016-02-28."
    if value in (None, ""):
        return WrongTypeError(f"{name} is empty.", at=at, hint=hint)
    if wanted == ["text"] and isinstance(value, int | float):
        hint = "Put it in quotes."
    return WrongTypeError(f"{name}: {_shown(value)} is not {listed}.", at=at, hint=hint)


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "keys with values"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"


def _known_part(data: Any, inner: Loc) -> Loc:
    """Drop the parts of a pydantic path that name a union branch, not a place in *data*."""
    kept: Loc = ()
    for part in inner:
        is_index = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if is_index or (isinstance(data, dict) and part in data):
            data = data[part]
            kept = (*kept, part)
    return kept


def _keys_at(model: type[BaseModel], inner: Loc) -> list[str]:
    names: list[str] = []
    for field_name, info in model.model_fields.items():
        names.append(info.alias or field_name)
    if len(inner) > 1:
        for sub in _submodels(model):
            names.extend(info.alias or name for name, info in sub.model_fields.items())
    return names


def _submodels(
    model: type[BaseModel], seen: set[type[BaseModel]] | None = None
) -> set[type[BaseModel]]:
    seen = set() if seen is None else seen
    for info in model.model_fields.values():
        stack: list[Any] = [info.annotation]
        while stack:
            part = stack.pop()
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in seen:
                seen.add(part)
                _submodels(part, seen)
            stack.extend(getattr(part, "__args__", ()))
    return seen


def _dotted(inner: Loc) -> str:
    return ".".join(str(part) for part in inner)


def _sentence(message: str) -> str:
    message = message.removeprefix("Value error, ")
    return message if message.endswith((".", "?")) else message + "."
