"""What the cues of examinations, imaging and operations make of single sentences."""

from __future__ import annotations

import pytest

from imr_rules.facts.model import UNDOCUMENTED, Section
from imr_rules.knowledge import load_knowledge
from imr_rules.reading.read import Passage, Subject, merge_values, read_passages

CATEGORY_OF = {
    "neuro_deficit_objective": "imaging",
    "imaging_lesion_surgical": "surgery",
    "exam_imaging_concordant": "surgery",
    "lesion_not_conservative": "surgery",
    "activity_limitation_significant": "surgery",
    "activity_limitation_months": "surgery",
    "injection_trial_failed": "surgery",
    "nerve_entrapment_suspected": "edx",
    "neuro_symptoms": "edx",
    "corroborating_test": "esi",
    "periop_comorbidity": "periop_ancillary",
    "bleeding_risk": "periop_ancillary",
    "parent_service": "periop_ancillary",
    "surgical_risk_class": "periop_ancillary",
    "surgery_approach": "periop_ancillary",
    "surgery_extent": "opioid",
    "days_since_surgery": "opioid",
    "pain_severity": "trigger_point_injection",
    "joint_instability": "dme_brace",
}


def _value(section: Section, fact: str, text: str) -> object:
    knowledge = load_knowledge()
    subject = Subject(1, CATEGORY_OF.get(fact, "imaging"), None)
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [subject],
        lexicon=knowledge.lexicon,
        vocabulary=knowledge.vocabulary,
    )
    stated = [finding for finding in result.findings if finding.fact == fact]
    merged = merge_values(stated, knowledge.vocabulary)
    return merged[fact][0] if fact in merged else None


RATIONALE: dict[str, list[tuple[object, str]]] = {
    "neuro_deficit_objective": [
        ("unequivocal", "The claimant has a motor deficit in the right leg."),
        (
            "unequivocal",
            "In this case, sensation is decreased at L5 and the Achilles reflex is absent.",
        ),
        ("none", "The injured worker has no focal neurological deficits on exam."),
        ("none", "Here, strength is 5/5 and reflexes are symmetric."),
        (UNDOCUMENTED, "There is no documentation of any neurologic deficit."),
        (UNDOCUMENTED, "In this case, neurologic deficits on examination were not indicated."),
        ("none", "In this case, an MRI in the absence of neurologic deficits is not indicated."),
        (UNDOCUMENTED, "The records do not describe nerve root compromise."),
        (None, "The guideline recommends imaging if there is a progressive neurologic deficit."),
        (
            None,
            "ACOEM states that unequivocal findings of specific nerve compromise warrant imaging.",
        ),
    ],
    "red_flag_present": [
        ("no", "In this case there are no red flags."),
        (UNDOCUMENTED, "There is no mention of red flag signs in the file."),
        ("yes", "The patient has signs of cauda equina syndrome."),
        (None, "MRI is indicated when a red flag is found."),
    ],
    "conservative_care_failed": [
        ("yes", "The patient has failed conservative treatment."),
        ("yes", "The applicant has not responded to six weeks of therapy."),
        ("yes", "The claimant has exhausted conservative measures."),
        ("no", "The patient has not yet attempted conservative care."),
        ("yes", "Symptoms continue in this worker despite physical therapy and medication."),
        (UNDOCUMENTED, "There is no documentation that conservative treatment was tried."),
        (UNDOCUMENTED, "The submitted notes do not show a trial of conservative care."),
        (UNDOCUMENTED, "It is unclear whether a course of physical therapy has been completed."),
        (None, "Special studies are not needed until conservative care fails."),
    ],
    "procedure_contemplated": [
        ("yes", "In this case surgery is being considered."),
        ("yes", "The worker is a surgical candidate."),
        (UNDOCUMENTED, "There is no indication that an operation is planned."),
        ("no", "The applicant is not considering surgery."),
        (None, "Imaging should be reserved for patients in whom surgery is considered."),
    ],
    "corroborating_test": [
        ("no", "However, no imaging studies corroborate radiculopathy in this patient."),
        ("yes", "The patient's MRI findings are consistent with the L5 radiculopathy."),
        (
            UNDOCUMENTED,
            "The records do not include electrodiagnostic studies confirming radiculopathy.",
        ),
        (None, "Radiculopathy must be corroborated by imaging studies."),
    ],
    "plain_xray_result": [
        ("normal", "The patient's x-rays were negative."),
        (
            "abnormal",
            "In this case radiographs of the knee revealed moderate degenerative changes.",
        ),
        ("none", "There are no x-rays on file for this shoulder."),
        (UNDOCUMENTED, "The report of the x-rays was not provided."),
    ],
    "prior_study_same_region": [
        ("yes", "The patient had an MRI of the neck last year."),
        ("yes", "It is unclear why a repeat MRI is requested."),
        ("no", "In this case, there was no prior MRI."),
        (None, "Repeat MRI is not recommended by ODG."),
    ],
    "change_since_prior_study": [
        ("no", "In this case, there has been no significant change in symptoms."),
        (UNDOCUMENTED, "There is no documentation of a significant change in findings."),
        ("yes", "The patient has had a marked worsening of symptoms."),
        (None, "Repeat imaging is reserved for a significant change in symptoms, per ODG."),
    ],
    "internal_derangement_signs": [
        ("yes", "The claimant has locking and giving way of the knee."),
        ("yes", "The patient's McMurray test was positive."),
        ("no", "The worker has no effusion."),
        (UNDOCUMENTED, "There is no documentation of mechanical symptoms."),
    ],
    "joint_instability": [
        ("yes", "The patient has had recurrent dislocation of the shoulder."),
        ("no", "The worker has no laxity."),
        (UNDOCUMENTED, "There is no mention of instability."),
        (None, "Braces are recommended for patients with instability."),
    ],
    "request_rationale_stated": [
        ("no", "The provider gave no rationale for the study."),
        ("no", "It is not clear how the result would change treatment."),
        ("yes", "In this case, the MRI was ordered to rule out a meniscal tear."),
        ("no", "The attending physician failed to explain why the test was needed."),
    ],
    "crps_signs": [
        ("yes", "The patient has allodynia and skin color changes."),
        (UNDOCUMENTED, "There is no documentation of signs of CRPS."),
    ],
    "fracture_suspected": [
        ("yes", "The provider noted a suspected stress fracture."),
    ],
    "nerve_entrapment_suspected": [
        ("yes", "Here, the applicant has suspected carpal tunnel syndrome."),
    ],
    "imaging_lesion_surgical": [
        ("yes", "The patient's MRI shows a full-thickness tear."),
        (UNDOCUMENTED, "The file holds no documentation of a surgical lesion on imaging."),
    ],
    "activity_limitation_significant": [
        ("yes", "The patient has night pain and difficulty with overhead work."),
        (UNDOCUMENTED, "There is no documentation of limited activities."),
    ],
    "injection_trial_failed": [
        ("yes", "The patient had only temporary relief from a steroid injection."),
        (UNDOCUMENTED, "There is no documentation that an injection was tried."),
    ],
    "lesion_not_conservative": [
        ("yes", "This patient's tear would not respond to physical therapy."),
    ],
    "periop_comorbidity": [
        ("yes", "The worker has diabetes and hypertension."),
        (UNDOCUMENTED, "There is no documentation of comorbidities."),
        (None, "Testing is recommended for patients with risk factors."),
    ],
    "bleeding_risk": [
        ("yes", "The worker takes warfarin."),
        (UNDOCUMENTED, "There is no documentation of a bleeding disorder."),
    ],
    "parent_service": [
        ("not_approved", "As the surgery is not medically necessary, this service is not either."),
        (
            "not_approved",
            "Since the requested procedure was not approved, the brace is not needed.",
        ),
        ("approved", "The patient's surgery has been authorized."),
        (None, "Braces are recommended after surgery."),
    ],
    "surgical_risk_class": [
        ("low", "The patient will not have a high risk surgery."),
    ],
    "surgery_approach": [
        ("arthroscopic", "The worker was approved for arthroscopic repair."),
    ],
}

