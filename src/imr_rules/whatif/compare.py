"""Two packs on the same determinations: which outcomes differ, and by which criteria."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from imr_rules.cases.evaluate import Conclusion, evaluate_case
from imr_rules.cases.model import Case
from imr_rules.engines.model import Engine
from imr_rules.explain.reasons import decisive_criteria
from imr_rules.facts.model import Basis
from imr_rules.guidelines.model import Topic
from imr_rules.knowledge import Knowledge
from imr_rules.whatif.model import CriterionChange, FlippedItem, WhatIf, change_of, ranked

_Key = tuple[str, str, int, int]
"""Source, case number, item and how often these stood before: the same item in either pack.

A number alone may stand for several cases, as that of every unfinished request does.
"""


def compare_packs(
    before: tuple[Knowledge, Iterable[Case]],
    after: tuple[Knowledge, Iterable[Case]],
    basis: Basis,
    engine: Engine,
    *,
    as_of: date | None = None,
) -> WhatIf:
    """Return what the pack of *after* decides otherwise than that of *before*.

    Each pack comes with the cases as its own cues and catalogue read them.
    """
    old = _concluded(*before, basis, engine, as_of)
    new = _concluded(*after, basis, engine, as_of)
    flipped = tuple(
        _flipped(old[key], new[key])
        for key in old
        if key in new and old[key].prediction is not new[key].prediction
    )
    return WhatIf(
        basis=basis,
        items=len(old),
        flips=len(flipped),
        flipped=flipped,
        criteria=_by_criterion(flipped, [*old.items(), *new.items()]),
        appeared=tuple(_name(key) for key in new if key not in old),
        vanished=tuple(_name(key) for key in old if key not in new),
    )


def _name(key: _Key) -> str:
    _, case_number, item, _ = key
    return f"{case_number}.{item}"


def _concluded(
    knowledge: Knowledge,
    cases: Iterable[Case],
    basis: Basis,
    engine: Engine,
    as_of: date | None,
) -> Mapping[_Key, Conclusion]:
    concluded: dict[_Key, Conclusion] = {}
    before: Counter[tuple[str, str, int]] = Counter()
    for case in cases:
        for conclusion in evaluate_case(case, basis, knowledge, engine, as_of=as_of):
            item = (case.source, case.case_number, conclusion.item.number)
            concluded[*item, before[item]] = conclusion
            before[item] += 1
    return concluded


def flipped_item(before: Conclusion, after: Conclusion, criteria: Iterable[str]) -> FlippedItem:
    """Return the flip between two conclusions on one item."""
    return FlippedItem(
        case_number=before.case.case_number,
        item=before.item.number,
        title=before.item.title,
        actual=before.item.actual,
        before=before.prediction.value,
        after=after.prediction.value,
        criteria=tuple(criteria),
    )


def _flipped(before: Conclusion, after: Conclusion) -> FlippedItem:
    return flipped_item(before, after, dict.fromkeys(turned_criteria(before, after)))


def turned_criteria(before: Conclusion, after: Conclusion) -> Iterable[str]:
    """Yield the criteria that decide before or after, and that the change made another."""
    old, new = _topic(before), _topic(after)
    if old is None or new is None or topic_name(old) != topic_name(new):
        yield from (topic_name(topic) for topic in (old, new) if topic is not None)
        return
    decisive = [*_decisive(before), *_decisive(after)]
    changed = [name for name in decisive if _differs(name, before, after)]
    # Nothing differs in what decides: the routes themselves were changed.
    for name in changed or decisive:
        yield f"{topic_name(old)}/{name}"


def _differs(name: str, before: Conclusion, after: Conclusion) -> bool:
    old, new = _topic(before), _topic(after)
    assert old is not None
    assert new is not None
    if old.criteria.get(name) != new.criteria.get(name):
        return True
    assert before.trace is not None
    assert after.trace is not None
    return before.trace.statuses.get(name) != after.trace.statuses.get(name)


def _decisive(conclusion: Conclusion) -> list[str]:
    topic = _topic(conclusion)
    if topic is None or conclusion.trace is None:
        return []
    return sorted(decisive_criteria(topic, conclusion.trace, conclusion.sheet))


def _topic(conclusion: Conclusion) -> Topic | None:
    return conclusion.governing.topic if conclusion.governing else None


def topic_name(topic: Topic) -> str:
    """Return ``edition/topic``."""
    return f"{topic.edition}/{topic.id}"


def _by_criterion(
    flipped: Iterable[FlippedItem], conclusions: Iterable[tuple[_Key, Conclusion]]
) -> tuple[CriterionChange, ...]:
    topics: dict[str, Topic] = {}
    governed: Counter[str] = Counter()
    seen: set[tuple[str, _Key]] = set()
    for key, conclusion in conclusions:
        topic = _topic(conclusion)
        if topic is None:
            continue
        name = topic_name(topic)
        topics[name] = topic
        governed[name] += (name, key) not in seen
        seen.add((name, key))
    groups: dict[str, list[FlippedItem]] = defaultdict(list)
    for item in flipped:
        for criterion in item.criteria:
            groups[criterion].append(item)
    return ranked(
        change_of(name, statement_of(name, topics), governed[topic_of(name)], tuple(items))
        for name, items in groups.items()
    )


def topic_of(name: str) -> str:
    """Return the name of the topic of *name*, a criterion or a topic."""
    return "/".join(name.split("/")[:2])


def statement_of(name: str, topics: Mapping[str, Topic]) -> str:
    """Return what *name*, a criterion or a topic, asks; *topics* holds topics by their name."""
    topic = topics.get(topic_of(name))
    if topic is None:
        return ""
    criterion = topic.criteria.get(name.rpartition("/")[2])
    return criterion.statement if criterion else topic.title
