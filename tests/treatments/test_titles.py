"""What titles of every pattern become; the titles are written for these tests."""

from __future__ import annotations

from typing import Any

import pytest

from imr_rules.treatments.catalogue import Catalogue
from imr_rules.treatments.from_title import parse_request
from imr_rules.treatments.model import Phase, Request


def _partial(original: str, authorized: str, rest: str) -> str:
    return (
        f"{original} was the original request. {authorized} was authorized by the Claims "
        f"Administrator. The remaining IMR eligible portion of the original request, {rest} is"
    )


TITLES: list[tuple[str, dict[str, Any]]] = [
    # -- drugs: strength, quantity, refills, supply, directions
    ("Lortab 7.5/325mg #84", {"treatment": "hydrocodone", "quantity": 84, "refills": None}),
    (
        "Endocet 10-325 mg, quantity: 56, no refills",
        {"treatment": "oxycodone", "quantity": 56, "refills": 0},
    ),
    (
        "Metaxalone 800mg #45 x 2 refills",
        {"category": "muscle_relaxant", "quantity": 45, "refills": 2},
    ),
    (
        "Lyrica 75 mg #60 with 3 refills",
        {"category": "antiepileptic", "quantity": 60, "refills": 3},
    ),
    (
        "Nexium 40mg day supply: 30, qty 30, refills: 2",
        {"days_supply": 30, "quantity": 30, "refills": 2},
    ),
    ("Mobic 15 mg #28 day supply: 14", {"quantity": 28, "days_supply": 14}),
    ("Skelaxin 800mg one by mouth three times a day #42", {"units_per_day": 3, "quantity": 42}),
    ("Tramadol 50mg 2 tablets bid", {"units_per_day": 4, "quantity": None}),
    ("Norco 10/325 mg 1 tab po q6h #112 for 28 days", {"units_per_day": 4, "days_supply": 28}),
    (
        "Percocet 5/325mg take 1 tab every 4-6 hours as needed #20",
        {"units_per_day": None, "quantity": 20},
    ),
    ("Gabapentin 300mg 1-2 capsules at bedtime #40", {"units_per_day": None, "quantity": 40}),
    ("Trazodone 100 mg 1/2 tab at bedtime #15", {"units_per_day": 0.5, "quantity": 15}),
    ("Soma 350 mg ½ tablet BID", {"units_per_day": 1}),
    ("Roxicodone 15 mg 1-1/2 tablets TID", {"units_per_day": 4.5}),
    ("Roxicodone 15 mg one half tablet every 6 hours", {"units_per_day": 2}),
    ("Roxicodone 15 mg half a tab TID", {"units_per_day": 1.5}),
    ("Roxicodone 15 mg two and a half tabs BID", {"units_per_day": 5}),
    ("Roxicodone 15 mg .5 tab BID", {"units_per_day": 1}),
    ("Roxicodone 15 mg 1/2 to 1 tab BID", {"units_per_day": None}),
    ("Roxicodone 15 mg 1-1.5 tab BID", {"units_per_day": None}),
    ("MS Contin 15 mg BID #56", {"units_per_day": 2, "form": "extended_release"}),
    (
        "Elavil twenty-eight tablets",
        {"treatment": "amitriptyline", "quantity": 28, "quantity_unit": "tablet"},
    ),
    ("Tylenol #3 #24", {"treatment": "codeine", "quantity": 24}),
    ("Xanax 0.5 mg", {"treatment": "alprazolam", "quantity": None, "units": None}),
    (
        "Ibuprofen 800mg and Omeprazole 20mg #15",
        {"services": ("ibuprofen", "omeprazole"), "quantity": None},
    ),
    (
        "Post-operative Dilaudid 2 mg #20",
        {"category": "opioid", "phase": Phase.POSTOPERATIVE, "accompanies": False},
    ),
    # -- drugs for the skin
    (
        "Terocin lotion 120ml",
        {"category": "topical", "quantity": 120, "quantity_unit": "ml", "form": "lotion"},
    ),
    (
        "Voltaren 1% gel 100 grams",
        {"treatment": "topical_nsaid", "form": "gel", "quantity_unit": "g"},
    ),
    ("Voltaren 75 mg #60", {"treatment": "diclofenac", "category": "nsaid_oral"}),
    ("Lidocaine 5% patch #14", {"treatment": "lidocaine_patch", "excluded_ingredients": ()}),
    (
        "Lidocaine 4% cream",
        {"treatment": "topical_lidocaine", "excluded_ingredients": ("lidocaine",)},
    ),
    ("Lidocaine", {"category": "topical", "excluded_ingredients": ()}),
    (
        "Ketoprofen 15%/gabapentin 8%/menthol 2% cream 90gm",
        {"treatment": "topical_compound", "excluded_ingredients": ("ketoprofen", "gabapentin")},
    ),
    (
        "Naproxen 500mg #30 and Lidoderm patch #15",
        {"treatment": "naproxen", "services": ("naproxen", "lidocaine_patch"), "quantity": 30},
    ),
    # -- several services: each is of the parts named with it
    (
        "CT of the neck; EMG/NCV upper extremities",
        {"treatment": "ct", "body_parts": ("cervical",), "services": ("ct", "emg_ncs")},
    ),
    (
        "Left shoulder steroid injection and right knee MRI",
        {"treatment": "shoulder_steroid_injection", "body_parts": ("shoulder",)},
    ),
    (
        "Acupuncture for the low back plus X-ray of the left wrist",
        {"treatment": "acupuncture", "body_parts": ("lumbar",)},
    ),
    (
        "Massage for the low back; laminectomy for the neck",
        {"category": "spine_surgery", "body_parts": ("cervical",)},
    ),
    ("MRI and X-ray of the neck and left hip", {"body_parts": ("cervical", "hip")}),
    ("Cervical CT and thoracic CT", {"body_parts": ("cervical", "thoracic")}),
    ("ESI, neck and low back under fluoroscopy", {"body_parts": ("cervical", "lumbar")}),
    (
        "MRI of the left arm, shoulder and knee",
        {"body_parts": ("shoulder", "knee", "upper_extremity")},
    ),
    # -- visits
    ("Physical therapy twice a week for five weeks", {"units": 10, "duration_days": 35}),
    (
        "Physical therapy 3x4 for the right ankle",
        {"units": 12, "body_parts": ("ankle",), "side": "right"},
    ),
    ("Acupuncture two times three visits (6)", {"units": 6}),
    ("Chiropractic 2 times 5", {"units": 10}),
    ("Occupational therapy sessions for the left thumb #7", {"units": 7, "body_parts": ("hand",)}),
    ("Five sessions of massage once a week for five weeks", {"units": 5}),
    (
        "Aquatic therapy two to three times a week for four to six weeks",
        {"units": 18, "duration_days": 42},
    ),
    ("Aquatic therapy 3 visits per week for 3 weeks", {"units": 9}),
    ("Psychotherapy, times 10", {"units": 10, "category": "psych_therapy"}),
    ("Physical therapy 2 times a week for 2 months", {"units": None, "duration_days": 60}),
    ("Physical therapy twice a week", {"units": None, "duration_days": None}),
    (
        "Additional acupuncture for the neck",
        {"phase": Phase.CONTINUATION, "units": None, "body_parts": ("cervical",)},
    ),
    ("Home aide 8 hours per day, 5 days a week for 3 weeks", {"units": 8, "duration_days": 21}),
    ("Home aide 8 hours per day, 5 days a week for 3 weeks", {"hours_per_week": 40}),
    ("Home health aide 12 hours per day 7 days per week", {"hours_per_week": 84, "units": 12}),
    ("Home health aide 40 hours per week", {"hours_per_week": 40}),
    ("Home health aide 20 hours weekly for 6 weeks", {"hours_per_week": 20}),
    ("Home health aide 4-6 hours daily", {"hours_per_week": 42}),
    ("Home health 3x week for 4 weeks, 2 hours per visit", {"hours_per_week": 6}),
    ("Home health aide 6 hours a day for 6 weeks", {"hours_per_week": None}),
    ("Home health nurse 36 visits over 12 weeks", {"hours_per_week": None, "units": 36}),
    ("PT eval and treat 2x5, right hip", {"treatment": "physical_therapy", "units": 10}),
    ("PT evaluation x1 and treatment 2x5", {"treatment": "physical_therapy"}),
    ("Physical therapy re-evaluation and treatment", {"treatment": "physical_therapy"}),
    ("OT evaluation & treatment 1x8", {"treatment": "occupational_therapy", "units": 8}),
    ("Chiropractic evaluation and treatment, neck, 2x4", {"treatment": "chiropractic", "units": 8}),
    ("Chiropractic re-exam and treat", {"treatment": "chiropractic"}),
    ("Post-op PT eval and treat 2x5", {"treatment": "postop_therapy", "units": 10}),
    ("Physical therapy evaluation", {"treatment": "pt_evaluation", "category": "consult_visit"}),
    ("PT eval for the neck", {"treatment": "pt_evaluation"}),
    ("Chiropractic evaluation", {"treatment": "chiropractic_reexamination"}),
    (
        "Initial evaluation for a functional restoration program",
        {"treatment": "functional_restoration_evaluation", "category": "functional_restoration"},
    ),
    (
        "FRP evaluation and treatment",
        {"treatment": "functional_restoration_program"},
    ),
    (
        "Functional restoration program x 10 days, initial evaluation",
        {"treatment": "functional_restoration_program"},
    ),
    (
        "Functional capacity evaluation for functional restoration program",
        {"treatment": "fce"},
    ),
    # -- granted in part
    (
        _partial(
            "Physical therapy for 10 sessions",
            "Physical therapy for 4 sessions",
            "Physical therapy for 6 sessions",
        ),
        {"units": 10, "authorized_units": 4, "disputed_units": 6, "remainder": True},
    ),
    (
        _partial("Acupuncture 2x5 to the low back", "Acupuncture 1x5", "Acupuncture 1x5"),
        {"units": 10, "authorized_units": 5, "disputed_units": 5, "body_parts": ("lumbar",)},
    ),
    (
        _partial("Soma 350mg #60", "Soma 350mg #20", "Soma 350mg #40"),
        {"quantity": 40, "original_quantity": 60, "authorized_quantity": 20, "units": None},
    ),
    (
        _partial(
            "Knee arthroscopy with lateral release", "Knee arthroscopy", "with lateral release"
        ),
        {"treatment": "chondroplasty", "remainder": True},
    ),
    ("MRI lumbar spine for left leg radicular pain", {"body_parts": ("lumbar",)}),
    ("X-ray of the left knee due to knee and low back pain", {"body_parts": ("knee",)}),
    ("Cortisone injection for the right shoulder", {"body_parts": ("shoulder",)}),
    ("Hand therapy for the right shoulder", {"body_parts": ("hand", "shoulder")}),
    (
        "Physical therapy for 8 sessions was the original request. The Claims Administrator "
        "authorized 3 sessions of acupuncture, leaving the original request IMR eligible. The "
        "original request, physical therapy for 8 sessions",
        {
            "treatment": "physical_therapy",
            "units": 8,
            "authorized_units": None,
            "disputed_units": 8,
            "remainder": False,
        },
    ),
    (
        "Chiropractic, remaining 4 of 10 visits (6 authorized)",
        {"units": 10, "authorized_units": 6, "disputed_units": 4, "remainder": True},
    ),
    (
        "Massage 2x4, 5 sessions certified",
        {"units": 8, "authorized_units": 5, "disputed_units": 3, "remainder": True},
    ),
    (
        "Aquatic therapy 10 visits (4 of 10 authorized), right knee",
        {"units": 10, "authorized_units": 4, "disputed_units": 6, "side": "right"},
    ),
    (
        "Chiropractic 3x4 modified to 1x4",
        {"units": 12, "authorized_units": 4, "disputed_units": 8},
    ),
    (
        "Endocet 5/325 mg #70 (modified to #40)",
        {
            "quantity": 30,
            "original_quantity": 70,
            "authorized_quantity": 40,
            "units": None,
            "remainder": True,
        },
    ),
    ("Acupuncture 7 visits, 3 previously authorized", {"units": 7, "authorized_units": None}),
    ("Acupuncture 7 visits (non-certified)", {"units": 7, "remainder": False}),
    ("Acupuncture 7 visits certified", {"units": 7, "authorized_units": None, "remainder": False}),
    ("Additional 7 visits beyond the 9 approved, acupuncture", {"units": 7, "remainder": False}),
    ("Soma 350 mg #40 allowed 2 weeks", {"quantity": 40, "authorized_quantity": None}),
    # -- around an operation
    (
        "Associated surgical service: Elbow brace",
        {"treatment": "elbow_brace", "category": "periop_ancillary", "accompanies": True},
    ),
    (
        "Pre-op EKG",
        {"treatment": "preop_ekg", "category": "periop_ancillary", "phase": Phase.PREOPERATIVE},
    ),
    ("EKG", {"treatment": "ekg", "category": "cardiac_test", "accompanies": False}),
    ("Labs to include: CBC", {"treatment": "preop_cbc", "accompanies": True, "phase": None}),
    (
        "Postoperative physical therapy x 9",
        {"treatment": "postop_therapy", "units": 9, "category": "periop_ancillary"},
    ),
    ("Post-op MRI of the knee", {"category": "imaging", "phase": Phase.POSTOPERATIVE}),
    (
        "Associated surgical service: Polar care unit, 14 day rental",
        {"treatment": "cold_therapy", "duration_days": 14, "rental_or_purchase": "rental"},
    ),
    # -- studies, injections, operations
    (
        "Repeat MRI of the cervical and lumbar spine with and without contrast",
        {"body_parts": ("cervical", "lumbar"), "contrast": "with_and_without", "repeated": True},
    ),
    (
        "EMG and NCV, left arm",
        {"treatment": "emg_ncs", "body_parts": ("upper_extremity",), "side": "left"},
    ),
    ("Three phase bone scan of the right wrist", {"treatment": "bone_scan", "units": None}),
    ("Two (2) x-rays of the left hand", {"treatment": "xray", "units": 2}),
    (
        "Left L4-L5 transforaminal epidural injection",
        {"category": "esi", "body_parts": ("lumbar",), "units": None, "side": "left"},
    ),
    ("Bilateral ESI at L2-L3, L3-L4 and L4-L5", {"levels": 3, "units": None}),
    ("Transforaminal ESI L3-S1", {"levels": 3}),
    ("Right L5-1 epidural steroid injection", {"levels": 1}),
    ("Epidural steroid injection C6-7/C7-T1 x 2", {"levels": 2, "units": 2}),
    ("Transforaminal ESI, L5 and S1 roots", {"levels": 2}),
    ("ESI L5-S1 s/p L2-L4 laminectomy", {"levels": 1}),
    ("ESI L5-L3", {"levels": None}),
    ("Lumbar ESI", {"levels": None}),
    ("Facet joint injections L3-4, L4-5, L5-S1", {"levels": 3}),
    # nerves are no joints: three go to two
    ("Medial branch block L3, L4, L5", {"levels": None}),
    ("MRI L4-5", {"levels": None}),
    ("Ultrasound guided cortisone injection, right hip", {"treatment": "hip_steroid_injection"}),
    (
        "Retrospective injection of 1cc Kenalog and 4cc Marcaine, left shoulder (DOS 1/2/17)",
        {
            "treatment": "shoulder_steroid_injection",
            "retrospective": True,
            "drug_class": None,
            "units": None,
        },
    ),
    (
        "Open carpal tunnel release, right",
        {"treatment": "carpal_tunnel_release", "approach": "open", "side": "right"},
    ),
    (
        "Left shoulder arthroscopy, decompression, possible rotator cuff repair",
        {"treatment": "rotator_cuff_repair", "approach": "arthroscopic"},
    ),
    ("Open MRI of the lumbar spine", {"treatment": "mri", "approach": None}),
    ("Lumbar fusion L4-S1", {"treatment": "lumbar_fusion", "category": "spine_surgery"}),
    ("Referral to acupuncturist", {"treatment": "acupuncture"}),
    ("Consultation with a hand surgeon", {"category": "surgical_consult"}),
    ("X-rays of both knees", {"side": "bilateral", "units": None}),
    (
        "Genicular nerve radiofrequency ablation, right knee",
        {"treatment": "peripheral_nerve_ablation", "category": "injection_other"},
    ),
    ("RFA of the right knee", {"treatment": "peripheral_nerve_ablation"}),
    ("Greater occipital nerve block and C2-3 RFA", {"treatment": "facet_ablation"}),
    ("Genicular nerve block, right knee", {"treatment": "nerve_block"}),
    ("Biceps tendon repair, left elbow", {"treatment": "distal_biceps_repair"}),
    ("Biceps tendon repair, left shoulder", {"treatment": "biceps_tenodesis"}),
    ("Ultrasound of the abdomen", {"treatment": "ultrasound_imaging", "category": "imaging"}),
    ("Kidney ultrasound", {"treatment": "ultrasound_imaging"}),
    ("Ultrasound to the neck x 6", {"treatment": "therapeutic_ultrasound", "units": 6}),
    ("Ultrasound bone stimulator", {"treatment": "bone_stimulator", "category": "dme_other"}),
    ("Sumatriptan 6 mg injection", {"treatment": "migraine_injection", "category": "antimigraine"}),
    ("TENS unit, purchase", {"treatment": "tens", "rental_or_purchase": "purchase"}),
    (
        "Carpal tunnel release with post-op PT x 8",
        {"category": "surgery", "phase": None, "units": None},
    ),
    # -- what a request follows or serves is not what is asked for
    (
        "Occupational therapy, eight visits, status post left carpal tunnel release",
        {
            "treatment": "postop_therapy",
            "phase": Phase.POSTOPERATIVE,
            "units": 8,
            "side": "left",
            "accompanies": False,
        },
    ),
    (
        "Post-surgical physical therapy x 9, left knee s/p meniscectomy",
        {"treatment": "postop_therapy", "units": 9, "accompanies": True},
    ),
    (
        "Postoperative physical therapy, left knee ACL reconstruction, 14 visits",
        {"treatment": "postop_therapy", "units": 14, "phase": Phase.POSTOPERATIVE},
    ),
    (
        "After trigger finger release hand therapy 5 visits",
        {"treatment": "postop_therapy", "units": 5, "phase": Phase.POSTOPERATIVE},
    ),
    (
        "Physical therapy after two epidural injections, neck",
        {"treatment": "physical_therapy", "units": None, "phase": None, "accompanies": False},
    ),
    (
        "Physical therapy neck, nine visits (fusion 2011)",
        {"treatment": "physical_therapy", "units": 9, "phase": None, "body_parts": ("cervical",)},
    ),
    ("CT of the neck s/p C5-6 fusion", {"category": "imaging", "phase": Phase.POSTOPERATIVE}),
    ("X-rays of the ankle secondary to ORIF", {"treatment": "xray", "phase": None}),
    (
        "Percocet 5/325 #24 following lumbar fusion",
        {"category": "opioid", "quantity": 24, "phase": Phase.POSTOPERATIVE},
    ),
    (
        "Urine drug screen prior to morphine refill",
        {"treatment": "udt", "phase": None, "services": ("udt", "morphine")},
    ),
    (
        "CBC prior to hip replacement",
        {"treatment": "preop_cbc", "phase": Phase.PREOPERATIVE, "accompanies": True},
    ),
    (
        "Psychological assessment for intrathecal pump trial",
        {"treatment": "psychological_evaluation", "phase": None, "accompanies": False},
    ),
    (
        "Co-surgeon for C4-5, C5-6 discectomy and fusion",
        {"treatment": "surgical_assistant", "body_parts": ("cervical",), "accompanies": True},
    ),
    (
        "Neurology consultation for occipital nerve block",
        {"treatment": "specialist_consultation", "accompanies": False},
    ),
    ("Removal of hardware s/p ankle fusion", {"treatment": "hardware_removal", "phase": None}),
    # ... but where nothing else is asked for, or the word leads to a part or a disease
    ("For left knee meniscectomy", {"treatment": "meniscectomy", "category": "surgery"}),
    ("Referral for acupuncture x 5", {"treatment": "acupuncture", "units": 5}),
    ("Knee arthroscopy for chondroplasty", {"treatment": "chondroplasty"}),
    ("Surgery for hernia repair", {"treatment": "hernia_repair"}),
    ("Fluoroscopy for medial branch block", {"treatment": "medial_branch_block"}),
    ("Medication for neck pain; C5-6 discectomy", {"treatment": "spinal_decompression"}),
    ("Knee brace for the left knee and left knee meniscectomy", {"treatment": "meniscectomy"}),
    ("Pre-op EKG, left knee meniscectomy", {"treatment": "meniscectomy"}),
    # -- an operation and what goes with it, however the operation is named
    (
        "Left knee arthroscopy with cold therapy unit rental x 7 days",
        {
            "treatment": "knee_arthroscopy",
            "category": "surgery",
            "services": ("knee_arthroscopy", "cold_therapy"),
            "accompanies": False,
            "approach": "arthroscopic",
            "rental_or_purchase": None,
            "duration_days": None,
        },
    ),
    (
        "Right shoulder arthroscopy, post-operative physical therapy 2x6 and sling",
        {"treatment": "shoulder_arthroscopy", "units": None, "phase": None},
    ),
    ("Foot surgery with CT with contrast", {"treatment": "ankle_foot_surgery", "contrast": None}),
    ("Elbow arthroscopy under anesthesia", {"treatment": "elbow_arthroscopy"}),
    ("Hip arthroscopy, Percocet 5/325 #30", {"treatment": "hip_arthroscopy", "quantity": None}),
    ("Crutches and ankle arthroscopy", {"treatment": "ankle_arthroscopy"}),
    ("Pre-op clearance, wrist arthroscopy", {"treatment": "wrist_arthroscopy"}),
    ("Follow-up visit with hand surgery", {"treatment": "follow_up_visit"}),
    ("Post-op sling, left shoulder arthroscopy", {"treatment": "sling", "accompanies": True}),
    # -- a repair is of the joint that the title names
    ("Ligament reconstruction of the left ankle", {"treatment": "ankle_ligament_repair"}),
    ("Right ankle lateral ligament repair", {"treatment": "ankle_ligament_repair"}),
    ("Modified Brostrom, right ankle", {"treatment": "ankle_ligament_repair"}),
    ("Ulnar collateral ligament repair, left thumb", {"treatment": "hand_wrist_repair"}),
    ("Elbow ligament reconstruction", {"treatment": "elbow_surgery"}),
    ("Shoulder ligament reconstruction", {"treatment": "shoulder_surgery"}),
    ("Lateral ligament repair, right knee", {"treatment": "ligament_reconstruction_knee"}),
    ("ACL ligament reconstruction", {"treatment": "ligament_reconstruction_knee"}),
    ("Ligament reconstruction", {"treatment": "ligament_repair"}),
    ("Wrist synovectomy", {"treatment": "hand_surgery"}),
    ("Loose body removal, left elbow", {"treatment": "elbow_surgery"}),
    ("Ganglion excision, right foot", {"treatment": "ankle_foot_surgery"}),
    ("Neuroma excision, left ring finger", {"treatment": "hand_surgery"}),
    # -- the side is that of what is asked for
    ("Left knee brace after right knee surgery", {"side": "left", "body_parts": ("knee",)}),
    ("Right wrist splint s/p left carpal tunnel release", {"side": "right"}),
    ("Physical therapy after right hip replacement", {"side": "right"}),
    ("Left knee MRI and right knee X-ray", {"treatment": "mri", "side": "left"}),
    ("Right shoulder MRI due to overuse after left shoulder injury", {"side": "right"}),
    ("CT of the neck; left elbow X-ray", {"treatment": "ct", "side": None}),
    ("Knee MRI and X-ray, left", {"treatment": "mri", "side": "left"}),
    ("Left and right knee MRI", {"side": "bilateral"}),
    ("Acupuncture, two (2) times per week for four (4) weeks", {"units": 8, "duration_days": 28}),
    ("Soft robot companion", {"treatment": None, "category": None, "services": ()}),
]


