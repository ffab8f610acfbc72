"""Each rule on a letter that it must find something in, and on one that it must leave alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO

import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.case_page import case_html, case_text
from imr_rules.audit.model import AuditFinding, Corpus, Kind
from imr_rules.explain.to_text import make_console
from imr_rules.facts.model import Section

from .written_determinations import Written

Find = Callable[..., list[AuditFinding]]

PLAIN = Written()
ELBOW = Written(
    title="MRI of the right elbow",
    summary="A fictional painter of 38 has pain of the right elbow.",
    cited="Decision based on MTUS Elbow Complaints 2007, Section(s): Special Studies.",
    rationale="No red flag is seen. The request for MRI of the right elbow is not medically "
    "necessary.",
)
THERAPY = Written(
    title="Physical therapy for the right shoulder, 12 visits",
    summary="A fictional mover of 30 hurt the right shoulder.",
    cited="Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): Physical "
    "medicine treatment.",
    rationale="The gain of the earlier visits is not documented. The request for physical therapy "
    "for the right shoulder, 12 visits is not medically necessary.",
)
NORCO = Written(
    title="Norco 5/325mg #30",
    cited="Decision based on MTUS Opioid Treatment 2016, Section(s): 2. Opioids for Subacute Pain.",
    rationale="Relief of pain is not documented. The request for Norco 5/325mg #30 is not "
    "medically necessary.",
)
FOOT = Written(
    title="MRI of the right foot",
    summary="A fictional cook of 41 hurt the right foot.",
    cited="Decision based on MTUS Ankle and Foot Complaints 2004, Section(s): Special Studies.",
)
NO_RADICULAR = (
    "There is no documentation of radicular complaints or of findings of radiculopathy. The "
    "request is not medically necessary."
)
OLD_NORCO = replace(
    NORCO,
    injury="10/12/2010",
    denial="07/16/2015",
    decided="08/25/2015",
    cited="Decision based on MTUS Chronic Pain Treatment Guidelines",
)

FOUND = [
    (
        "conclusion-reversed",
        replace(PLAIN, rationale="The reflex is gone. The request is medically necessary."),
        PLAIN,
    ),
    (
        "conclusion-reversed",
        replace(PLAIN, outcome="Overturned"),
        replace(
            PLAIN,
            outcome="Overturned",
            rationale="The reflex is gone. The request for MRI of the lumbar spine was medically "
            "necessary.",
        ),
    ),
    (
        "criteria-said-met",
        replace(
            PLAIN,
            rationale="The file meets the guideline criteria. The request is not medically "
            "necessary.",
        ),
        replace(
            PLAIN,
            rationale="The worker does not meet the guideline criteria. The request is not "
            "medically necessary.",
        ),
    ),
    (
        "other-body-part",
        replace(
            ELBOW,
            rationale="The worker does not have what is needed for the request for a knee MRI at "
            "this time. The request is not medically necessary.",
        ),
        ELBOW,
    ),
    (
        "other-study",
        replace(
            ELBOW,
            rationale="Nothing here would warrant an elbow x-ray at this time. The request is not "
            "medically necessary.",
        ),
        ELBOW,
    ),
    (
        "sides-differ",
        replace(
            ELBOW,
            rationale="The request for MRI of the left elbow is not medically necessary.",
        ),
        ELBOW,
    ),
    (
        "visits-differ",
        replace(
            THERAPY,
            rationale="The table allows 16 visits over eight weeks. The request exceeds the "
            "recommended 8 visits and is not medically necessary.",
        ),
        replace(
            THERAPY,
            rationale="The table allows 10 visits over eight weeks. The request exceeds the "
            "recommended 10 visits and is not medically necessary.",
        ),
    ),
    (
        "longer-than-injury",
        replace(
            NORCO,
            rationale="The worker has been taking opioids for at least 8 months. The request is "
            "not medically necessary.",
        ),
        replace(
            NORCO,
            rationale="The worker has been taking opioids for at least 8 weeks. The request is "
            "not medically necessary.",
        ),
    ),
    (
        "visits-differ",
        replace(NORCO, rationale="The request for Norco 5/325mg #90 is not supported."),
        replace(NORCO, rationale="The request for Norco 5/325mg #30 is not supported."),
    ),
    (
        "person-changes",
        replace(
            PLAIN,
            summary="The worker is a 41 year old male with back pain.",
            rationale="This 56 year old man has no red flags. The request is not medically "
            "necessary.",
        ),
        replace(
            PLAIN,
            summary="The worker is a 41 year old male with back pain.",
            rationale="This 42 year old man has no red flags. The request is not medically "
            "necessary.",
        ),
    ),
    (
        "person-changes",
        replace(
            PLAIN,
            rationale="He has no weakness. She denied numbness. The request is not medically "
            "necessary.",
        ),
        replace(
            PLAIN,
            rationale="He has no weakness. He denied numbness. The request is not medically "
            "necessary.",
        ),
    ),
    (
        "person-changes",
        replace(
            PLAIN,
            summary="The worker is a 41 year old female.",
            rationale="He has no deficit. The request is not medically necessary.",
        ),
        replace(
            PLAIN,
            summary="The worker is a 41 year old male.",
            rationale="He has no deficit. The request is not medically necessary.",
        ),
    ),
    *(
        (
            "visits-differ",
            replace(THERAPY, rationale=f"ODG gives 16 visits over 10 weeks. {applied}"),
            replace(THERAPY, rationale=f"ODG gives 8 visits over 10 weeks. {applied}"),
        )
        for applied in (
            "The request exceeds the guideline recommendation of 8 visits for this condition.",
            "Since the guideline limit is eight visits, the request is excessive.",
            "The patient has had the maximum of eight visits that the guideline allows.",
        )
    ),
    (
        "injury-date-differs",
        replace(PLAIN, summary="The back was hurt in a fall; the date of injury is 10/05/2016."),
        replace(PLAIN, summary="The back was hurt in a fall; the date of injury is 11/02/2016."),
    ),
    (
        "injury-date-differs",
        replace(PLAIN, injury="10/23/1998", summary="The date of injury is 10/23/97."),
        replace(PLAIN, injury="10/23/1998", summary="The date of injury is 10/23/98."),
    ),
    (
        "drug-form",
        replace(
            NORCO,
            title="Ibuprofen 600mg #60",
            cited="Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): "
            "Topical analgesics.",
        ),
        replace(
            NORCO,
            title="Lidocaine ointment 5% 30gm",
            cited="Decision based on MTUS Chronic Pain Medical Treatment 2016, Section(s): "
            "Topical analgesics.",
        ),
    ),
    (
        "chapter-elsewhere",
        replace(PLAIN, title="MRI of the right knee"),
        PLAIN,
    ),
    (
        "edition-not-in-force",
        replace(
            NORCO,
            cited="Decision based on MTUS Chronic Pain Medical Treatment 2009, Section(s): "
            "Opioids.",
        ),
        NORCO,
    ),
    (
        "section-unknown",
        replace(
            PLAIN,
            cited="Decision based on MTUS Low Back Complaints 2004, Section(s): 308.",
        ),
        PLAIN,
    ),
    (
        "pages-elsewhere",
        replace(
            OLD_NORCO, cited=f"{OLD_NORCO.cited} Criteria for use of opioids Page(s): 110-115."
        ),
        replace(OLD_NORCO, cited=f"{OLD_NORCO.cited} Criteria for use of opioids Page(s): 78-79."),
    ),
    (
        "pages-elsewhere",
        replace(OLD_NORCO, cited=f"{OLD_NORCO.cited} Opioids, criteria for use Page(s): 91-94."),
        replace(OLD_NORCO, cited=f"{OLD_NORCO.cited} Opioids Page(s): 91-94."),
    ),
    (
        "section-for-later",
        replace(
            NORCO,
            cited="Decision based on MTUS Opioid Treatment 2016, Section(s): 3.3.9 Opioids for "
            "Chronic Pain and Chronic Opioid Treatment: Maintenance of Chronic Opioid Treatment.",
        ),
        NORCO,
    ),
    (
        "section-for-later",
        replace(NORCO, injury="12/17/2016"),
        replace(NORCO, injury="12/10/2016"),
    ),
    (
        "none-cited",
        replace(
            PLAIN,
            cited="The Expert Reviewer did not cite any medical evidence for its decision.",
        ),
        PLAIN,
    ),
    (
        "unaddressed",
        replace(FOOT, rationale="X-rays were negative. The pain persists despite therapy."),
        replace(
            FOOT,
            rationale="The guideline asks for a marked effusion. In this case, X-rays were "
            "negative. The pain persists despite therapy.",
        ),
    ),
    (
        "evidence-denied",
        replace(
            PLAIN,
            summary="A fictional cook of 41 has back pain and tingling in the left leg.",
            rationale=NO_RADICULAR,
        ),
        replace(
            PLAIN,
            summary="A fictional cook of 41 has back pain and no tingling in the legs.",
            rationale=NO_RADICULAR,
        ),
    ),
    (
        "evidence-denied",
        replace(
            PLAIN,
            summary="A fictional cook of 41 has back pain. On exam the left ankle reflex is absent "
            "and strength of the left foot is 3/5.",
            rationale="There is no evidence of a neurological deficit on examination. The request "
            "is not medically necessary.",
        ),
        PLAIN,
    ),
]


@pytest.mark.parametrize(("rule", "bad", "good"), FOUND, ids=[rule for rule, _, _ in FOUND])
def test_a_rule_finds_its_letter_and_no_other(
    rule: str, bad: Written, good: Written, findings_in: Find
) -> None:
    """The rule speaks on the letter that holds the fault, and is silent on its mended twin."""
    assert rule in {finding.rule for finding in findings_in(bad)}
    assert rule not in {finding.rule for finding in findings_in(good)}


NOT_CONCLUDED = [
    "The records do not establish that the requested MRI is medically necessary.",
    "I do not find that this MRI is medically necessary.",
    "There is no evidence that the requested MRI is medically necessary.",
    "The provider fails to show that the MRI is medically necessary.",
    "It is unclear why an MRI is medically necessary at this time.",
    "It cannot be concluded that the study is medically necessary.",
    "It is difficult to see how the MRI is medically necessary.",
    "The request is not medically necessary. The treating doctor believes that it is medically "
    "necessary.",
    "The request is not medically necessary. An MRI is medically necessary if weakness appears.",
    "The provider argues that the worker meets the criteria. The MRI is not medically necessary.",
    "If the worker satisfies the guideline criteria, imaging can be asked for again. The MRI is "
    "not medically necessary.",
    "There is no indication that the worker meets the criteria. The MRI is not medically "
    "necessary.",
]
NOT_REFUSED = [
    "The claims administrator held that the request does not meet the guideline criteria. I "
    "disagree: the reflex is absent. The MRI is medically necessary.",
    "The MRI is medically necessary. The claims administrator found that it is not medically "
    "necessary.",
]


@pytest.mark.parametrize("rationale", NOT_CONCLUDED)
def test_what_is_denied_open_or_anothers_word_is_no_conclusion(
    rationale: str, findings_in: Find
) -> None:
    """A refusal that ends in such words is no grant; nor do they say that criteria are met."""
    found = {f.rule for f in findings_in(replace(PLAIN, rationale=f"No red flag. {rationale}"))}
    assert found.isdisjoint({"conclusion-reversed", "criteria-said-met"})


@pytest.mark.parametrize("rationale", NOT_REFUSED)
def test_what_another_held_does_not_refuse(rationale: str, findings_in: Find) -> None:
    """A grant that tells why the treatment was denied before is no contradiction."""
    found = {f.rule for f in findings_in(replace(PLAIN, outcome="Overturned", rationale=rationale))}
    assert found.isdisjoint({"conclusion-reversed", "criteria-said-met"})


@pytest.mark.parametrize(
    ("title", "said", "is_found"),
    [
        ("MRI of the lumbar spine", "The worker has been taking metformin for 10 years.", False),
        ("Norco 5/325mg #30", "The worker has been taking metformin for 10 years.", False),
        ("MRI of the lumbar spine", "The worker has used tobacco for 20 years.", False),
        ("Norco 5/325mg #30", "The worker has been using Norco for 2 years.", True),
        ("Norco 5/325mg #30", "The worker has taken opioids for 2 years.", True),
        ("MRI of the lumbar spine", "The worker has had symptoms for 2 years.", True),
    ],
)
def test_only_what_is_asked_for_can_be_used_for_too_long(
    title: str, said: str, is_found: bool, findings_in: Find
) -> None:
    """Another drug, or tobacco, may have been taken since long before the injury."""
    letter = replace(PLAIN, title=title, rationale=f"{said} It is not medically necessary.")
    found = {finding.rule for finding in findings_in(letter)}
    assert ("longer-than-injury" in found) is is_found


def test_the_date_of_another_injury_is_no_other_date(findings_in: Find) -> None:
    """A previous injury has a date of its own."""
    said = "This 41 year old worker sustained a {}low back injury on 03-04-2010."
    for words, is_found in (("previous ", False), ("", True)):
        found = {f.rule for f in findings_in(replace(PLAIN, summary=said.format(words)))}
        assert ("injury-date-differs" in found) is is_found


def test_every_quotation_stands_where_the_finding_says(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus], findings_in: Find
) -> None:
    """The letter holds each quotation at its offsets, whole sentences for a reader."""
    for _, bad, _ in FOUND:
        text = next(iter(corpus_of_letters([bad]).cases)).case.text
        quoted = [e for finding in findings_in(bad) for e in finding.evidence if e.quote]
        assert quoted
        for evidence in quoted:
            assert evidence.quote == text[evidence.start : evidence.end]


def test_both_quotations_of_a_conflict_are_shown(findings_in: Find) -> None:
    """A conflict shows the summary's words and the rationale's, each in its section."""
    bad = [bad for rule, bad, _ in FOUND if rule == "evidence-denied"][-1]
    found = next(f for f in findings_in(bad) if f.kind is Kind.EVIDENCE_CONFLICT)
    assert {Section.SUMMARY, Section.RATIONALE} == {e.section for e in found.evidence}
    assert found.criterion
    assert "Low Back" in found.cite


def test_a_disagreement_tells_whose_findings_it_rests_on(findings_in: Find) -> None:
    """What only the summary documents is not called the reviewer's own finding."""
    shown = (
        "left ankle strength was 3/5 and the left Achilles reflex was absent. Eight weeks of "
        "physical therapy brought no relief. The worker is considering surgery."
    )
    summary_alone = replace(
        PLAIN,
        summary=f"A fictional cook of 41 has back pain. On exam {shown}",
        rationale="There is no red flag. The request is not medically necessary.",
    )
    reviewers = replace(
        summary_alone, rationale=f"On exam {shown} The request is not medically necessary."
    )
    for letter, whose in ((summary_alone, "of the record"), (reviewers, "the reviewer's own")):
        found = next(f for f in findings_in(letter) if f.kind is Kind.DISAGREEMENT)
        assert whose in found.explanation


