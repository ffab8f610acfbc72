"""The model's answers → findings; whatever the letter does not hold word for word is thrown away.

Each passage is asked about on its own, so that a quotation can only stand where the passage is.
An endpoint that fails costs a bounded time; what it answered wrongly is counted by kind. A letter
is read whole or not at all: a passage nobody answered looks like one that states nothing.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from imr_rules.errors import ReaderUnavailableError, WrongTypeError
from imr_rules.facts.model import UNDOCUMENTED, Assertion, Finding, Section, Speaker, Value
from imr_rules.facts.vocabulary import Fact, FactType, Origin, Vocabulary
from imr_rules.reading.model import Passage, ReadResult, Refusal, Subject, Task
from imr_rules.reading.second.endpoint import Endpoint, NoAnswerError, ask, json_object
from imr_rules.reading.second.policy import SecondReaderPolicy
from imr_rules.reading.second.question import in_every_form, question
from imr_rules.reading.second.quotation import locate

_AGAIN = frozenset((408, 409, 425, 429))
_NOT_UNDERSTOOD = frozenset((400, 413, 422))
_BROKEN_OFF = frozenset((500, 501))
"""What some servers answer, too, to a form of answer that they do not know."""
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,3})?\Z", re.ASCII)
"""A number in quotation marks, which models without a schema write."""
_LARGEST = 1e9  # no count, dose or duration of a letter comes near it
_REMEDY = {
    Refusal.NO_CONNECTION: "Look whether the server runs at that address, and start again.",
    Refusal.TIMED_OUT: "Look whether the server is busy, or raise seconds_an_answer in"
    " rules/reading/second_reader.yaml.",
    Refusal.REFUSED_BY_SERVER: "Look in the server's log why it refuses, and start again.",
    Refusal.TOO_LARGE: "Check that the address is a chat server's, or ask another model.",
    Refusal.NOT_JSON: "Check that the address is an OpenAI-compatible server's, or ask another"
    " model.",
}


@dataclass(slots=True)
class ModelReader:
    """Reads by asking *model* at *endpoint*.

    It remembers how the endpoint behaves: in what form it takes a question, and how many passages
    in a row went unanswered. After too many it is not asked again.
    """

    endpoint: Endpoint
    model: str
    vocabulary: Vocabulary
    policy: SecondReaderPolicy
    _form: int = field(default=0, init=False)
    _has_answered: bool = field(default=False, init=False)
    _unanswered: int = field(default=0, init=False)

    def read(self, task: Task) -> ReadResult:
        """Read every passage of *task*.

        Raises:
            ReaderUnavailableError: a passage got no usable answer, or the endpoint refuses
                outright, or has failed too often.
        """
        findings: dict[Finding, None] = {}
        refusals: Counter[Refusal] = Counter()
        unread: list[str] = []
        for whole in task.passages:
            passage = self._shortened(whole, unread)
            subjects = [s for s in task.subjects if passage.item in (None, s.number)]
            facts = self._facts(subjects)
            if not facts or not task.text[passage.start : passage.end].strip():
                continue
            answer = self._answer(task, passage, subjects, facts, refusals)
            known = {fact.id: fact for fact in facts}
            numbers = frozenset(s.number for s in subjects)
            for entry in self._bounded(answer, refusals):
                read = _finding(entry, task.text, passage, known, numbers, self.policy)
                if isinstance(read, Refusal):
                    refusals[read] += 1
                else:
                    findings[read] = None
        ordered = sorted(findings, key=lambda f: (f.start, f.end, f.fact, f.item or 0))
        return ReadResult(tuple(ordered), (), tuple(unread), dict(refusals))

    def _shortened(self, passage: Passage, unread: list[str]) -> Passage:
        end = passage.start + self.policy.largest_passage
        if passage.end <= end:
            return passage
        unread.append(
            f"{_name(passage)} beyond its first {self.policy.largest_passage:,} characters"
        )
        return Passage(passage.section, passage.start, end, passage.item)

    def _facts(self, subjects: Sequence[Subject]) -> list[Fact]:
        """Return what to look for: the items' facts, or in a note all that a text can state."""
        if subjects:
            wanted = frozenset().union(*(subject.facts for subject in subjects))
            return [fact for name, fact in self.vocabulary.items() if name in wanted]
        return [fact for fact in self.vocabulary.values() if fact.origin is Origin.READ]

    def _bounded(self, answer: Sequence[Any], refusals: Counter[Refusal]) -> Sequence[Any]:
        beyond = len(answer) - self.policy.most_findings
        if beyond > 0:
            refusals[Refusal.TOO_MANY] += beyond
        return answer[: self.policy.most_findings]

    def _answer(
        self,
        task: Task,
        passage: Passage,
        subjects: Sequence[Subject],
        facts: Sequence[Fact],
        refusals: Counter[Refusal],
    ) -> Sequence[Any]:
        """Return the listed findings, as answered within as many attempts as are allowed.

        Raises:
            ReaderUnavailableError: they were not.
        """
        if self._unanswered >= self.policy.give_up_after:
            raise ReaderUnavailableError(
                f"{self.endpoint} left {self._unanswered} passages in a row unanswered.",
                hint="Look whether the server runs, and start again.",
            )
        asked = question(
            task.text[passage.start : passage.end],
            passage,
            subjects,
            facts,
            on=task.on,
            model=self.model,
            policy=self.policy,
        )
        forms = in_every_form(asked, facts, [subject.number for subject in subjects])
        failed: Counter[Refusal] = Counter()
        for _ in self._attempts():
            try:
                listed = _listed(
                    ask(
                        self.endpoint,
                        forms[self._form],
                        seconds=self.policy.seconds_an_answer,
                        largest=self.policy.largest_answer,
                    )
                )
            except NoAnswerError as error:
                failed[error.refusal] += 1
                if not self._is_worth_another(error, len(forms)):
                    break
            else:
                self._has_answered = True
                self._unanswered = 0
                refusals.update(failed)
                return listed
        self._unanswered += 1
        counted = ", ".join(f"{count} × {kind}" for kind, count in failed.most_common())
        raise ReaderUnavailableError(
            f"{self.endpoint} gave no usable answer about {_name(passage)} ({counted}), so the"
            " letter is not read.",
            hint=_REMEDY[failed.most_common(1)[0][0]],
        )

    def _attempts(self) -> Iterator[int]:
        for attempt in range(self.policy.attempts):
            if attempt:
                time.sleep(self.policy.seconds_between * 2 ** (attempt - 1))
            yield attempt

    def _is_worth_another(self, error: NoAnswerError, forms: int) -> bool:
        if error.status is None:
            return True
        unknown = error.status in _NOT_UNDERSTOOD
        if unknown or (error.status in _BROKEN_OFF and not self._has_answered):
            # Perhaps it does not know the form; the next one asks for less.
            is_last = self._form == forms - 1
            self._form = min(self._form + 1, forms - 1)
            return not (unknown and is_last)
        if error.status in _AGAIN or error.status >= 500:
            return True
        raise ReaderUnavailableError(
            f"{self.endpoint} answers with status {error.status}.",
            hint="Check the address, the model's name and the key.",
        )


