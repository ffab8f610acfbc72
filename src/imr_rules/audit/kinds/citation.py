"""What the reviewer cites does not hold the topic, is about another part, or was not in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from imr_rules.audit.kinds.disagreement import governing_cite
from imr_rules.audit.make_finding import finding_of
from imr_rules.audit.model import AuditFinding, AuditItem, Corpus, Kind
from imr_rules.audit.policy import RuleId
from imr_rules.facts.model import Evidence, Section
from imr_rules.guidelines.model import Citation, Edition, Topic, page_ranges
from imr_rules.letters.model import GuidelineCitation

_TOKEN = re.compile(r"[a-z0-9&]+")
_BRACKETS = re.compile(r"\([^)]*\)")
_SMALL = frozenset({"the", "of", "for", "and", "in", "to", "a", "mtus", "guideline", "guidelines"})


def find_citations(corpus: Corpus) -> Iterator[AuditFinding]:
    """Yield, for each item, whatever is wrong with the reviewer's own citation."""
    for item in corpus.items:
        if item.cited.cited_none:
            yield _finding(
                corpus,
                item,
                RuleId.NONE_CITED,
                "The reviewer cites no guideline for this decision.",
            )
            continue
        yield from _not_in_force(corpus, item)
        yield from _other_chapter(corpus, item)
        yield from _other_section(corpus, item)
        yield from _later_section(corpus, item)
        yield from _other_pages(corpus, item)


def _finding(corpus: Corpus, item: AuditItem, rule: RuleId, explanation: str) -> AuditFinding:
    cite = governing_cite(item)
    return finding_of(
        corpus.policy, Kind.CITATION, rule, item, explanation, _evidence(item), cite=cite
    )


def _evidence(item: AuditItem) -> tuple[Evidence, ...]:
    """The guideline line: quoted from a letter, told in a note where only facts are known.

    The line belongs to the decision, so it stands with the rationale.
    """
    said, span = item.cited.said, item.cited.span
    if said is None:
        return (Evidence(Section.RATIONALE, note="no guideline line"),)
    if span is None or not item.case.text:
        return (Evidence(Section.RATIONALE, note=f"cites {said}"),)
    quote = item.case.text[span.start : span.end]
    return (Evidence(Section.RATIONALE, quote=quote, start=span.start, end=span.end),)


# --- editions ---------------------------------------------------------------------------------


def _not_in_force(corpus: Corpus, item: AuditItem) -> Iterator[AuditFinding]:
    for citation in item.cited.citations:
        edition = _edition_of(citation, corpus)
        if edition is None or citation.year is None or edition.is_in_force(item.on):
            continue
        period = f"from {edition.in_force_from}"
        if edition.in_force_until is not None:
            period += f" until {edition.in_force_until}"
        yield _finding(
            corpus,
            item,
            RuleId.EDITION_NOT_IN_FORCE,
            f"Cited is {citation.document} {citation.year}, in force {period}. "
            f"The denial that is reviewed is of {item.on}.",
        )


def _edition_of(citation: GuidelineCitation, corpus: Corpus) -> Edition | None:
    """The edition that *citation* names; the words of a name decide, and the year where told."""
    if not citation.is_mtus:
        return None
    cited = _tokens(citation.document)
    if citation.year is not None:
        cited |= {str(citation.year)}
    for edition in corpus.knowledge.library.editions.values():
        for name in (edition.cite_as, *edition.other_names):
            known = _tokens(name)
            if citation.year is None:
                known = {token for token in known if not token.isdigit()}
            if known and known == cited:
                return edition
    return None


# --- chapters ---------------------------------------------------------------------------------


def _other_chapter(corpus: Corpus, item: AuditItem) -> Iterator[AuditFinding]:
    policy = corpus.policy.citation
    parts = set(item.item.request.body_parts)
    if not parts or item.item.request.category in policy.anywhere:
        return
    wrong: list[str] = []
    for citation in item.cited.citations:
        words = " ".join((citation.document, *citation.sections)).lower()
        chapters = [name for name in policy.chapters if name in words]
        if any(parts & set(policy.chapters[name]) for name in chapters):
            return
        wrong.extend(chapters)
        if not chapters and not citation.is_mtus:
            # A source outside the MTUS without a chapter may well be about the part.
            return
        if not chapters and not _is_general(citation, policy.general):
            # A chapterless text (chronic pain, opioids) speaks of every part.
            return
    if wrong:
        named = " and ".join(sorted(part.replace("_", " ") for part in parts))
        yield _finding(
            corpus,
            item,
            RuleId.CHAPTER_ELSEWHERE,
            f"The request is for the {named}; the chapter cited is about the "
            f"{' and '.join(dict.fromkeys(wrong))}.",
        )


def _is_general(citation: GuidelineCitation, general: Iterable[str]) -> bool:
    words = " ".join((citation.document, *citation.sections)).lower()
    return any(name in words for name in general)


# --- sections and pages -----------------------------------------------------------------------


