"""Whether a rationale states what its words say: plainly, and in the reviewer's own name.

Negations and speakers are those that findings are read by (`imr_rules.reading`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from imr_rules.audit.model import Corpus
from imr_rules.audit.phrases import Phrases, hits, says
from imr_rules.audit.sentences import Sentence
from imr_rules.facts.model import Assertion, Section, Speaker
from imr_rules.reading.assertion import Scopes, assertion_of, find_scopes, places_of
from imr_rules.reading.lexicon import Lexicon, Reach
from imr_rules.reading.occurrence import words_of
from imr_rules.reading.talk import speaker_at


def scopes_of(sentence: str, lexicon: Lexicon) -> Scopes:
    """Return where negations and words of saying stand in the flat, lower-case *sentence*."""
    sought = lexicon.sought(Reach.RATIONALE, (), ())
    occurring = lexicon.occurring(words_of(sentence))
    talk = places_of(lexicon.marks_among(occurring, sought.talk), sentence)
    return find_scopes(sentence, lexicon.marks_among(occurring, sought.marks), talk)


def is_reviewers_own(hit: re.Match[str], scopes: Scopes) -> bool:
    """Whether nobody else is told to say the words of *hit*."""
    # "The request is not certified": the words of the hit themselves name no speaker.
    before = {mark: [s for s in spans if s[1] <= hit.start()] for mark, spans in scopes.at.items()}
    told = replace(scopes, at={mark: tuple(spans) for mark, spans in before.items()})
    return speaker_at(hit.start(), told, Section.RATIONALE) is Speaker.REVIEWER


def is_plain(hit: re.Match[str], scopes: Scopes, left_open: Phrases) -> bool:
    """Whether the words of *hit* are neither denied, nor missing, nor left open by *left_open*."""
    is_affirmed = assertion_of(*hit.span(), scopes) is Assertion.AFFIRMED
    return is_affirmed and not says(left_open, hit.string)


def plainly(phrases: Phrases, sentence: Sentence, corpus: Corpus) -> Iterator[re.Match[str]]:
    """Yield the places where *sentence* plainly says one of *phrases*."""
    found = list(hits(phrases, sentence.lower))
    if not found:
        return
    scopes = scopes_of(sentence.lower, corpus.knowledge.lexicon)
    left_open = corpus.policy.contradiction.conclusion.left_open
    yield from (hit for hit in found if is_plain(hit, scopes, left_open))
