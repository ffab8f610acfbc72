"""The questions of ``preview --interactive``, asked in a terminal of any width."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.draft_yaml import draft_to_yaml
from imr_rules.cases.evaluate import deciding_date
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_draft, load_record
from imr_rules.cli.output import output_to
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError, Location
from imr_rules.facts.model import Reading
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.preview.questions import NextQuestion, Outlook, next_question
from imr_rules.preview.replies import Unclear, Wish, reply_to
from imr_rules.treatments.from_title import parse_request

_INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C stopped."""


def ask_in_terminal(
    record: Path | None,
    requests: tuple[str, ...],
    save: Path | None,
    as_of: date | None,
    knowledge: Knowledge,
) -> Case:
    """Ask what can still matter and return the case with the answers.

    The answers are kept in *save* after each of them; a request file is its own place to save. The
    questions go to stderr, so that stdout holds the preview alone.

    Raises:
        InputError: *record* cannot be read, or *save* would overwrite something else.
    """
    draft = Draft(requests[0] if requests else "", beside=requests[1:])
    if record is not None:
        found = load_draft(record, knowledge)
        if found is not None and record.suffix.lower() != ".json":
            save = save or record
        draft = found or _draft_of(load_record(record, knowledge, requests=requests, as_of=as_of))
    if save is not None and save != record and save.exists():
        raise InputError(
            "exists already.",
            at=Location(save),
            hint=f"Resume it with: imr-rules preview --interactive {save}",
        )
    talk = _Talk(Console(file=sys.stderr, highlight=False), save, knowledge, as_of)
    try:
        return case_from_draft(
            talk.run(draft), knowledge.catalogue, source=str(record or "answers")
        )
    except KeyboardInterrupt:
        talk.stop()


def _draft_of(case: Case) -> Draft:
    """Return the first item of *case* as a draft, each fact with its words."""
    item = case.items[0]
    facts = dict(item.readings.get(Reading.RECORD, {}))
    notes = {
        fact: " ".join((evidence[0].quote or evidence[0].note).split())
        for fact in facts
        if (evidence := item.evidence.get((Reading.RECORD, fact), ()))
    }
    return Draft(
        request=item.title,
        request_date=deciding_date(case),
        injury_date=case.injury_date,
        age_years=case.age_years,
        beside=tuple(other.title for other in case.items[1:]),
        facts=facts,
        notes=notes,
    )


class _Finished(Exception):
    """The input ended, or the writer has had enough."""


