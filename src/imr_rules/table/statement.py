"""A topic as one SQL statement with its explanation, for a warehouse of claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import ibis

from imr_rules.engines.table.facts import facts_read
from imr_rules.engines.table.names import ON, criterion_column
from imr_rules.engines.table.sql import Dialect, sql_text
from imr_rules.engines.table.topic import IN_FAVOUR, OVERTURNED, topic_over
from imr_rules.facts.derive import parent_facts
from imr_rules.facts.vocabulary import FactType
from imr_rules.guidelines.library import days_in_force
from imr_rules.guidelines.model import Edition, Topic
from imr_rules.knowledge import Knowledge
from imr_rules.notice import NOTICE
from imr_rules.table.governed import SELECTED, governed_rows
from imr_rules.table.schema import BASIS, CASE_NUMBER, ITEM, LETTER, PARENT_ITEM

_KEYS = {LETTER: "string", CASE_NUMBER: "string", ITEM: "int32", BASIS: "string"}


def topic_statement(edition: Edition, topic: Topic, knowledge: Knowledge, dialect: Dialect) -> str:
    """Return *topic* as SQL over a table ``facts``, in comments what each column means.

    The statement decides the rows that the topic governs, and carries along what tells them apart.
    What became of an item that another one accompanies is decided elsewhere, maybe by another
    topic: where this one asks for it, rows that have not been told are left out.
    """
    vocabulary = knowledge.vocabulary
    numbers = frozenset(n for n, fact in vocabulary.items() if fact.type is FactType.NUMBER)
    read = facts_read(topic, edition.parameters, numbers=numbers)
    first, until = days_in_force(edition, topic)
    columns: dict[str, str] = {**_KEYS, **SELECTED, ON: "date"}
    columns |= dict.fromkeys(read.words, "string") | dict.fromkeys(read.numbers, "float64")
    told = [fact for fact in parent_facts(knowledge.derivations) if fact in read.words]
    columns |= dict.fromkeys([PARENT_ITEM] if told else [], "int32")
    facts = ibis.table(columns, name="facts")
    rows = facts.filter(governed_rows(facts, edition, topic, knowledge.library))
    if told:
        rows = rows.filter(rows[PARENT_ITEM].isnull() | rows[told[0]].notnull())
    table = topic_over(
        rows,
        topic,
        edition.parameters,
        read,
        keys=tuple(_KEYS),
        first=first,
        until=until,
    )
    trace = table.trace
    sets_of_bits = ("met", "counted", "unknown")
    selected = trace.select(*(name for name in trace.columns if name not in sets_of_bits))
    lines = [
        f"{topic.title}: {edition.title}, {topic.cite}",
        f"in force from {first}" + ("" if until.year == 9999 else f" and before {until}"),
        "",
        "The table facts has a row for each disputed item on each basis, as imr-rules extract",
        "--out FACTS.parquet writes it, with these columns (null: not said):",
        f"  {', '.join(_KEYS)}: tell a row from the others, and come back with it",
        f"  {', '.join(SELECTED)}: what is asked for",
        f"  {ON}: the day whose guidelines govern",
        *([f"  {PARENT_ITEM}: the item of the letter that this one accompanies"] if told else []),
        *(f"  {name}: {_values(name, knowledge)}" for name in read.columns),
        "",
        "Only the rows that this topic governs are decided: it is in force on their day, about",
        "what they ask for, and no text that is searched before it or names that more closely is.",
        *_asked_for(topic),
        *_left_out(told),
        "",
        "Criteria are true, false, or null for unknown:",
        *(f"  {criterion_column(c.id)}: {c.statement}" for c in topic.criteria.values()),
        f"{OVERTURNED}: the treatment is medically necessary by what is documented",
        f"{IN_FAVOUR}: further documentation could still make it so",
        "",
        NOTICE,
    ]
    comment = "\n".join(f"-- {line}".rstrip() for line in lines)
    return f"{comment}\n{sql_text(selected, dialect)};\n"


def _asked_for(topic: Topic) -> Iterator[str]:
    """Tell in the names of the catalogue what *topic* is about."""
    scope = topic.applies_to
    yield f"  about: {', '.join(scope.treatments)}"
    if scope.body_parts:
        yield f"  of one of these parts, the first of its row: {', '.join(scope.body_parts)}"
    if scope.phases:
        yield f"  in the phase: {', '.join(scope.phases)}"


def _left_out(told: Sequence[str]) -> Iterator[str]:
    for fact in told:
        yield f"A row with a {PARENT_ITEM} hangs on what became of that item of its letter. It is"
        yield f"left out until {fact} says so there: decide that item first, by its own topic, and"
        yield "fill in approved where it is overturned, else not_approved."


def _values(name: str, knowledge: Knowledge) -> str:
    fact = knowledge.vocabulary[name]
    if fact.type is FactType.NUMBER:
        return f"a number ({fact.unit})"
    return ", ".join((*fact.known_values, "undocumented"))
