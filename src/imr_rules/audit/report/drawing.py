"""Drawing: chart descriptions → inline SVG, with the axes and marks that all charts share.

Every chart is drawn twice, for a wide and for a narrow screen: scaling one drawing would make its
words too small on a phone. Both bases differ by shape and fill, never by colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from imr_rules.facts.model import Basis

WIDE, NARROW = 640, 345
INK, SOFT, _RECORD = "#1c2430", "#8a93a0", "#6b7684"
DARK_BLUE = "#1d4f91"
_FONT = "'DejaVu Sans', Verdana, sans-serif"
_LABEL_WIDE, _LABEL_NARROW = 230, 150
_NAME_GAP = 12

Records = list[dict[str, Any]]
Key = tuple[tuple[str, str], ...]
"""Marks and what they mean."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its title, the drawings, their key, and the words that say the same.

    The key stands in the page, where its words are as large as the text around it.
    """

    id: str
    title: str
    alternative: str
    key: Key
    wide: str
    narrow: str


_BASES_KEY = (("◇", "record basis"), ("●", "review basis"))


def drawn(
    identifier: str,
    title: str,
    alternative: str,
    draw: Callable[[int], Any],
    key: Key = _BASES_KEY,
) -> Chart:
    """Return the chart that *draw* describes for each width."""
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


def axis(**options: Any) -> Any:
    """Return an axis in the ink of the page."""
    import altair as alt

    return alt.Axis(
        labelColor=INK, titleColor=INK, titleFontWeight="normal", gridColor="#e4e7eb",
        domainColor=SOFT, tickColor=SOFT, labelFontSize=11, titleFontSize=11, **options,
    )  # fmt: skip


def label_width(width: int) -> int:
    """Return how much of a drawing so wide its names take."""
    return _LABEL_WIDE if width == WIDE else _LABEL_NARROW


def names_axis(width: int) -> Any:
    """An axis of names, always *width* wide, so that the charts of a page stand in line."""
    return axis(
        title=None,
        labelLimit=width - _NAME_GAP,
        minExtent=width,
        maxExtent=width,
        labelPadding=_NAME_GAP,
        domain=False,
        ticks=False,
        grid=True,
    )


def basis_scale(channel: str) -> Any:
    """Return what tells the bases apart in *channel*: shape, color or fill."""
    import altair as alt

    values = {
        "shape": ["diamond", "circle"],
        "color": [_RECORD, DARK_BLUE],
        "fill": ["white", DARK_BLUE],
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
            shape=alt.Shape("basis:N", scale=basis_scale("shape"), legend=None),
            stroke=alt.Stroke("basis:N", scale=basis_scale("color"), legend=None),
            fill=alt.Fill("basis:N", scale=basis_scale("fill"), legend=None),
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
            color=alt.Color("basis:N", scale=basis_scale("color"), legend=None),
        )
    )


def dot_plot(
    data: Records,
    column: str,
    order: Sequence[str],
    width: int,
    *,
    domain: tuple[float, float],
    percent: bool = False,
) -> Any:
    """Return a plot with a row for each value of *column*, in *order*: points with intervals."""
    import altair as alt

    table = {"values": data}
    label = label_width(width)
    y = alt.Y(f"{column}:N", sort=list(order), axis=names_axis(label))
    offset = alt.YOffset("basis:N", sort=[basis.value for basis in Basis])
    form = {"format": "%"} if percent else {}
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=list(domain), nice=False),
        axis=axis(title=None, tickCount=6 if width == WIDE else 3, **form),
    )
    return (
        _intervals(table, y=y, offset=offset) + _points(table, x=x, y=y, offset=offset)
    ).properties(width=width - label, height={"step": 13})
