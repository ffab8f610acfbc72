"""Each rule on a letter that it must find something in, and on one that it must leave alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from io import StringIO

import pytest

from imr_rules.audit.audit import Audit, audit
from imr_rules.audit.case_page import case_html, case_text
from imr_rules.audit.causes import without_other_causes
from imr_rules.audit.model import AuditFinding, Corpus, Kind
from imr_rules.explain.to_text import make_console
from imr_rules.facts.model import Evidence, Section

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
NORMAL_EXAM = (
    "A fictional cook of 41 has back pain. On exam strength of both legs is 5/5, sensation is "
    "intact and the reflexes are symmetric."
)
NERVE_LOSS = replace(
    PLAIN,
    outcome="Overturned",
    summary=NORMAL_EXAM,
    rationale="The examination shows weakness of the left foot and an absent ankle reflex. "
    "Conservative care has failed and an operation is considered. The MRI of the lumbar spine is "
    "medically necessary.",
)
REST_OF_THERAPY = replace(
    THERAPY,
    title="Physical therapy for the right shoulder and the right wrist, 12 visits was the original "
    "request. Physical therapy for the right shoulder, 4 visits was authorized by the Claims "
    "Administrator. The remaining IMR eligible portion of the original request, physical therapy "
    "for the right shoulder, 3 visits and physical therapy for the right wrist, 5 visits is",
)
OLDER = replace(PLAIN, summary="The cook was seen for back pain on 01-05-2017.")
TREATED = replace(
    PLAIN,
    summary="Treatment to date has included physical therapy and medications.",
    rationale="There is no documentation of any treatment rendered. It is not medically necessary.",
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
    ("evidence-claimed", NERVE_LOSS, replace(NERVE_LOSS, summary=PLAIN.summary)),
    (
        "visits-differ",
        replace(
            REST_OF_THERAPY,
            rationale="The gain is not measured. The additional three visits are not necessary.",
        ),
        replace(
            REST_OF_THERAPY,
            rationale="The gain is not measured. The additional eight visits are not necessary.",
        ),
    ),
    (
        "injury-older",
        replace(OLDER, rationale="The injury is two weeks old. It is not medically necessary."),
        replace(OLDER, rationale="The injury is two months old. It is not medically necessary."),
    ),
    ("treatment-denied", TREATED, replace(TREATED, summary=PLAIN.summary)),
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


@pytest.mark.parametrize(
    "letter",
    [
        replace(NERVE_LOSS, outcome="Upheld"),
        # Another examination than the one that the summary tells of.
        replace(NERVE_LOSS, rationale=f"On December 29, 2016: {NERVE_LOSS.rationale}"),
        # The summary leaves much of a chart out: what it misses the file may hold.
        replace(NERVE_LOSS, summary="There is no documentation of a neurological deficit."),
        # A summary that says both denies nothing.
        replace(NERVE_LOSS, summary=f"{NORMAL_EXAM} The left ankle reflex is absent."),
        # Care that had not failed in December may have failed by January.
        replace(
            NERVE_LOSS,
            summary="The cook has back pain and has not failed conservative care. The left ankle "
            "reflex is absent.",
        ),
    ],
)
def test_what_a_summary_does_not_plainly_deny_may_be_granted_on(
    letter: Written, findings_in: Find
) -> None:
    """Only findings of the same examination contradict a grant."""
    assert "evidence-claimed" not in {finding.rule for finding in findings_in(letter)}


@pytest.mark.parametrize(
    ("said", "is_found"),
    [
        ("Therefore the remaining two visits are not medically necessary.", True),
        ("The 3 additional shoulder sessions are not indicated.", True),
        ("I find that 2 more visits of physical therapy are not warranted.", True),
        ("The additional 12 visits are not necessary.", False),
        ("The additional four visits are reasonable and were granted.", False),
        ("Five visits for the wrist and three for the shoulder: neither is necessary.", False),
        ("For the wrist 5 visits are asked. The additional 3 visits are not necessary.", False),
        ("The provider believes that the additional two visits are necessary.", False),
        ("If a gain is shown, the additional two visits are reasonable.", False),
        ("An additional two visits should be enough to teach a home program.", False),
        (
            "The guideline recommends that additional two visits are appropriate after a gain.",
            False,
        ),
    ],
)
def test_the_visits_decided_upon_are_those_in_dispute(
    said: str, is_found: bool, findings_in: Find
) -> None:
    """A plain number of additional visits that the title does not leave, nor the rationale."""
    letter = replace(REST_OF_THERAPY, rationale=f"The gain is not measured. {said}")
    assert is_found is ("visits-differ" in {finding.rule for finding in findings_in(letter)})


@pytest.mark.parametrize(
    "title",
    [
        "Physical therapy for the right shoulder, 2-3 times a week for 4 weeks",
        "Physical therapy for the right shoulder, two to three times a week for four weeks",
        "Physical therapy 2x3 and chiropractic 2x4 for the right shoulder",
        "Physical therapy for the right shoulder",
        "Wrist braces #2",
    ],
)
def test_a_title_without_one_plain_number_of_visits_differs_from_none(
    title: str, findings_in: Find
) -> None:
    """Either end of a range may be meant, and pieces are no visits."""
    letter = replace(
        THERAPY, title=title, rationale="The additional eight visits are not medically necessary."
    )
    assert "visits-differ" not in {finding.rule for finding in findings_in(letter)}


@pytest.mark.parametrize(
    ("summary", "is_found"),
    [
        ("He has taken Norco since 2013 for arthritis of the hands.", False),
        ("He has been on Norco since a car accident in May 2012.", False),
        ("Norco was started on 03-04-2015 for migraine.", False),
        ("In 2014 he was prescribed Norco by a family doctor.", False),
        ("He has used Norco for 5 years.", False),
        ("He took Norco before the injury.", False),
        ("He was already taking Norco at the time of the injury.", False),
        ("He has taken Norco since November 2016.", True),
        ("Norco was started on 11-05-2016.", True),
        ("He did not take Norco before the injury.", True),
        ("He had a car accident in 2012. He takes Norco.", True),
        ("He has taken metformin since 2012. He takes Norco.", True),
        ("He has had chronic pain since 2012. He takes Norco.", True),
        ("He takes Norco 2000 mg since the injury.", True),
    ],
)
@pytest.mark.parametrize(
    "said", ["He has been taking Norco for at least 3 years.", "He has used Norco for three years."]
)
def test_use_that_the_summary_tells_of_from_before_the_injury_is_not_too_long(
    summary: str, is_found: bool, said: str, findings_in: Find
) -> None:
    """Not another drug's use, another thing of that year, or use that began with the injury."""
    letter = replace(NORCO, summary=summary, rationale=f"{said} It is not medically necessary.")
    assert is_found is ("longer-than-injury" in {finding.rule for finding in findings_in(letter)})


