"""Two charts side by side, a row per step of weighting: the spread of the weights, and the estimate with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.scale import Scale, scale_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["StepRow", "steps_plot"]

_AIR, _GAP, _BOX = 12.0, 14.0, 9.0
_KEY = (
    "Left: half of the weights lie in the box, 98 in 100 on the line; the bar is the median, the triangle the largest. "
    "Right: the estimate, with its interval where there is one. n: answers of equal weight they count as."
)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: its weights (percentiles 1, 25, 50, 75, 99 and the largest, of an average of 1), its estimate, its interval or None."""

    label: str
    spread: tuple[float, ...]
    value: float
    interval: tuple[float, float] | None
    kish_n: float


def steps_plot(rows: Sequence[StepRow], *, percent: bool, title: str, caption: str = "") -> page.Picture:
    """Draw the rows from top to bottom.

    Parameters
    ----------
    rows : sequence of StepRow
        From the first step to the last.
    percent : bool
        Whether the estimate is a share, shown in percent.
    title, caption : str
        Above and below.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        There are no rows, or no font has the letters of a text.

    Examples
    --------
    >>> from evidencekit.weighting.views.stepsplot import StepRow, steps_plot
    >>> row = StepRow("base", (0.2, 0.6, 0.9, 1.3, 2.5, 3.1), 0.16, (0.14, 0.18), 950.0)
    >>> steps_plot([row], percent=True, title="Steps")
    Picture('Steps')
    Steps. base: weights up to 3.1 times their average, 16% (14 to 18), n 950.
    """
    if not rows:
        raise InputError("The picture has no rows.", "Give at least one step.")
    listed = "; ".join(f"{r.label}: weights up to {r.spread[-1]:.2g} times their average, {_said(r, percent)}, {_n(r)}" for r in rows)
    with page.drawing():
        figure = _drawn(rows, percent, title, caption)
    return page.Picture(figure, title, f"{title.rstrip('. ')}. {listed}.")


def _drawn(rows: Sequence[StepRow], percent: bool, title: str, caption: str) -> Figure:
    inner = page.width() - 2 * page.MARGIN
    heading, below = page.lettering(title, inner, size=page.TITLE, bold=True), page.lettering(caption, inner)
    key = page.lettering(_KEY, inner)
    labels = [page.lettering(row.label, 0.22 * inner) for row in rows]
    said = [page.lettering(f"{_said(row, percent)}\n{_n(row)}", 0.3 * inner) for row in rows]
    left, right = _scales(rows, page.MARGIN + max(w.width for w in labels), page.width() - page.MARGIN - max(w.width for w in said))
    start = page.MARGIN + heading.height + _GAP
    over = [page.lettering("Weights, average 1", left.right - left.left), page.lettering("Estimate", right.right - right.left)]
    first = start + max(word.height for word in over) + 4
    heights = [max(a.height, b.height) + _AIR for a, b in zip(labels, said, strict=True)]
    last = first + sum(heights)
    numbers = page.lettering("0", inner).height
    end = last + 4 + numbers + _GAP + key.height
    figure, axes = page.sheet(end + (4 + below.height if caption else 0) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for word, scale, name in zip(over, (left, right), (_plain, _percent if percent else _plain), strict=True):
        word.draw(axes, scale.left, start, color=page.SLATE)
        _put_ticks(axes, scale, (first, last), name)
    axes.plot([left.at(1.0)] * 2, [first, last], color=page.SLATE, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1.5)
    y = first
    for row, label, words, height in zip(rows, labels, said, heights, strict=True):
        middle = y + height / 2
        label.draw(axes, page.MARGIN, middle - label.height / 2)
        _put_weights(axes, left, row, middle)
        _put_estimate(axes, right, row, middle)
        words.draw(axes, page.width() - page.MARGIN - max(w.width for w in said), middle - words.height / 2)
        y += height
    key.draw(axes, page.MARGIN, end - key.height, color=page.SLATE)
    below.draw(axes, page.MARGIN, end + 4, color=page.SLATE)
    return figure


def _scales(rows: Sequence[StepRow], start: float, end: float) -> tuple[Scale, Scale]:
    """The scales of the weights, from 0 or the least, and of the estimates, over their intervals; each with half of the room."""
    low, high = start + _GAP, end - _GAP
    half = (high - low - 2 * _GAP) / 2
    spread = [value for row in rows for value in row.spread]
    ends = [value for row in rows for value in (row.value, *(row.interval or ()))]
    ticks = int(half // (3 * page.BODY))
    left = scale_over(min(0.0, *spread), 1.05 * max(spread), left=low, right=low + half, most=ticks + 2, outward=False)
    return left, scale_over(min(ends), max(ends), left=high - half, right=high, most=ticks)


def _put_ticks(axes: Axes, scale: Scale, ends: tuple[float, float], name: Callable[[float], str]) -> None:
    for value in scale.ticks:
        x = scale.at(value)
        axes.plot([x, x], ends, color=page.RULE, linewidth=0.8, zorder=1)
        page.lettering(name(value), page.width()).draw(axes, x, ends[1] + 4, color=page.SLATE, align="center")


def _put_weights(axes: Axes, scale: Scale, row: StepRow, y: float) -> None:
    low, lower, median, upper, high, largest = (scale.at(value) for value in row.spread)
    axes.plot([low, high], [y, y], color=page.SLATE, linewidth=1.4, solid_capstyle="butt", zorder=2)
    axes.fill_between([lower, upper], y - _BOX, y + _BOX, facecolor=page.SKY, edgecolor=page.BLUE, linewidth=1.0, zorder=2.5)
    axes.plot([median, median], [y - _BOX, y + _BOX], color=page.INK, linewidth=1.8, solid_capstyle="butt", zorder=3)
    axes.plot(*([largest], [y], "<"), markersize=6, markerfacecolor="white", markeredgecolor=page.SLATE, markeredgewidth=1.2, zorder=3)


def _put_estimate(axes: Axes, scale: Scale, row: StepRow, y: float) -> None:
    if row.interval is not None:
        axes.plot([scale.at(end) for end in row.interval], [y, y], color=page.BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
    axes.plot(*([scale.at(row.value)], [y], "o"), markersize=8, markerfacecolor=page.BLUE, markeredgecolor=page.BLUE, zorder=3)


def _said(row: StepRow, percent: bool) -> str:
    """The estimate and its interval in figures."""
    scale, sign = (100.0, "%") if percent else (1.0, "")
    point = f"{scale * row.value:.3g}{sign}"
    return point if row.interval is None else f"{point} ({scale * row.interval[0]:.3g} to {scale * row.interval[1]:.3g})"


def _n(row: StepRow) -> str:
    return f"n {row.kish_n:,.0f}"


def _plain(value: float) -> str:
    return f"{value:g}"


def _percent(value: float) -> str:
    return f"{round(100 * value, 10):g}%"
