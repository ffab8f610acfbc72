"""``rules/audit/*.yaml``: the phrases, limits, severities and confidences of the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError

from imr_rules.audit.phrases import DatePhrases, NumberPhrases, Phrases

Words = Annotated[tuple[str, ...], Field(strict=False)]


class RuleId(StrEnum):
    """The sorts of finding, in the order of ``rules.yaml``."""

    EVIDENCE_DENIED = "evidence-denied"
    EVIDENCE_CLAIMED = "evidence-claimed"
    CONCLUSION_REVERSED = "conclusion-reversed"
    CRITERIA_SAID_MET = "criteria-said-met"
    FINDINGS_FAVOUR_REFUSED = "findings-favour-refused"
    FINDINGS_AGAINST_GRANTED = "findings-against-granted"
    VISITS_DIFFER = "visits-differ"
    SIDES_DIFFER = "sides-differ"
    PERSON_CHANGES = "person-changes"
    INJURY_DATE_DIFFERS = "injury-date-differs"
    LONGER_THAN_INJURY = "longer-than-injury"
    INJURY_OLDER = "injury-older"
    TREATMENT_DENIED = "treatment-denied"
    OTHER_BODY_PART = "other-body-part"
    OTHER_STUDY = "other-study"
    DRUG_FORM = "drug-form"
    RULES_DIFFER = "rules-differ"
    RULES_DIFFER_UNDOCUMENTED = "rules-differ-undocumented"
    LIKE_CASES = "like-cases"
    SECTION_ELSEWHERE = "section-elsewhere"
    PAGES_ELSEWHERE = "pages-elsewhere"
    CHAPTER_ELSEWHERE = "chapter-elsewhere"
    EDITION_NOT_IN_FORCE = "edition-not-in-force"
    SECTION_UNKNOWN = "section-unknown"
    SECTION_FOR_LATER = "section-for-later"
    NONE_CITED = "none-cited"
    UNADDRESSED = "unaddressed"
    GROUP_DIFFERS = "group-differs"
    LIKE_CASES_SCATTER = "like-cases-scatter"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class RulePolicy(_Frozen):
    """How a rule's findings are shown: what hangs on them, and how often they are right.

    ``from_letter`` is the confidence where the facts were read in a letter by this program,
    ``from_facts`` where a person wrote them down.
    """

    title: str
    severity: Literal["high", "medium", "low"]
    from_letter: Annotated[float, Field(ge=0, le=1)]
    from_facts: Annotated[float, Field(ge=0, le=1)]


class ConflictPolicy(_Frozen):
    """Which conflicts between summary and rationale count, by fact.

    ``affirms`` lists the record values that document the fact firmly enough; without them any
    value that speaks for the treatment does. ``denies`` likewise for the rationale.
    ``counts_for`` names facts of a topic that a conflict on this one speaks to as well.
    ``denied_in_words``: the rationale must deny the fact itself; to tell of another course of
    things ("is improving") denies nothing.
    """

    from_letter: Annotated[float, Field(ge=0, le=1)]
    from_facts: Annotated[float, Field(ge=0, le=1)]
    affirms: Words = ()
    denies: Words = ()
    counts_for: Words = ()
    denied_in_words: bool = False
    severity: Literal["high", "medium", "low"] = "high"


class ConclusionWords(_Frozen):
    """Phrases by which a rationale ends for or against a treatment.

    A sentence with one of *left_open* grants nothing, and meets or misses no criteria.
    """

    granted: Phrases
    refused: Phrases
    criteria_met: Phrases
    criteria_unmet: Phrases
    left_open: Phrases


class RestatedWords(_Frozen):
    """Where a rationale names the request again, from an opening word to a closing one."""

    opens: Phrases
    closes: Words
    longest_words: int
    not_near: Phrases


class PersonWords(_Frozen):
    """How letters tell age and sex; an age with one of *not_near* before it is a guideline's.

    *she* and *he* are the pronouns with words that only the worker is told of by.
    """

    female: Words
    male: Words
    she: Phrases
    he: Phrases
    ages: NumberPhrases
    not_near: Phrases


class DurationWords(_Frozen):
    """How rationales tell for how long something went on; days of each unit.

    *of_symptoms* tell of the injury, *of_use* of what is asked for where the sentence names it.
    By *begun* and *before_injury* letters tell that something is older than the injury.
    """

    phrases: Phrases
    of_symptoms: Phrases
    of_use: Phrases
    begun: Phrases
    before_injury: Phrases
    not_near: Phrases
    units: Mapping[str, int]
    slack_days: int


class InjuryAgeWords(_Frozen):
    """How rationales tell the age of the injury, and how much older it may be; days of each unit.

    A phrase of *of_now* without a number tells of one. *slack_share* is of the age told,
    *slack_days* come to it.
    """

    of_now: Phrases
    units: Mapping[str, int]
    slack_share: float
    slack_days: int


class InjuryDateWords(_Frozen):
    """How letters date the injury; *another* are words of an injury that is not in dispute."""

    phrases: DatePhrases
    another: Phrases


class VisitWords(_Frozen):
    """How rationales quote the number of visits that a guideline allows, and apply it.

    *decided* tell how many visits are, or are not, necessary; *named* any number of visits.
    """

    quoted: NumberPhrases
    applied: NumberPhrases
    decided: NumberPhrases
    named: NumberPhrases


class TreatmentWords(_Frozen):
    """How rationales deny that anything was done, and how letters tell of treatment that was.

    *not_near* are words of one time among others, of which alone a denial then is.
    """

    denied: Phrases
    not_near: Phrases
    told: Phrases


class FormWords(_Frozen):
    """Which sections are about drugs on the skin, and which requests are for such drugs."""

    topical_sections: Words
    topical_forms: Words
    topical_treatments: Words


class ContradictionPolicy(_Frozen):
    """The words of ``self_contradiction.yaml``; *near* are parts under each other's name.

    *study_categories* are the categories in which one treatment is never short for another.
    """

    conclusion: ConclusionWords
    restated: RestatedWords
    near: Annotated[tuple[Words, ...], Field(strict=False)]
    guideline_talk: Phrases
    person: PersonWords
    injury_date: InjuryDateWords
    durations: DurationWords
    injury_age: InjuryAgeWords
    visits: VisitWords
    treatment: TreatmentWords
    forms: FormWords
    study_categories: Words


class LaterSections(_Frozen):
    """Sections for requests of *categories* that suppose an injury of *least_days* days."""

    categories: Words
    sections: Words
    least_days: int


def _document(expression: Any) -> re.Pattern[str]:
    if not isinstance(expression, str):
        raise PydanticKnownError("string_type")
    try:
        compiled = re.compile(expression)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if not {"document", "year"} <= set(compiled.groupindex):
        raise ValueError("the expression names the groups 'document' and 'year'")
    return compiled


class CitationPolicy(_Frozen):
    """What the citation rules know of chapters and sections.

    ``chapters`` maps words of a chapter's name to the body parts it is about; ``general`` are
    sections that may be cited for anything; ``anywhere`` are topics that their guideline keeps
    under a chapter of another body part. Each thing that a case file cites begins with one of
    *inside* or *outside*.
    """

    chapters: Mapping[str, Words]
    general: Words
    anywhere: Words
    later: Annotated[tuple[LaterSections, ...], Field(strict=False)]
    inside: Words
    outside: Words
    document: Annotated[re.Pattern[str], BeforeValidator(_document)]


class UnaddressedWords(_Frozen):
    """*in_any* are words of questions that stand in any rationale, whatever it speaks of."""

    in_any: Words


class CitationWords(_Frozen):
    """How the line on the claims administrator's guideline tells what was cited.

    *not_mtus* are words that name MTUS to say that something else is cited.
    """

    none_cited: Words
    not_mtus: Words
    mtus: Words


class NoisePolicy(_Frozen):
    """When a group is large and different enough to be spoken of."""

    least_group: int
    least_letters: int
    false_discovery_rate: float
    resamples: int
    permutations: int
    seed: int
    administrator_citation: CitationWords


@dataclass(frozen=True)
class CauseWords:
    """How letters tell that a disease is behind a symptom.

    *diseases* are by the part where they sit; *because* stands between a symptom and its disease,
    *brings* between a disease and its symptom.
    """

    diseases: Mapping[str, Phrases]
    because: Phrases
    brings: Phrases


@dataclass(frozen=True)
class Policy:
    """All of ``rules/audit``; *speaks_for* are parts whose findings speak for another part."""

    rules: Mapping[RuleId, RulePolicy]
    conflicts: Mapping[str, ConflictPolicy]
    speaks_for: Mapping[str, tuple[str, ...]]
    causes: CauseWords
    contradiction: ContradictionPolicy
    unaddressed: UnaddressedWords
    citation: CitationPolicy
    noise: NoisePolicy
