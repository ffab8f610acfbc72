"""``--reader cues|llm``, shared by the commands that read letters."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import rich_click as click

from imr_rules.knowledge import Knowledge
from imr_rules.reading.model import Refusal
from imr_rules.reading.reader import Reader

F = TypeVar("F", bound=Callable[..., Any])

KEY_VARIABLE = "IMR_RULES_ENDPOINT_KEY"


def reader_options(function: F) -> F:
    """``--reader``, ``--endpoint`` and ``--model``: who reads the letters."""
    for option in (
        click.option("--model", metavar="NAME", help="With --reader llm: the model to ask for."),
        click.option(
            "--endpoint",
            metavar="URL",
            help="With --reader llm: an OpenAI-compatible server. The letters' text is sent there."
            f" A key is taken from {KEY_VARIABLE}.",
        ),
        click.option(
            "--reader",
            "reader_name",
            type=click.Choice(["cues", "llm"]),
            default="cues",
            show_default=True,
            help="Who reads the letters: the cues of the rules, or a language model you run.",
        ),
    ):
        function = option(function)
    return function


def chosen_reader(
    name: str, endpoint: str | None, model: str | None, knowledge: Knowledge
) -> Reader | None:
    """Return the reader asked for, None for the cues; says on stderr where letters are sent.

    Raises:
        UsageError: the options do not go together; there is no endpoint by default.
        InputError: the endpoint is no address.
    """
    if name == "cues":
        if endpoint or model:
            raise click.UsageError("--endpoint and --model go with --reader llm.")
        return None
    if not endpoint or not model:
        raise click.UsageError("--reader llm needs --endpoint URL and --model NAME.")
    from imr_rules.reading.second import ModelReader, load_policy, parse_endpoint

    where = parse_endpoint(endpoint, key=os.environ.get(KEY_VARIABLE))
    openly = "" if where.encrypted else ", unencrypted"
    click.echo(f"The text of every letter is sent to {where}{openly}.", err=True)
    policy = load_policy(knowledge.folder, knowledge.vocabulary)
    return ModelReader(where, model, knowledge.vocabulary, policy)


def tell_refusals(counted: Iterable[Mapping[Refusal, int]]) -> None:
    """Say on stderr what was asked again and what was thrown away, most frequent first."""
    total: Counter[Refusal] = Counter()
    for refusals in counted:
        total.update(refusals)
    again = [(kind, count) for kind, count in total.most_common() if kind.is_of_an_answer]
    findings = [(kind, count) for kind, count in total.most_common() if not kind.is_of_an_answer]
    for what, kinds in (("Asked again", again), ("Findings thrown away", findings)):
        if kinds:
            listed = ", ".join(f"{count} × {kind}" for kind, count in kinds)
            click.echo(f"{what}: {listed}.", err=True)
