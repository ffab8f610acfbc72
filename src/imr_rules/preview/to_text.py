"""Preview → what the writer of a request reads in a terminal, at 60 columns or at 200."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from imr_rules.engines.model import Prediction
from imr_rules.explain.also_asked import also_asked_line
from imr_rules.explain.hinges import Hinge, HingeFact
from imr_rules.explain.listed import listed
from imr_rules.explain.to_text import hangs_on_text, item_heading, reason_text
from imr_rules.preview.model import Preview
from imr_rules.preview.words import (
    MEANING,
    MOST_HINGES,
    NOT_RECOMMENDED,
    ON_BACKGROUND,
    OUTCOME,
    bars,
    deciding,
    governed_by,
    is_not_recommended,
    left_open_line,
    likelihood_words,
    no_guideline_lines,
    silence_heading,
    ways,
)

_MOST_STATEMENTS = 2
_STYLE = {
    Prediction.UPHELD: "bold red",
    Prediction.OVERTURNED: "bold green",
    Prediction.NO_GUIDELINE: "bold yellow",
}


def preview_text(preview: Preview) -> RenderableType:
    """Return *preview* as blocks, a bar first where there is one."""
    explanation = preview.explanation
    conclusion = explanation.conclusion
    parts: list[RenderableType] = [item_heading(explanation)]
    if conclusion.governing is None:
        return Group(*parts, Padding(Group(*_no_guideline(preview)), (0, 0, 0, 3)))
    body: list[RenderableType] = list(_bars(preview))
    body.append(_verdict(preview))
    body.extend(hangs_on_text(conclusion))
    body.extend(_silence(preview))
    body.append(_likelihood(preview))
    body.append(Text(governed_by(preview), style="dim"))
    if explanation.also_asked:
        body.append(also_asked_line(explanation.also_asked))
    if left_open := left_open_line(preview):
        body.append(Text(left_open, style="yellow"))
    if decisive := deciding(preview):
        body.append(Text("What decides:", style="bold"))
        body.extend(reason_text(reason) for reason in decisive)
    if preview.held_by:
        body.append(Text("Held by these facts alone:", style="bold"))
        body.extend(_bullet(str(fact)) for fact in preview.held_by)
    body.extend(_hinges(preview))
    if explanation.on_background_alone:
        body.append(Text(ON_BACKGROUND, style="yellow"))
    return Group(*parts, Padding(Group(*body), (0, 0, 0, 3)))


def _no_guideline(preview: Preview) -> Iterator[RenderableType]:
    yield from map(Text, no_guideline_lines(preview))
    if preview.is_recognized and preview.explanation.also_asked:
        yield also_asked_line(preview.explanation.also_asked)


def _bars(preview: Preview) -> Iterator[RenderableType]:
    if is_not_recommended(preview):
        yield Text(NOT_RECOMMENDED, style="bold red")
    for heading, barring in bars(preview).items():
        yield Text(heading, style="bold red" if preview.is_barred else "bold yellow")
        yield from (reason_text(reason) for reason in barring)


def _verdict(preview: Preview) -> Text:
    conclusion = preview.explanation.conclusion
    certainty = conclusion.certainty
    assert certainty is not None
    line = Text("Likely outcome: ")
    line.append(OUTCOME[conclusion.prediction], style=_STYLE[conclusion.prediction])
    line.append(f" ({certainty}): {MEANING[certainty]}.")
    return line


def _silence(preview: Preview) -> Iterator[RenderableType]:
    if preview.rests_on:
        yield Text(silence_heading(preview), style="bold yellow")
        yield from (_bullet(reason.statement) for reason in preview.rests_on)


def _likelihood(preview: Preview) -> Text:
    likelihood, taken_from = likelihood_words(preview)
    line = Text(likelihood)
    if taken_from:
        line.append(f" ({taken_from})", style="dim")
    line.append(".", style="dim" if taken_from else "")
    return line


def _hinges(preview: Preview) -> Iterator[RenderableType]:
    for heading, hinges in ways(preview):
        yield Text(heading, style="bold cyan")
        yield from _ways(hinges)


def _ways(hinges: list[Hinge]) -> Iterator[RenderableType]:
    for number, hinge in enumerate(hinges[:MOST_HINGES], start=1):
        lines: list[RenderableType] = []
        for index, part in enumerate(hinge.facts):
            lines.append(_hinge_fact(part, f"{number}. " if index == 0 else "   and "))
        yield Group(*lines)
    if len(hinges) > MOST_HINGES:
        more = len(hinges) - MOST_HINGES
        yield Text(f"   and {more} more way{'s' if more > 1 else ''}", style="dim")


def _hinge_fact(part: HingeFact, lead: str) -> RenderableType:
    line = Text(lead)
    if part.untold:
        line.append(f"tell {part.untold}: ")
    line.append(f"{part.question} ")
    line.append(" or ".join(answer.answer for answer in part.answers), style="bold")
    if part.now is not None:
        line.append(f" (now: {part.now_words})", style="dim")
    hints = [asked_for_line(part.asked_for_by)] if part.asked_for_by else []
    if part.documentation and not part.untold:
        hints.append(Text(f"What counts: {part.documentation}", style="dim"))
    return Group(line, *(Padding(hint, (0, 0, 0, 6)) for hint in hints))


def asked_for_line(statements: Sequence[str]) -> Text:
    """Return what a question is asked for, the first of *statements* in full."""
    return Text(f"For: {listed(statements, most=_MOST_STATEMENTS, between=' ')}", style="dim")


def _bullet(words: str) -> RenderableType:
    return Text(f"· {words}")