@pytest.mark.parametrize(
    ("summary", "said", "is_found"),
    [
        ("He has had chronic back pain since 2012.", "He has had chronic pain for 4 years.", False),
        ("He has chronic back pain.", "He has had chronic pain for 4 years.", True),
        ("He took Norco since 2012.", "He has had chronic pain for 4 years.", True),
        ("He takes Norco.", "He has used Norco for 4 years, since before the injury.", False),
    ],
)
def test_symptoms_and_use_are_each_older_than_the_injury_by_themselves(
    summary: str, said: str, is_found: bool, findings_in: Find
) -> None:
    """Old use excuses no old symptoms; a rationale may tell itself that the use is older."""
    letter = replace(NORCO, summary=summary, rationale=f"{said} It is not medically necessary.")
    assert is_found is ("longer-than-injury" in {finding.rule for finding in findings_in(letter)})


@pytest.mark.parametrize(
    ("said", "is_found"),
    [
        ("The injury occurred only two weeks ago.", True),
        ("The worker is now two weeks out from the injury.", True),
        ("The worker has been symptomatic for two weeks.", False),
        ("An x-ray was taken two weeks after the injury.", False),
        ("The MRI was first asked for two weeks after the injury.", False),
        ("On 11-16-2016 the injury was two weeks old.", False),
        ("The previous injury was two weeks ago.", False),
        ("The injury was five weeks ago.", False),
        ("The provider writes that the injury occurred two weeks ago.", False),
    ],
)
def test_only_the_age_of_this_injury_is_held_against_the_summary(
    said: str, is_found: bool, findings_in: Find
) -> None:
    """Not when something was done, how long it hurt, or what was rounded."""
    letter = replace(OLDER, rationale=f"{said} It is not medically necessary.")
    assert is_found is ("injury-older" in {finding.rule for finding in findings_in(letter)})


