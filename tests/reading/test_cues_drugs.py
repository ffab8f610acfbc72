"""What letters say of drugs, read from sentences written for these tests."""

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from imr_rules.facts.model import Section, Value
from imr_rules.facts.vocabulary import Vocabulary, load_vocabulary
from imr_rules.reading.lexicon import Lexicon
from imr_rules.reading.load_lexicon import load_lexicon
from imr_rules.reading.read import Passage, Subject, merge_values, read_passages
from imr_rules.treatments.load import load_catalogue

RULES = Path(__file__).parents[2] / "rules"
NAMES = {
    "opioid": "norco|hydrocodone",
    "carisoprodol": "soma|carisoprodol",
    "cyclobenzaprine": "flexeril|cyclobenzaprine",
    "muscle_relaxant": "zanaflex|tizanidine",
    "nsaid_oral": "naproxen|naprosyn",
    "topical": "lidoderm|lidocaine",
    "benzodiazepine": "xanax|alprazolam",
    "antidepressant": "cymbalta|duloxetine",
    "antiepileptic": "gabapentin|neurontin",
    "acid_suppressant": "omeprazole|prilosec",
    "antiemetic": "zofran|ondansetron",
    "hypnotic": "ambien|zolpidem",
    "udt": "urine drug screen",
}


@cache
def _knowledge() -> tuple[Vocabulary, Lexicon]:
    vocabulary = load_vocabulary(RULES)
    return vocabulary, load_lexicon(RULES, vocabulary, load_catalogue(RULES))


def read(text: str, category: str, section: Section) -> dict[str, Value]:
    """Return what *text* says of a single item of *category*."""
    vocabulary, lexicon = _knowledge()
    item = 1 if section is Section.RATIONALE else None
    result = read_passages(
        text,
        [Passage(section, 0, len(text), item)],
        [Subject(1, category, re.compile(rf"\b(?:{NAMES.get(category, category)})\b"))],
        lexicon=lexicon,
        vocabulary=vocabulary,
        on=date(2017, 2, 1),
    )
    return {fact: value for fact, (value, _) in merge_values(result.findings, vocabulary).items()}


