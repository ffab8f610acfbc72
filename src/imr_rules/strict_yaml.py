"""YAML read so that nothing is guessed: plain data plus the line and column of every part.

Refused, each with its place: duplicate keys, anchors and aliases (share by id, and no alias
bombs), tags, several documents where one is asked for, nesting past 40 levels, and unquoted values
that YAML versions read differently. ``yes`` and ``no`` stay the words they are: they are values of
our vocabulary. Dates stay text, and the models that expect a date parse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from imr_rules.errors import (
    LONGEST_NAME,
    AmbiguousScalarError,
    DuplicateKeyError,
    Location,
    PackError,
    PackErrors,
    UnknownNameError,
    WrongTypeError,
    YamlSyntaxError,
)

_MAX_DEPTH = 40
_MAX_BYTES = 4_000_000  # the largest pack file that ships has 60 kB

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_INT = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_AMBIGUOUS = re.compile(
    r"(?:[Yy]|[Nn]|Yes|YES|No|NO|[Oo]n|ON|[Oo]ff|OFF|True|TRUE|False|FALSE|Null|NULL|~"
    r"|[-+]?0[0-9_]+|0[oxb][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*_[0-9_]*|\+[0-9.]+"
    r"|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+|[-+]?\.[0-9]+|[0-9]+\."
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)

# C0 and C1 controls but tab and line ends, and the characters that override writing direction.
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")

Loc = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Document:
    """One YAML document: *data* as plain Python values, and where each part of it stands."""

    path: Path
    data: Any
    places: dict[Loc, tuple[int, int]] = field(repr=False)

    def part(self, *loc: str | int) -> Any:
        """Return the data of the part at *loc*; None where nothing stands behind its key."""
        data = self.data
        for step in loc:
            data = data[step]
        return data

    def at(self, *loc: str | int) -> Location:
        """Return the place of the part at *loc*, or of the nearest part around it."""
        while loc and loc not in self.places:
            loc = loc[:-1]
        line, column = self.places.get(loc, (1, 1))
        return Location(self.path, line, column)


def read(path: Path) -> Document:
    """Read the YAML file at *path*, which holds one document.

    Raises:
        PackError: the file cannot be opened, is not YAML, or uses what the loader refuses.
    """
    return parse(_bytes_of(path), path)


def read_all(path: Path) -> tuple[Document, ...]:
    """Read the YAML file at *path*, whose documents stand apart by ``---``; at least one.

    Raises:
        PackError: as :func:`read`.
    """
    return parse_all(_bytes_of(path), path)


def parse(raw: bytes, path: Path) -> Document:
    """Parse *raw* as the contents of the file *path* (see :func:`read`)."""
    document, *others = parse_all(raw, path)
    if others:
        raise YamlSyntaxError("holds a second document.", at=others[0].at())
    return document


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PackError(
            f"cannot be read ({error.strerror or error}).", at=Location(path)
        ) from error


def parse_all(raw: bytes, path: Path) -> tuple[Document, ...]:
    """Parse *raw* as the contents of the file *path* (see :func:`read_all`)."""
    if len(raw) > _MAX_BYTES:
        raise YamlSyntaxError(
            f"holds {len(raw):,} bytes; a file of rules or cases has at most {_MAX_BYTES:,}.",
            at=Location(path),
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise YamlSyntaxError(
            f"is not UTF-8 text (byte {error.start}).", at=Location(path)
        ) from None
    try:
        documents = tuple(_documents(iter(yaml.parse(text, Loader=_LOADER)), path))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Location(path, mark.line + 1, mark.column + 1) if mark else Location(path)
        raise YamlSyntaxError(
            f"is not valid YAML: {error.problem or error.context}.", at=at
        ) from None
    except yaml.YAMLError as error:
        raise YamlSyntaxError(f"is not valid YAML: {error}.", at=Location(path)) from None
    return documents or (Document(path, None, {}),)


def _documents(events: Iterator[Any], path: Path) -> Iterator[Document]:
    next(events)  # stream start
    while not isinstance(next(events), yaml.StreamEndEvent):
        composer = _Composer(path)
        yield Document(path, composer.compose(events), composer.places)
        next(events)  # document end


class _Composer:
    """Turn parser events into plain data, remembering places.

    PyYAML's own composer recurses in C without a limit and expands aliases, so a hostile file
    could take the process down before we see a node.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[Loc, tuple[int, int]] = {}

    def compose(self, events: Iterator[Any]) -> Any:
        """Return the data of the document that has just begun."""
        return self._node(next(events), events, ())

    def _at(self, event: Any) -> Location:
        mark: Any = event.start_mark
        return Location(self.path, mark.line + 1, mark.column + 1)

    def _node(self, event: Any, events: Iterator[Any], loc: Loc) -> Any:
        if len(loc) > _MAX_DEPTH:
            raise YamlSyntaxError(f"is nested deeper than {_MAX_DEPTH} levels.", at=self._at(event))
        self.places[loc] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlSyntaxError(
                "uses an anchor or alias.",
                at=self._at(event),
                hint="Write the value out, or share it by its id.",
            )
        if event.tag is not None and not (isinstance(event, yaml.ScalarEvent) and event.tag == "!"):
            raise YamlSyntaxError(f"uses the tag {event.tag!r}.", at=self._at(event))
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self._node(event, events, (*loc, len(items))))
            return items
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise WrongTypeError("a key must be a plain word.", at=self._at(event))
            key = event.value
            if key in mapping:
                raise DuplicateKeyError(f"key {key!r} stands twice.", at=self._at(event))
            at = self._at(event)
            mapping[key] = self._node(next(events), events, (*loc, key))
            self.places[(*loc, key)] = (at.line, at.column)
        return mapping

    def _scalar(self, event: Any) -> Any:
        value = event.value
        if _HIDDEN.search(value):
            raise YamlSyntaxError(
                "holds a control character or one that turns the direction of writing.",
                at=self._at(event),
                hint="Write plain text: a terminal would obey such characters.",
            )
        if event.style or event.tag == "!":  # the C parser says "" for a plain scalar
            return value
        if value in ("", "null"):
            return None
        if value in ("true", "false"):
            return value == "true"
        if _INT.match(value):
            return int(value) if len(value) < 19 else value
        if _FLOAT.match(value):
            return float(value)
        if _AMBIGUOUS.match(value):
            raise AmbiguousScalarError(
                f"{value!r} is read differently by different YAML versions.",
                at=self._at(event),
                hint="Put it in quotes, or write yes, no, true, false or a plain number.",
            )
        return value


