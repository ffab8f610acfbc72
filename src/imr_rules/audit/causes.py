"""Whether a summary tells that another disease is behind what it tells of the nerves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from imr_rules.audit.body_parts import are_near
from imr_rules.audit.make_finding import sentence_of
from imr_rules.audit.model import AuditItem, Corpus
from imr_rules.audit.phrases import hits
from imr_rules.audit.sentences import Sentence
from imr_rules.audit.stated import plainly
from imr_rules.facts.model import Evidence
from imr_rules.reading.occurrence import words_of

_WORDS_BETWEEN = 4  # "due to a long-standing, severe diabetic neuropathy"
_TURNS = re.compile(r";|\b(?:but|while|whereas|although)\b")
_JOINS = re.compile(r",|\b(?:and|or)\b")


def without_other_causes(
    evidence: Sequence[Evidence], item: AuditItem, corpus: Corpus
) -> tuple[Evidence, ...]:
    """Return those of *evidence*, from the summary on *item*, that no other disease is behind."""
    quoted = [(proof, sentence_of(proof, item)) for proof in evidence]
    kept = []
    for proof, sentence in quoted:
        told = [one for one, of in quoted if of == sentence]
        if sentence is None or not _has_other_cause(proof, told, sentence, item, corpus):
            kept.append(proof)
    return tuple(kept)


def _has_other_cause(
    proof: Evidence, told: Sequence[Evidence], sentence: Sentence, item: AuditItem, corpus: Corpus
) -> bool:
    """Whether *sentence* says that another disease is behind *proof*, one of what it has *told*."""
    said, causes = sentence.lower, corpus.policy.causes
    diseases = list(_other_diseases(said, item, corpus))
    if not diseases:
        return False
    start, end = _place(proof, said)
    starts = [_place(one, said)[0] for one in told]
    behind = (
        _leads_to(said, end, link.start(), starts, corpus)
        # Of a list only what is told without a part of its own shares the cause behind the last.
        and not any(
            end <= other < link.start() and _names_part(said[start:other], corpus)
            for other in starts
        )
        for link in plainly(causes.because, sentence, corpus)
        if end <= link.start()
        and any(_is_close(said, link.end(), disease.start()) for disease in diseases)
    )
    before = (
        _leads_to(said, link.end(), start, starts, corpus)
        and not _names_part(said[link.end() : start], corpus)
        for link in plainly(causes.brings, sentence, corpus)
        if link.end() <= start
        and any(_is_close(said, disease.end(), link.start()) for disease in diseases)
    )
    return any(behind) or any(before)


def _other_diseases(said: str, item: AuditItem, corpus: Corpus) -> Iterator[re.Match[str]]:
    """Yield where *said* names a disease of another part of the body than *item* asks about."""
    for part, names in corpus.policy.causes.diseases.items():
        if not are_near((part,), item.item.request.body_parts, corpus):
            yield from hits(names, said)


def _place(proof: Evidence, said: str) -> tuple[int, int]:
    words = " ".join(proof.quote.lower().split())
    start = max(0, said.find(words))
    return start, start + len(words)


def _is_close(said: str, start: int, end: int) -> bool:
    return (
        start <= end
        and len(said[start:end].split()) <= _WORDS_BETWEEN
        and not _TURNS.search(said, start, end)
    )


def _leads_to(said: str, start: int, end: int, told: Sequence[int], corpus: Corpus) -> bool:
    """Whether ``said[start:end]`` goes on with parts of the body or what else is *told*.

    "Numbness, and takes gabapentin due to diabetic neuropathy" tells no cause of the numbness.
    """
    if _TURNS.search(said, start, end):
        return False
    joins = list(_JOINS.finditer(said, start, end))
    ends = (*(join.start() for join in joins[1:]), end)
    return all(
        not said[join.end() : stop].strip()
        or any(join.end() <= other <= stop for other in told)
        or _names_part(said[join.end() : stop], corpus)
        for join, stop in zip(joins, ends, strict=False)
    )


def _names_part(said: str, corpus: Corpus) -> bool:
    return bool(corpus.knowledge.lexicon.body_parts(words_of(said)))
