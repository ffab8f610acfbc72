"""Conclusion → explanation."""

from __future__ import annotations

from collections.abc import Sequence

from imr_rules.cases.evaluate import Conclusion
from imr_rules.explain.also_asked import also_asked
from imr_rules.explain.flips import flips_of, untold_flips
from imr_rules.explain.likelihood import likelihood_of
from imr_rules.explain.model import Explanation, Reason
from imr_rules.explain.reasons import nearest_route, reasons_for
from imr_rules.guidelines.model import Standing
from imr_rules.knowledge import Knowledge


def explain(conclusion: Conclusion, knowledge: Knowledge) -> Explanation:
    """Return why *conclusion* is what it is, and what would change it."""
    reasons = reasons_for(conclusion)
    flips = flips_of(conclusion, knowledge)
    if not flips.flips:
        flips = untold_flips(conclusion, knowledge)
    likelihood = likelihood_of(conclusion, knowledge)
    route = None
    if conclusion.governing is not None and conclusion.trace is not None:
        topic, trace = conclusion.governing.topic, conclusion.trace
        nearest = nearest_route(topic, trace, conclusion.sheet)
        route = nearest.title if nearest else None
    return Explanation(
        conclusion=conclusion,
        reasons=reasons,
        route=route,
        distance=flips.distance,
        hinges_on=flips.sets,
        likelihood_overturned=likelihood.overturned,
        likelihood_n=likelihood.n,
        base_rate=likelihood.base_rate,
        on_background_alone=rests_on_background(reasons),
        also_asked=also_asked(
            conclusion.item.request, conclusion.governing, knowledge, conclusion.on
        ),
    )


def rests_on_background(reasons: Sequence[Reason]) -> bool:
    """Whether no decisive one of *reasons* is attested or seen in a public text."""
    decisive = [reason for reason in reasons if reason.decisive]
    # What is only presumed was not weighed by anybody: the outcome rests on the others.
    weighed = [reason for reason in decisive if not reason.only_presumed] or decisive
    return bool(weighed) and all(reason.standing is Standing.BACKGROUND for reason in weighed)
