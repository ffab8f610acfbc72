"""What every reader of letters does: passages go in, findings with their quotations come out.

Two readers stand behind it: the cues of ``rules/reading`` (:class:`CueReader`, the default) and a
language model at an endpoint the user names (:mod:`imr_rules.reading.second`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from imr_rules.facts.vocabulary import Vocabulary
from imr_rules.reading.lexicon import Lexicon
from imr_rules.reading.model import ReadResult, Task
from imr_rules.reading.read import read_passages


class Reader(Protocol):
    """Anything that finds facts in the passages of a letter.

    Whatever the text holds, ``task.text[f.start:f.end] == f.quote`` for every finding f.
    """

    def read(self, task: Task) -> ReadResult:
        """Read every passage of *task*."""
        ...


@dataclass(frozen=True, slots=True)
class CueReader:
    """Reads by the cues of a lexicon."""

    lexicon: Lexicon
    vocabulary: Vocabulary

    def read(self, task: Task) -> ReadResult:
        """Read every passage of *task*."""
        return read_passages(
            task.text,
            task.passages,
            task.subjects,
            lexicon=self.lexicon,
            vocabulary=self.vocabulary,
            on=task.on,
        )