def test_what_came_after_the_request_does_not_make_an_injury_older(findings_in: Find) -> None:
    """What the file holds of later days was not known to those who asked, nor of past care."""
    said = "The injury is two weeks old. It is not medically necessary."
    past = replace(OLDER, title="Retrospective MRI of the lumbar spine (DOS 11/16/2016)")
    assert "injury-older" not in {f.rule for f in findings_in(replace(past, rationale=said))}
    for summary in ("", "The request was denied on 01-10-2017.", "A visit is set for 02-07-2017."):
        letter = replace(OLDER, summary=f"The cook was seen on 11-16-2016. {summary}")
        found = findings_in(replace(letter, rationale=said))
        assert "injury-older" not in {finding.rule for finding in found}


@pytest.mark.parametrize(
    ("summary", "said", "is_found"),
    [
        ("She wears a brace for the low back.", "No treatment has been rendered.", True),
        ("He was treated with medication.", "The worker has not received any treatment.", True),
        ("He completed 6 sessions of physical therapy.", "She has had no treatment.", True),
        ("She wears a splint for the left thumb.", "No treatment has been rendered.", False),
        (
            "She wears a splint for the left thumb.",
            "No treatment was provided to the low back.",
            False,
        ),
        ("He was treated with medication.", "No treatment was provided to the low back.", False),
        ("Treatment to date has included evaluations.", "No treatment has been rendered.", False),
        ("A brace is requested.", "No treatment has been rendered.", False),
        (
            "It is not told that he was treated with medication.",
            "No treatment has been rendered.",
            False,
        ),
        ("He was treated with medication.", "No conservative treatment was provided.", False),
        ("He was treated with medication.", "As of 12-01-2016 no treatment was provided.", False),
        ("He was treated with medication.", "No treatment was provided at that visit.", False),
        ("He was treated with medication.", "There is no record of failed treatment.", False),
        ("He was treated with medication.", "Response to treatment is not documented.", False),
        ("He was treated with medication.", "UR noted that no treatment was provided.", False),
    ],
)
def test_only_all_treatment_denied_contradicts_the_treatment_told(
    summary: str, said: str, is_found: bool, findings_in: Find
) -> None:
    """Care of one sort, part or day may be missing beside another."""
    letter = replace(PLAIN, summary=summary, rationale=f"{said} It is not medically necessary.")
    assert is_found is ("treatment-denied" in {finding.rule for finding in findings_in(letter)})


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


def test_what_is_presumed_is_no_missing_document_of_a_grant(findings_in: Find) -> None:
    """A prediction to overturn names what was found first, and never calls it undocumented."""
    letter = replace(
        PLAIN,
        title="EMG of the right lower extremity",
        summary="A fictional cook of 41 has low back pain that radiates down the right leg to the "
        "foot, with numbness, for four months. He did not improve with eight weeks of physical "
        "therapy.",
        rationale="There is no red flag. The request is not medically necessary.",
    )
    found = next(f for f in findings_in(letter) if f.kind is Kind.DISAGREEMENT)
    assert "gives overturned. What decides:" in found.explanation
    assert "(holds)" in found.explanation
    assert "is not documented" not in found.explanation
    points = found.explanation.split("What decides: ")[1].split("; ")
    presumed = ["presumed: nobody denies it" in point for point in points]
    assert presumed == sorted(presumed)


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


