"""Dot charts: a dot and a whisker for each labelled share, its number beside it, hidden ones said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.rendering import figure as page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["DotRow", "State", "dot_chart"]

State = Literal["shown", "caution", "protected", "uncertain", "review"]
_HIDDEN: dict[State, tuple[str, str, str]] = {  # words, marker, its inside
    "protected": ("protected", "s", page.SLATE),
    "uncertain": ("too uncertain to show", "D", "white"),
    "review": ("for review", "^", "white"),
}
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100)  # percentage points from tick to tick
_MOST_TICKS = 6
_GAP = 12.0  # points between columns, and between title, chart and caption
_AIR = 10.0  # points above and below the words of a row, together
_SHADE = "#e8f1f8"
_LONG = 15  # rows from which the scale stands above the chart too


@dataclass(frozen=True, slots=True)
class DotRow:
    """One line of a dot chart.

    Parameters
    ----------
    label : str
        What the share is of, or for whom.
    value : float, optional
        The share, from 0 to 1. None in a hidden row: nothing that is hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number in words, to the right; in a hidden row, why it is hidden. Made in English where it is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow dot (say why in `text`); "protected", "uncertain" and "review" are the kinds of hidden.
    strong : bool
        The row the chart is about: bold, on a shade.

    Examples
    --------
    >>> from evidencekit.rendering.dots import DotRow
    >>> DotRow("Girls", 0.14, low=0.11, high=0.18).said
    '14% (11 to 18)'
    >>> DotRow("Another gender", state="protected").said
    'protected'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"
    strong: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden row."""
        one_of("state", self.state, get_args(State))
        numbers = (self.low, self.value, self.high)
        if self.state in _HIDDEN:
            if any(n is not None for n in numbers):
                raise InputError("A hidden row carries no number.", "Leave value, low and high out.")
        elif self.value is None or (self.low is None) != (self.high is None):
            raise InputError("A row that is shown has a value, and both ends of its interval or neither.")
        elif not 0 <= (self.low or 0.0) <= self.value <= (1.0 if self.high is None else self.high) <= 1:
            raise InputError("The numbers of a row are shares: 0 <= low <= value <= high <= 1.", "Divide by 100.")

    @property
    def said(self) -> str:
        """The number, or why it is hidden, in words."""
        if self.text or self.value is None:
            return self.text or _HIDDEN[self.state][0]
        point = f"{100 * self.value:.3g}%"
        return point if self.low is None or self.high is None else f"{point} ({100 * self.low:.3g} to {100 * self.high:.3g})"


@dataclass(frozen=True, slots=True)
class _Layout:
    """A row's words with the height they take."""

    row: DotRow
    label: page.Lettering
    said: page.Lettering

    @property
    def height(self) -> float:
        """Of the row, in points."""
        return max(self.label.height, self.said.height) + _AIR


@dataclass(frozen=True, slots=True)
class _Scale:
    """The horizontal axis: from 0 at `left` to the share `top` at `right`, with its ticks and their numbers."""

    left: float
    right: float
    top: float
    ticks: tuple[tuple[float, page.Lettering], ...]

    def at(self, share: float) -> float:
        """Give the place of a share, in points."""
        return self.left + share / self.top * (self.right - self.left)


def dot_chart(
    rows: Sequence[DotRow],
    *,
    title: str = "",
    caption: str = "",
    axis_label: str = "",
    key: str = "uncertain",
    alt: str | None = None,
) -> page.Picture:
    """Draw shares as dots with their intervals as whiskers, in the order given, on a scale of percent from 0.

    Parameters
    ----------
    rows : sequence of DotRow
        From top to bottom.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked, and what the whiskers are.
    axis_label : str
        What the percentages are of.
    key : str
        What a hollow dot means, said below the scale where there is one, and in the alternative text.
    alt : str, optional
        The picture in words. By default the title and every row's label and number.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no rows, or no font has the letters of a text.

    References
    ----------
    Cleveland and McGill (1984), JASA 79, 531-554.

    Examples
    --------
    >>> from evidencekit.rendering.dots import DotRow, dot_chart
    >>> rows = [DotRow("Girls", 0.14, low=0.11, high=0.18), DotRow("Boys", 0.09, low=0.06, high=0.13)]
    >>> dot_chart(rows, title="Asked for a sexual image")
    Picture('Asked for a sexual image')
    Asked for a sexual image. Girls: 14% (11 to 18); Boys: 9% (6 to 13).
    """
    if not rows:
        raise InputError("The chart has no rows.", "Pass at least one DotRow.")
    listed = "; ".join(f"{row.label}: {row.said}{f', {key}' if row.state == 'caution' else ''}" for row in rows) + "."
    described = alt or ". ".join(filter(None, (title.rstrip(". "), listed)))
    with page.drawing():
        figure = _drawn(rows, title, (caption, axis_label, key))
    return page.Picture(figure, title or "Dot chart", described)