@dataclass
class _Talk:
    """One conversation: what it writes to, and where it keeps the answers."""

    console: Console
    save: Path | None
    knowledge: Knowledge
    as_of: date | None
    latest: Draft | None = None

    def run(self, draft: Draft) -> Draft:
        """Ask until nothing matters or nobody answers; return the draft with the answers."""
        try:
            draft = self._begin(draft)
        except _Finished:
            raise InputError("nothing was asked for.") from None
        self._keep(draft)
        request = parse_request(draft.request, self.knowledge.catalogue)
        assert draft.request_date is not None
        governing = governing_topic(self.knowledge.library, request, draft.request_date)
        if governing is None:
            self._say("No guideline in force on that day speaks to this request.", "yellow")
            return draft
        self._say(f"{governing.edition.cite_as}: {governing.topic.title}", "dim")
        self._say(
            "y yes · n no · u the record does not show it · s skip · b back · ? what counts"
            " · q stop here",
            "dim",
        )
        try:
            return self._ask_all(draft, Outlook.of(governing, draft, self.knowledge))
        except _Finished:
            return draft if self.latest is None else self.latest

    def stop(self) -> NoReturn:
        """Leave after Ctrl-C, and say what became of the answers."""
        kept = f"The answers are in {self.save}." if self.save else "Nothing was saved."
        self.console.print()
        self._say(f"Stopped. {kept}")
        sys.exit(_INTERRUPTED)

    # --- what has to be known first ---------------------------------------------------------------

    def _begin(self, draft: Draft) -> Draft:
        while not draft.request:
            title = self._line('What is requested? ("Norco 10/325 #120")')
            if parse_request(title, self.knowledge.catalogue).treatment is None:
                self._say("No treatment of that name is known; say it another way.", "yellow")
            else:
                draft = replace(draft, request=title)
        if self.as_of is not None:
            return replace(draft, request_date=self.as_of)
        if draft.request_date is None:
            today = date.today()
            asked = self._date(f"Day of the request [{today}]", today)
            draft = replace(draft, request_date=asked or today)
            if draft.injury_date is None:
                injured = self._date("Day of the injury [not known]", draft.request_date)
                draft = replace(draft, injury_date=injured)
        return draft

    def _date(self, prompt: str, latest: date | None) -> date | None:
        while True:
            typed = self._line(f"{prompt}:")
            if not typed:
                return None
            try:
                day = date.fromisoformat(typed)
            except ValueError:
                self._say("Type a day as YYYY-MM-DD.", "yellow")
                continue
            if latest is not None and day > latest:
                self._say(f"That is after {latest}.", "yellow")
                continue
            return day

    # --- the questions ----------------------------------------------------------------------------

    def _ask_all(self, draft: Draft, outlook: Outlook) -> Draft:
        engine = ReferenceEngine()
        before: list[tuple[Draft, tuple[str, ...]]] = []
        passed: tuple[str, ...] = ()
        number = 1
        while True:
            self.latest = draft
            question = next_question(outlook, draft, passed, self.knowledge, engine)
            if question is None:
                settled = not passed
                self._say(
                    "Nothing else can change the outcome."
                    if settled
                    else "Only skipped questions can still change the outcome.",
                    "dim",
                )
                return draft
            self._put(question, number)
            said = self._reply(question)
            if said is Wish.BACK:
                if before:
                    draft, passed = before.pop()
                    number -= 1
                else:
                    self._say("This is the first question.", "yellow")
                continue
            if said is Wish.QUIT:
                return draft
            before.append((draft, passed))
            name = question.fact.id
            if said is Wish.SKIP:
                draft, passed = draft.with_skipped(name), (*passed, name)
            else:
                assert not isinstance(said, Wish)
                draft = draft.with_fact(name, said)
            self._keep(draft)
            number += 1

    def _put(self, question: NextQuestion, number: int) -> None:
        fact = question.fact
        more = question.open_questions - 1
        self.console.print()
        line = Text(f"{number}. ", style="bold")
        line.append(fact.question)
        if fact.type is FactType.NUMBER:
            line.append(f" ({fact.unit})", style="not bold")
        self.console.print(line)
        for index, value in enumerate(fact.values, start=1):
            self.console.print(Text(f"   {index} {value.replace('_', ' ')}"))
        left = f"{more} more can matter" if more else "the last that can matter"
        self.console.print(Text(f"   {left}", style="dim"))

    def _reply(self, question: NextQuestion) -> str | int | float | Wish:
        hints: dict[FactType, str] = {
            FactType.YES_NO: "y/n/u/s/b/?/q",
            FactType.NUMBER: "number/u/s/b/?/q",
            FactType.ENUM: f"1-{len(question.fact.values)}/u/s/b/?/q",
        }
        while True:
            said = reply_to(question.fact, self._line(f"   {hints[question.fact.type]} >"))
            if isinstance(said, Unclear):
                self._say(f"   {said.why}", "yellow")
            elif said is Wish.HELP:
                self._explain(question)
            else:
                return said

    def _explain(self, question: NextQuestion) -> None:
        fact = question.fact
        if fact.documentation:
            self.console.print(Padding(Text(f"What counts: {fact.documentation}."), (0, 0, 0, 3)))
        for criterion in question.criteria[:2]:
            why = Text(f"Why: {criterion.statement} [{criterion.cite}]", style="dim")
            self.console.print(Padding(why, (0, 0, 0, 3)))

    # --- in and out -------------------------------------------------------------------------------

    def _line(self, prompt: str) -> str:
        self.console.print(Text(f"{prompt} "), end="")
        self.console.file.flush()
        typed = sys.stdin.readline()
        if not typed:
            self.console.print()
            raise _Finished
        return typed.strip()

    def _say(self, words: str, style: str = "") -> None:
        self.console.print(Text(words, style=style))

    def _keep(self, draft: Draft) -> None:
        if self.save is not None:
            with output_to(self.save) as stream:
                stream.write(draft_to_yaml(draft))