NORMAL_AT_LAST = [
    "On 11-10-2016 strength of the left ankle was 4/5. On 12-28-2016 strength was 5/5, sensation "
    "was intact and reflexes were symmetric.",
    "On 11-10-2016 he had decreased sensation over the left leg. On 12-28-2016 the neurologic "
    "examination was normal.",
    "On 12-28-2016 the neurologic examination was normal. On 11-10-2016 the left ankle reflex "
    "was absent.",
    "The left ankle reflex was absent on 11-10-2016. The neurologic examination was normal on "
    "12-28-2016.",
    "On 11-10-2016 the left ankle reflex was absent. At the most recent visit the reflexes were "
    "normal.",
    "On 11-10-2016 the left ankle reflex was absent. An MRI on 12-20-2016 shows a disc. On "
    "12-28-2016 the neurologic examination was normal.",
    "In November 2016 the left ankle reflex was absent. In December 2016 the neurologic "
    "examination was normal.",
    "11/10/2016: the left ankle reflex was absent. 12/28/2016: the neurologic examination was "
    "normal.",
    "The report dated 12/28/2016 documents normal strength. The report dated 11/10/2016 documents "
    "weakness 4/5 of the left ankle.",
    "Initially strength of the left ankle was 4/5. On 12-28-2016 strength was 5/5.",
    "Strength of the left ankle was 4/5 on 11-10-2016, and strength was 5/5 on 12-28-2016.",
]
NOT_NORMAL_AT_LAST = {  # and the day of the examination that must be quoted
    "On 11-10-2016 the neurologic examination was normal. On 12-28-2016 the left ankle reflex "
    "was absent.": "12-28-2016",
    "On 11-10-2016 strength of the left ankle was 4/5. On 12-28-2016 strength of the left ankle "
    "was 3/5.": "12-28-2016",
    "On 11-10-2016 strength of the left ankle was 4/5. On 11-30-2016 strength was 5/5. On "
    "12-28-2016 strength of the left ankle was 3/5.": "12-28-2016",
    "The left ankle reflex was absent on 12-28-2016. The neurologic examination was normal on "
    "11-10-2016.": "12-28-2016",
    "On 11-10-2016 the left ankle reflex was absent. On 12-28-2016 strength was 5/5.": "11-10-2016",
    "On 11-10-2016 strength of the left ankle was 4/5. On 12-28-2016 strength of the right leg was "
    "5/5.": "11-10-2016",
    "On 11-10-2016 the left ankle reflex was absent. On 12-28-2016 the reflexes were not "
    "documented.": "11-10-2016",
    "On 11-10-2016 the left ankle reflex was absent. On 12-28-2016 the neurologic examination was "
    "normal except for the left ankle.": "12-28-2016",
    "On 11-10-2016 strength of the left ankle was 4/5 and on 12-28-2016 strength of the right "
    "ankle was 5/5.": "11-10-2016",
}


@pytest.mark.parametrize("told", [*NORMAL_AT_LAST, *NOT_NORMAL_AT_LAST])
def test_a_rationale_that_follows_the_last_examination_denies_nothing(
    told: str, findings_in: Find
) -> None:
    """Of the same part, side and test; what no later visit tells otherwise is quoted."""
    letter = replace(
        PLAIN,
        summary=f"A fictional cook of 41 has back pain. {told}",
        rationale="The neurologic examination is normal. The request is not medically necessary.",
    )
    found = [f for f in findings_in(letter) if f.rule == "evidence-denied"]
    assert bool(found) is (told in NOT_NORMAL_AT_LAST)
    assert all(NOT_NORMAL_AT_LAST[told] in f.evidence[0].quote for f in found)


