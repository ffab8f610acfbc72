"""The pages: a form, and the same form with its answer; all state is in the fields."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imr_rules import __version__
from imr_rules.explain.hinges import Need
from imr_rules.explain.letter.to_html import letter_shown
from imr_rules.explain.letter.view import HEADINGS
from imr_rules.explain.to_text import STANDING, mark_of, title_shown
from imr_rules.facts.model import UNDOCUMENTED, Value
from imr_rules.facts.vocabulary import Fact
from imr_rules.knowledge import Knowledge
from imr_rules.notice import NOTICE
from imr_rules.preview import words
from imr_rules.preview.model import Preview
from imr_rules.preview.questions import NextQuestion, open_questions
from imr_rules.serve.asked import Answered, Record, field_name
from imr_rules.serve.model import MOST_BYTES, Reply, Sent

_FORMATS = {"pdf": "PDF", "docx": "Word", "html": "HTML", "md": "Text", "fhir": "FHIR"}


@dataclass(frozen=True, slots=True)
class Asking:
    """A question as the page puts it: the name of its field, what was typed, and what is wrong.

    *is_near*: its answer stands in one of the ways that would turn the outcome.
    """

    question: NextQuestion
    field: str
    typed: str
    unclear: str
    is_near: bool

    @property
    def is_first(self) -> bool:
        """Whether it is shown at once, and not behind the others."""
        return self.is_near or bool(self.typed)

    @property
    def fact(self) -> Fact:
        return self.question.fact


def start_page(sent: Sent, record: Record, *, problem: str = "") -> Reply:
    """Return the empty form, or what was *sent* with the *problem* that keeps it from an answer."""
    body = _render("start.html.j2", sent=sent, record=record, problem=problem)
    return Reply(body, status=422 if problem else 200)


def message_page(status: int, message: str) -> Reply:
    """Return a page that says why there is nothing else."""
    return Reply(_render("message.html.j2", message=message), status=status)


def preview_page(
    sent: Sent,
    record: Record,
    answered: Answered,
    previews: Sequence[Preview],
    knowledge: Knowledge,
) -> Reply:
    """Return the form with the *previews* of the case, its questions, and the record as read."""
    case, letter = answered.case, answered.letter
    shown = letter_shown("r", letter, case, knowledge.vocabulary) if letter is not None else None
    body = _render(
        "preview.html.j2",
        sent=sent,
        record=record,
        problem="",
        case=case,
        letter=shown,
        anchors=shown["anchors"] if shown is not None else {},
        items=[(preview, _asked(preview, answered, knowledge)) for preview in previews],
    )
    return Reply(body)


def _asked(preview: Preview, answered: Answered, knowledge: Knowledge) -> list[Asking]:
    """Return the questions of one item: what can still matter, and what is answered here."""
    conclusion = preview.explanation.conclusion
    number = conclusion.item.number
    typed = {fact: said for (item, fact), said in answered.answers.items() if item == number}
    near = {
        part.fact
        for hinge in preview.hinges[: words.MOST_HINGES]
        if hinge.need is not Need.CORRECT
        for part in hinge.facts
    }
    return [
        Asking(
            question,
            field_name(number, question.fact.id),
            typed.get(question.fact.id, ""),
            answered.unclear.get((number, question.fact.id), ""),
            question.fact.id in near,
        )
        for question in open_questions(conclusion, {*typed, *near}, knowledge)
    ]


def policy() -> str:
    """Return the content security policy of every page: its own style and script, no other."""
    style, script = (_digest(_asset(name)) for name in ("page.css", "page.js"))
    return (
        f"default-src 'none'; style-src {style}; script-src {script}; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _asset(name: str) -> Markup:
    """Return the style sheet or script *name*, written by us and so not escaped."""
    folder = resources.files("imr_rules.serve") / "templates"
    return Markup((folder / name).read_text(encoding="utf-8"))


def _render(template: str, **data: Any) -> bytes:
    html: str = _environment().get_template(template).render(**data)
    return html.encode()


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
        undocumented=UNDOCUMENTED,
        formats=_FORMATS,
        most_megabytes=MOST_BYTES // 1_000_000,
    )
    environment.filters["plain"] = _plain
    environment.filters["plain_line"] = _plain_line
    return environment


def _plain(name: Value) -> str:
    """An identifier as a reader says it: ``pain_reduction`` is "pain reduction"."""
    return str(name).replace("_", " ")


def _plain_line(quote: str) -> str:
    """A quotation on one line: letters are broken anywhere."""
    return " ".join(quote.split())
