"""HTML → text: blocks become lines, white space collapses as a browser would show it.

Python's own ``html.parser`` takes minutes for 100 kB of unclosed tags (Python 3.11), and a letter
may come from anywhere. A letter needs words and line ends only, so this reads tags with bounded
searches, in one pass.
"""

from __future__ import annotations

import html
import re

from imr_rules.letters.table_rows import row_as_line

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

_TAG = re.compile(
    r"<(?P<closing>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:-]{0,30})"
    r"(?:[^<>\"']|\"[^\"<]{0,4000}\"|'[^'<]{0,4000}'){0,4000}?>"
    r"|<[!?][^<>]{0,4000}>"
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def html_text(page: str) -> str:
    """Return the words of *page* as lines, a blank line between paragraphs.

    A tag that is not closed, and whatever else is no markup, is text.

    >>> html_text("<p>MRI of the<br>left&nbsp;knee:</p><p>Upheld")
    'MRI of the\\nleft\\xa0knee:\\n\\nUpheld'
    """
    parts: list[str] = []
    # Of each open table, where the cells of its open row begin.
    tables: list[list[int]] = []
    place = preformatted = 0
    # An end that was not found once is not there further on either.
    endless: set[str] = set()
    while place < len(page):
        start = page.find("<", place)
        if start < 0:
            start = len(page)
        if start > place:
            words = _unescaped(page[place:start])
            parts.append(words if preformatted else _SPACE.sub(" ", words))
        place = start
        if page.startswith("<!--", start):
            end = _next(page, "-->", start + 4, endless)
            if end >= 0:
                place = end + len("-->")
                continue
        match = _TAG.match(page, start)
        if match is None:
            parts.append(page[start : start + 1])
            place = start + 1
            continue
        place = match.end()
        name = (match["name"] or "").lower()
        if name in _UNSEEN and not match["closing"]:
            place = max(place, _next(page, f"</{name}", place, endless))
        elif name == "pre":
            preformatted = 0 if match["closing"] else 1
        elif name == "table" and not match["closing"]:
            tables.append([])
        elif name in ("table", "tr") and tables:
            _end_row(parts, tables[-1])
            if name == "table":
                tables.pop()
        elif name in _CELLS and not match["closing"] and tables:
            tables[-1].append(len(parts))
        parts.append(_mark(name, closing=bool(match["closing"])))
    # A tab in front stands for an empty cell.
    text = "\n".join(line.strip(" ") for line in "".join(parts).split("\n"))
    return _BLANK_LINES.sub("\n\n", text).strip()


def _end_row(parts: list[str], cells: list[int]) -> None:
    line = row_as_line(parts, cells)
    if line is not None:
        parts[cells[0] :] = [line]
    cells.clear()


def _next(page: str, end: str, place: int, endless: set[str]) -> int:
    """Return where the next *end* stands, in small or capital letters, or -1."""
    places: list[int] = []
    for form in {end, end.upper()} - endless:
        found = page.find(form, place)
        if found < 0:
            endless.add(form)
        else:
            places.append(found)
    return min(places, default=-1)


def _unescaped(words: str) -> str:
    try:
        return html.unescape(words)
    except ValueError:
        # A character reference of thousands of digits: no character, left as it stands.
        return words


def _mark(name: str, *, closing: bool) -> str:
    """Return the line ends or space that a tag stands for."""
    if name in _PARAGRAPHS:
        return "\n\n"
    if name in _LINES and not (closing and name == "br"):
        return "\n"
    return " " if name in _CELLS and not closing else ""
