"""The knowledge as a person reads it: topics, facts and treatments, for ``imr-rules show``."""

from __future__ import annotations

from datetime import date
from typing import assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from rich.tree import Tree

from imr_rules.errors import UnknownNameError
from imr_rules.explain.also_asked import also_asked, also_asked_line
from imr_rules.facts.vocabulary import Fact
from imr_rules.guidelines.library import is_in_force, not_in_force
from imr_rules.guidelines.model import (
    AllReq,
    AnyReq,
    AtLeastReq,
    Bar,
    Criterion,
    Edition,
    Ref,
    Requirement,
    Standing,
    Topic,
    Unless,
)
from imr_rules.guidelines.select import governing_topic
from imr_rules.knowledge import Knowledge
from imr_rules.treatments.from_title import parse_request

_LISTED = "imr-rules show lists the topics; name a treatment as on the request form."


def knowledge_overview(knowledge: Knowledge, on: date | None) -> RenderableType:
    """Return the editions in search order with their topics; with *on* those of that day."""
    tree = Tree("Guidelines, in the order in which they are searched")
    for edition in knowledge.library.in_search_order():
        topics = [topic for topic in edition.topics.values() if is_in_force(edition, topic, on)]
        if not topics:
            continue
        until = f"until {edition.in_force_until}" if edition.in_force_until else "in force"
        head = Text(f"{edition.id}", style="bold")
        head.append(f"  {edition.title} ({edition.in_force_from}, {until})", style="not bold dim")
        branch = tree.add(head)
        for topic in sorted(topics, key=lambda t: t.id):
            branch.add(Text(f"{topic.id}: {topic.title}"))
    counts = Text(
        f"{len(knowledge.vocabulary)} facts, {len(knowledge.catalogue.treatments)} treatments; "
        "show any of them by its id.",
        style="dim",
    )
    return Group(tree, counts)


def knowledge_text(
    name: str, knowledge: Knowledge, on: date | None, *, today: date
) -> RenderableType:
    """Return what is known under *name*: a topic (``edition/topic`` or its id), a fact, a request.

    With *on* only the topics of that day are shown, without it those of every edition; a request
    is governed by one, *today* if not *on* another day. A topic that is not in force on the day
    gives way to a treatment of the same name.

    Raises:
        UnknownNameError: nothing goes by that name.
        InputError: it is a topic or an edition that is not in force on the day *on*.
    """
    if name in knowledge.vocabulary:
        return _fact(knowledge.vocabulary[name], knowledge, on)
    topics = knowledge.library.topics_named(name)
    if not topics and (edition := knowledge.library.edition_named(name)):
        name = edition.id
        topics = tuple((edition, topic) for topic in edition.topics.values())
    in_force = [pair for pair in topics if is_in_force(*pair, on)]
    if in_force:
        return Group(*(_topic(edition, topic) for edition, topic in in_force))
    request = parse_request(name, knowledge.catalogue)
    is_topic = request.treatment is None or knowledge.library.is_meant_as_topic(name)
    if on is not None and topics and is_topic:
        raise not_in_force(name, topics, on, hint="Leave --as-of out, or name a day of these.")
    on = on or today
    # A title is found in any words, and would answer for a misspelt topic with another text.
    if request.treatment is None or is_topic:
        known = [*knowledge.library.topic_names(), *knowledge.library.editions]
        known += [*knowledge.vocabulary, *knowledge.catalogue.names]
        raise UnknownNameError("topic, fact or treatment", name, known, otherwise=_LISTED)
    governing = governing_topic(knowledge.library, request, on)
    treatment = knowledge.catalogue.treatments[request.treatment]
    head = Text(f"{treatment.title}", style="bold")
    head.append(f"  {request.treatment}, category {request.category}", style="not bold dim")
    others = also_asked(request, governing, knowledge, on)
    parts = [head, *([also_asked_line(others)] if others else [])]
    if governing is None:
        return Group(*parts, Text(f"No guideline in force on {on} speaks to it."))
    return Group(
        *parts, Text(f"On {on} it is governed by:"), _topic(governing.edition, governing.topic)
    )