RATIONALE = [
    # pain_reduction
    ("opioid", "pain_reduction", "yes", "In this case, Norco lowered his pain from 8 to 4."),
    ("opioid", "pain_reduction", "yes", "The patient reports 50% relief with the medication."),
    ("opioid", "pain_reduction", "yes", "The records show that pain is reduced by the opioid."),
    ("opioid", "pain_reduction", "undocumented", "There is no documentation of pain relief."),
    (
        "opioid",
        "pain_reduction",
        "undocumented",
        "The records do not document a decrease in pain scores with Norco.",
    ),
    (
        "opioid",
        "pain_reduction",
        "undocumented",
        "The notes reveal neither documentation of analgesia nor of improved activity.",
    ),
    (
        "opioid",
        "pain_reduction",
        "undocumented",
        "In this case, the four A's of monitoring were not addressed by the provider.",
    ),
    (
        "muscle_relaxant",
        "pain_reduction",
        "undocumented",
        "The efficacy of the medication was not provided in the submitted notes.",
    ),
    (
        "opioid",
        "pain_reduction",
        "undocumented",
        "No pain relief was documented in the records provided.",
    ),
    ("opioid", "pain_reduction", "no", "In this case, the patient has inadequate pain relief."),
    ("nsaid_oral", "pain_reduction", "no", "The patient's pain has not been reduced by Naproxen."),
    ("opioid", "pain_reduction", "no", "His pain has worsened despite the medication."),
    (
        "opioid",
        "pain_reduction",
        None,
        "MTUS recommends continued opioids only when pain relief is documented.",
    ),
    ("opioid", "pain_reduction", "no", "In this case, Norco failed to produce any pain relief."),
    ("opioid", "pain_reduction", "no", "Here, pain scores remained at 8/10 despite Norco use."),
    # pain_reduction_percent
    ("esi", "pain_reduction_percent", 60, "The patient had 60% relief after the injection."),
    (
        "esi",
        "pain_reduction_percent",
        50,
        "In this case, the prior injection reduced the pain by 50%.",
    ),
    ("esi", "pain_reduction_percent", None, "The patient has 50% of normal range of motion."),
    ("opioid", "pain_reduction", "no", "In this case, pain scores have not changed."),
    ("opioid", "pain_reduction", None, "The patient needs close follow-up for pain relief."),
    # functional_improvement
    ("opioid", "functional_improvement", "undocumented", "There is no noted change in function."),
    # a denial does not reach back over a clause of its own
    (
        "opioid",
        "cures_checked",
        "yes",
        "In this case, the CURES report was appropriate, and side effects are denied.",
    ),
    ("opioid", "aberrant_behavior", "not_assessed", "He is not monitored for aberrant behavior."),
    # first_line_failed
    (
        "topical",
        "first_line_failed",
        "undocumented",
        "There is no evidence of a trial of antidepressants or anticonvulsants.",
    ),
    (
        "topical",
        "first_line_failed",
        "undocumented",
        "The records do not show failure of first-line therapy.",
    ),
    (
        "opioid",
        "first_line_failed",
        "undocumented",
        "There is no mention that non-opioid analgesics were tried.",
    ),
    ("topical", "first_line_failed", "yes", "The patient has failed gabapentin and Cymbalta."),
    (
        "topical",
        "first_line_failed",
        "yes",
        "In this case, first-line agents have been tried and failed.",
    ),
    ("muscle_relaxant", "first_line_failed", "yes", "The claimant had failed trials of NSAIDs."),
    ("muscle_relaxant", "first_line_failed", "no", "The patient has not tried NSAIDs."),
    (
        "topical",
        "first_line_failed",
        None,
        "Topical lidocaine is recommended after a trial of first-line therapy has failed.",
    ),
    # drug_use_days
    (
        "cyclobenzaprine",
        "drug_use_days",
        180,
        "The patient has been taking Flexeril for at least 6 months.",
    ),
    ("benzodiazepine", "drug_use_days", 730, "The claimant has been on Xanax for over 2 years."),
    ("cyclobenzaprine", "drug_use_days", 42, "In this case, Flexeril was used for 6 weeks."),
    (
        "cyclobenzaprine",
        "drug_use_days",
        "undocumented",
        "It is unclear how long the patient has been taking this medication.",
    ),
    (
        "cyclobenzaprine",
        "drug_use_days",
        None,
        "Cyclobenzaprine is not recommended for longer than 2 to 3 weeks.",
    ),
    # concurrent_sedative_or_opioid
    (
        "carisoprodol",
        "concurrent_sedative_or_opioid",
        "yes",
        "In this case, Soma is combined with Norco.",
    ),
    (
        "benzodiazepine",
        "concurrent_sedative_or_opioid",
        "yes",
        "The patient is also taking Percocet.",
    ),
    (
        "cyclobenzaprine",
        "concurrent_sedative_or_opioid",
        "yes",
        "The claimant is using it along with opioids.",
    ),
    # duplicate_same_class
    (
        "nsaid_oral",
        "duplicate_same_class",
        "yes",
        "In this case, the need for a second NSAID is not explained.",
    ),
    ("nsaid_oral", "duplicate_same_class", "yes", "The patient is already taking ibuprofen."),
    # acute_exacerbation
    (
        "cyclobenzaprine",
        "acute_exacerbation",
        "undocumented",
        "There is no documentation of an acute flare-up.",
    ),
    (
        "muscle_relaxant",
        "acute_exacerbation",
        "undocumented",
        "The records do not identify any acute exacerbation of low back pain.",
    ),
    ("muscle_relaxant", "acute_exacerbation", "yes", "The patient had a flare-up of back pain."),
    ("muscle_relaxant", "acute_exacerbation", "no", "The patient has no acute exacerbation."),
    (
        "muscle_relaxant",
        "acute_exacerbation",
        None,
        "MTUS recommends relaxants with caution for short-term treatment of acute exacerbations.",
    ),
    # muscle_spasm_on_exam
    (
        "carisoprodol",
        "muscle_spasm_on_exam",
        "undocumented",
        "There is no documentation of muscle spasm on examination.",
    ),
    (
        "carisoprodol",
        "muscle_spasm_on_exam",
        "no",
        "In this case, physical examination showed no muscle spasm.",
    ),
    ("carisoprodol", "muscle_spasm_on_exam", "yes", "In this case, muscle spasm was found."),
    # neuropathic_pain
    (
        "topical",
        "neuropathic_pain",
        "undocumented",
        "There is no evidence of neuropathic pain in the records.",
    ),
    ("topical", "neuropathic_pain", "no", "The patient does not have neuropathic pain."),
    ("antiepileptic", "neuropathic_pain", "yes", "In this case, the patient has neuropathic pain."),
    (
        "topical",
        "neuropathic_pain",
        None,
        "Topical lidocaine is recommended for neuropathic pain.",
    ),
    # mental_health_condition
    (
        "antidepressant",
        "mental_health_condition",
        "undocumented",
        "There is no documentation of depression or anxiety.",
    ),
    (
        "benzodiazepine",
        "mental_health_condition",
        "yes",
        "The patient carries a diagnosis of generalized anxiety disorder.",
    ),
    ("antidepressant", "mental_health_condition", "no", "The patient denies depression."),
    # indicated_condition
    (
        "antiemetic",
        "indicated_condition",
        "undocumented",
        "There is no documentation of nausea due to chemotherapy or radiation.",
    ),
    (
        "antidepressant",
        "indicated_condition",
        "undocumented",
        "The records do not document a condition for which this drug would be used.",
    ),
    (
        "antiepileptic",
        "indicated_condition",
        "yes",
        "In this case, the patient has lumbar radiculopathy.",
    ),
    # oral_medication_reduced_or_not_tolerated
    (
        "topical",
        "oral_medication_reduced_or_not_tolerated",
        "undocumented",
        "There is no indication that the patient is intolerant of oral medications.",
    ),
    (
        "topical",
        "oral_medication_reduced_or_not_tolerated",
        "yes",
        "The patient cannot tolerate oral NSAIDs.",
    ),
    (
        "acupuncture",
        "oral_medication_reduced_or_not_tolerated",
        "undocumented",
        "The records do not show that pain medication was reduced or not tolerated.",
    ),
    # topical
    ("topical", "topical_form", "ointment", "In this case, the requested drug is an ointment."),
    (
        "topical",
        "compound_ingredient_excluded",
        "yes",
        "In this case, the cream contains baclofen, which is not recommended.",
    ),
    # nsaid_risk_factor
    (
        "acid_suppressant",
        "nsaid_risk_factor",
        "undocumented",
        "There is no documentation of gastrointestinal risk factors.",
    ),
    (
        "acid_suppressant",
        "nsaid_risk_factor",
        "none",
        "The patient does not have a history of peptic ulcer or GI bleeding.",
    ),
    ("acid_suppressant", "nsaid_risk_factor", "gi", "The patient reports dyspepsia with NSAIDs."),
    (
        "acid_suppressant",
        "nsaid_in_use",
        "undocumented",
        "There is no documentation of NSAID use.",
    ),
    # first_request
    ("nsaid_oral", "first_request", "yes", "This is a first-time request for Naproxen."),
    ("nsaid_oral", "first_request", "no", "The request was a renewal request for Naproxen."),
    # request_fully_specified
    (
        "opioid",
        "request_fully_specified",
        "no",
        "The request as submitted failed to specify the frequency.",
    ),
    ("opioid", "request_fully_specified", "no", "The quantity was not specified."),
    ("topical", "request_fully_specified", "no", "The request does not indicate the body part."),
    ("pt_ot", "request_fully_specified", "no", "The request is for an unspecified number."),
    ("opioid", "request_fully_specified", None, "Norco 10/325 mg #60 is not medically necessary."),
    # treatment_goals_stated
    (
        "dme_electro",
        "treatment_goals_stated",
        "undocumented",
        "There was no documentation of short and long term goals.",
    ),
    ("pt_ot", "treatment_goals_stated", "yes", "In this case, functional goals are listed."),
    # guideline_not_recommended, refills, duration
    (
        "modality",
        "guideline_not_recommended",
        "yes",
        "In this case, the guidelines do not support the requested modality.",
    ),
    ("opioid", "refills_requested", 3, "In this case, Norco with 3 refills was requested."),
    # opioid precautions
    (
        "opioid",
        "opioid_agreement_signed",
        "undocumented",
        "There is no documentation of a signed opioid agreement.",
    ),
    ("opioid", "opioid_agreement_signed", "yes", "The patient has signed a pain contract."),
    ("opioid", "opioid_agreement_signed", "no", "The patient has not signed a pain contract."),
    (
        "opioid",
        "opioid_agreement_signed",
        None,
        "MTUS recommends a written pain agreement before opioids are started.",
    ),
    ("opioid", "cures_checked", "yes", "The CURES report was reviewed by the provider."),
    ("opioid", "cures_checked", "undocumented", "There is no mention of a CURES report."),
    ("opioid", "cures_checked", "no", "The provider did not check the PDMP."),
    (
        "opioid",
        "risk_screen_done",
        "undocumented",
        "The records do not include an opioid risk assessment.",
    ),
    ("opioid", "risk_screen_done", "yes", "The opioid risk tool was completed in this case."),
    (
        "opioid",
        "drug_test_on_file",
        "undocumented",
        "There is no documentation of a recent urine drug screen.",
    ),
    ("opioid", "drug_test_on_file", "yes", "In this case, the urine drug test was consistent."),
    ("udt", "drug_test_on_file", "yes", "The patient had a urine drug screen in May."),
    (
        "opioid",
        "adverse_effects_assessed",
        "undocumented",
        "There is no discussion of side effects in the notes.",
    ),
    ("opioid", "adverse_effects_assessed", "yes", "The patient denies side effects."),
    (
        "opioid",
        "aberrant_behavior",
        "not_assessed",
        "The provider did not document aberrant drug behavior.",
    ),
    ("opioid", "aberrant_behavior", "none", "The patient has no aberrant behaviors."),
    ("opioid", "aberrant_behavior", "found", "The urine test shows illicit drugs in this case."),
    (
        "opioid",
        "opioid_relative_contraindication",
        "yes",
        "This patient has a history of alcohol abuse.",
    ),
    ("opioid", "severe_acute_injury", "yes", "The patient has several rib fractures."),
    ("udt", "on_chronic_opioids", "no", "The patient was not taking opioids."),
    ("udt", "on_chronic_opioids", "yes", "The patient is prescribed Norco."),
    ("udt", "on_chronic_opioids", "undocumented", "There is no evidence of chronic opioid use."),
    ("opioid", "work_status", "off", "In this case, the patient is not working."),
    ("chiro_manual", "work_status", "full", "The applicant has returned to full duty."),
    (
        "opioid",
        "drug_test_on_file",
        None,
        "In this case, drug screens are necessary to assure safe use.",
    ),
    # taper_planned, sleep_evaluated, medication_reduced_by_treatment
    ("opioid", "taper_planned", "yes", "The provider has started a tapering schedule."),
    (
        "hypnotic",
        "sleep_evaluated",
        "undocumented",
        "There is no documentation of sleep hygiene or of the cause of insomnia.",
    ),
    (
        "dme_electro",
        "medication_reduced_by_treatment",
        "undocumented",
        "There is no documentation of a reduction in medication use.",
    ),
]