def _drawn(rows: Sequence[DotRow], title: str, words: tuple[str, str, str]) -> Figure:
    """Stack title, rows, scale, key and caption on a sheet."""
    caption, axis_label, key = words
    inner = page.WIDTH - 2 * page.MARGIN
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    lines, scale = _columns(rows, inner)
    under = page.lettering(axis_label, page.WIDTH - page.MARGIN - scale.left)
    numbers = max((number.height for _, number in scale.ticks), default=0.0)
    top = page.MARGIN + (heading.height + _GAP if title else 0) + (numbers if len(rows) >= _LONG else 0)
    bottom = top + sum(line.height for line in lines)
    hollow = page.lettering(key if any(row.state == "caution" for row in rows) else "", inner - 2 * _GAP)
    end = bottom + 4 + numbers + under.height + (_GAP + hollow.height if hollow.lines else 0)
    figure, axes = page.sheet(end + (_GAP + below.height if caption else 0) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    for share, number in scale.ticks:
        for y in [bottom + 4, top - numbers - 1] if len(rows) >= _LONG else [bottom + 4]:
            number.draw(axes, scale.at(share), y, color=page.SLATE, align="center")
    axes.plot([scale.left, scale.left], [top, bottom], color=page.SLATE, linewidth=1.0, zorder=1.5)
    y = top
    for line in lines:
        if y > top:
            axes.plot([page.MARGIN, page.WIDTH - page.MARGIN], [y, y], color=page.RULE, linewidth=0.6, zorder=1)
        if line.row.strong:
            axes.fill_between([0.0, page.WIDTH], y, y + line.height, color=_SHADE, linewidth=0, zorder=0.5)
        _put_row(axes, line, scale, y)
        y += line.height
    under.draw(axes, scale.left, bottom + 4 + numbers, color=page.SLATE)
    if hollow.lines:
        _put_mark(axes, page.MARGIN + 5, end - hollow.height / 2, "o", (8, page.BLUE, "white"))
        hollow.draw(axes, page.MARGIN + 1.5 * _GAP, end - hollow.height)
    below.draw(axes, page.MARGIN, end + _GAP, color=page.SLATE)
    return figure


def _columns(rows: Sequence[DotRow], inner: float) -> tuple[list[_Layout], _Scale]:
    """Share the width out: labels and numbers take what they need up to a limit, the dots what is left."""
    labels = [page.lettering(row.label, 0.38 * inner, bold=row.strong) for row in rows]
    numbers = [page.lettering(row.said, 0.28 * inner, bold=row.strong) for row in rows if row.value is not None]
    left = page.MARGIN + max(label.width for label in labels) + _GAP
    right = page.WIDTH - page.MARGIN - max((number.width for number in numbers), default=0.0) - 1.5 * _GAP
    room = page.WIDTH - page.MARGIN - left - 2 * _GAP
    lines = [
        _Layout(row, label, page.lettering(row.said, room if row.value is None else 0.28 * inner, bold=row.strong))
        for row, label in zip(rows, labels, strict=True)
    ]
    return lines, _scale([row.high or row.value for row in rows if row.value is not None], left, right)


def _scale(ends: Sequence[float], left: float, right: float) -> _Scale:
    """Choose the finest ticks that are few enough and do not touch, the last where nothing passes it; none where nothing is shown."""
    if not ends:
        return _Scale(left, right, 1.0, ())
    most = max(ends) or 0.1
    for step in [step / 100 for step in _STEPS if 100 * most <= step * (_MOST_TICKS - 1) + 1e-9]:
        last = ceil(most / step - 1e-9)
        shares = [k * step for k in range(last + 1) if k * step <= 1 + 1e-9]
        top = min(last * step, 1.0)
        numbers = [page.lettering(f"{round(100 * share, 2):g}%", page.WIDTH) for share in shares]
        if step / top * (right - left) > max(number.width for number in numbers) + 8:
            return _Scale(left, right, top, tuple(zip(shares, numbers, strict=True)))
    return _Scale(left, right, most, ())


def _put_row(axes: Axes, line: _Layout, scale: _Scale, y: float) -> None:
    """Draw a row: its label, its dot and whisker and its number, or the sign and words of a hidden one."""
    row, middle = line.row, y + line.height / 2
    line.label.draw(axes, page.MARGIN, middle - line.label.height / 2)
    if row.value is None:
        _, marker, inside = _HIDDEN[row.state]
        _put_mark(axes, scale.left + _GAP, middle, marker, (7, page.SLATE, inside))
        line.said.draw(axes, scale.left + 2 * _GAP, middle - line.said.height / 2, color=page.SLATE)
        return
    for x in [scale.at(share) for share, _ in scale.ticks[1:]]:
        axes.plot([x, x], [y, y + line.height], color=page.RULE, linewidth=0.8, zorder=1, solid_capstyle="butt")
    if row.low is not None and row.high is not None:
        ends = [scale.at(row.low), scale.at(row.high)]
        axes.plot(ends, [middle, middle], color=page.BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
    _put_mark(axes, scale.at(row.value), middle, "o", (8, page.BLUE, "white" if row.state == "caution" else page.BLUE))
    line.said.draw(axes, page.WIDTH - page.MARGIN - line.said.width, middle - line.said.height / 2)


def _put_mark(axes: Axes, x: float, y: float, marker: str, look: tuple[float, str, str]) -> None:
    """Draw one mark of a size, outline and inside."""
    size, outline, inside = look
    axes.plot(
        *([x], [y], marker),
        markersize=size,
        markerfacecolor=inside,
        markeredgecolor=outline,
        markeredgewidth=1.6,
        zorder=3,
    )