@pytest.mark.parametrize(("title", "expected"), TITLES, ids=[title[:50] for title, _ in TITLES])
def test_a_title_says_what_it_says_and_no_more(
    catalogue: Catalogue, title: str, expected: dict[str, Any]
) -> None:
    """Every field is read as the title states it; what it does not state is None."""
    request = parse_request(title, catalogue)
    assert expected == {name: getattr(request, name) for name in expected}


def test_strengths_go_to_the_ingredients_in_their_order(catalogue: Catalogue) -> None:
    """Of "7.5/325" the opioid has the first number, its companion the second."""
    ingredients = parse_request("Lortab 7.5/325mg #84", catalogue).ingredients
    assert [(i.name, i.strength_mg) for i in ingredients] == [
        ("hydrocodone", 7.5),
        ("acetaminophen", 325.0),
    ]


def test_strengths_of_a_mixture_stand_before_or_behind_the_names(catalogue: Catalogue) -> None:
    """A list that opens with a strength has each strength before its name."""
    before = parse_request("10% ketoprofen, 4% lidocaine cream", catalogue).ingredients
    behind = parse_request("Ketoprofen 10%, lidocaine 4% cream", catalogue).ingredients
    expected = [("ketoprofen", 10.0), ("lidocaine", 4.0)]
    assert expected == [(i.name, i.strength_percent) for i in before]
    assert expected == [(i.name, i.strength_percent) for i in behind]


