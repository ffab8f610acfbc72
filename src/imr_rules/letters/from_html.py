"""HTML → text: blocks become lines, white space collapses as a browser would show it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from imr_rules.errors import InputError

LARGEST_PAGE = 5_000_000
"""In characters: the standard parser slows down on large malformed pages."""

_PARAGRAPHS = frozenset(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "p", "table", "ul", "ol"}
)
_LINES = frozenset(
    {
        *("address", "article", "aside", "body", "br", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "footer", "form", "header", "hr", "html", "li", "main", "nav"),
        *("option", "pre", "section", "tbody", "tfoot", "thead", "tr"),
    }
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"script", "style", "template", "title", "noscript"})

_SPACE = re.compile(r"[ \t\n\r\f]+")
_AROUND_LINE_END = re.compile(r"[ \t]{0,50}\n[ \t]{0,50}")
_BLANK_LINES = re.compile(r"\n{3,}")


def html_text(page: str) -> str:
    """Return the words of *page* as lines, a blank line between paragraphs.

    Raises:
        InputError: the page is larger than a letter can be.
    """
    if len(page) > LARGEST_PAGE:
        raise InputError(
            f"is a web page of {len(page):,} characters; a letter has at most {LARGEST_PAGE:,}.",
            hint="Split it into letters.",
        )
    reader = _Reader()
    reader.feed(page)
    reader.close()
    text = _AROUND_LINE_END.sub("\n", "".join(reader.parts))
    return _BLANK_LINES.sub("\n\n", text).strip()


class _Reader(HTMLParser):
    """Collect the words and line ends of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        self._preformatted += tag == "pre"
        self._end_line(tag)

    def handle_endtag(self, tag: str) -> None:
        # A stray end tag must not hide or reveal what follows.
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._preformatted = max(0, self._preformatted - (tag == "pre"))
        if tag != "br":
            self._end_line(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data if self._preformatted else _SPACE.sub(" ", data))

    def _end_line(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
        elif tag in _CELLS:
            self.parts.append(" ")
