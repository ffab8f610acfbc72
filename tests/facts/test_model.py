"""Findings, and what is quoted of them."""

from __future__ import annotations

from imr_rules.facts.model import Assertion, Finding, Section, quoted

TEXT = "She denied any pain, numbness, tingling. Sensation is intact."


def finding(quote: str) -> Finding:
    """Return a finding proved by *quote*, where it stands in the text."""
    start = TEXT.index(quote)
    return Finding(
        fact="neuro_symptoms",
        value="no",
        assertion=Assertion.DENIED,
        item=None,
        section=Section.SUMMARY,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def test_what_lies_within_another_quotation_is_not_quoted_again() -> None:
    """One finding by two of the same words, and one that stands elsewhere."""
    quotes = ["denied any pain, numbness", "denied any pain, numbness, tingling", "intact"]
    told = quoted([finding(quote) for quote in quotes])
    assert ["denied any pain, numbness, tingling", "intact"] == [e.quote for e in told]


def test_the_same_words_said_once_stay() -> None:
    """Two findings by the very same words do not lie within one another."""
    assert ["intact"] * 2 == [e.quote for e in quoted([finding("intact"), finding("intact")])]
