"""The questions of ``preview --interactive``, asked in a terminal of any width."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import NoReturn

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from imr_rules.cases.dates import deciding_date
from imr_rules.cases.draft import Draft, case_from_draft
from imr_rules.cases.draft_yaml import draft_to_yaml
from imr_rules.cases.model import Case
from imr_rules.cases.record import load_record, load_request_file
from imr_rules.cli.output import output_to
from imr_rules.engines.reference import ReferenceEngine
from imr_rules.errors import InputError, Location
from imr_rules.explain.printable import printable
from imr_rules.explain.to_text import make_console
from imr_rules.facts.model import Reading
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.preview.questions import NextQuestion, Outlook, next_question
from imr_rules.preview.replies import Unclear, Wish, reply_to, wish_in
from imr_rules.preview.to_text import asked_for_line
from imr_rules.treatments.from_title import parse_request

_INTERRUPTED = 130
"""What a shell reports of a program that Ctrl-C stopped."""
_REPLIES = (
    "y yes · n no · u the record does not show it · s skip · b back · ? what counts · q stop here"
)


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
    kept = None
    if record is not None:
        found = load_request_file(record, knowledge)
        if found is not None and save in (None, record):
            save, kept = record, found
        draft = found or _draft_of(load_record(record, knowledge, requests=requests, as_of=as_of))
    if save is not None:
        _check_place(save, record)
    if as_of is not None:
        if draft.injury_date is not None and draft.injury_date > as_of:
            raise InputError(f"the injury ({draft.injury_date}) comes after --as-of {as_of}.")
        draft = replace(draft, request_date=as_of)
    talk = _Talk(make_console(sys.stderr), save, knowledge, draft, kept)
    try:
        answered = talk.run()
    except KeyboardInterrupt:
        talk.stop(_INTERRUPTED)
    except _Quit:
        talk.stop(0)
    return case_from_draft(answered, knowledge.catalogue, source=str(record or "answers"))


def _check_place(save: Path, record: Path | None) -> None:
    """Refuse a place to save that would only fail once something has been typed.

    Raises:
        InputError: *save* holds something else, or its folder does not exist.
    """
    if save != record and save.exists():
        raise InputError(
            "exists already.",
            at=Location(save),
            hint=f"Resume it with: imr-rules preview --interactive {save}",
        )
    if not save.parent.is_dir():
        raise InputError(
            "cannot be written: its folder does not exist.",
            at=Location(save),
            hint="Make the folder, or save elsewhere.",
        )


def _draft_of(case: Case) -> Draft:
    """Return the first item of *case* as a draft, each fact with its words."""
    item = case.items[0]
    facts = dict(item.readings.get(Reading.RECORD, {}))
    notes = {
        fact: printable(" ".join((evidence[0].quote or evidence[0].note).split()))
        for fact in facts
        if (evidence := item.evidence.get((Reading.RECORD, fact), ()))
    }
    on, injured = deciding_date(case), case.injury_date
    return Draft(
        request=printable(item.title),
        request_date=on,
        # Dates that run backwards are a misprint, which a request file may not hold.
        injury_date=injured if injured is None or injured <= on else None,
        age_years=case.age_years,
        beside=tuple(printable(other.title) for other in case.items[1:]),
        facts=facts,
        notes=notes,
    )


class _Finished(Exception):
    """The input ended, or the writer has had enough: what is known is previewed."""


class _Quit(Exception):
    """The writer left before anything was asked for: there is nothing to preview."""


@dataclass
class _Talk:
    """One conversation: what it writes to, where it keeps the answers, and the answers so far."""

    console: Console
    save: Path | None
    knowledge: Knowledge
    draft: Draft
    kept: Draft | None
    """What the file at *save* holds, None before it is written."""
    asks_injury: bool = False

    def run(self) -> Draft:
        """Ask until nothing matters or nobody answers; return the draft with the answers."""
        before, prompts = self.draft, self._prompts()
        self._keep()
        self._say(_REPLIES, "dim")
        try:
            self._ask_everything(prompts)
        except _Finished:
            if not self.draft.request:
                raise InputError("nothing was asked for.") from None
        if self.draft != before:
            self._tell_where()
        return self.draft

    def stop(self, status: int) -> NoReturn:
        """Leave without a preview, and say what became of the answers."""
        self.console.print()
        self._say("Stopped.")
        self._keep()
        if self.draft.request:
            self._tell_where()
        else:
            self._say("Nothing was saved.")
        sys.exit(status)

    def _tell_where(self) -> None:
        """Say where the answers are; those that no file holds are shown, so that none is lost."""
        if self.save is not None and self.save.exists():
            self._say(f"The answers are in {self.save}.")
            return
        self._say("No file was named to keep the answers in. To go on later, keep these lines:")
        self.console.file.write(draft_to_yaml(self.draft))
        self.console.file.flush()

    # --- what has to be known first ---------------------------------------------------------------

    def _ask_everything(self, prompts: Sequence[Callable[[], bool]]) -> None:
        """Ask the *prompts*, then what can matter; "b" leads from these to those."""
        self.asks_injury = self._ask_injury in prompts
        place = 0
        while True:
            while place < len(prompts):
                if prompts[place]():
                    self._keep()
                    place += 1
                elif place:
                    place -= 1
                else:
                    self._say("This is the first question.", "yellow")
            if self._ask_facts(is_first=not prompts):
                return
            place = len(prompts) - 1

    def _prompts(self) -> list[Callable[[], bool]]:
        """Return what is to be asked before the facts; each tells False where one step back is."""
        prompts: list[Callable[[], bool]] = []
        if not self.draft.request:
            prompts.append(self._ask_request)
        if self.draft.request_date is None:
            prompts.append(self._ask_day)
            if self.draft.injury_date is None:
                prompts.append(self._ask_injury)
        elif self.draft.injury_date is None and self.kept is not None and not self.draft.facts:
            prompts.append(self._ask_injury)  # a session that was left at this very question
        return prompts

    def _ask_request(self) -> bool:
        while True:
            typed = self._line('What is requested? ("Norco 10/325 #120")')
            wish = wish_in(typed)
            if wish is Wish.QUIT:
                raise _Quit
            if wish is Wish.BACK:
                return False
            if wish is Wish.HELP:
                self._say("The treatment as the request form names it, with strength and number.")
            elif wish is Wish.SKIP or not typed:
                self._say("Without it there is nothing to preview; q stops.", "yellow")
            elif parse_request(typed, self.knowledge.catalogue).treatment is None:
                self._say("No treatment of that name is known; say it another way.", "yellow")
            else:
                self.draft = replace(self.draft, request=typed)
                return True

    def _ask_day(self) -> bool:
        today = date.today()
        while True:
            said = self._day(
                f"Day of the request [{today}]",
                "The day of the request form: the guidelines in force on it govern.",
            )
            if said is Wish.BACK:
                return False
            day = said if isinstance(said, date) else today
            injured = self.draft.injury_date
            if injured is not None and day < injured:
                if not self.asks_injury:
                    self._say(f"That is before the injury ({injured}).", "yellow")
                    continue
                injured = None  # it is asked for again next
            self.draft = replace(self.draft, request_date=day, injury_date=injured)
            return True

    def _ask_injury(self) -> bool:
        latest = self.draft.request_date
        while True:
            said = self._day(
                "Day of the injury [not known]",
                "The date of injury on the claim form, or when a gradual injury was noticed.",
            )
            if said is Wish.BACK:
                return False
            if isinstance(said, date) and latest is not None and said > latest:
                self._say(f"That is after {latest}.", "yellow")
                continue
            self.draft = replace(self.draft, injury_date=said if isinstance(said, date) else None)
            return True

    def _day(self, prompt: str, what_counts: str) -> date | Wish:
        """Return the day that is typed, or the wish to go back or to leave it open."""
        while True:
            typed = self._line(f"{prompt}:")
            wish = wish_in(typed)
            if wish is Wish.QUIT:
                raise _Finished
            if wish is Wish.HELP:
                self._say(what_counts)
                continue
            if wish is not None or not typed:
                return wish or Wish.SKIP
            try:
                return date.fromisoformat(typed)
            except ValueError:
                self._say("Type a day as YYYY-MM-DD.", "yellow")

    # --- the questions ----------------------------------------------------------------------------

    def _ask_facts(self, *, is_first: bool) -> bool:
        """Ask what can matter; False where "b" leads back before the first of these questions.

        *is_first*: nothing was asked before them.
        """
        draft = self.draft
        request = parse_request(draft.request, self.knowledge.catalogue)
        assert draft.request_date is not None
        governing = governing_topic(self.knowledge.library, request, draft.request_date)
        if governing is None:
            self._say("No guideline in force on that day speaks to this request.", "yellow")
            return is_first or not self._is_taken_back()
        self._say(f"{governing.edition.cite_as}: {governing.topic.title}", "dim")
        outlook = Outlook.of(governing, draft.request_date, self.knowledge)
        engine = ReferenceEngine()
        before: list[tuple[Draft, tuple[str, ...]]] = []
        passed: tuple[str, ...] = ()
        while True:
            question = next_question(outlook, self.draft, passed, self.knowledge, engine)
            if question is None:
                self._say(
                    "Only skipped questions can still change the outcome."
                    if passed
                    else "Nothing else can change the outcome.",
                    "dim",
                )
                # The answer that settles the outcome may be a slip of the key like any other.
                if (is_first and not before) or not self._is_taken_back():
                    return True
                if not before:
                    return False
                self.draft, passed = before.pop()
                self._keep()
                continue
            self._put(question, len(before) + 1)
            said = self._reply(question)
            if said is Wish.QUIT:
                return True
            if said is Wish.BACK:
                if before:
                    self.draft, passed = before.pop()
                    self._keep()
                elif is_first:
                    self._say("This is the first question.", "yellow")
                else:
                    return False
                continue
            before.append((self.draft, passed))
            name = question.fact.id
            if said is Wish.SKIP:
                self.draft, passed = self.draft.with_skipped(name), (*passed, name)
            else:
                assert not isinstance(said, Wish)
                self.draft = self.draft.with_fact(name, said)
            self._keep()

    def _is_taken_back(self) -> bool:
        """Whether "b" takes the last answer back, now that there is nothing more to ask."""
        while True:
            typed = self._line("   Enter to go on, b back >")
            wish = wish_in(typed)
            if wish is Wish.BACK:
                return True
            if not typed or wish in (Wish.QUIT, Wish.SKIP):
                return False
            self._say("   Type b to take the last answer back, or Enter to go on.", "yellow")

    def _put(self, question: NextQuestion, number: int) -> None:
        fact = question.fact
        more = question.open_questions - 1
        self.console.print()
        line = Text(f"{number}. ", style="bold")
        line.append(question.question)
        if fact.type is FactType.NUMBER:
            line.append(f" ({fact.unit})", style="not bold")
        self.console.print(line)
        if question.asked_for_by:
            why = asked_for_line(question.asked_for_by)
            self.console.print(Padding(why, (0, 0, 0, 3)))
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
        # An arrow key types an escape code, which a request file may not hold.
        return printable(typed).strip()

    def _say(self, words: str, style: str = "") -> None:
        self.console.print(Text(words, style=style))

    def _keep(self) -> None:
        """Write the draft where it is kept, once there is something in it that the file lacks."""
        if self.save is not None and self.draft.request and self.draft != self.kept:
            with output_to(self.save) as stream:
                stream.write(draft_to_yaml(self.draft))
            self.kept = self.draft
