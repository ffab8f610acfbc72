"""YAML read so that nothing is guessed: plain data plus the line and column of every part.

Refused, each with its place: duplicate keys, anchors and aliases (share by id, and no alias
bombs), tags, several documents where one is asked for, nesting past 40 levels, and unquoted values
that YAML versions read differently. ``yes`` and ``no`` stay the words they are: they are values of
our vocabulary. Dates stay text, and the models that expect a date parse it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from imr_rules.errors import (
    AmbiguousScalarError,
    DuplicateKeyError,
    Location,
    PackError,
    PackErrors,
    WrongTypeError,
    YamlSyntaxError,
)
from imr_rules.misfits import Loc, misfits

_MAX_DEPTH = 40
_MAX_BYTES = 4_000_000  # the largest pack file that ships has 60 kB

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NAMED = {"": None, "null": None, "true": True, "false": False}
_INT = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_AMBIGUOUS = re.compile(
    r"(?:[Yy]|[Nn]|Yes|YES|No|NO|[Oo]n|ON|[Oo]ff|OFF|True|TRUE|False|FALSE|Null|NULL|~"
    r"|[-+]?0[0-9_]+|0[oxb][0-9a-fA-F_]+|[-+]?[0-9][0-9_]*_[0-9_]*|\+[0-9.]+"
    r"|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+|[-+]?\.[0-9]+|[0-9]+\."
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
)

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")

# C0 and C1 controls but tab and line ends, and the characters that override writing direction.
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")

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
        if value in _NAMED:
            return _NAMED[value]
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


def written(value: str | float) -> str:
    """Return *value* as a scalar that is read as it; words are in quotes only where they must be.

    >>> written("yes"), written("off"), written(6.0), written(0.00001)
    ('yes', '"off"', '6', '0.00001')
    """
    if isinstance(value, str):
        plain = _WORD.match(value) and value not in _NAMED and not _AMBIGUOUS.match(value)
        return value if plain else quoted(value)
    # Not 1e-05, which YAML versions read differently.
    return str(int(value)) if value == int(value) else f"{Decimal(repr(value)):f}"


def quoted(text: str) -> str:
    """Return *text* as a scalar in quotes, as free text is written."""
    return json.dumps(text, ensure_ascii=False)


def validate(model: type[M], document: Document, *, loc: Loc = ()) -> M:
    """Build *model* from the part of *document* at *loc*, by default the whole.

    Raises:
        PackErrors: every mismatch, each with its place and, for a wrong key, a suggestion.
    """
    data = document.part(*loc)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = misfits(
            model,
            data,
            error,
            at=lambda inner: document.at(*loc, *inner),
            whole=".".join(map(str, loc)) or "the file",
        )
        raise PackErrors(list(found)) from None