def _topic(edition: Edition, topic: Topic) -> RenderableType:
    head = Text(topic.title, style="bold")
    head.append(f"  {edition.id}/{topic.id}", style="not bold dim")
    parts: list[RenderableType] = [
        Text(),
        head,
        Text(f"{edition.cite_as}: {topic.cite}", style="dim"),
        Padding(Text(topic.about), (1, 0, 1, 2)),
    ]
    for bar in topic.bars:
        parts.append(_bar(bar, topic))
    if not topic.routes:
        parts.append(Text("Never recommended.", style="red"))
    for route in topic.routes:
        tree = Tree(Text(f"Recommended: {route.title}, if", style="bold"))
        for name in route.applies:
            _criterion(tree, topic.criteria[name], "applies if: ")
        _requirement(tree, route.requires, topic)
        for bar in route.bars:
            tree.add(_bar(bar, topic))
        parts.append(tree)
    return Group(*parts)


def _bar(bar: Bar, topic: Topic) -> RenderableType:
    criterion = topic.criteria[bar.criterion]
    text = Text("Not if: ", style="red")
    text.append(criterion.statement, style="default")
    for name in bar.exceptions:
        text.append(f" Unless: {topic.criteria[name].statement}", style="green")
    return text


def _requirement(tree: Tree, requirement: Requirement, topic: Topic) -> None:
    match requirement:
        case Ref(criterion=name):
            _criterion(tree, topic.criteria[name], "")
        case AllReq(parts=parts):
            for part in parts:
                _requirement(tree, part, topic)
        case AnyReq(parts=parts):
            branch = tree.add("one of")
            for part in parts:
                _requirement(branch, part, topic)
        case AtLeastReq(count=count, parts=parts):
            branch = tree.add(f"at least {count} of")
            for part in parts:
                _requirement(branch, part, topic)
        case Unless(part=part, exceptions=exceptions):
            branch = tree.add("required, unless an exception holds")
            _requirement(branch, part, topic)
            for name in exceptions:
                _criterion(branch, topic.criteria[name], "exception: ")
        case _:
            assert_never(requirement)


def _criterion(tree: Tree, criterion: Criterion, prefix: str) -> None:
    text = Text(f"{prefix}{criterion.statement}")
    text.append(f"  [{criterion.cite}]", style="dim")
    if criterion.standing is Standing.BACKGROUND:
        text.append(" (unverified)", style="yellow")
    if criterion.presumed:
        text.append(" (presumed while nobody says otherwise)", style="dim")
    tree.add(text)


def _bounds(fact: Fact) -> str:
    """Return in words what the number of *fact* can be at least and at most."""
    least = "" if fact.minimum is None else f", at least {fact.minimum:g}"
    return least if fact.maximum is None else f"{least}, at most {fact.maximum:g}"


def _fact(fact: Fact, knowledge: Knowledge, on: date | None) -> RenderableType:
    users = [
        f"{edition.id}/{topic.id}"
        for edition, topic in knowledge.library.pairs(on)
        if fact.id in topic.facts
    ]
    which = f"topics in force on {on}" if on else "topics"
    values = ", ".join(fact.known_values) or f"a number ({fact.unit}{_bounds(fact)})"
    lines = [
        Text(fact.id, style="bold"),
        Text(fact.question),
        Text(
            f"{values}; about the {fact.scope.value.replace('_', ' ')}; {fact.origin.value}",
            style="dim",
        ),
    ]
    if fact.favours:
        lines.append(Text(f"speaks for the treatment: {', '.join(fact.favours)}", style="green"))
    if fact.synonyms:
        lines.append(Text(f"also said: {'; '.join(fact.synonyms)}", style="dim"))
    lines.append(Text(f"used by {len(users)} {which}: {', '.join(users)}", style="dim"))
    return Group(*lines)
