"""Letters written for these tests, one in each layout; none is anybody's."""

from imr_rules.data_folders import rules_folder
from imr_rules.letters.phrases import load_letter_phrases

PHRASES = load_letter_phrases(rules_folder())

SECTIONS = """\
Case Number: CM16-0000001
Date Assigned: 12/07/2016 Date of Injury: 10/23/2016
Decision Date: 01/05/2017 UR Denial Date: 11/29/2016
Priority: Standard Application \nReceived: \n12/01/2016
HOW THE IMR FINAL DETERMINATION WAS MADE
An expert without ties to any party looked at the whole file and was chosen for the field.
The Expert Reviewer has the following credentials:
State(s) of Licensure: Oregon,New Mexico
Certification(s)/Specialty: Preventive Medicine, Public Health & \nGeneral Practice
CLINICAL CASE SUMMARY
The reviewer wrote this from the file, including all medical records:
A fictional baker of 41 fell off a ladder and has had back pain since. Naproxen helped a little \n\
and a home programme was begun.
IMR ISSUES, DECISIONS AND RATIONALES
The decisions for the disputed services are set forth below:
MRI: lumbar spine, without contrast: Overturned
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004.
MAXIMUS guideline: Decision based on MTUS Low Back Complaints 2004, Section(s): Special \n\
Studies, and Forearm, Wrist, and Hand Complaints 2004, Section(s): Initial Care. Decision \n\
based on Non- MTUS Citation Some Handbook, Back chapter.
Decision rationale: Weakness of the left foot is new and the reflex is gone. The earlier \n\
denial was upheld by nobody: Upheld decisions are rare here, and the study is warranted since \n\
surgery is being weighed. The request is medically necessary.
Twelve aquatic therapy visits for the lumbar spine was the original request. Four \n\
aquatic therapy visits was authorized by the Claims Administrator. The remaining IMR \n\
eligible portion of the original request, eight range-of-\nmotion visits is: Upheld
Claims Administrator guideline: The Claims Administrator did not cite any medical \n\
evidence for its decision.
MAXIMUS guideline: The Expert Reviewer based their decision on recommendation(s) \n\
outside of the MTUS Guidelines. Decision based on Non-MTUS Citation Pool Almanac.
Decision rationale: Land exercise was never tried and weight bearing is not limited. Eight more \n\
visits go beyond what anyone advises
Norco 5/325mg #20: \nUpheld \n\
Claims Administrator guideline: Decision based on MTUS Opioid Treatment 2016, Section(s): \n\
1.2 Opioids for Pain: Risk, Before Use, 1.3 Opioids for Pain: After Use.
MAXIMUS guideline: Decision based on MTUS Chronic Pain Treatment Guidelines Opioids \n\
Page(s): 28-29, 112-113.
Decision rationale: No function is recorded. The request is not medically necessary.
"""

DOUBLE_SPACED = "\n\n".join(
    [
        " HOW THE IMR FINAL DETERMINATION WAS MADE ",
        "A reviewer without ties to any party was chosen. The reviewer is Board Certified ",
        "in Neurology, has a subspecialty in Pain Medicine and is licensed to practice in Utah. ",
        " ",
        "CLINICAL CASE SUMMARY ",
        "The summary was made from the file, including all medical records: ",
        " ",
        "A fictional gardener of 50 has neck pain after lifting.  Sleep is poor. ",
        " ",
        "IMR ISSUES, DECISIONS AND RATIONALES ",
        "The Final Determination rests on the decisions set forth below: ",
        " ",
        "Massage therapy (unspecified):  Upheld ",
        " ",
        "Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines ",
        "Massage therapy.   ",
        " ",
        "MAXIMUS guideline: Decision based on MTUS ACOEM Chapter 8 Neck and Upper Back ",
        "Complaints Page(s): 174.   ",
        " ",
        "Decision rationale: No goal is named, and the count of visits is open. The massage is ",
        "not medically necessary. ",
        "\n\n ",
        "Soma 350mg  #50 x 3 refills:  Upheld ",
        " ",
        "Claims Administrator guideline: Decision based on MTUS Chronic Pain Treatment Guidelines ",
        "Carisoprodol, page 29. ",
        " ",
        "MAXIMUS guideline: The Expert Reviewer did not cite any medical evidence at all. ",
        " ",
        "Decision rationale: It is for short use only. ",
    ]
)