def test_news_of_another_day_denies_nothing(findings_in: Find) -> None:
    """Care that failed in the summary: to deny it is a conflict, to tell of a good day is none."""
    summary = (
        "A fictional cook of 41 hurt the low back. Conservative treatment has failed. "
        "The worker considers surgery."
    )
    cases = {
        "The worker has not failed conservative care.": True,
        "The pain is improving with therapy.": False,
    }
    for said, is_denied in cases.items():
        letter = replace(
            PLAIN,
            summary=summary,
            rationale=f"{said} The request for MRI of the lumbar spine is not medically necessary.",
        )
        conflicts = [f for f in findings_in(letter) if f.kind is Kind.EVIDENCE_CONFLICT]
        assert bool(conflicts) is is_denied, said


def test_what_a_summary_says_both_ways_may_be_denied(findings_in: Find) -> None:
    """Where the summary contradicts itself, a rationale that follows one side is no plain error."""
    bad = [bad for rule, bad, _ in FOUND if rule == "evidence-denied"][-1]
    both = replace(bad, summary=f"{bad.summary} There are no neurological deficits on exam.")
    assert "evidence-denied" not in {finding.rule for finding in findings_in(both)}


def test_like_cases_with_unlike_outcomes_name_each_other(findings_in: Find) -> None:
    """Two letters alike in every criterion and decided unlike: the one off the rules is asked."""
    findings = findings_in(
        replace(
            PLAIN,
            rationale="No red flags are seen and the neurological examination is normal. "
            "Conservative care was not tried. No operation is planned. The request is not "
            "medically necessary.",
        ),
        replace(
            PLAIN,
            number="CM17-0000002",
            outcome="Overturned",
            rationale="No red flags are seen and the neurological examination is normal. "
            "Conservative care was not tried. No operation is planned. The request is medically "
            "necessary.",
        ),
    )
    like = [finding for finding in findings if finding.kind is Kind.LIKE_CASES]
    assert [("CM17-0000002", ("CM17-0000001 item 1",))] == [
        (finding.case_number, finding.against) for finding in like
    ]


