"""Determinations written for these tests; none is anybody's. Each holds one thing to be found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """What varies from letter to letter; the rest is an ordinary letter of 2017."""

    number: str = "CM17-0000001"
    injury: str = "11/02/2016"
    denial: str = "01/10/2017"
    decided: str = "02/20/2017"
    summary: str = "A fictional cook of 41 hurt the low back while lifting a pot."
    title: str = "MRI of the lumbar spine"
    outcome: str = "Upheld"
    cited: str = "Decision based on MTUS Low Back Complaints 2004, Section(s): Special Studies."
    rationale: str = (
        "There are no red flags, and no operation is being weighed. "
        "The request for MRI of the lumbar spine is not medically necessary."
    )

    @property
    def text(self) -> str:
        """The whole letter."""
        return f"""\
Case Number: {self.number}
Date Assigned: 01/20/2017 Date of Injury: {self.injury}
Decision Date: {self.decided} UR Denial Date: {self.denial}
Priority: Standard Application
Received:
01/18/2017
HOW THE IMR FINAL DETERMINATION WAS MADE
An expert without ties to any party looked at the whole file and was chosen for the field.
The Expert Reviewer has the following credentials:
State(s) of Licensure: Oregon
Certification(s)/Specialty: Family Practice
CLINICAL CASE SUMMARY
The reviewer wrote this from the file, including all medical records:
{self.summary}
IMR ISSUES, DECISIONS AND RATIONALES
The decisions for the disputed services are set forth below:
{self.title}: {self.outcome}
Claims Administrator guideline: Decision based on MTUS Low Back Complaints 2004.
MAXIMUS guideline: {self.cited}
Decision rationale: {self.rationale}
"""