def test_the_half_of_a_tablet_is_no_strength(catalogue: Catalogue) -> None:
    """Of "1/2 tab" nothing is the milligrams of a drug with two ingredients."""
    ingredients = parse_request("Lortab 1/2 tab BID", catalogue).ingredients
    assert [(i.name, i.strength_mg) for i in ingredients] == [
        ("hydrocodone", None),
        ("acetaminophen", None),
    ]


@pytest.mark.parametrize("title", ["Fentanyl patch 50 mcg q72h #10", "Duragesic 50mcg/hr #10"])
def test_the_micrograms_of_a_patch_are_an_hour(catalogue: Catalogue, title: str) -> None:
    """What a patch releases is told in micrograms an hour, even where the hour is left out."""
    (fentanyl,) = parse_request(title, catalogue).ingredients
    assert (fentanyl.strength_mcg_per_hour, fentanyl.strength_mg) == (50.0, None)


def test_lineage_leads_from_the_drug_to_its_class(catalogue: Catalogue) -> None:
    """A topic about a drug, or about its class, finds the request; the closest name first."""
    request = parse_request("Nortriptyline 25 mg #30", catalogue)
    assert catalogue.lineage(request) == ("nortriptyline", "tricyclic", "antidepressant")


def test_lineage_beside_an_operation_ends_in_the_ancillary_category(catalogue: Catalogue) -> None:
    """A brace of an operation is a service around it, not equipment."""
    request = parse_request("Associated surgical service: knee brace", catalogue)
    assert catalogue.lineage(request) == ("knee_brace", "brace", "periop_ancillary")


def test_exclusion_is_unknown_where_the_title_hides_form_or_strength(catalogue: Catalogue) -> None:
    """Lidocaine without a form, and capsaicin without a strength, are neither yes nor no."""
    assert None is catalogue.excluded(parse_request("Lidocaine", catalogue))
    assert None is catalogue.excluded(parse_request("Capsaicin cream", catalogue))
    assert catalogue.excluded(parse_request("Capsaicin 0.025% cream", catalogue)) == "no"
    assert catalogue.excluded(parse_request("Capsaicin 0.0375% cream", catalogue)) == "yes"
    assert None is catalogue.excluded(parse_request("Naproxen 500mg", catalogue))


def test_an_empty_title_asks_for_nothing(catalogue: Catalogue) -> None:
    """No words, no request: every field keeps its default."""
    assert Request(title="") == parse_request("", catalogue)
