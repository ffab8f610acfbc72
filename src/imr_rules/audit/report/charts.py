"""Scores → the charts of a report: what each one shows, and the words that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imr_rules.audit.report.drawing import (
    INK,
    NARROW,
    SOFT,
    WIDE,
    Chart,
    Key,
    Records,
    axis,
    basis_scale,
    dot_plot,
    drawn,
    label_width,
    names_axis,
)
from imr_rules.audit.report.environment import words
from imr_rules.facts.model import Basis

_MOST_GROUPS = 14
_SIZES_KEY: Key = (("■", "compared"), ("○", "too small to compare"))


def charts_of(scores: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Chart]:
    """Return the charts of a report by id; a chart without data is left out.

    *titles* are the names of groups for a reader, by the id that the scores give them.
    """
    charts = [_scores_chart(scores), _calibration_chart(scores)]
    charts += [
        _agreement_chart(name, groups, titles)
        for name, groups in scores["breakdowns"].items()
        if groups
    ]
    charts += [_level_chart(level) for level in scores["noise"]["level"] if level["groups"]]
    return {chart.id: chart for chart in charts if chart is not None}


# --- scores -----------------------------------------------------------------------------------

SHOWN_SCORES = (
    "agreement", "balanced_accuracy", "recall_overturned", "recall_upheld",
    "precision_overturned", "mcc", "cohen_kappa", "gwet_ac1", "krippendorff_alpha", "auc",
    "average_precision",
)  # fmt: skip
SCORE_NAMES = {
    "agreement": "Agreement",
    "balanced_accuracy": "Balanced accuracy",
    "recall_overturned": "Recall of overturned",
    "recall_upheld": "Recall of upheld",
    "precision_overturned": "Precision of overturned",
    "mcc": "Matthews correlation",
    "cohen_kappa": "Cohen's kappa",
    "gwet_ac1": "Gwet's AC1",
    "krippendorff_alpha": "Krippendorff's alpha",
    "auc": "Area under the curve",
    "average_precision": "Average precision",
    "brier": "Brier score",
}


def _scores_chart(scores: Mapping[str, Any]) -> Chart | None:
    data: Records = [
        {
            "basis": basis.value,
            "score": SCORE_NAMES[name],
            "value": score["value"],
            "low": (score["interval"] or [score["value"]] * 2)[0],
            "high": (score["interval"] or [score["value"]] * 2)[1],
        }
        for basis in Basis
        for name in SHOWN_SCORES
        if (score := scores["bases"][basis.value]["scores"][name])["value"] is not None
    ]
    if not data:
        return None
    return drawn(
        "scores",
        "Scores of both bases with 95 % intervals",
        "The same numbers stand in the table of scores.",
        lambda width: dot_plot(
            data,
            "score",
            [SCORE_NAMES[name] for name in SHOWN_SCORES],
            width,
            domain=(min(0.0, *(one["low"] for one in data)), 1.0),
        ),
    )


# --- calibration ------------------------------------------------------------------------------


def _calibration_chart(scores: Mapping[str, Any]) -> Chart | None:
    data: Records = [
        {
            "basis": basis.value,
            "expected": part["mean_likelihood"],
            "value": part["rate"],
            "low": part["interval"][0],
            "high": part["interval"][1],
            "n": part["n"],
        }
        for basis in Basis
        for part in scores["bases"][basis.value]["calibration"]
    ]
    if not data:
        return None
    return drawn(
        "calibration",
        "Likelihood of overturning against what was decided",
        "The same numbers stand in the table of calibration; on the line, what was expected "
        "came about.",
        lambda width: _calibration(data, width),
    )


def _calibration(data: Records, width: int) -> Any:
    import altair as alt

    table = {"values": data}
    scale = alt.Scale(domain=[0, 1], nice=False)
    ticks = 6 if width == WIDE else 3
    x = alt.X(
        "expected:Q",
        scale=scale,
        axis=axis(title="predicted likelihood of overturning", format="%", tickCount=ticks),
    )
    y = alt.Y(
        "value:Q",
        scale=scale,
        axis=axis(title="share overturned", format="%", tickCount=ticks),
    )
    line = (
        alt.Chart({"values": [{"a": 0, "b": 0}, {"a": 1, "b": 1}]})
        .mark_line(color=SOFT, strokeDash=[4, 4], strokeWidth=1)
        .encode(x="a:Q", y="b:Q")
    )
    rules = (
        alt.Chart(table)
        .mark_rule(strokeWidth=1.6)
        .encode(
            x=x,
            y="low:Q",
            y2="high:Q",
            color=alt.Color("basis:N", scale=basis_scale("color"), legend=None),
        )
    )
    points = (
        alt.Chart(table)
        .mark_point(size=70, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("basis:N", scale=basis_scale("shape"), legend=None),
            stroke=alt.Stroke("basis:N", scale=basis_scale("color"), legend=None),
            fill=alt.Fill("basis:N", scale=basis_scale("fill"), legend=None),
        )
    )
    side = 360 if width == WIDE else NARROW - 60
    return (line + rules + points).properties(width=side, height=side * 0.8)


# --- groups -----------------------------------------------------------------------------------


def _agreement_chart(
    name: str, groups: Sequence[Mapping[str, Any]], titles: Mapping[str, str]
) -> Chart | None:
    shown = groups[:_MOST_GROUPS]
    labels = {
        group["group"]: _label(
            titles.get(group["group"], group["group"]), group["overturned"]["of"]
        )
        for group in shown
    }
    data: Records = [
        {
            "basis": basis.value,
            "group": labels[group["group"]],
            "value": rate["rate"],
            "low": rate["interval"][0],
            "high": rate["interval"][1],
        }
        for group in shown
        for basis in Basis
        if (rate := group["agreement"][basis.value])["rate"] is not None
    ]
    if not data:
        return None
    return drawn(
        f"agreement-{name}",
        f"Agreement by {words(name)}",
        _cut(len(shown), len(groups)),
        lambda width: dot_plot(
            data,
            "group",
            [
                _label(titles.get(group["group"], group["group"]), group["overturned"]["of"])
                for group in shown
            ],
            width,
            domain=(0.0, 1.0),
            percent=True,
        ),
    )


def _cut(shown: int, of: int) -> str:
    most = "All groups" if shown == of else f"The {shown} largest of {of} groups"
    return f"{most} are drawn; the numbers stand in the table."


def _label(group: str, n: int) -> str:
    return f"{group} ({n})"


def _level_chart(level: Mapping[str, Any]) -> Chart | None:
    groups: Iterable[Mapping[str, Any]] = level["groups"]
    data: Records = [
        {
            "group": _label(group["group"], group["n"]),
            "value": group["rate"],
            "low": group["interval"][0],
            "high": group["interval"][1],
            "size": "compared" if group["ranked"] else "too small to compare",
        }
        for group in groups
    ][:_MOST_GROUPS]
    name = level["grouping"]
    return drawn(
        f"level-{name}",
        f"Share overturned by {_level_name(name)}",
        _cut(len(data), len(level["groups"])),
        lambda width: _level(data, width),
        _SIZES_KEY,
    )


def _level_name(column: str) -> str:
    names = {
        "specialty": "reviewer's specialty",
        "licensure": "reviewer's licensure",
        "administrator_citation": "what the claims administrator cites",
    }
    return names.get(column, words(column))


def _level(data: Records, width: int) -> Any:
    import altair as alt

    table = {"values": data}
    label = label_width(width)
    y = alt.Y(
        "group:N",
        sort=[one["group"] for one in data],
        axis=names_axis(label),
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=axis(title=None, format="%", tickCount=6 if width == WIDE else 3),
    )
    names = ["compared", "too small to compare"]
    rules = (
        alt.Chart(table)
        .mark_rule(strokeWidth=1.6)
        .encode(
            x="low:Q",
            x2="high:Q",
            y=y,
            color=alt.Color(
                "size:N", scale=alt.Scale(domain=names, range=[INK, SOFT]), legend=None
            ),
        )
    )
    points = (
        alt.Chart(table)
        .mark_point(size=58, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape(
                "size:N", scale=alt.Scale(domain=names, range=["square", "circle"]), legend=None
            ),
            fill=alt.Fill(
                "size:N", scale=alt.Scale(domain=names, range=[INK, "white"]), legend=None
            ),
            stroke=alt.Stroke(
                "size:N", scale=alt.Scale(domain=names, range=[INK, SOFT]), legend=None
            ),
        )
    )
    return (rules + points).properties(width=width - label, height={"step": 22})
