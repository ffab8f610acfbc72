"""The one error family: every mistake a user can make ends here, in one line they can act on.

A message reads ``path:line:column: error[code]: sentence. Did you mean ...?``. The parts are
attributes, so that tests match ``code`` and programs never parse the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

LONGEST_NAME = 100
"""In characters: of a longer name a message repeats no more."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; *line* and *column* count from 1, 0 when only the file is known."""

    path: Path | str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return str(self.path)
        return f"{self.path}:{self.line}:{self.column}"


class ImrRulesError(Exception):
    """Something the user can mend: *code* names the kind, *at* the place, *hint* the remedy."""

    code = "error"

    def __init__(self, message: str, *, at: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.at}: " if self.at else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{place}error[{self.code}]: {self.message}{hint}"


class PackError(ImrRulesError):
    """A file of ``rules/`` or ``cases/`` that cannot be used as it stands."""

    code = "pack"


class YamlSyntaxError(PackError, ValueError):
    """The file is not YAML, or uses a part of YAML that the loader refuses."""

    code = "yaml-syntax"


class DuplicateKeyError(PackError, ValueError):
    """A mapping holds the same key twice; plain YAML would silently keep the last."""

    code = "duplicate-key"


class AmbiguousScalarError(PackError, ValueError):
    """An unquoted value that YAML versions read differently (``on``, ``010``, ``12:30``)."""

    code = "ambiguous-value"


class WrongTypeError(PackError, TypeError):
    """A value of another type or shape than its place asks for."""

    code = "wrong-type"


class ImpossibleValueError(PackError, ValueError):
    """A value of the right kind that cannot be: an age below zero, a percentage above a hundred."""

    code = "impossible-value"


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the one or two of *known* that are nearest to *name*, none if none is near.

    Case is ignored: a name that differs in it alone is what is meant.

    >>> nearest("MTUS-2016", ["mtus-2016", "mtus-2009"])
    ['mtus-2016']
    """
    by_folded: dict[str, str] = {}
    for one in known:
        by_folded.setdefault(one.casefold(), str(one))  # the word itself, of an enum too
    folded = name.casefold()
    if folded in by_folded:
        return [by_folded[folded]]
    return [by_folded[one] for one in get_close_matches(folded, by_folded, n=2, cutoff=0.6)]


class UnknownNameError(PackError, LookupError):
    """A name that nothing defines; the nearest defined names are suggested."""

    code = "unknown-name"

    def __init__(
        self,
        what: str,
        name: str,
        known: Iterable[str],
        *,
        at: Location | None = None,
        otherwise: str = "",
    ) -> None:
        """Suggest the nearest of the *known*; where none is near say *otherwise*."""
        self.what = what
        self.name = name
        self.suggestions = nearest(name, known)
        hint = (
            f"Did you mean {' or '.join(repr(s) for s in self.suggestions)}?"
            if self.suggestions
            else otherwise
        )
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        super().__init__(f"{what} {shown!r} is not defined.", at=at, hint=hint)


class OverlapError(PackError, ValueError):
    """Two entries claim the same thing at the same time (editions, parameters, topics)."""

    code = "overlap"


class InconsistentError(PackError, ValueError):
    """Parts that are each well-formed and do not fit together."""

    code = "inconsistent"


class PackErrors(PackError):
    """Every problem found in one loading, so that they can be mended in one go."""

    code = "pack"

    def __init__(self, problems: Sequence[PackError]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problems", at=None)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


@contextmanager
def gathered(problems: list[PackError]) -> Iterator[None]:
    """Add to *problems* what the block raises, so that the next part is read all the same."""
    try:
        yield
    except PackErrors as errors:
        problems.extend(errors.problems)
    except PackError as error:
        problems.append(error)


class InputError(ImrRulesError, ValueError):
    """A letter, case, table or request that cannot be read; *path* stays with the message."""

    code = "input"


def not_writable(path: Path, error: OSError) -> InputError:
    """Return the error of a file or folder at *path* that cannot be written, with its remedy."""
    # The message of the system names whatever it tried, a temporary file for one.
    if isinstance(error, FileNotFoundError):
        hint = f"Make the folder {path.parent}, or write elsewhere."
    elif isinstance(error, PermissionError):
        hint = "Write elsewhere, or ask for the right to write there."
    else:
        hint = "Write elsewhere."
    return InputError(
        f"cannot be written ({error.strerror or error}).", at=Location(path), hint=hint
    )


class MissingExtraError(ImrRulesError, ImportError):
    """A part of the program needs an optional package that is not installed."""

    code = "missing-extra"


class ReaderUnavailableError(ImrRulesError, ConnectionError):
    """The endpoint of the second reader refuses, or does not answer any more."""

    code = "reader"


class EngineDisagreementError(ImrRulesError, AssertionError):
    """Two engines concluded differently on the same facts: a defect of ours, never a verdict."""

    code = "engines-disagree"
