"""Explanation → what a person reads in a terminal, wide or narrow, with or without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.text import Text

from imr_rules.cases.evaluate import Conclusion
from imr_rules.cases.model import Case
from imr_rules.engines.model import Prediction, Status
from imr_rules.explain.also_asked import also_asked_line
from imr_rules.explain.listed import listed
from imr_rules.explain.model import Explanation, FactShown, Reason
from imr_rules.explain.printable import printable
from imr_rules.facts.model import UNDOCUMENTED, Basis, Evidence, InnerConflict, Reading
from imr_rules.guidelines.model import Standing

_MARK = {Status.MET: "✓", Status.UNMET: "✗", Status.UNKNOWN: "?"}
_STYLE = {Status.MET: "green", Status.UNMET: "red", Status.UNKNOWN: "yellow"}
_PREDICTION_STYLE = {
    Prediction.UPHELD: "bold red",
    Prediction.OVERTURNED: "bold green",
    Prediction.NO_GUIDELINE: "bold yellow",
}
STANDING = {
    Standing.ATTESTED: "",
    Standing.SEEN: "from a public text, not seen applied",
    Standing.BACKGROUND: "unverified background",
}
_MOST_WAYS = 3
_MOST_PROOFS = 2
_BASIS = {Basis.RECORD: "on the record alone", Basis.REVIEW: "on the reviewer's findings"}


def item_heading(explanation: Explanation) -> RenderableType:
    """Return the heading of an item: its number, what is asked, what was decided."""
    item = explanation.conclusion.item
    line = Text()
    line.append(f"{item.number}. ", style="bold")
    line.append(title_shown(item.title), style="bold")
    if item.actual:
        line.append(f"   decided: {item.actual}", style="dim")
    return line


def explanation_text(explanation: Explanation, *, all_criteria: bool = False) -> RenderableType:
    """Return *explanation* as blocks; without *all_criteria* only what decides is listed."""
    parts: list[RenderableType] = [_verdict(explanation)]
    conclusion = explanation.conclusion
    if conclusion.governing is None:
        parts.append(Text("No guideline in force speaks to this request.", style="yellow"))
    else:
        parts.append(_where(explanation))
        parts.extend(hangs_on_text(conclusion))
    if explanation.also_asked:
        parts.append(also_asked_line(explanation.also_asked))
    shown = [r for r in explanation.reasons if r.decisive or all_criteria]
    parts.extend(reason_text(reason) for reason in shown)
    for conflict in conclusion.sheet.conflicts:
        parts.append(
            Text(
                f"conflict: {_words(conflict.fact)} is {conflict.record} in the summary, "
                f"{conflict.rationale} in the rationale",
                style="magenta",
            )
        )
    parts.extend(map(inner_conflict_text, conclusion.sheet.inner_conflicts))
    if explanation.hinges_on:
        parts.append(_hinges(explanation))
    if explanation.on_background_alone:
        parts.append(
            Text(
                "Rests on unverified background alone: check the guideline itself.", style="yellow"
            )
        )
    return Padding(Group(*parts), (0, 0, 0, 3))


def inner_conflict_text(conflict: InnerConflict) -> Text:
    """Return what one reading says for and against a fact, each with its quotation."""
    where = "summary" if conflict.reading is Reading.RECORD else "rationale"
    line = Text(style="magenta")
    line.append(
        f"conflict within the {where}: {_words(conflict.fact)} is {conflict.affirmed}"
        f"{_quoted(conflict.affirmed_evidence)} and {conflict.denied}"
        f"{_quoted(conflict.denied_evidence)}; taken as {conflict.value}"
    )
    return line


def _quoted(evidence: Iterable[Evidence]) -> str:
    quotes = dict.fromkeys(" ".join(e.quote.split()) for e in evidence if e.quote)
    return "".join(f" (“{quote}”)" for quote in quotes)


def _verdict(explanation: Explanation) -> Text:
    conclusion = explanation.conclusion
    line = Text()
    line.append(f"{_BASIS[conclusion.sheet.basis]}: ")
    line.append(
        conclusion.prediction.value.replace("_", " "),
        style=_PREDICTION_STYLE[conclusion.prediction],
    )
    if conclusion.certainty is not None:
        line.append(f" ({conclusion.certainty})")
    if conclusion.agrees is not None:
        agrees = "as decided" if conclusion.agrees else "otherwise than decided"
        line.append(f" · {agrees}", style="green" if conclusion.agrees else "bold magenta")
    rate = explanation.base_rate
    if explanation.likelihood_overturned is not None and rate is not None:
        line.append(
            f" · likelihood of overturning {percent_words(explanation.likelihood_overturned)}"
            f" (n={explanation.likelihood_n};"
            f" published {percent_words(rate.overturned)}: {rate.of})",
            style="dim",
        )
    return line


LONGEST_TITLE = 600
"""In characters; the longest title of a determination read here has 550."""


def title_shown(title: str) -> str:
    """Return *title* in one printable line, a very long one cut; data keep it whole."""
    line = " ".join(printable(title).split())
    return line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE].rstrip()}…"


def percent_words(share: float) -> str:
    """Return *share* (0 to 1) in whole percents; a small one is not told as none."""
    return "under 1%" if share < 0.01 else f"{share:.0%}"


def _where(explanation: Explanation) -> Text:
    governing = explanation.conclusion.governing
    assert governing is not None
    line = Text(style="dim")
    line.append(f"{governing.edition.cite_as}: {governing.topic.cite}")
    if explanation.route:
        line.append(f" · {explanation.route}")
    return line


def hangs_on_text(conclusion: Conclusion) -> Iterator[Text]:
    """Yield on what other item *conclusion* hangs, if it is barred only as long as that is."""
    if conclusion.parent is not None and conclusion.hangs_on_parent:
        number = conclusion.parent.item.number
        yield Text(
            f"It goes with item {number}, which is not approved on what is documented.",
            style="yellow",
        )


def mark_of(reason: Reason) -> tuple[str, str]:
    """Return the mark of *reason*, and the colour it is set in."""
    if reason.bars and reason.status is Status.MET:
        return "✗ barred:", "red"
    if reason.only_presumed:
        return "✓ presumed:", "green"
    return _MARK[reason.status], _STYLE[reason.status]


def reason_text(reason: Reason) -> RenderableType:
    """Return *reason* with its mark, its citation, and the evidence below it."""
    mark, style = mark_of(reason)
    head = Text()
    head.append(f"{mark} ", style=style)
    head.append(reason.statement)
    head.append(f" [{reason.cite}]", style="dim")
    if STANDING[reason.standing]:
        head.append(f" ({STANDING[reason.standing]})", style="yellow")
    lines = [Text(line, style="italic dim") for line in _evidence_lines(reason.facts)]
    return Group(head, *(Padding(line, (0, 0, 0, 4)) for line in lines))


def _evidence_lines(facts: Iterable[FactShown]) -> Iterable[str]:
    for shown in facts:
        if shown.value is None:
            yield f"{_words(shown.fact)}: nobody mentions it"
            continue
        value = "said not to be documented" if shown.value == UNDOCUMENTED else str(shown.value)
        if not shown.evidence:
            yield f"{_words(shown.fact)}: {value}"
        proofs = dict.fromkeys(_proof(evidence) for evidence in shown.evidence)
        for proof in list(proofs)[:_MOST_PROOFS]:
            yield f"{_words(shown.fact)}: {value} · {proof}"
        if len(proofs) > _MOST_PROOFS:
            yield f"{_words(shown.fact)}: {value} · and {len(proofs) - _MOST_PROOFS} more"


def _proof(evidence: Evidence) -> str:
    if evidence.quote:
        return f"{evidence.section.value}: “{' '.join(evidence.quote.split())}”"
    return f"{evidence.section.value}: {evidence.note}" if evidence.note else evidence.section.value


def _hinges(explanation: Explanation) -> Text:
    ways = [" and ".join(_words(fact) for fact in facts) for facts in explanation.hinges_on]
    return Text(f"hinges on: {listed(ways, most=_MOST_WAYS, between='; or ')}", style="cyan")


def _words(fact: str) -> str:
    return fact.replace("_", " ")


def case_heading(case: Case) -> RenderableType:
    """Return the heading of a determination, or of a request: number, dates, reviewer."""
    line = Text(style="bold")
    line.append(case.case_number)
    dates = (
        ("injury", case.injury_date),
        ("denial" if case.is_determination else "request", case.denial_date),
        ("decision", case.decision_date),
        ("latest", None if case.denial_date else case.latest_date),
    )
    for name, day in dates:
        if day is not None:
            line.append(f" · {name} {day.isoformat()}", style="not bold dim")
    if case.specialties:
        line.append(f" · {', '.join(case.specialties)}", style="not bold dim")
    return Group(Rule(style="dim"), line)


def summary_line(tally: Mapping[tuple[str, str], int]) -> Text:
    """Return how many predictions agree with what was decided, for each basis."""
    line = Text()
    for basis in Basis:
        agree, differ = tally.get((basis.value, "agree"), 0), tally.get((basis.value, "differ"), 0)
        silent = tally.get((basis.value, "no guideline"), 0)
        if agree + differ + silent:
            line.append("\n" if line else "")
            line.append(f"{basis.value}: ", style="bold")
            line.append(f"{agree} of {agree + differ} as decided")
            if silent:
                line.append(f", {silent} without a guideline")
    return line


def make_console(stream: IO[str]) -> Console:
    """Return a console on *stream*: colour only on a terminal, and never with ``NO_COLOR``."""
    return _Console(file=stream, highlight=False, soft_wrap=False)


class _Console(Console):
    """A console that shows what a record holds, and does nothing that it says.

    A closed pipe is left to the command line, which ends quietly.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of *renderable*, but for its own controls all of them printable."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                lines = map(printable, segment.text.split("\n"))
                yield Segment("\n".join(lines), segment.style)

    def on_broken_pipe(self) -> None:
        """Do nothing: the error goes on to whoever called."""