def validate(model: type[M], document: Document, *, loc: Loc = ()) -> M:
    """Build *model* from the part of *document* at *loc*, by default the whole.

    Raises:
        PackErrors: every mismatch, each with its place and, for a wrong key, a suggestion.
    """
    try:
        return model.model_validate(document.part(*loc))
    except ValidationError as error:
        raise PackErrors(list(_problems(model, document, loc, error))) from None


def _problems(
    model: type[BaseModel], document: Document, loc: Loc, error: ValidationError
) -> Iterator[PackError]:
    mismatches: dict[Loc, list[Any]] = {}
    others: list[Loc] = []
    for problem in error.errors(include_url=False):
        inner = tuple(part for part in problem["loc"])
        known = _known_part(document, loc, inner)
        at = document.at(*loc, *known)
        if problem["type"] == "extra_forbidden":
            yield UnknownNameError("key", str(inner[-1]), _keys_at(model, inner), at=at)
        elif problem["type"] == "missing":
            yield WrongTypeError(f"{_dotted(inner)} is missing.", at=at)
        elif _wanted(problem):
            mismatches.setdefault(known, []).append(problem)
            continue
        else:
            name = _dotted(inner) or _dotted(loc) or "value"
            yield WrongTypeError(f"{name}: {_sentence(problem['msg'])}", at=at)
        others.append(known)
    for known, problems in mismatches.items():
        # Where one shape of several is meant, and wrong within, the other shapes are no news.
        if len(problems) == 1 or not any(other[: len(known)] == known for other in others):
            name = _dotted(known) or _dotted(loc) or "the file"
            yield _mismatch(name, problems, document.at(*loc, *known))


_KINDS = {
    "string_type": "text",
    "string_too_short": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
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


def _known_part(document: Document, loc: Loc, inner: Loc) -> Loc:
    """Drop the parts of a pydantic path that name a union branch, not a place in the file."""
    kept: Loc = ()
    for part in inner:
        if (*loc, *kept, part) in document.places:
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
