"""Loaded cases → the corpus of an audit: concluded on both bases, citations taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from imr_rules.audit.load_policy import load_policy
from imr_rules.audit.model import AuditCase, AuditItem, CitedGuideline, Corpus
from imr_rules.audit.policy import CitationPolicy
from imr_rules.cases.evaluate import evaluate_case
from imr_rules.cases.model import Case, CaseItem
from imr_rules.engines.model import Engine
from imr_rules.explain.explain import explain
from imr_rules.facts.model import Basis
from imr_rules.knowledge import Knowledge
from imr_rules.letters.citations import read_guideline
from imr_rules.letters.model import Determination, DisputedItem, GuidelineCitation, Span
from imr_rules.letters.parse import parse_letter
from imr_rules.letters.phrases import Citations, LetterPhrases


def corpus_of(
    cases: Iterable[Case], knowledge: Knowledge, engine: Engine, *, as_of: date | None = None
) -> Corpus:
    """Conclude every item of *cases* on both bases, and take apart what its reviewer cited."""
    policy = load_policy(knowledge.folder, knowledge.vocabulary, knowledge.catalogue)
    return Corpus(
        tuple(_audit_case(case, knowledge, engine, policy.citation, as_of) for case in cases),
        knowledge,
        policy,
    )


def _audit_case(
    case: Case,
    knowledge: Knowledge,
    engine: Engine,
    policy: CitationPolicy,
    as_of: date | None,
) -> AuditCase:
    phrases = knowledge.letter_phrases
    letter = letter_of(case, phrases)
    parts = {item.number: item for item in letter.items} if letter else {}
    on_record, on_review = (
        [
            explain(conclusion, knowledge)
            for conclusion in evaluate_case(case, basis, knowledge, engine, as_of=as_of)
        ]
        for basis in (Basis.RECORD, Basis.REVIEW)
    )
    names = phrases.citations
    items = []
    for item, record, review in zip(case.items, on_record, on_review, strict=True):
        part = parts.get(item.number)
        items.append(
            AuditItem(
                case=case,
                item=item,
                record=record,
                review=review,
                cited=cited_in_letter(part) if part else cited_in_facts(item, policy, names),
                summary=letter.summary if letter else None,
                rationale=part.rationale if part else None,
            )
        )
    return AuditCase(case, tuple(items), letter)


def letter_of(case: Case, phrases: LetterPhrases) -> Determination | None:
    """Return the letter that *case* was read from, taken apart again, or None without its text."""
    if not case.text:
        return None
    letter = parse_letter(case.text, phrases, source=case.source, confidence=case.confidence)
    return letter if letter.text == case.text else None


def cited_in_letter(part: DisputedItem) -> CitedGuideline:
    """Return what the reviewer's guideline line of a letter's item cites."""
    line = part.reviewer_guideline
    if line is None:
        return CitedGuideline(None)
    return CitedGuideline(line.text, line.citations, line.cited_none, line.span)


def cited_in_facts(item: CaseItem, policy: CitationPolicy, names: Citations) -> CitedGuideline:
    """Return what a case file's short form cites ("MTUS Knee Complaints 2004: Special Studies").

    The whole line of a letter, which extracted lines carry, is read as letters are. Offsets
    count in the line itself.
    """
    said = item.reviewer_guideline
    if said is None:
        # Case files leave the line out where the letter says that nothing was cited.
        return CitedGuideline(None, cited_none=True)
    words_of_letters = (names.opening, *names.none_cited, *names.relied_on)
    if any(words.lower() in said.lower() for words in words_of_letters):
        line = read_guideline(said, Span(0, len(said)), names)
        return CitedGuideline(said, line.citations, line.cited_none)
    begins = "|".join(map(re.escape, (*policy.inside, *policy.outside)))
    citations = [
        citation
        for part in re.split(rf";\s+(?={begins})", said)
        for citation in _short_form(part, said, policy, names)
    ]
    return CitedGuideline(said, tuple(citations))


def _short_form(
    part: str, said: str, policy: CitationPolicy, names: Citations
) -> Iterable[GuidelineCitation]:
    start = said.index(part)
    end = start + len(part)
    outside = next((word for word in policy.outside if part.startswith(word)), None)
    if outside is not None:
        yield GuidelineCitation(part[len(outside) :].strip(), None, (), (), False, start, end)
        return
    documents = list(policy.document.finditer(part))
    if not documents:
        text = f"{names.opening} {part}"
        read = read_guideline(text, Span(0, len(text)), names)
        for citation in read.citations:
            yield GuidelineCitation(
                citation.document,
                citation.year,
                citation.sections,
                citation.pages,
                True,
                start,
                end,
            )
        return
    for place, match in enumerate(documents):
        stop = documents[place + 1].start() if place + 1 < len(documents) else len(part)
        named = part[match.end() : stop].strip(" :,;").removesuffix(" and").strip(" ,")
        yield GuidelineCitation(
            document=match["document"].strip(),
            year=int(match["year"]),
            sections=tuple(re.split(r",\s+(?=[A-Z0-9])", named)) if named else (),
            pages=(),
            is_mtus=True,
            start=start + match.start(),
            end=start + stop,
        )
