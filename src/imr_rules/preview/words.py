"""What a preview says in words, wherever they are laid out: in a terminal, on a page."""

from __future__ import annotations

from collections.abc import Iterator

from imr_rules.engines.model import Prediction
from imr_rules.explain.hinges import Hinge, Need
from imr_rules.explain.model import Reason
from imr_rules.explain.to_text import percent_words
from imr_rules.preview.model import Preview

MOST_HINGES = 5
"""More ways than these help nobody choose; the JSON lists all."""
OUTCOME = {
    Prediction.UPHELD: "upheld",
    Prediction.OVERTURNED: "overturned",
    Prediction.NO_GUIDELINE: "no guideline",
}
MEANING = {
    "met": "the treatment would be found medically necessary",
    "undocumented": "the denial would stand; some documentation would change that",
    "barred": "the denial would stand; adding documents would not change that",
}
NOT_RECOMMENDED = "The guideline does not recommend this treatment at all."
ON_BACKGROUND = "Rests on unverified background alone: check the guideline."


def no_guideline_lines(preview: Preview) -> Iterator[str]:
    """Yield why nothing is predicted, and what would find a text."""
    if not preview.is_recognized:
        yield "No treatment of that name is known: name it as on the request form."
        return
    yield (
        "No guideline in force on this day speaks to this request, so there is nothing to predict."
    )
    if preview.add:
        yield f"A text is found once the request names one of these: {', '.join(preview.add)}."


def left_open_line(preview: Preview) -> str:
    """Return what part of the body the request may name, "" where it names one or need not."""
    if not preview.add:
        return ""
    return (
        "The request names no part of the body; another text governs once it names one of these:"
        f" {', '.join(preview.add)}."
    )


def is_not_recommended(preview: Preview) -> bool:
    """Whether the guideline has no way at all to the treatment."""
    governing = preview.explanation.conclusion.governing
    return governing is not None and not governing.topic.routes


def bars(preview: Preview) -> dict[str, list[Reason]]:
    """Return the criteria that rule the request out, by the heading that says how much they do."""
    trace = preview.explanation.conclusion.trace
    assert trace is not None
    by_heading: dict[str, list[Reason]] = {}
    for reason in preview.explanation.reasons:
        if reason.bars and reason.decisive and reason.criterion in trace.barred_by:
            by_heading.setdefault(_bar_heading(reason, preview), []).append(reason)
    return by_heading


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


def deciding(preview: Preview) -> list[Reason]:
    """Return the criteria that decide, those that rule the request out left aside."""
    barring = {reason.criterion for reasons in bars(preview).values() for reason in reasons}
    decisive = (reason for reason in preview.explanation.reasons if reason.decisive)
    return [reason for reason in decisive if reason.criterion not in barring]


def silence_heading(preview: Preview) -> str:
    """Say of an outcome that rests on presumptions alone that nobody has shown anything."""
    what = "Nothing" if preview.nothing_documented else "Nothing that decides"
    return f"{what} is documented yet: this holds only while nobody denies any of these:"


def likelihood_words(preview: Preview) -> tuple[str, str]:
    """Return how likely the request is to be granted, and what that is taken from."""
    explanation = preview.explanation
    if explanation.likelihood_overturned is None:
        return "Likelihood of overturning: not known", ""
    taken_from = f"fitted on n={explanation.likelihood_n}"
    rate = explanation.base_rate
    if rate is not None:
        taken_from += f"; published rate {percent_words(rate.overturned)}: {rate.of}"
    return (
        f"Likelihood of overturning: {percent_words(explanation.likelihood_overturned)}",
        taken_from,
    )


def governed_by(preview: Preview) -> str:
    """Return the text that governs, and on which day."""
    conclusion = preview.explanation.conclusion
    assert conclusion.governing is not None
    edition, topic = conclusion.governing.edition, conclusion.governing.topic
    day = f"{conclusion.on}{', the day the record gives,' if preview.is_of_its_day else ''}"
    line = f"On {day} governed by {edition.cite_as}: {topic.cite}"
    return f"{line} · {preview.explanation.route}" if preview.explanation.route else line


def ways(preview: Preview) -> Iterator[tuple[str, list[Hinge]]]:
    """Yield what would turn the outcome, by what it takes, each with its heading."""
    turned = OUTCOME[preview.turns_to]
    headings = {
        Need.TELL: f"What is missing; it would be {turned} with:",
        Need.DOCUMENT: f"It would be {turned} if the record shows:",
        Need.CORRECT: (f"It would be {turned} only if the record was misread, and in fact shows:"),
    }
    for need, heading in headings.items():
        hinges = [hinge for hinge in preview.hinges if hinge.need is need]
        if hinges:
            yield heading, hinges