def _name(passage: Passage) -> str:
    item = f" of item {passage.item}" if passage.item is not None else ""
    return f"the {passage.section}{item}"


def _listed(answer: dict[str, Any]) -> Sequence[Any]:
    """Return the findings in the first choice of a chat answer.

    Raises:
        NoAnswerError: the answer has another form.
    """
    try:
        content = answer["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise NoAnswerError(Refusal.NOT_JSON) from None
    if not isinstance(content, str):
        raise NoAnswerError(Refusal.NOT_JSON)
    # Models wrap JSON in a fence or in words of their own.
    first, last = content.find("{"), content.rfind("}")
    findings = json_object(content[first : last + 1] if 0 <= first < last else "").get("findings")
    if not isinstance(findings, list):
        raise NoAnswerError(Refusal.NOT_JSON)
    return findings


def _finding(
    entry: Any,
    text: str,
    passage: Passage,
    facts: dict[str, Fact],
    items: frozenset[int],
    policy: SecondReaderPolicy,
) -> Finding | Refusal:
    """Return the finding that *entry* proves, or why it proves none."""
    if not isinstance(entry, dict):
        return Refusal.NO_FINDING
    name, quote = entry.get("fact"), entry.get("quote")
    fact = facts.get(name) if isinstance(name, str) else None
    if fact is None:
        return Refusal.UNKNOWN_FACT
    stated = _stated(fact, entry.get("value"), entry.get("assertion"))
    if stated is None:
        return Refusal.WRONG_VALUE
    item = passage.item if passage.item is not None else entry.get("item")
    # True is an int to Python, and no item.
    if item is not None and (type(item) is not int or item not in items):
        return Refusal.WRONG_ITEM
    if not isinstance(quote, str):
        return Refusal.NOT_IN_LETTER
    if not policy.shortest_quote <= len(quote.strip()) <= policy.longest_quote:
        return Refusal.QUOTE_TOO_SHORT
    span = locate(quote, text, passage.start, passage.end)
    if span is None:
        return Refusal.NOT_IN_LETTER
    value, assertion = stated
    is_rationale = passage.section is Section.RATIONALE
    return Finding(
        fact=fact.id,
        value=value,
        assertion=assertion,
        section=passage.section,
        start=span[0],
        end=span[1],
        quote=text[span[0] : span[1]],
        item=item,
        speaker=Speaker.REVIEWER if is_rationale else Speaker.RECORD,
    )


def _stated(fact: Fact, value: Any, assertion: Any) -> tuple[Value, Assertion] | None:
    """Return value and assertion where they are the fact's own and go together."""
    is_number = fact.type is FactType.NUMBER
    if is_number and isinstance(value, str) and _PLAIN_NUMBER.match(value):
        value = float(value) if "." in value else int(value)
    try:
        checked = fact.check(value)
        how = Assertion(assertion)
    except (WrongTypeError, ValueError, TypeError, OverflowError):
        return None
    if checked == UNDOCUMENTED:
        return checked, Assertion.UNDOCUMENTED
    if how is Assertion.UNDOCUMENTED:
        return None
    if is_number:
        low = -_LARGEST if fact.minimum is None else fact.minimum
        high = _LARGEST if fact.maximum is None else fact.maximum
        if isinstance(checked, str) or not low <= checked <= high:
            return None
    return checked, how
