"""The questions in a real terminal: narrow, without colour, stopped and taken up again."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from imr_rules.cases.draft_yaml import read_draft
from imr_rules.knowledge import load_knowledge

COLUMNS, LINES = 60, 200
PATIENCE_SECONDS = 60.0


FIRST = "full duty, modified duty or off work?"
"""The first question about an opioid under the guideline of 2009."""


class Terminal:
    """The command in a pseudo-terminal of 60 columns, and the screen that a person sees."""

    def __init__(self, *arguments: str, colour: bool = False) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
        environment["TERM"] = "xterm"
        if not colour:
            environment["NO_COLOR"] = "1"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "imr_rules", "preview", "--interactive", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            # Ctrl-C reaches the process only if the terminal is its controlling one.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0) and None,
        )
        os.close(slave)

    @property
    def text(self) -> str:
        """The screen as one line of words."""
        return " ".join(" ".join(self.screen.display).split())

    def wait_for(self, words: str, times: int = 1) -> None:
        """Read until *words* stand on the screen so often."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.text.count(words) < times:
            assert time.monotonic() < until, f"{words!r} never appeared in: {self.text}"
            if not self.read() and self.process.poll() is not None:
                assert self.text.count(words) >= times, f"ended before {words!r}: {self.text}"

    def read(self) -> bool:
        """Take what the command wrote; False once it has closed the terminal."""
        ready, _, _ = select.select([self.master], [], [], 0.2)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.raw += data
        self.stream.feed(data)
        return bool(data)

    def type(self, words: str) -> None:
        """Type *words* and the return key."""
        os.write(self.master, words.encode() + b"\n")

    def end(self) -> int:
        """Wait for the command to end and return its status."""
        until = time.monotonic() + PATIENCE_SECONDS
        while self.read():
            if self.process.poll() is not None and not select.select([self.master], [], [], 0)[0]:
                break
            assert time.monotonic() < until, self.text
        return self.process.wait(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Leave nothing running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Terminals opened by a test, closed whatever happens."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.close()


def test_a_session_with_every_kind_of_reply(terminals: list[Terminal], tmp_path: Path) -> None:
    """Answer, help, skip, back and unknown work at 60 columns, and the answers are kept."""
    kept = tmp_path / "norco.yaml"
    terminal = Terminal("--save", str(kept))
    terminals.append(terminal)
    terminal.wait_for("What is requested?")
    terminal.type("an unheard-of treatment")
    terminal.wait_for("No treatment of that name")
    terminal.type("Norco 10/325 #120")
    terminal.wait_for("Day of the request")
    terminal.type("June 2015")
    terminal.wait_for("YYYY-MM-DD")
    terminal.type("?")
    terminal.wait_for("The day of the request form")
    terminal.type("2015-06-01")
    terminal.wait_for("Day of the injury")
    terminal.type("2016-01-01")
    terminal.wait_for("That is after 2015-06-01")
    terminal.type("b")
    terminal.wait_for("Day of the request", times=2)
    terminal.type("2015-06-01")
    terminal.wait_for("Day of the injury", times=3)
    terminal.type("u")
    terminal.wait_for(FIRST)
    terminal.type("?")
    terminal.wait_for("What counts: ")
    terminal.type("perhaps")
    terminal.wait_for("Type a number from 1 to 3")
    terminal.type("b")
    terminal.wait_for("Day of the injury", times=4)
    terminal.type("s")
    terminal.wait_for(FIRST, times=2)
    terminal.type("3")
    terminal.wait_for("2. ")
    terminal.type("b")
    terminal.wait_for(FIRST, times=3)
    terminal.type("3")
    terminal.wait_for("2. ", times=2)
    terminal.type("s")
    terminal.wait_for("3. ")
    terminal.type("u")
    terminal.wait_for("4. ")
    terminal.type("q")
    assert 0 == terminal.end()
    assert "Likely outcome:" in terminal.text
    assert "no medical or legal advice" in terminal.text
    assert b"\x1b[3" not in terminal.raw, "colour in spite of NO_COLOR"
    draft = read_draft(kept, load_knowledge().vocabulary)
    assert "off" == draft.facts["work_status"]
    assert "undocumented" in draft.facts.values()
    assert 1 == len(draft.skipped)


def test_ctrl_c_ends_cleanly_and_the_session_is_taken_up_again(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    """Nothing is lost, no traceback is shown, and what was answered is not asked again."""
    kept = tmp_path / "soma.yaml"
    first = Terminal("--request", "Soma 350mg #60", "--as-of", "2014-02-01", "--save", str(kept))
    terminals.append(first)
    first.wait_for("1. ")
    first.type("u")
    first.wait_for("2. ")
    os.write(first.master, b"\x03")
    assert 130 == first.end()
    assert "The answers are in" in first.text
    assert "Traceback" not in first.text
    answered = list(read_draft(kept, load_knowledge().vocabulary).facts)
    assert 1 == len(answered)

    second = Terminal(str(kept))
    terminals.append(second)
    second.wait_for("1. ")
    question = load_knowledge().vocabulary[answered[0]].question
    assert question not in second.text
    second.type("q")
    assert 0 == second.end()
    assert "Likely outcome:" in second.text


def asked(typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return what the command made of *typed*."""
    return subprocess.run(
        [sys.executable, "-m", "imr_rules", "preview", "--interactive", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )


def test_q_at_the_day_keeps_what_was_typed_before(tmp_path: Path) -> None:
    """The request is saved before the first fact, and taken up again at the same question."""
    kept = tmp_path / "norco.yaml"
    done = asked("Norco 10/325 #120\nq\n", "--save", str(kept))
    assert 0 == done.returncode
    assert "The answers are in" in done.stderr
    draft = read_draft(kept, load_knowledge().vocabulary)
    assert ("Norco 10/325 #120", None) == (draft.request, draft.request_date)
    again = asked("2015-06-01\n2014-01-01\nq\n", str(kept))
    assert 0 == again.returncode
    assert "What is requested?" not in again.stderr
    draft = read_draft(kept, load_knowledge().vocabulary)
    assert ("2015-06-01", "2014-01-01") == (str(draft.request_date), str(draft.injury_date))


def test_q_before_anything_was_asked_for_claims_no_file(tmp_path: Path) -> None:
    """There is nothing to save or to preview, and nothing else is said."""
    kept = tmp_path / "norco.yaml"
    done = asked("q\n", "--save", str(kept))
    assert (0, "") == (done.returncode, done.stdout)
    assert "Nothing was saved." in done.stderr
    assert not kept.exists()


def test_without_a_file_the_answers_are_shown(tmp_path: Path) -> None:
    """Nothing typed is lost: the lines that were not saved make a request file."""
    done = asked("Soma 350mg #60\n2014-02-01\n\nu\nq\n")
    assert 0 == done.returncode
    lines = done.stderr.split("keep these lines:\n")[1]
    kept = tmp_path / "soma.yaml"
    kept.write_text(lines, encoding="utf-8")
    assert ["undocumented"] == list(read_draft(kept, load_knowledge().vocabulary).facts.values())


def test_ctrl_c_at_the_day_keeps_the_request(terminals: list[Terminal], tmp_path: Path) -> None:
    """What was typed before the first fact is saved too."""
    kept = tmp_path / "soma.yaml"
    terminal = Terminal("--save", str(kept))
    terminals.append(terminal)
    terminal.wait_for("What is requested?")
    terminal.type("Soma 350mg #60")
    terminal.wait_for("Day of the request")
    os.write(terminal.master, b"\x03")
    assert 130 == terminal.end()
    assert "The answers are in" in terminal.text
    assert "Soma 350mg #60" == read_draft(kept, load_knowledge().vocabulary).request


def test_a_request_file_is_left_as_it_is_where_nothing_is_answered(tmp_path: Path) -> None:
    """Comments of its writer stay, until an answer is added."""
    kept = tmp_path / "soma.yaml"
    text = '# for the hearing\nrequest: "Soma 350mg #60"\nrequest_date: 2014-02-01\n'
    text += "injury_date: 2013-01-01\n"
    kept.write_text(text, encoding="utf-8")
    assert 0 == asked("q\n", str(kept)).returncode
    assert text == kept.read_text(encoding="utf-8")


def test_the_end_of_the_input_ends_the_questions(tmp_path: Path) -> None:
    """A pipe that runs dry is no error: the preview of what is known follows, alone on stdout."""
    done = asked("MRI of the lumbar spine\n2015-06-01\n\nu\n", "--format", "json")
    assert 0 == done.returncode
    assert done.stdout.startswith("[")
    assert "What is requested?" in done.stderr


def test_the_answer_that_settles_the_outcome_can_be_taken_back(tmp_path: Path) -> None:
    """A slip of the key at the last question is mended like any other; Enter ends."""
    kept = tmp_path / "knee.yaml"
    typed = "right total knee arthroplasty\n2017-03-08\n\n{}"
    settled = "Nothing else can change the outcome."
    done = asked(typed.format("n\nx\nb\ny\nq\n"), "--save", str(kept))
    assert 0 == done.returncode
    assert "Type b to take the last answer back" in done.stderr.split(settled)[1]
    assert ["yes"] == list(read_draft(kept, load_knowledge().vocabulary).facts.values())
    done = asked(typed.format("n\n\n"))
    assert 0 == done.returncode
    assert "upheld" in done.stdout


def test_a_request_that_no_text_speaks_to_can_be_taken_back() -> None:
    """As long as something was asked: here the day, then what is requested."""
    done = asked("gym membership\n1985-01-01\n\nb\nb\n2015-06-01\n\nq\n")
    assert 0 == done.returncode
    assert "b back" in done.stderr.split("No guideline in force on that day")[1]
    assert "No guideline" not in done.stdout


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    """--save refuses a file that the session did not come from, and says how to resume it."""
    taken = tmp_path / "taken.yaml"
    taken.write_text("keep me", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "imr_rules", "preview", "-i", "--save", str(taken)],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert 2 == done.returncode
    assert "--interactive" in done.stderr
    assert "keep me" == taken.read_text(encoding="utf-8")
