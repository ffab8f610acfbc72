"""Scores → charts as inline SVG: drawn here, nothing is fetched, legible in grey.

Every chart is drawn twice, for a wide and for a narrow screen: scaling one drawing would make its
words too small on a phone. Both bases differ by shape and fill, never by colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from imr_rules.audit.report.environment import words
from imr_rules.facts.model import Basis

WIDE, NARROW = 640, 345
_INK, _SOFT, _RECORD = "#1c2430", "#8a93a0", "#6b7684"
_DARK_BLUE = "#1d4f91"
_FONT = "'DejaVu Sans', Verdana, sans-serif"
_MOST_GROUPS = 14
_LABEL_WIDE, _LABEL_NARROW = 230, 150
_NAME_GAP = 12

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its title, the drawings, their key, and the words that say the same.

    The key stands in the page, where its words are as large as the text around it.
    """

    id: str
    title: str
    alternative: str
    key: tuple[tuple[str, str], ...]
    wide: str
    narrow: str


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


_BASES_KEY = (("◇", "record basis"), ("●", "review basis"))
_SIZES_KEY = (("■", "compared"), ("○", "too small to compare"))


def _drawn(
    identifier: str,
    title: str,
    alternative: str,
    draw: Callable[[int], Any],
    key: tuple[tuple[str, str], ...] = _BASES_KEY,
) -> Chart:
    return Chart(
        identifier,
        title,
        alternative,
        key,
        _svg(draw(WIDE), f"{identifier}-wide"),
        _svg(draw(NARROW), f"{identifier}-narrow"),
    )


def _svg(chart: Any, prefix: str) -> str:
    """Draw *chart*; its ids get a *prefix*, for many drawings share one page."""
    import vl_convert

    spec = chart.configure_view(stroke=None).configure(font=_FONT, background="transparent")
    svg: str = vl_convert.vegalite_to_svg(spec.to_dict(), vl_version=_version())
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    # The page says what a drawing shows; a reader of the page must not hear every mark of it.
    svg = re.sub(r'\s(?:role|aria-[a-z]+)="[^"]*"', "", svg)
    return svg.replace("<svg", '<svg aria-hidden="true" focusable="false"', 1)


@cache
def _version() -> str:
    """The version of the drawing language that both libraries know."""
    import altair
    import vl_convert

    wanted = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    known: list[str] = vl_convert.get_vegalite_versions()
    return wanted if wanted in known else known[-1]


def _axis(**options: Any) -> Any:
    import altair as alt

    return alt.Axis(
        labelColor=_INK, titleColor=_INK, titleFontWeight="normal", gridColor="#e4e7eb",
        domainColor=_SOFT, tickColor=_SOFT, labelFontSize=11, titleFontSize=11, **options,
    )  # fmt: skip


def _names_axis(width: int) -> Any:
    """An axis of names, always *width* wide, so that the charts of a page stand in line."""
    return _axis(
        title=None,
        labelLimit=width - _NAME_GAP,
        minExtent=width,
        maxExtent=width,
        labelPadding=_NAME_GAP,
        domain=False,
        ticks=False,
        grid=True,
    )


def _basis_scale(channel: str) -> Any:
    import altair as alt

    values = {
        "shape": ["diamond", "circle"],
        "color": [_RECORD, _DARK_BLUE],
        "fill": ["white", _DARK_BLUE],
    }
    return alt.Scale(domain=[basis.value for basis in Basis], range=values[channel])


def _points(data: Any, *, x: Any, y: Any, offset: Any) -> Any:
    import altair as alt

    return (
        alt.Chart(data)
        .mark_point(size=58, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            yOffset=offset,
            shape=alt.Shape("basis:N", scale=_basis_scale("shape"), legend=None),
            stroke=alt.Stroke("basis:N", scale=_basis_scale("color"), legend=None),
            fill=alt.Fill("basis:N", scale=_basis_scale("fill"), legend=None),
        )
    )


