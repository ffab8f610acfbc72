"""Preview → what the writer of a request reads in a terminal, at 60 columns or at 200."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from imr_rules.engines.model import Prediction
from imr_rules.explain.also_asked import also_asked_line
from imr_rules.explain.hinges import Hinge, HingeFact, Need
from imr_rules.explain.listed import listed
from imr_rules.explain.model import Reason
from imr_rules.explain.to_text import hangs_on_text, item_heading, percent_words, reason_text
from imr_rules.preview.model import Preview

_MOST_HINGES = 5
"""More ways than these help nobody choose; the JSON lists all."""
_MOST_STATEMENTS = 2
_OUTCOME = {
    Prediction.UPHELD: ("upheld", "bold red"),
    Prediction.OVERTURNED: ("overturned", "bold green"),
    Prediction.NO_GUIDELINE: ("no guideline", "bold yellow"),
}
_MEANING = {
    "met": "the treatment would be found medically necessary",
    "undocumented": "the denial would stand; some documentation would change that",
    "barred": "the denial would stand; adding documents would not change that",
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
    body.append(_governed_by(preview))
    if explanation.also_asked:
        body.append(also_asked_line(explanation.also_asked))
    if preview.add:
        body.append(
            Text(
                "The request names no part of the body; another text governs once it names one"
                f" of these: {', '.join(preview.add)}.",
                style="yellow",
            )
        )
    shown = {reason.criterion for reason in _barring(preview)}
    rest = [r for r in explanation.reasons if r.decisive and r.criterion not in shown]
    if rest:
        body.append(Text("What decides:", style="bold"))
        body.extend(reason_text(reason) for reason in rest)
    if preview.held_by:
        body.append(Text("Held by these facts alone:", style="bold"))
        body.extend(_bullet(str(fact)) for fact in preview.held_by)
    body.extend(_hinges(preview))
    if explanation.on_background_alone:
        body.append(
            Text("Rests on unverified background alone: check the guideline.", style="yellow")
        )
    return Group(*parts, Padding(Group(*body), (0, 0, 0, 3)))


def _no_guideline(preview: Preview) -> Iterator[RenderableType]:
    if not preview.is_recognized:
        yield Text("No treatment of that name is known: name it as on the request form.")
        return
    yield Text(
        "No guideline in force on this day speaks to this request, so there is nothing to predict."
    )
    if preview.add:
        yield Text(
            f"A text is found once the request names one of these: {', '.join(preview.add)}."
        )
    if preview.explanation.also_asked:
        yield also_asked_line(preview.explanation.also_asked)


def _barring(preview: Preview) -> list[Reason]:
    trace = preview.explanation.conclusion.trace
    assert trace is not None
    return [
        reason
        for reason in preview.explanation.reasons
        if reason.bars and reason.decisive and reason.criterion in trace.barred_by
    ]


def _bars(preview: Preview) -> Iterator[RenderableType]:
    governing = preview.explanation.conclusion.governing
    if governing is not None and not governing.topic.routes:
        yield Text("The guideline does not recommend this treatment at all.", style="bold red")
    by_heading: dict[str, list[Reason]] = {}
    for reason in _barring(preview):
        by_heading.setdefault(_bar_heading(reason, preview), []).append(reason)
    for heading, barring in by_heading.items():
        yield Text(heading, style="bold red" if preview.is_barred else "bold yellow")
        yield from (reason_text(reason) for reason in barring)


def _bar_heading(reason: Reason, preview: Preview) -> str:
    """Say how much *reason* rules out: the request, or only some of the ways to it."""
    governing = preview.explanation.conclusion.governing
    assert governing is not None
    topic = governing.topic
    if preview.is_barred:
        return "The guideline rules this out:"
    ways = [r.title for r in topic.routes if any(b.criterion == reason.criterion for b in r.bars)]
    everywhere = any(bar.criterion == reason.criterion for bar in topic.bars)
    if everywhere or len(ways) == len(topic.routes):
        return "The guideline rules this out as things stand:"
    named = " and ".join(f"“{title}”" for title in ways)
    return f"The guideline rules out {len(ways)} of its {len(topic.routes)} ways, {named}:"


def _verdict(preview: Preview) -> Text:
    conclusion = preview.explanation.conclusion
    certainty = conclusion.certainty
    assert certainty is not None
    words, style = _OUTCOME[conclusion.prediction]
    line = Text("Likely outcome: ")
    line.append(words, style=style)
    line.append(f" ({certainty}): {_MEANING[certainty]}.")
    return line


def _silence(preview: Preview) -> Iterator[RenderableType]:
    """Say of an outcome that rests on presumptions alone that nobody has shown anything."""
    presumed = preview.rests_on
    if not presumed:
        return
    what = "Nothing" if preview.nothing_documented else "Nothing that decides"
    yield Text(
        f"{what} is documented yet: this holds only while nobody denies any of these:",
        style="bold yellow",
    )
    yield from (_bullet(reason.statement) for reason in presumed)


def _likelihood(preview: Preview) -> Text:
    explanation = preview.explanation
    if explanation.likelihood_overturned is None:
        return Text("Likelihood of overturning: not known.")
    line = Text(f"Likelihood of overturning: {percent_words(explanation.likelihood_overturned)}")
    line.append(f" (fitted on n={explanation.likelihood_n}", style="dim")
    rate = explanation.base_rate
    if rate is not None:
        line.append(f"; published rate {percent_words(rate.overturned)}: {rate.of}", style="dim")
    line.append(").", style="dim")
    return line


def _governed_by(preview: Preview) -> Text:
    conclusion = preview.explanation.conclusion
    assert conclusion.governing is not None
    edition, topic = conclusion.governing.edition, conclusion.governing.topic
    day = f"{conclusion.on}{', the day the record gives,' if preview.is_of_its_day else ''}"
    line = Text(f"On {day} governed by {edition.cite_as}: {topic.cite}", style="dim")
    if preview.explanation.route:
        line.append(f" · {preview.explanation.route}")
    return line


def _hinges(preview: Preview) -> Iterator[RenderableType]:
    if not preview.hinges:
        return
    turned, _ = _OUTCOME[preview.turns_to]
    documenting = [h for h in preview.hinges if h.need is Need.DOCUMENT]
    correcting = [h for h in preview.hinges if h.need is Need.CORRECT]
    telling = [h for h in preview.hinges if h.need is Need.TELL]
    if telling:
        yield Text(f"What is missing; it would be {turned} with:", style="bold cyan")
        yield from _ways(telling)
    if documenting:
        yield Text(f"It would be {turned} if the record shows:", style="bold cyan")
        yield from _ways(documenting)
    if correcting:
        yield Text(
            f"It would be {turned} only if the record was misread, and in fact shows:",
            style="bold cyan",
        )
        yield from _ways(correcting)


def _ways(hinges: list[Hinge]) -> Iterator[RenderableType]:
    for number, hinge in enumerate(hinges[:_MOST_HINGES], start=1):
        lines: list[RenderableType] = []
        for index, part in enumerate(hinge.facts):
            lines.append(_hinge_fact(part, f"{number}. " if index == 0 else "   and "))
        yield Group(*lines)
    if len(hinges) > _MOST_HINGES:
        more = len(hinges) - _MOST_HINGES
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
