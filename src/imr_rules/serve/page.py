"""The pages: a form, and the same form with its answer; all state is in the fields."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imr_rules import __version__
from imr_rules.cases.dates import far_ahead
from imr_rules.checklist.wording import languages
from imr_rules.explain.hinges import Need
from imr_rules.explain.letter.to_html import letter_shown
from imr_rules.explain.letter.view import HEADINGS
from imr_rules.explain.to_text import STANDING, mark_of, title_shown
from imr_rules.facts.model import UNDOCUMENTED, Reading, Value
from imr_rules.knowledge import Knowledge
from imr_rules.notice import NOTICE
from imr_rules.preview import words
from imr_rules.preview.model import Preview
from imr_rules.preview.questions import NextQuestion, open_questions
from imr_rules.serve.asked import Asked, Record, field_name
from imr_rules.serve.model import MOST_BYTES, Reply, Sent

_LANGUAGES = {"en": "English", "es": "español"}
_FORMATS = {"pdf": "PDF", "docx": "Word", "html": "HTML", "md": "Text", "fhir": "FHIR"}


def start_page(sent: Sent, record: Record, *, problem: str = "", status: int = 200) -> Reply:
    """Return the form with what was *sent*, and the *problem* that keeps it from an answer."""
    return Reply(_render("start.html.j2", sent=sent, record=record, problem=problem), status)


def message_page(status: int, message: str) -> Reply:
    """Return a page that says why there is nothing else."""
    return Reply(_render("message.html.j2", message=message), status)


def preview_page(
    sent: Sent, record: Record, asked: Asked, previews: Sequence[Preview], knowledge: Knowledge
) -> Reply:
    """Return the form with the *previews* of the case, its questions, and the record as read."""
    letter = asked.letter
    shown = letter and letter_shown("r", letter, asked.as_read, knowledge.vocabulary)
    body = _render(
        "preview.html.j2",
        sent=sent,
        record=record,
        asked=asked,
        languages=languages(knowledge.folder),
        letter=shown,
        anchors=shown["anchors"] if shown else {},
        too_far=asked.case.denial_date and far_ahead(asked.case.denial_date, today=date.today()),
        items=[(preview, _questions(preview, asked, knowledge)) for preview in previews],
    )
    return Reply(body)


def _questions(
    preview: Preview, asked: Asked, knowledge: Knowledge
) -> dict[str, list[tuple[NextQuestion, Value | None]]]:
    """Return the questions of one item with what the record says of each.

    ``near`` stand in a way that would turn the outcome, or are answered; ``rest`` can matter too;
    ``read`` are answered by the record, which may have been misread.
    """
    item = preview.explanation.conclusion.item
    read = next(i for i in asked.as_read.items if i.number == item.number).readings[Reading.RECORD]
    near = {
        part.fact
        for hinge in preview.hinges[: words.MOST_HINGES]
        if hinge.need is not Need.CORRECT
        for part in hinge.facts
    }
    near |= {fact for fact in knowledge.vocabulary if field_name(item.number, fact) in asked.typed}
    groups: dict[str, list[tuple[NextQuestion, Value | None]]] = {
        "near": [],
        "rest": [],
        "read": [],
    }
    for question in open_questions(preview.explanation.conclusion, near | set(read), knowledge):
        fact = question.fact.id
        group = "near" if fact in near else "read" if fact in read else "rest"
        groups[group].append((question, read.get(fact)))
    return groups


def policy() -> str:
    """Return the content security policy of every page: its own style and script, no other."""
    style, script = (_digest(_asset(name)) for name in ("page.css", "page.js"))
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> Markup:
    """Return the style sheet or script *name*, written by us and so not escaped."""
    folder = resources.files("imr_rules.serve") / "templates"
    return Markup((folder / name).read_text(encoding="utf-8"))


def _render(template: str, **data: Any) -> bytes:
    return _environment().get_template(template).render(**data).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("imr_rules.serve"), PackageLoader("imr_rules.explain.letter")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=_asset,
        version=__version__,
        notice=NOTICE,
        headings=HEADINGS,
        words=words,
        mark_of=mark_of,
        standing=STANDING,
        title_shown=title_shown,
        field_name=field_name,
        undocumented=UNDOCUMENTED,
        formats=_FORMATS,
        language_names=_LANGUAGES,
        most_megabytes=MOST_BYTES // 1_000_000,
    )
    # An identifier as a reader says it, and a quotation on one line.
    environment.filters["plain"] = lambda name: str(name).replace("_", " ")
    environment.filters["joined"] = lambda quote: " ".join(quote.split())
    return environment
