"""Which test a result belongs to, where a row of tests tells them one after another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from imr_rules import strict_yaml
from imr_rules.errors import WrongTypeError
from imr_rules.reading.phrases import Phrases
from imr_rules.reading.shapes import PhrasesFile

_PAUSE = re.compile(r"\s?[,;]|\s(?:and|but|while|whereas)\b")
_RESULT, _OWN_RESULT = "result", "own_result"


@dataclass(frozen=True, slots=True)
class Results:
    """The words of results: *said* before a test or behind one, *own* right behind it."""

    said: re.Pattern[str]
    own: re.Pattern[str]

    def is_of_two_tests(self, match: re.Match[str]) -> bool:
        """Whether *match* takes the result of one test for that of another.

        "McMurray negative, Lachman positive" says nothing by "negative, Lachman".
        """
        sentence = match.string
        said = self.said.match(sentence, match.start())
        if said is None or said.end() >= match.end():
            return False
        if _PAUSE.match(sentence, said.end()):
            return True
        behind = match.end() + (sentence[match.end() : match.end() + 1] == " ")
        return behind > match.end() and self.own.match(sentence, behind) is not None


def load_results(path: Path, phrases: Phrases) -> Results:
    """Read the results at *path*.

    Raises:
        PackError: a phrase cannot be read, or one of the two lists is not there.
    """
    document = strict_yaml.read(path)
    lists = strict_yaml.validate(PhrasesFile, document).root
    if lists.keys() != {_RESULT, _OWN_RESULT}:
        raise WrongTypeError(
            f"the lists must be {_RESULT!r} and {_OWN_RESULT!r}.", at=document.at()
        )
    return Results(
        phrases.plain(lists[_RESULT], document, (_RESULT,)),
        phrases.plain(lists[_OWN_RESULT], document, (_OWN_RESULT,)),
    )