def _other_section(corpus: Corpus, item: AuditItem) -> Iterator[AuditFinding]:
    governing = item.review.conclusion.governing
    if governing is None:
        return
    lineage = set(corpus.knowledge.catalogue.lineage(item.item.request))
    elsewhere: list[str] = []
    for citation in item.cited.citations:
        edition = _edition_of(citation, corpus)
        if edition is None or not citation.sections:
            return
        for section in citation.sections:
            if section.isdigit():
                yield _finding(
                    corpus,
                    item,
                    RuleId.SECTION_UNKNOWN,
                    f"Cited as a section of {citation.document} is the number {section}, "
                    "which is no section of it.",
                )
                return
            if any(word in section.lower() for word in corpus.policy.citation.general):
                return
            if _tokens(section) <= _body_words(corpus):
                # A heading of the postsurgical text: the body part is its chapter.
                return
            owners = [t for t in edition.topics.values() if _holds(t, section)]
            if not owners or any(_speaks_of(corpus, t, item, lineage) for t in owners):
                return
            elsewhere.append(f"“{section}” ({owners[0].title})")
    if elsewhere:
        yield _finding(
            corpus,
            item,
            RuleId.SECTION_ELSEWHERE,
            f"The section cited, {', '.join(dict.fromkeys(elsewhere))}, is about something else "
            f"than the request; the text that covers it is {governing.topic.cite}.",
        )


def _speaks_of(corpus: Corpus, topic: Topic, item: AuditItem, lineage: set[str]) -> bool:
    """Whether *topic* is about the request, or at least about its category of requests."""
    treatments = corpus.knowledge.catalogue.treatments
    return any(
        name in lineage
        or (name in treatments and treatments[name].category == item.item.request.category)
        for name in topic.applies_to.treatments
    )


def _body_words(corpus: Corpus) -> set[str]:
    return {
        token
        for names in corpus.knowledge.catalogue.body_part_names.values()
        for name in names
        for token in _tokens(name)
    }


def _later_section(corpus: Corpus, item: AuditItem) -> Iterator[AuditFinding]:
    """Yield a finding where every section cited is for older injuries than this one."""
    if item.case.injury_date is None:
        return
    age_days = (item.on - item.case.injury_date).days
    sections = [section for citation in item.cited.citations for section in citation.sections]
    least_days = [_least_days(section, item, corpus) for section in sections]
    if least_days and age_days < min(least_days):
        yield _finding(
            corpus,
            item,
            RuleId.SECTION_FOR_LATER,
            f"At the denial the injury was {age_days} days old; the section cited "
            f"({'; '.join(sections)}) is for injuries from {min(least_days)} days on.",
        )


def _least_days(section: str, item: AuditItem, corpus: Corpus) -> int:
    """How old an injury *section* supposes for what *item* asks for; 0 where it supposes none."""
    return max(
        (
            later.least_days
            for later in corpus.policy.citation.later
            if item.item.request.category in later.categories
            and any(name in section.lower() for name in later.sections)
        ),
        default=0,
    )


def _other_pages(corpus: Corpus, item: AuditItem) -> Iterator[AuditFinding]:
    governing = item.review.conclusion.governing
    for citation in item.cited.citations:
        edition = _edition_of(citation, corpus)
        if governing is None or edition is None or not citation.pages:
            continue
        if edition.id != governing.edition.id:
            continue
        where, held = _pages_meant(edition, governing.topic, citation.sections)
        if held and not held & set(citation.pages):
            yield _finding(
                corpus,
                item,
                RuleId.PAGES_ELSEWHERE,
                f"Cited {'is page' if len(citation.pages) == 1 else 'are pages'} "
                f"{page_ranges(citation.pages)}; {where} stands on pages {page_ranges(held)} of "
                f"{edition.cite_as}.",
            )


def _pages_meant(
    edition: Edition, topic: Topic, cited: Iterable[str]
) -> tuple[str, frozenset[int]]:
    """What a citation should have given the pages of, and these pages.

    That is the sections *cited*, where *edition* holds each by that name, else all of *topic*.
    """
    named = {section: _pages_of_section(edition, section) for section in cited}
    if named and all(named.values()):
        return " and ".join(f"“{name}”" for name in named), frozenset().union(*named.values())
    return topic.title, _pages_of(edition, topic)


def _pages_of_section(edition: Edition, cited: str) -> frozenset[int]:
    return frozenset(
        page
        for name, pages in edition.sections.items()
        if _tokens(name) == _tokens(cited)
        for page in pages
    )


def _cites(topic: Topic) -> tuple[Citation, ...]:
    return (topic.cite, *(criterion.cite for criterion in topic.criteria.values()))


def _names(topic: Topic) -> tuple[str, ...]:
    return (*(cite.section for cite in _cites(topic)), *topic.also_cited_as)


def _holds(topic: Topic, section: str) -> bool:
    return any(_same(name, section) for name in _names(topic))


def _pages_of(edition: Edition, topic: Topic) -> frozenset[int]:
    """The pages of *edition* on which anything of *topic* stands.

    What a section's name adds in brackets tells what else it touches ("related to opioids").
    """
    own = {page for cite in _cites(topic) for page in cite.pages}
    names = _names(topic)
    sections = (
        pages
        for name, pages in edition.sections.items()
        if any(_same(_BRACKETS.sub(" ", name), own_name) for own_name in names)
    )
    return frozenset(own.union(*sections))


def _same(one: str, other: str) -> bool:
    """Whether two names are of one section: the words of one are among those of the other."""
    first, second = _tokens(one), _tokens(other)
    return bool(first) and bool(second) and (first <= second or second <= first)


def _tokens(name: str) -> set[str]:
    return {token for token in _TOKEN.findall(name.lower()) if token not in _SMALL}
