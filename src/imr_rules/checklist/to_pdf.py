"""Sheet → PDF, by typst: as large as two pages allow."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from io import BytesIO
from typing import Any

from imr_rules.checklist.sheet import Sheet
from imr_rules.checklist.wording import Wording

MOST_PAGES = 2
_ONE_PAGE_SIZES = (10.0, 9.5, 9.0)
"""Type sizes in points at which one page is better than two."""
_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
"""Of these the largest that fits is taken; below the last nobody reads on paper."""


def sheet_to_pdf(sheet: Sheet, words: Wording) -> bytes:
    """Return *sheet* as a PDF of two pages at most, where type of 7.5 points lets it."""
    data = asdict(sheet) | {
        "limit": words.limit,
        "what_counts": words.what_counts,
        "yes": words.yes,
        "no": words.no,
        "not_shown": words.not_shown,
        "page": words.page,
        "fields": [words.worker, words.claim, words.requested_by, words.date],
    }
    one_page = fitted_pdf("checklist.typ", data, _ONE_PAGE_SIZES, 1)
    if page_count(one_page) == 1:
        return one_page
    return fitted_pdf("checklist.typ", data, _SIZES, MOST_PAGES)


def fitted_pdf(
    template: str, data: dict[str, Any], sizes: tuple[float, ...], most_pages: int
) -> bytes:
    """Return *template* filled with *data*, in the largest of *sizes* that keeps *most_pages*."""
    pdf = b""
    for size in sizes:
        pdf = _compiled(template, data, size)
        if page_count(pdf) <= most_pages:
            break
    return pdf


def page_count(pdf: bytes) -> int:
    """Return the number of pages of *pdf*."""
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)


def _compiled(template: str, data: dict[str, Any], size: float) -> bytes:
    import typst

    source = files("imr_rules.checklist").joinpath("templates", template).read_bytes()
    made = typst.compile(
        source,
        format="pdf",
        sys_inputs={"sheet": json.dumps(data, ensure_ascii=False), "size": str(size)},
        ignore_system_fonts=True,  # the same page on every machine
    )
    assert isinstance(made, bytes)
    return made
