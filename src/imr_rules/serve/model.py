"""What a page sends, and what it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_BYTES = 20_000_000
"""Of all that a page sends at once; a scanned chart of some hundred pages."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a page as they were typed, and the file that was chosen, if any.

    *token* is what the answer's own form must send back.
    """

    token: str
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a page, or a document to keep under *file_name*."""

    body: bytes = field(repr=False)
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    file_name: str = ""
