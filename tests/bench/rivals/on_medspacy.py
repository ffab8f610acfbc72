"""The cues as target rules of medspaCy, beside its own sentences and its own rules of context."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from imr_rules.reading.lexicon import Lexicon

Mention = tuple[str, bool]
"""A fact, and whether its words are denied."""


def medspacy_reader(lexicon: Lexicon) -> Callable[[str], set[Mention]]:
    """Return what finds every cue of *lexicon* in a text, and tells which are denied.

    What medspaCy has no word for is left out: the value of a fact, whose item it is about, who
    says it, and talk of the guideline that is no talk of the case.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import medspacy
        from medspacy.target_matcher import TargetRule

        pipeline = medspacy.load(
            medspacy_enable=["medspacy_pyrush", "medspacy_target_matcher", "medspacy_context"]
        )
    rules = [TargetRule(cue.fact, cue.fact, pattern=cue.pattern.regex.pattern)
             for cue in lexicon.cues]  # fmt: skip
    pipeline.get_pipe("medspacy_target_matcher").add(rules)

    def read(text: str) -> set[Mention]:
        return {(found.label_, bool(found._.is_negated)) for found in pipeline(text).ents}

    return read
