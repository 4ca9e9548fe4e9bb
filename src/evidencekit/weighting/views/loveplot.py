"""Love plots: how far each covariate is from its target before and after weighting, on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.scale import scale_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LoveRow", "love_plot"]

_AIR, _GAP, _TICKS = 7.0, 12.0, 6
# A hollow circle and a smaller filled diamond: told apart without colour, and where they meet the circle shows round the diamond.
_MARKS = {"before": ("o", 10.0, "white"), "after": ("D", 5.5, page.BLUE)}


@dataclass(frozen=True, slots=True)
class LoveRow:
    """One covariate: its absolute standardised differences."""

    label: str
    before: float
    after: float


def love_plot(rows: Sequence[LoveRow], *, limit: float, title: str, caption: str = "") -> page.Picture:
    """Draw the rows from top to bottom, a circle before weighting and a diamond after, and a dashed line at the limit.

    Parameters
    ----------
    rows : sequence of LoveRow
        From top to bottom.
    limit : float
        Where balance is taken to end.
    title, caption : str
        Above and below.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        There are no rows, or no font has the letters of a text.

    References
    ----------
    Love (2004), Graphical display of covariate balance. Ahmed et al. (2006), Eur. Heart J. 27, 1431-1439.

    Examples
    --------
    >>> from evidencekit.weighting.views.loveplot import LoveRow, love_plot
    >>> love_plot([LoveRow("sex: girl", 0.31, 0.02)], limit=0.1, title="Balance")
    Picture('Balance')
    Balance. Absolute standardised difference, before and after weighting, limit 0.1. sex: girl: 0.31, 0.02.
    """
    if not rows:
        raise InputError("The picture has no rows.", "Compare at least one covariate that varies.")
    listed = "; ".join(f"{row.label}: {row.before:.2f}, {row.after:.2f}" for row in rows)
    alt = f"{title.rstrip('. ')}. Absolute standardised difference, before and after weighting, limit {limit:g}. {listed}."
    with page.drawing():
        figure = _drawn(rows, limit, title, caption)
    return page.Picture(figure, title, alt)


def _drawn(rows: Sequence[LoveRow], limit: float, title: str, caption: str) -> Figure:
    inner = page.width() - 2 * page.MARGIN
    heading, below = page.lettering(title, inner, size=page.TITLE, bold=True), page.lettering(caption, inner)
    labels = [page.lettering(row.label, 0.42 * inner) for row in rows]
    left = page.MARGIN + max(label.width for label in labels) + _GAP
    top = 1.06 * max(1.5 * limit, *(max(row.before, row.after) for row in rows))
    scale = scale_over(0.0, top, left=left, right=page.width() - page.MARGIN - _GAP, most=_TICKS, outward=False)
    under = page.lettering("Absolute standardised difference", page.width() - page.MARGIN - left)
    key = page.lettering("before", inner)
    start = page.MARGIN + heading.height + _GAP
    first = start + key.height + _GAP
    last = first + sum(label.height + _AIR for label in labels)
    numbers = [(value, page.lettering(f"{value:g}" if value else "0", inner)) for value in scale.ticks]
    end = last + 4 + key.height + under.height
    figure, axes = page.sheet(end + (_GAP + below.height if caption else 0) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    _put_key(axes, page.MARGIN, start, limit)
    for value, number in numbers:
        x = scale.at(value)
        axes.plot([x, x], [first, last], color=page.SLATE if value == 0 else page.RULE, linewidth=1.0 if value == 0 else 0.8, zorder=1)
        number.draw(axes, x, last + 4, color=page.SLATE, align="center")
    axes.plot([scale.at(limit)] * 2, [first, last], color=page.INK, linewidth=1.4, linestyle=(0, (4, 3)), zorder=2)
    y = first
    for row, label in zip(rows, labels, strict=True):
        middle = y + (label.height + _AIR) / 2
        label.draw(axes, page.MARGIN, middle - label.height / 2)
        axes.plot([scale.at(row.before), scale.at(row.after)], [middle, middle], color=page.PALE, linewidth=2.0, zorder=2)
        for name, value in (("before", row.before), ("after", row.after)):
            _put_mark(axes, scale.at(value), middle, name)
        y += label.height + _AIR
    under.draw(axes, left, last + 4 + key.height, color=page.SLATE)
    below.draw(axes, page.MARGIN, end + _GAP, color=page.SLATE)
    return figure


def _put_key(axes: Axes, x: float, y: float, limit: float) -> None:
    """What the marks and the line are."""
    for name in _MARKS:
        word = page.lettering(f"{name} weighting", page.width())
        _put_mark(axes, x + 6, y + word.height / 2, name)
        word.draw(axes, x + 16, y)
        x += 16 + word.width + 14
    word = page.lettering(f"{limit:g}", page.width())
    axes.plot([x, x + 16], [y + word.height / 2] * 2, color=page.INK, linewidth=1.4, linestyle=(0, (4, 3)))
    word.draw(axes, x + 21, y)


def _put_mark(axes: Axes, x: float, y: float, name: str) -> None:
    marker, size, inside = _MARKS[name]
    axes.plot(*([x], [y], marker), markersize=size, markerfacecolor=inside, markeredgecolor=page.BLUE, markeredgewidth=1.6, zorder=3)