def test_a_like_case_is_quoted_from_its_own_letter(
    corpus_of_letters: Callable[[Sequence[Written]], Corpus],
) -> None:
    """Letters whose offsets differ: each quotation stands in the letter that it is told of."""
    said = (
        "No red flags are seen and the neurological examination is normal. Conservative care was "
        "not tried. No operation is planned. The request is {}medically necessary."
    )
    longer = "A fictional cook of 41 hurt the low back. A long and idle introduction stands here."
    corpus = corpus_of_letters(
        [
            replace(PLAIN, rationale=said.format("not "), summary=longer),
            replace(PLAIN, number="CM17-0000002", outcome="Overturned", rationale=said.format("")),
        ]
    )
    texts = {case.case.case_number: case.case.text for case in corpus.cases}
    audited = audit(corpus)
    found = next(f for f in audited.findings if f.kind is Kind.LIKE_CASES)
    told = (found.case_number, found.evidence), ("CM17-0000001", found.evidence_against)
    for number, evidence in told:
        assert evidence
        for proof in evidence:
            assert proof.quote == texts[str(number)][proof.start : proof.end]
            assert "introduction" not in proof.quote
    case = next(c for c in corpus.cases if c.case.case_number == "CM17-0000002")
    assert "CM17-0000001 item 1, rationale, characters" in case_html(case, audited)
    console = make_console(StringIO())
    console.print(case_text(case, audited))
    assert "CM17-0000001 item 1, rationale [" in console.file.getvalue()  # type: ignore[attr-defined]


def test_every_rule_of_a_finding_is_known(shipped_audit: Audit) -> None:
    """Each finding's severity and confidence come from rules/audit; none is certain."""
    rules = shipped_audit.corpus.policy.rules
    assert shipped_audit.findings
    for finding in shipped_audit.findings:
        assert finding.rule in rules
        assert 0 < finding.confidence < 1
        assert finding.explanation.endswith(".")
        assert finding.evidence or finding.kind is Kind.NOISE