DECISIONS_2013 = """\
MAXIMUS FEDERAL SERVICES, INC.
Independent Medical Review Final Determination Letter
Dated: October 9, 2013
Employee: a fictional roofer
Date of UR Decision: 8-30-13
Date of Injury: 3/4/2011
IMR Application Received: 9/6/2013
IMR Case Number: CM13-0000002
HOW THE IMR FINAL DETERMINATION WAS MADE
The physician reviewer is Board Certified in Orthopedic Surgery, and is licensed to practice in
California and Texas.
DOCUMENTS REVIEWED
The file was reviewed.
CLINICAL CASE SUMMARY
The roofer hurt a knee.
IMR DECISION(S) AND RATIONALE(S)
The decisions are set forth below:
1) The request for a knee brace is not medically necessary and appropriate.
The Claims Administrator based its decision on the Knee Complaints Chapter, pages 340-1, which is
part of the MTUS.
The Physician Reviewer based his/her decision on a Brace Manual, 2010, page 7, which is not part of
the MTUS.
The Physician Reviewer's decision rationale:
The knee is stable. Steps of care: 1) rest; 2) exercise.
2) Eight visits of physical therapy are medically necessary and appropriate.
The Claims Administrator based its decision on the Postsurgical Treatment Guidelines, page 10,
which is part of the MTUS.
The Physician Reviewer based his/her decision on the Postsurgical Treatment Guidelines, page 24,
which is part of the MTUS.
The Physician Reviewer's decision rationale:
The knee was operated on in July.
"""

PROFESSIONAL = """\
MEDICAL PROFESSIONAL REVIEW
IMR Case Number: CM13-0000003
Date of Injury: 02/30/2012
ISSUE AT DISPUTE:
1. Lumbar brace
2. Heating pad
CASE SUMMARY:
A fictional cook has back pain.
DOCUMENTS REVIEWED FOR DETERMINATION:
The file.
MEDICAL TREATMENT GUIDELINE(S) RELIED UPON BY PROFESSIONAL \nREVIEWER AND WHY:
Low Back Chapter, page 301, which is part of the MTUS.
RATIONALE FOR WHY THE REQUESTED TREATMENT/SERVICE IS/WAS NOT \nMEDICALLY NECESSARY:
Neither changes the course after the first days.
MEDICAL REVIEWER QUALIFICATIONS:
The reviewer is Board Certified in Family Medicine and is licensed to practice in Iowa.
"""

CURRENT = """\
IMR Case Number: CM21-0000004
Date of Injury: 2021-02-03
UR Denial Date: March 3, 2021
Application Received: 03/10/2021
Date Assigned: 03/20/2021
Decision Date: 4/1/21
Priority: Expedited
HOW THE IMR FINAL DETERMINATION WAS MADE
The Expert Reviewer has the following credentials:
State(s) of Licensure: Nevada
Certification(s)/Specialty: Internal Medicine
CLINICAL CASE SUMMARY
A fictional driver coughs.
IMR DETERMINATION
1. Chest X-ray, two views: Overturned
Claims Administrator guideline: The Claims Administrator did not cite any medical evidence.
Expert Reviewer Guidelines: Decision based on MTUS Lung Disease 2020, Section(s): Imaging.
Decision rationale: The cough has lasted nine weeks.
2. Honey, 200 g: UPHELD.
Claims Administrator guideline: Decision based on Non-MTUS Citation Kitchen Weekly.
Expert Reviewer Guidelines: Decision based on Non-MTUS Citation Kitchen Weekly.
Decision rationale: It may be bought anywhere.
"""

NOTE = """\
Chart note, 5/6/2016. A fictional clerk reports wrist pain, 6 of 10, after typing. Grip is weak.
Plan: splint at night, review in two weeks. Date of Injury: 04/01/2016.
"""

BY_LAYOUT = {
    "sections": SECTIONS,
    "double_spaced": DOUBLE_SPACED,
    "decisions_2013": DECISIONS_2013,
    "professional_review": PROFESSIONAL,
    "current": CURRENT,
    "note": NOTE,
}
