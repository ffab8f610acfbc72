"""Guideline lines, taken apart into the documents they cite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from imr_rules.letters.model import Guideline, GuidelineCitation, Span
from imr_rules.letters.phrases import Citations, PhraseSet, next_start

_LONGEST_LINE = 6_000
"""A guideline line is read this far for citations; its text is kept whole."""

_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
# "..., and Opioid Treatment 2016, Section(s):": the next document of the same sentence.
_NEXT_DOCUMENT = re.compile(r",?\s+and\s+(?=[A-Z][A-Za-z,&\-\s]{2,70}\s(?:19|20)\d{2}\b)")
_PAGE_LIST = re.compile(r"[\s:]{0,6}(\d{1,4}(?:[\s,;&–-]{1,6}(?:and\s{1,4})?\d{1,4}){0,40})")
_PAGE_RANGE = re.compile(r"(\d{1,4})(?:\s*[-–]\s*(\d{1,4}))?")
_LONGEST_RANGE = 200
_NUMBERED_NAME = re.compile(r"\d+(?:\.\d+)*\.?\s")
_NEXT_NUMBERED = re.compile(r",\s+(?=\d+(?:\.\d+)*\.?\s+[A-Z])")
_NEXT_NAMED = re.compile(r",\s+(?=[A-Z\d])")
_HYPHEN_BREAK = re.compile(r"(?<=\w)-\s*\n\s*(?=\w)")


@dataclass(frozen=True)
class _Words:
    """The searches of guideline lines, compiled once for each set of phrases."""

    opening: PhraseSet
    verdicts: PhraseSet
    relied_on: PhraseSet
    sections: PhraseSet
    pages: PhraseSet
    documents: PhraseSet
    comma_names: PhraseSet


@lru_cache(maxsize=8)
def _words(names: Citations) -> _Words:
    outside = f"{names.opening} {names.outside}"
    return _Words(
        opening=PhraseSet.of({"outside": (outside,), "mtus": (f"{names.opening} {names.inside}",)}),
        verdicts=PhraseSet.of(
            {
                "none_cited": names.none_cited,
                "outside_mtus": names.outside_mtus,
                "not_part": (names.not_part,),
            }
        ),
        relied_on=PhraseSet.of({"relied_on": names.relied_on}),
        sections=PhraseSet.of({"sections": names.sections}),
        pages=PhraseSet.of({"pages": names.pages}),
        documents=PhraseSet.of({"document": names.documents}),
        comma_names=PhraseSet.of({"name": names.comma_names}),
    )


def read_guideline(text: str, span: Span, names: Citations) -> Guideline:
    """Read the guideline line that *span* covers in *text*."""
    words = _words(names)
    reach = min(span.end, span.start + _LONGEST_LINE)
    verdicts = {hit.kind for hit in words.verdicts.find(text, span.start, reach)}
    openings = list(words.opening.find(text, span.start, reach))
    citations: list[GuidelineCitation] = []
    for place, hit in enumerate(openings):
        body = _trimmed(text, hit.end, next_start(openings, place, reach))
        if hit.kind == "outside":
            citations.append(_whole(text, body, is_mtus=False))
        else:
            citations.extend(_mtus_citation(text, part, words) for part in _documents(text, body))
    if not openings:
        citations.extend(
            _plain_citation(text, part, names, words)
            for part in _plain_parts(text, Span(span.start, reach), words)
        )
    return Guideline(
        text=_single_spaced(span.of(text)),
        span=span,
        citations=tuple(c for c in citations if c.document),
        cited_none="none_cited" in verdicts,
        outside_mtus="outside_mtus" in verdicts,
    )


def _single_spaced(words: str) -> str:
    return " ".join(_HYPHEN_BREAK.sub("-", words).split())


def _trimmed(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    start += len(words) - len(words.lstrip(" \t\n,:"))
    end = max(start, end - (len(words) - len(words.rstrip(" \t\n.,;"))))
    return Span(start, end)


def _whole(text: str, body: Span, *, is_mtus: bool) -> GuidelineCitation:
    return GuidelineCitation(
        _single_spaced(body.of(text)), None, (), (), is_mtus, body.start, body.end
    )


def _documents(text: str, body: Span) -> list[Span]:
    """Split "A 2016, Section(s): a, and B 2004" before B, but not "Wrist, and Hand Complaints"."""
    parts: list[Span] = []
    start = body.start
    for match in _NEXT_DOCUMENT.finditer(text, body.start, body.end):
        if _YEAR.search(text, start, match.start()):
            parts.append(_trimmed(text, start, match.start()))
            start = match.end()
    return [*parts, _trimmed(text, start, body.end)]


def _mtus_citation(text: str, body: Span, words: _Words) -> GuidelineCitation:
    pages, end = _pages(text, body, words)
    sections_label = words.sections.first(text, body.start, end)
    name_end = sections_label.start if sections_label else end
    year = _YEAR.search(text, body.start, name_end)
    document = _trimmed(text, body.start, year.start() if year else name_end)
    sections: tuple[str, ...] = ()
    if sections_label:
        sections = _section_names(text[sections_label.end : end], words)
    elif year is None:
        known = words.documents.pattern.match(text, document.start, document.end)
        if known:
            rest = _trimmed(text, known.end(), document.end)
            document = Span(document.start, known.end())
            sections = _section_names(rest.of(text), words)
    return GuidelineCitation(
        document=_single_spaced(document.of(text)),
        year=int(year.group()) if year else None,
        sections=sections,
        pages=pages,
        is_mtus=True,
        start=body.start,
        end=body.end,
    )


def _section_names(names: str, words: _Words) -> tuple[str, ...]:
    """Split *names* at commas before a capital letter or digit, never inside brackets.

    Where the first name is numbered ("3.3.9 Opioids ..."), only a comma before the next number
    splits: such names hold commas of their own.
    """
    names = _single_spaced(names).strip(" .,;")
    if not names:
        return ()
    separator = _NEXT_NUMBERED if _NUMBERED_NAME.match(names) else _NEXT_NAMED
    kept = [(hit.start, hit.end) for hit in words.comma_names.find(names)]
    parts: list[str] = []
    start = depth = seen = 0
    for match in separator.finditer(names):
        depth += names.count("(", seen, match.start()) - names.count(")", seen, match.start())
        seen = match.start()
        if depth > 0 or any(low <= match.start() < high for low, high in kept):
            continue
        parts.append(names[start : match.start()])
        start = match.end()
    return tuple(part.strip(" .,;") for part in (*parts, names[start:]))


def _pages(text: str, body: Span, words: _Words) -> tuple[tuple[int, ...], int]:
    """Return the pages cited in *body*, and where the words before them end."""
    pages: list[int] = []
    end = body.end
    for hit in words.pages.find(text, body.start, body.end):
        match = _PAGE_LIST.match(text, hit.end, body.end)
        if match is None or (hit.start > body.start and text[hit.start - 1].isalnum()):
            continue
        end = min(end, hit.start)
        for one in _PAGE_RANGE.finditer(match[1]):
            first, last = int(one[1]), int(one[2] or one[1])
            if last < first and one[2]:
                # "110-15" is short for 110-115.
                last = int(one[1][: -len(one[2])] + one[2])
            last = min(max(first, last), first + _LONGEST_RANGE)
            pages.extend(range(first, last + 1))
    return tuple(dict.fromkeys(pages)), _trimmed(text, body.start, end).end


_CLAUSE_END = re.compile(r",?\s+which\s+(?:is|are)\b|\.(?=\s|\Z)")


def _plain_parts(text: str, span: Span, words: _Words) -> list[Span]:
    """Return the parts of a line of 2013 that cite: it, or what stands behind "relied on"."""
    hits = list(words.relied_on.find(text, span.start, span.end))
    parts = [Span(hit.end, next_start(hits, n, span.end)) for n, hit in enumerate(hits)]
    return [part for part in parts or [span] if not _cites_nothing(text, part, words)]


def _cites_nothing(text: str, part: Span, words: _Words) -> bool:
    found = words.verdicts.find(text, part.start, part.end)
    return any(hit.kind in ("none_cited", "outside_mtus") for hit in found)


def _plain_citation(text: str, part: Span, names: Citations, words: _Words) -> GuidelineCitation:
    """Read words of 2013, "the X Guidelines, page 46, which is part of the MTUS"."""
    body = _trimmed(text, part.start, part.end)
    clause_end = _CLAUSE_END.search(text, body.start, body.end)
    named = _trimmed(text, body.start, clause_end.start() if clause_end else body.end)
    pages, end = _pages(text, named, words)
    year = _YEAR.search(text, named.start, named.end)
    document = _single_spaced(text[named.start : end]).removeprefix("the ").removeprefix("The ")
    is_outside = any(h.kind == "not_part" for h in words.verdicts.find(text, body.start, body.end))
    is_mtus = names.inside in body.of(text) and not is_outside
    return GuidelineCitation(
        document, int(year.group()) if year else None, (), pages, is_mtus, body.start, body.end
    )
