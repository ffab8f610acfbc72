"""The command group; subcommands are imported when called, so that ``--help`` stays quick."""

from __future__ import annotations

import importlib
import io
import os
import sys

import rich_click as click
from click.exceptions import Exit
from click.shell_completion import shell_complete

from imr_rules import __version__
from imr_rules.errors import ImrRulesError

_COMMANDS = {
    "extract": "Read letters and notes: items, decisions, facts with their quotations.",
    "evaluate": "Decide every disputed item and compare with what was decided.",
    "preview": "Say how a request would likely end, and what would change that.",
    "audit": "Scores, findings and a report: do determinations follow their own findings?",
    "whatif": "Tell which outcomes a changed rules folder flips, or each criterion alone.",
    "checklist": "List what the record must show for a treatment, to tick off.",
    "serve": "Preview and checklist as a page in your browser, on this machine only.",
    "packet": "List what a reviewer found missing, and where the record had it.",
    "sql": "Print a topic as SQL, to run where the facts already are.",
    "synthetic": "Make a made-up facts table of any size, to measure with.",
    "show": "Read the knowledge: a topic, a fact, a treatment.",
    "lint": "Prove what can be proven of the packs: rules without effect, gaps, overlaps.",
    "test": "Run the situations that stand beside the topics: facts in, conclusion out.",
    "fit": "Fit the likelihood of overturning on decided cases.",
    "schema": "Print the JSON Schema of a file or output format.",
}
_COMPLETE = "_IMR_RULES_COMPLETE"
_FOR_MAINTAINERS = {"score": "Compare what is read in letters with the cases of the same numbers."}


class _LazyGroup(click.RichGroup):
    """Lists its commands by name and help; imports the one that is called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return what a listing needs of a command."""
        told = (_COMMANDS | _FOR_MAINTAINERS).get(cmd_name)
        return None if told is None else click.Command(cmd_name, help=told)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called, whole."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, listed and _command(name or args[0]), rest


def _command(name: str) -> click.Command:
    command: click.Command = importlib.import_module(f"imr_rules.cli.{name}").command
    return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="imr-rules")
def group() -> None:
    """Re-decide California Independent Medical Review determinations against the MTUS.

    Facts of a letter or a case go in; upheld or overturned, with reasons, citations and
    quotations, comes out. Information only: no medical or legal advice.
    """


def main() -> None:
    """Run the command line; a user's mistake is one line and exit status 2, never a traceback."""
    sys.exit(_status())


def _status() -> int:
    # What an old encoding of the terminal does not know is shown as "?".
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Not click's own main: it ends a closed pipe with status 1 and leaves a full disk unsaid.
    if instruction := os.environ.get(_COMPLETE):
        return shell_complete(group, {}, "imr-rules", _COMPLETE, instruction)
    try:
        status = _invoked()
        # Only now does a full disk speak up, whatever the command ended with.
        sys.stdout.flush()
    except ImrRulesError as error:
        click.echo(str(error), err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return int(error.exit_code)
    except (click.Abort, EOFError, KeyboardInterrupt):
        click.echo("Aborted.", err=True)
        return 130
    except BrokenPipeError:
        # The reader of a pipe went away ("| head"): nothing is left to say, nor to flush.
        _discard_output()
        return 0
    except OSError as error:
        click.echo(f"error[output]: cannot be written ({error.strerror or error}).", err=True)
        _discard_output()
        return 2
    return status


def _invoked() -> int:
    try:
        with group.make_context("imr-rules", sys.argv[1:]) as context:
            group.invoke(context)
    except Exit as end:
        return int(end.exit_code)
    return 0


def _discard_output() -> None:
    """Let what is still buffered for stdout go nowhere, so that leaving does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
