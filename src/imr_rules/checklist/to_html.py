"""Sheet → one HTML file: nothing is fetched, it can be filled in, and it prints."""

from __future__ import annotations

from functools import cache
from typing import Any

from imr_rules.checklist.model import Answer
from imr_rules.checklist.sheet import Sheet
from imr_rules.checklist.wording import Wording


def sheet_to_html(sheet: Sheet, words: Wording) -> str:
    """Return *sheet* as an HTML document."""
    return filled_html(
        "checklist.html.j2",
        sheet=sheet,
        words=words,
        fields=(words.worker, words.claim, words.requested_by, words.date),
        answers=(
            (Answer.YES, words.yes),
            (Answer.NO, words.no),
            (Answer.NOT_SHOWN, words.not_shown),
        ),
    )


def filled_html(template: str, **data: Any) -> str:
    """Return *template* filled with *data*; every value is escaped."""
    html: str = _environment().get_template(template).render(**data)
    return html


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("imr_rules.checklist", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