RECORD = [
    ("opioid", "pain_reduction", "yes", "Pain is 8/10 without and 4/10 with medications."),
    ("opioid", "pain_reduction", "yes", "Norco helps with her pain."),
    ("opioid", "pain_reduction", "yes", "The medications provide relief of symptoms."),
    ("opioid", "pain_reduction", None, "Physical therapy provided relief of pain."),
    ("opioid", "pain_reduction", "no", "He reports no relief from the medications."),
    ("opioid", "drug_use_days", 180, "The worker has used Norco daily for 6 months."),
    ("opioid", "current_medications_listed", "yes", "Current medications include Norco and Soma."),
    ("opioid", "concurrent_sedative_or_opioid", "yes", "She takes Xanax at night."),
    ("opioid", "concurrent_sedative_or_opioid", None, "She takes Norco twice a day."),
    ("opioid", "concurrent_sedative_or_opioid", None, "She previously used Soma."),
    ("carisoprodol", "concurrent_sedative_or_opioid", "yes", "Medications are Norco and Soma."),
    ("nsaid_oral", "duplicate_same_class", "yes", "Current medications include Mobic."),
    (
        "nsaid_oral",
        "nsaid_risk_factor",
        "both",
        "His history includes hypertension. He reports heartburn.",
    ),
    (
        "opioid",
        "drug_use_days",
        31,
        "Drugs in use are Motrin since 10-01-2016 and Norco since 01-01-2017.",
    ),
    (
        "nsaid_oral",
        "pain_reduction",
        "yes",
        "Pain was 3 out of 10 with Naprosyn.",
    ),
    ("nsaid_oral", "first_line_failed", "yes", "Tylenol was not sufficient."),
    ("topical", "first_line_failed", "no", "He uses ibuprofen with good relief."),
    ("nsaid_oral", "duplicate_same_class", None, "Current medications include Naprosyn."),
    ("nsaid_oral", "duplicate_same_class", None, "Ibuprofen was discontinued."),
    ("carisoprodol", "acute_exacerbation", "yes", "He had an exacerbation of neck pain."),
    ("carisoprodol", "muscle_spasm_on_exam", "yes", "There was spasm of the trapezius."),
    ("carisoprodol", "muscle_spasm_on_exam", "no", "On examination there was no spasm."),
    ("antidepressant", "mental_health_condition", "yes", "Diagnoses included depression."),
    ("antiepileptic", "neuropathic_pain", "yes", "Diagnoses include lumbar radiculopathy."),
    ("acid_suppressant", "nsaid_in_use", "yes", "Medications include ibuprofen 800 mg."),
    ("acid_suppressant", "nsaid_risk_factor", "gi", "She has gastritis from medication."),
    ("acid_suppressant", "nsaid_risk_factor", "none", "He denies any stomach upset."),
    ("opioid", "opioid_agreement_signed", "yes", "An opioid agreement is on file."),
    ("opioid", "cures_checked", "yes", "CURES was reviewed and consistent."),
    ("opioid", "drug_test_on_file", "yes", "A urine drug screen was positive for hydrocodone."),
    ("opioid", "drug_test_on_file", None, "The treatment plan included a urine drug screen."),
    ("opioid", "aberrant_behavior", "none", "There are no signs of abuse or diversion."),
    ("opioid", "adverse_effects_assessed", "yes", "She denies side effects from the medication."),
    ("opioid", "on_chronic_opioids", "yes", "He is on chronic opioid therapy."),
    ("udt", "on_chronic_opioids", "yes", "Medications included tramadol and ibuprofen."),
    ("opioid", "opioid_relative_contraindication", None, "She is a non-smoker."),
    ("opioid", "severe_acute_injury", "yes", "X-rays showed a fracture of the distal radius."),
    ("opioid", "severe_acute_injury", "no", "X-rays showed no fracture."),
    ("opioid", "work_status", "off", "The worker is temporarily totally disabled."),
    ("opioid", "work_status", "off", "He has not returned to work."),
    ("opioid", "work_status", "modified", "She is working modified duty."),
    ("opioid", "work_status", "full", "He is working full time without restrictions."),
]


@pytest.mark.parametrize(("category", "fact", "value", "sentence"), RATIONALE)
def test_a_rationale_is_read(category: str, fact: str, value: Value | None, sentence: str) -> None:
    """A reviewer's sentence on a drug gives its fact, and guideline talk gives none."""
    assert value == read(sentence, category, Section.RATIONALE).get(fact)


@pytest.mark.parametrize(("category", "fact", "value", "sentence"), RECORD)
def test_a_summary_is_read(category: str, fact: str, value: Value | None, sentence: str) -> None:
    """A sentence of the clinical summary gives its fact for the drug it speaks of."""
    assert value == read(sentence, category, Section.SUMMARY).get(fact)
