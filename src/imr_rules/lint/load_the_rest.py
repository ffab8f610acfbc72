"""The files of a rules folder that are loaded only when a command needs them, read all at once."""

from __future__ import annotations

from imr_rules.audit.load_policy import load_policy as load_audit_policy
from imr_rules.cases.index import load_index_words
from imr_rules.checklist.fhir_units import load_units
from imr_rules.checklist.wording import languages, load_wording
from imr_rules.errors import PackError, PackErrors, gathered
from imr_rules.explain.likelihood import load_model
from imr_rules.knowledge import Knowledge
from imr_rules.letters.phrases import load_letter_phrases
from imr_rules.reading.load_lexicon import load_lexicon
from imr_rules.reading.second import load_policy as load_second_reader_policy


def load_the_rest(knowledge: Knowledge) -> None:
    """Read what *knowledge* leaves unread: cues and phrases, likelihood, audit, wording, FHIR.

    Raises:
        PackErrors: every problem of every file, each with its place.
    """
    rules, vocabulary, catalogue = knowledge.folder, knowledge.vocabulary, knowledge.catalogue
    problems: list[PackError] = []
    with gathered(problems):
        load_letter_phrases(rules)
    with gathered(problems):
        load_lexicon(rules, vocabulary, catalogue)
    with gathered(problems):
        load_second_reader_policy(rules, vocabulary)
    with gathered(problems):
        load_index_words(rules)
    with gathered(problems):
        load_model(knowledge)
    with gathered(problems):
        load_audit_policy(rules, vocabulary, catalogue)
    for language in languages(rules):
        with gathered(problems):
            load_wording(rules, language)
    with gathered(problems):
        load_units(rules)
    if problems:
        raise PackErrors(problems)
