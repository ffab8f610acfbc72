"""Preview → plain data (``imr.preview.v1``)."""

from __future__ import annotations

from typing import Any

from imr_rules.explain.fact_words import FactStated
from imr_rules.explain.hinges import Hinge
from imr_rules.explain.to_json import explanation_to_json
from imr_rules.notice import NOTICE
from imr_rules.preview.model import Preview

FORMAT = "imr.preview.v1"


def preview_to_json(preview: Preview) -> dict[str, Any]:
    """Return *preview* as plain data; ``trace`` is what ``evaluate`` says of the item."""
    trace = explanation_to_json(preview.explanation)
    return {
        "format": FORMAT,
        "title": trace["title"],
        "prediction": trace["prediction"],
        "certainty": trace["certainty"],
        "barred": preview.is_barred,
        "likelihood_overturned": trace["likelihood_overturned"],
        "likelihood_n": trace["likelihood_n"],
        "base_rate_overturned": trace["base_rate_overturned"],
        "base_rate_of": trace["base_rate_of"],
        "decisive": [reason for reason in trace["reasons"] if reason["decisive"]],
        "held_by": [_stated(fact) for fact in preview.held_by],
        "only_presumed": [reason.criterion for reason in preview.rests_on],
        "left_open": list(preview.add),
        "turns_to": preview.turns_to.value if preview.hinges else None,
        "if_the_record_shows": [_hinge(hinge) for hinge in preview.hinges],
        "trace": trace,
        "notice": NOTICE,
    }


def _hinge(hinge: Hinge) -> dict[str, Any]:
    return {
        "need": hinge.need.value,
        "cost": hinge.cost,
        "facts": [
            {
                "fact": part.fact,
                "question": part.question,
                "answers": [
                    {"value": answer.value, "words": answer.answer} for answer in part.answers
                ],
                "now": part.now,
                "asked_for_by": list(part.asked_for_by),
                "what_counts": part.documentation,
                "untold": part.untold,
            }
            for part in hinge.facts
        ],
    }


def _stated(fact: FactStated) -> dict[str, Any]:
    return {"fact": fact.fact, "value": fact.value, "words": str(fact)}
