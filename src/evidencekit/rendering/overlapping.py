"""How an overlap chart is laid out: bars above, the sets with their totals at the left, the matrix of dots below the bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.bars import Box, bar_key, put_bar, put_box, put_whisker
from evidencekit.rendering.keys import LaidKeys, hidden_keys, lay_keys
from evidencekit.rendering.rows import State, hidden_mark, percent, put_mark
from evidencekit.rendering.scale import Scale, scale_over

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Around", "Column", "Row", "drawn"]

_GAP = 12.0  # points between title, chart and caption
_BARS = 150.0  # points: height of the bars
_SIGNS = 10.0  # points: the same where all are hidden
_LABEL = 0.27  # of the width, at most
_TOTAL = 44.0  # points: length of the longest bar of a total
_WIDEST, _NARROWEST = 46.0, 16.0  # points from bar to bar, at most; under the second the bars of totals make room
_ROW = 24.0  # points: height of a row of the matrix, at least
_LONGEST = 60.0  # points: a number on a bar
_EMPTY = "#8c8c8c"  # 3.4 to 1 on white
_SHADE = "#f2f2f2"


class Around(NamedTuple):
    """What stands around the chart."""

    title: str
    caption: str
    key: str


class Column(NamedTuple):
    """A combination: rows of its sets, its number as it is drawn (or why it is hidden), its value, interval and state."""

    rows: frozenset[int]
    said: str
    value: float | None
    ends: tuple[float | None, float | None]
    state: State


class Row(NamedTuple):
    """A set: its label, its number as it is drawn (or why it is hidden), its value and state."""

    label: str
    said: str
    value: float | None
    state: State


class _Left(NamedTuple):
    """What stands left of `right`: labels, bars of totals (the longest is `total`) that end at `bars`, numbers that end at `numbers`."""

    labels: tuple[page.Lettering, ...]
    said: tuple[page.Lettering, ...]
    total: float
    bars: float
    numbers: float
    right: float

    def tall(self, k: int) -> float:
        """Height of row `k`."""
        return max(_ROW, self.labels[k].height + 4, self.said[k].height + 4)


def drawn(columns: Sequence[Column], rows: Sequence[Row], around: Around) -> Figure:
    """Put title, bars, matrix, keys and caption on a sheet."""
    inner = page.width() - 2 * page.MARGIN
    heading = page.lettering(around.title, inner, size=page.TITLE, bold=True)
    below = page.lettering(around.caption, inner)
    keys = _keys(columns, rows, around.key, inner)
    up, ticks = _upright(columns)
    left = _left(rows, len(columns), max((words.width for _, words in ticks), default=0.0) + 6)
    step = _step(left, len(columns))
    numbers, upright = _numbers(columns, step)
    top = page.MARGIN + (heading.height + _GAP if around.title else 0) + _headroom(columns, up, numbers, upright=upright)
    base = top + (_BARS if ticks else _SIGNS)
    tall = [left.tall(k) for k in range(len(rows))]
    end = base + _GAP + sum(tall)
    figure, axes = page.sheet(end + sum(_GAP + part.height for part in (keys, below) if part.height) + page.MARGIN)
    heading.draw(axes, page.MARGIN, page.MARGIN)
    xs = [left.right + (k + 0.5) * step for k in range(len(columns))]
    _put_scale(axes, ticks, up, (base, left.right, xs[-1] + step / 2))
    for x, column, words in zip(xs, columns, numbers, strict=True):
        _put_column(axes, column, words, (x, base, step), up, upright=upright)
    middles = [base + _GAP + sum(tall[:k]) + tall[k] / 2 for k in range(len(rows))]
    _put_rows(axes, rows, left, list(zip(middles, tall, strict=True)), xs[-1] + step / 2)
    _put_matrix(axes, columns, xs, middles, min(10.0, 0.7 * step))
    keys.draw(axes, end + _GAP)
    below.draw(axes, page.MARGIN, end + _GAP + (keys.height + _GAP if keys.keys else 0), color=page.SLATE)
    return figure


def _keys(columns: Sequence[Column], rows: Sequence[Row], key: str, inner: float) -> LaidKeys:
    """Explain hatched bars and the marks of what is hidden."""
    every: list[Column | Row] = [*columns, *rows]
    hatched = [bar_key(key)] if any(one.state == "caution" for one in every) else []
    return lay_keys(hatched + hidden_keys((one.state, one.said) for one in every if one.value is None), inner)


def _upright(columns: Sequence[Column]) -> tuple[Scale, list[tuple[float, page.Lettering]]]:
    """The scale of the bars, from 0 at the base up (in points), with its ticks; none where nothing is shown."""
    ends = [end for column in columns for end in (column.value, column.ends[1]) if end is not None]
    scale = scale_over(0.0, max(ends, default=0.0) or 0.1, left=0.0, right=_BARS, most=6)
    if scale.high > 1:
        scale = scale_over(0.0, 1.0, left=0.0, right=_BARS, most=6)
    return scale, [(tick, page.lettering(percent(tick), page.width())) for tick in scale.ticks] if ends else []


def _left(rows: Sequence[Row], columns: int, ticks: float) -> _Left:
    """Share out the width at the left; where there are many combinations the totals are numbers without bars."""
    labels = tuple(page.lettering(row.label, _LABEL * page.width()) for row in rows)
    said = tuple(page.lettering(row.said if row.value is not None else "", page.width()) for row in rows)
    _check_short(said, "sets")
    wide = max(*(words.width for words in said), 10.0)
    label = page.MARGIN + max(words.width for words in labels) + 8
    for total in (_TOTAL, 0.0):
        numbers = max(label + total + (6 if total else 0) + wide, page.MARGIN + ticks)
        left = _Left(labels, said, total, numbers - wide - 6, numbers, numbers + 8)
        if _step(left, columns) >= _NARROWEST:
            return left
    return left


def _step(left: _Left, columns: int) -> float:
    """From bar to bar, in points."""
    return min(_WIDEST, (page.width() - page.MARGIN - left.right) / columns)


def _numbers(columns: Sequence[Column], step: float) -> tuple[list[page.Lettering], bool]:
    """Set the numbers on the bars, and say whether they have to stand upright because two of them would touch."""
    words = [page.lettering(column.said if column.value is not None else "", page.width()) for column in columns]
    _check_short(words, "overlaps")
    return words, any(one.width > step - 4 for one in words)


def _check_short(said: Sequence[page.Lettering], name: str) -> None:
    """Refuse words where there is room for a number only."""
    for k, one in enumerate(said):
        if one.width > _LONGEST or len(one.lines) > 1:
            raise InputError(
                f"The text of {name}[{k}] is too long: there is room for a number.", "Pass the number alone; say the rest in the caption."
            )


def _headroom(columns: Sequence[Column], up: Scale, words: Sequence[page.Lettering], *, upright: bool) -> float:
    """How far the numbers stand out above the scale."""
    tops = [
        up.at(max(column.value, column.ends[1] or 0.0)) + 6 + (one.width if upright else one.height)
        for column, one in zip(columns, words, strict=True)
        if column.value is not None
    ]
    return max(max(tops, default=0.0) - _BARS, 8.0)  # 8: half a line of the words beside the scale


def _put_scale(axes: Axes, ticks: Sequence[tuple[float, page.Lettering]], up: Scale, place: tuple[float, float, float]) -> None:
    """Draw the scale with its lines across, from the base up."""
    base, left, right = place
    for tick, words in ticks:
        y = base - up.at(tick)
        axes.plot([left, right], [y, y], color=page.SLATE if tick == 0 else page.RULE, linewidth=0.9, zorder=1.6 if tick == 0 else 1)
        words.draw(axes, left - 6, y - words.height / 2, color=page.SLATE, align="right")
    if not ticks:
        axes.plot([left, right], [base, base], color=page.SLATE, linewidth=0.9, zorder=1.6)


def _put_column(axes: Axes, column: Column, words: page.Lettering, place: tuple[float, float, float], up: Scale, *, upright: bool) -> None:
    """Draw the bar of a combination with its interval and its number, or the mark of a hidden one."""
    x, base, step = place
    if column.value is None:
        hidden_mark(axes, x, base - 9, column.state)
        return
    wide, (low, high) = min(26.0, 0.66 * step), column.ends
    tall = up.at(column.value)
    put_bar(axes, Box(x - wide / 2, base - tall, wide, tall), caution=column.state == "caution")
    if low is not None and high is not None:
        put_whisker(axes, (base - up.at(low), base - up.at(high)), x, upright=True)
    y = base - max(tall, up.at(high or 0.0)) - 5
    across, long = (words.size, words.width) if upright else (words.width, words.height)
    put_box(axes, Box(x - across / 2, y - long, across, long), inside="white")  # no line runs through a number
    if not upright:
        words.draw(axes, x, y - words.height, align="center")
        return
    for line in words.lines:
        axes.text(
            *(x, y, line),
            rotation=90,
            ha="center",
            va="bottom",
            color=page.INK,
            fontsize=words.size,
            fontfamily=list(words.families),
            parse_math=False,
        )


def _put_rows(axes: Axes, rows: Sequence[Row], left: _Left, places: Sequence[tuple[float, float]], right: float) -> None:
    """Draw the sets: every second on a shade, each with its label and the bar and number of its total."""
    most = max((row.value for row in rows if row.value is not None), default=0.0) or 1.0
    for k, (row, (y, tall)) in enumerate(zip(rows, places, strict=True)):
        if k % 2 == 0:
            put_box(axes, Box(0, y - tall / 2, right, tall), inside=_SHADE)
        left.labels[k].draw(axes, page.MARGIN, y - left.labels[k].height / 2)
        if row.value is None:
            hidden_mark(axes, left.numbers - 6, y, row.state)
            continue
        if left.total:  # grows to the left, away from the matrix
            long = row.value / most * left.total
            put_bar(axes, Box(left.bars - long, y - 6, long, 12), caution=row.state == "caution")
        left.said[k].draw(axes, left.numbers, y - left.said[k].height / 2, align="right")


def _put_matrix(axes: Axes, columns: Sequence[Column], xs: Sequence[float], middles: Sequence[float], size: float) -> None:
    """Draw the dots: full ones for the sets of a combination, joined by a line, and small rings for the others."""
    for x, column in zip(xs, columns, strict=True):
        there = [middles[k] for k in sorted(column.rows)]
        if len(there) > 1:
            axes.plot([x, x], [there[0], there[-1]], color=page.INK, linewidth=2.4, zorder=2.5)
        for k, y in enumerate(middles):
            if k in column.rows:
                put_mark(axes, x, y, "o", (size - 1.6, page.INK, page.INK))
            else:
                axes.plot([x], [y], "o", markersize=4, markerfacecolor="white", markeredgecolor=_EMPTY, markeredgewidth=1.0, zorder=2.2)
