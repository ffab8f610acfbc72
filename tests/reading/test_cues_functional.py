"""What letters say of function, visits, devices and services, in sentences written for the test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from imr_rules.facts.model import UNDOCUMENTED, Section, Value
from imr_rules.knowledge import Knowledge, load_knowledge
from imr_rules.reading.read import Passage, Subject, merge_values, read_passages

CASE = "In this case, the injured worker has chronic low back pain. "


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """The rules that ship."""
    return load_knowledge()


def _stated(
    text: str, category: str, section: Section, parts: Sequence[str], knowledge: Knowledge
) -> dict[str, Value]:
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [Subject(1, category, None, frozenset(parts))],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    merged = merge_values(result.findings, knowledge.vocabulary)
    return {fact: value for fact, (value, _) in merged.items()}


RATIONALES: list[tuple[str, str, Value | None, str]] = [
    # function
    ("functional_improvement", "pt_ot", UNDOCUMENTED,
     "There is no documentation of objective functional improvement with the prior therapy."),
    # Visits of the very request are among those it asks for.
    ("prior_units_completed", "pt_ot", None,
     "The worker has completed 4 visits of physical therapy through this request."),
    ("prior_units_completed", "pt_ot", None,
     "Four sessions were completed under this particular authorization."),
    ("prior_units_completed", "pt_ot", 12,
     "He completed 12 visits in the spring and 4 visits under this request."),
    ("prior_units_completed", "pt_ot", 6,
     "The worker has completed 6 visits of physical therapy before this request."),
    # "Was not indicated" is a verdict on a treatment, and a gap where it is said of a finding.
    ("functional_improvement", "pt_ot", UNDOCUMENTED,
     "Functional gains and a decrease in pain with the first visits were not indicated."),
    ("functional_improvement", "pt_ot", UNDOCUMENTED,
     "Her improvement in function during therapy is not supported."),
    ("functional_improvement", "pt_ot", "no",
     "Further therapy without functional improvement is not supported."),
    ("functional_improvement", "pt_ot", "yes",
     "There was functional improvement with the first visits, and more therapy is not indicated."),
    ("functional_improvement", "pt_ot", "yes",
     "After functional improvement with the first visits was noted, therapy is not warranted."),
    ("functional_improvement", "pt_ot", "yes",
     "Supervised visits after functional improvement are not warranted."),
    ("pain_reduction", "opioid", UNDOCUMENTED, "Pain relief with the drug was not indicated."),
    ("functional_improvement", "pt_ot", UNDOCUMENTED,
     "The records do not document any significant gains in function from earlier sessions."),
    ("functional_improvement", "pt_ot", UNDOCUMENTED,
     "The response to previously completed physical therapy was not documented."),
    ("functional_improvement", "pt_ot", UNDOCUMENTED, "The outcome of prior therapy is not known."),
    ("functional_improvement", "opioid", UNDOCUMENTED,
     "Pain relief and functional status are not documented."),
    ("functional_improvement", "opioid", UNDOCUMENTED,
     "There was no mention of any increase in functional capacity."),
    ("functional_improvement", "pt_ot", "no",
     "The prior treatment has not resulted in any functional benefit."),
    ("functional_improvement", "pt_ot", "no",
     "The claimant failed to improve with ten sessions of physical therapy."),
    ("functional_improvement", "pt_ot", "no",
     "That work restrictions remained unchanged suggests a lack of functional improvement."),
    ("functional_improvement", "opioid", "no",
     "There has been no functional improvement with long-term use."),
    ("functional_improvement", "pt_ot", "yes",
     "He has shown improvement in activities of daily living with treatment."),
    ("functional_improvement", "pt_ot", "yes", "The patient has benefited from physical therapy."),
    ("functional_improvement", "opioid", "yes",
     "The medication allows him to perform activities of daily living."),
    ("functional_improvement", "pt_ot", None,
     "Guidelines require documentation of functional improvement before more visits."),
    ("functional_improvement", "pt_ot", None,
     "Continued treatment should be based on functional improvement."),
    ("functional_improvement", "pt_ot", None,
     "The request for additional physical therapy is not medically necessary."),
    # visits
    ("prior_units_completed", "pt_ot", 12, "He completed twelve sessions of physical therapy."),
    ("prior_units_completed", "pt_ot", 24, "The claimant has had at least 24 prior PT sessions."),
    ("prior_units_completed", "acupuncture", 8, "She completed eight sessions of acupuncture."),
    ("prior_units_completed", "pt_ot", UNDOCUMENTED,
     "It is unclear how many physical therapy sessions have been completed to date."),
    ("prior_units_completed", "pt_ot", UNDOCUMENTED,
     "The patient has had an unspecified number of physical therapy sessions."),
    ("prior_units_completed", "pt_ot", None, "The patient was approved for 8 sessions of therapy."),
    ("prior_units_completed", "pt_ot", None, "Guidelines recommend 10 visits over 8 weeks."),
    ("already_authorized", "pt_ot", "yes",
     "The patient has already been approved for 6 sessions of physical therapy."),
    # the home program, and more than usual
    ("home_program_insufficient", "pt_ot", UNDOCUMENTED,
     "The records do not explain why the patient cannot continue with a home exercise program."),
    ("home_program_insufficient", "pt_ot", "yes",
     "There are residual deficits that cannot be addressed with a home exercise program alone."),
    ("home_program_insufficient", "pt_ot", "no",
     "The patient should be well versed in a home exercise program."),
    ("home_program_insufficient", "pt_ot", None,
     "Patients are expected to continue active therapies at home, the guidelines state."),
    ("exceptional_factors", "pt_ot", UNDOCUMENTED,
     "There is no documentation of exceptional factors to support exceeding the guidelines."),
    ("exceptional_factors", "pt_ot", "no", "There are no extenuating circumstances in this case."),
    ("exceptional_factors", "pt_ot", "yes",
     "There are exceptional factors, as the recovery was complicated."),
    ("exceptional_factors", "pt_ot", None,
     "The requested visits are in excess of the guidelines and no functional gain is documented."),
    ("objective_deficit_documented", "pt_ot", UNDOCUMENTED,
     "There is no documentation of significant objective deficits."),
    ("objective_deficit_documented", "pt_ot", "yes",
     "The patient continues to have decreased range of motion and weakness."),
    ("objective_deficit_documented", "pt_ot", "no",
     "The exam showed full range of motion and normal strength."),
    # devices
    ("active_program_adjunct", "dme_electro", UNDOCUMENTED,
     "There is no documentation that the unit would be an adjunct to a program of restoration."),
    ("active_program_adjunct", "dme_electro", "yes",
     "The patient is participating in an active exercise program."),
    ("active_program_adjunct", "dme_electro", "no",
     "The patient is not enrolled in a functional restoration program."),
    ("active_program_adjunct", "dme_electro", None,
     "TENS is recommended when used as an adjunct to a program of functional restoration."),
    ("device_trial_completed", "dme_electro", UNDOCUMENTED,
     "There is no documentation of a one-month trial of the TENS unit."),
    ("device_trial_completed", "dme_electro", "yes",
     "The patient completed a 30-day trial of a TENS unit with good relief."),
    ("device_trial_completed", "dme_electro", "no", "A 30-day trial has not been completed."),
    ("device_trial_completed", "dme_electro", None,
     "The request for a 30-day trial of a TENS unit is not medically necessary."),
    ("rental_or_purchase", "dme_electro", "purchase", "The request is for purchase of the unit."),
    ("rental_or_purchase", "dme_electro", "unspecified",
     "The request does not specify whether it is for rental or purchase."),
    ("requested_duration_days", "dme_electro", 30, "The request is for a 30 day rental."),
    ("requested_duration_days", "dme_electro", UNDOCUMENTED, "The duration was not specified."),
    # services
    ("fce_reason", "fce", "none",
     "There is no documentation of prior unsuccessful return to work attempts."),
    ("fce_reason", "fce", "near_mmi", "The patient is close to maximum medical improvement."),
    ("fce_reason", "fce", "conflicting_reports", "There are conflicting medical reports."),
    ("fce_reason", "fce", "work_hardening",
     "The test is wanted prior to admission to a work hardening program."),
    ("homebound", "home_health", UNDOCUMENTED, "There is no documentation that she is homebound."),
    ("homebound", "home_health", "no", "The patient is not homebound."),
    ("homebound", "home_health", "yes", "The patient is confined to the home after surgery."),
    ("homebound", "home_health", None, "Home care is recommended for those who are homebound."),
    ("skilled_need_documented", "home_health", UNDOCUMENTED,
     "There is no documentation of the need for skilled nursing."),
    ("skilled_need_documented", "home_health", "yes", "The patient requires wound care at home."),
    ("skilled_need_documented", "home_health", "no", "The request is for homemaker services only."),
    ("disability_prevents_self_transport", "transport", UNDOCUMENTED,
     "There is no documentation that the patient is unable to drive."),
    ("disability_prevents_self_transport", "transport", "yes",
     "The patient is unable to drive after surgery."),
    ("disability_prevents_self_transport", "transport", "no", "The patient is able to drive."),
    ("disability_prevents_self_transport", "transport", None,
     "Transportation is recommended for patients with disabilities preventing self-transport."),
    ("required_specialist_recommends", "dme_other", "no",
     "The patient was referred to an audiologist."),
    ("motivated_for_program", "functional_restoration", UNDOCUMENTED,
     "There is no documentation that the patient is motivated to change."),
    ("psychological_clearance", "spine_surgery", "yes",
     "Psychological clearance was obtained on 03/02/2016."),
    ("psychological_clearance", "spine_surgery", "yes",
     "The psychologist has cleared the worker for the trial."),
    ("psychological_clearance", "spine_surgery", "undocumented",
     "There is no psychological evaluation in the records."),
    ("psychological_clearance", "spine_surgery", None,
     "The guideline says that psychological clearance must be obtained first."),
    ("multidisciplinary_evaluation_done", "functional_restoration", "yes",
     "The patient underwent a multidisciplinary evaluation."),
    ("therapy_plateau", "work_conditioning", UNDOCUMENTED,
     "There is no evidence that the patient reached a plateau in therapy."),
    ("return_to_work_goal_agreed", "work_conditioning", UNDOCUMENTED,
     "There is no documentation of a defined return to work goal."),
    ("trigger_point_twitch", "trigger_point_injection", UNDOCUMENTED,
     "There is no documentation of a twitch response or referred pain."),
    # time
    ("days_since_injury", "imaging", 42, "The patient is only 6 weeks post injury."),
    ("days_since_injury", "imaging", None, "Guidelines advise imaging after 4 to 6 weeks."),
]  # fmt: skip

SUMMARIES: list[tuple[str, str, Value | None, str]] = [
    ("functional_improvement", "pt_ot", "yes", "Physical therapy has been beneficial."),
    ("functional_improvement", "pt_ot", "no", "The patient states physical therapy did not help."),
    ("functional_improvement", "acupuncture", UNDOCUMENTED,
     "Treatment included six acupuncture sessions with unknown outcome."),
    ("functional_improvement", "acupuncture", None, "Physical therapy improved her function."),
    ("prior_units_completed", "pt_ot", 12,
     "Treatment to date has included 12 sessions of physical therapy and modified work."),
    ("prior_units_completed", "pt_ot", 18,
     "Previous treatments included physical therapy (18 sessions) and medications."),
    ("prior_units_completed", "pt_ot", None,
     "The physician requested authorization for 8 sessions of physical therapy."),
    ("objective_deficit_documented", "pt_ot", "yes", "Knee flexion was limited to 90 degrees."),
    ("objective_deficit_documented", "pt_ot", "yes", "Motor strength: 4/5 in the quadriceps."),
    ("objective_deficit_documented", "pt_ot", "no", "Range of motion was full."),
    ("complaint_in_region", "pt_ot", "yes", "She presents with ongoing knee stiffness."),
    ("complaint_in_region", "pt_ot", None, "He complained of neck pain."),
    ("condition_class", "pt_ot", "strain", "She was diagnosed with a knee sprain and tendinitis."),
    ("condition_class", "pt_ot", "tendinopathy", "He was diagnosed with patellar tendinitis."),
    ("recent_major_surgery_or_stay", "home_health", "yes", "She underwent a knee replacement."),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "category", "expected", "sentence"), RATIONALES)
def test_a_rationale_states(
    fact: str, category: str, expected: Value | None, sentence: str, knowledge: Knowledge
) -> None:
    """A sentence of a rationale yields the fact as said; one that cites rules yields nothing."""
    stated = _stated(CASE + sentence, category, Section.RATIONALE, (), knowledge)
    assert expected == stated.get(fact)


@pytest.mark.parametrize(("fact", "category", "expected", "sentence"), SUMMARIES)
def test_a_summary_states(
    fact: str, category: str, expected: Value | None, sentence: str, knowledge: Knowledge
) -> None:
    """The sentence of a case summary yields the fact for the part and the treatment it is about."""
    stated = _stated(sentence, category, Section.SUMMARY, ("knee",), knowledge)
    assert expected == stated.get(fact)