RECORD: dict[str, list[tuple[object, str]]] = {
    "neuro_deficit_objective": [
        ("none", "Sensation was intact and strength was 5/5."),
        ("unequivocal", "There is decreased sensation in the C6 dermatome."),
        ("equivocal", "She reports tingling in the fingers. Reflexes are normal."),
        ("none", "He denied numbness, tingling or weakness."),
        (None, "Utilization review denied it for lack of neurologic deficit."),
    ],
    "neuro_symptoms": [
        ("yes", "Pain radiates down the left leg."),
        ("no", "He denies radiating pain."),
    ],
    "conservative_care_failed": [
        ("yes", "He had no relief from physical therapy."),
        ("no", "Physical therapy was ordered."),
        ("no", "The symptoms improved with chiropractic care."),
        (None, "Treatment has included physical therapy and ice."),
    ],
    "conservative_care_weeks": [
        (6, "She completed 6 weeks of physical therapy."),
    ],
    "internal_derangement_signs": [
        ("no", "There was no swelling, no effusion and a negative Lachman."),
        ("yes", "Exam shows a positive McMurray and joint effusion."),
    ],
    "acute_knee_trauma_rule": [
        ("yes", "He was unable to bear weight."),
        ("no", "He is able to bear weight."),
    ],
    "plain_xray_result": [
        ("normal", "X-rays showed no fracture."),
        ("abnormal", "X-rays of the knee showed severe arthritis."),
    ],
    "age_years": [
        (47, "The worker is a 47-year-old woman."),
        (None, "Workers over 50 years of age need testing."),
    ],
    "imaging_lesion_surgical": [
        ("yes", "MRI revealed a complete tear of the supraspinatus."),
        ("no", "MRI revealed no meniscal tear."),
    ],
    "injection_trial_failed": [
        ("yes", "A cortisone injection gave no lasting relief."),
    ],
    "activity_limitation_significant": [
        ("yes", "She has difficulty with stairs."),
    ],
    "days_since_surgery": [
        (21, "He is 3 weeks post-op."),
    ],
    "surgery_extent": [
        ("major", "He is status post open reduction of the ankle."),
        ("minor", "She is status post carpal tunnel release."),
    ],
    "pain_severity": [
        (7, "Pain is rated 7/10."),
        (8, "Pain is rated at 6-8 out of 10."),
    ],
    "nerve_entrapment_suspected": [
        ("yes", "The assessment was right carpal tunnel syndrome."),
    ],
    "joint_instability": [
        ("no", "The knee is stable to varus and valgus stress."),
    ],
}


def _rows(table: dict[str, list[tuple[object, str]]]) -> list[tuple[str, str, object]]:
    return [(fact, text, value) for fact, rows in table.items() for value, text in rows]


@pytest.mark.parametrize(("fact", "text", "expected"), _rows(RATIONALE))
def test_a_rationale_states_the_case_and_not_the_guideline(
    fact: str, text: str, expected: object
) -> None:
    """What is said of this worker counts, affirmed, denied or missing; guideline talk never."""
    assert expected == _value(Section.RATIONALE, fact, text)


@pytest.mark.parametrize(("fact", "text", "expected"), _rows(RECORD))
def test_a_summary_states_what_was_found(fact: str, text: str, expected: object) -> None:
    """A summary's own words count; what utilization review argued there does not."""
    assert expected == _value(Section.SUMMARY, fact, text)