@pytest.mark.parametrize(
    ("told", "is_denied"),
    [
        ("He has numbness of both feet from diabetic neuropathy.", False),
        ("He has numbness and tingling of both feet due to diabetes.", False),
        (
            "He has tingling of the feet and toes, which is likely due to peripheral neuropathy.",
            False,
        ),
        ("He has diabetic neuropathy with numbness and tingling of the feet.", False),
        ("Numbness of the left leg is attributed to a stroke.", False),
        ("Meralgia causes tingling of the left thigh.", False),
        ("He has numbness of the left foot from tarsal tunnel syndrome.", False),
        ("He has diabetes. He has numbness of the left leg.", True),
        ("He has numbness of the left leg due to the injury.", True),
        ("He has tingling of the left leg due to degenerative disc disease.", True),
        ("He has numbness of the left leg, not due to diabetic neuropathy.", True),
        ("He has numbness of the left leg, and takes metformin due to diabetes.", True),
        (
            "He has pain radiating to the left leg and numbness of both feet from diabetic "
            "neuropathy.",
            True,
        ),
        (
            "He has numbness of both feet from diabetic neuropathy. He has tingling of the left "
            "calf.",
            True,
        ),
        ("He has diabetic neuropathy, but numbness of the left leg since the fall.", True),
    ],
)
def test_symptoms_of_another_disease_are_no_radicular_complaints(
    told: str, is_denied: bool, findings_in: Find
) -> None:
    """Where the summary tells that the disease is behind them, not only beside them."""
    letter = replace(PLAIN, summary=f"He has back pain. {told}", rationale=NO_RADICULAR)
    found = [f for f in findings_in(letter) if f.rule == "evidence-denied"]
    assert is_denied is bool(found)
    assert not any("neuropathy." in f.evidence[0].quote for f in found if "calf" in told)


@pytest.mark.parametrize(
    ("title", "is_denied"),
    [("MRI of the cervical spine", False), ("EMG/NCS of the left wrist", True)],
)
def test_a_disease_of_the_part_in_dispute_is_no_other(
    title: str, is_denied: bool, corpus_of_letters: Callable[[Sequence[Written]], Corpus]
) -> None:
    """Carpal tunnel syndrome is behind the numbness of a hand; of the wrist that is the matter."""
    told = "He has numbness of the left hand from carpal tunnel syndrome."
    corpus = corpus_of_letters([replace(PLAIN, title=title, summary=told)])
    [item] = corpus.items
    start = item.case.text.index("numbness")
    proof = Evidence(Section.SUMMARY, quote="numbness", start=start, end=start + len("numbness"))
    assert is_denied is bool(without_other_causes([proof], item, corpus))


def test_what_comes_and_goes_at_the_last_visit_is_still_denied(findings_in: Find) -> None:
    """ "Intermittent" makes no earlier day of the day that the sentence names."""
    first, last = "On 11-10-2016 he denied numbness.", "he has intermittent numbness of the leg."
    for summary, is_denied in (
        (f"{first} On 12-28-2016, after therapy, {last}", True),
        (f"On 11-10-2016, {last} On 12-28-2016 he denied numbness.", False),
    ):
        letter = replace(PLAIN, summary=summary, rationale=NO_RADICULAR)
        assert is_denied is ("evidence-denied" in {f.rule for f in findings_in(letter)})


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


def test_of_facts_alone_nobody_is_accused_of_silence(
    shipped_audit: Audit, findings_in: Find
) -> None:
    """Cases that a person wrote down hold no word of the rationale that a criterion could be in."""
    bad = next(bad for rule, bad, _ in FOUND if rule == "unaddressed")
    assert Kind.UNADDRESSED in {finding.kind for finding in findings_in(bad)}
    assert Kind.UNADDRESSED not in {finding.kind for finding in shipped_audit.findings}
