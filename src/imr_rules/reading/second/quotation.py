"""Where a quotation stands in the text, word for word; only white space may differ."""

from __future__ import annotations

import re


def locate(quote: str, text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the offsets of *quote* in ``text[start:end]``, or None where it does not stand there.

    Line breaks of a letter are the only liberty. Words are whole: "pain" is not quoted by
    "painful".

    >>> locate("pain fell", "The pain \\n fell.", 0, 17)
    (4, 15)
    """
    words = quote.split()
    if not words:
        return None
    # Possessive: white space never has to be given back, whatever a hostile text repeats.
    expression = r"\s++".join(map(re.escape, words))
    before = r"(?<!\w)" if words[0][0].isalnum() else ""
    after = r"(?!\w)" if words[-1][-1].isalnum() else ""
    match = re.compile(before + expression + after).search(text, start, end)
    return match.span() if match else None