def _intervals(data: Any, *, y: Any, offset: Any) -> Any:
    import altair as alt

    return (
        alt.Chart(data)
        .mark_rule(strokeWidth=1.6)
        .encode(
            x="low:Q",
            x2="high:Q",
            y=y,
            yOffset=offset,
            color=alt.Color("basis:N", scale=_basis_scale("color"), legend=None),
        )
    )


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
    return _drawn(
        "scores",
        "Scores of both bases with 95 % intervals",
        "The same numbers stand in the table of scores.",
        lambda width: _dot_plot(
            data,
            "score",
            [SCORE_NAMES[name] for name in SHOWN_SCORES],
            width,
            domain=(min(0.0, *(one["low"] for one in data)), 1.0),
        ),
    )


def _dot_plot(
    data: Records,
    column: str,
    order: Sequence[str],
    width: int,
    *,
    domain: tuple[float, float],
    percent: bool = False,
) -> Any:
    import altair as alt

    table = {"values": data}
    label = _LABEL_WIDE if width == WIDE else _LABEL_NARROW
    axis = _axis(
        title=None,
        labelLimit=label - 12,
        minExtent=label,
        maxExtent=label,
        labelPadding=12,
        domain=False,
        ticks=False,
        grid=True,
    )
    y = alt.Y(f"{column}:N", sort=list(order), axis=axis)
    offset = alt.YOffset("basis:N", sort=[basis.value for basis in Basis])
    form = {"format": "%"} if percent else {}
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=list(domain), nice=False),
        axis=_axis(title=None, tickCount=6 if width == WIDE else 3, **form),
    )
    return (
        _intervals(table, y=y, offset=offset) + _points(table, x=x, y=y, offset=offset)
    ).properties(width=width - label, height={"step": 13})


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
    return _drawn(
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
        axis=_axis(title="predicted likelihood of overturning", format="%", tickCount=ticks),
    )
    y = alt.Y(
        "value:Q",
        scale=scale,
        axis=_axis(title="share overturned", format="%", tickCount=ticks),
    )
    line = (
        alt.Chart({"values": [{"a": 0, "b": 0}, {"a": 1, "b": 1}]})
        .mark_line(color=_SOFT, strokeDash=[4, 4], strokeWidth=1)
        .encode(x="a:Q", y="b:Q")
    )
    rules = (
        alt.Chart(table)
        .mark_rule(strokeWidth=1.6)
        .encode(
            x=x,
            y="low:Q",
            y2="high:Q",
            color=alt.Color("basis:N", scale=_basis_scale("color"), legend=None),
        )
    )
    points = (
        alt.Chart(table)
        .mark_point(size=70, strokeWidth=1.6, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape("basis:N", scale=_basis_scale("shape"), legend=None),
            stroke=alt.Stroke("basis:N", scale=_basis_scale("color"), legend=None),
            fill=alt.Fill("basis:N", scale=_basis_scale("fill"), legend=None),
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
    return _drawn(
        f"agreement-{name}",
        f"Agreement by {words(name)}",
        _cut(len(shown), len(groups)),
        lambda width: _dot_plot(
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
    return _drawn(
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
    label = _LABEL_WIDE if width == WIDE else _LABEL_NARROW
    y = alt.Y(
        "group:N",
        sort=[one["group"] for one in data],
        axis=_axis(
            title=None,
            labelLimit=label - 12,
            minExtent=label,
            maxExtent=label,
            labelPadding=12,
            domain=False,
            ticks=False,
            grid=True,
        ),
    )
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=_axis(title=None, format="%", tickCount=6 if width == WIDE else 3),
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
                "size:N", scale=alt.Scale(domain=names, range=[_INK, _SOFT]), legend=None
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
                "size:N", scale=alt.Scale(domain=names, range=[_INK, "white"]), legend=None
            ),
            stroke=alt.Stroke(
                "size:N", scale=alt.Scale(domain=names, range=[_INK, _SOFT]), legend=None
            ),
        )
    )
    return (rules + points).properties(width=width - label, height={"step": 22})
